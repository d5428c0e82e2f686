"""Production: refuses what is unsafe, and what docker-compose.yml says runs outside containers too."""

import base64
import os
import re
import shlex
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg import sql

from tests.faults.installation import ROOT, eventually, free_port, readiness_at

SECRET = "Zq7-" + uuid.uuid5(uuid.NAMESPACE_DNS, "tests").hex * 2
GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": SECRET,
    "PUBLIC_URL": "https://wayleave.example",
    "DATABASE_URL": "postgresql:///nothing",
    "REDIS_URL": "redis://localhost/0",
}
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
EXPLAINED = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def environment(**changes: str | None) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name not in EXPLAINED}
    return {name: value for name, value in {**plain, **GOOD, **changes}.items() if value is not None}


def loading(**changes: str | None) -> str:
    """What loading the production settings says last; empty when they load."""
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings.prod"],
        env=environment(**changes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stderr.strip().splitlines()[-1].partition("ImproperlyConfigured: ")[2] if done.returncode else ""


def values_of(text: str) -> dict[str, str]:
    """What stands in an .env file."""
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))


def as_compose_sets_it(service: str, **filled_in: str) -> dict[str, str]:
    """The environment of a service, with .env made from .env.example as it says: by filling in what is needed."""
    given = {**values_of((ROOT / ".env.example").read_text()), **filled_in}

    def value(match: re.Match[str]) -> str:
        name, default = match[1], match[3] if match[2] == ":-" else ""
        assert match[2] == ":-" or given[name], f"compose would refuse: {name}"
        return given.get(name) or default

    declared = COMPOSE["services"][service]["environment"]
    return {name: re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", value, str(text)) for name, text in declared.items()}


def test_production_starts_with_what_it_needs():
    assert loading() == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY is missing"),
        ({"DATABASE_URL": "here"}, "DATABASE_URL names no PostgreSQL database"),
        ({"DATABASE_URL": "sqlite:///here"}, "DATABASE_URL names no PostgreSQL database"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is a default or too short"),
        ({"SECRET_KEY": "change-me" * 10}, "SECRET_KEY is a default"),
        ({"PUBLIC_URL": None}, "PUBLIC_URL is missing"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"REDIS_URL": None, "DEBUG": "1"}, "REDIS_URL is missing; DEBUG is on"),
        ({"POLICY_FETCH_ALLOW": "wiki.example,10.0.0.0/33"}, "'10.0.0.0/33' is neither a network"),
        ({"PUBLIC_URL": "wayleave"}, "PUBLIC_URL='wayleave' is not an address people can type"),
    ],
)
def test_production_refuses_to_start_and_says_why(changes, said):
    refusal = loading(**changes)

    assert said in refusal
    assert SECRET not in refusal


def test_nothing_outside_is_called_until_the_operator_says_so():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from config.settings import prod; print(prod.POLICY_FETCHING, prod.POLICY_FETCH_ALLOW)",
        ],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout.strip() == "False []"


@pytest.mark.parametrize("says_how", [(ROOT / ".env.example").read_text, lambda: loading(SECRET_KEY="short")])
def test_the_secret_it_says_to_make_is_long_enough_and_stands_in_one_line(says_how):
    count = int(re.search(r"openssl rand -base64 (\d+)", says_how())[1])

    made = base64.b64encode(bytes(range(count))).decode()

    assert loading(SECRET_KEY=made) == ""
    assert len(made) <= 64  # openssl begins a new line after so many


def test_every_variable_that_is_read_is_explained():
    read = set()
    for path in [*ROOT.glob("config/**/*.py"), *ROOT.glob("devstack/*.py"), ROOT / "tests" / "conftest.py"]:
        read |= set(re.findall(r"""env(?:iron\.get|\.bool|\.get)?\(\s*"([A-Z_]{3,})\"""", path.read_text()))
    for name in ("run", "test", "devstack/install.sh"):
        read |= set(re.findall(r"\$\{([A-Z_]{3,}):-", (ROOT / name).read_text()))

    assert {"SECRET_KEY", "PUBLIC_URL", "STATE_DIR", "TEST_WORKERS", "PG_BINDIR"} <= read
    assert read - EXPLAINED - {"PATH", "PYTEST_XDIST_WORKER"} == set()


def test_compose_takes_every_secret_from_the_environment():
    text = (ROOT / "docker-compose.yml").read_text()

    assert set(re.findall(r"\$\{([A-Z_]+)", text)) <= EXPLAINED
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "DATABASE_PASSWORD", "PUBLIC_URL"):
        assert f"${{{name}:?" in text
    assert not re.search(r"(SECRET_KEY|PASSWORD): (?!\$\{)", text)


@pytest.mark.parametrize("name", ["web", "worker", "beat", "postgres", "redis"])
def test_every_lasting_service_has_a_health_check_and_comes_back(name):
    service = COMPOSE["services"][name]

    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"


def test_our_containers_are_no_root_and_keep_state_in_a_volume():
    for name in ("prepare", "web", "worker", "beat"):
        assert COMPOSE["services"][name]["user"] == "10001"
        assert COMPOSE["services"][name]["volumes"] == ["state:/var/lib/wayleave"]
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.search(r"useradd .*--uid 10001", dockerfile)
    assert "\nUSER wayleave\n" in dockerfile
    assert not re.search(r"SECRET|PASSWORD|TOKEN", dockerfile)
    assert {"state", "database", "broker"} == set(COMPOSE["volumes"])


def test_only_the_release_step_is_told_who_owns_the_tables():
    told = {
        name: service["environment"]
        for name, service in COMPOSE["services"].items()
        if "DATABASE_URL" in service.get("environment", ())
    }
    owners = {name for name, env in told.items() if any("POSTGRES_PASSWORD" in str(value) for value in env.values())}

    assert set(told) == {"prepare", "web", "worker", "beat"}
    assert owners == {"prepare"}
    assert "MIGRATION_DATABASE_URL" in told["prepare"]


def test_the_broker_keeps_what_it_was_told_and_evicts_nothing():
    assert COMPOSE["services"]["redis"]["command"][1:] == ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]


@pytest.fixture
def empty_database():
    name = sql.Identifier(f"compose_{uuid.uuid4().hex[:12]}")
    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        yield psycopg.conninfo.conninfo_to_dict(address), name._obj[0]
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"{name._obj[0]}_app")))


def test_the_commands_of_compose_make_a_ready_installation(empty_database, tmp_path):
    parts, name = empty_database
    port = free_port()
    needed = {"SECRET_KEY": SECRET, "POSTGRES_PASSWORD": "a", "DATABASE_PASSWORD": "b"}
    here = {
        "DATABASE_URL": f"postgresql://{name}_app@/{name}?host={parts['host']}",
        "REDIS_URL": re.sub(r"db=\d+", "db=15", os.environ["REDIS_URL"]),
        "STATE_DIR": str(tmp_path),
        "HOME": str(tmp_path),
        "PORT": str(port),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HEALTH_URL": f"http://127.0.0.1:{port}/readyz",
    }
    env = environment(**{**as_compose_sets_it("web", **needed), **here})
    owner = {"MIGRATION_DATABASE_URL": f"postgresql://{parts['user']}@/{name}?host={parts['host']}"}
    prepare = COMPOSE["services"]["prepare"]["command"]
    for _turn in range(2):
        prepared = subprocess.run(
            prepare, env={**env, **owner}, cwd=ROOT, check=True, timeout=120, capture_output=True, text=True
        )
    assert "audit.W001" not in prepared.stderr
    log = (tmp_path / "log").open("wb")
    started = [
        subprocess.Popen(COMPOSE["services"][service]["command"], env=env, cwd=ROOT, stdout=log, stderr=log)
        for service in ("web", "worker", "beat")
    ]
    try:
        ready = eventually(lambda: readiness_at(port)["status"] == "ok", within=90)
        probes = [
            subprocess.run(shlex.split(probe.replace("8000", str(port))), env=env, cwd=ROOT).returncode
            for probe in (
                "python -m devstack.probe http://127.0.0.1:8000/healthz",
                "python -m devstack.probe http://127.0.0.1:8000/readyz worker",
            )
        ]
    finally:
        for process in started:
            process.send_signal(signal.SIGTERM)
        ended = [process.wait(30) for process in started]
        log.close()

    assert ready, (tmp_path / "log").read_text()[-3000:]
    assert probes == [0, 0]
    assert ended == [0, 0, 0]
    assert SECRET not in (tmp_path / "log").read_text()
    assert {path.name for path in tmp_path.iterdir()} == {"log", "static"}  # nothing strays into the home directory


def test_an_empty_sender_is_as_good_as_none():
    """As compose hands over what .env does not name."""
    command = [sys.executable, "-c", "from config.settings.prod import DEFAULT_FROM_EMAIL; print(DEFAULT_FROM_EMAIL)"]

    said = subprocess.run(command, env=environment(DEFAULT_FROM_EMAIL=""), cwd=ROOT, capture_output=True, text=True)

    assert said.stdout.strip() == "Wayleave <wayleave@localhost>"


ASKED_WITHOUT_TLS = """
import django; django.setup()
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory
answer = SecurityMiddleware(lambda request: HttpResponse())
print(*(answer(RequestFactory(SERVER_NAME="wayleave.example").get(path)).status_code for path in {paths}))
"""


@pytest.mark.parametrize("path", ["", "/wayleave"])
def test_the_page_that_is_seen_before_there_is_a_proxy_has_its_style(path):
    """It is the first that an operator sees: at the port itself, which TLS does not reach."""
    paths = ["/static/css/tokens.css", "/healthz", "/", "/o/static/"]
    env = environment(PUBLIC_URL=f"https://wayleave.example{path}")
    command = [sys.executable, "-c", ASKED_WITHOUT_TLS.format(paths=paths)]

    said = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert said.stdout.split() == ["200", "200", "301", "301"], said.stderr
