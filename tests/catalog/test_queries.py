"""What an organization sees: shipped rows, its own laid over them, and never another's."""

import datetime as dt

import pytest

from audit.models import AuditEvent
from catalog import actions, queries
from catalog.models import AccessRoute, Fact, PolicySource, Tool
from operations import clock
from operations.errors import ActionRefused
from tests.cast import Company, company

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(shipped_catalog: None) -> Company:
    return company()


def route(key: str) -> AccessRoute:
    return AccessRoute.objects.get(key=key)


def say(acme: Company, **how: object) -> Fact:
    words = {"topic": "training", "statement": "In our contract: never.", "promise": "contract", **how}
    return actions.add_fact(by=acme.mara, at=clock.now(), **words)


def statements(shown: list[queries.FactShown], topic: str) -> list[str]:
    return [one.fact.statement for one in shown if one.fact.topic_id == topic]


def test_routes_are_filtered_by_what_people_ask_first(acme) -> None:
    def keys(**how: str) -> set[str]:
        return set(queries.routes(acme.organization, **how).values_list("key", flat=True))

    assert {"claude-code-bedrock", "amazon-bedrock"} == keys(text="bedrock")
    assert "google-agent-platform" in keys(text="vertex")
    assert "claude-code-team" in keys(text="team  claude code")
    assert keys(reaches_vendor="no") == {"amazon-bedrock", "google-agent-platform"}
    assert all(key.startswith("copilot") for key in keys(vendor="GitHub (Microsoft)"))
    assert keys(tier="consumer", trains="no") == set()


def test_a_fact_of_its_own_hides_the_shipped_one_for_that_organization_only(acme) -> None:
    other = company("globex")
    shipped = Fact.objects.get(key="claude-code-bedrock.training")

    own = say(acme, over=shipped)

    bedrock = route("claude-code-bedrock")
    assert statements(queries.said_of(bedrock, acme.organization), "training")[0] == own.statement
    assert own.statement not in statements(queries.said_of(bedrock, other.organization), "training")
    assert own.pk > shipped.pk


def test_what_supersedes_a_fact_stands_in_its_place(acme) -> None:
    about = Fact.objects.values_list("profile", "topic").filter(profile__isnull=False).order_by("pk")
    profile, topic = next(one for one in about if about.filter(profile=one[0], topic=one[1]).count() > 1)
    of_topic = Fact.objects.filter(profile=profile, topic=topic)
    one = AccessRoute.objects.filter(profiles=profile).first()
    assert one

    def keys() -> list[str]:
        return [fact.key for fact in queries.facts_by_topic([one], acme.organization, [topic])[one.pk]]

    before = keys()
    say(acme, over=of_topic.order_by("key").first(), topic=topic)

    assert keys() == before


def test_its_own_fact_is_superseded_by_its_next(acme) -> None:
    shipped = Fact.objects.get(key="claude-code-bedrock.training")
    first = say(acme, over=shipped)

    second = say(acme, over=first)

    assert queries.standing_facts(acme.organization).get(key=shipped.key) == second
    with pytest.raises(ActionRefused):
        say(acme, over=first)


def test_a_shipped_fact_is_not_said_over_twice(acme) -> None:
    shipped = Fact.objects.get(key="claude-code-bedrock.training")
    say(acme, over=shipped)

    with pytest.raises(ActionRefused):
        say(acme, over=shipped)


def test_a_route_of_its_own_is_seen_by_nobody_else(acme) -> None:
    other = company("globex")

    own = actions.add_route(
        by=acme.mara,
        name="Our gateway",
        tool=Tool.objects.get(key="claude-code"),
        short_code="OGW",
        tier="overlay",
        surface="terminal",
        at=clock.now(),
    )

    assert own in queries.routes(acme.organization)
    assert own not in queries.routes(other.organization)


def test_nothing_of_another_organization_can_be_built_on_or_said_over(acme) -> None:
    other = company("globex")
    tool = Tool.objects.get(key="claude-code")
    place = {"tool": tool, "tier": "overlay", "surface": "terminal", "at": clock.now()}
    theirs = actions.add_route(by=other.mara, name="Their gateway", short_code="TGW", **place)
    said = actions.add_fact(
        by=other.mara, route=theirs, topic="training", statement="Never.", promise="own", at=clock.now()
    )
    source = PolicySource.objects.create(organization=other.organization, key="contract", title="Their contract")
    before = (AccessRoute.objects.count(), Fact.objects.count(), AuditEvent.objects.count())

    for attempt in (
        lambda: actions.add_route(by=acme.mara, name="Ours", short_code="OGW", base=theirs, **place),
        lambda: say(acme, route=theirs),
        lambda: say(acme, over=said),
        lambda: say(acme, route=route("claude-code-bedrock"), cites=[(source, [])]),
    ):
        with pytest.raises(ActionRefused, match="not in your catalog"):
            attempt()

    assert (AccessRoute.objects.count(), Fact.objects.count(), AuditEvent.objects.count()) == before


def test_the_log_keeps_no_word_of_a_route_that_was_typed(acme) -> None:
    place = {"tool": Tool.objects.get(key="claude-code"), "tier": "overlay", "surface": "terminal"}
    own = actions.add_route(by=acme.mara, name="Project Nightjar", short_code="PNJ", at=clock.now(), **place)

    say(acme, route=own)

    events = AuditEvent.objects.filter(action__in=["route.added", "fact.added"])
    assert events.count() == 2
    assert all("nightjar" not in str(event.data).lower() + event.target.lower() for event in events)


def test_routes_are_named_and_told_apart_in_every_script(acme) -> None:
    words = {"tool": Tool.objects.first(), "tier": "commercial", "surface": "chat", "at": clock.now()}
    for code, name in (("OWN1", "Шлюз EU"), ("OWN2", "Сервер EU"), ("OWN3", "社内ゲートウェイ")):
        actions.add_route(by=acme.mara, name=name, short_code=code, **words)

    with pytest.raises(ActionRefused, match="of that name already"):
        actions.add_route(by=acme.mara, name="Шлюз EU", short_code="OWN4", **words)


def test_a_taken_short_code_is_refused(acme) -> None:
    with pytest.raises(ActionRefused):
        actions.add_route(
            by=acme.mara,
            name="Our gateway",
            tool=Tool.objects.get(key="claude-code"),
            short_code="ccb",
            tier="overlay",
            surface="terminal",
            at=clock.now(),
        )


def test_a_route_shows_what_its_base_says_where_it_says_nothing_itself(acme) -> None:
    shown = queries.said_of(route("claude-code-bedrock"), acme.organization)

    origins = {one.fact.topic_id: one.origin for one in shown}
    assert origins["residency"] == "base"
    assert origins["retention"] == "route"
    assert origins["local-storage"] == "profile"


def test_conflicting_sources_are_shown_with_both_sides(acme) -> None:
    shown = queries.said_of(route("claude-free-web"), acme.organization)

    conflict = next(one.fact for one in shown if one.fact.state == Fact.State.CONFLICTING)
    assert len(conflict.sides) >= 2
    assert all(side["cited"] for side in conflict.sides)


def test_every_route_says_of_each_open_topic_that_nobody_knows_or_what_is_known(acme) -> None:
    asked = {
        "visibility",
        "contracting-party",
        "sub-processors",
        "transfer",
        "output-ownership",
        "breach-notice",
        "deletion-at-exit",
    }
    for one in queries.routes(acme.organization):
        assert asked <= {shown.fact.topic_id for shown in queries.said_of(one, acme.organization)}, one.key


def test_age_is_judged_by_topic(acme) -> None:
    shown = {one.fact.key: one for one in queries.said_of(route("claude-code-team"), acme.organization)}
    training, telemetry = shown["claude-code-team.training"], shown["tp-direct-commercial.metrics"]
    day = dt.date(2026, 10, 1)

    assert (training.is_old(day), telemetry.is_old(day)) == (False, True)
    assert training.is_old(dt.date(2026, 12, 1))


@pytest.mark.parametrize("key", ["claude-free-web", "claude-code-bedrock", "claude-code-enterprise"])
def test_what_a_route_page_says_costs_at_most_four_queries(acme, django_assert_max_num_queries, key) -> None:
    one = route(key)

    with django_assert_max_num_queries(4):
        shown = queries.said_of(one, acme.organization)
        queries.steps_of(one, acme.organization)
        queries.procedures_of(shown, acme.organization)
        for fact in shown:
            assert fact.fact.cited is not None


def test_facts_by_topic_are_asked_for_many_routes_at_once(acme, django_assert_num_queries) -> None:
    routes = list(queries.routes(acme.organization))

    with django_assert_num_queries(1):
        found = queries.facts_by_topic(routes, acme.organization, ["training", "retention"])

    assert set(found) == {route.pk for route in routes}
    assert all(facts for facts in found.values())
