import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.create_tables import CreateTables
from operations.tenancy import append_only, not_truncated, only_closes, ours_or_shipped, tenant_foreign_keys

# The one rule of what may be shown of what people said (invariant 11). A number is shown where five people or more said
# it and five or more of the same people did not, rounded down to fives; everything else, nobody included, has no row. What
# a group adds comes in fives: its answers count once five people of it have said something since they were counted last.
# The organization's number adds up the groups that show theirs, and all the others where these together might show it: so
# no number that is shown moves by what fewer than five people of one group said, and none can be worked out by
# subtraction. A purpose is counted in the same way among those who use the tool with that account.
COUNT_USAGE = """
CREATE FUNCTION checklists_count_usage(of_inquiry bigint) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    few CONSTANT integer := 5;
    moved integer;
BEGIN
    -- Saying holds it shared: what is being said has its number already, and would lie below what was counted to.
    PERFORM FROM checklists_usagereminder WHERE inquiry_id = of_inquiry FOR UPDATE;
    PERFORM FROM checklists_usageinquiry WHERE id = of_inquiry FOR NO KEY UPDATE;
    UPDATE checklists_usagegroup counted SET counted_to = fresh.newest
    FROM (SELECT report.group_id, max(report.id) AS newest
          FROM checklists_usagegroup of_group
          JOIN checklists_usagereport report ON report.group_id = of_group.id AND report.id > of_group.counted_to
          WHERE of_group.inquiry_id = of_inquiry
          GROUP BY report.group_id HAVING count(DISTINCT report.membership_id) >= few) fresh
    WHERE counted.id = fresh.group_id;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved = 0 THEN
        RETURN 0;
    END IF;
    DELETE FROM checklists_usagecell WHERE inquiry_id = of_inquiry;
    WITH said AS MATERIALIZED (
        SELECT DISTINCT ON (report.membership_id) report.id, report.group_id
        FROM checklists_usagegroup of_group
        JOIN checklists_usagereport report ON report.group_id = of_group.id AND report.id <= of_group.counted_to
        WHERE of_group.inquiry_id = of_inquiry
        ORDER BY report.membership_id, report.id DESC
    ), answered AS MATERIALIZED (
        SELECT group_id, count(*) AS n FROM said GROUP BY 1
    ), used AS MATERIALIZED (
        SELECT said.id, said.group_id, CASE WHEN used.id IS NULL THEN 'nothing' ELSE 'used' END AS about,
               coalesce(used.tool_id, 0) AS tool, left(coalesce(lower(typed.body), ''), 200) AS name,
               coalesce(used.account, '') AS account, used.purposes
        FROM said
        LEFT JOIN checklists_usedtool used ON used.report_id = said.id
        LEFT JOIN audit_freetext typed ON typed.id = used.name_id
        WHERE used.id IS NULL OR used.tool_id IS NOT NULL OR typed.body IS NOT NULL
    ), tools AS (
        SELECT group_id, about, tool, name, account, count(DISTINCT id) AS n FROM used GROUP BY 1, 2, 3, 4, 5
    ), shown AS MATERIALIZED (
        SELECT tools.*, answered.n AS among, tools.n >= few AND answered.n - tools.n >= few AS is_shown
        FROM tools JOIN answered USING (group_id)
    ), others AS (
        SELECT about, tool, name, account, rest.n >= few AND rest.among - rest.n >= few AS are_counted
        FROM (SELECT about, tool, name, account, coalesce(sum(n) FILTER (WHERE NOT is_shown), 0) AS n,
                     (SELECT sum(n) FROM answered) - coalesce(sum(among) FILTER (WHERE is_shown), 0) AS among
              FROM shown GROUP BY 1, 2, 3, 4) rest
    ), counted AS MATERIALIZED (
        SELECT shown.* FROM shown JOIN others USING (about, tool, name, account) WHERE is_shown OR are_counted
    ), purposes AS MATERIALIZED (
        SELECT counted.group_id, counted.tool, counted.name, counted.account, purpose, counted.n AS among,
               count(DISTINCT used.id) AS n,
               counted.is_shown AND count(DISTINCT used.id) >= few
               AND counted.n - count(DISTINCT used.id) >= few AS is_shown
        FROM counted
        JOIN used USING (group_id, about, tool, name, account)
        CROSS JOIN LATERAL unnest(used.purposes) AS purpose
        GROUP BY counted.group_id, counted.tool, counted.name, counted.account, purpose, counted.n, counted.is_shown
    ), other_purposes AS (
        SELECT tool, name, account, purpose, rest.n >= few AND whole.n - rest.of_shown - rest.n >= few AS are_counted
        FROM (SELECT tool, name, account, purpose, coalesce(sum(n) FILTER (WHERE NOT is_shown), 0) AS n,
                     coalesce(sum(among) FILTER (WHERE is_shown), 0) AS of_shown
              FROM purposes GROUP BY 1, 2, 3, 4) rest
        JOIN (SELECT tool, name, account, sum(n) AS n FROM counted GROUP BY 1, 2, 3) whole USING (tool, name, account)
    ), numbers AS (
        SELECT group_id, 'answered' AS about, 0 AS tool, '' AS name, '' AS account, '' AS purpose, n FROM answered
        UNION ALL SELECT NULL, 'answered', 0, '', '', '', sum(n) FROM answered
        UNION ALL SELECT group_id, about, tool, name, account, '', n FROM shown WHERE is_shown
        UNION ALL SELECT NULL, about, tool, name, account, '', sum(n) FROM counted GROUP BY 2, 3, 4, 5
        UNION ALL SELECT group_id, 'used', tool, name, account, purpose, n FROM purposes WHERE is_shown
        UNION ALL SELECT NULL, 'used', tool, name, account, purpose, sum(n)
                  FROM purposes JOIN other_purposes USING (tool, name, account, purpose)
                  WHERE is_shown OR are_counted GROUP BY 3, 4, 5, 6
    )
    INSERT INTO checklists_usagecell (organization_id, inquiry_id, group_id, about, tool_id, name, account, purpose, people)
    SELECT inquiry.organization_id, inquiry.id, group_id, about, nullif(tool, 0), name, account, purpose,
           numbers.n::integer / few * few
    FROM numbers JOIN checklists_usageinquiry inquiry ON inquiry.id = of_inquiry
    WHERE numbers.n >= few;
    RETURN moved;
END $$;
"""

# The routes that a tool with a kind of account may be: with one of the person's own or none, the vendor's consumer routes;
# with one of work, its others. Where a vendor has no such route, any of the tool stands for it.
ROUTES_USED = """
CREATE FUNCTION checklists_routes_used(of_organization uuid, of_tool bigint, with_account text)
RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT array_agg(route.id ORDER BY route.name)
    FROM (SELECT candidate.id, candidate.name, fits.so, bool_or(fits.so) OVER () AS any_fits
          FROM catalog_accessroute candidate
          CROSS JOIN LATERAL (SELECT (candidate.tier = 'consumer') = (with_account <> 'work') AS so) fits
          WHERE candidate.tool_id = of_tool AND candidate.retired_at IS NULL
            AND (candidate.organization_id IS NULL OR candidate.organization_id = of_organization)) route
    WHERE route.so OR NOT route.any_fits
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_who_keeps"),
        ("audit", "0004_find_by_day"),
        ("catalog", "0002_only_superseded"),
        ("checklists", "0003_reminders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UsageInquiry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField(verbose_name="due on")),
                ("asked_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_inquiries",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "usage inquiries",
            },
        ),
        migrations.CreateModel(
            name="UsageGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counted_to", models.BigIntegerField(default=0)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups",
                        to="checklists.usageinquiry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsageCell",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "about",
                    models.CharField(
                        choices=[("answered", "Have answered"), ("nothing", "Use nothing"), ("used", "Use it")],
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200)),
                (
                    "account",
                    models.CharField(
                        blank=True,
                        choices=[("work", "Work account"), ("private", "Private account"), ("none", "No account")],
                        max_length=10,
                    ),
                ),
                ("purpose", models.SlugField(blank=True, db_index=False, max_length=60)),
                ("people", models.PositiveIntegerField()),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalog.tool",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cells",
                        to="checklists.usagegroup",
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cells",
                        to="checklists.usageinquiry",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsageReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "group",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="checklists.usagegroup",
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="checklists.usageinquiry",
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsedTool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.CharField(
                        choices=[("work", "Work account"), ("private", "Private account"), ("none", "No account")],
                        max_length=10,
                        verbose_name="account",
                    ),
                ),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=60), default=list, size=None
                    ),
                ),
                (
                    "name",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tools", to="checklists.usagereport"
                    ),
                ),
                (
                    "tool",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.tool"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UsageReminder",
            fields=[
                (
                    "inquiry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="reminder",
                        serialize=False,
                        to="checklists.usageinquiry",
                    ),
                ),
                ("next_on", models.DateField()),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="usageinquiry",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="usage_inquiry_tenant_key"),
        ),
        migrations.AddConstraint(
            model_name="usageinquiry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("organization",),
                name="one_usage_inquiry_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="usageinquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True), ("closed_at__gte", models.F("asked_at")), _connector="OR"
                ),
                name="usage_inquiry_closes_after_it_is_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="usagegroup",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="usage_group_tenant_key"),
        ),
        migrations.AddConstraint(
            model_name="usagegroup",
            constraint=models.UniqueConstraint(
                fields=("inquiry", "team"), name="one_usage_group_per_inquiry_and_team", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="usagecell",
            constraint=models.UniqueConstraint(
                fields=("inquiry", "group", "about", "tool", "name", "account", "purpose"),
                name="one_usage_cell",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="usagecell",
            constraint=models.CheckConstraint(condition=models.Q(("people__gte", 5)), name="usage_cell_is_of_fives"),
        ),
        migrations.AddIndex(
            model_name="usagereport",
            index=models.Index(fields=["inquiry", "membership", "-id"], name="usage_report_newest_of_person"),
        ),
        migrations.AddIndex(
            model_name="usagereport",
            index=models.Index(fields=["group", "id"], name="usage_report_by_group"),
        ),
        migrations.AddConstraint(
            model_name="usagereport",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="usage_report_tenant_key"),
        ),
        migrations.AddConstraint(
            model_name="usedtool",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name__isnull", True), ("tool__isnull", False)),
                    models.Q(("name__isnull", False), ("tool__isnull", True)),
                    _connector="OR",
                ),
                name="used_tool_is_of_the_catalog_or_named",
            ),
        ),
    ]
    operations = [
        CreateTables(operations),
        tenant_foreign_keys(
            ("checklists_usageinquiry", "keeper_id", "accounts_membership"),
            ("checklists_usagegroup", "inquiry_id", "checklists_usageinquiry"),
            ("checklists_usagegroup", "team_id", "accounts_team"),
            ("checklists_usagereport", "inquiry_id", "checklists_usageinquiry"),
            ("checklists_usagereport", "group_id", "checklists_usagegroup"),
            ("checklists_usagereport", "membership_id", "accounts_membership"),
            ("checklists_usedtool", "report_id", "checklists_usagereport"),
            ("checklists_usedtool", "name_id", "audit_freetext"),
            ("checklists_usagecell", "inquiry_id", "checklists_usageinquiry"),
            ("checklists_usagecell", "group_id", "checklists_usagegroup"),
            ("checklists_usagereminder", "inquiry_id", "checklists_usageinquiry"),
        ),
        ours_or_shipped(("checklists_usedtool", "tool_id", "catalog_tool")),
        only_closes("checklists_usageinquiry", "closed_at", "closed_by_id"),
        append_only("checklists_usagereport", "checklists_usedtool"),
        not_truncated("checklists_usagegroup"),
        migrations.RunSQL(
            COUNT_USAGE + ROUTES_USED,
            "DROP FUNCTION checklists_routes_used(uuid, bigint, text); DROP FUNCTION checklists_count_usage(bigint);",
        ),
    ]
