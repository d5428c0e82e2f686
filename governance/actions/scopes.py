"""What a decision covers, the kinds of data there are and what people use a tool for."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import JobRole, Membership, Organization, Team
from audit.actions import record, snapshot_digest
from governance.actions.drafts import lock_draft, note_editor
from governance.models import (
    DataClass,
    RouteDecision,
    ScopeLine,
    ScopeLineDataClass,
    ScopeLineJobRole,
    ScopeLineTeam,
    ScopeLineUse,
    Use,
)
from governance.queries.submissions import scope_of
from operations.errors import ActionRefused

# The words of a draft, besides its scope.
EDITABLE = ("outcome", "until", "why", "conditions", "permission_modes", "review_months", "keeper", "is_material")
SHIPPED = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class LineOfScope:
    """One line to write: *or* within each, *and* across them, empty is all; repositories one per text line."""

    team_ids: frozenset[int] = frozenset()
    job_role_ids: frozenset[int] = frozenset()
    use_ids: frozenset[int] = frozenset()
    data_class_ids: frozenset[int] = frozenset()
    repositories: str = ""


def ship_data_classes(*, organization: Organization) -> int:
    """Give an organization the data classes that ship and it does not have yet; what it renamed stays renamed.

    :returns: how many were added.
    """
    return _ship(DataClass, _shipped("data_classes"), organization)


def ship_uses(*, organization: Organization) -> int:
    """Give an organization the uses that ship and it does not have yet; what it renamed stays renamed.

    :returns: how many were added.
    """
    roles = dict(organization.job_roles.values_list("key", "pk"))
    shipped = _shipped("uses")
    for entry in shipped:
        entry["job_role_id"] = roles.get(entry.pop("job_role", ""))
    return _ship(Use, shipped, organization)


def _shipped(kind: str) -> list[dict[str, Any]]:
    return yaml.safe_load((SHIPPED / f"{kind}.yaml").read_text(encoding="utf-8"))[kind]


def _ship(model: Any, shipped: list[dict[str, Any]], organization: Organization) -> int:
    there = set(model.objects.filter(organization=organization).values_list("key", flat=True))
    rows = [
        model(organization=organization, position=10 * position, **entry)
        for position, entry in enumerate(shipped, start=1)
        if entry["key"] not in there
    ]
    return len(model.objects.bulk_create(rows, ignore_conflicts=True))


@transaction.atomic
def set_scope(
    *, decision: RouteDecision, lines: Sequence[LineOfScope], by: Membership, at: dt.datetime
) -> RouteDecision:
    """Replace the scope of a draft by these lines.

    :raises ActionRefused: when it is no draft, there is no line, or a line names what the organization has not.
    """
    decision = lock_draft(decision)
    if not lines:
        raise ActionRefused(_("A scope has at least one line; a line with nothing chosen covers everybody."))
    _check_ours(Team, decision, [line.team_ids for line in lines])
    _check_ours(JobRole, decision, [line.job_role_ids for line in lines])
    _check_ours(Use, decision, [line.use_ids for line in lines])
    _check_ours(DataClass, decision, [line.data_class_ids for line in lines])
    decision.scope_lines.all().delete()
    for position, line in enumerate(lines, start=1):
        _write(line, decision=decision, position=position)
    note_editor(decision, by=by, at=at)
    record(
        "decision.scope_set",
        by=by.user_id,
        organization_id=decision.organization_id,
        at=at,
        target=f"decision:{decision.pk}",
        lines=len(lines),
    )
    return decision


def lines_of(decision: RouteDecision) -> list[LineOfScope]:
    """The scope as it is written, in order."""
    return [
        LineOfScope(
            team_ids=frozenset(row["id"] for row in line["teams"]),
            job_role_ids=frozenset(row["id"] for row in line["job_roles"]),
            use_ids=frozenset(row["id"] for row in line["uses"]),
            data_class_ids=frozenset(row["id"] for row in line["data_classes"]),
            repositories="\n".join(line["repositories"]),
        )
        for line in scope_of(decision)
    ]


def stamp_of(decision: RouteDecision, lines: Sequence[LineOfScope]) -> str:
    """The hash of a draft as it stands. Its page carries it, so that nobody writes over words they have not seen.

    :param lines: of :func:`lines_of`.
    """
    words = {name: str(getattr(decision, name)) for name in (*EDITABLE, "keeper_id") if name != "keeper"}
    kinds = ("team_ids", "job_role_ids", "use_ids", "data_class_ids")
    ids = [[sorted(getattr(line, kind)) for kind in kinds] for line in lines]
    return snapshot_digest({**words, "scope": ids, "repositories": [line.repositories for line in lines]}, bases={})


def copy_scope(*, source: RouteDecision, target: RouteDecision) -> None:
    """Give a new draft the lines of another revision."""
    for position, line in enumerate(lines_of(source), start=1):
        _write(line, decision=target, position=position)


def _check_ours(model: type[models.Model], decision: RouteDecision, ids: Sequence[frozenset[int]]) -> None:
    asked = frozenset().union(*ids)
    found = model._default_manager.filter(organization_id=decision.organization_id, pk__in=asked).count()
    if found != len(asked):
        raise ActionRefused(
            _("The scope names a team, job role, use or kind of data that this organization does not have.")
        )


def _write(line: LineOfScope, *, decision: RouteDecision, position: int) -> None:
    organization_id = decision.organization_id
    row = ScopeLine.objects.create(
        organization_id=organization_id, decision=decision, position=position, repositories=line.repositories.strip()
    )
    ScopeLineTeam.objects.bulk_create(
        ScopeLineTeam(organization_id=organization_id, line=row, team_id=pk) for pk in sorted(line.team_ids)
    )
    ScopeLineJobRole.objects.bulk_create(
        ScopeLineJobRole(organization_id=organization_id, line=row, job_role_id=pk) for pk in sorted(line.job_role_ids)
    )
    ScopeLineUse.objects.bulk_create(
        ScopeLineUse(organization_id=organization_id, line=row, use_id=pk) for pk in sorted(line.use_ids)
    )
    ScopeLineDataClass.objects.bulk_create(
        ScopeLineDataClass(organization_id=organization_id, line=row, data_class_id=pk)
        for pk in sorted(line.data_class_ids)
    )
