"""What to tell whom about reviews and assessments."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from accounts.queries import here_or_stand_in
from accounts.rights import Right
from governance.models import SignOff
from notifications import actions as notifications
from notifications.schedule import DUE, SOON
from operations import clock
from reviews.models import (
    AdoptionReview,
    AdoptionVerdict,
    ChangeAssessment,
    PolicyAssessment,
    PolicyVerdict,
    Review,
)
from reviews.queries.adoption import running_review, terms_of
from reviews.queries.board import board_of
from reviews.queries.policies import legal_people


def withdraw_review(review: Review, *, at: dt.datetime) -> None:
    """Nobody is reminded of a review that is closed, nor asked once more what its keeper has just said."""
    notifications.withdraw(organization=review.organization, subject_key=f"review:{review.pk}", at=at)


def withdraw_assessment(assessment: ChangeAssessment, *, at: dt.datetime) -> None:
    """Nobody is reminded of a change that was judged."""
    notifications.withdraw(organization=assessment.organization, subject_key=f"assessment:{assessment.pk}", at=at)


def withdraw_policy_assessment(assessment: PolicyAssessment, *, at: dt.datetime) -> None:
    """Nobody is reminded of a week of which everything is judged."""
    keys = [f"policies:{assessment.pk}", f"policies:{assessment.pk}:legal"]
    notifications.withdraw_those(Q(subject_key__in=keys), organization=assessment.organization, at=at)


def tell_legal(clauses: Sequence[Any], verdict: PolicyVerdict, *, by: Membership, at: dt.datetime) -> None:
    """Tell whoever signs for Legal that clauses wait for them; what they have judged is taken back elsewhere."""
    assessments = {clause.assessment_id for clause in clauses if clause.assessment_id}
    if verdict.verdict != PolicyVerdict.Verdict.LEGAL or not assessments:
        return
    for person in legal_people(by.organization).exclude(pk=by.pk).select_related("organization"):
        for pk in assessments:
            notifications.tell(
                recipient=person,
                rule="policy-legal",
                needs=Right.POLICY_VIEW,
                subject_key=f"policies:{pk}:legal",
                slot_date=clock.day_of(at, by.organization.timezone),
                title=_("%(person)s asks you to look at what a vendor changed") % {"person": by.user},
                link=reverse("reviews:policy-assessment", args=[by.organization.slug, pk]),
                at=at,
            )


def withdraw_board(review: AdoptionReview, *, at: dt.datetime, items: Collection[int] | None = None) -> None:
    """Nobody is reminded of what was settled, moved or given to somebody else: of these questions, or of all of a review."""
    prefix = f"board:{review.pk}:"
    keys = Q(subject_key__in=[f"{prefix}{item}" for item in items]) if items is not None else Q()
    about = Q(keys, subject_key__startswith=prefix)
    notifications.withdraw_those(about, organization=review.organization, at=at)


def tell_proposer(verdict: AdoptionVerdict, sign_off: SignOff, *, by: Membership, at: dt.datetime) -> None:
    """Tell whoever proposed a go or no-go what came of it, or whoever stands in for them, unless they ended it themselves."""
    organization = by.organization
    proposer = here_or_stand_in(organization, sign_off.submitted_by_id)
    if proposer is None or proposer.pk == by.pk:
        return
    proposer.organization = organization
    notifications.tell(
        recipient=proposer,
        rule="verdict-decided",
        needs=Right.SIGN_OFF_VIEW,
        subject_key=f"verdict:{verdict.pk}",
        slot_date=clock.day_of(at, organization.timezone),
        title=_("%(title)s: %(status)s") % {"title": sign_off.title, "status": sign_off.get_outcome_display()},
        link=reverse("reviews:verdict-sign", args=[organization.slug, sign_off.pk]),
        at=at,
    )


# Open reviews whose newest reminder day has come, with what each is about.
DUE_REVIEWS = """
SELECT accounts_keeper(review.organization_id, review.keeper_id), 'review:' || review.id, notifications_newest_slot(review.due_on, %s, %s, %s),
       coalesce(route.name, checklist.name),
       CASE WHEN reviews_is_waiting(review.id) THEN %s ELSE %s END, '', %s || review.id || '/', review.due_on
FROM reviews_review review
LEFT JOIN governance_routedecision decision ON decision.id = review.decision_id
LEFT JOIN catalog_accessroute route ON route.id = decision.route_id
LEFT JOIN checklists_checklist checklist ON checklist.id = review.checklist_id
WHERE review.organization_id = %s AND review.closed_at IS NULL
  AND review.due_on - 14 <= %s
"""
# Changed facts that wait for a judgement: of several changes of one fact the newest, due when the first is.
DUE_ASSESSMENTS = """
SELECT accounts_keeper(assessment.organization_id, assessment.keeper_id), 'assessment:' || assessment.id,
       notifications_newest_slot(fact.due_on, %s, %s, %s),
       %s, assessment.fact_key, '', %s || assessment.id || '/', fact.due_on
FROM reviews_changeassessment assessment
JOIN (SELECT organization_id, max(id) AS newest, min(due_on) AS due_on FROM reviews_changeassessment
      WHERE verdict = '' GROUP BY organization_id, fact_key) fact ON fact.newest = assessment.id
WHERE fact.organization_id = %s AND fact.due_on - 14 <= %s
"""


# Weeks of policy changes that wait for a judgement.
DUE_POLICIES = """
SELECT accounts_keeper(week.organization_id, week.keeper_id), 'policies:' || week.id, notifications_newest_slot(week.due_on, %s, %s, %s),
       %s, '', '', %s || week.id || '/', week.due_on
FROM reviews_policyassessment week
WHERE week.organization_id = %s AND week.closed_at IS NULL AND week.due_on - 14 <= %s
"""


def tell_due(organization: Organization, *, at: dt.datetime) -> int:
    """Write the newest reminder of each open review, each change and each week of policies to judge; safe to run twice and late."""
    today = clock.day_of(at, organization.timezone)
    reviews = reverse("reviews:review-list", args=[organization.slug])
    told = notifications.tell_many(
        organization=organization,
        rule="review-due",
        needs=Right.REVIEW_CLOSE,
        query=DUE_REVIEWS,
        params=[
            today,
            *DUE.sql_params,
            _("It was found that it has to change. The review stays open until that is decided."),
            _("Does it still hold? One sentence is enough."),
            reviews,
            organization.pk,
            today,
        ],
        at=at,
    )
    told += _tell_board(organization, at=at)
    told += notifications.tell_many(
        organization=organization,
        rule="policies-due",
        needs=Right.REVIEW_CLOSE,
        query=DUE_POLICIES,
        params=[
            today,
            *DUE.sql_params,
            _("Policies you rely on have changed: judge what matters"),
            reverse("reviews:policy-list", args=[organization.slug]),
            organization.pk,
            today,
        ],
        at=at,
    )
    return told + notifications.tell_many(
        organization=organization,
        rule="assessment-due",
        needs=Right.REVIEW_CLOSE,
        query=DUE_ASSESSMENTS,
        params=[today, *DUE.sql_params, _("A change to judge"), f"{reviews}changes/", organization.pk, today],
        at=at,
    )


# Of the questions that are open: of a group's, whoever keeps the review is told, who asks the group.
DUE_ON_BOARD = """
SELECT accounts_keeper(%s, due.keeper), 'board:' || %s || ':' || due.item_id, notifications_newest_slot(due.due_on, %s, %s, %s),
       due.title, due.body, '', %s || due.item_id || '/', due.due_on
FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::text[], %s::text[]) AS due (item_id, keeper, due_on, title, body)
WHERE due.due_on - 3 <= %s
"""


def _tell_board(organization: Organization, *, at: dt.datetime) -> int:
    """Remind the keepers of the running adoption review's questions, and take back what is settled by now."""
    review = running_review(organization)
    if review is None:
        return 0
    terms, today = terms_of(review, at=at), clock.day_of(at, organization.timezone)
    board = board_of(organization, review.pk, begun_at=review.begun_at, target_on=terms.target_on, at=at)
    withdraw_board(review, at=at, items=[row.item_id for row in board.rows if row.is_settled])
    due = [row for row in board.open if row.due_on - dt.timedelta(days=3) <= today]
    if not due:
        return 0
    return notifications.tell_many(
        organization=organization,
        rule="board-due",
        needs=Right.REVIEW_VIEW,
        query=DUE_ON_BOARD,
        params=[
            organization.pk,
            review.pk,
            today,
            *SOON.sql_params,
            f"{review.get_absolute_url()}questions/",
            [row.item_id for row in due],
            [terms.keeper_id if row.group_id else row.member_id for row in due],
            [row.due_on for row in due],
            [row.question for row in due],
            [_("Waits for %(group)s.") % {"group": row.keeper} if row.group_id else terms.name for row in due],
            today,
        ],
        at=at,
    )
