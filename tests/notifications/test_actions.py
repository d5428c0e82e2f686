"""Telling people: one notice per rule, subject, person and slot, written set-wise, taken back when settled."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Membership, Organization
from notifications import actions
from notifications.models import Notice
from notifications.schedule import DUE
from tests.notifications.conftest import WRITTEN

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 9)
AT = dt.datetime(2026, 3, 9, 15, tzinfo=dt.UTC)

EVERYBODY = """
SELECT id, 'assignment:' || id, notifications_newest_slot(%s, %s, %s::int[], %s), 'Privacy checklist', '', '', '/list/',
       %s::date
FROM accounts_membership WHERE organization_id = %s ORDER BY id
"""


def tell_one(recipient: Membership, **fields) -> bool:
    words = {
        "rule": "due",
        "subject_key": "assignment:1",
        "slot_date": TODAY,
        "title": "Do it",
        "link": "/list/",
        "at": AT,
    }
    return actions.tell(recipient=recipient, **{**words, **fields})


def tell_everybody(organization: Organization, *, due_on: dt.date, today: dt.date) -> int:
    params = [due_on, today, *DUE.sql_params, due_on, organization.pk]
    return actions.tell_many(organization=organization, rule="due", query=EVERYBODY, params=params, at=AT)


def test_tell_writes_one_notice_however_often_it_is_called(organization, make_member):
    member = make_member(organization)

    assert tell_one(member, body="Two minutes", because="The route changed.", due_on=TODAY) is True
    assert tell_one(member, title="Other words") is False

    notice = Notice.objects.get()
    assert (notice.title, notice.body, notice.because) == ("Do it", "Two minutes", "The route changed.")
    assert (notice.recipient, notice.slot_date, notice.due_on, notice.written_at) == (member, TODAY, TODAY, AT)


@pytest.mark.parametrize(
    ("of_organization", "of_person", "hour"),
    [("UTC", "", 8), ("Europe/Berlin", "", 7), ("UTC", "America/New_York", 12)],
)
def test_notice_waits_for_the_morning_where_the_person_is(organization, make_member, of_organization, of_person, hour):
    Organization.objects.filter(pk=organization.pk).update(timezone=of_organization)
    member = make_member(organization, timezone=of_person)

    tell_one(member)

    assert Notice.objects.get().send_from == dt.datetime(2026, 3, 9, hour, tzinfo=dt.UTC)


def test_urgent_notice_waits_for_no_morning(organization, make_member):
    tell_one(make_member(organization), is_urgent=True)

    assert Notice.objects.get().send_from == AT


def test_tell_many_writes_everybody_in_one_statement(organization, make_member, django_assert_num_queries):
    members = {make_member(organization).pk for _ in range(3)}

    with django_assert_num_queries(1):
        written = tell_everybody(organization, due_on=TODAY, today=TODAY)

    assert written == 3
    assert set(Notice.objects.values_list("recipient_id", flat=True)) == members


def test_late_sweep_writes_the_newest_slot_only_and_twice_writes_nothing(organization, make_member):
    make_member(organization)

    first = tell_everybody(organization, due_on=dt.date(2026, 3, 1), today=TODAY)
    again = tell_everybody(organization, due_on=dt.date(2026, 3, 1), today=TODAY)

    assert (first, again) == (1, 0)
    assert Notice.objects.get().slot_date == TODAY  # Saturday's, said on Monday


def test_recipient_of_another_organization_is_refused(organization, demo, make_member):
    stranger = make_member(demo)
    query = "SELECT %s::bigint, 's:1', %s::date, 'Title', '', '', '/', NULL::date"

    with pytest.raises(IntegrityError), transaction.atomic():
        actions.tell_many(organization=organization, rule="due", query=query, params=[stranger.pk, TODAY], at=AT)
        connection.check_constraints()

    assert not Notice.objects.exists()


@pytest.mark.parametrize("link", ["https://evil.example/", "//evil.example/", "/\\evil.example", "list/"])
def test_link_that_leads_elsewhere_is_refused(organization, make_member, link):
    with pytest.raises(IntegrityError, match="notice_links_to_a_path_here"), transaction.atomic():
        tell_one(make_member(organization), link=link)


def test_withdraw_takes_back_what_was_not_sent(organization, make_member):
    one, other = make_member(organization), make_member(organization)
    tell_one(one)
    tell_one(other)
    tell_one(one, subject_key="assignment:2")

    withdrawn = actions.withdraw(organization=organization, subject_key="assignment:1", at=AT)

    assert withdrawn == 2
    assert list(Notice.objects.filter(withdrawn_at=None).values_list("subject_key", flat=True)) == ["assignment:2"]


def test_withdraw_for_one_person_leaves_the_others(organization, make_member):
    one, other = make_member(organization), make_member(organization)
    tell_one(one)
    tell_one(other)

    actions.withdraw(organization=organization, subject_key="assignment:1", recipient=one, at=AT)

    assert Notice.objects.get(withdrawn_at=None).recipient == other


def test_withdraw_touches_no_other_organization(organization, demo, make_member):
    tell_one(make_member(organization))

    assert actions.withdraw(organization=demo, subject_key="assignment:1", at=AT) == 0


def test_withdrawn_notice_comes_back_when_its_subject_is_open_again(organization, make_member):
    member = make_member(organization)
    tell_one(member)
    actions.withdraw(organization=organization, subject_key="assignment:1", at=WRITTEN)

    assert tell_one(member, because="Asked again") is True

    notice = Notice.objects.get()
    assert (notice.withdrawn_at, notice.because) == (None, "Asked again")
