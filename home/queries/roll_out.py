"""Where the roll-out stands: what is decided, what blocks it, which first steps are done; one query."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, Min, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from accounts.models import AccessPeriod, GroupPeriod, Invitation, Organization
from checklists.models import AssignmentRule, ChecklistVersion, SettleRequest
from governance.models import ForcePeriod, Question, RouteDecision, Signature
from governance.queries.decisions import needs_reverification
from home.queries.shared import LateShared, late_shared
from home.queries.waiting import count_of
from reviews.models import ChangeAssessment, Review

Status = RouteDecision.Status


@dataclass(frozen=True)
class SentBack:
    """A draft that answers a signer who asked for changes: of which route, and who asked."""

    draft_id: int
    route: str
    by: str


@dataclass(frozen=True)
class RollOut:
    """The numbers of an organization's roll-out; each leads to its list."""

    in_force: int
    drafts: int
    sent_back: tuple[SentBack, ...]
    late_shared: tuple[LateShared, ...]
    submitted: int
    suspended: int
    in_doubt: int
    published: int
    questions_open: int
    reviews_open: int
    reviews_overdue: int
    changes_to_judge: int
    invitations_open: int
    has_colleagues: bool
    has_users: bool
    was_in_force: bool
    has_rule: bool
    unsettled_since: dt.datetime | None

    @property
    def is_under_way(self) -> bool:
        """Whether the first steps are done, so that home shows numbers; whoever works alone need not bring anybody in."""
        return self.was_in_force and self.is_asked and (self.has_users or not self.has_colleagues)

    @property
    def is_asked(self) -> bool:
        """Whether a checklist is published and asked of somebody."""
        return self.published > 0 and self.has_rule


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
        "sent_back": _sent_back(organization),
        "late_shared": late_shared(organization.pk, at=at, today=today),
        "submitted": count_of(decisions.filter(status=Status.SUBMITTED)),
        "suspended": count_of(decisions.filter(status=Status.SUSPENDED)),
        "in_doubt": count_of(needs_reverification(organization, at=at)),
        "published": count_of(versions.filter(checklist__archived_at__isnull=True)),
        "questions_open": count_of(Question.objects.filter(organization=organization, answered_at__isnull=True)),
        "reviews_open": count_of(reviews),
        "reviews_overdue": count_of(reviews.filter(due_on__lt=today)),
        "changes_to_judge": count_of(ChangeAssessment.objects.filter(organization=organization, verdict="")),
        "invitations_open": count_of(invitations),
        # A second row is enough to know; an organization may have a hundred thousand.
        "has_colleagues": Exists(AccessPeriod.objects.open().filter(organization=organization)[1:2]),
        "has_users": _users(organization),
        "was_in_force": Exists(ForcePeriod.objects.filter(organization=organization)),
        "has_rule": Exists(AssignmentRule.objects.open().filter(organization=organization)),
        "unsettled_since": Subquery(settling.annotate(first=Min("requested_at")).values("first")),
    }
    counted = Organization.objects.filter(pk=organization.pk).values(**columns).get()
    found = cast(dict[str, Any], counted)
    found["sent_back"] = tuple(SentBack(**draft) for draft in found["sent_back"])
    found["late_shared"] = tuple(LateShared.of(row) for row in found["late_shared"])
    return RollOut(**found)


def _sent_back(organization: Organization) -> ArraySubquery:
    """The drafts that go on where a signer asked for changes, as objects in one column."""
    asked = Signature.objects.filter(
        organization=organization,
        word=Signature.Word.CHANGES_ASKED,
        sign_off__decision__route=OuterRef("route"),
        sign_off__decision__number=OuterRef("number") - 1,
        sign_off__decision__status=Status.CHANGES_ASKED,
    )
    name = Coalesce(NullIf("user__name", Value("")), "user__email", output_field=CharField())
    drafts = RouteDecision.objects.filter(organization=organization, status=Status.DRAFT).order_by("proposed_at", "pk")
    drafts = drafts.annotate(by=Subquery(asked.values(name=name)[:1])).filter(by__isnull=False)
    return ArraySubquery(drafts.values(draft=JSONObject(draft_id="pk", route="route__name", by="by")))


def _users(organization: Organization) -> Exists:
    """Whether there is anybody besides those who run the roll-out and those who sign."""
    signs = GroupPeriod.objects.open().filter(organization=organization, membership=OuterRef("membership"))
    members = AccessPeriod.objects.open().filter(organization=organization, level=AccessPeriod.Level.MEMBER)
    return Exists(members.filter(~Exists(signs)))
