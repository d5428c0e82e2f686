"""The operator's pages say what is there: commands, settings, services, figures and places that exist."""

import re
from argparse import ArgumentParser
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
GUIDES = {path.name: path.read_text() for path in (*ROOT.glob("docs/*.md"), ROOT / "README.md")}
GUIDE = GUIDES["operate.md"]
EXAMPLE = (ROOT / ".env.example").read_text()
EXPLAINED = re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE)
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]
OF_LIBRARIES = {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}
# Of ./run and ./test; a container has no use for them, or has them from its image.
NOT_FOR_CONTAINERS = {"DEBUG", "HOST", "PORT", "STATE_DIR", "PG_BINDIR", "PYTHON", "CHROMIUM", "TEST_WORKERS"}
TAKES_A_NAME = re.compile(r"docker compose (?:exec|run|logs|stop|restart)((?: -{1,2}[a-z-]+)*)((?: [a-z]+)+)")


def options_of(command: str) -> set[str]:
    parser: ArgumentParser = load_command_class(get_commands()[command], command).create_parser("manage.py", command)
    return {option for action in parser._actions for option in action.option_strings}


@pytest.mark.parametrize("name", [*GUIDES, ".env.example", "docker-compose.yml"])
def test_every_command_that_it_names_is_there_with_its_options(name):
    text = {**GUIDES, ".env.example": EXAMPLE, "docker-compose.yml": COMPOSE}[name]

    for command, rest in re.findall(r"manage\.py ([a-z_]+)([^`\n|;#&()]*)", text):
        assert command in get_commands(), command
        assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= options_of(command), (command, rest)


def test_every_setting_that_the_guide_names_is_explained():
    named = set(re.findall(r"`?\b([A-Z][A-Z_]{2,})=", GUIDE)) | set(re.findall(r"`([A-Z]+_[A-Z_]+)`", GUIDE))

    assert {"SECRET_KEY_FALLBACKS", "EMAIL_URL", "TRUSTED_PROXIES"} <= named
    assert named - set(EXPLAINED) - OF_LIBRARIES == set()


def test_the_first_four_settings_are_those_that_compose_can_not_do_without():
    assert set(EXPLAINED[:4]) == set(re.findall(r"\$\{([A-Z_]+):\?", COMPOSE))


def test_whatever_env_explains_reaches_the_containers():
    given = set(re.findall(r"\$\{([A-Z_]+):", COMPOSE)) | set(SERVICES["prepare"]["environment"])

    assert set(EXPLAINED) - given - NOT_FOR_CONTAINERS == set()


def test_every_service_that_the_guide_names_is_one_of_compose():
    named = {name for _flags, names in TAKES_A_NAME.findall(GUIDE) for name in names.partition(" python")[0].split()}

    assert {"prepare", "web", "worker", "beat"} <= named
    assert named <= set(SERVICES)


def test_every_figure_that_the_guide_explains_is_told():
    told = "".join(path.read_text() for app in ("operations", "*/queries") for path in ROOT.glob(f"{app}/*.py"))
    named = set(re.findall(r"`wayleave_([a-z_]+)`", GUIDE))

    assert len(named) > 8
    assert {figure for figure in named if figure not in told} == set()


@pytest.mark.parametrize("name", GUIDES)
def test_every_link_within_the_project_leads_somewhere(name):
    folder = ROOT if name == "README.md" else ROOT / "docs"

    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", GUIDES[name]):
        assert (folder / target).exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", (folder / target).read_text() if target else GUIDES[name], re.MULTILINE)
            assert anchor in {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}
