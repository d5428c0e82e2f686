"""Clauses as rows: kept with their version, the same for a page in Markdown and in HTML, never changed."""

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from catalog.models import Clause, PolicySource, PolicyVersion
from catalog.policy_diff.documents import SEPARATOR
from operations import clock
from operations.errors import ActionRefused
from tests.cast import Company, company
from tests.catalog.factories import HTML, MARKDOWN, bring, source_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return company()


def test_a_version_is_kept_with_its_clauses(acme) -> None:
    version = bring(acme.mara, source_of(acme.mara), MARKDOWN)

    clauses = list(version.clauses.all())

    assert [(clause.position, clause.place) for clause in clauses] == [
        (0, ""),
        (1, "Retention"),
        (2, SEPARATOR.join(["Retention", "Feedback"])),
    ]
    assert [clause.sha256 for clause in clauses] == [clause.sha256 for clause in version.document.clauses]
    assert {clause.organization for clause in clauses} == {acme.organization}


def test_a_page_has_the_same_clauses_in_markdown_and_in_html(acme) -> None:
    markdown = bring(acme.mara, source_of(acme.mara, "Markdown"), MARKDOWN)
    html = bring(acme.mara, source_of(acme.mara, "HTML"), HTML)

    hashes = [list(one.clauses.values_list("place", "anchor", "sha256")) for one in (markdown, html)]

    assert hashes[0] == hashes[1]


def test_a_version_that_is_refused_leaves_no_clause(acme) -> None:
    source = source_of(acme.mara)
    bring(acme.mara, source, MARKDOWN)

    with pytest.raises(ActionRefused):
        bring(acme.mara, source, MARKDOWN)

    assert Clause.objects.count() == 3


def test_clauses_of_ours_hang_on_no_version_of_another_organization(acme) -> None:
    version = bring(acme.mara, source_of(acme.mara), MARKDOWN)

    with pytest.raises(IntegrityError, match="another organization"), transaction.atomic():
        Clause.objects.create(
            organization=company("globex").organization, version=version, position=9, anchor="a", sha256="0" * 64
        )


def test_versions_from_before_get_their_clauses_and_what_is_unreadable_stops_nothing(acme) -> None:
    fill = importlib.import_module("catalog.migrations.0006_clauses_of_versions").write_clauses
    source = PolicySource.objects.create(key="page", title="Page")
    fetched = {"source": source, "origin": "fetched", "seen_on": clock.now().date(), "added_at": clock.now()}
    with connection.cursor() as cursor:
        for content in (MARKDOWN, b"%PDF-1.7"):
            cursor.execute("SELECT encode(sha256(%s), 'hex')", [content])
            PolicyVersion.objects.create(content=content, sha256=cursor.fetchone()[0], **fetched)

    with connection.schema_editor() as editor:
        fill(apps, editor)
        fill(apps, editor)

    assert [version.clauses.count() for version in source.versions.order_by("pk")] == [3, 0]
