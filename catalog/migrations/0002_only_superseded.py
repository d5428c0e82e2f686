"""Facts, hops and procedures are superseded once, never changed or removed; what they cite stays."""

from django.db import migrations

from operations.tenancy import append_only, only_closes, ours_or_shipped


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("audit", "0002_chain_and_refusals")]
    operations = [
        only_closes("catalog_fact", "superseded_at"),
        only_closes("catalog_hop", "superseded_at"),
        only_closes("catalog_procedure", "superseded_at"),
        append_only("catalog_claim", "catalog_citation"),
        ours_or_shipped(
            ("catalog_fact", "route_id", "catalog_accessroute"),
            ("catalog_fact", "profile_id", "catalog_profile"),
            ("catalog_accessroute", "tool_id", "catalog_tool"),
            ("catalog_accessroute", "base_id", "catalog_accessroute"),
            ("catalog_hop", "route_id", "catalog_accessroute"),
            ("catalog_hop", "from_node_id", "catalog_node"),
            ("catalog_hop", "to_node_id", "catalog_node"),
        ),
    ]
