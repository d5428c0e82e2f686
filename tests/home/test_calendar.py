"""A person's calendar: by a link of their own that is shown once, kept as a digest, renewed and ended."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts import actions as accounts
from accounts.models import Organization
from audit.models import AuditEvent
from checklists import actions as checklists
from home import actions
from home.models import CalendarFeed
from operations import clock
from tests.cast import Company, company, signed_in
from tests.checklists.steps import answer_everything, checklist
from tests.world import build

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def acme() -> Company:
    return company("acme", clock.now() - 3 * DAY)


@pytest.fixture
def asked(acme: Company) -> Company:
    """Everybody is asked one question, due in a week."""
    at = clock.now() - DAY
    made = checklist(acme, "privacy", ["Account?"], at=at)
    checklists.assign(checklist=made, by=acme.mara, at=at, due_on=(at + 8 * DAY).date())
    checklists.settle_due(at=at)
    return acme


def address(token: str) -> str:
    return reverse("home:calendar-feed", args=[token])


def events(response) -> list[tuple[str, dt.date, str]]:
    calendar = Calendar.from_ical(response.content)
    return [(str(one["uid"]), one["dtstart"].dt, str(one["summary"])) for one in calendar.walk("VEVENT")]


def test_link_is_shown_once_and_only_its_digest_is_kept(asked):
    browser = signed_in(asked.dev)
    page = browser.post(reverse("home:calendar-make", args=["acme"]))

    token = re.search(r"/calendar/([\w-]+)\.ics", page.content.decode()).group(1)
    assert len(token) >= 40
    assert "no-store" in page["Cache-Control"]
    assert token not in browser.get(reverse("home:calendar", args=["acme"])).content.decode()
    assert token not in str(CalendarFeed.objects.values().get())
    assert len(events(Client().get(address(token)))) == 1
    assert not AuditEvent.objects.filter(data__contains=token).exists()


def test_calendar_holds_what_is_due_and_what_is_done_goes(asked):
    token = actions.make_feed(membership=asked.dev, at=clock.now())
    own = asked.dev.assignments.get()

    response = Client().get(address(token))

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert events(response) == [(f"assignment-{own.pk}-{asked.dev.pk}@wayleave", own.due_on, "Answer “Privacy”")]
    answer_everything(asked.dev, at=clock.now())
    checklists.settle_due(at=clock.now())
    assert events(Client().get(address(token))) == []


def test_day_that_moves_is_the_same_entry(asked):
    token = actions.make_feed(membership=asked.dev, at=clock.now())
    before = events(Client().get(address(token)))

    asked.dev.assignments.update(due_on=before[0][1] + 5 * DAY)

    after = events(Client().get(address(token)))
    assert [uid for uid, _on, _title in after] == [uid for uid, _on, _title in before]
    assert after[0][1] == before[0][1] + 5 * DAY


def test_same_days_are_not_sent_twice(asked):
    token = actions.make_feed(membership=asked.dev, at=clock.now())
    first = Client().get(address(token))

    assert Client().get(address(token), headers={"If-None-Match": first["ETag"]}).status_code == 304
    asked.dev.assignments.update(due_on=clock.now().date() + 30 * DAY)
    assert Client().get(address(token), headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_new_link_ends_the_old_one_and_ending_ends_it(asked):
    old = actions.make_feed(membership=asked.dev, at=clock.now())
    new = actions.make_feed(membership=asked.dev, at=clock.now())
    assert [Client().get(address(token)).status_code for token in (old, new)] == [404, 200]

    signed_in(asked.dev).post(reverse("home:calendar-end", args=["acme"]))
    actions.end_feed(membership=asked.dev, at=clock.now())

    assert Client().get(address(new)).status_code == 404
    assert AuditEvent.objects.filter(action="person.calendar_ended").count() == 1


def test_nothing_is_found_of_who_has_left_or_whose_organization_is_locked(asked):
    dev, mia = (actions.make_feed(membership=one, at=clock.now()) for one in (asked.dev, asked.mia))

    accounts.end_membership(membership=asked.dev, by=asked.olga, at=clock.now())
    assert [Client().get(address(token)).status_code for token in (dev, mia)] == [404, 200]

    Organization.objects.update(locked_at=clock.now())
    assert Client().get(address(mia)).status_code == 404


def test_leaving_ends_it_for_good_though_they_come_back(asked):
    token = actions.make_feed(membership=asked.dev, at=clock.now())
    accounts.end_membership(membership=asked.dev, by=asked.olga, at=clock.now())
    invitation = accounts.invite(email=asked.dev.user.email, by=asked.olga, at=clock.now())
    accounts.accept(invitation=invitation, round=1, user=asked.dev.user, at=clock.now())

    assert Client().get(address(token)).status_code == 404
    page = signed_in(asked.dev).get(reverse("home:calendar", args=["acme"])).content.decode()
    assert reverse("home:calendar-end", args=["acme"]) not in page
    again = actions.make_feed(membership=asked.dev, at=clock.now())
    assert [Client().get(address(one)).status_code for one in (token, again)] == [404, 200]


def test_another_access_level_leaves_it_as_it_is(asked):
    token = actions.make_feed(membership=asked.dev, at=clock.now())

    accounts.change_access_level(membership=asked.dev, level="auditor", by=asked.olga, at=clock.now())

    assert Client().get(address(token)).status_code == 200


def test_nonsense_is_not_found(db):
    assert Client().get(address("nonsense")).status_code == 404


def test_who_asks_too_often_is_turned_away(asked):
    token = actions.make_feed(membership=asked.dev, at=clock.now())

    answers = [Client().get(address(token)).status_code for _ in range(61)]

    assert (set(answers[:60]), answers[60]) == ({200}, 429)


def test_keeper_finds_reviews_and_conditions_and_nobody_elses_name(django_assert_max_num_queries):
    world = build()
    names = {membership.user.name for membership in world.people.values() if hasattr(membership, "user")}

    with django_assert_max_num_queries(12):
        response = Client().get(address(world.calendar_token))

    titles = " ".join(title for _uid, _on, title in events(response))
    assert "A condition of a signature is to be met" in titles
    assert "Does it still hold?" in titles
    assert not any(name in response.content.decode() for name in names - {"Mara"})
