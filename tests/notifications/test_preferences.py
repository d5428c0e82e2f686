"""What a person wants to be told by mail: chosen on their page, or by the link in their mail without signing in."""

import datetime as dt
import json

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse

from accounts.models import AccessPeriod, Membership
from audit.models import AuditEvent
from notifications import actions, digest, sending
from notifications.links import token_of, unsubscribe_link
from notifications.models import Notice, OutgoingMail, Preference
from notifications.queries import hears_only_pressing
from operations import clock
from tests.cast import company, signed_in
from tests.notifications.test_digest import TODAY, moment, tell

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def member(organization, make_member) -> Membership:
    return make_member(organization)


def unsubscribe(member: Membership, **data: str):
    return Client(enforce_csrf_checks=True).post(
        unsubscribe_link(member.pk).removeprefix("http://localhost:8000"), data
    )


def turn_off(member: Membership) -> None:
    actions.choose(membership=member, only_pressing=True, by=member, at=moment(5))


def test_only_what_is_overdue_or_urgent_is_told_to_who_turned_the_rest_off(member):
    turn_off(member)
    tell(member, 1, title="Soon", due_on=TODAY + DAY)
    tell(member, 2, title="Today", due_on=TODAY)
    tell(member, 3, title="Answered")
    tell(member, 4, title="Late", due_on=TODAY - DAY)
    tell(member, 5, title="Stop using it now", is_urgent=True)

    assert digest.write_mail(at=moment(9)) == 2

    assert set(OutgoingMail.objects.values_list("notices__title", flat=True)) == {"Late", "Stop using it now"}
    assert set(Notice.objects.filter(is_muted=True).values_list("title", flat=True)) == {"Soon", "Today", "Answered"}


def test_what_was_turned_off_does_not_pile_up_and_never_comes_later(member):
    turn_off(member)
    tell(member, 1, due_on=TODAY + DAY)
    digest.write_mail(at=moment(9))

    actions.choose(membership=member, only_pressing=False, by=member, at=moment(10))
    tell(member, 1, due_on=TODAY + DAY)

    assert not Notice.objects.unsent().exists()
    assert digest.write_mail(at=moment(9, day=10)) == 0


def test_choice_of_one_organization_leaves_the_other_as_it_is(member, demo):
    other = Membership.objects.create(organization=demo, user=member.user, created_at=member.created_at)
    AccessPeriod.objects.create(organization=demo, membership=other, level="member", started_at=member.created_at)
    turn_off(member)
    tell(member)
    tell(other)

    assert digest.write_mail(at=moment(9)) == 1
    assert OutgoingMail.objects.get().organization == demo


def test_digest_says_how_to_turn_it_off_as_mail_programs_read_it(member, smtp):
    tell(member, at=clock.now(), slot_date=TODAY)
    digest.write_mail(at=moment(9))
    row = OutgoingMail.objects.get()
    link = unsubscribe_link(member.pk)

    assert row.headers == {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert link in row.text
    assert link in row.html
    assert reverse("notifications:preferences", args=["acme"]) in row.text
    assert django_mail.outbox == []


def test_headers_leave_the_house(member, smtp):
    tell(member)
    digest.write_mail(at=moment(9))

    sending.send_due()

    sent = smtp.messages[0]
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/reminders/" in sent["List-Unsubscribe"]


def test_what_is_urgent_offers_nothing_to_turn_off(member):
    tell(member, is_urgent=True)

    digest.write_mail(at=moment(9))

    row = OutgoingMail.objects.get()
    assert row.headers == {}
    assert unsubscribe_link(member.pk) not in row.text


def test_mail_program_turns_it_off_by_one_post_without_a_cookie_and_twice_is_once(member):
    for _time in range(2):
        assert unsubscribe(member, **{"List-Unsubscribe": "One-Click"}).status_code == 200

    assert hears_only_pressing(member)
    event = AuditEvent.objects.get(action="person.reminders_chosen")
    assert (event.actor_id, json.loads(event.data)["only_pressing"]) == (None, True)


def test_opening_the_link_changes_nothing_and_shows_one_button(member):
    page = Client().get(reverse("notifications:unsubscribe", args=[token_of(member.pk)]))

    assert page.status_code == 200
    assert page.content.decode().count("<button") >= 1
    assert not Preference.objects.exists()


def test_undo_turns_them_on_again(member):
    unsubscribe(member)
    page = unsubscribe(member, undo="1")

    assert "Turn reminders off?" in page.content.decode()
    assert not hears_only_pressing(member)


@pytest.mark.parametrize("token", ["nonsense", "WzFd:abc"])
def test_link_that_is_not_ours_is_not_found(db, token):
    assert Client().post(f"/reminders/{token}/").status_code == 404


def test_link_of_who_has_left_is_not_found(member):
    AccessPeriod.objects.filter(membership=member).update(ended_at=clock.now())

    assert unsubscribe(member).status_code == 404
    assert not Preference.objects.exists()


def test_too_many_posts_are_turned_away(member):
    answers = {unsubscribe(member).status_code for _ in range(25)}

    assert answers == {200, 429}


def test_person_chooses_on_their_own_page(db):
    acme = company()
    browser = signed_in(acme.dev)
    url = reverse("notifications:preferences", args=["acme"])

    page = browser.post(url, {"only_pressing": "True"}, follow=True)

    assert "Saved." in page.content.decode()
    assert hears_only_pressing(acme.dev)
    assert not hears_only_pressing(acme.mia)
    assert AuditEvent.objects.get(action="person.reminders_chosen").actor_id == acme.dev.user_id
    browser.post(url, {"only_pressing": "False"})
    assert not hears_only_pressing(acme.dev)


def test_nothing_is_sent_at_a_weekend_but_what_is_urgent(member):
    saturday = TODAY + 5 * DAY
    tell(member, 1, slot_date=saturday, at=moment(5, day=14))
    tell(member, 2, slot_date=saturday - DAY, at=moment(5, day=14))
    tell(member, 3, slot_date=saturday, at=moment(5, day=14), is_urgent=True)

    assert [digest.write_mail(at=moment(9, day=day)) for day in (14, 15, 16)] == [1, 0, 1]


def test_weekend_is_where_the_person_is(organization, make_member):
    """Monday morning in Auckland is Sunday evening in London."""
    tell(make_member(organization, timezone="Pacific/Auckland"), slot_date=TODAY + 7 * DAY)

    assert digest.write_mail(at=moment(18, day=15)) == 0
    assert digest.write_mail(at=moment(19, day=15)) == 1
