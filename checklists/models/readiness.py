"""Exact counts over people: cells, and the deltas that statement triggers append and a sweep folds in."""

from django.db import models

from accounts.models import Organization


class ReadinessCell(models.Model):
    """How many people stand where with a checklist or a route; read as cells plus deltas.

    ``subject`` is ``checklist:<id>`` (statuses of assignments) or ``route:<id>`` (``cleared`` and ``open``);
    ``cleared:<id>`` is the sum of a route over all teams and job roles.
    """

    pk = models.CompositePrimaryKey("organization_id", "subject", "team_id", "job_role_id", "due_on", "status")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    subject = models.CharField(max_length=40)
    # 0 and 0001-01-01 stand for none: a key has no nulls.
    team_id = models.BigIntegerField()
    job_role_id = models.BigIntegerField()
    due_on = models.DateField()
    status = models.CharField(max_length=10)
    n = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.subject}/{self.team_id}/{self.status}: {self.n}"


class ReadinessDelta(models.Model):
    """One change of a cell that has not been folded in yet."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=40)
    team_id = models.BigIntegerField()
    job_role_id = models.BigIntegerField()
    due_on = models.DateField()
    status = models.CharField(max_length=10)
    n = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.subject}/{self.team_id}/{self.status}: {self.n:+}"
