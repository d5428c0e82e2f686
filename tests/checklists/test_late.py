"""Who is long overdue: after a week their lead is told, after two whoever keeps the checklist; a line each, once."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts import actions as accounts
from accounts.models import Membership
from checklists import actions, notices
from checklists.models import Assignment, Checklist
from notifications import digest
from notifications.models import Notice, OutgoingMail
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import answer_everything, checklist

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    """One question asked of everybody, due two weeks after EPOCH; only Dev, Mia, Sal and Tom have yet to answer it."""
    made = checklist(decided, "privacy", ["Account?"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    actions.settle_due(at=EPOCH)
    late = [decided.dev, decided.mia, decided.sal, decided.tom]
    Assignment.objects.exclude(membership__in=late).update(status="ended")
    return made


def days_late(days: int) -> dt.datetime:
    due_on = Assignment.objects.exclude(status="ended").values_list("due_on", flat=True).distinct().get()
    return dt.datetime.combine(due_on + days * DAY, dt.time(6), dt.UTC)


def told() -> list[tuple[Membership, str]]:
    written = (
        Notice.objects.filter(rule=notices.LATE_RULE, withdrawn_at=None).order_by("pk").select_related("recipient")
    )
    return [(notice.recipient, notice.title) for notice in written]


def sweep(acme: Company, days: int) -> int:
    return notices.tell_who_looks_after_the_late(acme.organization, at=days_late(days))


def test_a_week_late_is_one_line_for_the_lead_and_without_another_lead_for_the_keeper(decided, privacy) -> None:
    """Tom leads Dev and Mia, and nobody leads Tom; Sal's team has no lead."""
    assert [sweep(decided, days) for days in (6, 7, 7, 8)] == [0, 2, 0, 0]

    assert told() == [
        (decided.tom, "2 of your team are a week late, or more"),
        (decided.mara, "4 people are late with “Privacy”"),
    ]
    assert Notice.objects.get(recipient=decided.tom, rule=notices.LATE_RULE).link == (
        reverse("checklists:progress-list", args=["acme"]) + f"?team={decided.engineering.pk}&status=overdue"
    )


def test_two_weeks_late_is_told_to_the_keeper_and_never_again(decided, privacy) -> None:
    sweep(decided, 7)
    assert [sweep(decided, days) for days in (13, 14, 14, 15, 40)] == [0, 1, 0, 0, 0]

    assert told()[2:] == [(decided.mara, "4 people are late with “Privacy”")]


def test_sweep_that_was_away_for_three_weeks_tells_the_keeper_alone(decided, privacy) -> None:
    assert sweep(decided, 21) == 1

    assert told() == [(decided.mara, "4 people are late with “Privacy”")]


def test_who_stands_in_is_told_where_the_keeper_has_left(decided, privacy) -> None:
    accounts.end_membership(membership=decided.mara, by=decided.olga, at=EPOCH)

    sweep(decided, 14)

    assert {person for person, _title in told()} == {decided.olga}


def test_line_is_taken_back_when_nobody_is_late_any_more(decided, privacy) -> None:
    at = days_late(7)
    notices.tell_who_looks_after_the_late(decided.organization, at=at)
    for person in (decided.dev, decided.mia):
        answer_everything(person, at=at)
    actions.settle_due(at=at)

    notices.tell_who_looks_after_the_late(decided.organization, at=at)

    assert told() == [(decided.mara, "4 people are late with “Privacy”")]


def test_what_is_asked_anew_begins_anew(decided, privacy) -> None:
    sweep(decided, 14)
    dev = Assignment.objects.get(membership=decided.dev)
    before = dev.due_on

    Assignment.objects.filter(pk=dev.pk).update(due_on=before + 30 * DAY)
    Assignment.objects.exclude(pk=dev.pk).update(status="ended")

    assert [sweep(decided, days) for days in (6, 7)] == [0, 1]
    assert told()[-1] == (decided.tom, "One of your team is a week late")


def test_one_line_stands_in_the_digest_and_its_page_lists_them(decided, privacy) -> None:
    sweep(decided, 7)

    digest.write_mail(at=days_late(7) + dt.timedelta(hours=6))

    mail = OutgoingMail.objects.get(user=decided.tom.user)
    assert "2 of your team are a week late, or more" in mail.text
    assert "Dev" not in mail.text
    page = signed_in(decided.tom).get(Notice.objects.get(mail=mail).link)
    assert page.status_code == 200
