"""Taking a job role out of use: checklists that are asked of it come first."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions as accounts
from accounts.models import JobRole, Membership
from checklists.queries.job_roles import rules_for
from operations.errors import ActionRefused


@transaction.atomic
def archive_job_role(*, job_role: JobRole, by: Membership, at: dt.datetime) -> JobRole:
    """Archive a job role that nobody has and of which no checklist is asked.

    :raises ActionRefused: a checklist is asked of it; and as ``accounts.actions.archive_job_role`` does.
    """
    role = accounts.archive_job_role(job_role=job_role, by=by, at=at)
    rule = rules_for(role).first()
    if rule is not None:
        raise ActionRefused(
            _("The checklist “%(checklist)s” is asked of %(role)s. End that assignment first.")
            % {"checklist": rule.checklist, "role": role}
        )
    return role
