"""./run as a whole: what dies comes back, what is refused says what to do, and nothing is left behind."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.installation import ROOT, Installation, eventually, free_port

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="reads /proc; macOS cannot tie a child to its parent"
)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A directory that also the services' account reaches, which pytest's own is not when root runs it."""
    directory = Path(tempfile.mkdtemp(prefix="wl-", dir="/tmp"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def installation(place: Path) -> Iterator[Installation]:
    one = Installation(place / "state")
    yield one
    one.end()


@pytest.fixture
def running(installation: Installation) -> Installation:
    if installation.process is None or installation.process.poll() is not None:
        installation.start()
    return installation


def heard(installation: Installation) -> bool:
    return installation.readiness()["status"] == "ok"


def test_first_start_serves_pages_and_hears_its_bells(running):
    assert f"Wayleave is ready at http://localhost:{running.port}" in running.says()
    assert eventually(lambda: heard(running), within=90), running.readiness()


def test_second_start_on_the_same_state_is_refused_and_disturbs_nothing(running):
    said = running.refusal(PORT=str(free_port()))

    assert said.startswith(f"Wayleave is already running on {running.state} (process {running.process.pid})")
    assert "STATE_DIR" in said
    assert running.readiness()["parts"]["database"] == "answers"


def test_taken_port_is_refused_with_another_to_try(running, place):
    said = running.refusal(STATE_DIR=str(place / "other"))

    assert said == f"Port {running.port} on 127.0.0.1 is taken: choose another, such as PORT={running.port + 1} ./run"
    assert not list((place / "other").glob("postgres*"))


@pytest.mark.parametrize(("name", "part"), [("worker", "config worker"), ("beat", "config beat"), ("web", "gunicorn")])
def test_what_dies_is_started_again(running, name, part):
    before = running.pid_of(part)

    os.kill(before, signal.SIGKILL)

    assert eventually(lambda: f"{name} ended (SIGKILL): again in" in running.says(), within=20)
    assert eventually(lambda: running.pid_of(part) not in (None, before), within=60)
    assert eventually(lambda: running.readiness()["status"] != "down", within=60)


@pytest.mark.parametrize(
    ("name", "part", "sick"), [("database", "postgres -D", "database"), ("broker", "--unixsocket", "redis")]
)
def test_a_service_that_dies_is_started_again_and_the_others_go_on(running, name, part, sick):
    assert eventually(lambda: heard(running), within=90), running.readiness()
    before, worker = running.pid_of(part), running.pid_of("config worker")

    os.kill(before, signal.SIGKILL)

    assert eventually(lambda: f"{name} ended (SIGKILL): again in" in running.says(), within=20)
    assert eventually(lambda: running.pid_of(part) not in (None, before), within=60)
    assert eventually(lambda: sick not in running.readiness().get("sick", [sick]), within=60), running.readiness()
    assert eventually(lambda: heard(running), within=120), running.readiness()
    assert running.pid_of("config worker") == worker


def test_manage_py_finds_the_running_services(running):
    done = subprocess.run(
        [
            sys.executable,
            ROOT / "manage.py",
            "shell",
            "-v",
            "0",
            "-c",
            "from operations.models import *; print(Heartbeat._meta.db_table, Heartbeat.objects.count() >= 0)",
        ],
        env={name: value for name, value in running.env().items() if name != "PORT"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout.strip() == "operations_heartbeat True"


def test_web_worker_and_beat_use_a_role_that_owns_nothing(running):
    noted = dict(line.split("=", 1) for line in (running.state / "environment").read_text().splitlines())

    with psycopg.connect(noted["MIGRATION_DATABASE_URL"]) as connection:
        used = connection.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'wayleave' AND pid <> pg_backend_pid()"
        ).fetchall()
        owners = connection.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()

    assert used == [("wayleave_app",)]
    assert owners == [("wayleave",)]


def test_secrets_are_for_us_only(running):
    for name in ("secret-key", "environment"):
        assert stat.S_IMODE((running.state / name).stat().st_mode) == 0o600


def test_nothing_outlives_a_killed_run_and_the_next_start_has_the_data(running):
    noted = dict(line.split("=", 1) for line in (running.state / "environment").read_text().splitlines())
    database = noted["MIGRATION_DATABASE_URL"]
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE kept (it int)")
    secret = (running.state / "secret-key").read_text()

    running.stop(signal.SIGKILL)

    assert eventually(lambda: not running.processes(), within=15), running.processes()
    running.start()
    with psycopg.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    assert (running.state / "secret-key").read_text() == secret


def test_interrupt_stops_everything_and_leaves_nothing(running):
    assert running.stop(signal.SIGINT) == 0

    assert running.says().rstrip().endswith("Stopped.")
    assert running.processes() == {}
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", running.port)) != 0


def test_interrupt_while_starting_leaves_nothing(installation):
    if installation.process and installation.process.poll() is None:
        installation.stop()
    with installation.said.open("wb") as said:
        process = subprocess.Popen([ROOT / "run"], env=installation.env(), stdout=said, stderr=said, cwd="/")
    assert eventually(lambda: installation.pid_of("postgres -D") is not None, within=20)

    process.send_signal(signal.SIGTERM)

    assert process.wait(20) == 0
    assert installation.processes() == {}


def test_half_written_data_directory_is_refused_with_what_to_do(place):
    one = Installation(place / "half-written")
    one.state.mkdir()
    (one.state / "postgres-18").mkdir()
    (one.state / "postgres-18" / "PG_VERSION").write_text("18\n")

    said = one.refusal()

    assert said == (
        f"{one.state}/postgres-18 is half-written, its first start was interrupted:"
        " remove that directory and start again."
    )
    assert one.processes() == {}


@pytest.mark.parametrize("port", ["http", "0", "70000"])
def test_a_port_that_is_none_is_refused(tmp_path, port):
    assert Installation(tmp_path / "state").refusal(PORT=port).startswith(f"PORT={port} is no port")


def test_a_state_directory_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "state").write_text("")

    assert "name a directory of yours with STATE_DIR" in Installation(tmp_path / "state").refusal()


def test_unsupported_python_is_refused_with_what_to_install(tmp_path):
    (tmp_path / "devstack").mkdir()
    shutil.copy(ROOT / "run", tmp_path / "run")
    shutil.copy(ROOT / "devstack" / "install.sh", tmp_path / "devstack" / "install.sh")
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "dirname", "id", "cat"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    old = tmp_path / "bin" / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # what `sys.exit(sys.version_info < (3, 11))` makes of Python 3.10
    old.chmod(0o755)

    done = subprocess.run(
        [tmp_path / "run"], env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True, timeout=30
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed: install it")
    assert done.stderr.count("\n") == 1


def test_whoever_named_a_database_that_does_not_answer_is_told_before_the_minute_is_over(place):
    one = Installation(place / "elsewhere")
    try:
        one.begin(DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")

        assert eventually(
            lambda: "Still preparing the database. The database does not answer yet" in one.says(), within=55
        )
        assert one.stop() == 0
        assert one.says().endswith("Stopped.\n")
    finally:
        one.end()


def demo_companies(installation: Installation) -> list[tuple]:
    noted = dict(line.split("=", 1) for line in (installation.state / "environment").read_text().splitlines())
    with psycopg.connect(noted["DATABASE_URL"]) as connection:
        return connection.execute(
            "SELECT count(membership.id) >= 30 FROM accounts_organization organization LEFT JOIN"
            " accounts_membership membership ON membership.organization_id = organization.id GROUP BY organization.id"
        ).fetchall()


def test_the_demo_company_is_made_while_pages_are_served_and_whole_however_often_that_is_killed(installation):
    if installation.process and installation.process.poll() is None:
        installation.stop()
    installation.start(DEMO="1")
    assert eventually(lambda: "is being made" in installation.says(), within=60), installation.says()
    assert "demo company is being made" in installation.page("/account/login/")
    assert demo_companies(installation) == []

    os.kill(installation.pid_of("manage.py greet"), signal.SIGKILL)
    assert eventually(lambda: "greeting ended (SIGKILL): again" in installation.says(), within=30)
    assert demo_companies(installation) == []
    installation.stop(signal.SIGKILL)
    assert eventually(lambda: not installation.processes(), within=15), installation.processes()

    installation.start(DEMO="1")
    is_made = "(a demo, everything in it is made up)"
    assert eventually(lambda: is_made in installation.says(), within=240), installation.says()
    assert demo_companies(installation) == [(True,)]
    assert "demo company is being made" not in installation.page("/account/login/")
