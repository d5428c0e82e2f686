"""Many tables in one step: as Django would make them one by one, only at once."""

from django.conf import settings
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from operations.create_tables import CreateTables

FEW = 3  # so many are made as quickly one by one


def created(name: str, **fields: models.Field) -> migrations.CreateModel:
    return migrations.CreateModel(name=name, fields=[("id", models.BigAutoField(primary_key=True)), *fields.items()])


def to(model: str) -> models.ForeignKey:
    return models.ForeignKey(f"reports.{model}", models.PROTECT, null=True)


def pointing_at_each_other() -> CreateTables:
    return CreateTables(
        [
            created("Hen"),
            created("Egg", hen=to("Hen")),
            migrations.AddField("hen", "egg", to("Egg")),
            migrations.AddConstraint("egg", models.UniqueConstraint(fields=["hen"], name="one_egg_each")),
        ]
    )


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if name.startswith("reports_")}


def test_tables_that_point_at_each_other_are_made_and_taken_back(db) -> None:
    step, before, after = pointing_at_each_other(), ProjectState(), ProjectState()
    step.state_forwards("reports", after)

    with connection.schema_editor() as editor:
        step.database_forwards("reports", editor, before, after)
    with connection.cursor() as cursor:
        made = {name: connection.introspection.get_constraints(cursor, name) for name in tables()}

    assert set(made) == {"reports_hen", "reports_egg"}
    keys = {one["foreign_key"] for constraints in made.values() for one in constraints.values() if one["foreign_key"]}
    assert keys == {("reports_hen", "id"), ("reports_egg", "id")}
    assert made["reports_egg"]["one_egg_each"]["unique"]

    with connection.schema_editor() as editor:
        step.database_backwards("reports", editor, after, before)

    assert tables() == set()


def test_what_is_there_is_changed_with_it_and_changed_back(db) -> None:
    before = ProjectState()
    CreateTables([created("Hen", color=models.TextField())]).state_forwards("reports", before)
    with connection.schema_editor() as editor:
        editor.create_model(before.apps.get_model("reports", "Hen"))
    step, after = (
        CreateTables(
            [
                migrations.AddField("hen", "egg", to("Egg")),
                migrations.RemoveField("hen", "color"),
                migrations.AddConstraint("hen", models.UniqueConstraint(fields=["egg"], name="one_hen_each")),
                created("Egg"),
            ]
        ),
        before.clone(),
    )
    step.state_forwards("reports", after)

    with connection.schema_editor() as editor:
        step.database_forwards("reports", editor, before, after)
    with connection.cursor() as cursor:
        columns = {one.name for one in connection.introspection.get_table_description(cursor, "reports_hen")}
        constraints = connection.introspection.get_constraints(cursor, "reports_hen")

    assert columns == {"id", "egg_id"}
    assert constraints["one_hen_each"]["unique"]
    assert ("reports_egg", "id") in {one["foreign_key"] for one in constraints.values()}

    with connection.schema_editor() as editor:
        step.database_backwards("reports", editor, after, before)
    with connection.cursor() as cursor:
        columns = {one.name for one in connection.introspection.get_table_description(cursor, "reports_hen")}

    assert (tables(), columns) == ({"reports_hen"}, {"id", "color"})


def test_every_first_migration_of_ours_makes_its_tables_at_once() -> None:
    """One by one they take half of a first start."""
    loader = MigrationLoader(None)
    ours = {name for name in settings.INSTALLED_APPS if (settings.BASE_DIR / name / "models.py").exists()}
    ours |= {name for name in settings.INSTALLED_APPS if (settings.BASE_DIR / name / "models").exists()}
    alone = {
        app: sum(isinstance(operation, migrations.CreateModel) for operation in migration.operations)
        for (app, name), migration in loader.disk_migrations.items()
        if app in ours and name == "0001_initial"
    }

    assert len(alone) > 7
    assert {app: count for app, count in alone.items() if count > FEW} == {}
