"""Waiting for the database: ./run prepares while it is being made."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

NAME = "nobody_made_this"


def waiting(within: float) -> subprocess.Popen[str]:
    """The command, on a database of our server that isn't there."""
    env = {**os.environ, "DATABASE_URL": os.environ["DATABASE_URL"].replace("/wayleave?", f"/{NAME}?")}
    assert NAME in env["DATABASE_URL"]
    command = [sys.executable, "manage.py", "await_database", "--within", str(within)]
    return subprocess.Popen(command, env=env, cwd=settings.BASE_DIR, stderr=subprocess.PIPE, text=True)


def test_a_database_that_does_not_answer_is_named_as_the_trouble() -> None:
    process = waiting(within=0.1)

    _out, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "The database does not answer: " in said
    assert NAME in said


@pytest.mark.django_db(transaction=True)
def test_one_that_answers_by_and_by_is_waited_for() -> None:
    process = waiting(within=60)
    assert process.stderr is not None
    assert "The database does not answer yet, tried for 60 s: " in process.stderr.readline()
    assert process.poll() is None

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NAME}")
        try:
            assert process.wait(60) == 0
        finally:
            cursor.execute(f"DROP DATABASE {NAME} WITH (FORCE)")
