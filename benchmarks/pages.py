"""The pages people live in: their server time against a view that renders the same bytes from ready-made context."""

import re
from collections.abc import Iterator

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, override_settings
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment
from django.urls import include, path, reverse

from accounts.models import Membership, Organization, User
from benchmarks.figures import Figure, side_by_side
from checklists.models import Assignment, Item
from tests.plans import rows_read_by_table

ROUNDS = 25
MOST_QUERIES = 12
QUERIES = {"home, employee": 9, "home, manager": 9}
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


class ReadyMade:
    """The template and context of the page measured at the moment, as its own view left them."""

    template: Template
    context: Context

    @classmethod
    def view(cls, request: HttpRequest, **_kwargs: object) -> HttpResponse:
        return HttpResponse(cls.template.render(cls.context))


urlpatterns = [
    path("o/<slug:organization>/ready-made/", ReadyMade.view, name="ready-made"),
    path("", include("config.urls")),
]


def figures(big: Organization, small: Organization) -> Iterator[Figure]:
    """Each page twice over: the view, and the ready-made one behind the same middleware; then the rows they read."""
    owner = Membership.objects.filter(organization=big).earliest("pk").user
    for name, who, url in _pages(big, owner):
        yield Figure(
            f"server time of {name}", _against_ready_made(big, who, url), 2, "×", "against the same bytes, ready-made"
        )
    for (name, who, url), (_name, other, there) in zip(
        _pages(big, owner), _pages(small, small.memberships.earliest("pk").user), strict=True
    ):
        queries, few = _queries(who, url), _queries(other, there)
        heads = f"{big.memberships.count():,} people; {few} for {small.memberships.count():,}"
        yield Figure(f"SQL queries of {name}", max(queries, few), QUERIES.get(name, MOST_QUERIES), "", heads)
    for name, who, url in _pages(big, owner):
        if name == "home, manager":  # counts per team: as many rows as there are teams, however many people
            continue
        there = next(page for page in _pages(small, small.memberships.earliest("pk").user) if page[0] == name)
        ratio = _rows(who, url) / max(1, _rows(there[1], there[2]))
        yield Figure(
            f"rows read by {name}",
            ratio,
            1.05,
            "×",
            f"{big.memberships.count():,} people against {small.memberships.count():,}",
        )


def _pages(organization: Organization, owner: User) -> Iterator[tuple[str, User, str]]:
    person, item = item_of_somebody(organization)
    slug = organization.slug
    yield "home, employee", person, reverse("home:organization", args=[slug])
    yield "home, manager", owner, reverse("home:organization", args=[slug])
    yield "the task list", person, reverse("checklists:task-list", args=[slug])
    yield "one item", person, item
    yield "the inbox, employee", person, reverse("home:inbox", args=[slug])
    yield "the inbox, manager", owner, reverse("home:inbox", args=[slug])
    yield "sign-offs", owner, reverse("governance:sign-off-list", args=[slug])
    yield (
        "people, searched",
        owner,
        reverse("accounts:person-list", args=[slug]) + "?search=person.100.7",
    )  # of the first hundred, whom both have


def item_of_somebody(organization: Organization) -> tuple[User, str]:
    """Somebody who has something to do, and the page of its first question."""
    assignment = Assignment.objects.filter(organization=organization, status="open").order_by("-membership_id").first()
    assert assignment is not None, "nobody has anything to do: change an item first"
    items = Item.objects.filter(
        listings__version__checklist=assignment.checklist, listings__version__status="published"
    )
    first = items.earliest("listings__position")
    return assignment.membership.user, reverse("checklists:task-answer", args=[organization.slug, first.pk])


def client_of(who: User) -> Client:
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _against_ready_made(organization: Organization, who: User, url: str) -> float:
    client = client_of(who)
    body = _keep(client, url)
    with override_settings(ROOT_URLCONF="benchmarks.pages"):
        ready = reverse("ready-made", args=[organization.slug])
        ready_body = client.get(ready).content
        assert len(CSRF.sub(b"", body)) == len(CSRF.sub(b"", ready_body)), f"{url}: not the same bytes"
        page, ready_made = side_by_side(lambda: client.get(url), lambda: client.get(ready), rounds=ROUNDS)
    return page / ready_made


def _keep(client: Client, url: str) -> bytes:
    """Fetch the page once, and keep the template and context it was rendered with."""
    kept: list[tuple[Template, dict[str, object]]] = []

    def keep(sender: object, template: Template, context: Context, **_kwargs: object) -> None:
        kept.append((template, context.flatten()))  # with what the context processors gave: they take it back

    setup_test_environment()
    template_rendered.connect(keep)
    try:
        response = client.get(url)
        assert response.status_code == 200, f"{url}: {response.status_code}"
    finally:
        template_rendered.disconnect(keep)
        teardown_test_environment()
    ReadyMade.template, context = kept[0]
    ReadyMade.context = Context(context)
    ReadyMade.context.template = ReadyMade.template
    return response.content


def _queries(who: User, url: str) -> int:
    client = client_of(who)
    client.get(url)  # what is read once per process is no part of it
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def _rows(who: User, url: str) -> int:
    client = client_of(who)
    with transaction.atomic(), rows_read_by_table() as counts:
        client.get(url)
    return sum(counts.values())
