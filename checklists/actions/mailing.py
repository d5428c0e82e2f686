"""What somebody mails to themselves."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.queries.mail import leaves_the_house
from checklists import notices
from checklists.models import ItemRevision
from operations.errors import ActionRefused


@transaction.atomic
def mail_to_oneself(*, membership: Membership, revision: ItemRevision, at: dt.datetime) -> None:
    """The link to a question that is asked of a person, and what to do, to their own address; each question once a day.

    :raises ActionRefused: when no mail reaches them, or it was mailed today.
    """
    if not leaves_the_house(membership.organization):
        raise ActionRefused(_("No mail leaves here: open your list again at a computer, it stands at the end."))
    if not notices.tell_oneself(membership, revision, at=at):
        raise ActionRefused(_("It was mailed to you today."))
