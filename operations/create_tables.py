"""Many tables in one step of a migration: what makes a first start twice as quick."""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class CreateTables(Operation):
    """New models and what is added to them, then changes of models that are there; each new table is made as it stands in the
    end.

    After each change of a model, Django makes anew in memory every model related to it: with one organization that
    everything belongs to, that is all of them, every time. Here they are made once.

    :param operations: as ``makemigrations`` writes them: ``CreateModel``; ``AddField``, ``AddIndex`` and the like, on the
        models they make or on others. Nothing may change twice, nor rest on SQL that runs in between.
    """

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations
        self.names = [operation.name for operation in operations if isinstance(operation, CreateModel)]
        made = {name.lower() for name in self.names}
        self.changes = [operation for operation in operations if _model_of(operation).lower() not in made]

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # made anew, once, by whoever asks for it next
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for name in self.names:
            schema_editor.create_model(to_state.apps.get_model(app_label, name))
        for operation in self.changes:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.changes):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)
        for name in reversed(self.names):
            schema_editor.delete_model(from_state.apps.get_model(app_label, name))

    def describe(self) -> str:
        return "; ".join(
            [f"Create the tables of {', '.join(self.names)}", *(operation.describe() for operation in self.changes)]
        )


def _model_of(operation: Operation) -> str:
    """Operations on a model call it ``name``, those on a part of one ``model_name``."""
    return str(getattr(operation, "model_name", None) or getattr(operation, "name", ""))
