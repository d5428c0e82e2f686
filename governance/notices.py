"""Who is told what about sign-offs: the signers when it is their turn, the proposer when it is decided."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.rights import Right
from governance.models import RouteDecision, SignOff
from governance.queries.decisions import DECIDED
from notifications import actions as notifications
from notifications.schedule import Schedule
from operations import clock

# A signer is told on the day it becomes their turn, then every third day.
TURN = Schedule(days=(0,), then_every=3)

# For whom a stage waits by the one rule, while they belong to the organization.
_IN_TURN = """
    SELECT due.recipient_id, 'sign-off:' || due.sign_off_id, due.slot,
           left(replace(%s, '{title}', due.title), 300), '', '', %s || due.sign_off_id || '/', NULL::date
    FROM (
        SELECT membership.id AS recipient_id, sign_off.id AS sign_off_id,
               sign_off.title,
               notifications_newest_slot((coalesce(
                   (SELECT max(at) FROM governance_signature WHERE sign_off_id = sign_off.id),
                   sign_off.submitted_at) AT TIME ZONE organization.timezone)::date, %s, %s::int[], %s) AS slot
        FROM governance_signoff sign_off
        JOIN accounts_organization organization ON organization.id = sign_off.organization_id
        JOIN governance_signoffstage stage ON stage.sign_off_id = sign_off.id
        JOIN governance_signoffparty party ON party.stage_id = stage.id AND party.may_sign
        JOIN accounts_membership membership
          ON membership.organization_id = sign_off.organization_id AND membership.user_id = party.user_id
        WHERE sign_off.organization_id = %s AND sign_off.outcome = 'pending' AND (%s::bigint IS NULL OR sign_off.id = %s)
          AND EXISTS (SELECT FROM accounts_accessperiod
                      WHERE membership_id = membership.id AND ended_at IS NULL)
          AND stage.id IN (SELECT governance_waiting_for(sign_off.organization_id, party.user_id))
    ) due
    WHERE due.slot IS NOT NULL
"""


def subject_of(sign_off: SignOff) -> str:
    """The notices' key of a sign-off."""
    return f"sign-off:{sign_off.pk}"


def tell_signers(organization: Organization, *, at: dt.datetime, sign_off: SignOff | None = None) -> int:
    """Tell whoever's turn it is, on one sign-off or all; safe to run again, late, or at once. Returns how many new."""
    pk = sign_off.pk if sign_off else None
    return notifications.tell_many(
        organization=organization,
        rule="sign-off-turn",
        query=_IN_TURN,
        params=[
            _("{title} waits for your signature"),
            reverse("governance:sign-off-list", args=[organization.slug]),
            clock.day_of(at, organization.timezone),
            *TURN.sql_params,
            organization.pk,
            pk,
            pk,
        ],
        at=at,
    )


def withdraw_turn(sign_off: SignOff, *, organization: Organization, at: dt.datetime) -> None:
    """Take back what was not sent yet: this stage is decided."""
    notifications.withdraw(organization=organization, subject_key=subject_of(sign_off), at=at)


def tell_proposer(decision: RouteDecision, *, at: dt.datetime) -> None:
    """Tell the proposer how it ended, unless they ended it themselves or have left."""
    organization = decision.organization
    proposer = Membership.objects.filter(
        organization=organization, user_id=decision.proposed_by_id, access_periods__ended_at__isnull=True
    ).first()
    if proposer is None:
        return
    proposer.organization = organization
    notifications.tell(
        recipient=proposer,
        rule="decision-decided",
        needs=None if decision.status in DECIDED else Right.PROPOSAL_VIEW,
        subject_key=f"decision:{decision.pk}",
        slot_date=clock.day_of(at, organization.timezone),
        title=_("%(route)s, revision %(number)d: %(status)s")
        % {"route": decision.route, "number": decision.number, "status": decision.get_status_display()},
        link=decision.get_absolute_url(),
        at=at,
    )
