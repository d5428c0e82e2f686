"""Which questions wait for somebody's answer."""

from django.db.models.expressions import RawSQL

from accounts.models import Membership


def questions_for(membership: Membership) -> RawSQL:
    """The ids of those asked of this person, or of somebody for whom they stand in (``governance_questions_for``)."""
    return RawSQL("SELECT governance_questions_for(%s, %s)", [membership.organization_id, membership.pk])
