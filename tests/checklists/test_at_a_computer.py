"""What needs a computer says so, waits behind the rest, and can be mailed to oneself."""

import datetime as dt

import pytest
from django.test import Client

from checklists import actions
from notifications import digest
from notifications.models import Notice, OutgoingMail
from operations import clock
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import answer, checklist, item, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(decided: Company, settings) -> Client:
    settings.MAIL_TRANSPORT = "smtp://localhost"
    settings.EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"
    for key, question, needs in (
        ("first", "Settings?", True),
        ("second", "Account?", False),
        ("third", "Rules?", False),
    ):
        made = checklist(decided, key, [question], needs_computer=needs, steps=["Open the settings", "Look."])
        actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return signed_in(decided.dev)


def path(acme: Company, key: str, *, more: str = "") -> str:
    return url(acme, f"my-list/{item(key).pk}/{more}")


def test_it_stands_at_the_end_and_holds_nothing_up(decided, client) -> None:
    page = client.get(url(decided, "my-list/")).content.decode()

    assert page.index("Account?") < page.index("At a computer") < page.index("Settings?")
    assert f'href="{path(decided, "account")}">Start' in page
    assert "It can wait: the other questions come first." in client.get(path(decided, "settings")).content.decode()


def test_the_way_on_leads_to_the_others_first_and_to_it_in_the_end(decided, client) -> None:
    for key, following in (("account", "rules"), ("rules", "settings")):
        shown = client.get(path(decided, key)).context["shown"].sha256
        sent = client.post(path(decided, key), {"shown": shown, "reply": "yes"})
        assert sent.url == path(decided, following)


def test_what_was_done_stands_where_its_list_has_it(decided, client) -> None:
    answer(decided.dev, item("settings").pk, at=clock.now())

    assert "At a computer" not in client.get(url(decided, "my-list/")).content.decode()


def test_it_is_mailed_at_once_with_what_to_do_and_the_way_goes_on_with_another(decided, client) -> None:
    sent = client.post(path(decided, "settings", more="mail/"))

    assert sent.url == path(decided, "account")
    digest.write_mail(at=clock.now())
    mail = OutgoingMail.objects.get(user=decided.dev.user)
    assert mail.subject.endswith("To do at a computer")
    assert "Settings?" in mail.text
    assert "1. Open the settings" in mail.text
    assert path(decided, "settings") in mail.text


def test_each_question_is_mailed_once_a_day(decided, client) -> None:
    client.post(path(decided, "settings", more="mail/"))
    again = client.post(path(decided, "settings", more="mail/"), follow=True).content.decode()

    assert "It was mailed to you today." in again
    assert Notice.objects.filter(rule="item-mailed").count() == 1
    revision = item("settings").revisions.get()
    actions.mail_to_oneself(membership=decided.dev, revision=revision, at=clock.now() + dt.timedelta(days=1))
    assert Notice.objects.filter(rule="item-mailed").count() == 2


def test_where_no_mail_leaves_there_is_no_button_and_nothing_is_written(decided, client, settings) -> None:
    settings.MAIL_TRANSPORT = ""

    assert "Mail me the link" not in client.get(path(decided, "settings")).content.decode()
    with pytest.raises(ActionRefused, match="No mail leaves here"):
        actions.mail_to_oneself(membership=decided.dev, revision=item("settings").revisions.get(), at=clock.now())


def test_nor_where_only_the_demo_company_keeps_its_mail(decided, client) -> None:
    decided.organization.is_demo = True
    decided.organization.save(update_fields=["is_demo"])

    assert "Mail me the link" not in client.get(path(decided, "settings")).content.decode()


def test_nobody_mails_what_is_not_asked_of_them(decided, client) -> None:
    made = checklist(decided, "other", ["Others?"], needs_computer=True)

    client.post(path(decided, "others", more="mail/"))

    assert made.rules.count() == 0
    assert not Notice.objects.filter(rule="item-mailed").exists()
