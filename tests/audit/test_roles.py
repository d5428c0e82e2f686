"""The application's role: the whole application works under it (tests/test_url_walk.py, the commands of compose), and it
can't switch off, cut or write what the log rests on."""

import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction

from audit import chain, roles
from audit.actions import record
from audit.checks import application_owns_nothing
from operations import clock
from tests.roles import act_as_application, application_role
from tests.world import build

pytestmark = pytest.mark.django_db

ACME = uuid.uuid4()

ACL = "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname"


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def say(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def own_state_dir(settings, tmp_path) -> None:
    settings.STATE_DIR = tmp_path


@pytest.mark.usefixtures("own_state_dir")
def test_the_main_story_runs_and_its_chain_is_whole() -> None:
    act_as_application()

    world = build()
    connection.check_constraints()

    verdict = chain.verify(world.acme.organization.pk)
    assert verdict.broken == ""
    assert verdict.events > 10


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER audit_event_is_chained",
        "DROP TRIGGER audit_auditevent_is_append_only ON audit_auditevent",
        "SET session_replication_role = replica",
        "TRUNCATE audit_auditlink",
        "TRUNCATE accounts_user CASCADE",
        "UPDATE audit_auditevent SET action = 'other'",
        "DELETE FROM audit_snapshot",
        "DELETE FROM audit_freetext",
        "DELETE FROM accounts_placement",
        "UPDATE governance_signature SET word = 'signed'",
        "UPDATE audit_auditlink SET position = 1",
        "INSERT INTO audit_auditlink (chain, position, event_id, previous, hash)"
        " VALUES (gen_random_uuid(), 1, 1, '', sha256('x'))",
        "DELETE FROM django_migrations",
        "CREATE TABLE governance_fake (id int)",
        "CREATE TEMPORARY TABLE governance_signoffparty (id int)",
        "CREATE SCHEMA mine",
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "ALTER FUNCTION audit_chain() SECURITY INVOKER",
        "CREATE TRIGGER mine AFTER INSERT ON accounts_user FOR EACH ROW EXECUTE FUNCTION audit_chain()",
        "CREATE ROLE other",
    ],
)
def test_what_guards_proof_is_out_of_its_reach(statement: str) -> None:
    record("thing.done", by=None, organization_id=ACME, at=clock.now(), target="thing:1")
    connection.check_constraints()
    act_as_application()

    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        say(statement)


def test_it_may_not_become_the_owner() -> None:
    name = application_role()

    assert rows(
        f"SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = '{name}'"
    ) == [(False, False, False, False)]
    assert rows(f"SELECT FROM pg_auth_members WHERE member = '{name}'::regrole") == []


def test_granting_again_changes_nothing_and_takes_back_what_is_beyond() -> None:
    name = application_role()
    before = rows(ACL)
    say(f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{name}"')
    assert rows(ACL) != before

    application_role()

    assert rows(ACL) == before


def test_tables_to_come_are_usable_and_not_truncated() -> None:
    name = application_role()

    say("CREATE TABLE coming (id bigint GENERATED ALWAYS AS IDENTITY, word text)")

    say(f'SET LOCAL ROLE "{name}"')
    say("INSERT INTO coming (word) VALUES ('here')")
    assert rows("SELECT word FROM coming") == [("here",)]
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        say("TRUNCATE coming")


def test_the_check_names_a_role_in_charge_and_what_to_do() -> None:
    (warning,) = application_owns_nothing(databases=["default"])

    assert warning.id == "audit.W001"
    assert connection.settings_dict["USER"] in warning.msg
    assert "MIGRATION_DATABASE_URL" in warning.hint


def test_the_check_names_a_role_that_owns_one_table_and_one_that_may_become_the_owner() -> None:
    name = application_role()
    with transaction.atomic():
        say(f'ALTER TABLE audit_auditevent OWNER TO "{name}"')
        say(f'SET LOCAL ROLE "{name}"')
        assert [warning.id for warning in application_owns_nothing(databases=["default"])] == ["audit.W001"]
        transaction.set_rollback(True)
    say(f'GRANT {connection.settings_dict["USER"]} TO "{name}"')
    say(f'SET LOCAL ROLE "{name}"')

    assert [warning.id for warning in application_owns_nothing(databases=["default"])] == ["audit.W001"]


def test_the_check_is_silent_under_the_applications_role_and_where_no_database_is_asked() -> None:
    assert application_owns_nothing(databases=None) == []
    act_as_application()

    assert application_owns_nothing(databases=["default"]) == []


def test_check_database_prints_it() -> None:
    said = StringIO()

    call_command("check", "--tag", "database", "--database", "default", stderr=said)

    assert "audit.W001" in said.getvalue()


def test_granting_needs_an_owner_and_another_role(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="Set MIGRATION_DATABASE_URL"):
        call_command("grant_application")
    monkeypatch.setitem(connections.settings, "owner", connection.settings_dict)

    with pytest.raises(CommandError, match="another role than MIGRATION_DATABASE_URL"):
        call_command("grant_application")


def test_a_role_signs_in_with_its_password_and_the_server_keeps_the_digest_only() -> None:
    name = f"signs_in_{connection.settings_dict['NAME']}"

    roles.create_role(connection, name, "correct horse")

    ((kept,),) = rows(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{name}'")
    assert kept.startswith("SCRAM-SHA-256$")
