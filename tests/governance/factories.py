"""The cast of governance tests, made through the real actions: a company, its people, and decisions on the way.

Mara manages and proposes; Sven signs for Security, Lena for Legal; Otto works there and signs nothing.
"""

import datetime as dt
from dataclasses import dataclass, field
from itertools import count

from django.urls import reverse

from accounts.models import (
    AccessPeriod,
    GroupPeriod,
    JobRole,
    Membership,
    Organization,
    SignOffGroup,
    Team,
)
from audit.actions import snapshot_digest
from catalog.models import AccessRoute
from governance import actions
from governance.models import Agreement, RouteDecision, SignOff, SignOffStage
from governance.queries.sign_offs import stage_in_turn, to_be_signed
from governance.queries.submissions import frozen_content
from tests import factories
from tests.cast import Place, people, person

THEN = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
_numbers = count(1)


def make_organization(*, name: str = "", timezone: str = "Europe/Berlin") -> Organization:
    number = next(_numbers)
    return Organization.objects.create(
        slug=f"house-{number}", name=name or f"House {number}", timezone=timezone, created_at=THEN
    )


def make_member(
    organization: Organization,
    name: str,
    *,
    level: str = AccessPeriod.Level.MEMBER,
    groups: tuple[SignOffGroup, ...] = (),
    team: Team | None = None,
    job_role: JobRole | None = None,
) -> Membership:
    place = {"level": level, "groups": groups, "team": team, "job_role": job_role}
    return person(organization, name, at=THEN, **place)


def join_group(membership: Membership, group: SignOffGroup) -> GroupPeriod:
    return GroupPeriod.objects.create(
        organization_id=membership.organization_id, membership=membership, group=group, started_at=THEN
    )


def leave(membership: Membership, *, at: dt.datetime = THEN + dt.timedelta(days=1)) -> None:
    for period in [*membership.access_periods.open(), *membership.group_periods.open()]:
        period.ended_at = at
        period.save(update_fields=["ended_at"])


def make_route(name: str = "Claude Code, Team plan") -> AccessRoute:
    return factories.make_route(name=name)


@dataclass
class Company:
    """An organization that can sign: one manager, one signer per group, one employee."""

    organization: Organization = field(default_factory=make_organization)

    def __post_init__(self) -> None:
        here = self.organization
        self.security = SignOffGroup.objects.create(organization=here, key="security", name="Security", position=1)
        self.legal = SignOffGroup.objects.create(organization=here, key="legal", name="Legal", position=2)
        self.team = Team.objects.create(organization=here, name="Platform")
        self.job_role = JobRole.objects.create(organization=here, key="engineering", name="Engineering")
        places = {
            "Mara": Place(AccessPeriod.Level.MANAGER),
            "Sven": Place(groups=(self.security,)),
            "Lena": Place(groups=(self.legal,)),
            "Otto": Place(team=self.team, job_role=self.job_role),
        }
        self.mara, self.sven, self.lena, self.otto = people(here, places, at=THEN)
        self.route = make_route()
        actions.ship_data_classes(organization=here)
        actions.ship_uses(organization=here)


def draft(
    company: Company, *, route: AccessRoute | None = None, at: dt.datetime = THEN, **words: object
) -> RouteDecision:
    """A draft that is ready to be submitted."""
    route = factories.known(route or company.route, by=company.mara, at=at)
    decision = actions.propose(route=route, by=company.mara, at=at)
    words = {"why": "Our code stays with one vendor.", "conditions": "No customer data.", **words}
    decision = actions.edit(decision=decision, by=company.mara, at=at, **words)
    if not decision.scope_lines.exists():
        actions.set_scope(decision=decision, lines=[actions.LineOfScope()], by=company.mara, at=at)
    return decision


def shown(decision: RouteDecision) -> str:
    """The hash that a submit page opened now would carry."""
    content, bases = frozen_content(decision)
    return snapshot_digest(content, bases=bases)


def submitted(
    company: Company, *, route: AccessRoute | None = None, at: dt.datetime = THEN, **words: object
) -> RouteDecision:
    decision = draft(company, route=route, at=at, **words)
    return actions.submit(decision=decision, by=company.mara, shown_sha256=shown(decision), at=at)


def turn(decision: RouteDecision) -> dict[str, SignOff | SignOffStage | str]:
    """What a sign page opened now would hand to the action."""
    sign_off = SignOff.objects.select_related("snapshot").get(decision=decision)
    return {
        "sign_off": sign_off,
        "stage": stage_in_turn(sign_off),
        "shown_sha256": to_be_signed(sign_off).sha256,
    }


def approved(
    company: Company, *, route: AccessRoute | None = None, at: dt.datetime = THEN, **words: object
) -> RouteDecision:
    """A decision in force: proposed by Mara, signed by Sven, then by Lena."""
    decision = submitted(company, route=route, at=at, **words)
    actions.sign(**turn(decision), by=company.sven, at=at)
    actions.sign(**turn(decision), by=company.lena, at=at)
    decision.refresh_from_db()
    return decision


def address(company, name, *args):
    """The path of one of the governance pages."""
    return reverse(f"governance:{name}", args=[company.organization.slug, *args])


def sealed(decision: RouteDecision) -> dict[str, str]:
    """What a submit page opened now would hand to the action."""
    return {"shown_sha256": shown(decision)}


def noted(company: Company, *, at: dt.datetime, **words: object) -> Agreement:
    """A paper that we have, or what the words say of it."""
    here = {"route": company.route, "kind": "processing", "by": company.mara, "at": at}
    have = {"state": "have", "dated_on": THEN.date(), "link": "https://acme.example/dpa", "holder": company.lena}
    return actions.note_agreement(**here | have | words)
