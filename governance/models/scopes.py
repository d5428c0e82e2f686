"""For whom and what a decision holds: lines; *or* within a line's kind, *and* across kinds, empty is all."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import JobRole, Organization, Team
from governance.models.decisions import RouteDecision


class DataClass(models.Model):
    """A kind of data, such as *customer e-mail* or *source code*; some ship, an organization adds its own."""

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="data_classes"
    )
    key = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=200)
    example = models.CharField(_("example"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "data classes"
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="data_class_tenant_key"),
            models.UniqueConstraint(fields=["organization", "key"], name="data_class_key_is_unique_in_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class Use(models.Model):
    """What people use a tool for, such as *preparing answers to customers*; some ship, an organization adds its own.

    ``job_role``: who mostly does that; none where everybody does.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="uses")
    key = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=200)
    job_role = models.ForeignKey(JobRole, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="use_tenant_key"),
            models.UniqueConstraint(fields=["organization", "key"], name="use_key_is_unique_in_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class ScopeLine(models.Model):
    """One line of a decision's scope: teams × job roles × uses × data classes × repositories.

    Written while the decision is a draft; the database refuses any change after submission.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="+")
    decision = models.ForeignKey(RouteDecision, on_delete=models.PROTECT, related_name="scope_lines")
    position = models.PositiveSmallIntegerField(default=1)
    repositories = models.TextField(_("repositories"), blank=True, help_text=_("One per line; empty means all."))
    teams = models.ManyToManyField(Team, through="ScopeLineTeam", related_name="+")
    job_roles = models.ManyToManyField(JobRole, through="ScopeLineJobRole", related_name="+")
    uses = models.ManyToManyField(Use, through="ScopeLineUse", related_name="+")
    data_classes = models.ManyToManyField(DataClass, through="ScopeLineDataClass", related_name="+")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="scope_line_tenant_key"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id}, line {self.position}"


class ScopeLineTeam(models.Model):
    """A team named by a scope line."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(ScopeLine, on_delete=models.CASCADE, db_index=False, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "team"], name="team_once_per_line")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.team_id}"


class ScopeLineJobRole(models.Model):
    """A job role named by a scope line."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(ScopeLine, on_delete=models.CASCADE, db_index=False, related_name="+")
    job_role = models.ForeignKey(JobRole, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "job_role"], name="job_role_once_per_line")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.job_role_id}"


class ScopeLineDataClass(models.Model):
    """A data class named by a scope line."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(ScopeLine, on_delete=models.CASCADE, db_index=False, related_name="+")
    data_class = models.ForeignKey(DataClass, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "data_class"], name="data_class_once_per_line")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.data_class_id}"


class ScopeLineUse(models.Model):
    """A use named by a scope line."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(ScopeLine, on_delete=models.CASCADE, db_index=False, related_name="+")
    use = models.ForeignKey(Use, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "use"], name="use_once_per_line")]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.use_id}"
