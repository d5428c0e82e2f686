"""Who took back a go or no-go that waited for signatures, and why; and who sees names while an adoption review runs."""

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
# Whoever keeps the adoption review that runs; ``checklists.queries.usage`` calls it by its name.
NAMES = """
CREATE FUNCTION reviews_runs_it(of_organization uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT accounts_keeper(of_organization, terms.keeper_id)
    FROM reviews_adoptionreview review JOIN reviews_adoptionterms terms ON terms.review_id = review.id
    WHERE review.organization_id = of_organization AND review.status = 'running' ORDER BY terms.id DESC LIMIT 1
$$;
CREATE FUNCTION reviews_guard_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.keeper_id <> coalesce(reviews_runs_it(NEW.organization_id), NEW.keeper_id) THEN
        RAISE EXCEPTION 'names go to whoever keeps the adoption review' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_guard_names BEFORE INSERT ON checklists_usageinquiry
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_names();
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
        migrations.RunSQL(
            TAKEN_BACK + NAMES,
            "DROP FUNCTION reviews_guard_names() CASCADE; DROP FUNCTION reviews_runs_it(uuid);"
            "DROP FUNCTION reviews_guard_withdrawal() CASCADE;",
        ),
    ]
