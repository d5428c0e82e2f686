"""What is asked no longer, and what is never going to be: archiving a checklist, taking it up again, discarding a draft."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit.actions import record
from checklists.actions.assignments import SETTLE_TASK, end_rule, lock_places
from checklists.actions.editing import begin_draft
from checklists.models import Checklist, ChecklistVersion
from checklists.queries.revisions import digest_of
from checklists.queries.way import may_be_discarded
from operations.bell import ring
from operations.errors import ActionRefused

Status = ChecklistVersion.Status


@transaction.atomic
def archive(*, checklist: Checklist, by: Membership, at: dt.datetime) -> None:
    """Retire a checklist: it vanishes from every list at once; answers stay.

    :raises ActionRefused: when it is archived already.
    """
    row = Checklist.objects.select_for_update().get(pk=checklist.pk, organization=by.organization)
    if row.archived_at is not None:
        raise ActionRefused(_("This checklist is archived already."))
    published = row.versions.filter(status=ChecklistVersion.Status.PUBLISHED)
    published.update(status=ChecklistVersion.Status.RETIRED, ended_at=at)
    row.archived_at = at
    row.save(update_fields=["archived_at"])
    _log("checklist.archived", row, by, at)
    ring(SETTLE_TASK)


@transaction.atomic
def take_up_again(*, checklist: Checklist, by: Membership, at: dt.datetime) -> ChecklistVersion:
    """An archived checklist once more, as the draft that was open then, else as one of what it asked last: nobody is asked
    before that is published. Rules of a team or a job role that was archived meanwhile end.

    :raises ActionRefused: when it is not archived.
    """
    row = Checklist.objects.select_for_update().get(pk=checklist.pk, organization=by.organization)
    if row.archived_at is None:
        raise ActionRefused(_("This checklist is taken up again already."))
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    _log("checklist.restored", row, by, at)
    _end_what_reaches_nobody(row, by, at)
    return begin_draft(checklist=row, by=by, at=at)


@transaction.atomic
def discard_draft(*, version: ChecklistVersion, by: Membership, at: dt.datetime, seen: str = "") -> None:
    """Give up a draft for good; what is published stays as it is, and the draft can be read in the database only.

    :param seen: the hash (``queries.revisions.digest_of``) of the draft that the page was about; empty where it knew none.
    :raises ActionRefused: when it is a draft no longer or another one by now, or nothing of its checklist was ever published.
    """
    checklist = Checklist.objects.select_for_update().get(pk=version.checklist_id, organization=by.organization)
    draft = checklist.versions.select_for_update().get(pk=version.pk)
    if draft.status != Status.DRAFT:
        raise ActionRefused(_("This draft is no draft any more."))
    if not may_be_discarded(draft):
        raise ActionRefused(_("Nothing else is left of this checklist: archive it instead."))
    if seen and seen != digest_of(draft.listed_items.select_related("revision")):
        raise ActionRefused(_("The draft has changed since you opened this page. Look at it again, then discard it."))
    draft.status, draft.ended_at = Status.DISCARDED, at
    draft.save(update_fields=["status", "ended_at"])
    _log("checklist.draft_discarded", checklist, by, at, version=draft.pk)


def _end_what_reaches_nobody(checklist: Checklist, by: Membership, at: dt.datetime) -> None:
    for rule in checklist.rules.open().select_related("team", "job_role").order_by("team_id", "job_role_id"):
        if any(place.archived_at for place in lock_places(rule.team, rule.job_role)):
            end_rule(rule=rule, by=by, at=at)


def _log(action: str, checklist: Checklist, by: Membership, at: dt.datetime, **data: int) -> None:
    target = f"checklist:{checklist.pk}"
    record(action, by=by.user_id, organization_id=by.organization_id, at=at, target=target, **data)
