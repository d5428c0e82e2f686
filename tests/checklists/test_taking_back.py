"""An archived checklist is taken up again, a draft is given up: with a page that says what it does, and in the log."""

import re

import pytest

from audit.models import AuditEvent
from checklists import actions
from checklists.models import Checklist, ChecklistVersion
from operations import clock
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, answer_everything, checklist, reasons

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(acme: Company) -> Checklist:
    made = checklist(acme, "privacy", ["Account?", "Rules?"])
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    return made


def path(made: Checklist, rest: str = "") -> str:
    return f"/o/acme/checklists/{made.pk}/{rest}"


def logged() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_an_archived_checklist_comes_back_as_a_draft_and_asks_again_once_it_is_published(acme, made) -> None:
    answer_everything(acme.dev, at=LATER)
    client = signed_in(acme.mara)
    client.post(path(made, "archive/"))
    assert f'href="{path(made, "restore/")}"' in client.get(path(made)).content.decode()
    asked = client.get(path(made, "restore/")).content.decode()
    assert "Nobody is asked anything before you publish it." in asked
    assert "Everyone" in asked

    page = client.post(path(made, "restore/"), follow=True)

    assert page.request["PATH_INFO"] == path(made, "draft/")
    assert "Taken up again, as a draft." in page.content.decode()
    assert reasons(acme.dev, at=clock.now()) == {}
    assert AuditEvent.objects.get(action="checklist.restored").actor_id == acme.mara.user_id
    client.post(path(made, "publish/"), {"seen": ""})
    assert reasons(acme.dev, at=clock.now()) == {"Account?": "", "Rules?": ""}
    assert reasons(acme.mia, at=clock.now()) == {"Account?": "unanswered", "Rules?": "unanswered"}


def test_taking_up_twice_does_it_once(acme, made) -> None:
    client = signed_in(acme.mara)
    client.post(path(made, "archive/"))

    for _time in range(2):
        page = client.post(path(made, "restore/"), follow=True)

    assert "taken up again already" in page.content.decode()
    assert logged().count("checklist.restored") == 1
    assert made.versions.count() == 2
    assert client.get(path(made, "restore/")).url == path(made)


def test_an_archived_copy_of_a_starter_leads_to_taking_it_up_again(acme) -> None:
    copied = actions.copy_starter(key="engineering", by=acme.mara, at=EPOCH)
    actions.archive(checklist=copied, by=acme.mara, at=LATER)
    client = signed_in(acme.mara)
    starters = "/o/acme/checklists/starters/"

    assert f'href="{path(copied, "restore/")}"' in client.get(starters).content.decode()
    refused = client.post(starters, {"starter": "engineering"}, follow=True)
    client.post(path(copied, "restore/"))

    assert refused.request["PATH_INFO"] == path(copied)
    assert "archived: take that up again" in refused.content.decode()
    assert copied.versions.get().listed_items.count() > 3


def test_a_draft_is_discarded_after_saying_what_is_lost_and_the_next_begins_from_what_is_published(acme, made) -> None:
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=LATER)
    account, rules = draft.listed_items.order_by("position")
    actions.edit_item(listed=account, by=acme.mara, at=LATER, question="Whose account?")
    actions.remove_item(listed=rules, by=acme.mara, at=LATER)
    actions.add_item(version=draft, by=acme.mara, at=LATER, section_title="General", question="Third?", why="So.")
    client = signed_in(acme.mara)
    assert f'href="{path(made, "draft/discard/")}"' in client.get(path(made, "draft/")).content.decode()
    lost = client.get(path(made, "draft/discard/")).content.decode()
    assert all(f"<li>{question}</li>" in lost for question in ("Whose account?", "Rules?", "Third?"))

    page = client.post(path(made, "draft/discard/"), follow=True)

    assert "The draft is discarded." in page.content.decode()
    draft.refresh_from_db()
    assert draft.status == ChecklistVersion.Status.DISCARDED
    assert AuditEvent.objects.get(action="checklist.draft_discarded").actor_id == acme.mara.user_id
    assert set(reasons(acme.dev, at=clock.now())) == {"Account?", "Rules?"}
    following = actions.begin_draft(checklist=made, by=acme.mara, at=clock.now())
    assert list(following.listed_items.values_list("revision__question", flat=True)) == ["Account?", "Rules?"]
    assert following.number == 3


def test_a_draft_that_nobody_saw_is_not_discarded(acme, made) -> None:
    shown = actions.begin_draft(checklist=made, by=acme.mara, at=LATER)
    client = signed_in(acme.mara)
    (seen,) = re.findall(r'name="seen" value="(\w+)"', client.get(path(made, "draft/discard/")).content.decode())
    actions.publish(version=shown, by=acme.olga, at=LATER, editorial=frozenset())
    following = actions.begin_draft(checklist=made, by=acme.olga, at=LATER)
    actions.add_item(version=following, by=acme.olga, at=LATER, section_title="General", question="Third?", why="So.")

    refused = client.post(path(made, "draft/discard/"), {"seen": seen}).content.decode()

    following.refresh_from_db()
    assert following.status == ChecklistVersion.Status.DRAFT
    assert "The draft has changed since you opened this page." in refused
    assert "<li>Third?</li>" in refused
    (seen,) = re.findall(r'name="seen" value="(\w+)"', refused)
    assert "is discarded." in client.post(path(made, "draft/discard/"), {"seen": seen}, follow=True).content.decode()


def test_a_draft_open_when_its_checklist_was_archived_comes_back_and_the_page_says_so(acme, made) -> None:
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=LATER)
    actions.archive(checklist=made, by=acme.mara, at=LATER)
    client = signed_in(acme.mara)

    asked = client.get(path(made, "restore/")).content.decode()
    client.post(path(made, "restore/"))

    assert "It comes back as the draft begun on" in asked
    assert "what it asked last" not in asked
    assert made.versions.get(status="draft") == draft


def test_what_is_discarded_is_worked_on_and_published_no_more(acme, made) -> None:
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=LATER)
    listed = draft.listed_items.first()
    actions.discard_draft(version=draft, by=acme.olga, at=LATER)

    for act in (
        lambda: actions.edit_item(listed=listed, by=acme.mara, at=LATER, why="So."),
        lambda: actions.publish(version=draft, by=acme.mara, at=LATER, editorial=frozenset()),
        lambda: actions.discard_draft(version=draft, by=acme.mara, at=LATER),
    ):
        with pytest.raises(ActionRefused):
            act()
    assert "There is no draft" in signed_in(acme.mara).post(path(made, "draft/discard/"), follow=True).content.decode()


def test_the_only_draft_of_a_checklist_is_archived_with_it_not_discarded(acme) -> None:
    copied = actions.copy_starter(key="engineering", by=acme.mara, at=EPOCH)

    page = signed_in(acme.mara).post(path(copied, "draft/discard/"), follow=True)

    assert "archive it instead" in page.content.decode()
    assert copied.versions.get().status == ChecklistVersion.Status.DRAFT
    assert signed_in(acme.dev).post(path(copied, "draft/discard/")).status_code == 403
    assert signed_in(acme.ann).post(path(copied, "restore/")).status_code == 403
