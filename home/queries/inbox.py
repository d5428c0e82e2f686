"""Everything that waits for one person's hand, of every app, oldest and due first; one query."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from operations.templatetags.dates import day, relative_day

SHOWN = 100

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
    JOIN governance_signoff sign_off ON sign_off.id = said.sign_off_id AND sign_off.outcome = 'approved'
    LEFT JOIN governance_routedecision decision ON decision.sign_off_id = sign_off.id
    WHERE (SELECT keeps FROM me) AND condition.organization_id = %(organization)s AND condition.met_at IS NULL
      AND (decision.id IS NULL OR decision.status IN ('approved', 'suspended'))
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
}


@dataclass(frozen=True)
class Thing:
    """One thing that waits for this person: what it is called, what is wanted, and the page on which it is done."""

    kind: str
    title: str
    code: str
    hint: str
    status: str
    url: str


@dataclass(frozen=True)
class Inbox:
    """What waits, in the order in which to do it, and whether there is more than is shown."""

    things: list[Thing]
    has_more: bool


def inbox_of(membership: Membership, *, today: dt.date) -> Inbox:
    """Everything that waits for this person now."""
    organization = membership.organization
    who: dict[str, Any] = {
        "organization": organization.pk,
        "member": membership.pk,
        "user": membership.user_id,
        "zone": organization.timezone,
        "most": SHOWN + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, who)
        rows = cursor.fetchall()
    return Inbox([_thing(organization.slug, today, *row) for row in rows[:SHOWN]], len(rows) > SHOWN)


def _thing(
    slug: str, today: dt.date, kind: str, pk: int, title: str, code: str, about: str, since: dt.datetime, due: Any
) -> Thing:
    wanted = {
        "sign-off": _("Sign for %(about)s, or say why not."),
        "condition": _("Say that this condition of %(about)s is met."),
        "review": _("Does it still hold? One sentence is enough."),
        "change": _("Judge whether this change matters."),
        "question": _("%(about)s asks you."),
        "draft": _("%(about)s asked for changes to your proposal."),
    }[kind] % {"about": about}
    when = _("Due %(day)s.") % {"day": relative_day(due, today)} if due else _("Since %(day)s.") % {"day": day(since)}
    status = "overdue" if due and due < today else "to-do"
    return Thing(kind, title, code, f"{wanted} {when}", status, reverse(_PAGES[kind], args=[slug, pk]))
