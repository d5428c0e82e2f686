"""Checklists, their versions, and the items they list; an item lives once."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User


class Checklist(models.Model):
    """A list of questions: *personal*, everyone it reaches answers; *shared*, answered once for all or for a team.

    Copied from a starter or written by a manager; what it asks is its published version. Archived, never deleted.
    """

    class Kind(models.TextChoices):
        PERSONAL = "personal", _("Personal")
        SHARED = "shared", _("Shared")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="checklists")
    key = models.SlugField(max_length=80)
    name = models.CharField(_("name"), max_length=200)
    purpose = models.CharField(_("what it is for"), max_length=300, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERSONAL)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=2)
    keeper = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="checklists_kept"
    )
    review_months = models.PositiveSmallIntegerField(
        _("review every (months)"), default=6, validators=[MinValueValidator(1), MaxValueValidator(24)]
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="checklist_tenant_key"),
            models.UniqueConstraint(fields=["organization", "key"], name="checklist_key_is_unique_in_organization"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("checklists:checklist-detail", args=[self.organization.slug, self.pk])


class ChecklistVersion(models.Model):
    """One version of a checklist: which items, in which order. Published once, and a newer one supersedes it; or discarded.

    The database keeps at most one draft and one published version, and a published list as it was.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")
        RETIRED = "retired", _("Retired")
        DISCARDED = "discarded", _("Discarded")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    checklist = models.ForeignKey(Checklist, on_delete=models.PROTECT, db_index=False, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="checklist_version_tenant_key"),
            models.UniqueConstraint(fields=["checklist", "number"], name="one_version_per_number"),
            models.UniqueConstraint(fields=["checklist"], condition=Q(status="draft"), name="one_draft_per_checklist"),
            models.UniqueConstraint(
                fields=["checklist"], condition=Q(status="published"), name="one_published_version_per_checklist"
            ),
            models.CheckConstraint(
                name="published_version_has_publisher",
                condition=Q(status__in=["draft", "discarded"], published_at__isnull=True)
                | (~Q(status__in=["draft", "discarded"]) & Q(published_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist}, version {self.number}"


class Item(models.Model):
    """One question, with a key that survives versions; it lives once per organization, checklists list it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="items")
    key = models.SlugField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="item_tenant_key"),
            models.UniqueConstraint(fields=["organization", "key"], name="item_key_is_unique_in_organization"),
        ]

    def __str__(self) -> str:
        return self.key


class ItemRevision(models.Model):
    """The words of an item at one time. Its primary key is the revision that snapshots and reopenings compare.

    Drafted freely; the database keeps a published one as it was. Everyone is shown the newest published revision.
    """

    class AnswerKind(models.TextChoices):
        CONFIRM = "confirm", _("Confirm")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("One of several")
        TEXT = "text", _("Text")
        DATE = "date", _("Date")
        EVIDENCE = "evidence", _("File or link")

    class Block(models.TextChoices):
        """What an item may show of this company, as it stands for whoever reads it."""

        ROUTES = "routes", _("Which routes are allowed")
        CONDITIONS = "conditions", _("Under which conditions")
        USES = "uses", _("What for")
        DATA_CLASSES = "data_classes", _("Which kinds of data")
        REPOSITORIES = "repositories", _("Which repositories")
        CONTACTS = "contacts", _("Whom to ask")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="revisions")
    question = models.CharField(_("question"), max_length=300)
    why = models.TextField(_("why it matters"))
    steps = ArrayField(models.TextField(), verbose_name=_("steps"), default=list, blank=True)
    answer_kind = models.CharField(_("answered by"), max_length=10, choices=AnswerKind, default=AnswerKind.CONFIRM)
    # [{"value": …, "label": …, "flag": bool}]: a flagged choice is honest, and does not complete the item.
    choices = models.JSONField(_("choices"), default=list, blank=True)
    expects = models.CharField(
        max_length=10, blank=True, help_text=_("The yes or no that completes it; empty: either.")
    )
    allows_not_applicable = models.BooleanField(_("may be not applicable"), default=False)
    needs_computer = models.BooleanField(_("needs a computer"), default=False)
    # Values of ``Block``.
    shows = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    # Topics of facts, about the routes that cover the person, that the answer rests on.
    rests_on_topics = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    rests_on_decisions = models.BooleanField(
        default=False, help_text=_("The answer must name every decision that covers the person.")
    )
    procedures = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    evidence_example = models.TextField(_("example of good evidence"), blank=True)
    valid_months = models.PositiveSmallIntegerField(_("valid for (months)"), default=12)
    # Of what ships for shared lists: what the product itself knows the answer from (``queries.proofs``); nobody ticks it.
    answers_itself = models.CharField(max_length=30, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="item_revision_tenant_key"),
        ]
        indexes = [models.Index(fields=["item", "-id"], name="item_revision_newest")]

    def __str__(self) -> str:
        return self.question


class ListedItem(models.Model):
    """One line of a checklist version: which item, in which words, where.

    ``asked_since``: since when the checklist asks it without a break, said when the version is published.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(ChecklistVersion, on_delete=models.PROTECT, db_index=False, related_name="listed_items")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="listings")
    revision = models.ForeignKey(ItemRevision, on_delete=models.PROTECT, related_name="listings")
    section_key = models.SlugField(max_length=60, default="general")
    section_title = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField()
    asked_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "item"], name="item_once_per_version"),
        ]
        indexes = [models.Index(fields=["item", "version"], name="listed_item_by_item")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.item_id}"
