"""Whom *I'm not sure* reaches, and what a person has asked and nobody has answered yet, in every page's words."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import AccessPeriod, Membership
from checklists.queries.tasks import TaskList


def contact_for(membership: Membership, tasks: TaskList, item_id: int) -> Membership:
    """Whom *I'm not sure* reaches: who keeps a decision that covers the person, else the checklist, else runs it all.

    Somebody else wherever there is anybody else; at most one query.
    """
    keepers = [decision.keeper for decision in tasks.decisions if decision.keeper_id != membership.pk]
    if keepers:
        return keepers[0]
    keeper_id = next(task.contact_id for task in tasks.tasks if task.item_id == item_id)
    if keeper_id and keeper_id != membership.pk:
        return Membership.objects.select_related("user").get(pk=keeper_id, organization=membership.organization_id)
    runs_it = AccessPeriod.objects.open().filter(
        organization=membership.organization_id, level__in=[AccessPeriod.Level.MANAGER, AccessPeriod.Level.OWNER]
    )
    others = runs_it.exclude(membership=membership).select_related("membership__user").order_by("level", "pk")
    return next((one.membership for one in others[:1]), membership)


def waiting_in_words(membership: Membership, item_ids: Collection[int]) -> str:
    """How many of these items wait for an answer, and from whom; one query.

    :param item_ids: the items about which a question of this person is open.
    """
    asked = membership.questions_asked.filter(
        answered_at=None, about__in=[f"item:{pk}" for pk in item_ids], contact__isnull=False
    )
    people = ", ".join(sorted(set(asked.values_list("contact__user__name", flat=True))))
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
