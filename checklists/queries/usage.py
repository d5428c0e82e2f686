"""*What do you use today?*: what is asked, what one person said, what everybody may see of it, and what nobody decided."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import Membership, Organization
from accounts.queries import asked_memberships
from catalog.models import AccessRoute, Tool
from checklists.models import UsageCell, UsageInquiry, UsageReport, UsedTool

Said = tuple[Tool | None, str, str, tuple[str, ...]]

# Decided, or on its way to be, is one of the routes that it may be enough.
_UNDECIDED = """
SELECT tool.name, used.account, used.people, routes.ids
FROM ({used}) AS used (tool_id, account, people)
JOIN catalog_tool tool ON tool.id = used.tool_id
CROSS JOIN LATERAL (SELECT checklists_routes_used(%(organization)s, used.tool_id, used.account) AS ids) routes
WHERE NOT EXISTS (SELECT FROM governance_routedecision decision
                  WHERE decision.organization_id = %(organization)s AND decision.route_id = ANY (routes.ids)
                    AND decision.status IN ('draft', 'submitted', 'approved', 'suspended'))
ORDER BY used.people DESC, tool.name, used.account
"""
_SHOWN = """
SELECT tool_id, account, people FROM checklists_usagecell
WHERE inquiry_id = (SELECT max(id) FROM checklists_usageinquiry WHERE organization_id = %(organization)s) AND group_id IS NULL AND about = 'used' AND purpose = '' AND tool_id IS NOT NULL
"""
# For the keeper alone, who sees the names as well.
_SAID = """
SELECT used.tool_id, used.account, count(DISTINCT newest.membership_id)
FROM (SELECT DISTINCT ON (membership_id) id, membership_id FROM checklists_usagereport
      WHERE inquiry_id = %(inquiry)s ORDER BY membership_id, id DESC) newest
JOIN checklists_usedtool used ON used.report_id = newest.id AND used.tool_id IS NOT NULL GROUP BY 1, 2
"""


@dataclass(frozen=True)
class UsedUndecided:
    """A tool that is used with a kind of account, and no route of it that anybody has decided.

    :ivar people: how many at least; a multiple of five, but for the keeper, who may know the number itself.
    :ivar route_ids: the routes that it may be.
    """

    tool: str
    account: str
    people: int
    route_ids: tuple[int, ...]

    @property
    def account_word(self) -> str:
        return str(UsedTool.Account(self.account).label)

    def leads_to(self, slug: str) -> str:
        """Where it is decided: the page of the one route that it is, else those of this tool to choose from."""
        if len(self.route_ids) == 1:
            return reverse("governance:route-detail", args=[slug, self.route_ids[0]])
        return f"{reverse('governance:route-list', args=[slug])}?{urlencode({'text': self.tool})}"


@dataclass(frozen=True)
class ToolShown:
    """How many at least use a tool with a kind of account, and what for."""

    name: str
    account: str
    people: int
    purposes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class GroupShown:
    """What may be shown of one group: of a team, of (without a name) all the others, or of the organization.

    :ivar answered: how many at least have answered; 0 until five have.
    :ivar nothing: how many at least say that they use nothing; 0 where it is not shown.
    """

    team: str
    is_all: bool
    answered: int
    nothing: int
    tools: tuple[ToolShown, ...]


def newest_inquiry(organization: Organization) -> UsageInquiry | None:
    """What is asked, or was asked last, with its keeper."""
    return organization.usage_inquiries.select_related("keeper__user").order_by("-pk").first()


def newest_report(inquiry: UsageInquiry, membership: Membership) -> UsageReport | None:
    """What this person said last; it is what counts."""
    reports = UsageReport.objects.filter(inquiry=inquiry, membership=membership)
    return reports.select_related("group").order_by("-pk").first()


def said_in(report: UsageReport) -> set[Said]:
    """The tools of a report, comparable."""
    tools = report.tools.select_related("tool", "name")
    return {(one.tool, str(one.name or ""), one.account, tuple(one.purposes)) for one in tools}


def tools_to_choose(organization: Organization) -> QuerySet[Tool]:
    """Every tool of the catalog; ``is_likely`` where anybody can have got it by themselves."""
    consumer = AccessRoute.objects.filter(
        tool=OuterRef("pk"), tier=AccessRoute.Tier.CONSUMER, retired_at=None, organization=None
    )
    tools = Tool.objects.visible_to(organization).filter(retired_at=None)
    return tools.annotate(is_likely=Exists(consumer)).order_by("-is_likely", "name", "pk")


def tools_said(report: UsageReport, words: dict[str, str]) -> list[tuple[str, str, str]]:
    """The tools of a report as its page names them: what, with which account, what for."""
    return [
        (
            str(one.tool or one.name),
            str(one.get_account_display()),
            ", ".join(words.get(key, key) for key in one.purposes),
        )
        for one in report.tools.all()
    ]


def purposes_of(organization: Organization, *, job_role_id: int | None) -> list[tuple[str, str]]:
    """What for: key and words of the uses to choose from, those of everybody and of one job role."""
    uses = organization.uses.filter(Q(job_role=None) | Q(job_role=job_role_id), archived_at=None)
    return list(uses.values_list("key", "name"))


def purposes_in_words(organization: Organization) -> dict[str, str]:
    """Every use that anybody may have chosen, by its key."""
    return dict(organization.uses.values_list("key", "name"))


def shown(inquiry: UsageInquiry, *, team_ids: Collection[int] | None) -> list[GroupShown]:
    """Every group with the numbers that may be shown, the organization's first; three queries.

    :param team_ids: these teams only; None: the organization, every team that is counted by itself, and all the others.
    """
    cells = UsageCell.objects.filter(inquiry=inquiry).select_related("tool")
    groups = inquiry.groups.select_related("team").order_by(F("team__name").asc(nulls_last=True))
    if team_ids is not None:
        groups = groups.filter(team__in=team_ids)
        cells = cells.filter(group__in=groups)
    by_group: dict[int | None, list[UsageCell]] = {}
    for cell in cells.order_by("-people", "tool__name", "name", "account", "purpose"):
        by_group.setdefault(cell.group_id, []).append(cell)
    words = purposes_in_words(inquiry.organization)
    everybody = [] if team_ids is not None else [_group_shown("", by_group.get(None, []), words, is_all=True)]
    return everybody + [
        _group_shown(str(group.team or ""), by_group.get(group.pk, []), words, is_all=False) for group in groups
    ]


def used_undecided(organization: Organization) -> list[UsedUndecided]:
    """What is used by the newest inquiry and nobody decided, as far as counts may be shown; one query."""
    return _undecided(_SHOWN, organization=organization.pk)


def used_undecided_in_full(inquiry: UsageInquiry) -> list[UsedUndecided]:
    """The same from what each person said: for the keeper of the inquiry alone; one query."""
    return _undecided(_SAID, organization=inquiry.organization_id, inquiry=inquiry.pk)


def reports_by_name(inquiry: UsageInquiry) -> QuerySet[UsageReport]:
    """The newest report of each person, with the tools: for the keeper of the inquiry alone, once it is logged."""
    newer = UsageReport.objects.filter(inquiry=OuterRef("inquiry"), membership=OuterRef("membership"))
    reports = UsageReport.objects.filter(~Exists(newer.filter(pk__gt=OuterRef("pk"))), inquiry=inquiry)
    return reports.select_related("membership__user", "group__team").prefetch_related("tools__tool", "tools__name")


def _group_shown(team: str, cells: Sequence[UsageCell], words: dict[str, str], *, is_all: bool) -> GroupShown:
    numbers = {cell.about: cell.people for cell in cells if not cell.tool_id and not cell.name}
    purposes: dict[tuple[int | None, str, str], list[tuple[str, int]]] = {}
    for cell in cells:
        if cell.purpose:
            key = (cell.tool_id, cell.name, cell.account)
            purposes.setdefault(key, []).append((words.get(cell.purpose, cell.purpose), cell.people))
    tools = tuple(
        ToolShown(
            str(cell.tool or cell.name),
            str(cell.get_account_display()),
            cell.people,
            tuple(purposes.get((cell.tool_id, cell.name, cell.account), ())),
        )
        for cell in cells
        if (cell.tool_id or cell.name) and not cell.purpose
    )
    return GroupShown(team, is_all, numbers.get("answered", 0), numbers.get("nothing", 0), tools)


def _undecided(used: str, **who: Any) -> list[UsedUndecided]:
    with connection.cursor() as cursor:
        cursor.execute(_UNDECIDED.replace("{used}", used), who)
        rows = cursor.fetchall()
    return [UsedUndecided(name, account, people, tuple(ids or ())) for name, account, people, ids in rows]


def how_many_are_asked(organization: Organization) -> str:
    """How many people it is that are asked now, in a sentence."""
    count = asked_memberships(organization).count()
    return ngettext("%(count)d person is asked.", "%(count)d people are asked.", count) % {"count": count}


def keeper_of_roll_out(organization: Organization) -> Membership | None:
    """Whoever keeps the adoption review that runs: while it does, names go to them alone. Reviews stand above: by its name."""
    runs_it = Func(Value(organization.pk), function="reviews_runs_it", output_field=BigIntegerField())
    return Membership.objects.filter(organization=organization, pk=runs_it).select_related("user").first()
