"""The operator: keeps the machine running, has no right in any organization."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import must_prove_address
from audit.actions import record
from operations.errors import ActionRefused


@transaction.atomic
def make_operator(*, email: str, password: str, at: dt.datetime) -> User:
    """Let this address open ``/operate/``; somebody who has an account keeps it and its password.

    :param password: of the account that is made where there is none.
    :raises ActionRefused: they are an operator already; anybody could have made their account.
    """
    email = email.strip().lower()
    user = User.objects.select_for_update().filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, password, date_joined=at)
    elif must_prove_address(user):
        raise ActionRefused(
            _("Whoever made the account of %(email)s was handed a link: first let them sign in once with a code.")
            % {"email": email}
        )
    if user.is_staff:
        raise ActionRefused(_("%(email)s is an operator already.") % {"email": email})
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    record("operator.made", by=None, organization_id=None, at=at, target=f"user:{user.pk}")
    return user
