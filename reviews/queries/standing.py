"""How an adoption review stands: its board, whether the date will hold, and what happened so far."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.models import FreeText
from checklists.models import Answer
from governance.models import Signature
from operations import clock
from operations.templatetags.dates import day
from reviews.models import AdoptionReview, AdoptionTerms, AdoptionVerdict
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


_HISTORY = """
SELECT kind, at, coalesce(nullif(person.name, ''), person.email),
       CASE WHEN text_id IS NULL THEN '' ELSE coalesce(text.body, %(erased)s) END, word, signs, leads_to
FROM (
    SELECT 'moved' AS kind, at, by_id, reason_id AS text_id, to_status AS word, '' AS signs, NULL::bigint AS leads_to
    FROM reviews_adoptionmove WHERE review_id = %(review)s
    UNION ALL
    SELECT 'proposed', sign_off.submitted_at, sign_off.submitted_by_id, verdict.because_id, verdict.outcome, '', sign_off.id
    FROM reviews_adoptionverdict verdict JOIN governance_signoff sign_off ON sign_off.id = verdict.sign_off_id
    WHERE verdict.review_id = %(review)s
    UNION ALL
    SELECT 'said', said.at, said.user_id, said.comment_id, said.word, stage.name, said.id
    FROM reviews_adoptionverdict verdict JOIN governance_signature said ON said.sign_off_id = verdict.sign_off_id
    JOIN governance_signoffstage stage ON stage.id = said.stage_id
    WHERE verdict.review_id = %(review)s
    UNION ALL
    SELECT 'taken_back', back.at, back.by_id, back.because_id, verdict.outcome, '', verdict.sign_off_id
    FROM reviews_adoptionverdict verdict JOIN reviews_verdictwithdrawal back ON back.verdict_id = verdict.id
    WHERE verdict.review_id = %(review)s
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
    """Every move of a review, of what it is about, and every word on how to end it, newest first; two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {"review": review.pk, "erased": str(FreeText())})
        events = [_happened(review.organization.slug, *row) for row in cursor.fetchall()]
    before: AdoptionTerms | None = None
    for terms in AdoptionTerms.objects.filter(review=review).select_related("by", "because", "keeper__user"):
        if before:
            events.append(Told(terms.at, _changed(before, terms), terms.by, str(terms.because or "")))
        before = terms
    return sorted(events, key=lambda event: event.at, reverse=True)


def refusal_in(history: Iterable[Told]) -> Told | None:
    """The word that sent back or rejected what was proposed last; ``history`` of :func:`history_of`."""
    last = next((event for event in history if event.is_of_verdict), None)
    return last if last and last.tone in {_TONES["changes_asked"], _TONES["rejected"]} else None


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


_TONES = {"signed": "good", "changes_asked": "warn", "rejected": "bad"}


def _happened(
    slug: str, kind: str, at: dt.datetime, by: str, text: str, word: str, group: str, leads_to: int | None
) -> Told:
    if kind == "moved":
        title, tone = {
            "running": (_("Begun"), "info"),
            "go": (_("Go"), "good"),
            "no_go": (_("No-go"), "bad"),
            "ended": (_("Ended without a decision"), "quiet"),
        }[word]
        return Told(at, title, by, text, tone=tone)
    if kind == "said":
        title = _("%(word)s, for %(group)s") % {"word": Signature.Word(word).label, "group": group}
        url = reverse("governance:signature-detail", args=[slug, leads_to])
        return Told(at, title, by, text, tone=_TONES[word], url=url, is_of_verdict=True)
    proposed = kind == "proposed"
    title = (_("Proposed: %(outcome)s") if proposed else _("Taken back: %(outcome)s")) % {
        "outcome": AdoptionVerdict.Outcome(word).label
    }
    url = reverse("reviews:verdict-sign", args=[slug, leads_to])
    return Told(at, title, by, text, tone="info" if proposed else "quiet", url=url, is_of_verdict=True)


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
