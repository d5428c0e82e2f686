"""Routes of the catalog that ships: found, read with their sources and ages, frozen, and added to."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.html import escape
from pytest_django.asserts import assertContains, assertNotContains

from catalog.models import AccessRoute, Fact, Tool
from governance.models import RouteDecision
from governance.queries.routes import described
from governance.queries.submissions import frozen_content
from tests.cast import signed_in
from tests.governance.budgets import costs_the_same
from tests.governance.factories import THEN, Company, address, approved, draft, submitted


@pytest.fixture
def shipped(shipped_catalog, company):
    return company


def names(page):
    return {row["route"].name for row in page.context["rows"]}


def adding(company, route):
    return reverse("reviews:fact-add", args=[company.organization.slug, route.pk])


def own_fact(company, route, **words):
    return {
        "topic": "retention",
        "statement": "Kept for 30 days.",
        "state": "known",
        "promise": "contract",
        "as_of": "2026-10-01",
        "source_title": "Order form 7",
        **words,
    }


def test_every_shipped_route_opens_and_says_where_facts_come_from(shipped):
    otto = signed_in(shipped.otto)

    for route in AccessRoute.objects.filter(retired_at=None).exclude(pk=shipped.route.pk):
        page = otto.get(address(shipped, "route-detail", route.pk))
        assertContains(page, "use it for work yet.")
        assertContains(page, "not yet checked by us", count=1)
        assert page.context["topics"]


def test_routes_are_found_by_every_filter(shipped):
    otto = signed_in(shipped.otto)
    everything = names(otto.get(address(shipped, "route-list")))

    assert len(everything) > 40
    for query in ("trains=yes", "reaches_vendor=no", "zero_retention=yes", "audit_log=yes", "tier=consumer"):
        column, value = query.split("=")
        found = names(otto.get(address(shipped, "route-list") + f"?{query}"))
        assert found == set(
            AccessRoute.objects.filter(retired_at=None, **{column: value}).values_list("name", flat=True)
        )
        assert found < everything
    assert names(otto.get(address(shipped, "route-list") + "?text=bedrock")) < everything
    assert names(otto.get(address(shipped, "route-list") + "?vendor=OpenAI")) < everything


def test_manager_adds_a_route_and_says_what_is_known(shipped):
    mara = signed_in(shipped.mara)
    typed = {"name": "Our gateway", "tool": Tool.objects.first().pk, "short_code": "OG", "tier": "overlay",
             "surface": "api", "trains": "no", "reaches_vendor": "yes", "zero_retention": "unknown",
             "audit_log": "yes"}  # fmt: skip

    added = mara.post(address(shipped, "route-add"), typed)
    route = AccessRoute.objects.get(name="Our gateway")
    assert added.url == address(shipped, "route-detail", route.pk)
    check = address(shipped, "facts-check", route.pk, "retention")
    assertContains(mara.get(check), f"{adding(shipped, route)}?next={check}")
    assert mara.post(f"{adding(shipped, route)}?next={check}", own_fact(shipped, route)).url == check
    assertContains(mara.get(f"{adding(shipped, route)}?next={check}"), f'name="next" value="{check}"')
    assertNotContains(mara.get(f"{adding(shipped, route)}?next=https://elsewhere.example/"), 'name="next"')

    page = mara.get(added.url)
    assertContains(page, "Kept for 30 days.")
    assertContains(page, "Order form 7")
    assertNotContains(page, "not yet checked by us")


def test_both_sides_of_a_conflict_are_shown(shipped):
    fact = Fact.objects.filter(state=Fact.State.CONFLICTING, claims__isnull=False).first()
    route = fact.route or fact.profile.routes.first()

    page = signed_in(shipped.otto).get(address(shipped, "route-detail", route.pk))

    assertContains(page, "Sources disagree")
    for claim in fact.claims.all():
        assertContains(page, escape(claim.statement))


def test_each_side_of_a_conflict_has_its_own_date_and_kind_of_promise(shipped):
    route = AccessRoute.objects.get(key="claude-free-web")

    shown = described(route, shipped.organization, on=dt.date(2026, 10, 1))

    cards = [card for topic in shown["topics"] for card in topic["cards"] if card["state"] == "conflicting"]
    sides = {side["sources"][0]["title"]: (side["as_of"], side["promise"]) for side in cards[0]["statements"]}
    assert sides["An article on access routes (no date, no author)"] == (
        "date unknown: a text without a date",
        "Somebody's report",
    )
    assert sides["Claude Code docs: Data usage"] == ("22 Aug 2026", "The vendor's documentation")


def test_what_is_said_is_frozen_with_its_sources_and_what_it_rests_on(shipped):
    route = AccessRoute.objects.filter(facts__isnull=False, hops__isnull=False).first()

    content, bases = frozen_content(draft(shipped, route=route))

    assert content["hops"]
    assert any(fact["sources"] for fact in content["facts"])
    said = {f"own-word:{fact['key']}": fact["our_word"]["revision"] for fact in content["facts"] if fact["our_word"]}
    assert said
    assert bases == said | {f"fact:{fact['key']}": fact["revision"] for fact in content["facts"]}


def test_signer_reads_the_frozen_facts_after_the_catalog_moved_on(shipped):
    route = AccessRoute.objects.filter(facts__isnull=False, organization=None).first()
    decision = submitted(shipped, route=route)
    fact = Fact.objects.filter(route=route).first()
    fact.superseded_at = THEN
    fact.save(update_fields=["superseded_at"])

    page = signed_in(shipped.sven).get(
        reverse("governance:sign-off-sign", args=[shipped.organization.slug, decision.sign_off_id])
    )

    assertContains(page, fact.statement)


def test_own_fact_is_laid_over_a_shipped_one(shipped):
    route = AccessRoute.objects.filter(facts__isnull=False).first()
    fact = Fact.objects.filter(route=route).first()
    mara = signed_in(shipped.mara)
    typed = own_fact(shipped, route, topic=fact.topic_id, statement="We asked: it is otherwise.")

    mara.post(adding(shipped, route) + f"?over={fact.pk}", typed)

    ours = mara.get(address(shipped, "route-detail", route.pk))
    assertContains(ours, "We asked: it is otherwise.")
    assertNotContains(ours, fact.statement)
    theirs = Company()
    assertNotContains(signed_in(theirs.otto).get(address(theirs, "route-detail", route.pk)), "We asked")


def test_age_is_judged_by_topic_and_said_once_for_what_ships(shipped):
    route = AccessRoute.objects.get(key="claude-code-team")
    on = dt.date(2026, 10, 1)  # weeks after most of it was written: long for telemetry, not for training

    shown = described(route, shipped.organization, on=on)

    assert {"Telemetry", "Feedback and surveys"} <= set(shown["old_topics"])
    assert not {"Training", "Encryption"} & set(shown["old_topics"])
    assert len(shown["old_topics"]) == len(set(shown["old_topics"]))
    notes = [side["age_note"] for topic in shown["topics"] for card in topic["cards"] for side in card["statements"]]
    assert not any(notes)


def test_old_topics_stand_once_on_the_page(shipped, move_clock):
    move_clock(days=900)
    route = AccessRoute.objects.get(key="claude-code-team")

    page = signed_in(shipped.mara).get(address(shipped, "route-detail", route.pk))
    read = signed_in(shipped.otto).get(address(shipped, "route-detail", route.pk))

    assertContains(page, "Check these first", count=1)
    assertNotContains(page, "months old")
    assertContains(read, "older than is good for their topic", count=1)
    assertNotContains(read, "Check these first")  # who only reads can't


def test_an_old_fact_of_our_own_says_its_age(shipped):
    mara, route = signed_in(shipped.mara), AccessRoute.objects.get(key="claude-code-team")
    mara.post(adding(shipped, route), own_fact(shipped, route, as_of="2020-10-01"))

    assertContains(mara.get(address(shipped, "route-detail", route.pk)), "months old", count=1)


def test_route_page_costs_the_same_for_one_and_three_decisions(shipped):
    full = AccessRoute.objects.filter(facts__procedure_key__gt="", hops__isnull=False).first()
    days = iter(range(1, 9))

    def add(count):
        for _ in range(count):
            approved(shipped, route=full, at=THEN + dt.timedelta(days=next(days)))

    costs_the_same(signed_in(shipped.mara), address(shipped, "route-detail", full.pk), add)


def test_submit_page_of_a_full_route_keeps_the_budget(shipped):
    route = AccessRoute.objects.filter(facts__procedure_key__gt="", hops__isnull=False).first()
    approved(shipped, route=route)
    decision = draft(shipped, route=route)

    costs_the_same(signed_in(shipped.mara), address(shipped, "decision-submit", decision.pk), lambda count: None)
    assert RouteDecision.objects.count() == 2
