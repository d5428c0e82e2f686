import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_tenants_and_periods"),
    ]

    operations = [
        migrations.CreateModel(
            name="SetUpLink",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organization",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="set_up_link",
                        to="accounts.organization",
                    ),
                ),
                ("answers", models.JSONField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("organization__isnull", True), ("used_at__isnull", True)),
                            models.Q(("organization__isnull", False), ("used_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="used_link_founded_an_organization",
                    )
                ],
            },
        ),
    ]
