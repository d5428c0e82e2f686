"""What changed in the policies that an organization relies on, what has to be judged of it, and how it was judged."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from audit.models import FreeText
from catalog.models import PolicySource, PolicyVersion


class PolicyAssessment(models.Model):
    """What vendors changed and has to be judged, bundled for one organization and one week.

    Closed when every clause of it is judged; more that turns up in the same week opens it again.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="policy_assessments"
    )
    week_on = models.DateField(help_text=_("The Monday of its week."))
    keeper = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_on = models.DateField(_("due"))
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-week_on"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "week_on"], name="one_policy_assessment_per_week"),
            models.UniqueConstraint(fields=["organization", "id"], name="policy_assessment_tenant_key"),
            models.CheckConstraint(name="week_begins_on_a_monday", condition=Q(week_on__iso_week_day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.week_on}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:policy-assessment", args=[self.organization.slug, self.pk])


class PolicyChange(models.Model):
    """What became of one source between the text that an organization judged last and the newest one.

    While something of it is to be judged, a newer version moves ``new_version`` on: one is open per source at most.
    ``old_version`` is null where there was nothing to compare with word by word.
    """

    class Start(models.TextChoices):
        COMPARED = "compared", _("compared with the version before")
        FIRST = "first", _("the first text: nothing to compare with")
        FINGERPRINTS = "fingerprints", _("compared with what the catalog's facts were taken from")
        INCOMPARABLE = "incomparable", _("too different to be compared with what the catalog's facts were taken from")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    source = models.ForeignKey(PolicySource, on_delete=models.PROTECT, related_name="+")
    old_version = models.ForeignKey(PolicyVersion, null=True, on_delete=models.PROTECT, related_name="+")
    new_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    start = models.CharField(max_length=20, choices=Start)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "source"],
                condition=Q(settled_at__isnull=True),
                name="one_open_policy_change_per_source",
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="policy_change_tenant_key"),
        ]
        indexes = [models.Index(fields=["organization", "source", "-id"], name="policy_changes_newest_first")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.old_version_id} → {self.new_version_id}"


class ClauseChange(models.Model):
    """One clause that changed, as it was found, with its words; replaced by a later one when the clause changed once more.

    :ivar asked: why it has to be judged; empty where it is recorded only. ``is_urgent``: at once, not next week.
    :ivar fact_keys: the facts that cite it.
    """

    class Asked(models.TextChoices):
        NOT = "", _("recorded")
        CITED = "cited", _("something you rely on cites it")
        SIGNAL = "signal", _("it is about training, retention or who gets the data")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    change = models.ForeignKey(PolicyChange, on_delete=models.PROTECT, related_name="clauses")
    assessment = models.ForeignKey(PolicyAssessment, null=True, on_delete=models.PROTECT, related_name="clauses")
    old_version = models.ForeignKey(PolicyVersion, null=True, on_delete=models.PROTECT, related_name="+")
    new_version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    anchor = models.TextField()
    place = models.TextField(blank=True)
    old_place = models.TextField(blank=True)
    status = models.CharField(max_length=10)
    old_sha256 = models.CharField(max_length=64, blank=True)
    new_sha256 = models.CharField(max_length=64, blank=True)
    topics = ArrayField(models.CharField(max_length=40), default=list)
    signals = models.JSONField(default=list)
    words = models.JSONField(default=list)
    word_count = models.PositiveIntegerField(default=0)
    is_coarse = models.BooleanField(default=False)
    asked = models.CharField(max_length=10, choices=Asked, blank=True)
    is_urgent = models.BooleanField(default=False)
    fact_keys = ArrayField(models.CharField(max_length=180), default=list)
    found_on = models.DateField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="clause_change_tenant_key"),
            models.CheckConstraint(
                name="what_is_recorded_only_is_in_no_assessment",
                condition=~Q(asked="") | Q(assessment__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["organization", "found_on"], name="clause_changes_by_day")]

    def __str__(self) -> str:
        return self.place or self.old_place

    @property
    def heading(self) -> str:
        return (self.place if self.status != "removed" else self.old_place).rpartition(" > ")[2]

    @property
    def suggestion(self) -> dict[str, str] | None:
        """What the catalog's keeper thinks of it: ``verdict`` and ``because``; of exactly these words, else nothing."""
        suggested = self.change.source.suggestions
        return next(
            (one for one in suggested if (one["anchor"], one["sha256"]) == (self.anchor, self.new_sha256)), None
        )


class PolicyVerdict(models.Model):
    """One person's judgement of one or several clauses, never changed: a further one corrects it.

    :ivar people: how many a material one asked again; ``decisions``: how many decisions.
    :ivar green_at: when everything that it had asked again was said anew.
    """

    class Verdict(models.TextChoices):
        EDITORIAL = "editorial", _("Editorial: nothing to ask again")
        MATERIAL = "material", _("Material: ask everyone it rests on again")
        LEGAL = "legal", _("Legal has to look")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    verdict = models.CharField(max_length=20, choices=Verdict)
    because = models.ForeignKey(FreeText, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_on = models.DateField(null=True)
    people = models.PositiveIntegerField(default=0)
    decisions = models.PositiveIntegerField(default=0)
    green_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="policy_verdict_tenant_key"),
            models.CheckConstraint(
                name="material_has_a_day_and_nothing_else",
                condition=Q(verdict="material", due_on__isnull=False)
                | Q(verdict__in=["editorial", "legal"], due_on__isnull=True, green_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.get_verdict_display()


class ClauseVerdict(models.Model):
    """That a verdict is about a clause; the newest of a clause holds."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    clause = models.ForeignKey(ClauseChange, on_delete=models.PROTECT, db_index=False, related_name="verdicts")
    verdict = models.ForeignKey(PolicyVerdict, on_delete=models.PROTECT, related_name="clauses")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["clause", "verdict"], name="verdict_once_per_clause")]

    def __str__(self) -> str:
        return f"{self.clause_id}: {self.verdict_id}"


def monday_of(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())
