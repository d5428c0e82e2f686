"""Facts: sourced, dated statements, superseded and never edited."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from catalog.models.shared import DatedQuerySet, SharedQuerySet
from catalog.models.sources import PolicySource, Topic


class Profile(models.Model):
    """Facts that several routes share: telemetry of a client, a model's rule, a conflict of sources."""

    class Kind(models.TextChoices):
        TELEMETRY = "telemetry", _("Telemetry")
        LOCAL_STORAGE = "local-storage", _("On the own disk")
        CREDENTIALS = "credentials", _("Sign-in and keys")
        ENCRYPTION = "encryption", _("Encryption")
        VENDOR = "vendor", _("The vendor")
        MODEL_RULE = "model-rule", _("The model")
        CONFLICT = "conflict", _("Where sources disagree")

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    key = models.SlugField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=200)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="profile_key_is_unique", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name


class Fact(models.Model):
    """One sourced, dated statement about a route, or about a profile that routes share.

    The primary key is its revision: it only goes up. An organization's row with the key of a shipped one is laid over
    it for that organization. The database refuses every change but being superseded, once; rows are never deleted.
    """

    class State(models.TextChoices):
        KNOWN = "known", _("Known")
        UNKNOWN = "unknown", _("Not known")
        CONFLICTING = "conflicting", _("Sources disagree")

    class Promise(models.TextChoices):
        CONTRACT = "contract", _("Contract")
        DOCUMENTATION = "vendor-documentation", _("The vendor's documentation")
        STATEMENT = "vendor-statement", _("The vendor's statement")
        REPORT = "report", _("Somebody's report")
        OWN = "own", _("Our own word")

    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    route = models.ForeignKey(
        "catalog.AccessRoute", null=True, blank=True, on_delete=models.PROTECT, related_name="facts"
    )
    profile = models.ForeignKey(Profile, null=True, blank=True, on_delete=models.PROTECT, related_name="facts")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="facts", verbose_name=_("topic"))
    key = models.CharField(max_length=180)
    statement = models.TextField(_("what is said"))
    detail = models.TextField(_("more about it"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.KNOWN)
    promise = models.CharField(_("kind of promise"), max_length=24, choices=Promise)
    uncertain_why = models.TextField(_("why it is uncertain"), blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    as_of_precision = models.CharField(
        max_length=10, choices=PolicySource.Precision, default=PolicySource.Precision.UNKNOWN
    )
    as_of_note = models.CharField(max_length=300, blank=True)
    procedure_key = models.CharField(max_length=120, blank=True)
    digest = models.CharField(
        max_length=64, help_text=_("SHA-256 over its words and citations, so that loading is idempotent.")
    )
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="fact_is_about_one_thing",
                condition=Q(route__isnull=False, profile__isnull=True) | Q(route__isnull=True, profile__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["organization", "key"],
                condition=Q(superseded_at=None),
                name="one_standing_fact_per_key",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="fact_of_unknown_date_has_none",
                condition=Q(as_of_precision="unknown", as_of__isnull=True)
                | (~Q(as_of_precision="unknown") & Q(as_of__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["route"], condition=Q(superseded_at=None), name="standing_fact_by_route"),
            models.Index(fields=["profile"], condition=Q(superseded_at=None), name="standing_fact_by_profile"),
        ]

    def __str__(self) -> str:
        return self.statement


class Claim(models.Model):
    """One side of a fact on which sources disagree."""

    fact = models.ForeignKey(Fact, on_delete=models.PROTECT, db_index=False, related_name="claims")
    statement = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["fact", "position"], name="one_claim_per_position")]

    def __str__(self) -> str:
        return self.statement


class Citation(models.Model):
    """Where a fact, a claim, a hop or a procedure is said: the source, and the headings where they are known."""

    fact = models.ForeignKey(Fact, null=True, on_delete=models.PROTECT, related_name="citations")
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="citations")
    hop = models.ForeignKey("catalog.Hop", null=True, on_delete=models.PROTECT, related_name="citations")
    procedure = models.ForeignKey("catalog.Procedure", null=True, on_delete=models.PROTECT, related_name="citations")
    source = models.ForeignKey(PolicySource, on_delete=models.PROTECT, related_name="citations")
    # Heading paths without the page's own heading; "" is the text before the first one; none means not determined.
    sections = ArrayField(models.CharField(max_length=400, blank=True), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="citation_of_one_thing",
                condition=Q(fact__isnull=False, claim__isnull=True, hop__isnull=True, procedure__isnull=True)
                | Q(fact__isnull=True, claim__isnull=False, hop__isnull=True, procedure__isnull=True)
                | Q(fact__isnull=True, claim__isnull=True, hop__isnull=False, procedure__isnull=True)
                | Q(fact__isnull=True, claim__isnull=True, hop__isnull=True, procedure__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.source)


class CitedPlace(models.Model):
    """Where an organization says a fact is said: a person found the clause, or found it again. The newest of a fact and a source
    takes the place of the headings of its citations of that source; none means it is not said there any more.

    :ivar read_as: hashes of clauses that a person read and judged to say so still.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    fact_key = models.CharField(max_length=180)
    source = models.ForeignKey(PolicySource, on_delete=models.PROTECT, related_name="+")
    # As pages write them: a vendor's heading may be of any length.
    sections = ArrayField(models.TextField(blank=True), default=list, blank=True)
    read_as = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "fact_key", "source", "-id"], name="cited_places_newest_first")]

    def __str__(self) -> str:
        return f"{self.fact_key}: {', '.join(self.sections)}"
