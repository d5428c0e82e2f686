"""The list of sign-offs as one person sees it."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Organization
from governance.models import SignOff

SHOWN = 50

# All that wait for this person's word, and the newest of the others; as one text, because the pages people live in ask it.
_INBOX = """
WITH mine AS MATERIALIZED (
    SELECT stage.sign_off_id, stage.name FROM governance_waiting_for(%(organization)s, %(user)s) waiting
    JOIN governance_signoffstage stage ON stage.id = waiting
), shown AS (
    SELECT sign_off_id AS id FROM mine
    UNION (SELECT id FROM governance_signoff WHERE organization_id = %(organization)s AND outcome = 'pending'
           ORDER BY id DESC LIMIT %(shown)s)
    UNION (SELECT id FROM governance_signoff WHERE organization_id = %(organization)s AND outcome <> 'pending'
           ORDER BY id DESC LIMIT %(shown)s)
)
SELECT sign_off.*, mine.name AS stage, turn.name AS turn, decision.number, period.line,
       coalesce(nullif(person.name, ''), person.email) AS person
FROM shown JOIN governance_signoff sign_off USING (id)
LEFT JOIN governance_routedecision decision ON decision.sign_off_id = sign_off.id
JOIN accounts_user person ON person.id = sign_off.submitted_by_id
LEFT JOIN governance_forceperiod period ON period.organization_id = sign_off.organization_id
      AND period.route_id = decision.route_id AND period.ended_at IS NULL
LEFT JOIN mine ON mine.sign_off_id = sign_off.id
LEFT JOIN LATERAL (
    SELECT stage.name FROM governance_signoffstage stage
    WHERE stage.sign_off_id = sign_off.id AND sign_off.outcome = 'pending'
      AND NOT EXISTS (SELECT FROM governance_signature WHERE stage_id = stage.id)
    ORDER BY stage.position LIMIT 1
) turn ON true
ORDER BY sign_off.id DESC
"""


@dataclass(frozen=True)
class Inbox:
    """Sign-offs of every kind, each with ``person`` (who submitted it), ``turn`` (whose word it waits for) and, where that is
    this person's, ``stage``; a decision's with ``line`` and ``number`` (of the revision). ``mine`` stands oldest first, the
    others newest first."""

    mine: list[SignOff]
    others: list[SignOff]
    closed: list[SignOff]


def inbox_of(user_id: UUID, organization: Organization) -> Inbox:
    """What waits for this person, what waits for others, and what was decided lately."""
    shown = list(SignOff.objects.raw(_INBOX, {"organization": organization.pk, "user": user_id, "shown": SHOWN}))
    for one in shown:
        one.organization = organization  # its address needs it
    pending = [one for one in shown if one.outcome == SignOff.Outcome.PENDING]
    return Inbox(
        mine=sorted((one for one in pending if _waits(one)), key=lambda one: (one.submitted_at, one.pk)),
        others=[one for one in pending if not _waits(one)],
        closed=[one for one in shown if one.outcome != SignOff.Outcome.PENDING],
    )


def _waits(sign_off: SignOff) -> bool:
    return vars(sign_off)["stage"] is not None
