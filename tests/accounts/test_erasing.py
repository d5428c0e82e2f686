"""Whoever has left is erased: their name, address, words and files are nowhere in the database or on the disk, what they
did stays, and the log still verifies."""

import datetime as dt
import io
import json
import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils.html import escape
from PIL import Image

from accounts import actions
from accounts.models import AccessPeriod, Membership, Organization, ProviderIdentity, User
from accounts.tasks import erase_due
from audit import chain
from audit.models import AuditEvent, FreeText, Snapshot
from checklists import actions as checklists
from checklists.actions.answers import render_shared
from checklists.actions.evidence import remove_left_over
from checklists.models import Answer, Evidence, Item, Upload
from governance.models import Question
from home.actions.calendars import make_feed
from home.models import CalendarFeed
from notifications import actions as notifications
from notifications.digest import write_mail
from notifications.models import Bounce, Notice, OutgoingMail, Preference
from operations import clock
from operations.errors import ActionRefused
from tests.accounts import imports
from tests.accounts.keys import Key
from tests.cast import PASSWORD, Company, company, person, signed_in
from tests.checklists.steps import answer, brought
from tests.roles import act_as_application
from tests.test_url_walk import ADDRESSES, url_of
from tests.world import NOTE, TOLD_IN_CONFIDENCE, World, build

pytestmark = pytest.mark.django_db

# What Dev, Mara and Sven typed in the world; none of it is said by anybody else.
TYPED = (
    *(NOTE, TOLD_IN_CONFIDENCE, "Which one?", "Too early.", "It is time.", "We know.", "Counsel is away."),
    *("The contract is with the vendor.", "A leak is looked into.", "We send no reports.", "Which vendor?"),
    *("Quillfeather & sons", "half-typed-marmalade", "The second one, as Aloysius said."),
    *("The copier of Wolpertinger.", "Because of the heliotrope.", "subject-of-the-octopus"),
    *("dev-at-acme.txt", "dev-waits.txt", "dev-held-back.pdf", "dev-drawn.png", "dev-shown.png"),
)
BYTES, WAITING = b"Screenshot of zanzibar-settings", b"Kingfishers in the waiting-room"
OF_A_MEMBER = (ProviderIdentity, Preference, Bounce, CalendarFeed)


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path) -> None:
    settings.STATE_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"


@pytest.fixture
def world() -> World:
    """Everything, by the application's role, and what Dev does besides."""
    act_as_application()
    made = build()
    acme, at = made.acme, clock.now()
    item = made.personal.item
    shown = brought(acme.dev, item, SimpleUploadedFile("dev-at-acme.txt", BYTES), at=at)
    given = answer(acme.dev, item.pk, at=at, given=shown).evidence.get()
    drawn = brought(acme.dev, item, SimpleUploadedFile("dev-shown.png", a_picture("red")), at=at)
    answer(acme.dev, item.pk, at=at, given=drawn)
    answer(acme.dev, item.pk, at=at, given=checklists.Given(reused=[given]))
    answer(acme.dev, item.pk, at=at, given=checklists.Given(kind="unsure", text="Quillfeather & sons"))
    asked = Question.objects.filter(answered_at=None).latest("pk")
    checklists.reply(question=asked, by=acme.mara, text="The second one, as Aloysius said.", at=at)
    checklists.save_draft(membership=acme.dev, item=item, data={"text": "half-typed-marmalade"}, at=at)
    _waiting(made, at=at)
    _ways_in(acme, at=at)
    notifications.choose(membership=acme.dev, only_pressing=True, by=acme.dev, at=at)
    notifications.mark_bouncing(membership=acme.dev, by=acme.mara, at=at)
    make_feed(membership=acme.dev, at=at)
    write_mail(at=at)
    connection.check_constraints()
    return made


def _waiting(made: World, *, at: dt.datetime) -> None:
    """Files of Dev's that are part of no answer, what Mara says of one and asks of Ann, and a list that names Dev."""
    acme, item = made.acme, made.personal.item
    brought(acme.dev, item, SimpleUploadedFile("dev-waits.txt", WAITING), at=at)
    brought(acme.dev, item, SimpleUploadedFile("dev-held-back.pdf", b"MZ" + WAITING), at=at)
    brought(acme.dev, item, SimpleUploadedFile("dev-drawn.png", a_picture()), at=at)
    held = Upload.objects.get(name="dev-held-back.pdf")
    checklists.release(upload=held, by=acme.mara, reason="The copier of Wolpertinger.", at=at)
    said = {"reason": "Because of the heliotrope.", "by": acme.mara, "at": at}
    checklists.ask_people(checklist=made.personal.checklist, people=[acme.ann], **said)
    imports.brought(f"name,address\n{acme.dev.user.name},{acme.dev.user.email}", by=acme.mara, at=at)


def _ways_in(acme: Company, *, at: dt.datetime) -> None:
    """Dev is known to the provider, has signed in with a password, and then added a passkey."""
    subject = {"issuer": "https://127.0.0.1:1", "subject": "subject-of-the-octopus", "linked_at": at}
    ProviderIdentity.objects.create(organization=acme.organization, membership=acme.dev, **subject)
    browser = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"})
    browser.post("/account/login/", {"login": acme.dev.user.email, "password": PASSWORD})
    Key.of(acme.dev.user)


def of_nobody_else(who: Membership) -> dict[str, int]:
    """Rows that are about this person alone and say nothing without them."""
    mine = {"membership": who}
    rows = {model.__name__: model.objects.filter(**mine).count() for model in OF_A_MEMBER}
    return rows | {
        model.__name__: model.objects.filter(user=who.user).count() for model in (Authenticator, UserSession)
    }


def leaves(who: Membership, acme: Company, *, days: int = 0) -> None:
    actions.end_membership(membership=who, by=acme.olga, at=clock.now() - dt.timedelta(days=days))


def dump() -> str:
    """Every row of every table, as text; but for the namesakes at Globex."""
    lines = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(it)::text FROM "{table}" it')
            lines += [f"{table}: {row}" for (row,) in cursor.fetchall() if "@globex.example" not in row]
    return "\n".join(lines)


def found(words: str, text: str) -> list[str]:
    return [line[:300] for line in text.splitlines() if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", line)]


def files() -> bytes:
    return b"".join(path.read_bytes() for path in Path(default_storage.location).rglob("*") if path.is_file())


def a_picture(color: str = "green") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(content, "PNG")
    return content.getvalue()


def pictures(here: Organization) -> list[Path]:
    return [path for path in Path(default_storage.location, str(here.pk)).glob("previews/**/*") if path.is_file()]


def test_nothing_of_whom_was_erased_is_found(world: World, django_capture_on_commit_callbacks) -> None:
    acme, here = world.acme, world.acme.organization
    gone = (acme.dev, acme.mara, acme.sven)
    sessions = [signed_in(who) for who in gone]
    before = dump()
    assert len(pictures(here)) > 1  # of what waits, and of what was handed in
    assert [text for text in TYPED if not found(text, before)] == []
    assert (BYTES in files(), WAITING in files()) == (True, True)
    assert min(of_nobody_else(acme.dev).values()) > 0
    snapshots = set(Snapshot.objects.values_list("sha256", flat=True))
    for who in gone:
        leaves(who, acme)

    for who in gone:
        with django_capture_on_commit_callbacks(execute=True):
            assert actions.erase_person(membership=who, by=acme.olga, at=clock.now())

    left = dump()
    people = [word for who in gone for word in (who.user.name, who.user.email)]
    assert {word: found(word, left) for word in (*TYPED, *people) if found(word, left)} == {}
    assert (BYTES in files(), WAITING in files()) == (False, False)
    assert set(of_nobody_else(acme.dev).values()) == {0}
    assert pictures(here) == []
    assert all(browser.get("/account/profile/").status_code == 302 for browser in sessions)
    connection.check_constraints()
    verdict = chain.verify(here.pk)
    assert (verdict.broken, verdict.erased) == ("", FreeText.objects.filter(body=None).count())
    assert set(Snapshot.objects.values_list("sha256", flat=True)) == snapshots


def test_every_page_opens_once_everybody_who_said_something_is_erased(world: World) -> None:
    acme = world.acme
    for who in (acme.dev, acme.mara, acme.sven, acme.lea):
        leaves(who, acme)
        actions.erase_person(membership=who, by=acme.olga, at=clock.now())

    for who in (acme.olga, acme.ann):
        browser = signed_in(who)
        for address in ADDRESSES:
            if address.is_of_an_organization:
                response = browser.get(url_of(address, world))
                assert response.status_code < 500, address.name
                assert response.streaming or "erased.invalid" not in response.content.decode(), address.name
    shown = signed_in(acme.ann).get(f"/o/acme/people/{acme.dev.pk}/").content.decode()
    assert "Erased person" in shown


def test_erasing_again_changes_nothing(world: World) -> None:
    dev, owner = world.acme.dev, world.acme.olga
    leaves(dev, world.acme)
    actions.erase_person(membership=dev, by=owner, at=clock.now())
    before = dump()

    actions.erase_person(membership=dev, by=owner, at=clock.now())

    assert dump() == before


def test_what_was_shown_for_the_organization_stays_without_the_name_of_the_file(world: World) -> None:
    acme, shared = world.acme, world.shared.item
    file = SimpleUploadedFile("mara-at-her-desk.txt", b"The contract.")
    saved = shared_answer(acme, shared, brought(acme.mara, shared, file, at=clock.now()))
    leaves(acme.mara, acme)

    actions.erase_person(membership=acme.mara, by=acme.olga, at=clock.now())

    [kept] = saved.evidence.all()
    assert (kept.name, kept.file.read()) == ("", b"The contract.")
    page = signed_in(acme.ann).get(f"/o/acme/evidence/{kept.pk}/")
    assert b"".join(page.streaming_content) == b"The contract."


def test_what_was_held_back_and_released_for_the_organization_stays_too(
    world: World, django_capture_on_commit_callbacks
) -> None:
    acme, shared, at = world.acme, world.shared.item, clock.now()
    given = brought(acme.mara, shared, SimpleUploadedFile("copied.pdf", b"The copier writes no PDF."), at=at)
    held = Upload.objects.get(name="copied.pdf")
    checklists.release(upload=held, by=acme.olga, reason="It is our copier.", at=at)
    saved = shared_answer(acme, shared, given)
    leaves(acme.mara, acme)

    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_person(membership=acme.mara, by=acme.olga, at=clock.now())

    assert saved.evidence.get().file.read() == b"The copier writes no PDF."
    assert found("copied.pdf", dump()) == []


def test_whoever_belongs_to_two_organizations_keeps_the_name_until_both_have_let_go() -> None:
    acme, globex, then = company("acme"), company("globex"), clock.now() - dt.timedelta(days=2)
    dev = acme.dev
    there = Membership.objects.create(organization=globex.organization, user=dev.user, created_at=then)
    period = AccessPeriod.objects.create(
        organization=globex.organization, membership=there, level="member", started_at=then
    )
    leaves(dev, acme)

    assert not actions.erase_person(membership=dev, by=acme.olga, at=clock.now())

    dev.user.refresh_from_db()
    assert dev.user.name == "Dev"
    AccessPeriod.objects.filter(pk=period.pk).update(ended_at=clock.now())
    assert actions.erase_person(membership=there, by=globex.olga, at=clock.now())
    dev.user.refresh_from_db()
    assert (dev.user.name.split()[:2], dev.user.is_active) == (["Erased", "person"], False)


def test_only_an_owner_erases_and_only_who_has_left_and_is_not_kept() -> None:
    acme = company("acme")

    with pytest.raises(ActionRefused, match="has left"):
        actions.erase_person(membership=acme.dev, by=acme.olga, at=clock.now())
    with pytest.raises(ActionRefused, match="no longer do this"):
        actions.erase_person(membership=acme.finn, by=acme.mara, at=clock.now())
    actions.keep_person(membership=acme.finn, because="A dispute.", by=acme.olga, at=clock.now())
    with pytest.raises(ActionRefused, match="is kept"):
        actions.erase_person(membership=acme.finn, by=acme.olga, at=clock.now())

    actions.let_person_go(membership=acme.finn, by=acme.olga, at=clock.now())
    assert actions.erase_person(membership=acme.finn, by=acme.olga, at=clock.now())
    assert found("A dispute.", dump()) == []


def test_the_sweep_erases_after_the_years_of_the_organization_and_later_who_could_sign(
    move_clock, django_capture_on_commit_callbacks
) -> None:
    acme, now = company("acme"), clock.now()
    years = dt.timedelta(days=366)
    left = {"Ruth": 2, "Saul": 4, "Tess": 4, "Ulla": 11}
    groups = {"Tess": (acme.legal,), "Ulla": (acme.legal,)}
    people = {
        name: person(
            acme.organization, name, at=now - 12 * years, left_at=now - count * years, groups=groups.get(name, ())
        )
        for name, count in left.items()
    }
    actions.keep_person(membership=people["Ulla"], because="A dispute.", by=acme.olga, at=now)

    erase_due()
    assert {name for name, one in people.items() if is_erased(one)} == {"Saul"}
    actions.let_person_go(membership=people["Ulla"], by=acme.olga, at=clock.now())
    erase_due()
    erase_due()
    assert {name for name, one in people.items() if is_erased(one)} == {"Saul", "Ulla"}


def test_an_invitation_that_led_to_nobody_and_its_mail_are_forgotten_after_the_same_years() -> None:
    acme, then = company("acme"), clock.now() - dt.timedelta(days=5 * 366)
    for name, at in (("old", then), ("new", clock.now())):
        actions.invite(email=f"{name}@else.example", by=acme.mara, at=at)
    OutgoingMail.objects.filter(to="old@else.example").update(created_at=then)

    erase_due()
    erase_due()

    left = dump()
    assert found("old@else.example", left) == []
    assert len(found("new@else.example", left)) == 2
    [event] = AuditEvent.objects.filter(action="organization.forgot")
    assert json.loads(event.data) == {"invitations": 1, "mail": 1}


@pytest.mark.parametrize("name", ["Dev", "K. O'Brien (Jr.)", "Zoë & Söhne", "a+b*c", "back\\slash"])
def test_whatever_somebody_is_called_goes_from_what_others_were_told(name: str) -> None:
    acme, now = company("acme"), clock.now()
    User.objects.filter(pk=acme.dev.user_id).update(name=name)
    told = {"title": f"{name} is not sure", "link": "/", "subject_key": "question:1", "rule": "question-asked"}
    notifications.tell(recipient=acme.mara, slot_date=now.date(), at=now - dt.timedelta(days=3), **told)
    write_mail(at=now + dt.timedelta(days=1))
    [mail] = OutgoingMail.objects.filter(user=acme.mara.user)
    assert escape(name) in mail.html
    leaves(acme.dev, acme)

    actions.erase_person(membership=acme.dev, by=acme.olga, at=clock.now())

    mail.refresh_from_db()
    said = f"{mail.text} {mail.html} {Notice.objects.get().title}"
    assert f"Erased person {acme.dev.user_id.int % 1_000_000} is not sure" in said
    assert name not in said
    assert escape(name) not in said


def test_files_that_a_killed_worker_left_are_found(world: World) -> None:
    """The transaction is committed, and nothing after it happens."""
    dev = world.acme.dev
    [path] = set(Evidence.objects.filter(name="dev-at-acme.txt").values_list("file", flat=True))
    leaves(dev, world.acme)
    actions.erase_person(membership=dev, by=world.acme.olga, at=clock.now())
    assert default_storage.exists(path)

    remove_left_over(world.acme.organization, at=clock.now() + dt.timedelta(days=2))

    assert not default_storage.exists(path)


def is_erased(who: Membership) -> bool:
    return User.objects.get(pk=who.user_id).erased_at is not None


def shared_answer(acme: Company, item: Item, given: checklists.Given) -> Answer:
    at = clock.now()
    shown = render_shared(acme.mara, team=None, item_id=item.pk, at=at)
    return checklists.answer_shared(
        by=acme.mara, team=None, item_id=item.pk, shown_sha256=shown.sha256, answered=None, given=given, at=at
    )
