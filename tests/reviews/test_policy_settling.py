"""A material verdict on a clause for 20,000 people: whose worker is killed on the way asks and tells everyone concerned once."""

import datetime as dt

import pytest
from django.db import connection, transaction

from accounts.models import Membership, Team
from checklists import actions as checklists
from checklists import notices
from checklists.models import Assignment, Reminder, SettleJob, SettleRequest
from governance import actions as governance
from notifications import digest
from notifications.models import Notice, OutgoingMail
from operations import clock
from reviews import actions
from reviews.actions import FactWord
from reviews.queries.policies import would_ask
from tests import processes
from tests.cast import EPOCH, Company, person
from tests.checklists import steps
from tests.checklists.crowd import crowd, unsettled
from tests.plans import pairs_thrown_away, rows_read
from tests.reviews.policies import TEXT, bring, changed, clauses, fact, page, relying
from tests.sessions import eventually, until_gone, until_one_waits, waiting_backend

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 20_000
HOUR = dt.timedelta(hours=1)
WORK = """
from accounts.models import Organization
from checklists import actions, notices
from operations import clock
actions.settle_due(at=clock.now())
notices.tell_due(Organization.objects.get(slug="acme"), at=clock.now())
"""
# What everybody else in the team of one who has answered said: the same.
ANSWERS = """
INSERT INTO checklists_answer (organization_id, membership_id, item_id, revision_id, snapshot_id, kind, value, completes, at, by_id)
SELECT said.organization_id, place.membership_id, said.item_id, said.revision_id, said.snapshot_id, said.kind, said.value,
       said.completes, said.at, said.by_id
FROM checklists_answer said
JOIN accounts_placement one ON one.membership_id = said.membership_id AND one.ended_at IS NULL
JOIN accounts_placement place ON place.team_id = one.team_id AND place.ended_at IS NULL AND place.membership_id <> one.membership_id
WHERE said.membership_id = ANY(%s)
"""


@pytest.fixture
def acme() -> Company:
    """Acme, where Sales may use *team-plan* and Support *cloud*, 10,000 people each, all of whom have answered."""
    made = relying(with_answers=False)
    support = Team.objects.create(organization=made.organization, name="Support")
    sue = person(made.organization, "Sue", team=support, job_role=made.seller)
    for key, code, team in (("team-plan", "TP1", made.sales), ("cloud", "CLD", support)):
        line = governance.LineOfScope(team_ids=frozenset({team.pk}))
        steps.decide(made, steps.route(key, code), lines=[line], at=EPOCH + HOUR)
    asked = steps.checklist(made, "everybody", ["Transcripts?"], rests_on_topics=["retention"])
    checklists.assign(checklist=asked, by=made.mara, at=EPOCH + HOUR)
    for member in (made.sal, sue):
        steps.answer_everything(member, at=EPOCH + 2 * HOUR)
    crowd(made, PEOPLE)
    with connection.cursor() as cursor:
        cursor.execute(ANSWERS, [[made.sal.pk, sue.pk]])
        cursor.execute("ANALYZE")
    bring(made, TEXT, at=EPOCH + 9 * HOUR)
    bring(made, changed(("30 days", "5 years")), at=EPOCH + 33 * HOUR)
    checklists.settle_due(at=clock.now())
    notices.tell_due(made.organization, at=clock.now())
    return made


def judge_material(acme: Company) -> None:
    over = fact("team-plan.retention")
    clause = clauses(acme)["Retention"]
    at = clock.now()
    actions.judge_clauses(
        by=acme.mara,
        clauses=[clause],
        seen={clause.pk: None},
        verdict="material",
        because="Five years is too long.",
        due_on=(at + dt.timedelta(days=14)).date(),
        facts=[FactWord(over, page(), words={"statement": "5 years.", "state": "known", "promise": over.promise})],
        at=at,
    )


def in_sales(acme: Company) -> set[int]:
    here = Membership.objects.filter(placements__team=acme.sales, access_periods__ended_at=None)
    return set(here.values_list("pk", flat=True))


def asked_again(acme: Company) -> set[int]:
    rows = Assignment.objects.filter(checklist__key="everybody", status="open", reason="reopened")
    return set(rows.values_list("membership", flat=True))


def test_saying_who_would_be_asked_again_holds_nobodys_answer_against_everybody_elses(acme) -> None:
    at = clock.now()
    with transaction.atomic(), rows_read("audit_basis", count=pairs_thrown_away) as pairs:
        asked = would_ask(acme.organization, ["team-plan.retention"], at=at)

    assert asked.people == len(in_sales(acme))
    assert sum(pairs) <= 10 * PEOPLE  # not their square


def test_who_rests_on_it_is_asked_and_told_once_and_nobody_else(acme) -> None:
    told_before = set(Notice.objects.values_list("pk", flat=True))
    judge_material(acme)

    with processes.python(WORK) as worker:
        eventually(lambda: SettleJob.objects.filter(done_at=None, cursor__gt=0).exists())
        worker.kill_group()
    assert SettleRequest.objects.exists() or SettleJob.objects.filter(done_at=None).exists()
    some = asked_again(acme)
    assert set() < some < in_sales(acme)
    assert len(in_sales(acme)) == PEOPLE // 2 + 1
    with transaction.atomic():
        held = Reminder.objects.select_for_update().filter(assignment__membership__in=some).first()
        with processes.python(WORK) as worker:
            until_one_waits()
            backend = waiting_backend()
            worker.kill_group()
    assert held is not None
    until_gone(backend)
    with processes.python(WORK) as one, processes.python(WORK) as other:
        assert (one.wait(timeout=60), other.wait(timeout=60)) == (0, 0)

    assert unsettled(acme, at=clock.now()) == []
    assert asked_again(acme) == in_sales(acme)
    told = Notice.objects.exclude(pk__in=told_before).filter(rule=notices.RULE)
    assert sorted(told.values_list("recipient", flat=True)) == sorted(in_sales(acme))
    digest.write_mail(at=clock.now() + dt.timedelta(days=1))
    mails = OutgoingMail.objects.filter(text__contains="“How Orbit handles data” says something else now")
    users = Membership.objects.filter(pk__in=in_sales(acme)).values_list("user", flat=True)
    assert sorted(mails.values_list("user", flat=True)) == sorted(users)
