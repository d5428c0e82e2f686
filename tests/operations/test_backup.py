"""Everything of an installation in one file, and an empty installation made from it."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from operations import backups, clock
from operations.backups import BackupRefused, restore_backup, write_backup
from tests.processes import same_services
from tests.world import build

pytestmark = pytest.mark.django_db(transaction=True)
# What a newer version's release step writes by itself.
MOVES = ("catalog_", "operations_", "django_", "auth_")


class Elsewhere:
    """A database of its own on the server of the tests, and a state directory of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.name = f"elsewhere_{os.getpid()}"
        self.url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.name}").geturl()

    def manage(self, *arguments: str, given: IO[bytes] | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "DATABASE_URL": self.url, "STATE_DIR": str(self.state), **more}
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command,
            env=environment,
            stdin=given,
            capture_output=True,
            text=True,
            cwd=settings.BASE_DIR,
            timeout=120,
            check=False,
        )


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    there = Elsewhere(tmp_path / "elsewhere")
    there.state.mkdir()
    _on_server(f'DROP DATABASE IF EXISTS "{there.name}"', f'CREATE DATABASE "{there.name}"')
    yield there
    _on_server(f'DROP DATABASE "{there.name}" WITH (FORCE)')


def _on_server(*statements: str) -> None:
    given = {
        name: value for name, value in connection.get_connection_params().items() if name in {"host", "port", "user"}
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as server:
        for statement in statements:
            server.execute(statement)  # type: ignore[arg-type]  # our own names


def rows_of(cursor: Any) -> dict[str, set[str]]:
    cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    tables = [name for (name,) in cursor.fetchall() if not name.startswith(MOVES)]
    rows = {}
    for name in tables:
        cursor.execute(f'SELECT entry::text FROM "{name}" entry')
        rows[name] = {text for (text,) in cursor.fetchall()}
    return rows


def rows_there(elsewhere: Elsewhere) -> dict[str, set[str]]:
    with psycopg.connect(elsewhere.url) as there, there.cursor() as cursor:
        return rows_of(cursor)


def test_an_empty_installation_becomes_what_was_backed_up(tmp_path: Path, elsewhere: Elsewhere) -> None:
    world = build()
    with connection.cursor() as cursor:
        before = rows_of(cursor)
    file = tmp_path / "wayleave.backup"

    call_command("backup", file)
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    done = elsewhere.manage("restore", str(file))

    assert done.returncode == 0, done.stderr + done.stdout
    assert "whole   installation" in done.stdout
    assert f"whole   {world.acme.organization.pk}" in done.stdout
    assert "BROKEN" not in done.stdout
    assert "both would send it" in done.stdout
    after = rows_there(elsewhere)
    assert {name: rows - after[name] for name, rows in before.items() if rows - after[name]} == {}
    assert len(before["accounts_user"]) == len(after["accounts_user"]) > 5
    kept = {path.read_bytes() for path in (elsewhere.state / "files").rglob("*") if path.is_file()}
    assert world.evidence.file.open().read() in kept

    again = elsewhere.manage("restore", str(file))
    assert again.returncode == 1
    assert "not empty" in again.stderr


def test_an_installation_that_was_only_prepared_is_empty(tmp_path: Path, elsewhere: Elsewhere) -> None:
    build()
    write_backup(tmp_path / "b", at=clock.now())
    prepared = elsewhere.manage("migrate", "--noinput")
    assert prepared.returncode == 0, prepared.stderr

    done = elsewhere.manage("restore", str(tmp_path / "b"))

    assert done.returncode == 0, done.stderr
    assert len(rows_there(elsewhere)["accounts_user"]) > 5


def test_it_passes_through_pipes_as_in_and_out_of_a_container(tmp_path: Path, elsewhere: Elsewhere) -> None:
    build()
    backup = [sys.executable, "manage.py", "backup", "-"]
    with subprocess.Popen(backup, cwd=settings.BASE_DIR, env=same_services(), stdout=subprocess.PIPE) as writing:
        done = elsewhere.manage("restore", "-", given=writing.stdout)

    assert (writing.returncode, done.returncode) == (0, 0), done.stderr
    assert "whole   installation" in done.stdout
    assert len(rows_there(elsewhere)["accounts_user"]) > 5
    assert [path.name for path in elsewhere.state.iterdir() if path.is_file()] == []

    with (settings.BASE_DIR / "manage.py").open("rb") as something:
        cut = elsewhere.manage("restore", "-", given=something)
    assert cut.returncode == 1
    assert "can't be read as a backup" in cut.stderr


def test_a_database_that_does_not_answer_is_said_in_a_line(tmp_path: Path, elsewhere: Elsewhere) -> None:
    write_backup(tmp_path / "b", at=clock.now())
    elsewhere.url = "postgresql://wayleave@127.0.0.1:1/wayleave"

    for command, file in (("backup", "c"), ("restore", "b")):
        done = elsewhere.manage(command, str(tmp_path / file))

        assert (done.returncode, done.stderr[:14]) == (1, "CommandError: ")
        assert "Traceback" not in done.stderr


# The tables, and the rows of the first one that has some.
HALF = r"""#!/bin/sh
{program} "$@" | sed '/^[\\][.]$/q'
exit 3
"""


def test_a_database_that_is_read_half_way_is_left_as_it_was(tmp_path: Path, elsewhere: Elsewhere) -> None:
    build()
    write_backup(tmp_path / "b", at=clock.now())
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "psql").symlink_to(backups._program("psql"))
    (programs / "pg_restore").write_text(HALF.format(program=backups._program("pg_restore")))
    (programs / "pg_restore").chmod(0o755)

    done = elsewhere.manage("restore", str(tmp_path / "b"), PG_BINDIR=str(programs))

    assert done.returncode == 1
    assert "was not restored, and is as it was" in done.stderr
    assert rows_there(elsewhere) == {}


def test_a_backup_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("precious")

    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", tmp_path / "b")
    assert (tmp_path / "b").read_text() == "precious"


def test_what_fails_half_way_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backups, "_program", lambda _name: "/bin/false")

    with pytest.raises(BackupRefused, match="failed, nothing was written"):
        write_backup(tmp_path / "b", at=clock.now())
    assert list(tmp_path.iterdir()) == []


def changed(path: Path, **words: Any) -> Path:
    """The same backup with other words in its manifest."""
    other = path.with_name("other")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == backups.MANIFEST:
                content = json.dumps(json.loads(content) | words).encode()
            target.writestr(name, content)
    return other


@pytest.mark.parametrize(
    ("words", "because"),
    [
        ({"migrations": ["accounts.9999_of_tomorrow"], "version": "9.0"}, "made by a newer Wayleave"),
        ({"secret": "another"}, "made with another SECRET_KEY"),
        ({"server": 99}, "comes from PostgreSQL 99"),
        ({"database": "0" * 64}, "is not what was written"),
        ({"files": {"files/missing": "0"}}, "lacks 1 files"),
    ],
)
def test_what_can_not_be_restored_is_refused_in_a_sentence_and_changes_nothing(
    tmp_path: Path, words: dict[str, Any], because: str
) -> None:
    write_backup(tmp_path / "b", at=clock.now())
    with connection.cursor() as cursor:
        before = rows_of(cursor)

    with pytest.raises(BackupRefused, match=because):
        restore_backup(changed(tmp_path / "b", **words))
    with connection.cursor() as cursor:
        assert rows_of(cursor) == before


def test_a_backup_of_before_the_secret_was_changed_is_ours_while_the_former_one_is_named(
    tmp_path: Path, settings: Any
) -> None:
    write_backup(tmp_path / "b", at=clock.now())
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "today's", [settings.SECRET_KEY]

    with pytest.raises(BackupRefused, match="is not what was written"):  # what is looked at after the secret
        restore_backup(changed(tmp_path / "b", database="0" * 64))


@pytest.mark.parametrize("name", ["files/../../evil", "anchors//tmp/evil", "files//tmp/evil", "anchors/", "/etc/evil"])
def test_files_outside_their_places_are_refused(tmp_path: Path, name: str) -> None:
    write_backup(tmp_path / "b", at=clock.now())
    with zipfile.ZipFile(tmp_path / "b", "a") as archive:
        archive.writestr(name, b"x")

    with pytest.raises(BackupRefused, match="has no place here"):
        restore_backup(changed(tmp_path / "b", files={name: "0"}))


@pytest.mark.parametrize("content", [b"", b"no backup", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b").write_bytes(content)

    with pytest.raises(CommandError, match="backup"):
        call_command("restore", tmp_path / "b")
