"""The publisher's pages: from a starter to the people, and what a new version asks of them."""

import pytest
from django.db import connection

from audit.models import Reopening
from checklists import actions
from checklists.models import (
    Assignment,
    Checklist,
    ChecklistVersion,
)
from checklists.queries.way import people_reached
from operations import clock
from tests.cast import EPOCH, signed_in
from tests.checklists.steps import LATER, answer_everything, checklist, item, route, url

pytestmark = pytest.mark.django_db


def test_a_starter_is_copied_published_and_assigned_in_one_step_and_says_whom_it_reaches(acme) -> None:
    client = signed_in(acme.mara)
    page = client.get(url(acme, "checklists/starters/"))
    assert page.content.decode().count('name="starter"') == 12

    starters = url(acme, "checklists/starters/")
    done = client.post(starters, {"starter": "employee-privacy", "publish": "1"}, follow=True).content.decode()

    made = Checklist.objects.get()
    assert made.versions.get().status == ChecklistVersion.Status.PUBLISHED
    assert made.rules.open().count() == 1
    assert "It reaches 9 people now" in done
    assert "From the draft to the people" not in done
    assert f'href="{made.get_absolute_url()}"' in client.get(starters).content.decode()
    again = client.post(starters, {"starter": "employee-privacy"}, follow=True)
    assert "You have a copy" in again.content.decode()


def test_a_starter_that_suggests_nobody_leads_on_to_saying_who_has_to_answer(acme) -> None:
    client = signed_in(acme.mara)

    page = client.post(url(acme, "checklists/starters/"), {"starter": "shared-workspaces", "publish": "1"}, follow=True)

    assert page.request["PATH_INFO"] == url(acme, f"checklists/{Checklist.objects.get().pk}/assign/")
    assert "Nobody is asked yet" in page.content.decode()


def test_each_step_from_a_copy_to_the_people_leads_on_to_the_next(acme) -> None:
    client = signed_in(acme.mara)

    def states(page) -> list[str]:
        return [station.state for station in page.context["way"]]

    draft = client.post(url(acme, "checklists/starters/"), {"starter": "engineering"}, follow=True)
    base = url(acme, f"checklists/{Checklist.objects.get().pk}/")
    assert draft.request["PATH_INFO"] == f"{base}draft/"
    assert "Copied as a draft" in draft.content.decode()
    assert states(draft) == ["done", "current", "to-do"]

    published = client.post(f"{base}publish/", follow=True)
    assert published.request["PATH_INFO"] == f"{base}assign/"
    assert "Nobody is asked yet" in published.content.decode()
    assert states(published) == ["done", "done", "current"]

    assigned = client.post(f"{base}assign/", {"job_role": acme.engineer.pk, "due_days": 7}, follow=True)
    assert assigned.request["PATH_INFO"] == base
    assert "It reaches 3 people now" in assigned.content.decode()
    assert states(assigned) == []


def test_assigned_before_it_is_published_says_that_nobody_is_asked(acme) -> None:
    client = signed_in(acme.mara)
    client.post(url(acme, "checklists/starters/"), {"starter": "engineering"})

    page = client.post(
        url(acme, f"checklists/{Checklist.objects.get().pk}/assign/"), {"due_days": 7}, follow=True
    ).content.decode()

    assert "Nobody is asked before it is published" in page


def test_a_new_version_of_what_is_asked_says_whom_it_reaches(decided, privacy) -> None:
    client = signed_in(decided.mara)
    client.post(url(decided, f"checklists/{privacy.pk}/draft/"))

    page = client.post(url(decided, f"checklists/{privacy.pk}/publish/"), follow=True)

    assert page.request["PATH_INFO"] == url(decided, f"checklists/{privacy.pk}/")
    assert "It reaches 9 people now" in page.content.decode()


def test_a_shared_list_that_is_assigned_leads_to_its_answers(decided) -> None:
    made = checklist(decided, "leaders", ["Who decides?"], kind="shared")
    asking = signed_in(decided.mara).get(url(decided, f"checklists/{made.pk}/assign/")).content.decode()

    assert "for the organization as one, or for the team you choose" in asking
    assert "ask everyone" not in asking

    page = signed_in(decided.mara).post(url(decided, f"checklists/{made.pk}/assign/"), {"due_days": 7}, follow=True)

    assert "It is answered once" in page.content.decode()
    assert url(decided, "checklists/shared/") in page.content.decode()


@pytest.mark.parametrize("rule", ["everyone", "team", "job_role", "route", "undecided route"])
def test_whom_a_rule_reaches_is_what_the_predicate_requires(decided, rule) -> None:
    made = checklist(decided, "privacy", ["Account?"])
    allowed, undecided = decided.organization.decisions.get().route, route("api", "API1")
    about = {
        "everyone": {},
        "team": {"team": decided.sales},
        "job_role": {"job_role": decided.engineer},
        "route": {"route": allowed},
        "undecided route": {"route": undecided},
    }[rule]
    actions.assign(checklist=made, by=decided.mara, at=EPOCH, **about)

    reached = people_reached(made, at=LATER)

    with connection.cursor() as cursor:
        required = "SELECT count(DISTINCT membership_id) FROM checklists_required(%s, NULL, %s)"
        cursor.execute(required, [decided.organization.pk, LATER])
        assert reached == cursor.fetchone()[0]
    assert reached == {"everyone": 10, "team": 2, "job_role": 3, "route": 10, "undecided route": 0}[rule]


def test_publishing_says_how_many_must_look_again_before_it_happens(decided, privacy) -> None:
    for membership in (decided.dev, decided.mia):
        answer_everything(membership, at=clock.now())
    client = signed_in(decided.mara)
    client.post(url(decided, f"checklists/{privacy.pk}/draft/"))
    listed = privacy.versions.get(status="draft").listed_items.get(item__key="account")
    form = client.get(url(decided, f"checklists/{privacy.pk}/draft/{listed.pk}/")).context["form"]
    words = {**form.initial, "question": "Which account?", "section_title": "General"}
    client.post(
        url(decided, f"checklists/{privacy.pk}/draft/{listed.pk}/"),
        {key: value for key, value in words.items() if value not in (False, None)},
    )

    page = client.get(url(decided, f"checklists/{privacy.pk}/publish/"))
    assert "2 people have a current answer" in page.content.decode()
    assert not Reopening.objects.exists()
    client.post(url(decided, f"checklists/{privacy.pk}/publish/"), {f"item_{item('account').pk}": "material"})

    assert Reopening.objects.get().key == f"item:{item('account').pk}"


def test_a_draft_is_worked_on_without_dragging(decided, privacy) -> None:
    client = signed_in(decided.mara)
    base = url(decided, f"checklists/{privacy.pk}/draft/")
    client.post(base)
    draft = privacy.versions.get(status="draft")
    first = draft.listed_items.first()

    client.post(f"{base}{first.pk}/move/", {"to": "down"})
    assert [row.item.key for row in draft.listed_items.order_by("position")] == ["rules", "account"]
    client.post(f"{base}{first.pk}/remove/")
    client.post(
        f"{base}add/",
        {"section_title": "New", "question": "Third?", "why": "So.", "answer_kind": "confirm", "valid_months": 6},
    )

    assert [row.item.key for row in draft.listed_items.order_by("position")] == ["rules", "third"]
    assert "Third?" in client.get(base).content.decode()


def test_a_checklist_is_assigned_unassigned_renamed_and_archived(decided, privacy) -> None:
    client = signed_in(decided.mara)
    base = url(decided, f"checklists/{privacy.pk}/")

    client.post(f"{base}assign/", {"team": decided.sales.pk, "due_days": 7})
    rule = privacy.rules.open().get(team=decided.sales)
    client.post(f"{base}assign/{rule.pk}/end/")
    assert not privacy.rules.open().filter(team=decided.sales).exists()

    words = {"name": "Privacy first", "purpose": "So.", "minutes": 3, "review_months": 12, "keeper": decided.olga.pk}
    client.post(f"{base}edit/", words)
    assert "Privacy first" in client.get(base).content.decode()

    actions.settle_people(organization=decided.organization, members=[decided.dev.pk], at=clock.now())
    assert "1 person has it on their list" in client.get(f"{base}archive/").content.decode()
    client.post(f"{base}archive/")
    assert signed_in(decided.dev).get(url(decided, "my-list/")).context["tasks"].total == 0
    actions.settle_people(organization=decided.organization, members=[decided.dev.pk], at=clock.now())
    assert Assignment.objects.get().status == Assignment.Status.ENDED


def test_a_starter_that_nobody_ships_is_refused_in_a_sentence(acme) -> None:
    starters = url(acme, "checklists/starters/")

    refused = signed_in(acme.mara).post(starters, {"starter": "no\0such"}, follow=True)

    assert "There is no starter checklist of that name." in refused.content.decode()
    assert not Checklist.objects.exists()
