"""What stands between the roll-out and its end, most serious first; each leads to the list where it is resolved."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from home.queries.readiness import Readiness
from home.queries.roll_out import RollOut


@dataclass(frozen=True)
class Block:
    """One thing that blocks: what, how it looks, and where it is resolved."""

    title: str
    status: str
    url: str


def blocks_of(roll_out: RollOut, readiness: Readiness, *, links: Mapping[str, str]) -> list[Block]:
    """What blocks now; empty when nothing does."""
    late = [team for team in readiness.teams if team.overdue]
    found = (
        (roll_out.suspended, "suspended", "decisions", _suspended(roll_out.suspended)),
        (roll_out.in_doubt, "needs-another-look", "decisions", _in_doubt(roll_out.in_doubt)),
        (roll_out.submitted, "waiting", "sign_offs", _submitted(roll_out.submitted)),
        (roll_out.changes_asked, "changes-asked", "decisions", _changes_asked(roll_out.changes_asked)),
        (len(late), "overdue", "progress", _late(len(late), ", ".join(team.name or _("no team") for team in late))),
        (roll_out.reviews_overdue, "overdue", "reviews", _reviews(roll_out.reviews_overdue)),
        (roll_out.changes_to_judge, "needs-another-look", "reviews", _to_judge(roll_out.changes_to_judge)),
        (roll_out.questions_open, "not-sure", "questions", _questions(roll_out.questions_open)),
        (roll_out.invitations_open, "invited", "people", _invitations(roll_out.invitations_open)),
    )
    return [Block(title, status, links.get(place, "")) for count, status, place, title in found if count]


def _suspended(count: int) -> str:
    return ngettext("%(count)d decision is suspended", "%(count)d decisions are suspended", count) % {"count": count}


def _in_doubt(count: int) -> str:
    words = ngettext(
        "%(count)d decision rests on something that has changed",
        "%(count)d decisions rest on something that has changed",
        count,
    )
    return words % {"count": count}


def _submitted(count: int) -> str:
    words = ngettext("%(count)d decision waits for signatures", "%(count)d decisions wait for signatures", count)
    return words % {"count": count}


def _changes_asked(count: int) -> str:
    words = ngettext(
        "A signer asked for changes in %(count)d decision", "Signers asked for changes in %(count)d decisions", count
    )
    return words % {"count": count}


def _late(count: int, names: str) -> str:
    words = ngettext("A team is overdue: %(names)s", "%(count)d teams are overdue: %(names)s", count)
    return words % {"count": count, "names": names}


def _reviews(count: int) -> str:
    return ngettext("%(count)d review is overdue", "%(count)d reviews are overdue", count) % {"count": count}


def _to_judge(count: int) -> str:
    words = ngettext("%(count)d change waits for a judgement", "%(count)d changes wait for a judgement", count)
    return words % {"count": count}


def _questions(count: int) -> str:
    words = ngettext("%(count)d question waits for an answer", "%(count)d questions wait for an answer", count)
    return words % {"count": count}


def _invitations(count: int) -> str:
    words = ngettext(
        "%(count)d invitation has not been accepted yet", "%(count)d invitations have not been accepted yet", count
    )
    return words % {"count": count}
