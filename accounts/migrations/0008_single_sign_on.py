"""An organization's OpenID provider, its mail domains, where claims lead, and who was vouched for."""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from operations.create_tables import CreateTables
from operations.tenancy import tenant_foreign_keys

operations = [
    migrations.CreateModel(
        name="ClaimRule",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("value", models.CharField(max_length=200, verbose_name="value")),
            (
                "job_role",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="accounts.jobrole",
                ),
            ),
            (
                "organization",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="claim_rules",
                    to="accounts.organization",
                ),
            ),
            (
                "team",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="accounts.team",
                ),
            ),
        ],
        options={
            "ordering": ["value"],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("job_role__isnull", False), ("team__isnull", True)),
                        models.Q(("job_role__isnull", True), ("team__isnull", False)),
                        _connector="OR",
                    ),
                    name="claim_rule_leads_to_one_place",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("team__isnull", False)),
                    fields=("organization", "value"),
                    name="claim_value_leads_to_one_team",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("job_role__isnull", False)),
                    fields=("organization", "value"),
                    name="claim_value_leads_to_one_job_role",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="EmailDomain",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("domain", models.CharField(max_length=253, verbose_name="domain")),
            ("token", models.CharField(max_length=64)),
            ("added_at", models.DateTimeField()),
            ("verified_at", models.DateTimeField(blank=True, null=True)),
            (
                "verified_by",
                models.CharField(
                    blank=True, choices=[("dns", "A DNS record"), ("operator", "The operator’s word")], max_length=10
                ),
            ),
            (
                "organization",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="email_domains",
                    to="accounts.organization",
                ),
            ),
        ],
        options={
            "ordering": ["domain"],
            "constraints": [
                models.UniqueConstraint(fields=("organization", "domain"), name="email_domain_once_in_organization"),
                models.UniqueConstraint(
                    condition=models.Q(("verified_at__isnull", False)),
                    fields=("domain",),
                    name="verified_domain_is_one_organizations",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("verified_at__isnull", True), ("verified_by", "")),
                        models.Q(("verified_at__isnull", False), models.Q(("verified_by", ""), _negated=True)),
                        _connector="OR",
                    ),
                    name="verified_domain_says_how",
                ),
                models.CheckConstraint(
                    condition=models.Q(("domain", django.db.models.functions.text.Lower("domain"))),
                    name="domain_is_lower_case",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ProviderIdentity",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("issuer", models.CharField(max_length=500)),
            ("subject", models.CharField(max_length=255)),
            ("linked_at", models.DateTimeField()),
            (
                "membership",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="provider_identities",
                    to="accounts.membership",
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
        options={
            "constraints": [
                models.UniqueConstraint(fields=("organization", "issuer", "subject"), name="a_subject_is_one_person"),
                models.UniqueConstraint(
                    fields=("organization", "issuer", "membership"), name="a_person_is_one_subject"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="SingleSignOn",
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("issuer", models.URLField(max_length=500, verbose_name="issuer")),
            ("client_id", models.CharField(max_length=255, verbose_name="client id")),
            ("client_secret", models.TextField(help_text="Encrypted (operations/secrets.py).")),
            ("team_claim", models.CharField(blank=True, max_length=100, verbose_name="claim that names the team")),
            (
                "job_role_claim",
                models.CharField(blank=True, max_length=100, verbose_name="claim that names the job role"),
            ),
            ("makes_people", models.BooleanField(default=False)),
            ("is_second_factor", models.BooleanField(default=False)),
            ("is_only_way", models.BooleanField(default=False)),
            ("round", models.PositiveIntegerField(default=1)),
            ("configured_at", models.DateTimeField()),
            ("tested_at", models.DateTimeField(blank=True, null=True)),
            ("turned_on_at", models.DateTimeField(blank=True, null=True)),
            (
                "organization",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="single_sign_on",
                    to="accounts.organization",
                ),
            ),
        ],
        options={
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("turned_on_at__isnull", True), ("tested_at__isnull", False), _connector="OR"),
                    name="sign_on_is_tested_before_it_is_on",
                ),
                models.CheckConstraint(
                    condition=models.Q(("is_only_way", False), ("turned_on_at__isnull", False), _connector="OR"),
                    name="only_way_in_is_on",
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_second_factor"),
    ]

    operations = [
        CreateTables(operations),
        tenant_foreign_keys(
            ("accounts_claimrule", "team_id", "accounts_team"),
            ("accounts_claimrule", "job_role_id", "accounts_jobrole"),
            ("accounts_provideridentity", "membership_id", "accounts_membership"),
        ),
    ]
