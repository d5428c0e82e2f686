"""Acting as the application's database role, as production does, in the test's own transaction."""

from django.db import connection

from audit import roles


def application_role() -> str:
    """A role made and granted in the running transaction, gone with it; named by the database, for xdist's workers."""
    name = f"app_of_{connection.settings_dict['NAME']}"
    if not roles.has_role(connection, name):
        roles.create_role(connection, name, "")
    roles.grant(connection, name)
    return name


def act_as_application() -> None:
    """From here to the end of the transaction (or the next savepoint's rollback) with the application's rights only."""
    name = application_role()
    with connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{name}"')
