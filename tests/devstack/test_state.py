"""The state directory refuses in one line what would go wrong later."""

import errno
import os
import socket
import stat

import psycopg
import pytest
from django.db import connection

from devstack.__main__ import Run
from devstack.errors import Refused
from devstack.state import State, port_must_be_free, unwritable
from devstack.version import fingerprint_of_code
from tests.faults.installation import free_port


def test_a_nearly_full_disk_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(Refused, match=r"Only \d+ MB are free in .*: free \d+ MB, or name another place with STATE_DIR"):
        State(tmp_path, least_free=2**60)

    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_full_disk_is_told_from_a_forbidden_directory(tmp_path):
    assert "is full: free some space" in unwritable(tmp_path, OSError(errno.ENOSPC, "No space left on device"))
    assert "name a directory of yours" in unwritable(tmp_path, OSError(errno.EACCES, "Permission denied"))


def test_the_secret_is_made_once_and_only_we_may_read_it(tmp_path):
    state = State(tmp_path, least_free=0)

    assert state.secret() == state.secret()
    assert len(state.secret()) >= 50
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_secret_that_was_cut_off_by_a_full_disk_is_made_again(tmp_path):
    (tmp_path / "secret-key").write_text("")

    assert len(State(tmp_path, least_free=0).secret()) >= 50


def test_the_second_to_hold_a_state_is_refused(tmp_path):
    first = State(tmp_path, least_free=0)

    with pytest.raises(Refused, match="already running"):
        State(tmp_path, least_free=0)

    assert first.directory == tmp_path


def test_a_free_port_is_fine_and_a_taken_one_is_refused():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(Refused, match=f"Port {taken} on 127.0.0.1 is taken"):
            port_must_be_free("127.0.0.1", taken)

    port_must_be_free("127.0.0.1", free_port())


def test_an_address_that_is_not_this_machines_is_refused():
    with pytest.raises(Refused, match="set HOST and PORT to others"):
        port_must_be_free("203.0.113.1", 8000)


def test_a_database_remembers_which_code_prepared_it(tmp_path, db):
    state = State(tmp_path, least_free=0)
    (tmp_path / "static").mkdir()
    address = psycopg.conninfo.make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])

    assert not state.is_prepared(address, "1")
    state.note_prepared(address, "1")

    assert state.is_prepared(address, "1")
    assert not state.is_prepared(address, "2")
    (tmp_path / "static").rmdir()
    assert not state.is_prepared(address, "1")


def test_code_that_changed_has_another_fingerprint(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "models.py").write_text("1")
    before = fingerprint_of_code(tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "log").write_text("not code")

    assert fingerprint_of_code(tmp_path) == before
    (tmp_path / "app" / "models.py").write_text("22")
    assert fingerprint_of_code(tmp_path) != before


@pytest.mark.parametrize(
    ("host", "name"),
    [(here, "http://localhost:8123") for here in ("", "127.0.0.1", "::1", "0.0.0.0", "::")]  # noqa: S104 -- not listened on
    + [("192.0.2.7", "http://192.0.2.7:8123")],
)
def test_the_address_it_says_is_the_one_that_links_and_sign_ins_have(monkeypatch, host, name):
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", "8123")

    assert Run().name == name
