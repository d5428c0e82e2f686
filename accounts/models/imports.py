"""Lists of people that somebody brought, until they are imported."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.organizations import Organization
from accounts.models.people import Membership


class PeopleImport(models.Model):
    """A list of people that somebody brought: which column says what, what would come of it, and what came of it.

    Moved by the actions of ``accounts.actions.importing``; the sweep ``accounts.import_people`` takes what is due. Its lines
    are removed once it is imported or cancelled, or a week after it came; counts stay, and name nobody.
    """

    class Status(models.TextChoices):
        BROUGHT = "brought", _("Waits for its columns to be named")
        CHECKED = "checked", _("Checked")
        DUE = "due", _("Being imported")
        DONE = "done", _("Imported")
        CANCELLED = "cancelled", _("Cancelled")

    # From → to; a list that comes back as *checked* was refused, or the world had changed since it was checked.
    MOVES = {
        Status.BROUGHT: {Status.CHECKED, Status.CANCELLED},
        Status.CHECKED: {Status.CHECKED, Status.DUE, Status.CANCELLED},
        Status.DUE: {Status.CHECKED, Status.DONE},
    }

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, db_index=False, related_name="imports")
    status = models.CharField(max_length=10, choices=Status, default=Status.BROUGHT)
    brought_by = models.ForeignKey(Membership, on_delete=models.PROTECT, db_index=False, related_name="+")
    brought_at = models.DateTimeField()
    width = models.PositiveSmallIntegerField(default=0)  # columns of the widest line
    lines_in_all = models.PositiveIntegerField(default=0)
    columns = models.JSONField(default=dict)  # what (email, name, …) → which column, counted from 1
    headings_line = models.PositiveIntegerField(default=0)  # 0: the list has none
    counts = models.JSONField(default=dict)  # outcome → people; of the last check, in the end of what was done
    asked_by = models.ForeignKey(Membership, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    asked_at = models.DateTimeField(null=True)
    skips_errors = models.BooleanField(default=False)  # lines with errors stay out; else one keeps all out
    ends_missing = models.BooleanField(default=False)  # who is not in the list leaves
    attempts = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    refusal = models.TextField(blank=True)  # why nothing was imported, in our words
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="people_import_tenant_key"),
            models.CheckConstraint(
                name="due_import_was_asked_for",
                condition=~Q(status__in=["due", "done"]) | Q(asked_by__isnull=False, asked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="finished_import_says_when",
                condition=Q(status__in=["done", "cancelled"], finished_at__isnull=False)
                | ~Q(status__in=["done", "cancelled"]) & Q(finished_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["status"], condition=Q(finished_at__isnull=True), name="people_import_unfinished"),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("accounts:import-detail", args=[self.organization.slug, self.pk])


class ImportLine(models.Model):
    """One line of a list as it came, with what the last check made of it.

    Written by COPY and by one UPDATE; personal, so it is gone with the import, and erasure needs no second place.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("new")
        BACK = "back", _("come back")
        MOVED = "moved", _("get another team or job role")
        RENAMED = "renamed", _("get their name corrected")
        SAME = "same", _("unchanged")
        INVITED = "invited", _("are invited")
        WAITING = "waiting", _("are invited already")
        ERROR = "error", _("with an error")

    # Those who belong to the organization once the list is imported.
    PRESENT = (Outcome.NEW, Outcome.BACK, Outcome.MOVED, Outcome.RENAMED, Outcome.SAME)

    # Both are held by one composite key: each further one is looked up for every line.
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="+"
    )
    people_import = models.ForeignKey(
        PeopleImport, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="lines"
    )
    number = models.PositiveIntegerField()  # of the line in the file
    cells = ArrayField(models.TextField())
    email = models.TextField(default="", db_default="")
    name = models.TextField(default="", db_default="")
    team = models.TextField(default="", db_default="")
    job_role = models.TextField(default="", db_default="")
    lead = models.TextField(default="", db_default="")  # the address of who is to lead the team
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="", db_default="")
    keeps_name = models.BooleanField(default=False, db_default=False)
    problems = ArrayField(models.TextField(), default=list, db_default=[])  # what:problem[:line]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "people_import", "number"], name="a_line_of_an_import_is_there_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.people_import_id}: {self.number}"
