"""How an adoption review stands: its board, whether the date will hold, and what happened so far."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from audit.models import FreeText
from checklists.models import Answer
from operations import clock
from operations.templatetags.dates import day
from reviews.models import (
    AdoptionMove,
    AdoptionReview,
    AdoptionTerms,
)
from reviews.queries.adoption import Told, terms_of
from reviews.queries.board import Board, board_of
from reviews.queries.forecast import Forecast, forecast_of

_ITEM_HISTORY = """
SELECT kind, at, coalesce(nullif(person.name, ''), person.email), coalesce(text.body, %(erased)s), due_on, coalesce(whom, '')
FROM (
    SELECT 'comment' AS kind, at, by_id, text_id, NULL::date AS due_on, NULL AS whom FROM reviews_boardcomment
    WHERE review_id = %(review)s AND item_id = %(item)s
    UNION ALL
    SELECT 'day', at, by_id, because_id, due_on, NULL FROM reviews_boardday
    WHERE review_id = %(review)s AND item_id = %(item)s
    UNION ALL
    SELECT 'keeper', kept.at, kept.by_id, NULL, NULL, coalesce(signs.name, nullif(person.name, ''), person.email)
    FROM reviews_boardkeeper kept
    LEFT JOIN accounts_signoffgroup signs ON signs.id = kept.group_id
    LEFT JOIN accounts_membership member ON member.id = kept.member_id
    LEFT JOIN accounts_user person ON person.id = member.user_id
    WHERE kept.review_id = %(review)s AND kept.item_id = %(item)s
) AS event
JOIN accounts_user person ON person.id = event.by_id
LEFT JOIN audit_freetext text ON text.id = event.text_id
ORDER BY at DESC
"""


@dataclass(frozen=True)
class Standing:
    """A review as it stood at a moment; ``forecast`` is None once it is over.

    :ivar at: now, or when it ended.
    """

    at: dt.datetime
    terms: AdoptionTerms
    board: Board
    forecast: Forecast | None


def standing_of(review: AdoptionReview, *, at: dt.datetime) -> Standing:
    """How a review stands now; one that is over as it stood then. Two queries.

    :param review: of ``adoption_reviews``.
    """
    at = vars(review)["ended_at"] or at
    terms = terms_of(review, at=at)
    board = board_of(review.organization, review.pk, begun_at=review.begun_at, target_on=terms.target_on, at=at)
    begun_on = clock.day_of(review.begun_at, review.organization.timezone)
    forecast = forecast_of(board, begun_on=begun_on, target_on=terms.target_on) if review.is_running else None
    return Standing(at, terms, board, forecast)


def answers_on(board: Board, *, of: int | None = None) -> dict[int, Answer]:
    """The answers that stand on a board, by item, with what they say; one query.

    :param of: only of this item, with what shows it; one query more.
    """
    wanted = [row.answer_id for row in board.rows if row.answer_id and of in (None, row.item_id)]
    answers = Answer.objects.filter(pk__in=wanted).select_related("by", "text", "revision", "snapshot")
    return {one.item_id: one for one in (answers.prefetch_related("evidence") if of else answers)}


def history_of(review: AdoptionReview) -> list[Told]:
    """Every move of a review and of what it is about, newest first; two queries."""
    moves = AdoptionMove.objects.filter(review=review).select_related("by", "reason")
    events = [_moved(move) for move in moves]
    before: AdoptionTerms | None = None
    for terms in AdoptionTerms.objects.filter(review=review).select_related("by", "because", "keeper__user"):
        if before:
            events.append(Told(terms.at, _changed(before, terms), terms.by, str(terms.because or "")))
        before = terms
    return sorted(events, key=lambda event: event.at, reverse=True)


def item_history(review: AdoptionReview, item: int) -> list[Told]:
    """What was said about one question, and every move of its keeper and day, newest first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_ITEM_HISTORY, {"review": review.pk, "item": item, "erased": str(FreeText())})
        return [_told(*row) for row in cursor.fetchall()]


def _told(kind: str, at: dt.datetime, by: str, text: str, due_on: dt.date | None, whom: str) -> Told:
    if kind == "comment":
        return Told(at, _("Comment"), by, text, tone="info")
    if kind == "day":
        return Told(at, _moved_to(due_on), by, text)
    return Told(at, _("%(person)s looks after it") % {"person": whom}, by)


def _moved_to(due_on: dt.date | None) -> str:
    return _("Moved to %(day)s") % {"day": day(due_on)} if due_on else _("Back to the planned day")


def _moved(move: AdoptionMove) -> Told:
    words = {
        AdoptionReview.Status.RUNNING: (_("Begun"), "info"),
        AdoptionReview.Status.GO: (_("Go"), "good"),
        AdoptionReview.Status.NO_GO: (_("No-go"), "bad"),
        AdoptionReview.Status.ENDED: (_("Ended without a decision"), "quiet"),
    }
    title, tone = words[AdoptionReview.Status(move.to_status)]
    return Told(move.at, title, move.by, str(move.reason or ""), tone=tone)


def _changed(before: AdoptionTerms, after: AdoptionTerms) -> str:
    said = []
    if before.target_on != after.target_on:
        said.append(
            _("target date moved from %(before)s to %(after)s")
            % {"before": day(before.target_on), "after": day(after.target_on)}
        )
    if before.keeper_id != after.keeper_id:
        said.append(_("%(person)s keeps it") % {"person": after.keeper})
    if before.name != after.name:
        said.append(_("called “%(name)s”") % {"name": after.name})
    if before.scope != after.scope:
        said.append(_("scope: %(scope)s") % {"scope": after.scope})
    words = "; ".join(said) or _("the routes it is about")
    return _("Changed: %(what)s") % {"what": words}
