"""From the ledger to the mail: one digest per person and day where they are, what is urgent at once."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections, transaction

from accounts.models import AccessPeriod, Membership, Organization
from accounts.rights import Right
from notifications import actions, digest
from notifications.models import Notice, OutgoingMail
from tests.notifications.conftest import WRITTEN

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 9)


def moment(hour: int, day: int = 9) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


def tell(recipient: Membership, number: int = 1, **fields) -> None:
    words = {
        "rule": "due",
        "subject_key": f"assignment:{number}",
        "slot_date": TODAY,
        "title": f"Checklist {number}",
        "link": f"/o/acme/list/{number}/",
        "at": moment(5),
    }
    actions.tell(recipient=recipient, **{**words, **fields})


@pytest.fixture
def member(organization, make_member) -> Membership:
    return make_member(organization)


def test_everything_of_the_day_is_in_one_mail(member, settings):
    settings.PUBLIC_URL = "https://wayleave.acme.example"
    tell(member, 1, due_on=dt.date(2026, 3, 12))
    tell(member, 2, because="The conditions changed.", body="Two minutes.")

    assert digest.write_mail(at=moment(9)) == 1

    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to, mail.digest_on) == ("digest", member.user.email, TODAY)
    assert mail.subject == "Acme: 2 things wait for you"
    assert set(mail.notices.values_list("title", flat=True)) == {"Checklist 1", "Checklist 2"}
    for words in (mail.text, mail.html):
        assert "Due in 3 days (12 Mar 2026)" in words
        assert "Asked again: The conditions changed." in words
        assert "https://wayleave.acme.example/o/acme/list/1/" in words


def test_words_cannot_become_markup(member):
    tell(member, title="<b>Checklist</b>")

    digest.write_mail(at=moment(9))

    mail = OutgoingMail.objects.get()
    assert "<b>Checklist</b>" in mail.text
    assert "&lt;b&gt;Checklist&lt;/b&gt;" in mail.html


def test_nothing_is_sent_before_eight_where_the_person_is(organization, make_member):
    tell(make_member(organization, timezone="America/New_York"))

    assert digest.write_mail(at=moment(11)) == 0
    assert digest.write_mail(at=moment(12)) == 1


def test_machine_that_comes_back_at_night_waits_for_the_morning(member):
    tell(member)

    assert digest.write_mail(at=moment(3, day=12)) == 0
    assert digest.write_mail(at=moment(8, day=12)) == 1


def test_never_twice_a_day(member):
    tell(member, 1)
    digest.write_mail(at=moment(9))
    tell(member, 2)

    assert digest.write_mail(at=moment(10)) == 0
    assert digest.write_mail(at=moment(8, day=10)) == 1

    assert list(OutgoingMail.objects.order_by("pk").values_list("digest_on", flat=True)) == [
        TODAY,
        dt.date(2026, 3, 10),
    ]


def test_running_again_writes_nothing(member):
    tell(member)

    assert [digest.write_mail(at=moment(9)) for _ in range(3)] == [1, 0, 0]


def test_a_week_late_one_mail_says_each_thing_once(member):
    for day in (1, 4, 7):
        tell(member, 1, slot_date=dt.date(2026, 3, day), title=f"Slot of the {day}th")
    tell(member, 2)

    assert digest.write_mail(at=moment(9, day=16)) == 1

    mail = OutgoingMail.objects.get()
    assert "Slot of the 7th" in mail.text
    assert "Slot of the 4th" not in mail.text
    assert not Notice.objects.filter(mail=None).exists()


def test_urgent_notice_goes_at_once_and_alone(organization, make_member):
    sleeper = make_member(organization, timezone="Pacific/Auckland")
    tell(sleeper, 1, is_urgent=True, title="The route was suspended")
    tell(sleeper, 2, is_urgent=True)
    tell(sleeper, 3)

    written = digest.write_mail(at=moment(12))

    assert written == 2
    kinds = OutgoingMail.objects.order_by("pk").values_list("kind", "subject")
    assert list(kinds) == [("urgent", "Acme: The route was suspended"), ("urgent", "Acme: Checklist 2")]
    assert Notice.objects.get(mail=None).title == "Checklist 3"


def test_urgent_notice_goes_even_after_the_digest_of_the_day(member):
    tell(member, 1)
    digest.write_mail(at=moment(9))
    tell(member, 2, is_urgent=True, at=moment(10))

    assert digest.write_mail(at=moment(10)) == 1


def test_withdrawn_notice_is_not_sent(organization, member):
    tell(member)
    actions.withdraw(organization=organization, subject_key="assignment:1", at=moment(6))

    assert digest.write_mail(at=moment(9)) == 0


def test_sent_notice_cannot_be_withdrawn(organization, member):
    tell(member)
    digest.write_mail(at=moment(9))

    assert actions.withdraw(organization=organization, subject_key="assignment:1", at=moment(10)) == 0


def test_person_who_left_is_told_nothing(member):
    tell(member)
    AccessPeriod.objects.filter(membership=member).update(ended_at=WRITTEN + dt.timedelta(days=1))

    assert digest.write_mail(at=moment(9)) == 0

    assert Notice.objects.get().withdrawn_at == moment(9)


def test_locked_organization_tells_nobody_anything(organization, member):
    tell(member)
    Organization.objects.update(locked_at=WRITTEN)

    assert digest.write_mail(at=moment(9)) == 0


def test_person_in_two_organizations_gets_one_from_each(organization, demo, make_member):
    here = make_member(organization)
    there = Membership.objects.create(organization=demo, user=here.user, created_at=WRITTEN)
    AccessPeriod.objects.create(organization=demo, membership=there, level="member", started_at=WRITTEN)
    tell(here)
    tell(there)

    digest.write_mail(at=moment(9))

    by_organization = OutgoingMail.objects.order_by("organization__slug").values_list("organization__slug", "status")
    assert [slug for slug, _status in by_organization] == ["acme", "demo"]


def test_demo_company_sends_nothing_outside(demo, make_member, settings):
    settings.MAIL_TRANSPORT = {"backend": "django.core.mail.backends.smtp.EmailBackend"}
    tell(make_member(demo))

    digest.write_mail(at=moment(9))

    assert OutgoingMail.objects.get().status == "held"


def test_unknown_time_zone_stops_nobody(organization, make_member):
    tell(make_member(organization, timezone="CEST"))
    tell(make_member(organization))

    assert digest.write_mail(at=moment(9)) == 2


def test_more_than_one_batch_at_the_same_cost_each(
    organization, make_member, monkeypatch, django_assert_max_num_queries
):
    for _ in range(7):
        tell(make_member(organization))
    monkeypatch.setattr(digest, "BATCH", 3)

    with django_assert_max_num_queries(3 * 14):
        assert digest.write_mail(at=moment(9)) == 7

    assert OutgoingMail.objects.values("user").distinct().count() == 7


def test_nothing_due_costs_one_query(member, django_assert_num_queries):
    tell(member)

    with django_assert_num_queries(1):
        digest.write_mail(at=moment(7))


@pytest.mark.django_db(transaction=True)
def test_person_being_done_elsewhere_is_skipped_and_can_act_meanwhile(organization, make_member):
    busy, free = make_member(organization), make_member(organization)
    tell(busy)
    tell(free)
    done: list[int] = []

    def another_worker() -> None:
        try:
            done.append(digest.write_mail(at=moment(9)))
            # What answering does: a row that points to the person. It must not wait for their digest.
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
                cursor.execute("SELECT 1 FROM accounts_membership WHERE id = %s FOR KEY SHARE", [busy.pk])
        finally:
            connections.close_all()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(digest._LOCK_PEOPLE, [[busy.pk]])
        thread = threading.Thread(target=another_worker)
        thread.start()
        thread.join()

    assert done == [1]
    assert OutgoingMail.objects.get().user == free.user
    assert digest.write_mail(at=moment(9)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_digest_each_person(organization, make_member, monkeypatch):
    monkeypatch.setattr(digest, "BATCH", 5)
    for _ in range(40):
        tell(make_member(organization))
    written: list[int] = []
    start = threading.Barrier(3)

    def worker() -> None:
        try:
            start.wait()
            written.append(digest.write_mail(at=moment(9)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(written) + digest.write_mail(at=moment(9)) == 40
    assert OutgoingMail.objects.values("user").distinct().count() == OutgoingMail.objects.count() == 40
    assert not Notice.objects.filter(mail=None).exists()


def give_level(member: Membership, level: str, at: dt.datetime) -> None:
    member.access_periods.open().update(ended_at=at)
    AccessPeriod.objects.create(organization=member.organization, membership=member, level=level, started_at=at)


@pytest.mark.parametrize("is_urgent", [False, True])
def test_nobody_is_told_what_takes_a_right_that_they_have_lost_since(organization, make_member, is_urgent):
    keeper = make_member(organization, level="manager")
    tell(keeper, 1, needs=Right.REVIEW_CLOSE, is_urgent=is_urgent)
    tell(keeper, 2)
    give_level(keeper, "member", moment(6))

    digest.write_mail(at=moment(9))

    assert [mail.subject for mail in OutgoingMail.objects.all()] == ["Acme: 1 thing waits for you"]
    assert Notice.objects.get(subject_key="assignment:1").withdrawn_at == moment(9)
    assert Notice.objects.get(subject_key="assignment:2").mail is not None


def test_whoever_holds_the_right_is_told(organization, make_member):
    tell(make_member(organization, level="manager"), needs=Right.REVIEW_CLOSE)

    assert digest.write_mail(at=moment(9)) == 1


def test_what_was_taken_back_for_want_of_the_right_comes_back_with_it(organization, make_member):
    keeper = make_member(organization, level="manager")
    tell(keeper, needs=Right.REVIEW_CLOSE)
    give_level(keeper, "member", moment(6))
    digest.write_mail(at=moment(9))

    give_level(keeper, "manager", moment(9))
    tell(keeper, needs=Right.REVIEW_CLOSE)

    assert digest.write_mail(at=moment(10)) == 1
