"""Who would sign, who may, and for whom something waits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import (
    GROUPS_THAT_MUST_SIGN,
    AccessPeriod,
    GroupPeriod,
    Membership,
    Organization,
    SignOffGroup,
    User,
)
from audit.models import Snapshot
from governance.models import DecisionEditor, RouteDecision, Signature, SignOff, SignOffParty, SignOffStage
from governance.queries.conditions import conditions_laid


@dataclass(frozen=True)
class PlannedParty:
    """A user who would be listed for a stage, and whether they may sign it."""

    user: User
    may_sign: bool
    reason: str

    @property
    def reason_display(self) -> str:
        return str(SignOffParty.Reason(self.reason).label)


@dataclass(frozen=True)
class PlannedStage:
    """A stage that submitting would freeze."""

    group: SignOffGroup | None
    name: str
    parties: tuple[PlannedParty, ...]

    @property
    def able(self) -> set[UUID]:
        return {party.user.pk for party in self.parties if party.may_sign}


@dataclass(frozen=True)
class Plan:
    """What submitting would freeze; with an obstacle (a sentence) it would be refused.

    ``lacks``: the group into which somebody has to be invited first.
    ``people_asked``: how many people coming into force may ask again.
    """

    stages: tuple[PlannedStage, ...]
    is_sole: bool = False
    obstacle: str = ""
    people_asked: int = 0
    lacks: SignOffGroup | None = None


def plan_of(decision: RouteDecision, *, by: Membership, asked: QuerySet[Membership] | None = None) -> Plan:
    """The stages of a submission by this person now, in the order of the groups. Two queries.

    :param asked: whom it would ask again, to be counted along: :func:`governance.queries.asked_again.asked_again`.
    """
    members, editors, people_asked = _members_editors_asked(decision, asked)
    plan = plan_for(
        decision.organization, by=by, proposed_by=decision.proposed_by_id, editors=editors, is_sole=members == 1
    )
    return replace(plan, people_asked=people_asked)


def plan_for(
    organization: Organization,
    *,
    by: Membership,
    proposed_by: UUID,
    editors: Iterable[UUID],
    is_sole: bool | None = None,
) -> Plan:
    """The stages of submitting anything now, in the order of the groups: whatever the subject, it names who may not sign.

    :param by: who submits; they may not sign, nor may whoever proposed or edited it.
    :param is_sole: whether nobody else belongs to the organization; None looks (one query more).
    """
    if _is_alone(organization) if is_sole is None else is_sole:
        alone = PlannedParty(user=by.user, may_sign=True, reason=SignOffParty.Reason.SOLE)
        return Plan(stages=(PlannedStage(None, _("The only person"), (alone,)),), is_sole=True)
    barred: dict[UUID, str] = dict.fromkeys(editors, SignOffParty.Reason.EDITED)
    barred |= dict.fromkeys((proposed_by, by.user_id), SignOffParty.Reason.PROPOSED)
    stages = [_stage(group, users, barred) for group, users in members_of_groups(organization)]
    obstacle, lacks = _obstacle(organization, stages)
    return Plan(stages=tuple(stage for stage in stages if stage.able), obstacle=obstacle, lacks=lacks)


def _is_alone(organization: Organization) -> bool:
    return AccessPeriod.objects.open().filter(organization=organization).count() == 1


def members_of_groups(organization: Organization) -> list[tuple[SignOffGroup, list[User]]]:
    """The sign-off groups that have members, in order, with the users who belong to them and to the organization."""
    active = AccessPeriod.objects.open().filter(membership=OuterRef("membership"))
    periods = (
        GroupPeriod.objects.open()
        .filter(Exists(active), organization=organization, group__archived_at__isnull=True)
        .select_related("group", "membership__user")
        .order_by("group__position", "group_id", "membership__user__name", "membership_id")
    )
    return [
        (group, [period.membership.user for period in of_group])
        for group, of_group in groupby(periods, key=lambda period: period.group)
    ]


def _members_editors_asked(decision: RouteDecision, asked: QuerySet[Membership] | None) -> tuple[int, list[UUID], int]:
    members = AccessPeriod.objects.open().filter(organization=OuterRef("organization")).order_by()
    editors = DecisionEditor.objects.filter(decision=OuterRef("pk")).values("user_id")
    people = Membership.objects.none() if asked is None else asked.order_by()
    return (
        RouteDecision.objects.filter(pk=decision.pk)
        .annotate(
            members=Subquery(members.values("organization").values(count=Count("pk"))),
            editor_ids=ArraySubquery(editors),
            people_asked=Coalesce(Subquery(people.values("organization").values(count=Count("pk"))), 0),
        )
        .values_list("members", "editor_ids", "people_asked")
        .get()
    )


def _stage(group: SignOffGroup, members: list[User], barred: Mapping[UUID, str]) -> PlannedStage:
    parties = (
        PlannedParty(user, user.pk not in barred, barred.get(user.pk, SignOffParty.Reason.MEMBER)) for user in members
    )
    return PlannedStage(group, group.name, tuple(parties))


def _obstacle(organization: Organization, stages: list[PlannedStage]) -> tuple[str, SignOffGroup | None]:
    """Why nobody could sign it, and the group into which somebody has to be invited."""
    by_key = {stage.group.key: stage for stage in stages if stage.group}
    for key in GROUPS_THAT_MUST_SIGN:
        stage = by_key.get(key)
        if stage is None or not stage.parties:
            group = organization.sign_off_groups.get(key=key)
            text = _("Nobody is in the group %(group)s, which has to sign. Add somebody first.")
            return text % {"group": group.name}, group
        if not stage.able:
            text = _(
                "In the group %(group)s there are only people who proposed or edited this, and nobody signs what "
                "they proposed or edited. Add somebody else first."
            )
            return text % {"group": stage.name}, stage.group
    stuck = can_be_finished({stage.name: stage.able for stage in stages if stage.able})
    if stuck:
        text = _(
            "One person signs one stage, and for %(group)s nobody is left who does not have to sign for another "
            "group. Add somebody first."
        )
        return text % {"group": stuck}, next(stage.group for stage in stages if stage.name == stuck)
    return "", None


def can_be_finished(able: Mapping[str, set[UUID]]) -> str:
    """Whether every stage can be signed by somebody different: the name of one that can't, or the empty text.

    :param able: stage → the users who may sign it (augmenting paths; there are a handful of stages).
    """
    signs_for: dict[UUID, str] = {}

    def place(stage: str, tried: set[UUID]) -> bool:
        for user in sorted(able[stage] - tried):
            tried.add(user)
            if user not in signs_for or place(signs_for[user], tried):
                signs_for[user] = stage
                return True
        return False

    return next((stage for stage in able if not place(stage, set())), "")


def waiting_for(user: User | UUID, *, organization: Organization) -> QuerySet[SignOffStage]:
    """The stages that wait for this user's word now (``governance_waiting_for``), the oldest first."""
    user_id = user.pk if isinstance(user, User) else user
    waiting = RawSQL("SELECT governance_waiting_for(%s, %s)", [organization.pk, user_id])
    return SignOffStage.objects.filter(organization=organization, pk__in=waiting).order_by(
        "sign_off__submitted_at", "pk"
    )


def has_said(
    user_id: UUID, stage: SignOffStage, *, word: str, comment: str, conditions: Iterable[tuple[Any, ...]] = ()
) -> bool:
    """Whether this very word of this user stands on a stage already: with the same comment, under the same conditions.

    :param conditions: each as text, keeper, day, and whether it suspends.
    """
    found = Signature.objects.filter(stage=stage, user_id=user_id, word=word).select_related("comment").first()
    if found is None or comment.strip() != (found.comment.body if found.comment else ""):
        return False
    laid = found.conditions.order_by("position").values_list("text", "keeper_id", "due_on", "suspends")
    return list(laid) == list(conditions)


def stage_in_turn(sign_off: SignOff) -> SignOffStage | None:
    """The stage whose word a pending sign-off waits for."""
    if sign_off.outcome != SignOff.Outcome.PENDING:
        return None
    return sign_off.stages.filter(signature__isnull=True).order_by("position").first()


def has_been_joined(sign_off: SignOff) -> bool:
    """Whether an organization of one, whose only person was to approve this alone, has more people by now."""
    if not sign_off.is_sole or sign_off.outcome != SignOff.Outcome.PENDING:
        return False
    return AccessPeriod.objects.open().filter(organization_id=sign_off.organization_id).count() > 1


def stages_of(sign_off: SignOff | None, *, reader: UUID | None = None) -> list[SignOffStage]:
    """The frozen stages with their signatures, conditions and parties; none before submission. Two queries.

    Each has ``waits_for_reader`` (whether it is this user's turn) and ``laid`` (rows of ``queries.conditions.conditions_shown``).
    """
    if sign_off is None:
        return []
    parties = SignOffParty.objects.select_related("user").order_by("-may_sign", "user__name", "pk")
    waiting = RawSQL("SELECT governance_waiting_for(%s, %s)", [sign_off.organization_id, reader])
    stages = sign_off.stages.select_related(
        "signature__user", "signature__comment", "signature__snapshot", "signature__onward_snapshot"
    ).annotate(waits_for_reader=Q(pk__in=waiting), laid=conditions_laid())
    return list(stages.prefetch_related(Prefetch("parties", queryset=parties)))


def is_party(membership: Membership, stages: Iterable[SignOffStage]) -> bool:
    """Whether the frozen stages name this person as somebody who may sign; ``stages`` of :func:`stages_of`."""
    parties = (party for stage in stages for party in stage.parties.all())
    return any(party.user_id == membership.user_id and party.may_sign for party in parties)


def to_be_signed(sign_off: SignOff, stages: Iterable[SignOffStage] | None = None) -> Snapshot:
    """What the next word is bound to: what was frozen, with the conditions it was signed with so far.

    :param stages: of :func:`stages_of`, where they have been read already.
    """
    if stages is None:
        stages = sign_off.stages.select_related("signature__onward_snapshot")
    said = [stage.signature for stage in stages if hasattr(stage, "signature")]
    onward = [word.onward_snapshot for word in said if word.onward_snapshot]
    return onward[-1] if onward else sign_off.snapshot
