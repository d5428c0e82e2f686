"""The data flow of a route: stations, and the hops between them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from catalog.models.routes import AccessRoute
from catalog.models.shared import DatedQuerySet, SharedQuerySet


class Node(models.Model):
    """A station that data passes, and who operates it."""

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    key = models.SlugField(max_length=80)
    label = models.CharField(_("name"), max_length=200)
    owner = models.CharField(_("operated by"), max_length=60)

    objects = SharedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], name="node_key_is_unique", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.label


class Hop(models.Model):
    """One step of a route's data flow; dated, superseded, never edited."""

    class When(models.TextChoices):
        ALWAYS = "always", _("Always")
        DEFAULT_ON = "default-on", _("On by default, can be switched off")
        DEFAULT_OFF = "default-off", _("Off by default, can be switched on")
        OPTIONAL = "optional", _("Only if set up")
        USER_INITIATED = "user-initiated", _("Only if a person does it")
        CONDITIONAL = "conditional", _("Depends")

    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    route = models.ForeignKey(AccessRoute, on_delete=models.PROTECT, related_name="hops")
    key = models.CharField(max_length=180)
    position = models.PositiveSmallIntegerField()
    from_node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="hops_from")
    to_node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="hops_to")
    data = models.CharField(_("what goes"), max_length=300)
    encryption = models.CharField(_("encryption"), max_length=100, blank=True)
    when = models.CharField(_("when"), max_length=20, choices=When)
    uncertain_why = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key"],
                condition=Q(superseded_at=None),
                name="one_standing_hop_per_key",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["route"], condition=Q(superseded_at=None), name="standing_hop_by_route")]

    def __str__(self) -> str:
        return f"{self.from_node_id} → {self.to_node_id}"
