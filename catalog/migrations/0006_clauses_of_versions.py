"""Clauses of the versions that were kept before clauses were rows."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from catalog.policy_diff.documents import Unreadable, document_of, read_bytes


def write_clauses(apps: Apps, schema: BaseDatabaseSchemaEditor) -> None:
    # Migrations run as the tables' owner, on a connection of its own.
    alias = schema.connection.alias
    clauses = apps.get_model("catalog", "Clause").objects.using(alias)
    for version in (
        apps.get_model("catalog", "PolicyVersion").objects.using(alias).filter(clauses=None).iterator(chunk_size=20)
    ):
        try:
            found = document_of(read_bytes(bytes(version.content), charset=version.charset)).clauses
        except Unreadable:  # it was read when it was kept; one that is not any more holds nobody up
            continue
        clauses.bulk_create(
            clauses.model(
                organization_id=version.organization_id,
                version=version,
                position=position,
                place=clause.place,
                anchor=clause.anchor,
                sha256=clause.sha256,
            )
            for position, clause in enumerate(found)
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_clauses")]
    operations = [migrations.RunPython(write_clauses, migrations.RunPython.noop)]
