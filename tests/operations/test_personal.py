"""Every column that could hold something about a person is thought of: in a register of what is held, or as one that doesn't."""

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from audit.models import FreeText
from operations.personal import nothing_personal, register

COULD_HOLD_WORDS = (models.CharField, models.TextField, models.JSONField, models.FileField, ArrayField)
COULD_NAME = (*COULD_HOLD_WORDS, models.GenericIPAddressField)


def _columns() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if (isinstance(field, COULD_NAME) or field.related_model is FreeText) and not field.choices
    }


def _held() -> set[str]:
    columns = {column for held in register() for column in held.columns}
    return columns | {f"{words.table}.{words.column}" for held in register() for words in held.words}


def _is_thought_of(column: str) -> bool:
    table = column.split(".")[0]
    return column in _held() or column in nothing_personal() or f"{table}.*" in nothing_personal()


def test_every_column_is_thought_of() -> None:
    unknown = sorted(column for column in _columns() if not _is_thought_of(column))

    assert unknown == [], "say in the app's personal.py what it holds about whom, or why nothing"


def test_every_column_of_what_people_type_is_erased() -> None:
    """A star covers a table's own texts, never what somebody typed beside them."""
    typed = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.related_model is FreeText
    }

    assert typed - _held() == set()


@pytest.mark.django_db
def test_the_register_names_what_is_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema()"
        )
        there = {column for (column,) in cursor.fetchall()}

    assert _held() - there == set()
