"""Many people at once: a list is brought, checked, and imported whole or not at all."""

from accounts.actions.importing.bringing import ask_for_import, bring, cancel_import, name_columns
from accounts.actions.importing.reading import read_file, read_text
from accounts.actions.importing.running import import_due, run_import

__all__ = [
    "ask_for_import",
    "bring",
    "cancel_import",
    "import_due",
    "name_columns",
    "read_file",
    "read_text",
    "run_import",
]
