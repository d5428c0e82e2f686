"""What a decision rests on besides the vendor's word: papers, and our own word on facts."""

import django.db.models.deletion
from django.db import migrations, models

import governance.models.papers
from operations.create_tables import CreateTables
from operations.tenancy import append_only, ours_or_shipped, tenant_foreign_keys

# A word is about the fact whose key it carries.
ABOUT = """
CREATE FUNCTION governance_guard_own_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM catalog_fact WHERE id = NEW.fact_id AND key = NEW.fact_key) THEN
        RAISE EXCEPTION 'a word is about the fact whose key it carries' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.kind = 'checked' AND NOT EXISTS (SELECT FROM catalog_fact WHERE id = NEW.fact_id AND state = 'known') THEN
        RAISE EXCEPTION 'what nobody knows, or sources disagree on, does not still say so'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_own_word BEFORE INSERT ON governance_ownword
    FOR EACH ROW EXECUTE FUNCTION governance_guard_own_word();
"""
# The route on whose page a fact is looked at: its own, or of those it can choose and that share it one that it decides on.
ROUTE_OF = """
CREATE FUNCTION governance_route_of(of_fact bigint, of_organization uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(fact.route_id, (
        SELECT about.id FROM catalog_accessroute about
        JOIN catalog_accessroute_profiles shared ON shared.accessroute_id = about.id
        WHERE shared.profile_id = fact.profile_id
          AND (about.organization_id IS NULL OR about.organization_id = of_organization)
        ORDER BY EXISTS (SELECT FROM governance_routedecision decision
                         WHERE decision.organization_id = of_organization AND decision.route_id = about.id) DESC, about.id
        LIMIT 1))
    FROM catalog_fact fact WHERE fact.id = of_fact
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_who_keeps"),
        ("catalog", "0002_only_superseded"),
        ("governance", "0006_who_has_stopped"),
    ]

    tables = [
        migrations.CreateModel(
            name="Paper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                ("link", models.URLField(blank=True, max_length=500, verbose_name="link")),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("content_type", models.CharField(blank=True, max_length=100)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("effective_on", models.DateField(blank=True, null=True, verbose_name="effective")),
                ("added_at", models.DateTimeField()),
                ("file", models.FileField(blank=True, max_length=200, upload_to=governance.models.papers.paper_path)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact_key", models.CharField(max_length=180)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("checked", "Checked by us: still says this"),
                            ("in_writing", "In writing"),
                            ("asked", "Asked the vendor"),
                            ("accepted", "Accepted as it is"),
                        ],
                        max_length=12,
                        verbose_name="our word",
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("asked_of", models.CharField(blank=True, max_length=200, verbose_name="asked of")),
                ("said_on", models.DateField()),
                ("expires_on", models.DateField(verbose_name="holds until")),
                ("said_at", models.DateTimeField()),
                (
                    "fact",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.fact"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="own_words",
                        to="accounts.organization",
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.paper",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contract", "Contract, and our company that signed it"),
                            ("processing", "Processing agreement"),
                            ("retention", "Confirmation of zero retention, or BAA"),
                            ("assurance", "Assurance report"),
                            ("assessment", "Impact assessment"),
                            ("employees", "Information of employees"),
                        ],
                        max_length=12,
                        verbose_name="which paper",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=150, verbose_name="name")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("have", "We have it"),
                            ("asked", "Asked for"),
                            ("not_needed", "Not needed"),
                            ("missing", "Missing"),
                        ],
                        max_length=12,
                        verbose_name="how it stands",
                    ),
                ),
                ("parties", models.CharField(blank=True, max_length=300, verbose_name="who with whom")),
                ("dated_on", models.DateField(blank=True, null=True, verbose_name="dated")),
                ("covers_from", models.DateField(blank=True, null=True, verbose_name="covers the time from")),
                ("covers_until", models.DateField(blank=True, null=True, verbose_name="until")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="runs out on")),
                ("why", models.TextField(blank=True, verbose_name="why, or of whom it was asked")),
                ("said_at", models.DateTimeField()),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="who holds it",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="accounts.organization",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalog.accessroute"
                    ),
                ),
                (
                    "said_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.membership"
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.paper",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="paper_tenant_key"),
        ),
        migrations.AddConstraint(
            model_name="paper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("link", ""), ("size__gt", 0)),
                    models.Q(models.Q(("link", ""), _negated=True), ("size", 0)),
                    _connector="OR",
                ),
                name="paper_is_file_or_link",
            ),
        ),
        migrations.AddIndex(
            model_name="ownword",
            index=models.Index(fields=["organization", "fact_key", "-id"], name="own_word_newest"),
        ),
        migrations.AddConstraint(
            model_name="ownword",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="own_word_tenant_key"),
        ),
        migrations.AddConstraint(
            model_name="ownword",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "checked"),
                    models.Q(("kind__in", ["in_writing", "accepted"]), models.Q(("text", ""), _negated=True)),
                    models.Q(
                        ("kind", "asked"),
                        models.Q(("text", ""), _negated=True),
                        models.Q(("asked_of", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="own_word_says_what_its_kind_needs",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownword",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_on__gte", models.F("said_on"))), name="own_word_holds_for_a_while"
            ),
        ),
        migrations.AddIndex(
            model_name="agreement",
            index=models.Index(fields=["organization", "route", "kind", "title", "-id"], name="agreement_newest"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="agreement_tenant_key"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "have"), _negated=True),
                    models.Q(("dated_on__isnull", False), ("holder__isnull", False), ("paper__isnull", False)),
                    _connector="OR",
                ),
                name="agreement_at_hand_has_a_date_and_a_paper",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["asked", "not_needed"]), _negated=True),
                    models.Q(("why", ""), _negated=True),
                    _connector="OR",
                ),
                name="agreement_not_needed_or_asked_for_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("covers_from__isnull", True),
                    ("covers_until__isnull", True),
                    ("covers_until__gte", models.F("covers_from")),
                    _connector="OR",
                ),
                name="agreement_covers_a_time",
            ),
        ),
    ]
    operations = [
        CreateTables(tables),
        tenant_foreign_keys(
            ("governance_paper", "added_by_id", "accounts_membership"),
            ("governance_agreement", "paper_id", "governance_paper"),
            ("governance_agreement", "holder_id", "accounts_membership"),
            ("governance_agreement", "said_by_id", "accounts_membership"),
            ("governance_ownword", "paper_id", "governance_paper"),
            ("governance_ownword", "said_by_id", "accounts_membership"),
        ),
        ours_or_shipped(
            ("governance_agreement", "route_id", "catalog_accessroute"),
            ("governance_ownword", "fact_id", "catalog_fact"),
        ),
        append_only("governance_paper", "governance_agreement", "governance_ownword"),
        migrations.RunSQL(ABOUT, "DROP FUNCTION governance_guard_own_word() CASCADE;"),
        migrations.RunSQL(ROUTE_OF, "DROP FUNCTION governance_route_of(bigint, uuid);"),
    ]
