"""Who has to answer what: rules are added and closed, never changed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.locks import lock_job_role, lock_team
from accounts.models import JobRole, Membership, Team
from accounts.queries import asked_memberships
from audit.actions import keep_text, record
from audit.models import FreeText
from catalog.models import AccessRoute
from checklists.models import AssignmentRule, Checklist
from operations.bell import ring
from operations.errors import ActionRefused

SETTLE_TASK = "checklists.settle"
MOST_PICKED = 50


@transaction.atomic
def assign(
    *,
    checklist: Checklist,
    by: Membership,
    at: dt.datetime,
    team: Team | None = None,
    job_role: JobRole | None = None,
    route: AccessRoute | None = None,
    due_days: int = 14,
    due_on: dt.date | None = None,
) -> AssignmentRule:
    """Ask a checklist of everyone, or of a team, a job role, people whose routes include one; also of who joins later.

    :param due_days: days to answer, from when it is first asked of a person; ``due_on`` names a day instead.
    :raises ActionRefused: when the same rule is in force already; or the checklist, the team or the job role is archived.
    """
    if lock_checklist(checklist, by).archived_at is not None:
        raise ActionRefused(_("This checklist is archived."))
    if checklist.kind == Checklist.Kind.SHARED and (job_role or route):
        raise ActionRefused(_("A shared checklist is answered once, by the organization or by a team."))
    for place in lock_places(team, job_role):
        if place.archived_at is not None:
            raise ActionRefused(_("“%(name)s” is archived.") % {"name": place.name})
    about = {"team": team, "job_role": job_role, "route": route}
    rule = _begin(checklist, by, at, due_days=due_days, due_on=due_on, **about)
    record(
        "checklist.assigned",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"checklist:{checklist.pk}",
        rule=rule.pk,
        **{name: one.pk if one else None for name, one in about.items()},
    )
    ring(SETTLE_TASK)
    return rule


@transaction.atomic
def ask_people(
    *,
    checklist: Checklist,
    people: Sequence[Membership],
    reason: str,
    by: Membership,
    at: dt.datetime,
    due_days: int = 14,
    due_on: dt.date | None = None,
) -> list[AssignmentRule]:
    """Ask a checklist of people picked one by one, besides what the rules ask of them: each has a rule, and a reason, of their
    own. Whoever is asked by name already is left as they are.

    :param people: at most ``MOST_PICKED`` members of this organization, none of them a guest.
    :raises ActionRefused: without a reason, of nobody new, of too many; or the checklist is archived or answered once.
    """
    if lock_checklist(checklist, by).archived_at is not None:
        raise ActionRefused(_("This checklist is archived."))
    if checklist.kind == Checklist.Kind.SHARED:
        raise ActionRefused(_("A shared checklist is answered once, by the organization or by a team."))
    if not reason.strip():
        raise ActionRefused(_("Say why: they read it on their list."))
    if len(people) > MOST_PICKED:
        raise ActionRefused(
            _("Up to %(most)d people are picked by name; ask a team or a job role.") % {"most": MOST_PICKED}
        )
    asked = set(checklist.rules.open().filter(membership__in=people).values_list("membership", flat=True))
    anew = asked_memberships(by.organization).filter(pk__in=[one.pk for one in people if one.pk not in asked])
    rules = [
        _begin(checklist, by, at, membership=one, reason=_kept(reason, by), due_days=due_days, due_on=due_on)
        for one in anew.order_by("pk")
    ]
    if not rules:
        raise ActionRefused(_("They are asked this already."))
    for rule in rules:
        record(
            "checklist.asked_of",
            by=by.user_id,
            organization_id=by.organization_id,
            at=at,
            target=f"membership:{rule.membership_id}",
            checklist=checklist.pk,
            rule=rule.pk,
            reason_sha256=rule.reason.sha256 if rule.reason else "",
        )
    ring(SETTLE_TASK)
    return rules


def _kept(reason: str, by: Membership) -> FreeText:
    """Each person's own row: erased with them, and with nobody else."""
    return keep_text(reason.strip(), organization_id=by.organization_id)


@transaction.atomic
def end_rule(*, rule: AssignmentRule, by: Membership, at: dt.datetime) -> None:
    """Stop asking: whoever was asked by this rule alone has nothing open from it any more; answers stay.

    :raises ActionRefused: when it has ended already.
    """
    row = AssignmentRule.objects.select_for_update().get(pk=rule.pk, organization=by.organization)
    if row.ended_at is not None:
        raise ActionRefused(_("This assignment has ended already."))
    row.ended_at, row.ended_by = at, by.user
    row.save(update_fields=["ended_at", "ended_by"])
    record(
        "checklist.unassigned",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"checklist:{row.checklist_id}",
        rule=row.pk,
    )
    ring(SETTLE_TASK)


def lock_checklist(checklist: Checklist, by: Membership) -> Checklist:
    """It is neither archived nor taken up again while a rule begins."""
    return Checklist.objects.select_for_update(no_key=True).get(pk=checklist.pk, organization=by.organization)


def lock_places(team: Team | None, job_role: JobRole | None) -> list[Team | JobRole]:
    """Whom a rule names; they are archived before or after, and then not without looking at the rule."""
    return [*([lock_team(team)] if team else []), *([lock_job_role(job_role)] if job_role else [])]


def _begin(checklist: Checklist, by: Membership, at: dt.datetime, **words: Any) -> AssignmentRule:
    try:
        with transaction.atomic():
            return AssignmentRule.objects.create(
                organization=by.organization, checklist=checklist, started_at=at, started_by=by.user, **words
            )
    except IntegrityError as error:
        raise ActionRefused(_("This checklist is assigned to them already.")) from error
