"""Who is who, from the periods; everything about people starts here."""

from accounts.queries.among import IsAmong
from accounts.queries.history import Stop, history_of
from accounts.queries.invitations import account_exists, has_joined_by, invitation_by_token, invitations_of
from accounts.queries.keepers import (
    KeeperName,
    KeeperNow,
    here_or_stand_in,
    keeper_now,
    may_keep,
    somebody_else,
    with_keepers,
)
from accounts.queries.mail import leaves_the_house, must_prove_address, only_demo_of, reaches
from accounts.queries.names import name_of
from accounts.queries.people import listed, people_reached, people_searched, users_called
from accounts.queries.standing import (
    Standing,
    active_memberships,
    asked_memberships,
    groups_with_people,
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
from accounts.queries.teams import teams_of

__all__ = [
    "IsAmong",
    "KeeperName",
    "KeeperNow",
    "Standing",
    "Stop",
    "account_exists",
    "active_memberships",
    "asked_memberships",
    "groups_with_people",
    "has_joined_by",
    "here_or_stand_in",
    "history_of",
    "invitation_by_token",
    "invitations_of",
    "is_last_owner",
    "keeper_now",
    "lead_of",
    "leaves_the_house",
    "listed",
    "may_keep",
    "members_of_group",
    "must_prove_address",
    "name_of",
    "only_demo_of",
    "organization_ids_of",
    "owners_of",
    "people_reached",
    "people_searched",
    "people_visible_to",
    "placed",
    "reaches",
    "somebody_else",
    "standing_of",
    "teams_of",
    "users_called",
    "with_keepers",
    "with_standing",
]
