"""A question goes on as a thread: who asked may ask back, and either of the two may close it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.tenancy import tenant_foreign_keys


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("audit", "0004_find_by_day"),
        ("governance", "0008_conditions_go_on"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="question",
            name="answered_question_has_answer",
        ),
        migrations.AddField(
            model_name="question",
            name="draft",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="follows",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="governance.question",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="question_tenant_key"),
        ),
        tenant_foreign_keys(
            ("governance_question", "draft_id", "audit_freetext"),
            ("governance_question", "follows_id", "governance_question"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer__isnull", True), ("answered_at__isnull", True), ("answered_by__isnull", True)),
                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="answered_question_has_answerer",
            ),
        ),
    ]
