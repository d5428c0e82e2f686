"""What a person wants to be told by mail."""

import datetime as dt

from django.db import transaction

from accounts.actions.locks import lock_membership
from accounts.models import Membership
from audit.actions import record
from notifications.models import Preference


@transaction.atomic
def choose(*, membership: Membership, only_pressing: bool, by: Membership | None, at: dt.datetime) -> None:
    """Be told of everything, or only of what is overdue and of what they must stop using; the same twice changes nothing.

    :param by: the person, signed in; None where the link in their mail was used, which whoever reads their mail has.
    """
    lock_membership(membership)
    chosen = Preference.objects.filter(membership=membership).first()
    if only_pressing == bool(chosen and chosen.only_pressing):
        return
    Preference.objects.update_or_create(
        membership=membership,
        defaults={"organization": membership.organization, "only_pressing": only_pressing, "changed_at": at},
    )
    record(
        "person.reminders_chosen",
        by=by.user_id if by else None,
        organization_id=membership.organization_id,
        at=at,
        target=f"membership:{membership.pk}",
        only_pressing=only_pressing,
    )
