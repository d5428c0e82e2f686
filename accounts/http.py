"""The request as a view sees it, for types only: at run time it is a plain ``HttpRequest``."""

from django.http import HttpRequest

from accounts.models import Membership, Organization, User
from accounts.queries import Standing
from accounts.rights import Right


class PersonRequest(HttpRequest):
    """A request of somebody who is signed in, on a page about themselves."""

    user: User
    # Of what types they have second factors and recovery codes; ask ``accounts.queries.factors_held``.
    factors: frozenset[str]


class OrganizationRequest(PersonRequest):
    """What ``OrganizationMiddleware`` has set by the time a view under ``/o/<organization>/`` is called."""

    organization: Organization
    membership: Membership
    standing: Standing
    rights: frozenset[Right]
    # How many questions are left for this person: said by the pages that evaluate it, so that their frame need not.
    items_left: int


class PeopleRequest(OrganizationRequest):
    """A request for a list of people: the view says whom, so that the apps above can say whom mail doesn't reach."""

    people_shown: list[Membership]


class OnePersonRequest(OrganizationRequest):
    """A request for the page of one person: the view says who, so that the apps above can say how they stand."""

    person_shown: Membership
