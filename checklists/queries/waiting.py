"""What a person has asked and nobody has answered yet, in the words every page says it with."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership


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
