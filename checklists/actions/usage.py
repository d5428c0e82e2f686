"""*What do you use today?*: asking everybody, saying it, closing, and showing names to the one who was named."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.queries import may_keep
from audit.actions import keep_text, record
from catalog.models import Tool
from checklists import notices
from checklists.models import UsageGroup, UsageInquiry, UsageReminder, UsageReport, UsedTool
from checklists.queries.usage import keeper_of_roll_out, newest_report, said_in
from operations import clock
from operations.errors import ActionRefused
from operations.sweeps import each

# A team that can show a number has five who said something, and five who did not.
_GROUPS = """
INSERT INTO checklists_usagegroup (organization_id, inquiry_id, team_id, counted_to)
SELECT inquiry.organization_id, inquiry.id, place.team_id, 0
FROM checklists_usageinquiry inquiry
JOIN accounts_placement place ON place.organization_id = inquiry.organization_id AND place.ended_at IS NULL
JOIN accounts_accessperiod access ON access.membership_id = place.membership_id AND access.ended_at IS NULL
WHERE inquiry.id = %(inquiry)s AND place.team_id IS NOT NULL
GROUP BY 1, 2, 3 HAVING count(*) >= 10
UNION ALL
SELECT organization_id, id, NULL, 0 FROM checklists_usageinquiry WHERE id = %(inquiry)s
"""


@dataclass(frozen=True)
class Used:
    """One tool somebody says they use: of the catalog, or by the name they typed.

    :ivar account: a value of ``UsedTool.Account``.
    :ivar purposes: keys of what for; none is an answer too.
    """

    account: str
    tool: Tool | None = None
    name: str = ""
    purposes: tuple[str, ...] = ()


@transaction.atomic
def ask_what_is_used(*, keeper: Membership, due_on: dt.date, by: Membership, at: dt.datetime) -> UsageInquiry:
    """Ask everybody, and whoever joins until it is closed, what they use today; each is told, set-wise.

    :param keeper: the one who sees names: named above the question, and the same until the end.
    :raises ActionRefused: it is asked already, the keeper can't keep anything, or the day has passed.
    """
    organization = by.organization
    if not may_keep(organization).filter(pk=keeper.pk).exists():
        raise ActionRefused(_("Choose somebody who manages here: they see the names."))
    runs_it = keeper_of_roll_out(organization)
    if runs_it and runs_it.pk != keeper.pk:
        raise ActionRefused(
            _("%(person)s keeps the adoption review that runs: names go to them.") % {"person": runs_it}
        )
    if due_on < clock.day_of(at, organization.timezone):
        raise ActionRefused(_("This day has passed: choose today or a later one."))
    inquiry = _begin(keeper, due_on, by, at)
    with connection.cursor() as cursor:
        cursor.execute(_GROUPS, {"inquiry": inquiry.pk})
    UsageReminder.objects.create(inquiry=inquiry, organization=organization, next_on=dt.date.min)
    _log("asked", inquiry, by, at, keeper=keeper.pk)
    notices.tell_about_usage(organization, at=at)
    return inquiry


@transaction.atomic
def say_what_is_used(*, membership: Membership, used: Sequence[Used], at: dt.datetime) -> UsageReport:
    """What somebody uses, or (with nothing in ``used``) that they use nothing; the newest counts while it is open.

    The same said twice, as by a double click, is one.

    :raises ActionRefused: when nothing is asked any more.
    """
    inquiry = _open_inquiry(membership)
    before = newest_report(inquiry, membership)
    if before and said_in(before) == {(one.tool, one.name.strip(), one.account, one.purposes) for one in used}:
        return before
    group = before.group if before else _group_of(inquiry, membership)
    report = UsageReport.objects.create(
        organization=inquiry.organization, inquiry=inquiry, group=group, membership=membership, at=at
    )
    UsedTool.objects.bulk_create(_used(report, one) for one in used)
    _log("told", inquiry, membership, at, report=report.pk)
    notices.withdraw_usage(inquiry, at=at, recipient=membership)
    return report


@transaction.atomic
def close_inquiry(*, inquiry: UsageInquiry, by: Membership, at: dt.datetime) -> UsageInquiry:
    """Ask nobody any more. What was said stays; the counts are brought up to date.

    :raises ActionRefused: when it is closed already.
    """
    list(UsageReminder.objects.select_for_update().filter(inquiry=inquiry))
    row = UsageInquiry.objects.select_for_update().get(pk=inquiry.pk, organization=by.organization)
    if row.closed_at is not None:
        raise ActionRefused(_("This is closed already."))
    UsageReminder.objects.filter(inquiry=row).delete()
    row.closed_at, row.closed_by = at, by.user
    row.save(update_fields=["closed_at", "closed_by"])
    _log("closed", row, by, at)
    notices.withdraw_usage(row, at=at)
    count_one(row.pk)
    return row


@transaction.atomic
def show_names(*, inquiry: UsageInquiry, by: Membership, at: dt.datetime) -> None:
    """Log that the keeper opens who uses what, before it is shown; nobody stands in for them.

    :raises ActionRefused: for everybody else.
    """
    if inquiry.keeper_id != by.pk:
        raise ActionRefused(_("Names are shown to the one who was named above the question only."))
    _log("names_shown", inquiry, by, at)


def count_usage() -> int:
    """Bring the counts of everything that is being asked up to date; returns how many groups moved. Safe to run twice.

    :raises SomeFailed: one inquiry could not be counted; the others are.
    """
    asked = UsageReminder.objects.filter(organization__locked_at__isnull=True).values_list("inquiry_id", flat=True)
    return each((f"usage:{pk}", partial(count_one, pk)) for pk in list(asked))


@transaction.atomic
def count_one(inquiry_id: int) -> int:
    """Count what was said to one inquiry, by the rule of ``checklists_count_usage``; returns how many groups moved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT checklists_count_usage(%s)", [inquiry_id])
        return int(cursor.fetchone()[0])


def _begin(keeper: Membership, due_on: dt.date, by: Membership, at: dt.datetime) -> UsageInquiry:
    try:
        with transaction.atomic():
            return UsageInquiry.objects.create(
                organization=by.organization, keeper=keeper, due_on=due_on, asked_at=at, asked_by=by.user
            )
    except IntegrityError as error:
        raise ActionRefused(_("Everybody is being asked already.")) from error


def _open_inquiry(membership: Membership) -> UsageInquiry:
    """What is asked now, held open until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inquiry_id FROM checklists_usagereminder WHERE organization_id = %s FOR SHARE",
            [membership.organization_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise ActionRefused(_("Nobody is asked this any more; nothing was saved."))
    return UsageInquiry.objects.select_related("organization").get(pk=row[0])


def _group_of(inquiry: UsageInquiry, membership: Membership) -> UsageGroup:
    """The group of where they work now; everyone else's, where that is not counted by itself."""
    placed = membership.placements.open().values("team")
    groups = UsageGroup.objects.filter(inquiry=inquiry)
    return groups.filter(team__in=placed).first() or groups.get(team=None)


def _used(report: UsageReport, one: Used) -> UsedTool:
    name = None if one.tool else keep_text(one.name.strip(), organization_id=report.organization_id)
    return UsedTool(
        organization_id=report.organization_id,
        report=report,
        tool=one.tool,
        name=name,
        account=one.account,
        purposes=list(one.purposes),
    )


def _log(verb: str, inquiry: UsageInquiry, by: Membership, at: dt.datetime, **ids: int) -> None:
    """Ids only: what somebody uses stands in no event."""
    record(
        f"usage.{verb}",
        by=by.user_id,
        organization_id=inquiry.organization_id,
        at=at,
        target=f"usage:{inquiry.pk}",
        **ids,
    )
