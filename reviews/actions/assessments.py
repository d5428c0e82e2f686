"""Judging a change: editorial asks nobody again, material asks exactly those whose word rests on it."""

import datetime as dt
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit import actions as audit
from audit.models import FreeText, Reopening
from catalog.models import Fact
from operations import clock
from operations.errors import ActionRefused
from operations.sweeps import each
from operations.templatetags.dates import moment
from reviews import notices
from reviews.models import ChangeAssessment
from reviews.queries import judged_with

DAYS_TO_JUDGE = 7

# Shipped facts that have a newer revision than one that an organization's standing snapshots rest on, where the
# organization says nothing of its own about the fact and has not been asked about this revision yet.
CHANGED = """
FROM catalog_fact fact
JOIN audit_basis basis ON basis.key = 'fact:' || fact.key AND basis.revision < fact.id
JOIN accounts_organization organization ON organization.id = basis.organization_id AND organization.locked_at IS NULL
WHERE fact.organization_id IS NULL AND fact.superseded_at IS NULL
  AND NOT EXISTS (SELECT FROM audit_withdrawn(basis.organization_id, %(at)s) gone WHERE gone.snapshot_id = basis.snapshot_id)
  AND NOT EXISTS (SELECT FROM catalog_fact own WHERE own.organization_id = basis.organization_id AND own.key = fact.key)
  AND NOT EXISTS (SELECT FROM reviews_changeassessment asked WHERE asked.organization_id = basis.organization_id
                  AND asked.fact_key = fact.key AND asked.new_revision = fact.id)
"""
CONCERNED = "SELECT DISTINCT basis.organization_id" + CHANGED
OPENED = """
INSERT INTO reviews_changeassessment (organization_id, fact_key, old_revision, new_revision, keeper_id, opened_at, due_on, verdict)
SELECT basis.organization_id, fact.key, max(basis.revision), fact.id,
       accounts_keeper(basis.organization_id, (SELECT decision.keeper_id FROM governance_routedecision decision
        JOIN governance_signoff sign_off ON sign_off.id = decision.sign_off_id
        JOIN audit_basis rests ON rests.snapshot_id = sign_off.snapshot_id AND rests.key = 'fact:' || fact.key
        WHERE decision.organization_id = basis.organization_id AND decision.status = 'approved'
        ORDER BY decision.id DESC LIMIT 1)),
       %(at)s, (%(at)s::timestamptz AT TIME ZONE organization.timezone)::date + %(days)s, ''
{changed}
  AND basis.organization_id = %(organization)s
GROUP BY basis.organization_id, fact.key, fact.id, organization.timezone
ON CONFLICT (organization_id, fact_key, new_revision) DO NOTHING
RETURNING id, fact_key, new_revision
""".replace("{changed}", CHANGED)


def open_assessments_for_changed_facts(*, at: dt.datetime) -> int:
    """Put to judgement what a newer catalog changed under somebody's word; loading it re-opened nothing by itself.

    :raises SomeFailed: an organization's could not be opened; the others' are.
    """
    with connection.cursor() as cursor:
        cursor.execute(CONCERNED, {"at": at})
        concerned = [organization_id for (organization_id,) in cursor.fetchall()]
    return each((f"organization:{pk}", partial(_open_assessments, pk, at=at)) for pk in concerned)


@transaction.atomic
def _open_assessments(organization_id: UUID, *, at: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(OPENED, {"at": at, "days": DAYS_TO_JUDGE, "organization": organization_id})
        opened = cursor.fetchall()
    for pk, fact_key, new_revision in opened:
        audit.record(
            "assessment.opened",
            by=None,
            organization_id=organization_id,
            at=at,
            target=f"assessment:{pk}",
            fact=fact_key,
            revision=new_revision,
        )
    return len(opened)


@transaction.atomic
def record_change(
    *, by: Membership, fact_key: str, old_revision: int, new_revision: int, at: dt.datetime
) -> ChangeAssessment:
    """Open the assessment of a change that a person of the organization entered themselves."""
    today = clock.day_of(at, by.organization.timezone)
    assessment, _is_new = ChangeAssessment.objects.get_or_create(
        organization=by.organization,
        fact_key=fact_key,
        new_revision=new_revision,
        defaults={
            "old_revision": old_revision,
            "keeper": by,
            "opened_at": at,
            "due_on": today + dt.timedelta(days=DAYS_TO_JUDGE),
        },
    )
    audit.record(
        "assessment.opened",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"assessment:{assessment.pk}",
        fact=fact_key,
        revision=new_revision,
    )
    return assessment


@transaction.atomic
def judge(
    *, assessment: ChangeAssessment, by: Membership, verdict: str, because: str, due_on: dt.date | None, at: dt.datetime
) -> ChangeAssessment:
    """One person's verdict, once, on all changes of one fact that wait: whoever saw the last saw what came of them.

    :param assessment: the newest of them.
    :param due_on: until when those asked again have to answer; needed for *material*.
    :raises ActionRefused: when it was judged or the fact changed once more in the meantime, or the reason or the day is
        missing.
    """
    if not because.strip():
        raise ActionRefused(_("Write one sentence: why is it editorial, or why is it material?"))
    if verdict == ChangeAssessment.Verdict.MATERIAL and due_on is None:
        raise ActionRefused(_("Say until when people have to answer again."))
    audit.lock_exclusive(by.organization_id)
    *earlier, newest = _lock(assessment, by=by)
    text = audit.keep_text(because.strip(), organization_id=by.organization_id)
    if verdict == ChangeAssessment.Verdict.MATERIAL:
        newest.reopening = _reopen(newest, by=by, due_on=due_on, at=at)
    for row in (*earlier, newest):
        write_verdict(row, verdict=verdict, because=text, by=by, at=at)
    return newest


def _lock(assessment: ChangeAssessment, *, by: Membership) -> list[ChangeAssessment]:
    row = ChangeAssessment.objects.select_for_update().get(pk=assessment.pk, organization=by.organization)
    if row.verdict:
        words = {"person": row.judged_by, "when": moment(row.judged_at), "verdict": row.get_verdict_display()}
        raise ActionRefused(_("%(person)s has judged this change in the meantime, %(when)s. %(verdict)s.") % words)
    rows = list(judged_with(row).select_for_update())
    if rows[-1] != row:
        raise ActionRefused(
            _("It has changed once more since this page was opened. Look again, then judge it as a whole.")
        )
    return rows


def _reopen(row: ChangeAssessment, *, by: Membership, due_on: dt.date | None, at: dt.datetime) -> Reopening:
    return audit.reopen(
        organization_id=by.organization_id,
        key=f"fact:{row.fact_key}",
        below_revision=row.new_revision,
        by=by.user_id,
        at=at,
        due_on=due_on,
        because=_because(row),
    )


def write_verdict(row: ChangeAssessment, *, verdict: str, because: FreeText, by: Membership, at: dt.datetime) -> None:
    """Write down how a change was judged; nobody is reminded of it any more."""
    row.verdict, row.because, row.judged_by, row.judged_at = verdict, because, by.user, at
    row.save(update_fields=["verdict", "because", "judged_by", "judged_at", "reopening"])
    audit.record(
        "assessment.judged",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"assessment:{row.pk}",
        verdict=verdict,
        because_sha256=because.sha256,
    )
    notices.withdraw_assessment(row, at=at)


def _because(assessment: ChangeAssessment) -> str:
    """What whoever is asked again reads: who says something else, and about what."""
    fact = Fact.objects.select_related("topic", "route", "profile").get(pk=assessment.new_revision)
    about = {"topic": fact.topic, "about": fact.route or fact.profile}
    if fact.organization_id:
        return (
            _("We say something else now about “%(topic)s” (%(about)s), and the change was judged to matter.") % about
        )
    return (
        _("The vendor says something else now about “%(topic)s” (%(about)s), and the change was judged to matter.")
        % about
    )
