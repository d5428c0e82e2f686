"""Loading what ships: idempotent, superseding, every error with its file and line."""

import datetime as dt
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.loading.catalog import load, read
from catalog.models import AccessRoute, Fact, PolicySource, SourceHealth
from operations import clock

SMALL = """\
schema_version: 1
topics:
  - {key: training, name: Training, old_after_days: 92}
sources:
  - {key: page, title: A page, url: "https://vendor.example/privacy", kind: official, as_of: 2026-08-22}
tools:
  - {key: tool, vendor: Vendor, name: Tool}
nodes:
  - {key: here, label: Here, owner: customer}
  - {key: there, label: There, owner: vendor}
routes:
  - key: plan
    tool: tool
    code: PLN
    name: The plan
    tier: commercial
    surface: chat
    trains: "no"
    reaches_vendor: "yes"
    zero_retention: unknown
    audit_log: unknown
    facts:
      - {key: plan.training, topic: training, says: Not used., promise: vendor-documentation, cites: [{source: page}]}
    hops:
      - {from: here, to: there, data: prompts, when: always}
"""


def folder_with(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "catalog" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.yaml").write_text(text)
    return folder


def load_text(tmp_path: Path, text: str):
    return load(read(folder_with(tmp_path, text)), at=clock.now())


@pytest.mark.django_db
def test_a_changed_fact_is_superseded_by_a_higher_revision(tmp_path) -> None:
    load_text(tmp_path, SMALL)
    old = Fact.objects.get()

    report = load_text(tmp_path, SMALL.replace("Not used.", "Used."))

    new = Fact.objects.standing().get()
    old.refresh_from_db()
    assert (new.statement, new.pk > old.pk, old.superseded_at is not None) == ("Used.", True, True)
    assert dict(report.changed) == {"fact": 1}


@pytest.mark.django_db
def test_a_newer_date_of_its_source_is_a_new_revision_of_the_fact(tmp_path) -> None:
    load_text(tmp_path, SMALL)

    load_text(tmp_path, SMALL.replace("2026-08-22", "2026-09-01"))

    assert [str(fact.as_of) for fact in Fact.objects.order_by("pk")] == ["2026-08-22", "2026-09-01"]


@pytest.mark.django_db
def test_how_a_source_is_fetched_is_loaded_and_how_that_goes_is_left_alone(tmp_path) -> None:
    load_text(tmp_path, SMALL)
    source = PolicySource.objects.get()
    assert (source.markdown_url, source.cadence_days) == ("", 7)
    SourceHealth.objects.create(source=source, next_fetch_at=clock.now(), etag="7")

    more = 'kind: official, markdown_url: "https://vendor.example/privacy.md", cadence_days: 30'
    report = load_text(tmp_path, SMALL.replace("kind: official", more))

    source.refresh_from_db()
    assert (source.addresses[0], source.cadence_days) == ("https://vendor.example/privacy.md", 30)
    assert dict(report.changed) == {"policysource": 1}
    assert SourceHealth.objects.get().etag == "7"


@pytest.mark.django_db
def test_what_is_gone_from_the_files_is_retired_not_deleted(tmp_path) -> None:
    load_text(tmp_path, SMALL)

    report = load_text(tmp_path, SMALL.split("routes:")[0])

    assert dict(report.retired) == {"accessroute": 1, "fact": 1, "hop": 1}
    assert AccessRoute.objects.get().retired_at is not None
    assert Fact.objects.count() == 1


@pytest.mark.django_db
def test_where_a_fact_is_taken_out_and_its_route_stands_it_says_that_nobody_knows_until_it_comes_back(tmp_path) -> None:
    load_text(tmp_path, SMALL)
    [old] = Fact.objects.all()
    without = re.sub(r"    facts:\n.*\n", "", SMALL)

    assert dict(load_text(tmp_path, without).retired) == {"fact": 1}
    [now] = Fact.objects.standing()
    assert (now.key, now.state, now.pk > old.pk) == (old.key, Fact.State.UNKNOWN, True)
    assert "Not used." in now.uncertain_why
    assert load_text(tmp_path, without).is_empty

    assert dict(load_text(tmp_path, SMALL).changed) == {"fact": 1}
    assert Fact.objects.standing().get().statement == "Not used."


@pytest.mark.django_db
def test_what_comes_back_is_no_longer_retired(tmp_path) -> None:
    load_text(tmp_path, SMALL)
    load_text(tmp_path, SMALL.split("routes:")[0])

    load_text(tmp_path, SMALL)

    assert AccessRoute.objects.get().retired_at is None
    assert Fact.objects.standing().count() == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (("topic: training, says", "topic: trainin, says"), "small.yaml:23: no entry of topics has the key 'trainin'"),
        (("source: page}", "source: pag}"), "small.yaml:23: no entry of sources has the key 'pag'"),
        (("tier: commercial", "tier: business"), "small.yaml:16: routes[0].tier: Input should be"),
        (("    tier: commercial\n", ""), "small.yaml:12: routes[0].tier: Field required"),
        (("tool: tool", "tool: tol"), "small.yaml:12: no entry of tools has the key 'tol'"),
        (("says: Not used.", "say: Not used."), "small.yaml:23: routes[0].facts[0].say: Extra inputs"),
        (
            ("as_of: 2026-08-22", "as_of: 2026-13"),
            "small.yaml:5: sources[0].as_of: Value error, month must be in 1..12",
        ),
        (("as_of: 2026-08-22", "as_of: last summer"), "small.yaml:5: sources[0].as_of: Value error, write a day"),
        (
            ("official, ", "official, fingerprints: {as_of: 2026-08, clauses: {top: x}}, "),
            "fingerprints.as_of: Input should",
        ),
        (
            ("official, ", "official, fingerprints: {as_of: 2026-08-22, clauses: {top: x}}, "),
            "clauses.top: String should",
        ),
        (
            ("official, ", "official, fingerprints: {as_of: 2026-08-22, clauses: {}}, "),
            "fingerprints.clauses: Dictionary",
        ),
        (
            ("official, ", "official, suggestions: [{anchor: a, sha256: '', verdict: maybe, because: So.}], "),
            "suggestions[0].verdict: Input should",
        ),
        (("routes:", "routes: ["), "not readable as YAML"),
    ],
)
def test_an_error_names_file_line_and_place(tmp_path, wrong, message) -> None:
    folder = folder_with(tmp_path, SMALL.replace(*wrong))

    with pytest.raises(CommandError) as refused:
        call_command("load_catalog", folder=folder)

    assert message in str(refused.value)


@pytest.mark.django_db
def test_fingerprints_are_loaded_once_and_replaced(tmp_path) -> None:
    def carrying(sha256: str) -> str:
        clauses = f'fingerprints: {{as_of: 2026-08-22, clauses: {{top: "{sha256}"}}}}'
        return SMALL.replace("kind: official,", f"kind: official, {clauses},")

    load_text(tmp_path, carrying("0" * 64))
    again, other = load_text(tmp_path, carrying("0" * 64)), load_text(tmp_path, carrying("1" * 64))

    assert again.is_empty
    assert other.changed == {"policysource": 1}
    source = PolicySource.objects.get()
    assert (source.fingerprints, source.fingerprints_as_of) == ({"top": "1" * 64}, dt.date(2026, 8, 22))
    load_text(tmp_path, SMALL)
    source.refresh_from_db()
    assert (source.fingerprints, source.fingerprints_as_of) == ({}, None)


@pytest.mark.django_db
def test_suggested_verdicts_are_loaded_once(tmp_path) -> None:
    said = {"anchor": "top", "sha256": "0" * 64, "verdict": "editorial", "because": "A name only."}
    text = SMALL.replace("kind: official,", f"kind: official, suggestions: [{json.dumps(said)}],")

    load_text(tmp_path, text)

    assert load_text(tmp_path, text).is_empty
    assert PolicySource.objects.get().suggestions == [said]


@pytest.mark.django_db
def test_with_an_error_nothing_is_loaded(tmp_path) -> None:
    folder = folder_with(tmp_path, SMALL.replace("source: page}", "source: pag}"))

    with pytest.raises(CommandError):
        call_command("load_catalog", folder=folder)

    assert not AccessRoute.objects.exists()


@pytest.mark.django_db
def test_a_dry_run_says_what_would_change_and_changes_nothing(tmp_path) -> None:
    out = StringIO()

    call_command("load_catalog", folder=folder_with(tmp_path, SMALL), dry_run=True, stdout=out)

    assert "1 fact" in out.getvalue()
    assert not Fact.objects.exists()


@pytest.mark.django_db
def test_what_ships_is_loaded_set_wise(django_assert_max_num_queries) -> None:
    """It is part of the first start."""
    with django_assert_max_num_queries(180):
        load(read(), at=clock.now())


@pytest.mark.django_db
def test_a_route_takes_over_the_short_code_of_one_that_is_gone(tmp_path) -> None:
    load_text(tmp_path, SMALL)

    report = load_text(tmp_path, SMALL.replace("key: plan", "key: new-plan"))

    assert (report.added["accessroute"], report.retired["accessroute"]) == (1, 1)
    assert AccessRoute.objects.get(short_code="PLN", retired_at=None).key == "new-plan"


@pytest.mark.django_db
def test_a_route_built_on_another_is_reported_as_changed_once(tmp_path) -> None:
    shared = SMALL.replace("routes:", "profiles:\n  - {key: shared, kind: vendor, name: Shared, facts: []}\nroutes:")
    load_text(tmp_path, shared)
    attached = shared.replace("code: PLN", "code: PLN\n    profiles: [shared]")

    first, second = load_text(tmp_path, attached), load_text(tmp_path, attached)

    assert dict(first.changed) == {"accessroute": 1}
    assert second.is_empty
