"""The clauses of the text that shipped facts were taken from, as hashes: what the first text is compared with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_solo_ends_for_good"),
        ("catalog", "0006_clauses_of_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="policysource",
            name="fingerprints",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="policysource",
            name="fingerprints_as_of",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="policysource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fingerprints", {}), ("fingerprints_as_of__isnull", True)),
                    models.Q(models.Q(("fingerprints", {}), _negated=True), ("fingerprints_as_of__isnull", False)),
                    _connector="OR",
                ),
                name="fingerprints_have_a_day",
            ),
        ),
    ]
