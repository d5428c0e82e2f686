"""Who is who, from the periods; everything about people starts here."""

from accounts.queries.among import (
    IsAmong,
)
from accounts.queries.factors import (
    SECOND_FACTORS,
    factors_held,
    has_second_factor,
    is_required_of,
    lacking_factors,
    organizations_requiring,
    with_factors,
)
from accounts.queries.history import (
    Stop,
    history_of,
)
from accounts.queries.invitations import (
    account_exists,
    has_joined_by,
    invitation_by_token,
    invitations_of,
    resendable,
)
from accounts.queries.keepers import (
    KeeperName,
    KeeperNow,
    here_or_stand_in,
    keeper_now,
    may_keep,
    somebody_else,
    with_keepers,
)
from accounts.queries.mail import (
    leaves_the_house,
    must_prove_address,
    only_demo_of,
    reaches,
)
from accounts.queries.names import (
    name_of,
)
from accounts.queries.people import (
    listed,
    people_reached,
    people_searched,
    users_called,
)
from accounts.queries.sessions import (
    SignedIn,
    sessions_of,
)
from accounts.queries.single_sign_on import (
    domain_of,
    has_owner_signed_in,
    job_role_claimed,
    members_elsewhere,
    only_way_for,
    sign_on_at,
    sign_on_of,
    speaks_for,
    team_claimed,
    with_rounds,
)
from accounts.queries.standing import (
    Standing,
    active_membership,
    active_memberships,
    asked_memberships,
    groups_with_people,
    is_in_one_organization,
    is_last_owner,
    lead_of,
    members_of_group,
    organization_ids_of,
    owners_of,
    people_visible_to,
    placed,
    standing_of,
    with_standing,
)
from accounts.queries.teams import (
    teams_of,
)

__all__ = [
    "SECOND_FACTORS",
    "IsAmong",
    "KeeperName",
    "KeeperNow",
    "SignedIn",
    "Standing",
    "Stop",
    "account_exists",
    "active_membership",
    "active_memberships",
    "asked_memberships",
    "domain_of",
    "factors_held",
    "groups_with_people",
    "has_joined_by",
    "has_owner_signed_in",
    "has_second_factor",
    "here_or_stand_in",
    "history_of",
    "invitation_by_token",
    "invitations_of",
    "is_in_one_organization",
    "is_last_owner",
    "is_required_of",
    "job_role_claimed",
    "keeper_now",
    "lacking_factors",
    "lead_of",
    "leaves_the_house",
    "listed",
    "may_keep",
    "members_elsewhere",
    "members_of_group",
    "must_prove_address",
    "name_of",
    "only_demo_of",
    "only_way_for",
    "organization_ids_of",
    "organizations_requiring",
    "owners_of",
    "people_reached",
    "people_searched",
    "people_visible_to",
    "placed",
    "reaches",
    "resendable",
    "sessions_of",
    "sign_on_at",
    "sign_on_of",
    "somebody_else",
    "speaks_for",
    "standing_of",
    "team_claimed",
    "teams_of",
    "users_called",
    "with_factors",
    "with_keepers",
    "with_rounds",
    "with_standing",
]
