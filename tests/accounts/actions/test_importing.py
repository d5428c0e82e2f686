"""A list of people: checked line by line, imported whole or not at all."""

import datetime as dt
import json

import pytest
from django.db import connection

from accounts import actions
from accounts.actions import importing
from accounts.models import (
    AccessPeriod,
    GroupPeriod,
    ImportLine,
    Invitation,
    LeadPeriod,
    Membership,
    Organization,
    PeopleImport,
    Placement,
    Team,
    User,
)
from accounts.queries import active_memberships, lead_of, standing_of, with_standing
from audit import chain
from audit.canonical import digest_of_ids
from audit.models import AuditEvent
from checklists.models import SettleRequest
from notifications.models import OutgoingMail
from operations import clock
from tests.accounts.imports import LATER, brought, imported, outcomes
from tests.accounts.refusals import logged, refused
from tests.cast import Company, company, person

pytestmark = pytest.mark.django_db
HEAD = "E-Mail;Name;Abteilung;Job role;Lead\n"


def member(email: str) -> Membership:
    return with_standing(Membership.objects.select_related("user")).get(user__email=email)


def test_somebody_new_gets_an_account_without_password_and_a_place(acme: Company) -> None:
    done = imported(HEAD + "Ada@Acme.example;Ada Lovelace;engineering;Engineering;\n", acme=acme)

    ada = member("ada@acme.example")
    standing = standing_of(ada)
    assert (standing.level, standing.team_id, standing.job_role_id) == ("member", acme.engineering.pk, acme.engineer.pk)
    assert ada.user.name == "Ada Lovelace"
    assert not ada.user.has_usable_password()
    assert ada.user.address_proved_at is None
    assert ada.user.date_joined >= LATER
    assert (done.status, done.counts["new"], done.lines.count()) == ("done", 1, 0)
    assert ada.access_periods.get().started_by_id == acme.mara.user_id


def test_the_log_has_one_event_with_counts_and_no_address(acme: Company) -> None:
    done = imported(HEAD + "ada@acme.example;Ada Lovelace;Engineering;;\n", acme=acme)

    event = AuditEvent.objects.get(action="person.imported")
    assert logged() == ["person.imported"]
    assert (event.actor_id, event.target) == (acme.mara.user_id, f"import:{done.pk}")
    assert json.loads(event.data)["new"] == 1
    assert json.loads(event.data)["people_digest"] == digest_of_ids([member("ada@acme.example").pk])
    assert "ada" not in event.data.lower()
    assert chain.verify(acme.organization.pk).broken == ""


def test_what_is_asked_of_them_follows_by_itself(acme: Company) -> None:
    SettleRequest.objects.all().delete()
    imported(HEAD + "ada@acme.example;Ada;Engineering;;\n", acme=acme)

    assert SettleRequest.objects.filter(membership=member("ada@acme.example")).exists()


def test_nothing_is_imported_while_a_line_has_an_error_unless_it_is_left_out(acme: Company) -> None:
    checked = brought(HEAD + "ada@acme.example;Ada;;;\nbo@acme.example;Bo;;Astronaut;\n", by=acme.mara)

    with refused("Some lines have errors"):
        importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER, skips_errors=True)
    importing.import_due(at=LATER)

    assert member("ada@acme.example").level == "member"
    assert not User.objects.filter(email="bo@acme.example").exists()


def test_teams_are_made_once_somebody_has_seen_which(acme: Company) -> None:
    checked = brought(HEAD + "ada@acme.example;Ada;Support;;\nbo@acme.example;Bo;SUPPORT;;\n", by=acme.mara)
    assert checked.counts["teams"] == 1

    with refused("Confirm first"):
        importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER, makes_teams=True)
    importing.import_due(at=LATER)

    team = Team.objects.get(organization=acme.organization, name__iexact="support")
    assert team.placements.count() == 2


def test_a_lead_is_appointed_and_the_one_before_ends(acme: Company) -> None:
    LeadPeriod.objects.filter(team=acme.engineering)
    imported(
        HEAD
        + "dev@acme.example;Dev;Engineering;;mia@acme.example\n"
        + "mia@acme.example;Mia;Engineering;;\n"
        + "ada@acme.example;Ada;Support;;yes\n",
        acme=acme,
    )

    assert lead_of(acme.engineering.pk, organization=acme.organization) == acme.mia
    support = Team.objects.get(name="Support")
    assert lead_of(support.pk, organization=acme.organization) == member("ada@acme.example")
    ended = LeadPeriod.objects.get(team=acme.engineering, ended_at__isnull=False)
    assert (ended.membership_id, ended.ended_by_id) == (acme.tom.pk, acme.mara.user_id)


def test_who_moves_keeps_what_the_list_does_not_say(acme: Company) -> None:
    imported(HEAD + "dev@acme.example;;Sales;;\n", acme=acme)

    standing = standing_of(member("dev@acme.example"))
    assert (standing.team_id, standing.job_role_id) == (acme.sales.pk, acme.engineer.pk)
    before, now = Placement.objects.filter(membership=acme.dev).order_by("started_at")
    assert before.ended_at == now.started_at


def test_who_comes_back_goes_on_with_new_periods(acme: Company) -> None:
    imported(HEAD + "finn@acme.example;Finn;Engineering;Engineering;\n", acme=acme)

    finn = member("finn@acme.example")
    assert (finn.pk, finn.level, finn.team_id) == (acme.finn.pk, "member", acme.engineering.pk)
    assert finn.access_periods.count() == 2


def test_somebody_with_an_account_elsewhere_is_invited_and_joins_as_themselves(acme: Company) -> None:
    gus = person(company("globex").organization, "Gus").user
    imported(HEAD + "gus@globex.example;Gus B;Sales;;\n", acme=acme)

    invitation = Invitation.objects.get(organization=acme.organization, email="gus@globex.example")
    assert not acme.organization.memberships.filter(user=gus).exists()
    assert (invitation.team, invitation.level) == (acme.sales, "member")
    assert OutgoingMail.objects.get(organization=acme.organization).to == "gus@globex.example"
    joined = actions.accept(invitation=invitation, round=1, user=gus, at=clock.now())
    assert joined.organization_id == acme.organization.pk


def test_an_expired_invitation_gives_way(acme: Company) -> None:
    old = actions.invite(email="ada@acme.example", by=acme.mara, at=LATER - dt.timedelta(days=30))
    imported(HEAD + "ada@acme.example;Ada;;;\n", acme=acme)

    old.refresh_from_db()
    assert old.withdrawn_at is not None
    assert member("ada@acme.example").level == "member"


def test_the_name_of_somebody_who_has_signed_in_is_theirs(acme: Company) -> None:
    imported(HEAD + "ada@acme.example;Ada;;;\n", acme=acme)
    User.objects.filter(email="dev@acme.example").update(address_proved_at=LATER)

    checked = brought(HEAD + "dev@acme.example;Devon;;;\nada@acme.example;Ada L;;;\n", by=acme.mara)
    assert outcomes(checked) == {2: "same", 3: "renamed"}
    assert checked.counts["keeps_name"] == 1
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)
    importing.import_due(at=LATER)

    assert sorted(
        User.objects.filter(email__in=["ada@acme.example", "dev@acme.example"]).values_list("name", flat=True)
    ) == [
        "Ada L",
        "Dev",
    ]


def test_the_same_list_again_changes_nothing(acme: Company) -> None:
    text = HEAD + "ada@acme.example;Ada;Support;Engineering;x\nbo@acme.example;Bo;Support;;\n"
    imported(text, acme=acme)
    before = [kind.objects.count() for kind in (User, Membership, AccessPeriod, Placement, LeadPeriod, Team)]

    again = brought(text, by=acme.mara)

    assert outcomes(again) == {2: "same", 3: "same"}
    importing.ask_for_import(people_import=again, by=acme.mara, at=LATER)
    importing.import_due(at=LATER)
    assert [kind.objects.count() for kind in (User, Membership, AccessPeriod, Placement, LeadPeriod, Team)] == before


def test_it_is_checked_again_before_anybody_is_touched(acme: Company) -> None:
    checked = brought(HEAD + "ada@acme.example;Ada;;Engineering;\nbo@acme.example;Bo;;;\n", by=acme.mara)
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)
    acme.engineer.name, acme.engineer.key = "Astronaut", "astronaut"
    acme.engineer.save(update_fields=["name", "key"])

    importing.import_due(at=LATER)

    checked.refresh_from_db()
    assert (checked.status, checked.counts["error"]) == ("checked", 1)
    assert "has changed since" in checked.refusal
    assert not User.objects.filter(email="bo@acme.example").exists()


def test_who_joined_meanwhile_is_taken_as_they_are(acme: Company) -> None:
    checked = brought(HEAD + "ada@acme.example;Ada;Sales;;\n", by=acme.mara)
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)
    person(acme.organization, "Ada", at=LATER)

    importing.import_due(at=LATER)

    checked.refresh_from_db()
    assert (checked.status, checked.counts["moved"]) == ("done", 1)
    assert member("ada@acme.example").team_id == acme.sales.pk


def test_whoever_may_no_longer_imports_nobody(acme: Company) -> None:
    checked = brought(HEAD + "ada@acme.example;Ada;;;\n", by=acme.mara)
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)
    actions.change_access_level(membership=acme.mara, level="member", by=acme.olga, at=LATER)

    importing.import_due(at=LATER)

    checked.refresh_from_db()
    assert (checked.status, checked.refusal) == ("checked", "You may no longer do this: your access has changed.")
    assert not User.objects.filter(email="ada@acme.example").exists()


def test_an_employee_brings_no_list(acme: Company) -> None:
    with refused("your access has changed"):
        brought(HEAD + "ada@acme.example;Ada;;;\n", by=acme.dev)
    assert not PeopleImport.objects.exists()


def test_nobody_is_imported_into_a_closed_organization_or_to_one_who_works_alone(acme: Company) -> None:
    checked = brought(HEAD + "ada@acme.example;Ada;;;\n", by=acme.mara)
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)
    Organization.objects.filter(pk=acme.organization.pk).update(locked_at=LATER)

    importing.import_due(at=LATER)

    checked.refresh_from_db()
    assert checked.refusal == "This organization is closed."


def test_a_list_of_another_organization_is_nobodys_business(acme: Company) -> None:
    globex = company("globex")
    checked = brought(HEAD + "ada@acme.example;Ada;;;\n", by=acme.mara)

    with refused("another organization"):
        importing.ask_for_import(people_import=checked, by=globex.mara, at=LATER)
    with refused("another organization"):
        importing.cancel_import(people_import=checked, by=globex.mara, at=LATER)


def test_it_is_asked_for_once(acme: Company) -> None:
    checked = brought(HEAD + "ada@acme.example;Ada;;;\n", by=acme.mara)
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)

    with refused("in another state"):
        importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)
    with refused("in another state"):
        importing.cancel_import(people_import=checked, by=acme.mara, at=LATER)
    importing.import_due(at=LATER)
    importing.import_due(at=LATER)
    assert logged() == ["person.imported"]


def test_what_is_cancelled_or_a_week_old_keeps_no_name(acme: Company) -> None:
    cancelled = brought(HEAD + "ada@acme.example;Ada;;;\n", by=acme.mara)
    importing.cancel_import(people_import=cancelled, by=acme.mara, at=LATER)
    forgotten = brought(HEAD + "ada@acme.example;Ada;;;\n", by=acme.mara)

    assert importing.import_due(at=LATER + dt.timedelta(days=6)) == 0
    assert importing.import_due(at=LATER + dt.timedelta(days=7)) == 1

    forgotten.refresh_from_db()
    assert forgotten.status == "cancelled"
    assert not ImportLine.objects.exists()


def test_what_fails_again_and_again_is_given_up(acme: Company) -> None:
    checked = brought(HEAD + "ada@acme.example;Ada;;;\n", by=acme.mara)
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER)
    PeopleImport.objects.update(attempts=5)

    importing.import_due(at=LATER)

    checked.refresh_from_db()
    assert checked.status == "checked"
    assert "failed again and again" in checked.refusal


def test_columns_are_named_by_a_person(acme: Company) -> None:
    people_import = importing.bring(lines=importing.read_text("a,b\nx,ada@acme.example\n"), by=acme.mara, at=LATER)

    with refused("Say which column holds"):
        importing.name_columns(
            people_import=people_import, columns={"name": 1}, has_headings=True, by=acme.mara, at=LATER
        )
    with refused("Two answers name the same column"):
        importing.name_columns(
            people_import=people_import, columns={"name": 1, "email": 1}, has_headings=True, by=acme.mara, at=LATER
        )
    checked = importing.name_columns(
        people_import=people_import, columns={"email": 2}, has_headings=False, by=acme.mara, at=LATER
    )
    assert outcomes(checked) == {1: "email:bad", 2: "new"}
    checked = importing.name_columns(
        people_import=checked, columns={"email": 2, "name": 1}, has_headings=True, by=acme.mara, at=LATER
    )
    assert outcomes(checked) == {2: "new"}


def test_an_empty_list_is_none(acme: Company) -> None:
    with refused("nothing in this list"):
        brought("\n\n", by=acme.mara)
    with refused("Beneath its headings this list is empty"):  # nobody in it would be everybody to leave
        brought(HEAD, by=acme.mara)


def test_who_is_not_in_the_list_leaves_where_that_was_asked_for(acme: Company) -> None:
    guest = person(acme.organization, "Gus", level=AccessPeriod.Level.GUEST)
    checked = brought(HEAD + "dev@acme.example;;;;\nmia@acme.example;;;;\n", by=acme.mara)
    importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER, ends_missing=True)

    importing.import_due(at=LATER)

    here = set(active_memberships(acme.organization))
    assert here == {
        acme.olga,
        acme.mara,
        acme.dev,
        acme.mia,
        guest,
    }  # the owner, oneself and whoever comes from outside stay
    assert not any(
        kind.objects.open().filter(membership=member).exists()
        for kind in (Placement, LeadPeriod, GroupPeriod)
        for member in (acme.tom, acme.lea)
    )
    event = json.loads(AuditEvent.objects.get(action="person.imported").data)
    assert event["left"] == 5
    connection.check_constraints()
    assert chain.verify(acme.organization.pk).broken == ""
    checked.refresh_from_db()
    assert checked.counts["left"] == 5


def test_nobody_leaves_because_of_a_line_with_an_error(acme: Company) -> None:
    checked = brought(HEAD + "dev@acme.example;;;;\nmia@acme;;;;\n", by=acme.mara)

    with refused("Mend every line first"):
        importing.ask_for_import(people_import=checked, by=acme.mara, at=LATER, skips_errors=True, ends_missing=True)
