"""The addressable parts of versions."""

from django.db import models

from accounts.models import Organization
from catalog.models.shared import SharedQuerySet
from catalog.models.sources import PolicyVersion


class Clause(models.Model):
    """One part of a version: where it stands, and what its words hash to. The words themselves are in the version's bytes.

    Written with its version by ``actions.keep_version``, and like it never changed; the database refuses it. What ships of
    a vendor's text are hashes alone (``PolicySource.fingerprints``).
    """

    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, db_index=False, related_name="clauses")
    position = models.PositiveIntegerField()
    # The headings above it as facts cite them, joined by ``documents.SEPARATOR``; "" before the first one.
    place = models.TextField(blank=True)
    anchor = models.TextField()
    sha256 = models.CharField(max_length=64)

    objects = SharedQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="one_clause_per_position")]

    def __str__(self) -> str:
        return self.place or self.anchor
