"""What waits for one signer, oldest first."""

from dataclasses import dataclass

from accounts.models import Membership
from governance.models import SignOffStage
from governance.queries.sign_offs import waiting_for

SHOWN = 5


@dataclass(frozen=True)
class ToSign:
    """The first few stages that wait for this person's word, and whether there are more."""

    stages: tuple[SignOffStage, ...]
    has_more: bool


def to_sign(membership: Membership) -> ToSign:
    """The stages that wait for this person now."""
    waiting = waiting_for(membership.user_id, organization=membership.organization).select_related(
        "sign_off__decision__route", "sign_off__submitted_by"
    )
    stages = list(waiting[: SHOWN + 1])
    return ToSign(tuple(stages[:SHOWN]), len(stages) > SHOWN)
