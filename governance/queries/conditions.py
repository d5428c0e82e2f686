"""The conditions of signatures: under a decision, on a page, and waiting for somebody."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.queries import KeeperName, KeeperNow
from governance.models import CarriedCondition, RouteDecision, SignatureCondition, SignOff

_OPEN = (RouteDecision.Status.DRAFT, RouteDecision.Status.SUBMITTED)


class BoundConditions(Func):
    """What people keep to under a decision, of the columns of its sign-off and its own words: those, then what it carries on,
    then its signatures'."""

    function = "governance_conditions"
    output_field = TextField()


_ROW: dict[str, Any] = {
    "id": "pk",
    "text": "text",
    "keeper_id": "keeper_id",
    "keeper": KeeperName(F("organization_id"), F("keeper_id")),
    "keeper_now": KeeperNow(F("organization_id"), F("keeper_id")),
    "due_on": "due_on",
    "suspends": "suspends",
    "met_at": "met_at",
    "met_by": "met_by__name",
    "met_text": "met_text__body",
    "met_link": "met_link__body",
}


def conditions_laid() -> ArraySubquery:
    """On stages: the conditions of each one's signature, as :func:`conditions_shown` reads them."""
    rows = SignatureCondition.objects.filter(signature__stage=OuterRef("pk")).order_by("position")
    return ArraySubquery(rows.values(row=JSONObject(**_ROW)))


def carried_rows(of: str) -> ArraySubquery:
    """The conditions of earlier signatures that go on under a decision, each with the stage and the revision that set it.

    :param of: the name of the decision's id, on whatever is annotated.
    """
    rows = SignatureCondition.objects.filter(carried_by__decision=OuterRef(of)).order_by("pk")
    about = {"group": "signature__stage__name", "number": "signature__sign_off__decision__number"}
    return ArraySubquery(rows.values(row=JSONObject(**_ROW, **about)))


def signed_rows(of: str) -> ArraySubquery:
    """The conditions of all signatures under a sign-off, each with its stage.

    :param of: the name of the sign-off's id, on whatever is annotated.
    """
    rows = SignatureCondition.objects.filter(signature__sign_off=OuterRef(of))
    rows = rows.order_by("signature__stage__position", "position")
    return ArraySubquery(rows.values(row=JSONObject(**_ROW, group="signature__stage__name")))


def binding_shown(decision: Any, *, today: dt.date) -> list[dict[str, Any]]:
    """What binds under a decision beside its own words, as :func:`conditions_shown` puts it.

    :param decision: with ``carried_rows`` and ``signed_rows``.
    """
    carried = decision.carried_rows if decision.outcome != RouteDecision.Outcome.NOT_ALLOWED else []
    signed = [_shown(row, row["group"], today, None) for row in decision.signed_rows]
    return [*carried_shown(carried, today=today), *signed]


def carried_shown(
    rows: Iterable[Mapping[str, Any]], *, today: dt.date, reader: int | None = None
) -> list[dict[str, Any]]:
    """The same with their state, as :func:`conditions_shown` puts them; ``rows`` of :func:`carried_rows`."""
    return [_shown(one, from_revision(one), today, reader) for one in rows]


def from_revision(said: Mapping[str, Any]) -> str:
    """Who set a condition, and in which revision."""
    return _("%(group)s, revision %(number)d") % said


class Binds(Func):
    """Whether a condition binds anybody."""

    function = "governance_binds"
    output_field = BooleanField()


def conditions_shown(stages: Iterable[Any], *, today: dt.date, reader: int | None = None) -> list[dict[str, Any]]:
    """The conditions of all signatures with their state in words of ``statuses``, stage by stage.

    :param stages: of ``sign_offs.stages_of``.
    :param reader: the membership that reads: ``is_mine`` is true of what waits for its word.
    """
    return [_shown(row, stage.name, today, reader) for stage in stages for row in stage.laid]


def _shown(row: Mapping[str, Any], group: str, today: dt.date, reader: int | None) -> dict[str, Any]:
    due_on = dt.date.fromisoformat(row["due_on"])
    is_met = row["met_at"] is not None
    return {
        **row,
        "group": group,
        "due_on": due_on,
        "met_at": dt.datetime.fromisoformat(row["met_at"]) if is_met else None,
        "status": "completed" if is_met else "overdue" if due_on < today else "to-do",
        "is_mine": not is_met and reader is not None and row["keeper_now"] == reader,
    }


def binding(organization: Organization) -> QuerySet[SignatureCondition]:
    """The conditions that nobody has said to be met, of what was signed and still holds, or is carried on by what does."""
    unmet = SignatureCondition.objects.filter(organization=organization, met_at__isnull=True)
    return unmet.filter(Binds("pk")).order_by("due_on", "pk")


def to_be_met(organization: Organization) -> QuerySet[SignatureCondition]:
    """Those whose keeper may say that they are met: they bind, or what is being prepared or signed waits for that word."""
    carried = CarriedCondition.objects.filter(organization=organization, decision__status__in=_OPEN)
    waits = Q(pk__in=carried.values("condition")) | Q(signature__sign_off__outcome=SignOff.Outcome.PENDING)
    return SignatureCondition.objects.filter(Q(Binds("pk")) | waits, organization=organization, met_at__isnull=True)


def conditions_for(membership: Membership) -> QuerySet[SignatureCondition]:
    """Those that wait for this person's word that they are met, the first due first."""
    mine = binding(membership.organization).annotate(keeper_now=KeeperNow("organization_id", "keeper_id"))
    return mine.filter(keeper_now=membership.pk)


def unmet_of(decision: RouteDecision, *, before: dt.date) -> QuerySet[SignatureCondition]:
    """The conditions that suspend a decision, because their day has passed and nobody has said they are met; what allows
    nothing is suspended by none: people would take that for permission."""
    if decision.outcome == RouteDecision.Outcome.NOT_ALLOWED:
        return SignatureCondition.objects.none()
    rows = SignatureCondition.objects.filter(under(decision), suspends=True, met_at__isnull=True, due_on__lt=before)
    return rows.order_by("due_on", "pk")


def under(decision: RouteDecision) -> Q:
    """True of the conditions that a decision was signed with or carries on."""
    carried = CarriedCondition.objects.filter(decision=decision)
    return Q(signature__sign_off__decision=decision) | Q(pk__in=carried.values("condition"))


def asks_again() -> Q:
    """True of decisions that ask people again who have answered: judged to matter by their proposer, who could not judge
    the conditions that were laid over their words afterwards; with any, it matters."""
    laid = SignatureCondition.objects.filter(signature__sign_off=OuterRef("sign_off"))
    return Q(is_material=True) | Q(Exists(laid))
