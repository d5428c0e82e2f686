"""Home of one person: parts by right, each a query or two, whatever the size of the organization."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Membership
from accounts.queries import Standing
from accounts.rights import Right
from checklists.queries import waiting_in_words
from governance.models import Signature
from home.queries.adoption import AdoptionHome, adoption_home
from home.queries.blocks import Block, blocks_of, used_undecided
from home.queries.first_steps import Step, first_steps
from home.queries.frame import Frame
from home.queries.headline import Headline, headline_of
from home.queries.mine import NO_ROUTES, MyRoutes, MyWork, routes_of
from home.queries.proof import Proof, proof_of
from home.queries.readiness import Readiness, readiness_of
from home.queries.roll_out import RollOut, roll_out_of
from home.queries.signing import ToSign, signed_by, to_sign


@dataclass(frozen=True)
class PersonsHome:
    """What one person finds on their home; a part they have no right to is None."""

    headline: Headline
    work: MyWork
    routes: MyRoutes
    links: dict[str, str]
    to_sign: ToSign | None
    signed: list[Signature] | None
    my_teams: Readiness | None
    readiness: Readiness | None
    roll_out: RollOut | None
    adoption: AdoptionHome | None
    steps: list[Step]
    used: list[Block]
    blocks: list[Block]
    proof: Proof | None
    may_start_own: bool
    has_inbox: bool

    @property
    def is_waiting(self) -> bool:
        """Whether all that is left of their list waits for somebody's answer."""
        return bool(self.work.waiting) and not self.work.left


def home_of(
    membership: Membership,
    standing: Standing,
    *,
    work: MyWork,
    frame: Frame,
    links: dict[str, str],
    at: dt.datetime,
    today: dt.date,
) -> PersonsHome:
    """Home as it stands now.

    :param work: what is asked of this person.
    :param frame: what the navigation has counted already, and what everybody is asked.
    :param links: the places this person may open.
    """
    organization, rights, waiting = membership.organization, standing.rights, frame.waiting
    is_outside = Right.ROUTE_VIEW not in rights
    routes = NO_ROUTES if is_outside else routes_of(membership, standing, at=at)
    runs_it = Right.DECISION_PROPOSE in rights
    roll_out = roll_out_of(organization, at=at, today=today) if runs_it else None
    steps = first_steps(organization, roll_out) if roll_out and not roll_out.is_under_way else []
    adoption = adoption_home(organization, roll_out.adoption, at=at) if roll_out and roll_out.adoption else None
    # Whoever is led through the first steps has no teams to look at yet.
    readiness = None if steps else _readiness(organization.pk, standing, runs_it=runs_it, today=today)
    asked = waiting_in_words(membership, work.waiting) if work.waiting else ""
    signing = to_sign(membership) if waiting.sign_offs else None
    slug = organization.slug
    blocks = (
        blocks_of(roll_out, readiness, questions=waiting.questions, slug=slug, links=links, today=today)
        if roll_out
        else []
    )
    return PersonsHome(
        headline=headline_of(
            waiting=waiting,
            signing=signing,
            work=work,
            routes=routes,
            steps=steps,
            adoption=adoption,
            links=links,
            asked=asked,
            usage=frame.usage,
        ),
        work=work,
        routes=routes,
        links=links,
        to_sign=signing,
        signed=signed_by(membership) if is_outside else None,
        my_teams=readiness.of(standing.leads) if readiness and standing.leads else None,
        readiness=readiness if runs_it else None,
        roll_out=roll_out,
        adoption=adoption,
        steps=steps,
        used=used_undecided(organization) if roll_out else [],
        blocks=blocks,
        proof=proof_of(organization.pk) if Right.AUDIT_VIEW in rights and not runs_it else None,
        may_start_own=organization.is_demo and runs_it,
        has_inbox=runs_it or bool(waiting.sign_offs or waiting.reviews or waiting.questions),
    )


def _readiness(organization_id: UUID, standing: Standing, *, runs_it: bool, today: dt.date) -> Readiness | None:
    if runs_it:
        return readiness_of(organization_id, today=today)
    return readiness_of(organization_id, today=today, teams=standing.leads) if standing.leads else None
