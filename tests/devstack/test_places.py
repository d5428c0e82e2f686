"""Where services live: reachable for their account, short enough for a socket."""

import os
import shutil
import stat
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from devstack.accounts import Account, service_account
from devstack.broker import Broker
from devstack.places import LONGEST_SOCKET_PATH, service_directory, socket_directory
from devstack.postgres import FINISHED, Postgres

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands services to another account")


@pytest.fixture
def removed_after():
    made: list[Path] = []
    yield made
    for path in made:
        shutil.rmtree(path)


def test_an_ordinary_users_services_live_in_the_state_directory(tmp_path):
    assert service_directory(tmp_path / "state", None) == tmp_path / "state"


@as_root
def test_services_move_where_their_account_can_reach_them(tmp_path, removed_after):
    (tmp_path / "home").mkdir(mode=0o700)

    directory = service_directory(tmp_path / "home" / "state", service_account())
    removed_after.append(directory)

    assert directory.parent == Path("/var/lib")
    assert service_directory(tmp_path / "home" / "state", service_account()) == directory
    assert service_account().can_enter(directory)


@as_root
def test_binaries_their_account_cannot_reach_are_copied_with_their_libraries(tmp_path, removed_after, monkeypatch):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    real = Postgres(tmp_path, None)._package()
    for part in (real, real.with_name(f"{real.name}.libs")):
        shutil.copytree(part, home / part.name, symlinks=True)
    postgres = Postgres(tmp_path / "state", service_account(), careful=False)
    removed_after.append(postgres.services)
    monkeypatch.setattr(postgres, "_package", lambda: home / real.name)

    try:
        postgres.start()
    finally:
        postgres.stop()

    assert postgres.services / "postgres-binaries" in postgres.binaries.parents
    assert postgres.major >= 17


def test_a_socket_directory_that_would_be_too_long_moves_to_the_temporary_directory(tmp_path, removed_after):
    deep = tmp_path / ("d" * 90)
    deep.mkdir()

    directory = socket_directory(deep, None)
    removed_after.append(directory)

    assert len(f"{directory}/.s.PGSQL.5432") <= LONGEST_SOCKET_PATH
    assert directory.parent == Path(tempfile.gettempdir()).resolve()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_an_account_enters_what_its_group_or_everybody_may(tmp_path):
    tmp_path.chmod(0o750)
    stranger = Account("stranger", 54321, 54321)
    member = Account("member", 54321, tmp_path.stat().st_gid)

    assert not stranger._may(tmp_path, 1)
    assert member._may(tmp_path, 1)


def test_a_database_and_a_broker_keep_what_they_were_told(removed_after):
    place = Path(tempfile.mkdtemp(prefix="wl-", dir="/tmp"))
    place.chmod(0o711)
    removed_after.append(place)
    account = service_account()

    for said in ("", "kept"):
        postgres, broker = Postgres(place, account), Broker(place, account)
        try:
            postgres.start()
            broker.start()
            assert remember(postgres, broker) == said
        finally:
            broker.stop()
            postgres.stop()

    assert (postgres.data / FINISHED).exists()


def remember(postgres: Postgres, broker: Broker) -> str:
    """What both were told the last time, where they agree; tells them ``kept``."""
    with psycopg.connect(postgres.url()) as connection, redis.Redis.from_url(broker.url()) as client:
        connection.execute("CREATE TABLE IF NOT EXISTS told (word text)")
        row = connection.execute("SELECT word FROM told").fetchone()
        known = client.get("told")
        connection.execute("INSERT INTO told VALUES ('kept')")
        client.set("told", "kept")
    words = {row[0] if row else "", known.decode() if known else ""}
    assert len(words) == 1
    return words.pop()
