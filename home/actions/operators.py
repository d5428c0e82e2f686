"""The operator: keeps the machine running, has no right in any organization."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from operations.errors import ActionRefused


@transaction.atomic
def make_operator(*, email: str, password: str, at: dt.datetime) -> User:
    """Let this address open ``/operate/``; somebody who has an account keeps it and its password.

    :param password: of the account that is made where there is none.
    :raises ActionRefused: they are an operator already.
    """
    email = email.strip().lower()
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, date_joined=at)
    if user.is_staff:
        raise ActionRefused(_("%(email)s is an operator already.") % {"email": email})
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    record("operator.made", by=None, organization_id=None, at=at, target=f"user:{user.pk}")
    return user
