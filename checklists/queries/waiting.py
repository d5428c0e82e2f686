"""Whom *I'm not sure* reaches, and what a person has asked and nobody has answered yet, in every page's words."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Organization, Team
from accounts.queries import keeper_now, somebody_else, with_keepers
from checklists.models import Checklist
from checklists.queries.state import SharedState, shared_state
from governance.models import RouteDecision
from governance.queries.decisions import covering_decisions, in_force


def contact_for(membership: Membership, decisions: Sequence[RouteDecision], kept_by: int | None) -> Membership:
    """Whom *I'm not sure* reaches: who keeps a decision that covers the person, else the checklist, else runs it all.

    Each as it is kept now; somebody else wherever there is anybody else; at most one query.

    :param decisions: those that cover the person, as :func:`governance.queries.decisions.covering_decisions` gives them.
    :param kept_by: who keeps the checklist now.
    """
    keepers = [*(vars(decision)["keeper_now_id"] for decision in decisions), kept_by]
    chosen = next((keeper for keeper in keepers if keeper and keeper != membership.pk), None)
    if chosen is None:
        return somebody_else(membership) or membership
    known = {decision.keeper_id: decision.keeper for decision in decisions}
    return known.get(chosen) or Membership.objects.select_related("user").get(pk=chosen)


def shared_asked(organization: Organization, *, team: Team | None, item_id: int, at: dt.datetime) -> SharedState | None:
    """The shared question as it is asked of a team or (None) of the organization; None where it is not."""
    team_id = team.pk if team else None
    states = shared_state(organization.pk, at=at)
    return next((one for one in states if (one.item_id, one.team_id) == (item_id, team_id)), None)


def shared_decisions(organization: Organization, *, team: Team | None, at: dt.datetime) -> list[RouteDecision]:
    """What a shared answer shows: all decisions in force, for a team those that reach it."""
    if team is None:
        return list(in_force(organization, at=at))
    return list(covering_decisions(organization, team_id=team.pk, job_role_id=None, at=at))


def shared_contact_for(by: Membership, *, team: Team | None, item_id: int, at: dt.datetime) -> Membership | None:
    """Whom *I'm not sure* reaches on a shared question; None where there is nobody else to ask."""
    asked = shared_asked(by.organization, team=team, item_id=item_id, at=at)
    if asked is None:
        return None
    kept_by = keeper_now(by.organization, Checklist.objects.get(pk=asked.checklist_id).keeper_id)
    decisions = shared_decisions(by.organization, team=team, at=at)
    contact = contact_for(by, decisions, kept_by.pk if kept_by else None)
    return contact if contact != by else None


def waiting_in_words(membership: Membership, item_ids: Collection[int]) -> str:
    """How many of these items wait for an answer, and from whom; one query.

    :param item_ids: the items about which a question of this person is open.
    """
    asked = membership.questions_asked.filter(answered_at=None, about__in=[f"item:{pk}" for pk in item_ids])
    names = with_keepers(asked, named="contact_id").values_list("keeper_name", flat=True)
    people = ", ".join(sorted({name for name in names if name}))
    if not people:
        words = ngettext(
            "%(count)d question waits for an answer.", "%(count)d questions wait for an answer.", len(item_ids)
        )
    else:
        words = ngettext(
            "%(count)d question waits for an answer from %(people)s.",
            "%(count)d questions wait for an answer from %(people)s.",
            len(item_ids),
        )
    return words % {"count": len(item_ids), "people": people}


def nothing_left_in_words(membership: Membership, item_ids: Collection[int]) -> str:
    """The same where nothing else is left to do: nobody is told that they are done while something is open."""
    return _("Everything you can do is done.") + " " + waiting_in_words(membership, item_ids)
