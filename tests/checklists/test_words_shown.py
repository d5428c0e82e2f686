"""What people see is what the pages say: of a list, the words in force; of a question asked again, what has changed."""

import datetime as dt
import re

import pytest

from audit import actions as audit
from checklists import actions, notices
from checklists.actions import Given
from checklists.actions.answers import render_shared
from checklists.models import Answer, Checklist, ChecklistVersion, Item, ListedItem
from governance import actions as governance
from governance.models import RouteDecision
from notifications.models import Notice
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import LATER, answer, answer_everything, checklist, decide, reasons, route

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    made = checklist(decided, "privacy", ["Which account do you use?", "Rules?"], shows=["conditions", "contacts"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return made


def change(acme: Company, made: Checklist, *, day: int, editorial: bool = False, **words: str) -> ChecklistVersion:
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=LATER + day * DAY)
    listed = draft.listed_items.order_by("position").first()
    actions.edit_item(listed=listed, by=acme.mara, at=LATER + day * DAY, **words)
    judged = {listed.item_id} if editorial else frozenset()
    return actions.publish(version=draft, by=acme.mara, at=LATER + day * DAY, editorial=judged)


def page(who, path: str) -> str:
    return re.sub(r"\s+", " ", signed_in(who).get(f"/o/acme/{path}").content.decode())


def diff(text: str) -> list[tuple[str, str]]:
    """What the page marks as taken away and as new."""
    found = re.findall(r"<(ins|del)><span[^>]*>.</span><span[^>]*>[^<]*</span>([^<]*)</", text)
    return [(sign, words) for sign, words in found]


def test_a_list_says_its_questions_in_the_words_that_another_list_has_published_since(
    decided: Company, privacy: Checklist, django_assert_max_num_queries
) -> None:
    other = Checklist.objects.create(
        organization=decided.organization, key="other", name="Other", keeper=decided.mara, created_at=EPOCH
    )
    draft = actions.begin_draft(checklist=other, by=decided.mara, at=EPOCH)
    listed = privacy.versions.get().listed_items.order_by("position").first()
    ListedItem.objects.create(
        organization=decided.organization, version=draft, item=listed.item, revision=listed.revision, position=1
    )
    actions.publish(version=draft, by=decided.mara, at=EPOCH, editorial=frozenset())
    change(decided, other, day=1, question="Whose account do you use?")
    client = signed_in(decided.mara)

    with django_assert_max_num_queries(12):
        response = client.get(f"/o/acme/checklists/{privacy.pk}/")

    text = response.content.decode()
    assert "Whose account do you use?" in text
    assert "Which account do you use?" not in text
    assert "“Other” asks the same, and changed it in its version 2" in text
    assert "Version 1, published on 5 Jan 2026, 10:00 CET, in the words that people see today." in text
    assert "Whose account do you use?" in reasons(decided.dev, at=LATER + DAY)
    assert "asks the same" not in page(decided.mara, f"checklists/{other.pk}/")


def test_a_draft_and_what_was_archived_say_which_version_they_show(decided: Company, privacy: Checklist) -> None:
    copied = actions.copy_starter(key="engineering", by=decided.mara, at=EPOCH)
    assert "Version 1, a draft: nobody sees it yet." in page(decided.mara, f"checklists/{copied.pk}/")

    actions.archive(checklist=privacy, by=decided.mara, at=LATER)

    assert "Version 1, as people saw it last." in page(decided.mara, f"checklists/{privacy.pk}/")


def test_asked_again_twice_shows_what_differs_from_what_was_answered(decided: Company, privacy: Checklist) -> None:
    answer_everything(decided.dev, at=LATER)
    change(decided, privacy, day=1, question="Which plan do you use?", why="For the second time.")
    change(decided, privacy, day=2, question="Whose account do you use?", why="It matters.")
    item = privacy.versions.get(number=1).listed_items.order_by("position").first().item_id

    text = page(decided.dev, f"my-list/{item}/")

    assert "What has changed since you answered" in text
    assert diff(text) == [("del", "Which"), ("ins", "Whose")]
    assert "Which plan" not in text
    answer(decided.dev, item, at=LATER + 3 * DAY)
    assert "What has changed" not in page(decided.dev, f"my-list/{item}/")


def test_a_later_editorial_change_is_part_of_the_difference(decided: Company, privacy: Checklist) -> None:
    answer_everything(decided.dev, at=LATER)
    change(decided, privacy, day=1, question="Which plan do you use?")
    change(decided, privacy, day=2, question="Which plans do you use?", editorial=True)
    item = privacy.versions.get(number=1).listed_items.order_by("position").first().item_id

    text = page(decided.dev, f"my-list/{item}/")

    assert diff(text) == [("del", "account"), ("ins", "plans")]
    assert "Which plan do you" not in text


def test_no_list_and_no_reminder_quotes_words_that_were_replaced_since(decided: Company, privacy: Checklist) -> None:
    answer_everything(decided.dev, at=LATER)
    change(decided, privacy, day=1, question="Which plan do you use?")
    actions.settle_due(at=LATER + DAY)
    assert "changed: “Which plan do you use?”" in page(decided.dev, "my-list/")
    change(decided, privacy, day=2, question="Which plans do you use?", editorial=True)
    actions.settle_due(at=LATER + 2 * DAY)

    text = page(decided.dev, "my-list/")
    notices.tell_due(decided.organization, at=LATER + 17 * DAY)

    assert "The question has changed." in text
    assert "Which plan do you" not in text
    assert Notice.objects.get(recipient=decided.dev).because == "The question has changed."


def test_words_that_came_back_are_quoted(decided: Company, privacy: Checklist) -> None:
    answer_everything(decided.dev, at=LATER)
    change(decided, privacy, day=1, question="Which plan do you use?")
    change(decided, privacy, day=2, question="Which plans do you use?", editorial=True)
    change(decided, privacy, day=3, question="Which plan do you use?", editorial=True)
    actions.settle_due(at=LATER + 3 * DAY)

    notices.tell_due(decided.organization, at=LATER + 17 * DAY)

    quoted = "The question has changed: “Which plan do you use?”"
    assert quoted in page(decided.dev, "my-list/")
    assert Notice.objects.get(recipient=decided.dev).because == quoted


def test_a_shared_list_quotes_no_words_that_were_replaced_since(decided: Company) -> None:
    made = checklist(decided, "adoption", ["Who decides?"], kind="shared")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    item = made.versions.get().listed_items.get().item_id
    about = {"team": None, "item_id": item, "at": LATER}
    shown = render_shared(decided.mara, **about).sha256
    actions.answer_shared(by=decided.mara, shown_sha256=shown, answered=None, given=Given(value="yes"), **about)
    change(decided, made, day=1, question="Who decides what?")
    change(decided, made, day=2, question="Who decides where?", editorial=True)

    text = page(decided.mara, "checklists/shared/")

    assert "The question has changed." in text
    assert "Who decides what?" not in text


def test_a_reminder_gives_the_reason_of_an_answer_that_was_withdrawn_not_of_one_that_waits(
    decided: Company, privacy: Checklist
) -> None:
    answer_everything(decided.dev, at=LATER)
    lines = list(privacy.versions.get().listed_items.order_by("position"))
    answer(decided.dev, lines[1].item_id, given=Given(kind=Answer.Kind.UNSURE, text="Which?"), at=LATER + DAY)
    for number, listed in enumerate(lines):
        audit.reopen(
            organization_id=decided.organization.pk,
            key=f"item:{listed.item_id}",
            below_revision=listed.revision_id + 1,
            by=None,
            at=LATER + (2 + number) * DAY,
            due_on=(LATER + 20 * DAY).date(),
            because=f"Reason {number}",
        )
    actions.settle_due(at=LATER + 4 * DAY)

    notices.tell_due(decided.organization, at=LATER + 20 * DAY)

    assert Notice.objects.get(recipient=decided.dev, rule=notices.RULE).because == "Reason 0"


def test_other_conditions_and_contacts_are_named_in_words(decided: Company, privacy: Checklist) -> None:
    answer_everything(decided.dev, at=LATER)
    on = decided.organization.decisions.get().route
    decide(decided, on, at=LATER + DAY, conditions="Never on Fridays.")
    change(decided, privacy, day=2, why="Anew.")
    item = privacy.versions.get(number=1).listed_items.order_by("position").first().item_id

    text = page(decided.dev, f"my-list/{item}/")

    assert ("ins", "Never on Fridays.") in diff(text)


def test_a_question_shows_what_each_line_of_the_scope_allows_and_for_whom(acme: Company) -> None:
    governance.ship_data_classes(organization=acme.organization)
    source, copy = (acme.organization.data_classes.get(key=key) for key in ("source-code", "public-web-copy"))
    engineering = governance.LineOfScope(
        team_ids=frozenset({acme.engineering.pk}), data_class_ids=frozenset({source.pk}), repositories="acme/portal"
    )
    sales = governance.LineOfScope(team_ids=frozenset({acme.sales.pk}), data_class_ids=frozenset({copy.pk}))
    decide(acme, route("team-plan", "TP1"), lines=[engineering, sales])
    made = checklist(acme, "coding", ["Where?"], shows=["data_classes", "repositories"])
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)

    page = words_of_the_question(acme)

    assert f"Engineering: {source.name}" in page
    assert f"Sales: {copy.name}" in page
    assert "Engineering: acme/portal" in page
    assert "Sales: The decision names none: all of ours." in page


def test_a_question_names_nobody_where_a_decision_has_one_line(acme: Company) -> None:
    line = governance.LineOfScope(team_ids=frozenset({acme.engineering.pk}), repositories="acme/portal\nacme/shop")
    outcome = {"outcome": RouteDecision.Outcome.ALLOWED_UNTIL, "until": dt.date(2030, 6, 30)}
    decide(acme, route("team-plan", "TP1"), lines=[line], **outcome)
    made = checklist(acme, "coding", ["Where?"], shows=["routes", "repositories"])
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)

    page = words_of_the_question(acme)

    assert "Which repositories" in page
    assert "acme/portal, acme/shop" in page
    assert "Engineering:" not in page
    assert "Allowed until 30 Jun 2030" in page


def words_of_the_question(acme: Company) -> str:
    item = Item.objects.get(key="where")
    page = signed_in(acme.dev).get(f"/o/{acme.organization.slug}/my-list/{item.pk}/").content.decode()
    return " ".join(page.split())
