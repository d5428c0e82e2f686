"""The people of the demo company: invited, joined, placed, moved; all by the actions of accounts."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils.text import slugify

from accounts import actions
from accounts.actions import importing
from accounts.models import User
from home.actions.demo.story import JOINED, Company, Event, story
from notifications.actions import choose

FOUNDED = 240


def address_of(name: str) -> str:
    """The address a name has in the demo company."""
    plain = unicodedata.normalize("NFKD", name.replace("ı", "i").replace("ø", "o").replace("Đ", "D"))
    return f"{slugify(plain).replace('-', '.')}@northlight.example.com"


def found(*, now: dt.datetime, passwords: Mapping[str, str]) -> Company:
    """The company on its first day."""
    data, first = story()["organization"], story()["people"][0]
    founded_at = now - dt.timedelta(days=FOUNDED)
    owner = User.objects.create_user(
        address_of(first["name"]), passwords[first["name"]], name=first["name"], date_joined=founded_at
    )
    membership = actions.found_organization(**data, owner=owner, at=founded_at, is_demo=True)
    company = Company(membership.organization, membership, now, people={first["name"]: membership})
    company.groups = {group.key: group for group in company.organization.sign_off_groups.all()}
    return company


def events(company: Company, *, passwords: Mapping[str, str]) -> list[Event]:
    """Teams, then everybody, leads last; later who joined, who left, and who was invited and has not come yet."""
    happens: list[Event] = [(company.ago(FOUNDED - 1), partial(_set_up_teams, company))]
    for number, one in enumerate(story()["people"][1:]):
        days, minute = one.get("joins", JOINED), number % 60
        happens.append((company.ago(days + 1, minute=minute), partial(_invite, company, one, minute=minute)))
        happens.append(
            (company.ago(days, minute=minute), partial(_accept, company, one, passwords.get(one["name"], ""), minute))
        )
        if left := one.get("leaves"):
            happens.append((company.ago(left), partial(_leave, company, one)))
    happens.append((company.ago(JOINED - 1), partial(_appoint_leads, company)))
    waiting = story()["invited"]
    happens.append((company.ago(waiting["joins"] + 1), partial(_invite, company, waiting, minute=0)))
    for name, days in story()["only_pressing"].items():
        happens.append((company.ago(days, hour=12), partial(_want_less_mail, company, name, days)))
    happens.append((company.ago(story()["brought"]["at"], hour=8), partial(_bring_list, company, story()["brought"])))
    return happens


def _set_up_teams(company: Company) -> None:
    at = company.ago(FOUNDED - 1)
    for name in story()["teams"]:
        company.teams[name] = actions.add_team(name=name, by=company.owner, at=at)
    company.job_roles = {role.key: role for role in company.organization.job_roles.all()}
    first = story()["people"][0]
    actions.place(
        membership=company.owner,
        team=company.teams[first["team"]],
        job_role=company.job_roles[first["job_role"]],
        by=company.owner,
        at=at,
    )


def _appoint_leads(company: Company) -> None:
    for one in story()["people"]:
        if one.get("leads"):
            actions.appoint_lead(
                team=company.teams[one["leads"]],
                membership=company.people[one["name"]],
                by=company.owner,
                at=company.ago(JOINED - 1),
            )


def _invite(company: Company, one: Mapping[str, Any], *, minute: int) -> None:
    company.invitations[one["name"]] = actions.invite(
        email=address_of(one["name"]),
        name=one["name"],
        level=one.get("level", "member"),
        team=company.teams[one["team"]] if "team" in one else None,
        job_role=company.job_roles[one["job_role"]] if "job_role" in one else None,
        group=company.groups[one["group"]] if one.get("group") else None,
        by=company.owner,
        at=company.ago(one.get("joins", JOINED) + 1, minute=minute),
    )


def _accept(company: Company, one: Mapping[str, Any], password: str, minute: int) -> None:
    invitation = company.invitations[one["name"]]
    company.people[one["name"]] = actions.accept(
        invitation=invitation,
        round=invitation.round,
        user=None,
        name=one["name"],
        password=password,
        at=company.ago(one.get("joins", JOINED), minute=minute),
    )


def _leave(company: Company, one: Mapping[str, Any]) -> None:
    actions.end_membership(membership=company.people[one["name"]], by=company.owner, at=company.ago(one["leaves"]))


def _want_less_mail(company: Company, name: str, days: float) -> None:
    person = company.people[name]
    choose(membership=person, only_pressing=True, by=person, at=company.ago(days, hour=12))


def _bring_list(company: Company, brought: Mapping[str, Any]) -> None:
    """Brought and looked at; whoever opens the demo sees what would come of each line, and may import it."""
    by, at = company.manager, company.ago(brought["at"], hour=8)
    people_import = importing.bring(lines=importing.read_text(brought["list"]), by=by, at=at)
    importing.name_columns(people_import=people_import, columns=brought["columns"], has_headings=True, by=by, at=at)
