"""What of governance waits for somebody who leaves, and who is told when nobody is left."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy as _n

from accounts.models import Organization
from accounts.rights import Right
from notifications import actions as notifications
from operations.leaving import Waits

_KEPT = (
    "{of}.organization_id = %(organization)s AND accounts_keeper({of}.organization_id, {of}.{named}) = %(membership)s"
)

WAITS = (
    Waits(
        _n(
            "%(count)d sign-off waits for their signature: it goes on waiting for the others of the group. Where nobody else may sign it, whoever submitted it is told.",
            "%(count)d sign-offs wait for their signature: they go on waiting for the others of the group. Where nobody else may sign one, whoever submitted it is told.",
            "count",
        ),
        "SELECT count(*) FROM governance_waiting_for(%(organization)s, %(user)s)",
        has_stand_in=False,
    ),
    Waits(
        _n("%(count)d decision that they look after", "%(count)d decisions that they look after", "count"),
        "SELECT count(*) FROM governance_routedecision it WHERE it.status IN ('submitted', 'approved', 'suspended') AND "
        + _KEPT.format(of="it", named="keeper_id"),
    ),
    Waits(
        _n("%(count)d condition that they see to", "%(count)d conditions that they see to", "count"),
        "SELECT count(*) FROM governance_signaturecondition it WHERE it.met_at IS NULL AND governance_binds(it.id) AND "
        + _KEPT.format(of="it", named="keeper_id"),
    ),
    Waits(
        _n("%(count)d question that they were asked", "%(count)d questions that they were asked", "count"),
        "SELECT count(*) FROM governance_question it WHERE it.answered_at IS NULL AND "
        + _KEPT.format(of="it", named="contact_id"),
    ),
    Waits(
        _n(
            "%(count)d answer of a vendor that they asked for",
            "%(count)d answers of vendors that they asked for",
            "count",
        ),
        "SELECT count(*) FROM governance_ownword it WHERE it.kind = 'asked' AND NOT EXISTS ("
        "SELECT FROM governance_ownword later WHERE later.organization_id = it.organization_id"
        " AND later.fact_key = it.fact_key AND later.id > it.id) AND " + _KEPT.format(of="it", named="said_by_id"),
    ),
    Waits(
        _n(
            "%(count)d draft of a decision that they began stays a draft, for whoever manages.",
            "%(count)d drafts of decisions that they began stay drafts, for whoever manages.",
            "count",
        ),
        "SELECT count(*) FROM governance_routedecision it"
        " WHERE it.organization_id = %(organization)s AND it.status = 'draft' AND it.proposed_by_id = %(user)s",
        has_stand_in=False,
    ),
)
# Sign-offs that nobody is left to sign: of a stage that is open, everybody who was named has left.
_NOBODY_LEFT = """
    SELECT accounts_keeper(sign_off.organization_id, submitter.id), 'nobody-signs:' || stage.id,
           (sign_off.submitted_at AT TIME ZONE %s)::date, left(replace(%s, '{title}', sign_off.title), 300), %s, '',
           %s || sign_off.id || '/', NULL::date
    FROM governance_signoff sign_off
    JOIN accounts_membership submitter ON submitter.organization_id = sign_off.organization_id
     AND submitter.user_id = sign_off.submitted_by_id
    JOIN governance_signoffstage stage ON stage.sign_off_id = sign_off.id
    WHERE sign_off.organization_id = %s AND sign_off.outcome = 'pending'
      AND NOT EXISTS (SELECT FROM governance_signature WHERE stage_id = stage.id)
      AND NOT EXISTS (
          SELECT FROM governance_signoffparty party
          JOIN accounts_membership member ON member.organization_id = party.organization_id AND member.user_id = party.user_id
          JOIN accounts_accessperiod access ON access.membership_id = member.id AND access.ended_at IS NULL
          WHERE party.stage_id = stage.id AND party.may_sign)
"""


def tell_nobody_signs(organization: Organization, *, at: dt.datetime) -> int:
    """Tell whoever submitted something, or stands in for them, that of a stage everybody who may sign has left; once."""
    return notifications.tell_many(
        organization=organization,
        rule="nobody-signs",
        needs=Right.SIGN_OFF_VIEW,
        query=_NOBODY_LEFT,
        params=[
            organization.timezone,
            _("Nobody is left who may sign {title}"),
            _(
                "Whoever was named has left. Withdraw it and submit it again: then those sign who belong to the group now."
            ),
            reverse("governance:sign-off-list", args=[organization.slug]),
            organization.pk,
        ],
        at=at,
    )
