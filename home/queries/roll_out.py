"""Where the roll-out stands: what is decided, what blocks it, which first steps are done; one query."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery

from accounts.models import AccessPeriod, GroupPeriod, Invitation, Organization
from checklists.models import AssignmentRule, ChecklistVersion, SettleRequest
from governance.models import Question, RouteDecision
from governance.queries.decisions import needs_reverification
from home.queries.waiting import count_of
from reviews.models import ChangeAssessment, Review

Status = RouteDecision.Status


@dataclass(frozen=True)
class RollOut:
    """The numbers of an organization's roll-out; each leads to its list."""

    in_force: int
    drafts: int
    changes_asked: int
    submitted: int
    suspended: int
    in_doubt: int
    published: int
    questions_open: int
    reviews_open: int
    reviews_overdue: int
    changes_to_judge: int
    invitations_open: int
    has_security: bool
    has_legal: bool
    has_colleagues: bool
    has_proposal: bool
    has_conditions: bool
    was_submitted: bool
    has_rule: bool
    unsettled_since: dt.datetime | None

    @property
    def is_under_way(self) -> bool:
        """Whether every first step is done, so that home shows numbers instead of leading through them."""
        return self.in_force > 0 and self.published > 0 and self.has_rule and self.has_colleagues


def roll_out_of(organization: Organization, *, at: dt.datetime, today: dt.date) -> RollOut:
    """Where the roll-out stands now."""
    decisions = RouteDecision.objects.filter(organization=organization)
    reviews = Review.objects.filter(organization=organization, closed_at__isnull=True)
    versions = ChecklistVersion.objects.filter(organization=organization, status="published")
    invitations = Invitation.objects.filter(
        organization=organization, accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    )
    settling = SettleRequest.objects.filter(organization=organization).order_by().values("organization")
    columns = {
        "in_force": count_of(decisions.filter(status=Status.APPROVED)),
        "drafts": count_of(decisions.filter(status=Status.DRAFT)),
        "changes_asked": count_of(_drafts_after_changes_were_asked(organization)),
        "submitted": count_of(decisions.filter(status=Status.SUBMITTED)),
        "suspended": count_of(decisions.filter(status=Status.SUSPENDED)),
        "in_doubt": count_of(needs_reverification(organization, at=at)),
        "published": count_of(versions.filter(checklist__archived_at__isnull=True)),
        "questions_open": count_of(Question.objects.filter(organization=organization, answered_at__isnull=True)),
        "reviews_open": count_of(reviews),
        "reviews_overdue": count_of(reviews.filter(due_on__lt=today)),
        "changes_to_judge": count_of(ChangeAssessment.objects.filter(organization=organization, verdict="")),
        "invitations_open": count_of(invitations),
        "has_security": _group_is_filled(organization, "security"),
        "has_legal": _group_is_filled(organization, "legal"),
        # A second row is enough to know; an organization may have a hundred thousand.
        "has_colleagues": Exists(AccessPeriod.objects.open().filter(organization=organization)[1:2]),
        "has_proposal": Exists(decisions),
        "has_conditions": Exists(decisions.filter(scope_lines__isnull=False).exclude(conditions="")),
        "was_submitted": Exists(decisions.filter(sign_off__isnull=False)),
        "has_rule": Exists(AssignmentRule.objects.open().filter(organization=organization)),
        "unsettled_since": Subquery(settling.annotate(first=Min("requested_at")).values("first")),
    }
    counted = Organization.objects.filter(pk=organization.pk).values(**columns).get()
    return RollOut(**cast(dict[str, Any], counted))


def _drafts_after_changes_were_asked(organization: Organization) -> QuerySet[RouteDecision]:
    sent_back = RouteDecision.objects.filter(
        organization=organization, route=OuterRef("route"), number=OuterRef("number") - 1, status=Status.CHANGES_ASKED
    )
    return RouteDecision.objects.filter(Exists(sent_back), organization=organization, status=Status.DRAFT)


def _group_is_filled(organization: Organization, key: str) -> Exists:
    return Exists(GroupPeriod.objects.open().filter(organization=organization, group__key=key))
