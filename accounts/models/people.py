"""People: the user who signs in, and the membership that is this person in one organization."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import Organization
from audit.models import FreeText


class UserManager(BaseUserManager["User"]):
    """Makes users by address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """A user with this address; without a password they sign in by code."""
        user = self.model(email=email.lower(), **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user


# Ends the e-mail field of who works alone and has given no address.
NOWHERE = "@just-me.invalid"


class User(AbstractBaseUser):
    """A person who can sign in, once per installation; the id is the only thing the chain knows of them.

    Signature and audit are compared by user. Erasing removes name and address, never the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True, help_text=_("Empty: the organization's."))
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(
        _("operator"), default=False, help_text=_("May open /operate/; no right in any organization.")
    )
    date_joined = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    address_proved_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When it was first seen that mail to the address reaches this person.")
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="email_is_lower_case", condition=models.Q(email=Lower("email"))),
        ]
        indexes = [
            GinIndex(SearchVector("name", "email", config="simple"), name="user_by_beginning_of_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def address(self) -> str:
        """Where they are reached; empty once they are erased, and for who works alone."""
        return "" if self.erased_at or self.email.endswith(NOWHERE) else self.email


class Membership(models.Model):
    """One person in one organization, for good: leaving ends their periods, the row stays.

    What they are allowed, where they are placed, what they lead and sign are periods; nothing is cached here.
    Once they have left, ``actions.erase_person`` takes what they typed and handed in; whoever comes back can be erased again.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)
    # While it stands, nothing of this person is erased: a dispute, say. Who said so and why is in the log.
    held_at = models.DateTimeField(null=True, blank=True)
    held_because = models.ForeignKey(FreeText, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    held_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="held_person_has_a_reason",
                condition=models.Q(held_at__isnull=True, held_because__isnull=True, held_by__isnull=True)
                | models.Q(held_at__isnull=False, held_because__isnull=False, held_by__isnull=False),
            ),
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership_per_organization_and_user"),
            models.UniqueConstraint(fields=["organization", "id"], name="membership_tenant_key"),
        ]

    def __str__(self) -> str:
        return str(self.user)
