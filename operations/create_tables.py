"""Many tables in one step of a migration: what makes a first start twice as quick."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTables(Operation):
    """New models, and what is added to them once the others are there; each table is made as it stands in the end.

    After each model that a migration makes, Django makes anew in memory every model related to it: with one organization
    that everything belongs to, that is all of them, every time. Here they are made once.

    :param operations: as ``makemigrations`` writes them: ``CreateModel``, and ``AddField``, ``AddIndex`` and the like on
        the models they make.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations
        self.names = [operation.name for operation in operations if isinstance(operation, CreateModel)]
        made = {name.lower() for name in self.names}
        for operation in operations:
            if _model_of(operation).lower() not in made:
                raise ValueError(f"{operation.describe()}: not a model that is made here")

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # made anew, once, by whoever asks for it next
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for name in self.names:
            schema_editor.create_model(to_state.apps.get_model(app_label, name))

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for name in reversed(self.names):
            schema_editor.delete_model(from_state.apps.get_model(app_label, name))

    def describe(self) -> str:
        return f"Create the tables of {', '.join(self.names)}"


def _model_of(operation: Operation) -> str:
    """Operations on a model call it ``name``, those on a part of one ``model_name``."""
    return str(getattr(operation, "model_name", None) or getattr(operation, "name", ""))
