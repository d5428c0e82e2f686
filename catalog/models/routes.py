"""Tools, and the ways to reach their models."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from catalog.models.facts import Profile
from catalog.models.shared import SharedQuerySet


class Tool(models.Model):
    """What people use: Claude Code, ChatGPT, GitHub Copilot …"""

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    key = models.SlugField(max_length=80)
    vendor = models.CharField(_("vendor"), max_length=100)
    name = models.CharField(_("name"), max_length=200)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="tool_key_is_unique", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name


class AccessRoute(models.Model):
    """One way to reach a tool's model: plan or cloud × client × account.

    Shipped ones are written by ``load_catalog`` only, an organization's own through ``actions.add_route``. What is said
    about it are dated facts; the four answers here are for filtering and are never shown without them.
    """

    class Tier(models.TextChoices):
        CONSUMER = "consumer", _("Consumer")
        COMMERCIAL = "commercial", _("Commercial")
        CLOUD_PROVIDER = "cloud-provider", _("Cloud provider")
        OVERLAY = "overlay", _("On top of another route")
        MIXED = "mixed", _("Depends on the account")

    class Surface(models.TextChoices):
        TERMINAL = "terminal", _("Terminal")
        IDE = "ide", _("Editor")
        DESKTOP = "desktop", _("Desktop app")
        CHAT = "chat", _("Chat")
        WEB = "web", _("Web")
        BROWSER_EXTENSION = "browser-extension", _("Browser extension")
        PIPELINE = "pipeline", _("Pipeline")
        API = "api", _("API")
        OTHER = "other", _("Other")

    class Reply(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        PARTLY = "partly", _("Partly")
        DEPENDS = "depends", _("Depends")
        UNKNOWN = "unknown", _("Not known")

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="routes")
    key = models.SlugField(max_length=120)
    short_code = models.CharField(_("short code"), max_length=4)
    name = models.CharField(_("name"), max_length=200)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    tier = models.CharField(_("tier"), max_length=20, choices=Tier)
    surface = models.CharField(_("where people meet it"), max_length=20, choices=Surface)
    suited_for = models.CharField(_("suited for"), max_length=300, blank=True)
    warning = models.TextField(_("look-alike warning"), blank=True)
    to_ask = ArrayField(models.TextField(), default=list, blank=True)
    trains = models.CharField(_("trains by default?"), max_length=10, choices=Reply, default=Reply.UNKNOWN)
    reaches_vendor = models.CharField(_("reaches the vendor?"), max_length=10, choices=Reply, default=Reply.UNKNOWN)
    zero_retention = models.CharField(
        _("zero retention possible?"), max_length=10, choices=Reply, default=Reply.UNKNOWN
    )
    audit_log = models.CharField(_("audit log?"), max_length=10, choices=Reply, default=Reply.UNKNOWN)
    base = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="built_on_it")
    requires = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="required_by")
    profiles = models.ManyToManyField(Profile, blank=True, related_name="routes")
    added_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["tool__vendor", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="route_key_is_unique", nulls_distinct=False),
            models.UniqueConstraint(
                fields=["short_code"],
                condition=Q(organization=None, retired_at=None),
                name="shipped_short_code_is_unique",
            ),
            models.UniqueConstraint(
                fields=["organization", "short_code"],
                condition=Q(organization__isnull=False),
                name="own_short_code_is_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.name
