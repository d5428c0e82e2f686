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

# One text, like the frame's. Who keeps nothing is asked about none of what keepers are: looked at once, not per row.
_WAITING = """
WITH me AS MATERIALIZED (SELECT accounts_keeper(%(organization)s, %(member)s) = %(member)s AS keeps)
SELECT kind, id, title, code, about, since, due_on FROM (
    SELECT 'sign-off' AS kind, sign_off.id, sign_off.title, sign_off.code, stage.name AS about,
           coalesce((SELECT max(at) FROM governance_signature WHERE sign_off_id = sign_off.id), sign_off.submitted_at) AS since,
           NULL::date AS due_on
    FROM governance_signoffstage stage JOIN governance_signoff sign_off ON sign_off.id = stage.sign_off_id
    WHERE stage.id = ANY (ARRAY(SELECT governance_waiting_for(%(organization)s, %(user)s)))
  UNION ALL
    SELECT 'condition', condition.id, condition.text, sign_off.code, sign_off.title, said.at, condition.due_on
    FROM governance_signaturecondition condition
    JOIN governance_signature said ON said.id = condition.signature_id
    JOIN governance_signoff sign_off ON sign_off.id = said.sign_off_id
    WHERE (SELECT keeps FROM me) AND condition.organization_id = %(organization)s AND condition.met_at IS NULL
      AND governance_binds(condition.id)
      AND accounts_keeper(condition.organization_id, condition.keeper_id) = %(member)s
  UNION ALL
    SELECT 'review', review.id, coalesce(route.name, checklist.name), coalesce(route.short_code, ''), '', review.opened_at, review.due_on
    FROM reviews_review review
    LEFT JOIN governance_routedecision decision ON decision.id = review.decision_id
    LEFT JOIN catalog_accessroute route ON route.id = decision.route_id
    LEFT JOIN checklists_checklist checklist ON checklist.id = review.checklist_id
    WHERE (SELECT keeps FROM me) AND review.organization_id = %(organization)s AND review.closed_at IS NULL
      AND NOT reviews_is_waiting(review.id)
      AND accounts_keeper(review.organization_id, review.keeper_id) = %(member)s
  UNION ALL
    SELECT 'change', max(change.id), change.fact_key, '', '', min(change.opened_at), min(change.due_on)
    FROM reviews_changeassessment change
    WHERE (SELECT keeps FROM me) AND change.organization_id = %(organization)s AND change.verdict = ''
      AND accounts_keeper(change.organization_id, change.keeper_id) = %(member)s
    GROUP BY change.fact_key
  UNION ALL
    SELECT 'question', question.id, question.title, '', coalesce(nullif(person.name, ''), person.email), question.asked_at, NULL
    FROM governance_question question
    JOIN accounts_membership asker ON asker.id = question.asked_by_id
    JOIN accounts_user person ON person.id = asker.user_id
    WHERE question.id = ANY (ARRAY(SELECT governance_questions_for(%(organization)s, %(member)s)))
  UNION ALL
    SELECT 'draft', draft.id, route.name, route.short_code, coalesce(nullif(person.name, ''), person.email), draft.proposed_at, NULL
    FROM governance_routedecision draft
    JOIN catalog_accessroute route ON route.id = draft.route_id
    JOIN governance_routedecision refused ON refused.organization_id = draft.organization_id
         AND refused.route_id = draft.route_id AND refused.number = draft.number - 1 AND refused.status = 'changes_asked'
    JOIN governance_signature said ON said.sign_off_id = refused.sign_off_id AND said.word = 'changes_asked'
    JOIN accounts_user person ON person.id = said.user_id
    WHERE draft.organization_id = %(organization)s AND draft.status = 'draft' AND draft.proposed_by_id = %(user)s
  UNION ALL
    SELECT 'verdict', review.id, sign_off.title, '', coalesce(nullif(person.name, ''), person.email), said.at, NULL
    FROM reviews_adoptionreview review
    JOIN reviews_adoptionverdict verdict ON verdict.review_id = review.id
    JOIN governance_signoff sign_off ON sign_off.id = verdict.sign_off_id
    JOIN governance_signature said ON said.sign_off_id = sign_off.id AND said.word IN ('changes_asked', 'rejected')
    JOIN accounts_user person ON person.id = said.user_id
    WHERE (SELECT keeps FROM me) AND review.organization_id = %(organization)s AND review.status = 'running'
      AND sign_off.submitted_by_id = %(user)s
      AND NOT EXISTS (SELECT FROM reviews_adoptionverdict later WHERE later.review_id = review.id AND later.id > verdict.id)
  UNION ALL
    SELECT 'comment', sign_off.id, sign_off.title, sign_off.code, said.anchor, max(said.at), NULL
    FROM governance_signoff sign_off JOIN governance_signoffcomment said ON said.sign_off_id = sign_off.id AND said.group_id IS NULL
    WHERE (SELECT keeps FROM me) AND sign_off.organization_id = %(organization)s AND sign_off.outcome = 'pending'
      AND sign_off.submitted_by_id = %(user)s AND said.by_id <> %(user)s
      AND NOT EXISTS (SELECT FROM governance_signoffcomment answered
                      WHERE answered.sign_off_id = sign_off.id AND answered.anchor = said.anchor AND answered.id > said.id
                        AND answered.by_id = %(user)s AND answered.group_id IS NULL)
    GROUP BY sign_off.id, said.anchor
  UNION ALL
    SELECT 'vendor', governance_route_of(fact.id, word.organization_id), word.asked_of, '', fact.topic_id, word.said_at, word.expires_on
    FROM governance_ownword word JOIN catalog_fact fact ON fact.id = word.fact_id
    WHERE (SELECT keeps FROM me) AND word.organization_id = %(organization)s AND word.kind = 'asked' AND fact.superseded_at IS NULL
      AND accounts_keeper(word.organization_id, word.said_by_id) = %(member)s
      AND NOT EXISTS (SELECT FROM governance_ownword later WHERE later.organization_id = word.organization_id
                      AND later.fact_key = word.fact_key AND later.id > word.id)
  UNION ALL
    SELECT 'shared', checklist.id, checklist.name, '', count(*)::text, min(version.published_at), min(state.due_on)
    FROM checklists_shared_state(%(organization)s, %(at)s) state
    JOIN checklists_checklist checklist ON checklist.id = state.checklist_id
    JOIN checklists_checklistversion version ON version.checklist_id = checklist.id AND version.status = 'published'
    WHERE (SELECT keeps FROM me) AND NOT state.is_current AND state.due_on <= %(soon)s
      AND accounts_keeper(checklist.organization_id, checklist.keeper_id) = %(member)s
      AND (state.team_id IS NOT NULL OR NOT EXISTS (
          SELECT FROM reviews_adoptionchecklist part JOIN reviews_adoptionreview review ON review.id = part.review_id
          WHERE part.checklist_id = state.checklist_id AND review.status = 'running'))
    GROUP BY checklist.id
) AS waiting
ORDER BY coalesce(due_on, (since AT TIME ZONE %(zone)s)::date), since, id
LIMIT %(most)s
"""

# By kind: the page on which it is done. A sign-off's address leads to the page of what is signed.
_PAGES = {
    "sign-off": "governance:sign-off-sign",
    "condition": "governance:condition-meet",
    "review": "reviews:review-close",
    "change": "reviews:assessment-judge",
    "question": "checklists:question-answer",
    "draft": "governance:decision-edit",
    "verdict": "reviews:verdict-propose",
    "comment": "governance:sign-off-comment",
}


@dataclass(frozen=True)
class Thing:
    """One thing that waits for this person: what it is called, what is wanted, and the page on which it is done.

    :ivar when: the day it is due, or since when it waits: the order in which to do it.
    """

    kind: str
    title: str
    code: str
    hint: str
    status: str
    url: str
    when: dt.date


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
    if kind == "vendor":
        title = _("Asked: %(whom)s") % {"whom": title}
    return Thing(
        kind, title, code, f"{wanted} {when}", status, _page(organization.slug, kind, pk, about), due or since_on
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
