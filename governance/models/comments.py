"""What people say beside an exact line of what is to be signed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, SignOffGroup, User
from audit.models import FreeText
from governance.models.sign_offs import SignOff


class SignOffComment(models.Model):
    """A comment on one line of what is to be signed, for whoever may read it; with a group, a note for that group alone.

    Made by ``actions.comment``. The database never changes or removes it. A note stands in no snapshot, export or mail.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    sign_off = models.ForeignKey(SignOff, on_delete=models.PROTECT, related_name="comments")
    anchor = models.CharField(
        _("about"), max_length=200, help_text=_("Such as fact:<key>, hop:2, scope:1, conditions.")
    )
    group = models.ForeignKey(SignOffGroup, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(FreeText, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="comment_is_about_something", condition=~Q(anchor=""))]

    def __str__(self) -> str:
        return f"{self.sign_off_id}, {self.anchor}"
