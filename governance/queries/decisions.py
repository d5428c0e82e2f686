"""Decisions as lists and answers: whose are they, do they still stand, whom do they cover."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from accounts.models import AccessPeriod, Membership, Organization, Placement, User
from accounts.queries import Standing, asked_memberships, with_keepers
from accounts.rights import Right
from audit.models import Withdrawal
from audit.queries import is_withdrawn
from catalog.models import AccessRoute
from governance.models import ForcePeriod, RouteDecision, ScopeLine, ScopeLineJobRole, ScopeLineTeam
from governance.queries.conditions import BoundConditions
from governance.queries.lines import line_of
from governance.queries.submissions import scope_of

Row = TypeVar("Row", bound=Model)
Status = RouteDecision.Status
HOLDING = (Status.APPROVED, Status.SUSPENDED)
OPEN = (Status.DRAFT, Status.SUBMITTED)
# What is or was in force; the rest was only ever proposed, and reading it as an answer would mislead.
DECIDED = (*HOLDING, Status.SUPERSEDED, Status.RETIRED, Status.EXPIRED)


def decisions_of(organization: Organization, *, at: dt.datetime) -> QuerySet[RouteDecision]:
    """Every revision, newest first, with who keeps it now, ``is_in_doubt``, ``in_force_since`` and ``line``."""
    running = ForcePeriod.objects.filter(decision=OuterRef("pk"), ended_at__isnull=True)
    return (
        with_keepers(organization.decisions)
        .select_related("route", "keeper__user", "proposed_by", "sign_off")
        .annotate(
            is_in_doubt=Exists(RouteDecision.objects.filter(_is_in_doubt(at), pk=OuterRef("pk"))),
            in_force_since=Subquery(running.values("started_at")[:1]),
            line=line_of(organization, route="route_id"),
        )
        .order_by("-pk")
    )


def readable_statuses(rights: frozenset[Right]) -> tuple[str, ...]:
    """Which revisions somebody with these rights may read: everybody what is or was in force, few what is proposed."""
    return tuple(Status) if Right.PROPOSAL_VIEW in rights else DECIDED


def needs_reverification(organization: Organization, *, at: dt.datetime) -> QuerySet[RouteDecision]:
    """Decisions in force that rest on something a person judged materially changed. They stay in force, visibly."""
    return organization.decisions.filter(_is_in_doubt(at)).select_related("route", "keeper__user")


def doubts(snapshot: str, *, at: dt.datetime) -> ArraySubquery:
    """Why a decision needs re-verification, newest first: what was judged, when, and the change (of reviews) that was.

    :param snapshot: the column with what was signed.
    """
    found = Withdrawal.objects.filter(snapshot=OuterRef(snapshot), reopening__at__lte=at)
    found = found.exclude(reopening__undone_by__at__lte=at).order_by("-reopening")
    # Reviews keep what was judged; its row points here.
    columns = {"because": "reopening__because", "change": "reopening__assessment"}
    return ArraySubquery(found.values(row=JSONObject(**columns)))


def needs_second_person(organization: Organization) -> QuerySet[RouteDecision]:
    """Decisions that the only person approved alone, in an organization that has more people by now."""
    people = AccessPeriod.objects.open().filter(organization=organization).order_by("pk")
    return organization.decisions.filter(
        Exists(people[1:2]), status__in=HOLDING, sign_off__is_sole=True
    ).select_related("route")


def in_force(organization: Organization, *, at: dt.datetime) -> QuerySet[RouteDecision]:
    """The decisions that were in force at that moment, each with the ``line`` of its route and who keeps it now."""
    running = ForcePeriod.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at),
        Q(lapses_at__isnull=True) | Q(lapses_at__gt=at),
        decision=OuterRef("pk"),
        started_at__lte=at,
    )
    decisions = with_keepers(organization.decisions).annotate(line=line_of(organization, route="route_id"))
    return decisions.filter(Exists(running)).select_related("route", "keeper__user").order_by("route_id")


# Asked on every page of a person's list, so it is one text: put together by the ORM it took five times as long as it ran.
_COVERING = """
SELECT decision.*, accounts_keeper(decision.organization_id, decision.keeper_id) AS keeper_now_id,
       accounts_keeper_name(decision.organization_id, decision.keeper_id) AS keeper_name, period.line,
       governance_conditions(decision.sign_off_id, decision.conditions) AS bound_conditions,
       route.short_code, route.name, route.base_id, keeper.user_id AS keeper_user, person.name AS keeper_user_name, person.email AS keeper_user_email
FROM governance_routedecision decision
JOIN catalog_accessroute route ON route.id = decision.route_id
JOIN accounts_membership keeper ON keeper.id = decision.keeper_id
JOIN accounts_user person ON person.id = keeper.user_id
LEFT JOIN governance_forceperiod period ON period.organization_id = decision.organization_id
     AND period.route_id = decision.route_id AND period.ended_at IS NULL
WHERE decision.id = ANY (ARRAY(SELECT governance_covering(%(organization)s, %(team)s, %(job_role)s, %(at)s)))
ORDER BY decision.route_id
"""


def covering_decisions(
    organization: Organization, *, team_id: int | None, job_role_id: int | None, at: dt.datetime
) -> list[RouteDecision]:
    """The decisions in force with a line that covers this team and job role (``governance_covering``); one query.

    Each has the ``line`` of its route and who keeps it now; its route and whoever was named to keep it, by their names; and as
    its ``conditions`` all that bind, those of its signatures too.
    """
    place: dict[str, Any] = {"organization": organization.pk, "team": team_id, "job_role": job_role_id, "at": at}
    decisions = list(RouteDecision.objects.raw(_COVERING, place))
    for decision in decisions:
        read = vars(decision)
        decision.conditions = read["bound_conditions"]
        route = {name: read[name] for name in ("short_code", "name", "base_id")}
        decision.route = _partly(AccessRoute, id=decision.route_id, **route)
        decision.keeper = _partly(
            Membership, id=decision.keeper_id, user_id=read["keeper_user"], organization_id=organization.pk
        )
        decision.keeper.user = _partly(
            User, id=read["keeper_user"], name=read["keeper_user_name"], email=read["keeper_user_email"]
        )
    return decisions


def _partly(model: type[Row], **read: Any) -> Row:
    """A row of which only some fields were read; the others are read when they are asked for."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in read]
    return model.from_db(DEFAULT_DB_ALIAS, names, [read[name] for name in names])


def covers(*, team_id: int | None, job_role_id: int | None) -> Exists:
    """True where a line of the decision covers this team and job role."""
    teams = ScopeLineTeam.objects.filter(line=OuterRef("pk"))
    job_roles = ScopeLineJobRole.objects.filter(line=OuterRef("pk"))
    return Exists(
        ScopeLine.objects.filter(
            ~Exists(teams) | Exists(teams.filter(Q(team_id=team_id))),
            ~Exists(job_roles) | Exists(job_roles.filter(Q(job_role_id=job_role_id))),
            decision=OuterRef("pk"),
        )
    )


def is_all_suspended(organization: Organization, *, team_id: int | None, job_role_id: int | None) -> bool:
    """Whether something that allowed this team and job role a route is suspended and nothing allows them another."""
    held = organization.decisions.filter(
        covers(team_id=team_id, job_role_id=job_role_id), ~Q(outcome=RouteDecision.Outcome.NOT_ALLOWED)
    )
    return set(held.filter(status__in=HOLDING).values_list("status", flat=True)) == {Status.SUSPENDED}


def standing_decisions(
    organization: Organization, standing: Standing, *, route_ids: Iterable[int], rights: frozenset[Right]
) -> dict[int, list[RouteDecision]]:
    """By route: the revision that holds (first) and, for whom may read it, the one being prepared; each with ``covers_me`` and
    ``bound_conditions``, those of its signatures too."""
    mine = covers(team_id=standing.team_id, job_role_id=standing.job_role_id)
    decisions: dict[int, list[RouteDecision]] = {}
    current = {*HOLDING, *OPEN} & {*readable_statuses(rights)}
    found = with_keepers(organization.decisions).filter(route__in=route_ids, status__in=current)
    bound = BoundConditions("sign_off_id", "conditions")
    for decision in found.annotate(covers_me=mine, bound_conditions=bound).order_by("number"):
        decisions.setdefault(decision.route_id, []).append(decision)
    return decisions


def word_of(decisions: list[RouteDecision]) -> str:
    """The status of a route for the whole organization: what holds, else what is being prepared, else *not decided*."""
    if not decisions:
        return "not-decided"
    first = decisions[0]
    return first.outcome if first.status == Status.APPROVED else first.status


def place_of(decisions: list[RouteDecision]) -> int:
    """Where a route stands in a list: what holds first, then what is being prepared, then what nobody decided."""
    if not decisions:
        return 2
    return 0 if decisions[0].status in HOLDING else 1


def people_touched(decision: RouteDecision) -> int:
    """How many people of today its scope reaches."""
    return asked_memberships(decision.organization).filter(in_scope(scope_of(decision))).count()


def in_scope(scope: Iterable[Mapping[str, Any]]) -> Q:
    """True of the memberships that a scope reaches today; ``scope`` as ``submissions.scope_of`` gives it."""
    places = [_places(line) for line in scope]
    if any(not place for place in places):
        return Q(pk__isnull=False)
    return Q(Exists(Placement.objects.open().filter(_any_of(places), membership=OuterRef("pk"))))


def _places(line: Mapping[str, Any]) -> Q:
    place = Q()
    if line["teams"]:
        place &= Q(team__in=[row["id"] for row in line["teams"]])
    if line["job_roles"]:
        place &= Q(job_role__in=[row["id"] for row in line["job_roles"]])
    return place


def _any_of(conditions: Iterable[Q]) -> Q:
    joined = Q(pk__in=[])
    for condition in conditions:
        joined |= condition
    return joined


def _is_in_doubt(at: dt.datetime) -> Q:
    return Q(is_withdrawn("sign_off__snapshot_id", at=at), status__in=HOLDING)
