"""Home per person: parts by right, the first line, and a literal number of queries."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from audit.actions import record, reopen
from checklists.models import AssignmentRule, Checklist
from governance import actions
from governance.models import Question
from operations import clock
from reviews.actions import begin_adoption
from tests.cast import EPOCH, Company, company, signed_in
from tests.checklists.steps import answer_everything
from tests.governance.factories import turn
from tests.home.steps import blocks, decided, home, published, settled, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


def filled(acme: Company, count: int) -> None:
    for number in range(count):
        decided(acme, f"in-force-{number}")
        submitted(acme, f"waiting-{number}")
        published(acme, f"list-{number}", items=count)
    settled(acme)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("dev", 6), ("tom", 7), ("sven", 7), ("ann", 7), ("mara", 9), ("olga", 9)]
)
def test_home_costs_the_same_for_one_row_and_for_three(
    acme: Company, django_assert_num_queries, name: str, queries: int, count: int
) -> None:
    filled(acme, count)
    client = signed_in(getattr(acme, name))

    with django_assert_num_queries(queries):
        client.get(acme.organization.get_absolute_url())


def test_somebody_with_every_part_stays_within_twelve_queries(acme: Company, django_assert_max_num_queries) -> None:
    filled(acme, 1)
    for period, membership in ((acme.tom.lead_periods, acme.tom), (acme.sven.group_periods, acme.sven)):
        row = period.get()
        row.ended_at = EPOCH + dt.timedelta(days=200)
        row.save(update_fields=["ended_at"])
        row.pk, row.membership, row.started_at, row.ended_at = None, acme.olga, row.ended_at, None
        row.save(force_insert=True)
        assert membership
    target = {"target_on": clock.now().date() + dt.timedelta(days=60), "keeper": acme.mara, "at": clock.now()}
    begin_adoption(by=acme.mara, name="Claude", scope="All of us.", **target)
    client = signed_in(acme.olga)

    with django_assert_max_num_queries(12):
        page = client.get(acme.organization.get_absolute_url())

    assert page.context["home"].my_teams is not None
    assert page.context["home"].adoption is not None


def test_an_employee_reads_what_is_left_how_long_it_takes_and_what_they_may_use(acme: Company) -> None:
    decided(acme, "claude-team")
    published(acme, "privacy", items=2)

    page = home(acme.dev)

    assert "2 questions left for you" in page
    assert "It takes about 2 minutes." in page
    assert "claude-team" in page
    assert "Allowed for you, once 2 more questions" in page
    assert "No customer data." in page
    assert "Ask Mara." in page
    assert "Anything else is not decided for you: don’t use it for work yet; ask Mara." in page


@pytest.mark.parametrize("transport", ["", "smtp://localhost:2525"])
def test_a_mail_is_promised_only_where_one_can_be_sent(acme: Company, settings: Any, transport: str) -> None:
    settings.MAIL_TRANSPORT = transport

    assert ("a mail tells you" in home(acme.dev)) == bool(transport)


def test_nobody_is_cleared_by_being_asked_nothing(acme: Company) -> None:
    decided(acme, "claude-team")

    page = home(acme.dev)

    assert "has not reached you yet" in page
    assert "You are done, and cleared" not in page


def test_a_signer_finds_what_waits_oldest_first(acme: Company) -> None:
    submitted(acme, "older")
    submitted(acme, "newer")

    page = home(acme.sven)

    assert "2 things wait for your word" in page
    assert page.index("older") < page.index("newer")
    assert "wait for your word" not in home(acme.lea)


def test_a_signer_is_led_to_the_very_page_on_which_they_sign(acme: Company) -> None:
    older, newer = submitted(acme, "older"), submitted(acme, "newer")
    client = signed_in(acme.sven)

    page = client.get(acme.organization.get_absolute_url())

    assert page.context["home"].headline.url == older.sign_off.get_absolute_url()
    for decision in (older, newer):
        assert f'href="{decision.sign_off.get_absolute_url()}"' in page.content.decode()
    assert "Your word" in client.get(page.context["home"].headline.url).content.decode()


def test_a_lead_finds_their_team_only(acme: Company) -> None:
    published(acme, "privacy", due_days=14)
    settled(acme)

    page = home(acme.tom)

    assert "Your team" in page
    assert "Engineering" in page
    assert "Sales" not in page


def test_a_manager_finds_what_blocks_and_the_teams(acme: Company) -> None:
    decided(acme, "claude-team")
    submitted(acme, "gateway")
    published(acme, "privacy", due_days=14)
    settled(acme)

    page = home(acme.mara)

    assert "1 decision waits for signatures" in page
    assert "teams are overdue: Engineering, Sales" in page
    assert "Cleared by team" in page


def test_decisions_that_rest_on_something_changed_are_as_many_as_their_list_shows(acme: Company) -> None:
    calm, stopped, doubtful = (decided(acme, key) for key in ("calm", "stopped", "doubtful"))
    for decision in (stopped, doubtful):
        key, pk = f"fact:{decision.route_id}.retention", acme.organization.pk
        decision.sign_off.snapshot.bases.create(organization_id=pk, key=key, revision=1)
        reopen(organization_id=pk, key=key, below_revision=2, by=None, at=EPOCH, due_on=None, because="It changed.")
    actions.suspend(decision=stopped, by=acme.mara, reason="Pause.", at=clock.now())

    [block] = [one for one in blocks(acme.mara) if "rest on something that has changed" in one.title]
    listed = signed_in(acme.mara).get(block.url).context["page"].rows

    assert block.title.startswith("2 decisions")
    assert set(listed) == {stopped, doubtful}
    assert calm in signed_in(acme.mara).get(block.url.partition("?")[0]).context["page"].rows


def test_a_roll_out_that_is_through_is_green_and_has_nothing_left_to_answer(acme: Company) -> None:
    decided(acme, "claude-team")
    published(acme, "privacy", due_days=3650)
    settled(acme)

    assert "What remains is answering." in home(acme.mara)

    for one in acme.organization.memberships.all():
        answer_everything(one, at=clock.now())
    settled(acme)
    page = home(acme.mara)

    assert "Nothing. Everything that is asked is answered." in page
    assert page.count('class="stat tone-good"') == 3
    assert "decision in force" in page
    assert "checklist published" in page


def test_a_shared_checklist_that_is_late_blocks_and_says_who_looks_after_it(acme: Company) -> None:
    decided(acme, "claude-team")
    published(acme, "privacy")
    checklist = published(acme, "leaders", items=2)
    checklist.kind, checklist.keeper = Checklist.Kind.SHARED, acme.mara
    checklist.save(update_fields=["kind", "keeper"])
    AssignmentRule.objects.create(
        organization=acme.organization, checklist=checklist, team=acme.sales, due_days=400, started_at=EPOCH
    )

    [block] = [block for block in blocks(acme.olga) if "Leaders" in block.title]

    assert block.title == "“Leaders” is overdue"
    assert block.hint.startswith("2 questions, due ")
    assert block.hint.endswith(" · Mara looks after it")
    assert "Sales" not in block.hint
    [waits] = signed_in(acme.mara).get("/o/acme/inbox/").context["inbox"].things
    assert (waits.kind, waits.title, waits.status) == ("shared", "Leaders", "overdue")
    page = signed_in(acme.olga).get(block.url).content.decode()
    assert "Leaders" in page
    assert "Overdue" in page


def test_a_decision_that_was_sent_back_leads_to_the_draft_that_answers_it(acme: Company) -> None:
    decision = submitted(acme, "gateway")
    draft = actions.ask_for_changes(**turn(decision), by=acme.sven, comment="Name the repositories.", at=EPOCH)

    [block] = blocks(acme.mara)

    assert block.title == "Changes asked by Sven: gateway"
    assert block.url == draft.get_absolute_url()
    assert block.title in home(acme.olga)


def test_numbers_say_as_of_when_while_changes_are_being_counted(acme: Company) -> None:
    decided(acme, "claude-team")
    published(acme, "privacy")

    assert "later changes are being counted" in home(acme.mara)


def test_an_auditor_finds_the_proof_and_no_to_dos_of_others(acme: Company) -> None:
    record("decision.edited", by=acme.mara.user_id, organization_id=acme.organization.pk, at=EPOCH)
    connection.check_constraints()

    page = home(acme.ann)

    assert "Where the proof is" in page
    assert "What blocks" not in page


@pytest.mark.parametrize(("contact", "answers"), [("mara", "mara"), ("olga", "olga"), ("finn", "mara")])
def test_home_counts_the_questions_that_the_page_behind_it_lists(acme: Company, contact: str, answers: str) -> None:
    Question.objects.create(
        organization=acme.organization,
        asked_by=acme.dev,
        contact=getattr(acme, contact),
        about="item:1",
        title="Which?",
        asked_at=EPOCH,
    )

    for name in ("mara", "olga"):
        listed = signed_in(getattr(acme, name)).get("/o/acme/questions/").context["waiting"]
        told = [block.title for block in blocks(getattr(acme, name)) if block.status == "not-sure"]
        assert len(listed) == (name == answers)
        assert told == ["1 question waits for your answer"] * len(listed)
