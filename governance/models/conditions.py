"""What somebody signed under: conditions laid over the frozen content by a signature, and those that go on afterwards."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, User
from audit.models import FreeText
from governance.models.decisions import RouteDecision
from governance.models.sign_offs import Signature


class SignatureCondition(models.Model):
    """One condition under which somebody signed: what, who sees to it, by when, and what happens if nobody does.

    Made with its signature by ``actions.sign``; said to be met, once, by ``actions.meet_condition``. The database holds each
    row to the snapshot that its signature hands on, and changes nothing of it afterwards.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, db_index=False, related_name="conditions")
    position = models.PositiveSmallIntegerField()
    text = models.TextField(_("condition"))
    keeper = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("keeper"))
    due_on = models.DateField(_("due"))
    suspends = models.BooleanField(_("suspends the decision when it is not met"), default=False)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    met_text = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    met_link = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["signature_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="signature_condition_tenant_key"),
            models.UniqueConstraint(fields=["signature", "position"], name="one_condition_per_position"),
            models.CheckConstraint(
                name="met_condition_says_how",
                condition=Q(met_at__isnull=True, met_by__isnull=True, met_text__isnull=True, met_link__isnull=True)
                | Q(met_at__isnull=False, met_by__isnull=False, met_text__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "due_on"], condition=Q(met_at__isnull=True), name="condition_unmet")
        ]

    def __str__(self) -> str:
        return self.text


class CarriedCondition(models.Model):
    """A condition that an earlier revision was signed under and that was not met when a draft was begun from it: it goes on.

    Made with the draft, by ``actions.propose``; it binds under the draft's decision as it did before, with its keeper and its
    day, and the database takes none for what is submitted already. Never changed or deleted.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(RouteDecision, on_delete=models.PROTECT, related_name="carried", db_index=False)
    condition = models.ForeignKey(SignatureCondition, on_delete=models.PROTECT, related_name="carried_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "condition"], name="condition_is_carried_once"),
        ]

    def __str__(self) -> str:
        return f"{self.condition_id} under {self.decision_id}"
