"""``manage.py import_people``: the same as the page, for whoever has a file and a shell."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ImportLine, PeopleImport, User
from tests.cast import Company, Level, company, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.csv"


def run(*args: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_people", *map(str, args), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_dry_run_says_what_it_would_bring_and_leaves_nothing(acme: Company, file: Path) -> None:
    file.write_text("E-Mail,Name,Team\nada@acme.example,Ada,Support\n")

    said, _errors = run(file, "--dry-run")

    assert "1 new, 0 back" in said
    assert "New teams: Support." in said
    assert not User.objects.filter(email="ada@acme.example").exists()
    assert not ImportLine.objects.exists()


def test_it_imports_in_the_only_owners_name(acme: Company, file: Path) -> None:
    file.write_text("E-Mail,Name,Team\nada@acme.example,Ada,Support\n")

    said, _errors = run(file, "--organization", "acme")

    assert said.endswith("Imported.\n")
    assert (
        User.objects.get(email="ada@acme.example").memberships.get().access_periods.get().started_by == acme.olga.user
    )


def test_each_error_is_said_and_nobody_is_imported_unless_they_are_left_out(acme: Company, file: Path) -> None:
    file.write_text("E-Mail;Job role\nada@acme.example;Astronaut\nbo@acme.example;\n")
    out, err = StringIO(), StringIO()

    with pytest.raises(CommandError, match="Some lines have errors"):
        call_command("import_people", str(file), stdout=out, stderr=err)
    assert "line 2, Job role, “Astronaut”: No job role has this name." in err.getvalue()
    assert not User.objects.filter(email="bo@acme.example").exists()
    assert not ImportLine.objects.exists()

    run(file, "--without-errors")
    assert User.objects.filter(email="bo@acme.example").exists()


def test_columns_are_named_by_heading_or_number(acme: Company, file: Path) -> None:
    file.write_text("Who,Where,Contact\nAda,Sales,ada@acme.example\n")

    said, _errors = run(file, "--column", "email=Contact", "--column", "name=1", "--column", "team=Where")

    assert "email is column 3" in said
    assert User.objects.get(email="ada@acme.example").name == "Ada"
    with pytest.raises(CommandError, match="No column is called"):
        run(file, "--column", "email=Mail")
    with pytest.raises(CommandError, match="WHAT=HEADING"):
        run(file, "--column", "shoe=1")


def test_it_asks_which_organization_and_who(acme: Company, file: Path) -> None:
    file.write_text("E-Mail\nada@acme.example\n")
    person(acme.organization, "Oda", level=Level.OWNER)

    with pytest.raises(CommandError, match="Say who imports"):
        run(file)
    with pytest.raises(CommandError, match="your access has changed"):
        run(file, "--by", "dev@acme.example")
    run(file, "--by", "mara@acme.example")
    company("globex")
    with pytest.raises(CommandError, match="Name the organization"):
        run(file)
    assert PeopleImport.objects.get().asked_by == acme.mara


def test_a_file_that_is_not_there_is_said(acme: Company, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run(tmp_path / "nothing.csv")
