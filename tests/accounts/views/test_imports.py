"""The pages of importing people: bring, name the columns, look, mend, import."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from accounts.actions import importing
from accounts.models import PeopleImport, Team, User
from tests.accounts.imports import brought
from tests.cast import Company, signed_in

pytestmark = pytest.mark.django_db
BUDGET = 10
LIST = "E-Mail\tName\tTeam\tJob role\tLead\nada@acme.example\tAda\tSupport\tEngineering\tyes\nbo@acme.example\tBo\tSupport\t\t\n"


@pytest.fixture
def mara(acme: Company) -> Client:
    return signed_in(acme.mara)


def the_import() -> PeopleImport:
    return PeopleImport.objects.select_related("organization").latest("pk")


def page(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_a_pasted_list_becomes_people(acme: Company, mara: Client) -> None:
    columns = mara.post("/o/acme/people/imports/add/", {"text": LIST}, follow=True)
    words = page(columns)
    assert "Column 1: E-Mail (ada@acme.example, bo@acme.example)" in words
    form = columns.context["form"]
    assert form.initial == {"email": 1, "name": 2, "team": 3, "job_role": 4, "lead": 5, "has_headings": True}

    preview = mara.post(columns.request["PATH_INFO"], {**form.initial, "has_headings": "on"}, follow=True)
    assert [(fact["number"], fact["label"]) for fact in preview.context["facts"]] == [(2, "new")]
    assert "Teams that are not there yet: Support" in page(preview)
    assert "Import 2 people" in page(preview)
    assert not User.objects.filter(email="ada@acme.example").exists()

    at = the_import().get_absolute_url()
    assert "Confirm first" in page(mara.post(f"{at}start/", follow=True))
    waiting = page(mara.post(f"{at}start/", {"makes_teams": "on"}, follow=True))
    assert "being imported" in waiting
    assert 'hx-trigger="every 2s"' in waiting

    importing.import_due(at=the_import().asked_at)
    done = page(mara.get(at))
    assert "2 people were imported." in done
    assert "1 team was made." in done
    assert "hx-trigger" not in done
    assert Team.objects.get(name="Support").placements.count() == 2


def test_an_excel_file_is_read(acme: Company, mara: Client) -> None:
    book, file = Workbook(), io.BytesIO()
    book.active.append(["Mitarbeiter", "E-Mail-Adresse"])
    book.active.append(["Ada", "ada@acme.example"])
    book.save(file)

    columns = mara.post(
        "/o/acme/people/imports/add/", {"upload": SimpleUploadedFile("list.xlsx", file.getvalue())}, follow=True
    )

    assert columns.context["form"].initial == {"name": 1, "email": 2, "has_headings": True}


def test_errors_say_line_column_value_and_how_to_mend_and_are_downloaded(acme: Company, mara: Client) -> None:
    brought("E-Mail,Name,Job role\nada@acme.example,=Ada,Astronaut\nada,Bo,\n", by=acme.mara)
    at = the_import().get_absolute_url()

    shown = mara.get(at)
    words = page(shown)
    assert [mistake.problem.line for mistake in shown.context["mistakes"]] == [2, 3]
    assert "Astronaut" in words
    assert "There are: Customer-facing, Engineering." in words
    assert "This is no e-mail address" in words
    assert "Add a job role" not in words  # an owner's page
    assert "Add a job role" in page(signed_in(acme.olga).get(at))

    lines = b"".join(mara.get(f"{at}download/").streaming_content).decode().removeprefix("\ufeff").splitlines()
    assert lines[0] == "E-Mail,Name,Job role,error"
    assert lines[1].startswith("ada@acme.example,'=Ada,Astronaut,\"Job role: No job role")
    assert lines[2].startswith("ada,Bo,,E-mail address: This is no")

    mended = "\n".join(lines).replace("Astronaut", "Engineering").replace("\nada,", "\nbo@acme.example,")
    again = mara.post("/o/acme/people/imports/add/", {"text": mended}, follow=True)
    mara.post(again.request["PATH_INFO"], {**again.context["form"].initial, "has_headings": "on"})
    assert the_import().counts["new"] == 2


def test_the_same_mistake_in_many_lines_is_said_once(acme: Company, mara: Client) -> None:
    titles = "".join(f"p{n}@acme.example,Developer\n" for n in range(80))
    brought(f"E-Mail,Job role\n{titles}no address,\n", by=acme.mara)

    shown = mara.get(the_import().get_absolute_url())
    title, address = shown.context["mistakes"]
    assert (title.count, title.lines, title.others) == (80, "2, 3, 4, 5, 6", True)
    assert (address.count, address.problem.line) == (1, 82)
    assert "80 lines" in page(shown)


def test_lines_with_errors_are_left_out_by_choice(acme: Company, mara: Client) -> None:
    brought("E-Mail\nada@acme.example\nnobody\n", by=acme.mara)
    at = the_import().get_absolute_url()
    assert "Import only 1 person whose line has no error" in page(mara.get(at))

    assert "Some lines have errors" in page(mara.post(f"{at}start/", follow=True))
    mara.post(f"{at}start/", {"skips_errors": "True"})
    importing.import_due(at=the_import().asked_at)

    assert "1 line with an error was left out." in page(mara.get(at))


def test_the_same_list_again_says_that_there_is_nothing_to_do(acme: Company, mara: Client) -> None:
    brought("E-Mail\ndev@acme.example\n", by=acme.mara)

    words = page(mara.get(the_import().get_absolute_url()))

    assert "Nothing to import" in words
    assert "not in this list, and stay unless you say otherwise" in words
    assert "6 people who are not in this list leave the organization" in words
    assert "sal@acme.example" in page(mara.get(the_import().get_absolute_url() + "?show=missing"))


def test_a_list_is_forgotten(acme: Company, mara: Client) -> None:
    brought("E-Mail\nada@acme.example\n", by=acme.mara)
    at = the_import().get_absolute_url()

    assert "The list is forgotten" in page(mara.post(f"{at}cancel/", follow=True))
    assert "nobody was imported" in page(mara.get(at))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"text": ""}, "one of the two"),
        ({"text": 'a;b\n"c;d\n' + "x" * 600}, "is a quotation mark missing"),
        ({"text": "\n \n"}, "one of the two"),
    ],
)
def test_what_is_no_list_is_refused_and_kept_in_the_form(acme: Company, mara: Client, sent, words) -> None:
    assert words in page(mara.post("/o/acme/people/imports/add/", sent))
    assert not PeopleImport.objects.exists()


def test_without_mail_the_page_says_how_they_get_in(acme: Company, mara: Client, settings) -> None:
    settings.MAIL_TRANSPORT = ""
    assert "No mail leaves this installation yet" in page(mara.get("/o/acme/people/imports/add/"))
    settings.MAIL_TRANSPORT = "smtp"
    assert "the code that is mailed" in page(mara.get("/o/acme/people/imports/add/"))


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_costs_the_same_for_any_number_of_lines(
    acme: Company, mara: Client, count: int, django_assert_num_queries
) -> None:
    brought("E-Mail,Team\n" + "".join(f"p{n}@acme,Team {n}\n" for n in range(count)), by=acme.mara)
    with django_assert_num_queries(BUDGET):
        mara.get(the_import().get_absolute_url())


def test_a_long_list_stays_within_the_budget_and_is_shown_so_many_at_a_time(
    acme: Company, mara: Client, django_assert_max_num_queries
) -> None:
    brought("E-Mail,Team\n" + "".join(f"p{n}@acme.example,Team {n % 7}\n" for n in range(1001)), by=acme.mara)
    at = the_import().get_absolute_url()

    with django_assert_max_num_queries(12):
        first = mara.get(f"{at}?show=new")
    second = mara.get(f"{at}{first.context['next_url']}")
    assert [line.number for line in first.context["lines"]] == list(range(2, 52))
    assert second.context["lines"][0].number == 52

    mara.post(f"{at}start/", {"makes_teams": "on"})
    importing.import_due(at=the_import().asked_at)
    assert acme.organization.memberships.count() == 10 + 1001
