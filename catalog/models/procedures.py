"""How something is done, step by step."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from catalog.models.shared import DatedQuerySet


class Procedure(models.Model):
    """Steps that a person can follow, such as switching training off; dated, superseded, never edited."""

    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    title = models.CharField(_("title"), max_length=200)
    steps = ArrayField(models.TextField(), verbose_name=_("steps"))
    effects = models.TextField(_("what it does"), blank=True)
    notes = models.JSONField(default=list, blank=True)
    uncertain_why = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key"],
                condition=Q(superseded_at=None),
                name="one_standing_procedure_per_key",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.title
