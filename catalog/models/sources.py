"""Where facts come from, and what they are about."""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from audit.models import FreeText
from catalog.fetching.reasons import words
from catalog.models.shared import SharedQuerySet
from catalog.policy_diff.documents import Document, Unreadable, document_of, read_bytes


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


class PolicySourceQuerySet(SharedQuerySet):
    """Sources, shipped and ours."""

    def fetched(self) -> Self:
        """Those that have an address and a cadence, and still count."""
        return self.filter(retired_at=None, cadence_days__gt=0).exclude(url="")


class PolicySource(models.Model):
    """A page or paper that facts cite: a vendor's, or an organization's own.

    Shipped ones are kept by the operator, an organization's own by a member of it. What has an address and a cadence is
    fetched (``actions.fetches``); how that goes is its ``SourceHealth``.
    """

    class Precision(models.TextChoices):
        DAY = "day", _("on that day")
        MONTH = "month", _("in that month")
        UNKNOWN = "unknown", _("date unknown")

    class OwnKind(models.TextChoices):
        CONTRACT = "contract", _("Contract")
        PROCESSING_AGREEMENT = "processing-agreement", _("Processing agreement")
        INTERNAL_POLICY = "internal-policy", _("Policy of our own")
        VENDOR_PAGE = "vendor-page", _("Page of a vendor")

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    key = models.SlugField(max_length=120)
    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("address"), max_length=500, blank=True)
    markdown_url = models.URLField(
        _("address as Markdown"), max_length=500, blank=True, help_text=_("Fetched instead, where it is there.")
    )
    cadence_days = models.PositiveSmallIntegerField(
        _("days between two fetches"), default=7, help_text=_("0: it is never fetched.")
    )
    keeper = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("keeper")
    )
    kind = models.CharField(max_length=40, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    as_of_precision = models.CharField(max_length=10, choices=Precision, default=Precision.UNKNOWN)
    as_of_note = models.CharField(max_length=300, blank=True)
    # Of the text that the shipped facts were taken from: anchor → SHA-256 of a clause, and the day of that text.
    fingerprints = models.JSONField(default=dict, blank=True)
    fingerprints_as_of = models.DateField(null=True, blank=True)
    # What the catalog's keeper thinks of clauses as they read now: anchor, sha256 ("" where it is gone), verdict, because.
    suggestions = models.JSONField(default=list, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = PolicySourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="source_key_is_unique", nulls_distinct=False),
            models.CheckConstraint(
                name="unknown_date_is_no_date",
                condition=models.Q(as_of_precision="unknown", as_of__isnull=True)
                | (~models.Q(as_of_precision="unknown") & models.Q(as_of__isnull=False)),
            ),
            models.CheckConstraint(
                name="fingerprints_have_a_day",
                condition=models.Q(fingerprints={}, fingerprints_as_of__isnull=True)
                | (~models.Q(fingerprints={}) & models.Q(fingerprints_as_of__isnull=False)),
            ),
            models.CheckConstraint(
                name="shipped_source_is_kept_by_the_operator",
                condition=models.Q(organization__isnull=False) | models.Q(keeper__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_fetched(self) -> bool:
        """The same as ``PolicySource.objects.fetched()``."""
        return bool(self.url and self.cadence_days and self.retired_at is None)

    @property
    def addresses(self) -> tuple[str, ...]:
        """What is fetched, the preferred first."""
        return tuple(filter(None, (self.markdown_url, self.url)))

    @property
    def kind_label(self) -> str:
        """What an organization calls it; empty for what ships, and for what was only cited."""
        return str(self.OwnKind(self.kind).label) if self.organization_id and self.kind in self.OwnKind else ""


class PolicyVersionQuerySet(SharedQuerySet):
    """Texts are compared; papers are kept beside them as evidence."""

    def texts(self) -> Self:
        """Those whose text can be read and compared."""
        return self.filter(content_type="")

    def before(self, version: "PolicyVersion") -> Self:
        """Those that stood before this one in the order of versions."""
        return self.filter(Q(seen_on__lt=version.seen_on) | Q(seen_on=version.seen_on, pk__lt=version.pk))


class PolicyVersion(models.Model):
    """A source as it read on some day: the very bytes, with what they hash to. What somebody brings is their organization's.

    A text has clauses and is compared; a paper (PDF, Word) has a ``content_type``, and is evidence alone.

    What the machine fetches is its source's; a text that was held back first has a person who accepted it, and why. The database refuses every change, and a hash that is not that of the bytes.
    """

    class Origin(models.TextChoices):
        FETCHED = "fetched", _("fetched")
        UPLOADED = "uploaded", _("uploaded")
        PASTED = "pasted", _("pasted")
        ACCEPTED = "accepted", _("fetched, and accepted")

    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(PolicySource, on_delete=models.PROTECT, db_index=False, related_name="versions")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100, blank=True, help_text=_("Of a paper; empty for a text."))
    charset = models.CharField(max_length=40, blank=True, help_text=_("What the answer was found to be written in."))
    name = models.CharField(_("name"), max_length=200, blank=True)
    origin = models.CharField(max_length=10, choices=Origin)
    seen_on = models.DateField(_("seen"))
    effective_on = models.DateField(_("effective"), null=True, blank=True)
    added_at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.ForeignKey(FreeText, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = PolicyVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="version_is_fetched_or_somebodys",
                condition=models.Q(origin="fetched", by__isnull=True)
                | models.Q(origin="accepted", by__isnull=False)
                | models.Q(origin__in=["uploaded", "pasted"], by__isnull=False, organization__isnull=False),
            ),
            models.CheckConstraint(
                name="paper_was_uploaded", condition=models.Q(content_type="") | models.Q(origin="uploaded")
            ),
            models.CheckConstraint(
                name="accepted_version_has_a_reason",
                condition=models.Q(origin="accepted", reason__isnull=False)
                | (~models.Q(origin="accepted") & models.Q(reason__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["source", "-seen_on", "-id"], name="versions_newest_first")]

    def __str__(self) -> str:
        return self.name or self.sha256[:12]

    @property
    def is_text(self) -> bool:
        """The same as ``PolicyVersion.objects.texts()``."""
        return not self.content_type

    @property
    def text(self) -> str:
        return read_bytes(bytes(self.content), charset=self.charset)

    @property
    def document(self) -> Document:
        return document_of(self.text)


class SourceHealthQuerySet(models.QuerySet):
    """What the sweep asks for."""

    def due(self, *, at: dt.datetime) -> Self:
        """Of sources that are fetched at all, those whose time has come."""
        return self.filter(next_fetch_at__lte=at, source__in=PolicySource.objects.fetched())


class SourceHealth(models.Model):
    """How fetching one source goes: when it is next due, what happened last, since when it is unavailable.

    The machine's own notes, written by ``actions.fetches`` alone and worked out again by fetching: no history. While one
    is being fetched, ``next_fetch_at`` is when another may try if nothing came of it.
    """

    source = models.OneToOneField(PolicySource, primary_key=True, on_delete=models.PROTECT, related_name="health")
    next_fetch_at = models.DateTimeField()
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_change_at = models.DateTimeField(null=True, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    last_failure = models.CharField(max_length=40, blank=True, help_text=_("Why, as a code of catalog/fetching."))
    last_failure_detail = models.CharField(max_length=300, blank=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    unavailable_since = models.DateTimeField(null=True, blank=True)
    fetched_url = models.URLField(
        max_length=500, blank=True, help_text=_("Which of its addresses answered last, or was asked.")
    )
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    called_hosts = ArrayField(models.CharField(max_length=260), default=list, blank=True)

    objects = SourceHealthQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="unavailable_after_failures",
                condition=models.Q(failures_in_a_row=0, unavailable_since__isnull=True)
                | models.Q(failures_in_a_row__gt=0, unavailable_since__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["next_fetch_at"], name="sources_to_fetch")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.last_failure or 'ok'}"

    @property
    def why(self) -> str:
        """The last failure, as the end of a sentence."""
        return words(self.last_failure, self.last_failure_detail)


class HeldBackText(models.Model):
    """What came instead of a source's text, kept and shown, and no version: a log-in page, or a text that is far too short.

    Written by ``actions.fetches``; settled when the page is back, when a newer one takes its place, or when the source's
    keeper accepts it. The database allows one at a time for each source, refuses every other change, and a hash that is
    not that of the bytes.
    """

    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(PolicySource, on_delete=models.PROTECT, related_name="held_back")
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    charset = models.CharField(max_length=40, blank=True)
    why = models.CharField(max_length=40)
    seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(settled_at__isnull=True), name="one_text_is_held_back_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.why}: {self.sha256[:12]}"

    @property
    def text(self) -> str:
        return read_bytes(bytes(self.content), charset=self.charset)

    @property
    def words(self) -> str:
        """What a person would read of it; empty where nothing of it is text."""
        try:
            return document_of(self.text).text
        except Unreadable:
            return ""

    @property
    def why_in_words(self) -> str:
        """Why it was held back, as the end of a sentence."""
        return words(self.why)
