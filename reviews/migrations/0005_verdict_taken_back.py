"""Who took back a go or no-go that waited for signatures, and why."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.create_tables import CreateTables
from operations.tenancy import append_only, tenant_foreign_keys

TAKEN_BACK = """
CREATE FUNCTION reviews_guard_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM reviews_adoptionverdict verdict
                   JOIN governance_signoff sign_off ON sign_off.id = verdict.sign_off_id
                   WHERE verdict.id = NEW.verdict_id AND sign_off.outcome = 'withdrawn') THEN
        RAISE EXCEPTION 'only what was taken back says why' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_guard_withdrawal BEFORE INSERT ON reviews_verdictwithdrawal
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_withdrawal();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0004_adoption_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="VerdictWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "because",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "verdict",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="reviews.adoptionverdict",
                    ),
                ),
            ],
        ),
    ]
    operations = [
        CreateTables(operations),
        tenant_foreign_keys(
            ("reviews_verdictwithdrawal", "verdict_id", "reviews_adoptionverdict"),
            ("reviews_verdictwithdrawal", "because_id", "audit_freetext"),
        ),
        append_only("reviews_verdictwithdrawal"),
        migrations.RunSQL(TAKEN_BACK, "DROP FUNCTION reviews_guard_withdrawal() CASCADE;"),
    ]
