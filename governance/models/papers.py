"""What a decision rests on besides the vendor's word: papers, and our own word on facts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization
from catalog.models import AccessRoute, Fact
from operations.models import KeptFile


def paper_path(paper: "Paper", filename: str) -> str:
    """Where a paper's file is put: under the organization's id, named by its hash."""
    return f"{paper.organization_id}/papers/{paper.sha256[:2]}/{paper.sha256}"


class Paper(KeptFile):
    """A file or a link of the organization's own: a contract, a letter, a report. Never changed."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="papers")
    file = models.FileField(upload_to=paper_path, max_length=200, blank=True)
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="paper_tenant_key"),
            models.CheckConstraint(
                name="paper_is_file_or_link", condition=Q(link="", size__gt=0) | (~Q(link="") & Q(size=0))
            ),
        ]


class Agreement(models.Model):
    """How it stands with one paper that decisions on a route rest on: we have it, asked for it, don't need it, lack it.

    Never changed: what is said later of the same ``kind`` and ``title`` supersedes it. ``title`` tells several of one
    kind apart, such as two assurance reports. A submission freezes what stands then.
    """

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("Contract, and our company that signed it")
        PROCESSING = "processing", _("Processing agreement")
        RETENTION = "retention", _("Confirmation of zero retention, or BAA")
        ASSURANCE = "assurance", _("Assurance report")
        ASSESSMENT = "assessment", _("Impact assessment")
        EMPLOYEES = "employees", _("Information of employees")

    class State(models.TextChoices):
        HAVE = "have", _("We have it")
        ASKED = "asked", _("Asked for")
        NOT_NEEDED = "not_needed", _("Not needed")
        MISSING = "missing", _("Missing")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="agreements")
    route = models.ForeignKey(AccessRoute, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("which paper"), max_length=12, choices=Kind)
    # Part of the key under which snapshots rest on it, which has 200 characters.
    title = models.CharField(_("name"), max_length=150, blank=True)
    state = models.CharField(_("how it stands"), max_length=12, choices=State)
    parties = models.CharField(_("who with whom"), max_length=300, blank=True)
    dated_on = models.DateField(_("dated"), null=True, blank=True)
    covers_from = models.DateField(_("covers the time from"), null=True, blank=True)
    covers_until = models.DateField(_("until"), null=True, blank=True)
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("who holds it")
    )
    expires_on = models.DateField(_("runs out on"), null=True, blank=True)
    why = models.TextField(_("why, or of whom it was asked"), blank=True)
    said_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="agreement_tenant_key"),
            models.CheckConstraint(
                name="agreement_at_hand_has_a_date_and_a_paper",
                condition=~Q(state="have") | Q(dated_on__isnull=False, paper__isnull=False, holder__isnull=False),
            ),
            models.CheckConstraint(
                name="agreement_not_needed_or_asked_for_says_why",
                condition=~Q(state__in=["asked", "not_needed"]) | ~Q(why=""),
            ),
            models.CheckConstraint(
                name="agreement_covers_a_time",
                condition=Q(covers_from__isnull=True)
                | Q(covers_until__isnull=True)
                | Q(covers_until__gte=F("covers_from")),
            ),
        ]
        indexes = [models.Index(fields=["organization", "route", "kind", "title", "-id"], name="agreement_newest")]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())


class OwnWord(models.Model):
    """What the organization itself says of a fact, in the words that stood there: the newest on a fact counts.

    Never changed. It counts for the revision of the fact that was looked at, until ``expires_on``.
    """

    class Kind(models.TextChoices):
        CHECKED = "checked", _("Checked by us: still says this")
        IN_WRITING = "in_writing", _("In writing")
        ASKED = "asked", _("Asked the vendor")
        ACCEPTED = "accepted", _("Accepted as it is")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="own_words")
    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, related_name="+")
    fact_key = models.CharField(max_length=180)
    kind = models.CharField(_("our word"), max_length=12, choices=Kind)
    # The clause or what the letter says; what was asked; why it is accepted.
    text = models.TextField(blank=True)
    asked_of = models.CharField(_("asked of"), max_length=200, blank=True)
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    said_on = models.DateField()
    expires_on = models.DateField(_("holds until"))
    said_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="own_word_tenant_key"),
            models.CheckConstraint(
                name="own_word_says_what_its_kind_needs",
                condition=Q(kind="checked")
                | (Q(kind__in=["in_writing", "accepted"]) & ~Q(text=""))
                | (Q(kind="asked") & ~Q(text="") & ~Q(asked_of="")),
            ),
            models.CheckConstraint(name="own_word_holds_for_a_while", condition=Q(expires_on__gte=F("said_on"))),
        ]
        indexes = [models.Index(fields=["organization", "fact_key", "-id"], name="own_word_newest")]

    def __str__(self) -> str:
        return f"{self.fact_key}: {self.kind}"
