"""What is wrong in a line of somebody's list, in words: the column, what stands there, and how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ImportLine, PeopleImport

# What a column says, as people call it.
FIELD_NAMES: dict[str, str | Promise] = {
    "email": gettext_lazy("E-mail address"),
    "name": gettext_lazy("Name"),
    "team": gettext_lazy("Team"),
    "job_role": gettext_lazy("Job role"),
    "lead": gettext_lazy("Lead"),
}
# What the check found (``accounts.actions.importing.checking``) → how to mend it.
HOW_TO_MEND: dict[str, str | Promise] = {
    "email:missing": gettext_lazy("Write the person's address, or take the line out."),
    "email:bad": gettext_lazy("This is no e-mail address. It looks like ada@example.com."),
    "email:twice": gettext_lazy("The same address stands in line %(line)s. Take one of the two lines out."),
    "email:guest": gettext_lazy("This is an outside signer, and never becomes anything else. Take the line out."),
    "name:long": gettext_lazy("Shorten it to 200 characters."),
    "name:unreadable": gettext_lazy("A name needs at least one letter or digit."),
    "team:long": gettext_lazy("Shorten it to 200 characters."),
    "team:unreadable": gettext_lazy("A team's name needs at least one letter or digit."),
    "team:archived": gettext_lazy("This team is archived, and its name stays taken. Write another team."),
    "job_role:unknown": gettext_lazy(
        "No job role has this name. There are: %(job_roles)s. Write one of them, or add it first."
    ),
    "lead:no_team": gettext_lazy("Write also which team this is the lead of."),
    "lead:two": gettext_lazy("Line %(line)s names somebody else as lead of the same team. A team has one."),
    "lead:unknown": gettext_lazy(
        "Write the address of somebody in this list or of somebody who belongs here, or “yes” if this person leads the team."
    ),
    "lead:guest": gettext_lazy("This is an outside signer, who leads no team. Name somebody else."),
    "lead:line": gettext_lazy("The lead's own line, %(line)s, has an error. Mend that one."),
    "lead:invited": gettext_lazy(
        "They have to accept an invitation first. Leave this empty, and appoint them when they have joined."
    ),
    "lead:unproved": gettext_lazy(
        "They have to sign in with a mailed code first: so far nobody knows that mail reaches them. Leave this empty for now."
    ),
}


# Of many lines with the same mistake, so many are named.
LINES_NAMED = 5


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in one line.

    :ivar value: what stands there.
    :ivar adds_job_role: the page where job roles are added mends it.
    """

    line: int
    column: str
    value: str
    how_to_mend: str
    adds_job_role: bool


@dataclass(frozen=True)
class Mistake:
    """What is wrong in the same way in several lines: a job role that half the list spells its own way is one mistake.

    :ivar problem: the first of its kind.
    :ivar count: how many lines have it.
    :ivar lines: the first of them, by number.
    :ivar others: whether there are more.
    """

    problem: Problem
    count: int
    lines: str
    others: bool


def mistakes_of(problems: Iterable[Problem]) -> list[Mistake]:
    """The same thing in the same column once, in the order in which each comes first."""
    kinds: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        kinds.setdefault((problem.column, problem.value, problem.how_to_mend), []).append(problem)
    return [
        Mistake(
            problem=same[0],
            count=len(same),
            lines=", ".join(str(problem.line) for problem in same[:LINES_NAMED]),
            others=len(same) > LINES_NAMED,
        )
        for same in kinds.values()
    ]


def problems_of(line: ImportLine, people_import: PeopleImport, *, job_roles: list[str]) -> list[Problem]:
    """Everything that is wrong in a line.

    :param job_roles: the names of those there are.
    """
    return [_problem(line, people_import, code, job_roles) for code in line.problems]


def _problem(line: ImportLine, people_import: PeopleImport, code: str, job_roles: list[str]) -> Problem:
    what, problem, *other_line = code.split(":")
    place = people_import.columns.get(what, 0)
    words = {"line": "".join(other_line), "job_roles": ", ".join(job_roles) or _("none")}
    return Problem(
        line=line.number,
        column=str(FIELD_NAMES[what]),
        value=line.cells[place - 1] if 0 < place <= len(line.cells) else "",
        how_to_mend=str(HOW_TO_MEND[f"{what}:{problem}"]) % words,
        adds_job_role=what == "job_role",
    )
