"""Everything that waits for one person's hand, of every app, oldest and due first."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from governance.queries.own_words import CHECKS
from operations import clock
from operations.templatetags.dates import day, relative_day
from reviews.queries.adoption import running_review, terms_of
from reviews.queries.board import Row, board_of

SHOWN = 100
# What is planned for later does not wait yet.
SOON = dt.timedelta(days=14)

_WAITING = """
SELECT * FROM home_waiting(
    %(organization)s, %(member)s, %(user)s, moment => %(at)s, zone => %(zone)s, soon => %(soon)s, most => %(most)s)
"""

# What is about a week of changed policies, which stands where others say whom they are about.
WEEKS = ("policies", "legal")
# By kind: the page on which it is done. A sign-off's address leads to the page of what is signed.
_PAGES = {
    "sign-off": "governance:sign-off-sign",
    "condition": "governance:condition-meet",
    "review": "reviews:review-close",
    "change": "reviews:assessment-judge",
    "policies": "reviews:policy-assessment",
    "legal": "reviews:policy-assessment",
    "question": "checklists:question-answer",
    "draft": "governance:decision-edit",
    "verdict": "reviews:verdict-propose",
    "comment": "governance:sign-off-comment",
}


@dataclass(frozen=True)
class Thing:
    """One thing that waits for this person: what it is called, what is wanted, and the page on which it is done.

    :ivar when: the day it is due, or since when it waits: the order in which to do it.
    :ivar key: names it among the person's things for as long as it waits; ``due_on``: None where it has no day.
    """

    kind: str
    title: str
    code: str
    hint: str
    status: str
    url: str
    when: dt.date
    key: str
    due_on: dt.date | None


@dataclass(frozen=True)
class Inbox:
    """What waits, in the order in which to do it, and whether there is more than is shown."""

    things: list[Thing]
    has_more: bool


def inbox_of(membership: Membership, *, at: dt.datetime, runs_it: bool) -> Inbox:
    """Everything that waits for this person now; one query, and three more for whoever may look after the roll-out.

    :param runs_it: whether questions of the adoption review may be theirs.
    """
    organization = membership.organization
    today = clock.day_of(at, organization.timezone)
    who: dict[str, Any] = {
        "organization": organization.pk,
        "member": membership.pk,
        "user": membership.user_id,
        "zone": organization.timezone,
        "at": at,
        "soon": today + SOON,
        "most": SHOWN + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, who)
        rows = cursor.fetchall()
    things = [_thing(organization, today, *row) for row in rows]
    if runs_it:
        things = sorted([*things, *_on_board(membership, at=at, today=today)], key=lambda thing: thing.when)
    return Inbox(things[:SHOWN], len(things) > SHOWN)


def _on_board(membership: Membership, *, at: dt.datetime, today: dt.date) -> list[Thing]:
    """The questions of the running adoption review that this person looks after and that are due soon or late; those of a
    group wait for whoever keeps the review, who asks the group."""
    organization = membership.organization
    review = running_review(organization)
    if review is None:
        return []
    terms = terms_of(review, at=at)
    board = board_of(organization, review.pk, begun_at=review.begun_at, target_on=terms.target_on, at=at)
    mine = [row for row in board.open if (terms.keeper_id if row.group_id else row.member_id) == membership.pk]
    return [
        Thing(
            kind="board",
            title=row.question,
            code="",
            hint=f"{_waits_for(row, terms.name)} {_due(row.due_on, today)}",
            status=row.status(today),
            url=reverse("reviews:board-item", args=[organization.slug, review.pk, row.item_id]),
            when=row.due_on,
            key=f"board-{review.pk}-{row.item_id}",
            due_on=row.due_on,
        )
        for row in mine
        if row.due_on <= today + SOON
    ]


def _waits_for(row: Row, review: str) -> str:
    return _("Waits for %(group)s.") % {"group": row.keeper} if row.group_id else f"{review}."


def _thing(
    organization: Organization,
    today: dt.date,
    kind: str,
    pk: int,
    title: str,
    code: str,
    about: str,
    since: dt.datetime,
    due: Any,
) -> Thing:
    wanted = {
        "sign-off": _("Sign for %(about)s, or say why not."),
        "condition": _("Say that this condition of %(about)s is met."),
        "review": _("Does it still hold? One sentence is enough."),
        "change": _("Judge whether this change matters."),
        "policies": _("Judge what matters of it."),
        "legal": _("Somebody asks Legal to look at what a vendor changed."),
        "question": _("%(about)s asks you."),
        "draft": _("%(about)s asked for changes to your proposal."),
        "verdict": _("%(about)s did not sign it as you proposed it."),
        "comment": _("Somebody commented on a line of what you submitted."),
        "vendor": _("What they answered closes it."),
        "shared": _("Questions that are answered once, and open: %(about)s."),
    }[kind] % {"about": about}
    since_on = clock.day_of(since, organization.timezone)
    when = _due(due, today) if due else _("Since %(day)s.") % {"day": day(since_on)}
    status = "overdue" if due and due < today else "to-do"
    if kind in WEEKS:
        title = _("Policies, week of %(day)s") % {"day": day(dt.date.fromisoformat(about))}
    if kind == "vendor":
        title = _("Asked: %(whom)s") % {"whom": title}
    return Thing(
        kind=kind,
        title=title,
        code=code,
        hint=f"{wanted} {when}",
        status=status,
        url=_page(organization.slug, kind, pk, about),
        when=due or since_on,
        key=f"{kind}-{pk}-{about}" if kind == "vendor" else f"{kind}-{pk}",
        due_on=due,
    )


def _due(due: dt.date, today: dt.date) -> str:
    return _("Due %(day)s.") % {"day": relative_day(due, today)}


def _page(slug: str, kind: str, pk: int | None, about: str) -> str:
    if kind == "shared":
        return reverse("checklists:shared-list", args=[slug])
    if kind == "vendor":
        check = next((one.slug for one in CHECKS if about in one.topics), None)
        if pk is None or check is None:
            return reverse("governance:route-list", args=[slug])
        return reverse("governance:facts-check", args=[slug, pk, check])
    url = reverse(_PAGES[kind], args=[slug, pk])
    return f"{url}?{urlencode({'about': about})}" if kind == "comment" else url
