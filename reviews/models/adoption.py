"""The adoption review: one roll-out being decided, its board, and the go or no-go that it ends in."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, SignOffGroup, User
from accounts.models.periods import PeriodQuerySet
from audit.models import FreeText
from catalog.models import AccessRoute
from checklists.models import Checklist, Item
from governance.models import SignOff


class AdoptionReview(models.Model):
    """One roll-out being decided. Begun by a manager; it ends in a signed go or no-go, or is ended with a reason.

    Only actions move its status, along ``MOVES``. What it is about is its newest ``AdoptionTerms``; its lists and routes
    are rows that it points to them by. The database keeps one running per organization, and lets it go only as signed.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        GO = "go", _("Go")
        NO_GO = "no_go", _("No-go")
        ENDED = "ended", _("Ended")

    MOVES: ClassVar[dict[str, frozenset[str]]] = {
        Status.RUNNING: frozenset({Status.GO, Status.NO_GO, Status.ENDED}),
    }

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="adoption_reviews"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.RUNNING)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="adoption_review_tenant_key"),
            models.UniqueConstraint(
                fields=["organization"], condition=Q(status="running"), name="one_adoption_review_running"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.get_status_display()}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:adoption-board", args=[self.organization.slug, self.pk])

    @property
    def is_running(self) -> bool:
        return self.status == self.Status.RUNNING


class AdoptionTerms(models.Model):
    """What a review is about from one moment on: its name, its scope in a sentence, its day, who keeps it.

    A newer row supersedes it, whole; nothing is changed or removed.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(AdoptionReview, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField(_("name"), max_length=200)
    scope = models.CharField(_("scope"), max_length=500)
    target_on = models.DateField(_("target date"))
    keeper = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("keeper"))
    because = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "adoption terms"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class AdoptionMove(models.Model):
    """One move of a review's status: from, to, by whom, why. The status column is a cache of the newest.

    The last one keeps how many were cleared then, of how many, and on which routes not all: worked out anew from everybody's
    history, a board that is over would cost the more the more people there are.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(AdoptionReview, on_delete=models.PROTECT, related_name="moves")
    from_status = models.CharField(max_length=10, choices=AdoptionReview.Status, blank=True)
    to_status = models.CharField(max_length=10, choices=AdoptionReview.Status)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    cleared = models.BigIntegerField(null=True)
    clearances = models.BigIntegerField(null=True)
    routes_uncleared = ArrayField(models.BigIntegerField(), null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.from_status} → {self.to_status}"


class AdoptionChecklist(models.Model):
    """A shared checklist whose questions are on a review's board; added when the review begins."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(AdoptionReview, on_delete=models.PROTECT, db_index=False, related_name="parts")
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "checklist"], name="checklist_once_per_adoption_review"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.checklist_id}"


class AdoptionRoute(models.Model):
    """A route that a review is about, from when to when. Until it is decided, *route decided* is open."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(AdoptionReview, on_delete=models.PROTECT, db_index=False, related_name="routes")
    route = models.ForeignKey(AccessRoute, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "route"], condition=Q(ended_at__isnull=True), name="route_once_per_adoption_review"
            ),
            models.CheckConstraint(
                name="adoption_route_ends_after_it_starts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]
        indexes = [models.Index(fields=["review", "route"], name="adoption_route_by_review")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.route_id}"


class BoardKeeper(models.Model):
    """Who looks after one question of a board from one moment on: a person or a sign-off group; a newer row supersedes it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(AdoptionReview, on_delete=models.PROTECT, db_index=False, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(SignOffGroup, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="board_keeper_is_person_or_group",
                condition=Q(member__isnull=False, group__isnull=True) | Q(member__isnull=True, group__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["review", "item", "-id"], name="board_keeper_newest")]

    def __str__(self) -> str:
        return f"{self.review_id}, {self.item_id}: {self.member_id or self.group_id}"


class BoardDay(models.Model):
    """The day by which one question of a board is due from one moment on, moved by hand, and why; without a day it goes
    back to where the plan has it. A newer row supersedes it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(AdoptionReview, on_delete=models.PROTECT, db_index=False, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    because = models.ForeignKey(FreeText, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["review", "item", "-id"], name="board_day_newest")]

    def __str__(self) -> str:
        return f"{self.review_id}, {self.item_id}: {self.due_on}"


class BoardComment(models.Model):
    """What somebody wrote about one question of a board. Added, never changed; erasing takes the words, not the row."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(AdoptionReview, on_delete=models.PROTECT, db_index=False, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(FreeText, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["review", "item", "id"], name="board_comment_by_item")]

    def __str__(self) -> str:
        return f"{self.review_id}, {self.item_id}"


class AdoptionVerdict(models.Model):
    """A go or a no-go as somebody proposed it, with why; it holds once its sign-off is signed.

    Made by ``actions.propose_verdict`` together with the sign-off that freezes the board. Never changed: what came of it
    stands in the sign-off. The database keeps one waiting for signatures per review.
    """

    class Outcome(models.TextChoices):
        GO = "go", _("Go")
        NO_GO = "no_go", _("No-go")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    review = models.ForeignKey(AdoptionReview, on_delete=models.PROTECT, related_name="verdicts")
    outcome = models.CharField(max_length=10, choices=Outcome)
    because = models.ForeignKey(FreeText, on_delete=models.PROTECT, related_name="+")
    sign_off = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="verdict")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "id"], name="adoption_verdict_tenant_key")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.outcome}"


class VerdictWithdrawal(models.Model):
    """Who took back a go or no-go that waited for signatures, and why. Made by ``actions.withdraw_verdict``; never changed."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    verdict = models.OneToOneField(AdoptionVerdict, on_delete=models.PROTECT, related_name="withdrawal")
    because = models.ForeignKey(FreeText, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.verdict_id}, taken back"


class AcceptedBlocker(models.Model):
    """Something still open that a go accepts, and why; part of what is signed. ``key`` as ``item:12`` or ``route:4``."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    verdict = models.ForeignKey(AdoptionVerdict, on_delete=models.PROTECT, db_index=False, related_name="accepted")
    key = models.CharField(max_length=60)
    because = models.ForeignKey(FreeText, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["verdict", "key"], name="blocker_accepted_once")]

    def __str__(self) -> str:
        return f"{self.verdict_id}: {self.key}"
