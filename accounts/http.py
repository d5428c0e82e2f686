"""The request as an organization's view sees it."""

from django.http import HttpRequest

from accounts.models import Membership, Organization, User
from accounts.queries import Standing
from accounts.rights import Right


class OrganizationRequest(HttpRequest):
    """What ``OrganizationMiddleware`` has set by the time a view under ``/o/<organization>/`` is called; for types only."""

    user: User
    organization: Organization
    membership: Membership
    standing: Standing
    rights: frozenset[Right]
