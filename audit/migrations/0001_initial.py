import django.db.models.deletion
from django.db import migrations, models

from operations.create_tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditAnchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.UUIDField()),
                ("position", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
                ("signature", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["chain", "-position"], name="anchor_by_chain")],
            },
        ),
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.UUIDField(null=True)),
                ("at", models.DateTimeField(verbose_name="when")),
                ("actor_id", models.UUIDField(null=True)),
                ("action", models.CharField(max_length=80)),
                ("target", models.CharField(blank=True, max_length=120)),
                ("data", models.TextField(default="{}")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization_id", "-id"], name="audit_event_by_organization"),
                    models.Index(fields=["organization_id", "actor_id", "-id"], name="audit_event_by_actor"),
                    models.Index(fields=["organization_id", "target", "-id"], name="audit_event_by_target"),
                    models.Index(fields=["organization_id", "action", "-id"], name="audit_event_by_action"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FreeText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.UUIDField()),
                ("salt", models.BinaryField(max_length=16, null=True)),
                ("body", models.TextField(null=True)),
                ("sha256", models.CharField(max_length=64)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization_id", "id"), name="text_tenant_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body__isnull", False), ("erased_at__isnull", True), ("salt__isnull", False)),
                            models.Q(("body__isnull", True), ("erased_at__isnull", False), ("salt__isnull", True)),
                            _connector="OR",
                        ),
                        name="erased_text_has_no_body",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reopening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.UUIDField()),
                ("key", models.CharField(max_length=200)),
                ("below_revision", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("by_id", models.UUIDField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("because", models.TextField(blank=True)),
                (
                    "undoes",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="audit.reopening",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organization_id", "key"], name="reopening_by_key")],
                "constraints": [models.UniqueConstraint(fields=("organization_id", "id"), name="reopening_tenant_key")],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.UUIDField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.TextField(help_text="Canonical JSON; the bytes that were hashed.")),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization_id", "sha256"), name="one_snapshot_per_content"),
                    models.UniqueConstraint(fields=("organization_id", "id"), name="snapshot_tenant_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Basis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.UUIDField()),
                ("key", models.CharField(max_length=200)),
                ("revision", models.BigIntegerField()),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bases",
                        to="audit.snapshot",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "bases",
                "indexes": [models.Index(fields=["organization_id", "key", "revision"], name="basis_by_key")],
                "constraints": [
                    models.UniqueConstraint(fields=("snapshot", "key"), name="one_basis_per_snapshot_and_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.UUIDField()),
                (
                    "reopening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawals", to="audit.reopening"
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="audit.snapshot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("snapshot", "reopening"), name="withdrawn_once_per_reopening")
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.UUIDField(help_text="The organization; the nil UUID for the installation's chain.")),
                ("position", models.BigIntegerField()),
                ("previous", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="link", to="audit.auditevent"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("chain", "position"), name="one_link_per_position")],
            },
        ),
    ]
    operations = [CreateTables(operations)]
