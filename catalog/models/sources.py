"""Where facts come from, and what they are about."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from catalog.models.shared import SharedQuerySet
from catalog.policy_diff.documents import Document, document_of, read_bytes


class Topic(models.Model):
    """What a fact is about; ships. ``old_after_days``: how long a fact about it is taken without checking."""

    key = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField()
    old_after_days = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class PolicySource(models.Model):
    """A page or paper that facts cite: a vendor's, or an organization's own."""

    class Precision(models.TextChoices):
        DAY = "day", _("on that day")
        MONTH = "month", _("in that month")
        UNKNOWN = "unknown", _("date unknown")

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    key = models.SlugField(max_length=120)
    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("address"), max_length=500, blank=True)
    kind = models.CharField(max_length=40, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    as_of_precision = models.CharField(max_length=10, choices=Precision, default=Precision.UNKNOWN)
    as_of_note = models.CharField(max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="source_key_is_unique", nulls_distinct=False),
            models.CheckConstraint(
                name="unknown_date_is_no_date",
                condition=models.Q(as_of_precision="unknown", as_of__isnull=True)
                | (~models.Q(as_of_precision="unknown") & models.Q(as_of__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PolicyVersion(models.Model):
    """A source as it read on some day: the very bytes, with what they hash to. What somebody brings is their organization's.

    The database refuses every change, and a hash that is not that of the bytes.
    """

    class Origin(models.TextChoices):
        FETCHED = "fetched", _("fetched")
        UPLOADED = "uploaded", _("uploaded")
        PASTED = "pasted", _("pasted")

    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(PolicySource, on_delete=models.PROTECT, db_index=False, related_name="versions")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=200, blank=True)
    origin = models.CharField(max_length=10, choices=Origin)
    seen_on = models.DateField(_("seen"))
    effective_on = models.DateField(_("effective"), null=True, blank=True)
    added_at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="version_is_fetched_or_somebodys",
                condition=models.Q(origin="fetched", by__isnull=True)
                | models.Q(~models.Q(origin="fetched"), by__isnull=False, organization__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["source", "-seen_on", "-id"], name="versions_newest_first")]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]

    @property
    def text(self) -> str:
        return read_bytes(bytes(self.content))

    @property
    def document(self) -> Document:
        return document_of(self.text)
