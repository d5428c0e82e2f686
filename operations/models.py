"""What the machine notes about itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SweepRun(models.Model):
    """How one sweep is doing: when it last began, when it last got through, what stopped it.

    One row per sweep, written by ``operations.sweeps.sweep`` around each run. It is a report, not a queue: losing it
    loses nothing that is due. The name is the key, so two workers never make two rows.
    """

    name = models.CharField(max_length=100, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    failures = models.PositiveIntegerField("runs in a row that failed", default=0)
    done = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """The last moment at which a bell rung by beat was heard by a worker.

    Written by the task ``operations.heartbeat``. A worker whose connection is dead still runs, but writes none: whoever
    supervises restarts it when this row is stale. The name is the key.
    """

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class KeptFile(models.Model):
    """A file or a link that somebody brought to show something, with the day from which it says so; never changed.

    A table of these adds its organization, what it belongs to, and where its ``file`` is put.
    """

    file: models.FileField
    name = models.CharField(_("name"), max_length=200, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    content_type = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    effective_on = models.DateField(_("effective"), null=True, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name or self.link

    @property
    def is_pdf(self) -> bool:
        return self.content_type == "application/pdf"
