"""People who are asked a checklist one by one, besides what the rules ask of them."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from checklists import actions
from checklists.models import Assignment, AssignmentRule, Checklist, SettleRequest
from checklists.queries.way import people_reached
from operations.errors import ActionRefused
from tests.cast import Company, signed_in
from tests.checklists.steps import LATER, answer_everything, checklist, reasons, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def extra(decided: Company) -> Checklist:
    return checklist(decided, "extra", ["Do you keep the keys?"])


def ask(acme: Company, extra: Checklist, *people, at: dt.datetime = LATER, **words) -> list[AssignmentRule]:
    words = {"reason": "You keep the keys.", **words}
    return actions.ask_people(checklist=extra, people=people or [acme.dev], by=acme.mara, at=at, **words)


def test_whoever_is_picked_is_asked_and_nobody_else(decided, extra) -> None:
    ask(decided, extra, decided.dev, decided.sal)

    assert reasons(decided.dev, at=LATER) == reasons(decided.sal, at=LATER) == {"Do you keep the keys?": "unanswered"}
    assert reasons(decided.mia, at=LATER) == {}
    assert people_reached(extra, at=LATER) == 2
    assert AuditEvent.objects.filter(action="checklist.asked_of").count() == 2


def test_a_rule_that_names_a_person_settles_that_person_alone(decided, extra) -> None:
    SettleRequest.objects.all().delete()

    ask(decided, extra)

    assert [request.membership for request in SettleRequest.objects.all()] == [decided.dev]
    actions.settle_due(at=LATER)
    assert Assignment.objects.get(checklist=extra).due_on == LATER.date() + dt.timedelta(days=14)


def test_it_is_due_on_its_own_day_and_moves_with_the_person(decided, extra) -> None:
    ask(decided, extra, due_on=LATER.date() + dt.timedelta(days=3))
    actions.settle_due(at=LATER)

    assert Assignment.objects.get(checklist=extra).due_on == LATER.date() + dt.timedelta(days=3)


def test_it_ends_like_a_rule_and_may_be_asked_anew(decided, extra) -> None:
    [rule] = ask(decided, extra)
    answer_everything(decided.dev, at=LATER)

    actions.end_rule(rule=rule, by=decided.mara, at=LATER + dt.timedelta(hours=1))
    assert reasons(decided.dev, at=LATER + dt.timedelta(hours=2)) == {}
    ask(decided, extra, at=LATER + dt.timedelta(hours=3))

    assert reasons(decided.dev, at=LATER + dt.timedelta(hours=4)) == {"Do you keep the keys?": ""}


def test_who_is_asked_already_stays_as_they_are(decided, extra) -> None:
    ask(decided, extra)

    assert [rule.membership for rule in ask(decided, extra, decided.dev, decided.mia)] == [decided.mia]
    with pytest.raises(ActionRefused, match="asked this already"):
        ask(decided, extra)


@pytest.mark.parametrize("wrong", ["reason", "archived", "shared", "left"])
def test_nothing_is_asked_where_it_would_make_no_sense(decided, extra, wrong) -> None:
    words = {"reason": " "} if wrong == "reason" else {}
    people = [decided.dev]
    if wrong == "archived":
        actions.archive(checklist=extra, by=decided.mara, at=LATER)
    if wrong == "shared":
        extra = checklist(decided, "once", ["Opted out?"], kind="shared")
    if wrong == "left":
        people = [decided.finn]

    with pytest.raises(ActionRefused):
        actions.ask_people(
            checklist=extra, people=people, by=decided.mara, at=LATER, **{"reason": "You keep the keys.", **words}
        )

    assert not AssignmentRule.objects.filter(membership__isnull=False).exists()


def test_the_database_keeps_a_reason_with_each_of_them(decided, extra) -> None:
    words = {"organization": decided.organization, "checklist": extra, "started_at": LATER}

    with pytest.raises(IntegrityError), transaction.atomic():
        AssignmentRule.objects.create(membership=decided.dev, **words)


def test_they_read_who_asks_and_why_and_so_does_whoever_looks_after_them(decided, extra) -> None:
    ask(decided, extra)

    mine = signed_in(decided.dev).get(url(decided, "my-list/")).content.decode()
    assert "Mara asked you “Extra”, because: You keep the keys." in mine
    person = signed_in(decided.mara).get(url(decided, f"people/{decided.dev.pk}/")).content.decode()
    assert "Mara asked “Extra” of them, because: You keep the keys." in person
    assert "Stop asking" in person
    assert (
        "because Mara says: “You keep the keys.”"
        in signed_in(decided.mara).get(extra.get_absolute_url()).content.decode()
    )


def test_a_manager_finds_people_ticks_them_and_asks(decided, extra) -> None:
    client, path = signed_in(decided.mara), url(decided, f"checklists/{extra.pk}/assign/people/")

    found = client.post(path, {"search": "1", "find": "Dev", "people": [decided.sal.pk], "reason": "Keys."})
    page = found.content.decode()
    assert f'value="{decided.sal.pk}" id="person_{decided.sal.pk}" checked' in page
    assert f'value="{decided.dev.pk}" id="person_{decided.dev.pk}">' in page
    assert "Keys." in page
    client.post(path, {"people": [decided.sal.pk, decided.dev.pk], "reason": "Keys.", "due_days": 7})

    assert {rule.membership for rule in AssignmentRule.objects.filter(checklist=extra)} == {decided.sal, decided.dev}


@pytest.mark.parametrize("named", ["²", "9" * 40, "-1", ""])
def test_who_is_named_by_no_number_is_nobody(decided, extra, named: str) -> None:
    page = signed_in(decided.mara).post(
        url(decided, f"checklists/{extra.pk}/assign/people/"), {"people": [named], "reason": "Why."}
    )

    assert page.status_code == 200
    assert not AssignmentRule.objects.filter(checklist=extra).exists()


def test_a_zero_byte_is_no_letter_of_whom_one_looks_for(decided, extra) -> None:
    page = signed_in(decided.mara).post(
        url(decided, f"checklists/{extra.pk}/assign/people/"), {"search": "1", "find": "De\0v"}
    )

    assert list(page.context["found"]) == [decided.dev]


def test_a_manager_asks_one_person_from_their_page(decided, extra) -> None:
    client = signed_in(decided.mara)
    path = url(decided, f"people/{decided.dev.pk}/ask/")
    assert path in client.get(url(decided, f"people/{decided.dev.pk}/")).content.decode()

    yesterday = "2020-01-01"
    refused = client.post(path, {"checklist": extra.pk, "reason": "Keys.", "due_days": 7, "due_on": yesterday})
    assert "This day has passed" in refused.content.decode()
    client.post(path, {"checklist": extra.pk, "reason": "Keys.", "due_days": 7})

    assert AssignmentRule.objects.get(checklist=extra).membership == decided.dev


def test_only_whoever_assigns_asks(decided, extra) -> None:
    paths = [url(decided, f"people/{decided.mia.pk}/ask/"), url(decided, f"checklists/{extra.pk}/assign/people/")]

    assert [signed_in(decided.ann).get(path).status_code for path in paths] == [403, 403]
    assert [signed_in(decided.tom).get(path).status_code for path in paths] == [403, 403]
