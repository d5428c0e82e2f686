"""One revision among the others of its route: which holds, which is being prepared, and what signers said before."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import AccessPeriod
from accounts.queries import KeeperNow
from audit.models import FreeText
from governance.models import RouteDecision, Signature, SignOffStage
from governance.queries.agreements import EXPIRED, PaperShown, in_words
from governance.queries.conditions import unmet_of
from governance.queries.decisions import HOLDING, OPEN
from governance.queries.own_words import lacks_in_words, open_checks

Status = RouteDecision.Status


@dataclass(frozen=True)
class Others:
    """The revisions that matter to whoever reads one that is closed."""

    holding: RouteDecision | None = None
    open: RouteDecision | None = None


def others_of(decision: RouteDecision) -> Others:
    """The revision that holds and the one being prepared, unless they are this one; an open one asks nobody."""
    if decision.status in OPEN:
        return Others()
    found = RouteDecision.objects.filter(
        organization_id=decision.organization_id, route_id=decision.route_id, status__in=(*HOLDING, *OPEN)
    ).exclude(pk=decision.pk)
    by_kind = {other.status in OPEN: other for other in found}
    return Others(holding=by_kind.get(False), open=by_kind.get(True))


@dataclass(frozen=True)
class Refusal:
    """Somebody's word that sent a revision back or rejected it, with what they wrote."""

    sign_off_id: int
    person: str
    group: str
    number: int
    is_rejection: bool
    comment: FreeText | None


def earlier_words(decision: RouteDecision, *, reader: UUID | None = None) -> list[Signature]:
    """The newest word on an earlier revision, and the newest one of this reader where they said another. One query."""
    words = Signature.objects.filter(
        organization_id=decision.organization_id,
        sign_off__decision__route_id=decision.route_id,
        sign_off__decision__number__lt=decision.number,
    ).order_by("-pk")
    newest, own = words.values("pk")[:1], words.filter(user=reader).values("pk")[:1]
    return list(
        words.filter(Q(pk=newest) | Q(pk=own)).select_related(
            "user", "comment", "stage", "snapshot", "onward_snapshot", "sign_off__decision"
        )
    )


def refusal_of(decision: RouteDecision, stages: list[SignOffStage]) -> Refusal | None:
    """The refusal of this revision, or the one that a draft or a submission answers. At most one query.

    :param stages: of :func:`governance.queries.sign_offs.stages_of`; none for a draft.
    """
    if decision.status in {Status.CHANGES_ASKED, Status.REJECTED}:
        said = (stage.signature for stage in stages if hasattr(stage, "signature"))
        return next(_refusal(word, decision) for word in said if word.word != Signature.Word.SIGNED)
    return refusal_in(earlier_words(decision)) if decision.status in OPEN else None


def refusal_in(words: list[Signature]) -> Refusal | None:
    """The newest word on an earlier revision, unless that was a signature; ``words`` from :func:`earlier_words`."""
    if not words or words[0].word == Signature.Word.SIGNED:
        return None
    return _refusal(words[0], words[0].sign_off.decision)


def _refusal(word: Signature, decision: RouteDecision) -> Refusal:
    return Refusal(
        sign_off_id=word.sign_off_id,
        person=str(word.user),
        group=word.stage.name,
        number=decision.number,
        is_rejection=word.word == Signature.Word.REJECTED,
        comment=word.comment,
    )


def with_people(decisions: QuerySet[RouteDecision]) -> QuerySet[RouteDecision]:
    """The same decisions, with ``has_keeper`` and ``has_proposer``: whether they still keep it, and still belong here."""
    here = AccessPeriod.objects.open().filter(organization=OuterRef("organization"))
    return decisions.annotate(
        has_keeper=Q(keeper=KeeperNow("organization_id", "keeper_id")),
        has_proposer=Exists(here.filter(membership__user=OuterRef("proposed_by"))),
    )


def obstacle_to_move(decision: RouteDecision, to: str) -> str:
    """Why the transition table does not let the decision move there; nothing where it does."""
    if decision.can_move_to(to):
        return ""
    words = {"now": decision.get_status_display(), "then": Status(to).label}
    return _("This decision is “%(now)s”; from there it can't become “%(then)s”.") % words


def obstacle_to_resumption(decision: RouteDecision, *, on: dt.date) -> str:
    """Why it can't be resumed; nothing where it can. A submission becomes approved too, but by its signatures. One query.

    :param on: today, where the organization is.
    """
    if decision.status != Status.SUSPENDED:
        words = {"status": decision.get_status_display()}
        return _("Only a suspended decision can be resumed; this one is “%(status)s”.") % words
    if decision.until and decision.until < on:
        return _("The date until which it was allowed has passed. Propose a new revision.")
    return obstacle_of_conditions(decision, on=on)


def obstacle_of_conditions(decision: RouteDecision, *, on: dt.date) -> str:
    """Why it can't be put in force without being suspended the next moment; nothing where it can. One query.

    :param on: today, where the organization is.
    """
    return _to_meet("; ".join(one.text for one in unmet)) if (unmet := unmet_of(decision, before=on)) else ""


def _to_meet(text: str) -> str:
    return _("First its keeper says that this is met: %(text)s") % {"text": text}


def obstacle_to_withdrawal(decision: RouteDecision, *, user_id: UUID, has_proposer: bool) -> str:
    """Why this person can't take it back: its proposer and whoever submitted it can, a colleague once the first left.

    :param has_proposer: of :func:`with_people`.
    """
    if obstacle := obstacle_to_move(decision, Status.WITHDRAWN):
        return obstacle
    submitter = decision.sign_off.submitted_by_id if decision.sign_off else None
    if has_proposer and user_id not in {decision.proposed_by_id, submitter}:
        return _("Only %(person)s, who proposed it, can withdraw it.") % {"person": decision.proposed_by}
    return ""


@dataclass(frozen=True)
class Missing:
    """What a draft lacks before it can be submitted, and the field of its form to look at, or the check of its route, or
    which kind of paper, or which condition."""

    text: str
    field: str = ""
    check: str = ""
    paper: str = ""
    condition: int | None = None


def _lapsed(paper: PaperShown) -> str:
    return _("%(paper)s: it has run out. Say how it stands now.") % {"paper": paper.name}


def missing_of(decision: RouteDecision, *, content: Mapping[str, Any], has_keeper: bool, on: dt.date) -> list[Missing]:
    """Everything a draft lacks; with nothing missing it can be submitted, if there is somebody to sign it.

    What allows something rests on facts that can be relied on, or on our own word, and on no paper that has run out; and no
    condition that it carries on would suspend it at once.

    :param content: what would be frozen, of :func:`governance.queries.submissions.frozen_content`.
    :param has_keeper: of :func:`with_people`.
    :param on: today, where the organization is.
    """
    checks = {
        "id_until": (not decision.until or decision.until >= on, _("The date until which it is allowed has passed.")),
        "id_why": (decision.why.strip(), _("Say why before you submit: it is what people sign.")),
        "id_keeper": (has_keeper, _("The keeper has left or manages no longer: choose somebody who does.")),
        "scope": (content["scope"], _("Say for whom before you submit: the scope has no line yet.")),
    }
    missing = [Missing(text, field) for field, (is_there, text) in checks.items() if not is_there]
    if decision.outcome == RouteDecision.Outcome.NOT_ALLOWED:
        return missing
    late = [one for one in content["carries_on"] if one["suspends"] and one["due_on"] < on.isoformat()]
    missing += [Missing(_to_meet(one["text"]), condition=one["condition"]) for one in late]
    papers = in_words(content["agreements"], people={}, on=on)
    missing += [Missing(_lapsed(paper), paper=paper.kind) for paper in papers if paper.state == EXPIRED]
    in_doubt = groupby(open_checks(content["facts"], on=on), key=lambda one: one.check)
    return missing + [Missing(lacks_in_words(list(found)), check=check.slug) for check, found in in_doubt]
