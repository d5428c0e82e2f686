import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from operations.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_tenants_and_periods"),
    ]

    operations = [
        migrations.CreateModel(
            name="Topic",
            fields=[
                ("key", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100)),
                ("position", models.PositiveSmallIntegerField()),
                ("old_after_days", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="AccessRoute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=120)),
                ("short_code", models.CharField(max_length=4, verbose_name="short code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "aliases",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), blank=True, default=list, size=None
                    ),
                ),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("consumer", "Consumer"),
                            ("commercial", "Commercial"),
                            ("cloud-provider", "Cloud provider"),
                            ("overlay", "On top of another route"),
                            ("mixed", "Depends on the account"),
                        ],
                        max_length=20,
                        verbose_name="tier",
                    ),
                ),
                (
                    "surface",
                    models.CharField(
                        choices=[
                            ("terminal", "Terminal"),
                            ("ide", "Editor"),
                            ("desktop", "Desktop app"),
                            ("chat", "Chat"),
                            ("web", "Web"),
                            ("browser-extension", "Browser extension"),
                            ("pipeline", "Pipeline"),
                            ("api", "API"),
                            ("other", "Other"),
                        ],
                        max_length=20,
                        verbose_name="where people meet it",
                    ),
                ),
                ("suited_for", models.CharField(blank=True, max_length=300, verbose_name="suited for")),
                ("warning", models.TextField(blank=True, verbose_name="look-alike warning")),
                (
                    "to_ask",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "trains",
                    models.CharField(
                        choices=[
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("partly", "Partly"),
                            ("depends", "Depends"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="trains by default?",
                    ),
                ),
                (
                    "reaches_vendor",
                    models.CharField(
                        choices=[
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("partly", "Partly"),
                            ("depends", "Depends"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="reaches the vendor?",
                    ),
                ),
                (
                    "zero_retention",
                    models.CharField(
                        choices=[
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("partly", "Partly"),
                            ("depends", "Depends"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="zero retention possible?",
                    ),
                ),
                (
                    "audit_log",
                    models.CharField(
                        choices=[
                            ("yes", "Yes"),
                            ("no", "No"),
                            ("partly", "Partly"),
                            ("depends", "Depends"),
                            ("unknown", "Not known"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="audit log?",
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="built_on_it",
                        to="catalog.accessroute",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                ("requires", models.ManyToManyField(blank=True, related_name="required_by", to="catalog.accessroute")),
            ],
            options={
                "ordering": ["tool__vendor", "name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "key"), name="route_key_is_unique", nulls_distinct=False
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("organization", None), ("retired_at", None)),
                        fields=("short_code",),
                        name="shipped_short_code_is_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("organization__isnull", False)),
                        fields=("organization", "short_code"),
                        name="own_short_code_is_unique",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=180)),
                ("statement", models.TextField(verbose_name="what is said")),
                ("detail", models.TextField(blank=True, verbose_name="more about it")),
                (
                    "state",
                    models.CharField(
                        choices=[("known", "Known"), ("unknown", "Not known"), ("conflicting", "Sources disagree")],
                        default="known",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "promise",
                    models.CharField(
                        choices=[
                            ("contract", "Contract"),
                            ("vendor-documentation", "The vendor's documentation"),
                            ("vendor-statement", "The vendor's statement"),
                            ("report", "Somebody's report"),
                            ("own", "Our own word"),
                        ],
                        max_length=24,
                        verbose_name="kind of promise",
                    ),
                ),
                ("uncertain_why", models.TextField(blank=True, verbose_name="why it is uncertain")),
                ("as_of", models.DateField(blank=True, null=True, verbose_name="as of")),
                (
                    "as_of_precision",
                    models.CharField(
                        choices=[("day", "on that day"), ("month", "in that month"), ("unknown", "date unknown")],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                ("as_of_note", models.CharField(blank=True, max_length=300)),
                ("procedure_key", models.CharField(blank=True, max_length=120)),
                (
                    "digest",
                    models.CharField(
                        help_text="SHA-256 over its words and citations, so that loading is idempotent.", max_length=64
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="catalog.accessroute",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at", None)), fields=["route"], name="standing_fact_by_route"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("organization", "key"),
                        name="one_standing_fact_per_key",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("as_of__isnull", True), ("as_of_precision", "unknown")),
                            models.Q(models.Q(("as_of_precision", "unknown"), _negated=True), ("as_of__isnull", False)),
                            _connector="OR",
                        ),
                        name="fact_of_unknown_date_has_none",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("statement", models.TextField()),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "fact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="catalog.fact",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [models.UniqueConstraint(fields=("fact", "position"), name="one_claim_per_position")],
            },
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=80)),
                ("label", models.CharField(max_length=200, verbose_name="name")),
                ("owner", models.CharField(max_length=60, verbose_name="operated by")),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "key"), name="node_key_is_unique", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Hop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=180)),
                ("position", models.PositiveSmallIntegerField()),
                ("data", models.CharField(max_length=300, verbose_name="what goes")),
                ("encryption", models.CharField(blank=True, max_length=100, verbose_name="encryption")),
                (
                    "when",
                    models.CharField(
                        choices=[
                            ("always", "Always"),
                            ("default-on", "On by default, can be switched off"),
                            ("default-off", "Off by default, can be switched on"),
                            ("optional", "Only if set up"),
                            ("user-initiated", "Only if a person does it"),
                            ("conditional", "Depends"),
                        ],
                        max_length=20,
                        verbose_name="when",
                    ),
                ),
                ("uncertain_why", models.TextField(blank=True)),
                ("digest", models.CharField(max_length=64)),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "route",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hops", to="catalog.accessroute"
                    ),
                ),
                (
                    "from_node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hops_from", to="catalog.node"
                    ),
                ),
                (
                    "to_node",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hops_to", to="catalog.node"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("superseded_at", None)), fields=["route"], name="standing_hop_by_route"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("organization", "key"),
                        name="one_standing_hop_per_key",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PolicySource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=120)),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("as_of", models.DateField(blank=True, null=True, verbose_name="as of")),
                (
                    "as_of_precision",
                    models.CharField(
                        choices=[("day", "on that day"), ("month", "in that month"), ("unknown", "date unknown")],
                        default="unknown",
                        max_length=10,
                    ),
                ),
                ("as_of_note", models.CharField(blank=True, max_length=300)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "key"), name="source_key_is_unique", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("as_of__isnull", True), ("as_of_precision", "unknown")),
                            models.Q(models.Q(("as_of_precision", "unknown"), _negated=True), ("as_of__isnull", False)),
                            _connector="OR",
                        ),
                        name="unknown_date_is_no_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Procedure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=120)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="steps"
                    ),
                ),
                ("effects", models.TextField(blank=True, verbose_name="what it does")),
                ("notes", models.JSONField(blank=True, default=list)),
                ("uncertain_why", models.TextField(blank=True)),
                ("digest", models.CharField(max_length=64)),
                ("recorded_at", models.DateTimeField()),
                ("superseded_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("superseded_at", None)),
                        fields=("organization", "key"),
                        name="one_standing_procedure_per_key",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Citation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "sections",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(blank=True, max_length=400), blank=True, default=list, size=None
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="catalog.claim",
                    ),
                ),
                (
                    "fact",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="catalog.fact",
                    ),
                ),
                (
                    "hop",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="catalog.hop",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="citations", to="catalog.policysource"
                    ),
                ),
                (
                    "procedure",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="citations",
                        to="catalog.procedure",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("claim__isnull", True),
                                ("fact__isnull", False),
                                ("hop__isnull", True),
                                ("procedure__isnull", True),
                            ),
                            models.Q(
                                ("claim__isnull", False),
                                ("fact__isnull", True),
                                ("hop__isnull", True),
                                ("procedure__isnull", True),
                            ),
                            models.Q(
                                ("claim__isnull", True),
                                ("fact__isnull", True),
                                ("hop__isnull", False),
                                ("procedure__isnull", True),
                            ),
                            models.Q(
                                ("claim__isnull", True),
                                ("fact__isnull", True),
                                ("hop__isnull", True),
                                ("procedure__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="citation_of_one_thing",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("telemetry", "Telemetry"),
                            ("local-storage", "On the own disk"),
                            ("credentials", "Sign-in and keys"),
                            ("encryption", "Encryption"),
                            ("vendor", "The vendor"),
                            ("model-rule", "The model"),
                            ("conflict", "Where sources disagree"),
                        ],
                        max_length=20,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "key"), name="profile_key_is_unique", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="fact",
            name="profile",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="facts",
                to="catalog.profile",
            ),
        ),
        migrations.AddField(
            model_name="accessroute",
            name="profiles",
            field=models.ManyToManyField(blank=True, related_name="routes", to="catalog.profile"),
        ),
        migrations.CreateModel(
            name="Tool",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(max_length=80)),
                ("vendor", models.CharField(max_length=100, verbose_name="vendor")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "key"), name="tool_key_is_unique", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="accessroute",
            name="tool",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="routes", to="catalog.tool"
            ),
        ),
        migrations.AddField(
            model_name="fact",
            name="topic",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="facts",
                to="catalog.topic",
                verbose_name="topic",
            ),
        ),
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(
                condition=models.Q(("superseded_at", None)), fields=["profile"], name="standing_fact_by_profile"
            ),
        ),
        migrations.AddConstraint(
            model_name="fact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("profile__isnull", True), ("route__isnull", False)),
                    models.Q(("profile__isnull", False), ("route__isnull", True)),
                    _connector="OR",
                ),
                name="fact_is_about_one_thing",
            ),
        ),
    ]
    operations = [CreateTables(operations)]
