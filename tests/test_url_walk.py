"""Every address as everybody: what answers is what the view's declared right says, and no GET writes.

A view that declares nothing fails; so does an address that names an object ``tests/objects.py`` doesn't have. The
address of Acme's object under another organization must not be found.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Membership, User
from accounts.public_views import PERSONAL_VIEWS, PUBLIC_VIEWS
from accounts.queries import standing_of, with_standing
from accounts.rights import Right
from tests.objects import OBJECTS
from tests.roles import act_as_application
from tests.world import TOLD_IN_CONFIDENCE, World, build

pytestmark = pytest.mark.django_db

STRANGERS = {"outsider", "former member", "operator"}

# What the object itself narrows beyond the declared right: by view name and method → who of the walk it is for.
NARROWER: dict[tuple[str, str], set[str]] = {
    ("checklists:answer-shown", "GET"): {"member", "auditor", "manager", "owner"},  # the giver, and who looks after it
    ("checklists:evidence-open", "GET"): {"member", "auditor", "manager", "owner"},  # likewise
    ("checklists:evidence-preview", "GET"): {"member", "auditor", "manager", "owner"},  # likewise
    ("checklists:upload-preview", "GET"): {"member"},  # who brought it
    ("checklists:question-answer", "GET"): {"member", "manager"},  # who asked, and who was asked
    ("checklists:question-answer", "POST"): {"member", "manager"},
    ("governance:decision-detail", "GET"): {"signer", "auditor", "manager", "owner"},  # a draft
    ("governance:paper-open", "GET"): {"signer", "auditor", "manager", "owner"},  # or who signs what rests on it
    ("governance:sign-off-comment", "GET"): {"signer", "outside signer", "auditor", "manager", "owner"},
    ("governance:sign-off-comment", "POST"): {"signer", "outside signer", "manager", "owner"},
    ("governance:sign-off-sign", "GET"): {
        "signer",
        "outside signer",
        "auditor",
        "manager",
        "owner",
    },  # or for whom it waits
    ("governance:sign-off-sign", "POST"): {"signer", "outside signer"},
    ("reviews:assessment-judge", "POST"): {"manager", "owner"},
    ("reviews:board-item", "POST"): {"manager", "owner"},
    ("reviews:policy-judge", "GET"): {"manager", "owner"},  # or Legal, where it was put to them
    ("reviews:policy-judge", "POST"): {"manager", "owner"},
    ("reviews:review-close", "POST"): {"manager", "owner"},
    ("reviews:verdict-sign", "GET"): {
        "signer",
        "outside signer",
        "auditor",
        "manager",
        "owner",
    },  # or for whom it waits
    ("reviews:verdict-sign", "POST"): {"signer", "outside signer"},
    ("reviews:usage-names", "GET"): {"manager"},  # who was named above the question
    ("reviews:usage-names", "POST"): {"manager"},
}
# Where what somebody said in confidence (invariant 11) is shown, and to whom: to themselves, and to the one they were told of.
TOLD = {
    ("checklists:usage-tell", "GET", "member"),
    ("reviews:usage-names", "POST", "manager"),
}
# Public pages that are not there for everybody: the outbox answers on a local machine only, figures where a token is set.
HIDDEN = {"notifications:local-outbox", "operations:figures"}
# Answers 503 while a part of the machine is down, which in a test it is.
SAYS_WHO_IS_SICK = {"operations:ready"}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    name: str
    view: Any
    arguments: frozenset[str]

    @property
    def is_of_an_organization(self) -> bool:
        return "organization" in self.arguments

    @property
    def rights(self) -> frozenset[Right]:
        return frozenset(getattr(self.view, "required_rights", ()))

    @property
    def is_operators(self) -> bool:
        return getattr(self.view, "operator_only", False)


def _addresses(resolver: URLResolver, space: str = "", arguments: frozenset[str] = frozenset()) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = arguments | frozenset(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space, here)
        elif isinstance(pattern, URLPattern):
            yield Address(f"{space}{pattern.name}", pattern.callback, here)


ADDRESSES = sorted(_addresses(get_resolver()), key=lambda address: address.name)
NAMES = [address.name for address in ADDRESSES]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once, by the application's database role as in production; every request is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        act_as_application()
        made = build()
        connection.check_constraints()  # the log as it is read once all of this is committed
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def sessions(world: World) -> dict[str, str]:
    """Everybody's session, signed in once."""
    return {person: _session_of(who) for person, who in world.people.items() if who is not None}


@pytest.fixture(autouse=True)
def _attempts_are_counted_anew() -> None:
    cache.clear()


@contextmanager
def taken_back(*, read_only: bool = False) -> Iterator[None]:
    """What happens inside leaves no trace; where nothing may be written, writing raises."""
    with transaction.atomic():
        if read_only:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL transaction_read_only = on")
        yield
        transaction.set_rollback(True)


def _session_of(who: Membership | User) -> str:
    client = Client()
    user = who.user if isinstance(who, Membership) else who
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def browser_with(session: str | None) -> Client:
    client = Client()
    if session is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    return client


def url_of(address: Address, world: World, *, slug: str = "acme") -> str:
    named = OBJECTS[address.name](world) if address.name in OBJECTS else {}
    kwargs = {"organization": slug, **named} if address.is_of_an_organization else named
    missing = address.arguments - set(kwargs)
    assert not missing, f"{address.name} names {missing}: give it an object in tests/objects.py"
    return reverse(address.name, kwargs=kwargs)


def ask(client: Client, method: str, url: str) -> Any:
    with taken_back(read_only=method == "GET"):
        return client.generic(method, url)


def may(address: Address, person: str, who: Membership, method: str) -> bool:
    held = standing_of(with_standing(Membership.objects.filter(pk=who.pk)).get()).rights
    return bool(held & address.rights) and person in NARROWER.get((address.name, method), {person})


def expected(address: Address, person: str, who: Any, method: str) -> str:
    """``door`` (sign in first), ``nothing`` (404), ``refused`` (403) or ``open`` (anything but those)."""
    if address.name in PUBLIC_VIEWS:
        return "nothing" if address.name in HIDDEN else "open"
    if who is None:
        return "door"
    if address.is_operators:
        return "open" if person == "operator" else "refused"
    if address.name in PERSONAL_VIEWS and not address.is_of_an_organization:
        return "open"
    if person in STRANGERS:
        return "nothing"
    return "open" if may(address, person, who, method) else "refused"


def answered(response: HttpResponse) -> str:
    if response.status_code == 302 and response["Location"].startswith(f"{resolve_url(settings.LOGIN_URL)}?next="):
        return "door"
    return {404: "nothing", 403: "refused"}.get(response.status_code, "open")


def tells(response: Any) -> bool:
    """Whether what was said in confidence stands in what was sent: a page, a file, an address to go on to."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return TOLD_IN_CONFIDENCE.lower() in f"{body.decode(errors='replace')} {response.headers}".lower()


@pytest.mark.parametrize("address", ADDRESSES, ids=NAMES)
def test_every_view_declares_its_right_once(address: Address) -> None:
    declared = [
        bool(address.rights),
        address.is_operators,
        address.name in PUBLIC_VIEWS,
        address.name in PERSONAL_VIEWS,
    ]

    assert declared.count(True) == 1, f"{address.name}: @require, @operator_required or accounts/public_views.py"
    assert not address.rights or address.is_of_an_organization, f"{address.name} asks for a right of no organization"


def test_lists_name_no_view_that_is_gone() -> None:
    listed = {
        *PUBLIC_VIEWS,
        *PERSONAL_VIEWS,
        *OBJECTS,
        *(name for name, _method in NARROWER),
        *HIDDEN,
        *SAYS_WHO_IS_SICK,
    }

    assert listed <= set(NAMES), listed - set(NAMES)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("address", ADDRESSES, ids=NAMES)
def test_everybody_gets_what_the_declared_right_says(
    world: World, sessions: dict[str, str], address: Address, method: str
) -> None:
    url = url_of(address, world)
    got, wanted = {}, {}

    for person, who in world.people.items():
        response = ask(browser_with(sessions.get(person)), method, url)
        if response.status_code == 405:
            break  # this method does nothing here, for whomever
        assert response.status_code < 500 or address.name in SAYS_WHO_IS_SICK, (url, person)
        assert tells(response) == ((address.name, method, person) in TOLD), (url, person)
        got[person] = answered(response)
        wanted[person] = expected(address, person, who, method)

    assert got == wanted, url


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "address",
    [address for address in ADDRESSES if address.is_of_an_organization and len(address.arguments) > 1],
    ids=lambda address: address.name,
)
def test_an_object_is_not_found_under_another_organization(
    world: World, sessions: dict[str, str], address: Address, method: str
) -> None:
    url = url_of(address, world, slug="globex")

    response = ask(browser_with(sessions["outsider"]), method, url)

    assert response.status_code in {404, 405}, url
