"""The way of a checklist: written, published, asked of people; where it stands, and whom it reaches."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklists.models import AssignmentRule, Checklist, ChecklistVersion

# The condition of a rule is that of ``checklists_required``, without the items: also before anything is published.
_REACHED = """
SELECT count(*) FROM checklists_placed(%(organization)s, NULL, %(at)s) person
WHERE EXISTS (
    SELECT FROM checklists_assignmentrule rule
    WHERE rule.checklist_id = %(checklist)s AND rule.started_at <= %(at)s
      AND (rule.ended_at IS NULL OR rule.ended_at > %(at)s)
      AND rule.id IS DISTINCT FROM %(without)s
      AND (rule.membership_id IS NULL OR rule.membership_id = person.membership_id)
      AND (rule.team_id IS NULL OR rule.team_id = person.team_id)
      AND (rule.job_role_id IS NULL OR rule.job_role_id = person.job_role_id)
      AND (rule.route_id IS NULL OR EXISTS (
            SELECT FROM governance_reach(%(organization)s, %(at)s) reach
            WHERE reach.route_id = rule.route_id AND reach.outcome <> 'not_allowed'
              AND (reach.team_id IS NULL OR reach.team_id = person.team_id)
              AND (reach.job_role_id IS NULL OR reach.job_role_id = person.job_role_id))))
"""


@dataclass(frozen=True)
class Station:
    """One step of the way, as ``components/line_progress.html`` takes it."""

    label: str
    state: str
    url: str
    note: str = ""


def people_reached(checklist: Checklist, *, at: dt.datetime, without: AssignmentRule | None = None) -> int:
    """How many people of today a personal checklist is asked of by the rules in force, settled or not. One query.

    :param without: a rule that is left out, as if it had ended.
    """
    ended = without.pk if without else None
    with connection.cursor() as cursor:
        cursor.execute(
            _REACHED,
            {"organization": checklist.organization_id, "checklist": checklist.pk, "at": at, "without": ended},
        )
        return int(cursor.fetchone()[0])


def is_published(checklist: Checklist) -> bool:
    """Whether people see a version of it."""
    return checklist.versions.filter(status=ChecklistVersion.Status.PUBLISHED).exists()


def may_be_discarded(draft: ChecklistVersion) -> bool:
    """Whether something is left of its checklist without this draft."""
    return ChecklistVersion.objects.filter(checklist=draft.checklist_id, published_at__isnull=False).exists()


def way_of(checklist: Checklist, *, has_rule: bool | None = None) -> list[Station]:
    """What is done and what comes next; nothing once it is published and asked of somebody. Two queries at most.

    :param has_rule: whether it is asked of somebody, where that is known already.
    """
    versions = dict(checklist.versions.values_list("status").annotate(Count("listed_items")))
    has_published = ChecklistVersion.Status.PUBLISHED in versions
    has_rule = checklist.rules.open().exists() if has_rule is None else has_rule
    if has_published and has_rule:
        return []
    questions = versions.get(ChecklistVersion.Status.DRAFT, 0)
    done = (has_published or questions > 0, has_published, has_rule)
    notes = (
        _questions(questions) if ChecklistVersion.Status.DRAFT in versions else "",
        _("Nobody sees it before."),
        _("Nobody is asked before."),
    )
    following = done.index(False)
    return [
        Station(
            label=label,
            state="done" if is_done else "current" if number == following else "to-do",
            url="" if is_done and number else reverse(name, args=[checklist.organization.slug, checklist.pk]),
            note="" if is_done and number else note,
        )
        for number, (label, name, is_done, note) in enumerate(zip(*_steps(), done, notes, strict=True))
    ]


def _steps() -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    labels = (_("Read and change the questions"), _("Publish it"), _("Say who has to answer it"))
    return labels, ("checklists:draft-edit", "checklists:checklist-publish", "checklists:checklist-assign")


def _questions(count: int) -> str:
    return ngettext("%(count)d question", "%(count)d questions", count) % {"count": count}
