"""What ships reads well and says where it comes from: rules over ``catalog/data`` as it stands."""

import re
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.loading.catalog import DATA, Content, load, read
from catalog.loading.schema import FactData
from catalog.models import AccessRoute, Fact
from operations import clock

# As the vendors write them; a setting that is spelled in another way can't be found or set.
SPELLINGS = [
    "allow_remote_sessions",
    "apiKeyHelper",
    "awsAuthRefresh",
    "awsCredentialExport",
    "cleanupPeriodDays",
    "data_retention_mode",
    "disableAutoMode",
    "disableRemoteControl",
    "forceLoginGatewayUrl",
    "forceLoginMethod",
    "forceLoginOrgUUID",
    "gcpAuthRefresh",
    "GitHub",
    "inference_geo",
    "macOS",
    "OAuth",
    "OpenAI",
    "OpenTelemetry",
    "skipWebFetchPreflight",
    "WebFetch",
]
PLUMBING = re.compile(
    r"\b(id|more|how to switch it off|can be changed|by|kept|alternatives): |\bseeds?\b|\bcrawl|pars(e|ing)\b", re.I
)
SENTENCE_ENDS = (".", "?", ".)", ".'")


@pytest.fixture(scope="module")
def content() -> Content:
    return read()


def facts(content: Content) -> Iterator[FactData]:
    for owner in (*content.parts["routes"], *content.parts["profiles"]):
        yield from owner.facts


def texts(content: Content) -> Iterator[tuple[str, str]]:
    """Every sentence that a page shows, with the key of what it belongs to."""
    for fact in facts(content):
        for text in (fact.says, fact.detail, fact.uncertain, *(claim.says for claim in fact.claims)):
            yield fact.key, text
    for route in content.parts["routes"]:
        for text in (route.suited_for, route.warning, *route.ask, *(hop.uncertain for hop in route.hops)):
            yield route.key, text
    for procedure in content.parts["procedures"]:
        notes = (text for note in procedure.notes for text in (note.says, note.uncertain))
        for text in (*procedure.steps, procedure.effects, procedure.uncertain, *notes):
            yield procedure.key, text


def test_each_statement_stands_alone_as_a_sentence(content) -> None:
    for fact in facts(content):
        for says in (fact.says, *(claim.says for claim in fact.claims)):
            assert len(says.split()) >= 4, f"{fact.key}: {says}"
            assert not re.match(r"(as|yes|no|none)\b[^,]*$", says, re.I), f"{fact.key}: {says}"


def test_each_text_is_whole_sentences(content) -> None:
    for key, text in texts(content):
        assert not text or text.endswith(SENTENCE_ENDS), f"{key}: {text}"
        assert not PLUMBING.search(text), f"{key}: {text}"


@pytest.mark.parametrize("name", SPELLINGS)
def test_names_are_spelled_as_the_vendor_spells_them(content, name) -> None:
    found = [(key, word) for key, text in texts(content) for word in re.findall(rf"\b{name}\b", text, re.I)]

    assert found
    assert not [one for one in found if one[1] != name]


def test_each_date_is_a_day_or_a_month_or_unknown_with_a_note(content) -> None:
    for source in content.parts["sources"]:
        assert source.as_of or source.as_of_note, source.key
        assert not (source.as_of and "nobody knows" in source.as_of_note), source.key


def test_what_is_known_has_a_source_and_what_is_uncertain_a_reason(content) -> None:
    for fact in facts(content):
        sides = [cite for claim in fact.claims for cite in claim.cites]
        assert fact.state == "unknown" or fact.cites or sides, fact.key
        assert (fact.state == "conflicting") == (len(fact.claims) >= 2), fact.key
        assert all(claim.cites for claim in fact.claims), fact.key


def test_what_no_vendor_wrote_is_not_called_a_vendor_s_word(content) -> None:
    official = {source.key for source in content.parts["sources"] if source.kind.startswith("official")}
    for fact in facts(content):
        cited = {cite.source for cite in (*fact.cites, *(cite for claim in fact.claims for cite in claim.cites))}
        assert fact.promise == "report" or cited & official, fact.key


def test_a_route_that_one_company_sells_and_another_processes_warns_of_it(content) -> None:
    sold = re.compile(r"\b(AWS|Google Cloud|Azure|Microsoft)\b")
    for route in content.parts["routes"]:
        roles = " ".join(fact.says for fact in route.facts if fact.topic == "roles")
        if sold.search(route.name) and "Anthropic the processor" in roles:
            assert "Anthropic" in route.warning, route.key


def test_no_conflict_is_headed_by_a_question_or_a_label(content) -> None:
    for fact in facts(content):
        if fact.state == "conflicting":
            assert re.match(r"(Sources|One page) ", fact.says), fact.says


def test_each_station_names_who_operates_it_in_words(content) -> None:
    for node in content.parts["nodes"]:
        assert not re.fullmatch(r"[a-z]+(-[a-z]+)+|aws|anthropic|google|microsoft|customer", node.owner), node.key


def test_encryption_of_a_step_is_said_in_words(content) -> None:
    for route in content.parts["routes"]:
        for hop in route.hops:
            assert hop.encryption not in {"none", "depends", "unknown", "internal", "not read"}, route.key


def test_no_text_names_a_mirror_or_a_snapshot() -> None:
    for path in DATA.rglob("*.yaml"):
        assert not re.search(r"policy-snapshots|ericbuess|thevibeworks", path.read_text()), path.name


@pytest.mark.django_db
def test_a_second_load_writes_nothing(shipped_catalog, content) -> None:
    assert AccessRoute.objects.filter(retired_at=None).count() == len(content.parts["routes"]) >= 46
    assert Fact.objects.standing().count() == len(list(facts(content)))
    assert load(content, at=clock.now()).is_empty


@pytest.mark.django_db
@pytest.mark.parametrize(
    "table", ["catalog_fact", "catalog_hop", "catalog_claim", "catalog_citation", "catalog_procedure"]
)
def test_the_database_refuses_to_change_or_remove_what_was_said(shipped_catalog, table) -> None:
    column = "statement" if table in {"catalog_fact", "catalog_claim"} else "id"
    change = "'other'" if column == "statement" else "id + 100000"

    for sql in (f"UPDATE {table} SET {column} = {change}", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
