"""Will the date hold? An honest answer in words, with what it is computed from."""

import datetime as dt
import math
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from operations.templatetags.dates import day
from reviews.queries.board import Board

# The pace is that of the last weeks; of a review that has just begun there is none.
DAYS_OF_PACE = 28
DAYS_TO_TELL = 7


@dataclass(frozen=True)
class Forecast:
    """``status`` (``holds``, ``in-doubt`` or ``overdue``), the answer in a few words, and the reason with its numbers."""

    status: str
    answer: str
    reason: str


def forecast_of(board: Board, *, begun_on: dt.date, target_on: dt.date) -> Forecast:
    """Whether everything will be settled by the target date: from what is late, what is planned after it, and the pace.

    :param begun_on: the day the review began; the pace is counted from then, and at most over the last four weeks.
    """
    if not board.open:
        return Forecast("holds", _("The date holds"), _("Everything is settled."))
    words = {"open": len(board.open), "target": day(target_on)}
    if board.today > target_on:
        reason = ngettext("%(open)d question is still open.", "%(open)d questions are still open.", len(board.open))
        return Forecast("overdue", _("The date has passed"), reason % words)
    after = [row for row in board.open if row.due_on > target_on]
    if after:
        reason = ngettext(
            "%(count)d question is due after it, the last on %(day)s.",
            "%(count)d questions are due after it, the last on %(day)s.",
            len(after),
        )
        last = max(row.due_on for row in after)
        return Forecast("overdue", _("The date will not hold"), reason % {"count": len(after), "day": day(last)})
    return _by_pace(board, begun_on=begun_on, target_on=target_on)


def _by_pace(board: Board, *, begun_on: dt.date, target_on: dt.date) -> Forecast:
    late = _late(board)
    days = min((board.today - begun_on).days, DAYS_OF_PACE)
    if days < DAYS_TO_TELL:
        if late:
            return Forecast("in-doubt", _("The date is in doubt"), late)
        return Forecast("holds", _("The date can hold"), _("Nothing is late. It began too lately to tell by its pace."))
    lately = board.today - dt.timedelta(days=days)
    settled = sum(bool(row.is_settled and row.since and row.since.date() > lately) for row in board.rows)
    pace = ngettext(
        "%(count)d settled in the last %(days)d days", "%(count)d settled in the last %(days)d days", settled
    )
    words = {"open": len(board.open), "pace": pace % {"count": settled, "days": days}}
    if not settled:
        reason = _("Nothing was settled in the last %(days)d days, and %(open)d are open.") % {**words, "days": days}
        return Forecast("in-doubt", _("The date is in doubt"), f"{late} {reason}".strip())
    done_on = board.today + dt.timedelta(days=math.ceil(len(board.open) * days / settled))
    reason = _("At this pace (%(pace)s) the %(open)d that are open take until %(day)s.") % {
        **words,
        "day": day(done_on),
    }
    if late or done_on > target_on:
        return Forecast("in-doubt", _("The date is in doubt"), f"{late} {reason}".strip())
    return Forecast("holds", _("The date can hold"), _("Nothing is late. %(reason)s") % {"reason": reason})


def _late(board: Board) -> str:
    if not board.late:
        return ""
    words = ngettext(
        "%(count)d question is late, since %(day)s.",
        "%(count)d questions are late, the first since %(day)s.",
        len(board.late),
    )
    return words % {"count": len(board.late), "day": day(board.late[0].due_on)}
