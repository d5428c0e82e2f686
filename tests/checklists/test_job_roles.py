"""A job role is taken out of use once no checklist is asked of it, after its page said what depends on it."""

import json

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from accounts import actions as accounts
from accounts.models import JobRole
from audit.models import AuditEvent
from checklists import actions
from checklists.models import Checklist
from governance import actions as governance
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, checklist
from tests.factories import make_route

pytestmark = pytest.mark.django_db


@pytest.fixture
def research(decided: Company) -> JobRole:
    return accounts.add_job_role(name="Research", by=decided.olga, at=EPOCH)


def page_of(role: JobRole) -> str:
    return f"/o/acme/settings/job-roles/{role.pk}/archive/"


def test_a_job_role_of_which_a_checklist_is_asked_stays_until_that_ends(decided: Company, research: JobRole) -> None:
    privacy = checklist(decided, "privacy", ["Read it?"])
    rule = actions.assign(checklist=privacy, job_role=research, by=decided.mara, at=EPOCH)
    olga = signed_in(decided.olga)

    assertContains(olga.get(page_of(research)), f"/checklists/{privacy.pk}/assign/{rule.pk}/end/")
    assertNotContains(olga.get(page_of(research)), "Archive the job role")
    with pytest.raises(ActionRefused, match=r"is asked of Research\. End that assignment first\."):
        actions.archive_job_role(job_role=research, by=decided.olga, at=LATER)
    research.refresh_from_db()
    assert research.archived_at is None

    actions.end_rule(rule=rule, by=decided.mara, at=LATER)
    done = olga.post(page_of(research), follow=True)

    assertContains(done, "Research is archived.")
    research.refresh_from_db()
    assert research.archived_at is not None
    assert olga.get(page_of(research)).status_code == 404


def test_a_checklist_that_is_archived_keeps_no_job_role(decided: Company, research: JobRole) -> None:
    privacy = checklist(decided, "privacy", ["Read it?"])
    actions.assign(checklist=privacy, job_role=research, by=decided.mara, at=EPOCH)
    actions.archive(checklist=privacy, by=decided.mara, at=LATER)

    assert actions.archive_job_role(job_role=research, by=decided.olga, at=LATER).archived_at == LATER


def test_nothing_is_asked_of_an_archived_job_role(decided: Company, research: JobRole) -> None:
    actions.archive_job_role(job_role=research, by=decided.olga, at=LATER)
    research.refresh_from_db()

    with pytest.raises(ActionRefused, match="“Research” is archived"):
        actions.assign(checklist=checklist(decided, "privacy", ["Q?"]), job_role=research, by=decided.mara, at=LATER)


def test_a_page_opened_before_it_was_archived_asks_nothing_of_it(decided: Company, research: JobRole) -> None:
    made, shown = checklist(decided, "privacy", ["Q?"]), JobRole.objects.get(pk=research.pk)
    actions.archive_job_role(job_role=research, by=decided.olga, at=LATER)

    with pytest.raises(ActionRefused, match="“Research” is archived"):
        actions.assign(checklist=made, job_role=shown, by=decided.mara, at=LATER)

    assert not made.rules.exists()


def test_a_page_opened_before_its_checklist_was_archived_assigns_nothing(decided: Company) -> None:
    made = checklist(decided, "privacy", ["Q?"])
    actions.archive(checklist=Checklist.objects.get(pk=made.pk), by=decided.mara, at=LATER)

    with pytest.raises(ActionRefused, match="archived"):
        actions.assign(checklist=made, by=decided.mara, at=LATER)

    assert not made.rules.exists()


def test_a_checklist_taken_up_again_is_asked_of_nobody_who_was_archived(decided: Company, research: JobRole) -> None:
    made = checklist(decided, "privacy", ["Q?"])
    gone = actions.assign(checklist=made, job_role=research, by=decided.mara, at=EPOCH)
    stays = actions.assign(checklist=made, job_role=decided.engineer, by=decided.mara, at=EPOCH)
    actions.archive(checklist=made, by=decided.mara, at=LATER)
    actions.archive_job_role(job_role=research, by=decided.olga, at=LATER)
    asked = signed_in(decided.mara).get(f"/o/acme/checklists/{made.pk}/restore/")

    actions.take_up_again(checklist=made, by=decided.mara, at=LATER)

    assertContains(asked, decided.engineer.name)
    assertNotContains(asked, "Research")
    assert made.rules.open().get() == stays
    assert json.loads(AuditEvent.objects.get(action="checklist.unassigned").data)["rule"] == gone.pk


def test_who_has_it_is_shown_instead_of_a_button_that_is_refused(decided: Company) -> None:
    page = signed_in(decided.olga).get(page_of(decided.seller))

    assertContains(page, "1 person has the job role Customer-facing. Give them another first.")
    assertContains(page, f"?job_role={decided.seller.pk}")
    assertNotContains(page, "Archive the job role")


def test_a_decision_that_names_it_is_named_before(decided: Company, research: JobRole) -> None:
    route = make_route()
    draft = governance.propose(route=route, by=decided.mara, at=EPOCH)
    line = governance.LineOfScope(job_role_ids=frozenset({research.pk}))
    governance.set_scope(decision=draft, lines=[line], by=decided.mara, at=EPOCH)

    assertContains(signed_in(decided.olga).get(page_of(research)), f"The decision on {route.name} still names it")


def test_a_starter_is_not_asked_of_an_archived_job_role(decided: Company) -> None:
    accounts.place(membership=decided.sal, team=decided.sales, job_role=None, by=decided.mara, at=LATER)
    actions.archive_job_role(job_role=decided.seller, by=decided.olga, at=LATER)

    made = actions.adopt_as_shipped(key="customer-facing", by=decided.mara, at=LATER)

    assert not made.rules.open().exists()
