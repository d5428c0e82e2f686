"""How many were cleared when an adoption review ended, kept with its last move; ``checklists_answers_itself`` asks by name."""

import django.contrib.postgres.fields
from django.db import migrations, models

THEN = """
CREATE FUNCTION reviews_cleared_then(of_organization uuid, moment timestamptz)
RETURNS TABLE (cleared bigint, clearances bigint, routes_uncleared bigint[]) LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT move.cleared, move.clearances, move.routes_uncleared FROM reviews_adoptionmove move
    WHERE move.organization_id = of_organization AND move.at = moment AND move.clearances IS NOT NULL LIMIT 1
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_verdict_taken_back")]

    operations = [
        migrations.AddField("adoptionmove", "cleared", models.BigIntegerField(null=True)),
        migrations.AddField("adoptionmove", "clearances", models.BigIntegerField(null=True)),
        migrations.AddField(
            "adoptionmove",
            "routes_uncleared",
            django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None),
        ),
        migrations.RunSQL(THEN, "DROP FUNCTION reviews_cleared_then(uuid, timestamptz);"),
    ]
