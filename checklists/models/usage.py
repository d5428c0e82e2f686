"""*What do you use today?*: one asking of everybody, what people said, and the counts that anybody may see."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, Team, User
from audit.models import FreeText
from catalog.models import Tool


class UsageInquiry(models.Model):
    """One asking of everybody what they use today; the keeper named here sees the names, and nobody else ever does.

    Asked and closed through ``actions.usage``; whoever joins while it is open is asked too. The keeper is named above the
    question, so nobody stands in for names: whoever stands in sees counts. One at most is open; rows close once.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, db_index=False, related_name="usage_inquiries"
    )
    keeper = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("due on"))
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "usage inquiries"
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="usage_inquiry_tenant_key"),
            models.UniqueConstraint(
                fields=["organization"], condition=Q(closed_at__isnull=True), name="one_usage_inquiry_at_a_time"
            ),
            models.CheckConstraint(
                name="usage_inquiry_closes_after_it_is_asked",
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("asked_at")),
            ),
        ]

    def __str__(self) -> str:
        return str(_("What do you use today?"))


class UsageGroup(models.Model):
    """People whose answers are counted together: a team of ten or more when it was asked, or (no team) all the others.

    Fewer than ten can never show a number: five who said it, and five who did not. ``counted_to`` is the newest report that
    counts; it moves when five people of the group or more have said something since (``checklists_count_usage``).
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    inquiry = models.ForeignKey(UsageInquiry, on_delete=models.PROTECT, related_name="groups", db_index=False)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    counted_to = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "id"], name="usage_group_tenant_key"),
            models.UniqueConstraint(
                fields=["inquiry", "team"], nulls_distinct=False, name="one_usage_group_per_inquiry_and_team"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inquiry_id}: {self.team_id or 'everyone else'}"


class UsageReport(models.Model):
    """What one person said they use; their newest counts, and none of its tools is an answer too: nothing.

    Written through ``actions.usage.say_what_is_used``; never changed or deleted. The group is where they worked when they first said
    something, so that nobody's answer moves between groups.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    inquiry = models.ForeignKey(UsageInquiry, on_delete=models.PROTECT, related_name="reports", db_index=False)
    group = models.ForeignKey(UsageGroup, on_delete=models.PROTECT, related_name="reports", db_index=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "id"], name="usage_report_tenant_key")]
        indexes = [
            models.Index(fields=["inquiry", "membership", "-id"], name="usage_report_newest_of_person"),
            models.Index(fields=["group", "id"], name="usage_report_by_group"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} at {self.at}"


class UsedTool(models.Model):
    """One tool of a report: of the catalog, or by another name as it was typed; with which account, and what for.

    Written with its report; never changed or deleted.
    """

    class Account(models.TextChoices):
        WORK = "work", _("Work account")
        PRIVATE = "private", _("Private account")
        NONE = "none", _("No account")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    report = models.ForeignKey(UsageReport, on_delete=models.PROTECT, related_name="tools")
    tool = models.ForeignKey(Tool, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.ForeignKey(FreeText, null=True, on_delete=models.PROTECT, related_name="+")
    account = models.CharField(_("account"), max_length=10, choices=Account)
    purposes = ArrayField(models.SlugField(max_length=60), default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="used_tool_is_of_the_catalog_or_named",
                condition=Q(tool__isnull=False, name__isnull=True) | Q(tool__isnull=True, name__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.tool or self.name)


class UsageCell(models.Model):
    """One number that everybody with a right to counts may see, of a group or (none) of the whole organization.

    Written by ``checklists_count_usage`` alone, which holds the rule: a multiple of five, at least five who said it, at
    least five who did not; what may not be shown has no row. Every page, export and home reads these rows, never reports.
    """

    class About(models.TextChoices):
        ANSWERED = "answered", _("Have answered")
        NOTHING = "nothing", _("Use nothing")
        USED = "used", _("Use it")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    inquiry = models.ForeignKey(UsageInquiry, on_delete=models.PROTECT, related_name="cells", db_index=False)
    group = models.ForeignKey(UsageGroup, null=True, on_delete=models.PROTECT, related_name="cells")
    about = models.CharField(max_length=10, choices=About)
    tool = models.ForeignKey(Tool, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=200, blank=True)
    account = models.CharField(max_length=10, blank=True, choices=UsedTool.Account)
    purpose = models.SlugField(max_length=60, blank=True, db_index=False)
    people = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["inquiry", "group", "about", "tool", "name", "account", "purpose"],
                nulls_distinct=False,
                name="one_usage_cell",
            ),
            models.CheckConstraint(name="usage_cell_is_of_fives", condition=Q(people__gte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.tool or self.name} {self.account}: {self.people}"


class UsageReminder(models.Model):
    """An open inquiry, and the day on which to look next whether somebody is to be told; gone once it is closed.

    Whoever says what they use holds this row shared, the sweep that tells and the closing hold it alone: so nobody is
    reminded who has answered, and nothing is said once it is closed.
    """

    inquiry = models.OneToOneField(UsageInquiry, primary_key=True, on_delete=models.PROTECT, related_name="reminder")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    next_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.inquiry_id}: {self.next_on}"
