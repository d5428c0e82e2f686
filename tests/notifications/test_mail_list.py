"""The delivery page: what was sent, what waits, what failed and why; envelopes, never the words."""

import datetime as dt

import pytest

from accounts.models import Organization
from notifications.models import Notice, OutgoingMail
from tests.cast import EPOCH, Company, company, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


def mail(organization: Organization | None, number: int = 1, **fields) -> OutgoingMail:
    values = {
        "organization": organization,
        "kind": "message",
        "to": f"person{number}@acme.example",
        "from_email": "wayleave@acme.example",
        "subject": f"Subject {number}",
        "text": "Secret words",
        "message_id": f"<{organization and organization.slug}-{number}@test>",
        "status": "pending",
        "lease_until": EPOCH,
        "created_at": EPOCH,
    }
    return OutgoingMail.objects.create(**{**values, **fields})


def address(acme: Company, query: str = "") -> str:
    return f"/o/{acme.organization.slug}/mail/{query}"


def words_of(acme: Company, query: str = "") -> str:
    return signed_in(acme.ann).get(address(acme, query)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_row_and_for_three(acme, django_assert_num_queries, count) -> None:
    for number in range(count):
        day = dt.date(2026, 1, 5 + number)
        digest = mail(acme.organization, number, kind="digest", user=acme.mia.user, digest_on=day)
        Notice.objects.create(
            organization=acme.organization,
            rule="due",
            subject_key=f"s:{number}",
            recipient=acme.mia,
            mail=digest,
            slot_date=day,
            title="Privacy",
            link="/",
            written_at=EPOCH,
            send_from=EPOCH,
        )
    client = signed_in(acme.ann)

    with django_assert_num_queries(9):
        page = client.get(address(acme))

    assert page.content.decode().count("1 reminder in it") == count


def test_it_says_what_happened_and_why(acme) -> None:
    mail(acme.organization, 1, status="sent", sent_at=EPOCH)
    mail(acme.organization, 2, status="failed", last_error="550 no such user", attempts=1)
    mail(acme.organization, 3, attempts=2, last_error="451 later")

    page = words_of(acme)

    assert "550 no such user" in page
    assert "Tried 2 times, next try" in page
    assert "Waiting to be sent" in page


def test_it_never_shows_the_words(acme) -> None:
    mail(acme.organization)

    assert "Secret words" not in words_of(acme)


def test_it_shows_nothing_of_another_organization_and_no_sign_in_codes(acme) -> None:
    mail(company("other").organization, 7)
    mail(None, 8)

    page = words_of(acme)

    assert "Subject 7" not in page
    assert "Subject 8" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?status=failed", ["Subject 2"]),
        ("?kind=urgent", ["Subject 3"]),
        ("?address=PERSON1@acme.example", ["Subject 1"]),
        ("?status=nonsense", ["Subject 1", "Subject 2", "Subject 3"]),
    ],
)
def test_filters(acme, query, shown) -> None:
    mail(acme.organization, 1)
    mail(acme.organization, 2, status="failed")
    mail(acme.organization, 3, kind="urgent")

    page = words_of(acme, query)

    assert [subject for subject in ("Subject 1", "Subject 2", "Subject 3") if subject in page] == shown


def test_it_says_plainly_that_no_mail_is_set_up(acme, settings) -> None:
    settings.MAIL_TRANSPORT = {}
    assert "Nothing leaves this machine" in words_of(acme)

    settings.MAIL_TRANSPORT = {"backend": "x"}
    assert "Nothing leaves this machine" not in words_of(acme)


@pytest.mark.parametrize(("who", "status"), [("ann", 200), ("mara", 200), ("olga", 200), ("mia", 403), ("tom", 403)])
def test_who_may_see_it(acme, who, status) -> None:
    assert signed_in(getattr(acme, who)).get(address(acme)).status_code == status
