"""What a list would bring, line by line, before anybody is imported."""

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from accounts import actions
from accounts.models import (
    AccessPeriod,
    Invitation,
    LeadPeriod,
    Team,
    User,
)
from tests.accounts.imports import LATER, brought, imported, outcomes
from tests.cast import Company, company, person

pytestmark = pytest.mark.django_db
HEAD = "E-Mail;Name;Abteilung;Job role;Lead\n"


def test_each_line_is_told_what_would_come_of_it(acme: Company) -> None:
    person(company("globex").organization, "Gus")
    actions.invite(email="wanda@acme.example", by=acme.mara, at=LATER)
    checked = brought(
        HEAD
        + "new@acme.example;New;;;\n"
        + "finn@acme.example;Finn;Sales;;\n"
        + "dev@acme.example;Dev;Sales;;\n"
        + "sal@acme.example;Sal;Sales;customer-facing;\n"
        + "mia@acme.example;;;;\n"
        + "gus@globex.example;Gus;;;\n"
        + "wanda@acme.example;Wanda;;;\n",
        by=acme.mara,
    )

    assert outcomes(checked) == {
        2: "new",
        3: "back",
        4: "moved",
        5: "same",
        6: "same",
        7: "new",  # whoever looks isn't told that there is an account elsewhere
        8: "waiting",
    }
    assert checked.counts["missing"] == 6  # Olga, Mara, Sven, Lea, Ann and Tom


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (";Nobody;;;", "email:missing"),
        ("ada@acme;Ada;;;", "email:bad"),
        ("ada@@acme.example;Ada;;;", "email:bad"),
        ("ada lovelace;Ada;;;", "email:bad"),
        ("dev@acme.example;Dev;;;", "email:twice:2"),
        ("ada@acme.example;" + "x" * 201 + ";;;", "name:long"),
        ("ada@acme.example;??;;;", "name:unreadable"),
        ("ada@acme.example;Ada;Old ones;;", "team:archived"),
        ("ada@acme.example;Ada;;Astronaut;", "job_role:unknown"),
        ("ada@acme.example;Ada;;;x", "lead:no_team"),
        ("ada@acme.example;Ada;Sales;;nobody@acme.example", "lead:unknown"),
        ("ada@acme.example;Ada;Sales;;Dev", "lead:unknown"),
        ("ada@acme.example;Ada;Engineering;;x", "lead:two:2"),
        ("ada@acme.example;Ada;Sales;;finn@acme.example", "lead:unknown"),
        ("ada@acme.example;Ada;Sales;;gus@acme.example", "lead:guest"),
        ("gus@acme.example;Gus;;;", "email:guest"),
    ],
)
def test_a_line_with_an_error_says_which(acme: Company, line: str, problem: str) -> None:
    person(acme.organization, "Gus", level=AccessPeriod.Level.GUEST)
    Team.objects.create(organization=acme.organization, name="Old ones", archived_at=LATER)

    checked = brought(HEAD + "dev@acme.example;Dev;Engineering;;tom@acme.example\n" + line + "\n", by=acme.mara)

    assert outcomes(checked)[3] == problem


@pytest.mark.parametrize(
    "line", ["{email};Gus;Sales;;", "{email};Otherwise;Sales;;yes", "ada@acme.example;Ada;Sales;;{email}"]
)
@pytest.mark.parametrize("is_proved", [True, False])
def test_nobody_is_told_who_has_an_account_elsewhere(acme: Company, line: str, is_proved: bool) -> None:
    gus = person(company("globex").organization, "Gus").user
    User.objects.filter(pk=gus.pk).update(address_proved_at=LATER if is_proved else None)

    known, unknown = (
        brought(HEAD + line.format(email=email) + "\n", by=acme.mara)
        for email in ("gus@globex.example", "unknown@globex.example")
    )

    assert outcomes(known) == outcomes(unknown)
    assert known.counts == unknown.counts


def test_somebody_of_another_company_who_is_named_as_lead_is_invited_and_leads_nobody_yet(acme: Company) -> None:
    person(company("globex").organization, "Gus")

    done = imported(HEAD + "gus@globex.example;Gus;Sales;;yes\n", acme=acme)

    assert done.counts["invited"] == 1
    assert Invitation.objects.filter(organization=acme.organization, email="gus@globex.example").exists()
    assert not LeadPeriod.objects.open().filter(team=acme.sales).exists()


def test_a_lead_whose_own_line_has_an_error_is_one(acme: Company) -> None:
    checked = brought(
        HEAD + "ada@acme.example;Ada;Sales;;bo@acme.example\nbo@acme.example;Bo;;Astronaut;\n", by=acme.mara
    )

    assert outcomes(checked) == {2: "lead:line:3", 3: "job_role:unknown"}


def test_a_lead_who_came_by_a_link_that_anybody_may_have_had_proves_their_address_first(
    acme: Company, settings
) -> None:
    settings.MAIL_TRANSPORT = "smtp"
    checked = brought(HEAD + "sal@acme.example;Sal;Sales;;x\n", by=acme.mara)
    assert outcomes(checked) == {2: "lead:unproved"}

    User.objects.filter(email="sal@acme.example").update(address_proved_at=LATER)
    checked = brought(HEAD + "sal@acme.example;Sal;Sales;;x\nnew@acme.example;New;Support;;x\n", by=acme.mara)
    assert outcomes(checked) == {2: "same", 3: "new"}  # nobody can sign in as somebody new but with a code


@pytest.mark.parametrize(
    "email",
    [
        "ada@acme.example",
        "a.b+c@x-y.co",
        "o'neil@acme.example",
        "ada@sub.acme.example",
        "1@2.io",
        "a@xn--mnchen-3ya.de",
        "ada",
        "ada@",
        "@acme.example",
        "ada@acme",
        "ada@@acme.example",
        ".ada@acme.example",
        "ada.@acme.example",
        "a..b@acme.example",
        "ada@-acme.example",
        "ada@acme-.example",
        "ada@acme..example",
        "ada@.example",
        "ada@acme.e",
        "ada@acme.example.",
        "a,b@acme.example",
        "ada@acme_x.example",
        "<ada@acme.example>",
        "mailto:ada@acme.example",
        "ada@münchen.de",
    ],
)
def test_what_counts_as_an_address_is_what_counts_elsewhere(acme: Company, email: str) -> None:
    try:
        EmailValidator()(email)
        verdict = "new"
    except ValidationError:
        verdict = "email:bad"

    checked = brought(f"E-Mail;Name\n{email};x\n", by=acme.mara)

    assert outcomes(checked) == {2: "email:bad" if not email.isascii() else verdict}
