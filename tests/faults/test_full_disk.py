"""A disk that is really full: one line that says what to do, and nothing is lost by it."""

import datetime as dt
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from checklists import actions
from checklists.models import Item, Upload
from operations import clock
from tests.cast import EPOCH, company
from tests.checklists.steps import checklist
from tests.faults.installation import ROOT, Installation, eventually

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts a tmpfs, reads /proc")

SIZE = 768 * 1024**2


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small disk of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk: run ./test as root to try a full one")
    place = Path(tempfile.mkdtemp(prefix="wl-", dir="/tmp"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "tmpfs", place], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        place.rmdir()
        pytest.skip(f"this root may not mount a small disk ({mounted.stderr.strip()})")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)
    place.rmdir()


@pytest.fixture
def installation(disk: Path, tmp_path: Path) -> Iterator[Installation]:
    one = Installation(disk / "state")
    one.said = tmp_path / "said.txt"
    yield one
    one.end()


def fill(disk: Path, *, leave: int = 0) -> Path:
    """Take all the space but ``leave`` bytes, or what little is written meanwhile."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        for _ in range(100):
            with suppress(OSError):  # somebody else took some of it in between
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - leave)
                return ballast
    raise AssertionError("it is written to without end")


def test_a_full_disk_is_refused_with_what_to_do_and_once_there_is_room_it_starts(disk, installation):
    ballast = fill(disk)
    said = installation.refusal()
    assert said == (
        f"The disk that holds {installation.state} is full: free some space, or name another place with STATE_DIR."
    )
    ballast.unlink()
    ballast = fill(disk, leave=100 * 1024**2)
    assert "MB are free in" in installation.refusal()
    assert not list(installation.state.glob("postgres-*"))

    ballast.unlink()

    installation.start()


def owner_of(installation: Installation) -> str:
    noted = dict(line.split("=", 1) for line in (installation.state / "environment").read_text().splitlines())
    return noted["MIGRATION_DATABASE_URL"]


def writes_until_refused(database: str) -> int:
    """How many rows were said to be kept before the disk was full."""
    kept = 0
    try:
        with psycopg.connect(database, autocommit=True) as connection:
            for kept in range(20_000):
                connection.execute("INSERT INTO kept VALUES (%s, repeat(gen_random_uuid()::text, 300))", [kept])
    except psycopg.Error:
        return kept
    raise AssertionError("the disk never was full")


WRITE_MAIL = """
from notifications.mail import new_message_id
from notifications.models import OutgoingMail
from operations import clock
at = clock.now()
OutgoingMail.objects.bulk_create(
    OutgoingMail(kind="message", to=f"p{number}@acme.example", from_email="wayleave@acme.example", subject=str(number),
                 text="Your code: 123456", message_id=new_message_id(), status="pending", lease_until=at, created_at=at)
    for number in range(30)
)
"""
SEND_MAIL = "from notifications import sending; sending.send_due()"
MAILS = 30


def shell(installation: Installation, code: str, **more: str) -> int:
    command = [sys.executable, ROOT / "manage.py", "shell", "--no-imports", "-c", code]
    return subprocess.run(command, env=installation.env(**more), capture_output=True, timeout=60).returncode


def states_of_mail(database: str) -> set[str]:
    with psycopg.connect(database) as connection:
        return {state for (state,) in connection.execute("SELECT DISTINCT status FROM notifications_outgoingmail")}


def test_a_disk_that_fills_up_while_it_runs_loses_nothing_that_was_kept_and_mail_leaves_once_there_is_room(
    disk, installation, smtp
):
    mail = {"EMAIL_URL": smtp.url}
    installation.start(**mail)
    database = owner_of(installation)
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE kept (it int, text text)")
    assert shell(installation, WRITE_MAIL, **mail) == 0
    ballast = fill(disk)

    kept = writes_until_refused(database)
    shell(installation, SEND_MAIL, **mail)  # it may get through, or break off anywhere, as the worker's own turn may
    installation.stop(signal.SIGINT)
    assert re.match(rf"(The disk that holds|Only \d+ MB are free in) {installation.state}", installation.refusal())
    ballast.unlink()
    installation.start(**mail)

    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) >= %s FROM kept", [kept]).fetchone() == (True,)
        # What was claimed by whoever broke off is due again, as it is five minutes later.
        connection.execute("UPDATE notifications_outgoingmail SET lease_until = now() WHERE status = 'pending'")
    assert eventually(lambda: installation.readiness()["parts"]["database"] == "answers", within=60)
    assert shell(installation, SEND_MAIL, **mail) == 0
    assert eventually(lambda: states_of_mail(database) == {"sent"}, within=60)
    assert len({message["Message-ID"] for message in smtp.messages}) == MAILS


@pytest.mark.django_db(transaction=True)
def test_a_file_that_does_not_fit_leaves_no_row_its_piece_goes_by_night_and_it_is_taken_once_there_is_room(
    disk, settings
):
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(disk / "files")}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    acme = company()
    made = checklist(acme, "proofs", ["Trained?"])
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    item = Item.objects.get()
    ballast = fill(disk, leave=64 * 1024)

    def bring() -> Upload:
        file = SimpleUploadedFile("proof.txt", b"I was there. " * 100_000, content_type="text/plain")
        return actions.bring(by=acme.dev, item=item, team=None, file=file, at=EPOCH)

    with pytest.raises(OSError, match="No space left"):
        bring()
    assert not Upload.objects.exists()
    actions.remove_left_over(acme.organization, at=clock.now() + dt.timedelta(days=2))
    assert [path for path in (disk / "files").rglob("*") if path.is_file()] == []

    ballast.unlink()

    assert bring().size == 1_300_000
