"""What every catalog row has in common: shipped, or an organization's own, laid over the shipped ones."""

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import Organization


class SharedQuerySet(models.QuerySet):
    """Rows with no organization are shipped; every read goes through :meth:`visible_to`."""

    def visible_to(self, organization: Organization | None) -> Self:
        """The shipped rows, and the organization's own."""
        return self.filter(Q(organization=None) | Q(organization=organization))

    def shipped(self) -> Self:
        """The rows that came with the product."""
        return self.filter(organization=None)


class DatedQuerySet(SharedQuerySet):
    """Rows that are superseded by newer ones, never edited."""

    def standing(self) -> Self:
        """The rows that nothing has superseded."""
        return self.filter(superseded_at=None)
