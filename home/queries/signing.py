"""What waits for one signer, oldest first."""

from dataclasses import dataclass

from accounts.models import Membership
from governance.models import Signature, SignOffStage
from governance.queries.lines import line_of
from governance.queries.sign_offs import waiting_for

SHOWN = 5
LISTED = 50


@dataclass(frozen=True)
class ToSign:
    """The first few stages that wait for this person's word, and whether there are more."""

    stages: tuple[SignOffStage, ...]
    has_more: bool
    first_url: str


def signed_by(membership: Membership) -> list[Signature]:
    """What somebody from outside has given their word on, the newest first: the only list they have."""
    rows = Signature.objects.filter(organization=membership.organization_id, membership=membership)
    return list(rows.select_related("sign_off", "stage").order_by("-pk")[:LISTED])


def to_sign(membership: Membership) -> ToSign:
    """The stages that wait for this person now."""
    organization = membership.organization
    waiting = waiting_for(membership.user_id, organization=organization).annotate(
        line=line_of(organization, route="sign_off__decision__route_id")
    )
    stages = list(waiting.select_related("sign_off__submitted_by")[: SHOWN + 1])
    for stage in stages:
        stage.sign_off.organization = organization  # its address needs it
    first_url = stages[0].sign_off.get_absolute_url() if stages else ""
    return ToSign(tuple(stages[:SHOWN]), len(stages) > SHOWN, first_url)
