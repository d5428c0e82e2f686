"""What somebody may use, as their home says it: for what, until when, and what was stopped."""

import datetime as dt

import pytest

from governance import actions
from governance.models import DataClass, RouteDecision
from operations import clock
from operations.templatetags.dates import day, relative_day
from tests.cast import Company, company, signed_in
from tests.home.steps import decided, home, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


def test_a_route_names_its_last_day_and_leads_to_what_was_decided(acme: Company) -> None:
    outcome = RouteDecision.Outcome.ALLOWED_UNTIL
    decision = decided(acme, "claude-team", outcome=outcome, until=clock.today("Europe/Berlin") + dt.timedelta(days=20))

    page = home(acme.dev)

    assert f"Until {day(decision.until)}, in 20 days." in page
    assert f'href="/o/{acme.organization.slug}/decisions/{decision.pk}/"' in page


def test_a_route_says_for_which_data_and_repositories_of_the_lines_that_cover_the_reader(acme: Company) -> None:
    web, mail = (DataClass.objects.create(organization=acme.organization, key=key, name=key) for key in ("web", "mail"))
    code = DataClass.objects.create(organization=acme.organization, key="code", name="code")
    ours, theirs = (
        actions.LineOfScope(team_ids=frozenset({team.pk}), data_class_ids=frozenset(kinds), repositories=repositories)
        for team, kinds, repositories in (
            (acme.engineering, {web.pk, code.pk}, "checkout\nbilling"),
            (acme.sales, {mail.pk}, ""),
        )
    )
    decided(acme, "claude-team", lines=[ours, theirs])

    page = home(acme.dev)
    assert "For: code, web." in page
    assert "Only in: checkout<br>billing" in page
    page = home(acme.sal)
    assert "For: mail." in page
    assert "Only in:" not in page


def test_a_route_without_kinds_of_data_is_for_every_kind(acme: Company) -> None:
    decided(acme, "claude-team")

    assert "For every kind of data that the conditions don’t rule out" in home(acme.dev)


def test_whose_only_route_is_suspended_is_told_to_stop_before_anything_else(acme: Company) -> None:
    decision = decided(acme, "claude-team")
    published(acme, "privacy", items=2)
    assert "2 questions left for you" in home(acme.dev)

    actions.suspend(decision=decision, by=acme.mara, reason="Look again.", at=clock.now(), is_material=False)

    page = home(acme.dev)
    assert "<h1>Stop using what is suspended</h1>" in page
    assert "2 questions are left for you, too." in page


def test_whom_no_decision_covers_is_not_told_that_nothing_is_decided(acme: Company) -> None:
    decided(acme, "claude-team", lines=[actions.LineOfScope(team_ids=frozenset({acme.engineering.pk}))])

    assert "No decision covers you yet: don’t use AI tools for work yet; ask Mara." in home(acme.sal)


def test_a_route_that_is_not_allowed_is_said_to_be_so(acme: Company) -> None:
    decided(acme, "consumer-plan", outcome=RouteDecision.Outcome.NOT_ALLOWED)

    page = home(acme.dev)

    assert "Not for work" in page
    assert "consumer-plan" in page


def test_with_nothing_decided_they_are_told_whom_to_ask(acme: Company) -> None:
    assert "No decision covers you yet: don’t use AI tools for work yet; ask Mara." in home(acme.dev)


def test_a_route_that_is_suspended_is_said_to_be_so_to_those_it_covers_until_it_is_resumed(acme: Company) -> None:
    ours = actions.LineOfScope(team_ids=frozenset({acme.engineering.pk}))
    decision = decided(acme, "claude-team", lines=[ours])
    actions.suspend(decision=decision, by=acme.mara, reason="Their terms have changed.", at=clock.now())

    page = " ".join(home(acme.dev).split())

    assert "Stop using this for now" in page
    assert "Stop using what is suspended" in page
    assert "Nothing for now: what you were allowed to use is suspended." in page
    assert "claude-team" in page
    assert (
        f"It was suspended {relative_day(clock.today('Europe/Berlin'), clock.today('Europe/Berlin'))}, because:" in page
    )
    assert "Their terms have changed." in page
    assert "Ask Mara." in page
    assert "Anything else is not decided for you: don’t use it for work yet; ask Mara." in page
    assert "Stop using" not in home(acme.sal)

    actions.resume(decision=decision, by=acme.mara, reason="They took it back.", at=clock.now())

    assert "Stop using" not in home(acme.dev)


def test_what_was_suspended_and_was_not_allowed_before_is_nothing_to_stop(acme: Company) -> None:
    decision = decided(acme, "consumer-plan", outcome=RouteDecision.Outcome.NOT_ALLOWED)
    actions.suspend(decision=decision, by=acme.mara, reason="We look at it again.", at=clock.now())

    assert "Stop using" not in home(acme.dev)


def test_suspended_routes_cost_no_query_more(acme: Company, django_assert_num_queries) -> None:
    for number in range(3):
        decision = decided(acme, f"route-{number}")
        actions.suspend(decision=decision, by=acme.mara, reason="Look again.", at=clock.now())
    client = signed_in(acme.dev)

    with django_assert_num_queries(6):
        page = client.get(acme.organization.get_absolute_url())

    assert len(page.context["home"].routes.suspended) == 3
