"""The first steps of a new organization, each ticked by what the database knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from home.queries.roll_out import RollOut


@dataclass(frozen=True)
class Step:
    """One step: what to do, whether it is done, and the page on which it is done."""

    label: str | Promise
    note: str | Promise
    url: str
    state: str


# Label, why, the page; in the order in which they are done.
_STEPS = (
    (_("Who decides"), _("Somebody signs for Security, and somebody for Legal."), "people"),
    (_("Choose a route"), _("Compare how people could reach the tool, and propose one."), "routes"),
    (_("Say for whom, and how"), _("Teams, kinds of data, conditions."), "decisions"),
    (_("Have it signed"), _("Security, then Legal. Nobody signs what they proposed."), "decisions"),
    (_("Publish the checklists"), _("They come ready to use; read them, then publish."), "checklists"),
    (_("Bring everyone in"), _("Invite people; whoever joins is asked what fits them."), "people"),
)


def first_steps(roll_out: RollOut, *, links: Mapping[str, str]) -> list[Step]:
    """The steps as stations: done, the one that comes next, and those still to come."""
    done = (
        roll_out.has_security and roll_out.has_legal,
        roll_out.has_proposal,
        roll_out.has_conditions,
        roll_out.in_force > 0,
        roll_out.published > 0 and roll_out.has_rule,
        roll_out.has_colleagues,
    )
    following = next((number for number, is_done in enumerate(done) if not is_done), None)
    return [
        Step(
            label=label,
            note=note,
            url=links.get(place, ""),
            state="done" if is_done else "current" if number == following else "to-do",
        )
        for number, ((label, note, place), is_done) in enumerate(zip(_STEPS, done, strict=True))
    ]
