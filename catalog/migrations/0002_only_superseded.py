"""Facts, hops and procedures are superseded once, never changed or removed; what they cite stays."""

from django.db import migrations

from operations.tenancy import append_only, only_closes


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("audit", "0002_chain_and_refusals")]
    operations = [
        only_closes("catalog_fact", "superseded_at"),
        only_closes("catalog_hop", "superseded_at"),
        only_closes("catalog_procedure", "superseded_at"),
        append_only("catalog_claim", "catalog_citation"),
    ]
