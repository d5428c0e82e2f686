"""What a view gets: the request as the middleware hands it on."""

from django.http import HttpRequest

from accounts.models import Membership, Organization, User
from accounts.queries import Standing
from accounts.rights import Right


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in. For annotations: requests are plain ``HttpRequest`` objects."""

    user: User


class MemberRequest(PersonRequest):
    """A request under ``/o/<organization>/…``: of a member, with what they hold there."""

    organization: Organization
    membership: Membership
    standing: Standing
    rights: frozenset[Right]
