"""What a vendor changed: clauses found again, words that stayed, signals, and what is only formatting."""

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.loading.schema import FingerprintsData
from catalog.policy_diff.comparing import PolicyDiff, compare
from catalog.policy_diff.documents import Unreadable, document_of, read_bytes
from catalog.policy_diff.rendering import as_data, as_html, as_text
from catalog.policy_diff.rules import WHYS, Rules, shipped_rules
from catalog.policy_diff.words import Budget, Renames, edits, pieces, sentences, text_of

HERE = Path(__file__).parent / "policies"
SNAPSHOTS = Path(__file__).resolve().parents[3] / "shared" / "domain" / "policy-snapshots"
SPRING, REFORMATTED, AUTUMN = ((HERE / f"{name}.md").read_text() for name in ("spring", "spring-reformatted", "autumn"))


def rules(*renames: tuple[str, str]) -> Rules:
    return Rules(**{**vars(shipped_rules()), "renames": Renames(renames)})


def by_anchor(diff: PolicyDiff) -> dict[str, dict]:
    return {clause["anchor"]: clause for clause in as_data(diff)["clauses"]}


def signals(clause: dict) -> set[tuple[str, str, str]]:
    return {(one["kind"], one["old"], one["new"]) for one in clause["signals"]}


def test_each_heavy_line_is_found_in_its_clause_with_its_topic() -> None:
    changed = by_anchor(compare(SPRING, AUTUMN))

    training = changed["rules-for-data/model-training"]
    assert training["status"] == "changed"
    assert "training" in training["topics"]
    assert ("promise-removed", "will not be used", "") in signals(training)
    report = changed["rules-for-data/reports-with-report"]
    assert {("duration", "30 days", "5 years"), ("promise-removed", "do not train", "")} <= signals(report)
    assert ["-", " 30 days"] in report["diff"]
    assert ["+", " 5 years"] in report["diff"]
    assert changed["what-the-tool-may-open"]["status"] == "added"
    assert "scope" in changed["what-the-tool-may-open"]["topics"]
    where = changed["on-your-machine-where-data-goes"]
    assert (where["status"], where["old_heading"]) == ("changed", "Where data goes")
    assert ("recipient", "", "Larkspur Analytics") in signals(where)
    cloud = changed["on-your-machine-where-data-goes/sessions-in-the-cloud-where-data-goes"]
    assert cloud["old_heading"] == "Sessions in the cloud"
    assert ("promise-removed", "automatically deleted", "") in signals(cloud)
    assert len(changed) == 5


def test_a_page_in_other_clothes_under_a_known_new_name_has_not_changed() -> None:
    assert compare(SPRING, REFORMATTED, rules=rules(("Orbit API", "Orbit Cloud API"))).formatting_only
    assert not compare(SPRING, REFORMATTED).formatting_only


def test_a_rename_neither_is_a_change_nor_hides_one() -> None:
    known = rules(("Orbit API", "Orbit Cloud API"))
    diff = compare("The Orbit API keeps it for 30 days.", "The Orbit Cloud API keeps it for 60 days.", rules=known)

    (clause,) = diff.changes
    assert clause.diff == (("=", "The Orbit Cloud API keeps it for"), ("-", " 30"), ("+", " 60"), ("=", " days."))
    assert [(one.kind, one.old, one.new) for one in clause.signals] == [("duration", "30 days", "60 days")]


@pytest.mark.parametrize(
    ("old", "new", "status", "old_heading"),
    [
        ("## Old\n\nThe same words.", "## New\n\nThe same words.", "renamed", "Old"),
        ("## A\n\none\n\n### C\n\nx\n\n## B\n\ntwo", "## A\n\none\n\n## B\n\ntwo\n\n### C\n\nx", "moved", "A > C"),
        ("## A\n\none\n\n## B\n\ntwo\n\n## C\n\nthree", "## C\n\nthree\n\n## A\n\none\n\n## B\n\ntwo", "moved", "C"),
        ("## A\n\nWe keep all of it here.", "## B\n\nWe keep most of it here.", "changed", "A"),
        ("## A\n\none", "## A\n\none\n\n## B\n\ntwo", "added", ""),
        ("## A\n\none\n\n## B\n\ntwo", "## A\n\none", "removed", ""),
        ("## A\n\n### B\n\none\n\n### C\n\ntwo", "## Z\n\n### B\n\none\n\n### C\n\ntwo", "renamed", "A"),
    ],
)
def test_what_became_of_a_clause(old: str, new: str, status: str, old_heading: str) -> None:
    (clause,) = compare(old, new).changes
    assert (clause.status, clause.old_heading) == (status, old_heading)


@pytest.mark.parametrize(
    ("old", "new", "kind", "was", "now"),
    [
        ("Kept for 30 days.", "Kept for 5 years.", "duration", "30 days", "5 years"),
        ("Kept for one month.", "Kept.", "duration", "one month", ""),
        ("At most 3 users see it.", "At most 9 users see it.", "number", "3 users", "9 users"),
        ("We may share it only with you.", "We may share it with you.", "limit", "only", ""),
        ("We look at it.", "We never look at it.", "limit", "", "never"),
        ("It is off by default for all.", "It is on by default for all.", "opt", "off by default", "on by default"),
        ("You opt in to this use.", "You opt out of this use.", "opt", "opt in", "opt out"),
        ("It stays here. It is deleted after a call.", "It stays here.", "promise-removed", "deleted after", ""),
        (
            "It stays here. A clone is deleted automatically.",
            "It stays here.",
            "promise-removed",
            "deleted automatically",
            "",
        ),
        ("It stays here.", "It is shared with Bluebell Labs.", "recipient", "", "Bluebell Labs"),
        (
            "## Sub-processors\n\n- Orbit",
            "## Sub-processors\n\n- Orbit\n- Bluebell Labs (support)",
            "recipient",
            "",
            "Bluebell Labs",
        ),
        (
            "## Subprocessors\n\n| Name | For |\n|---|---|\n| Orbit | mail |",
            "## Subprocessors\n\n| Name | For |\n|---|---|\n| Orbit | mail |\n| Bluebell Labs | support |",
            "recipient",
            "",
            "Bluebell Labs",
        ),
        (
            "## Third parties\n\nWe use Orbit.",
            "## Third parties\n\nWe use Orbit and Bluebell Labs.",
            "recipient",
            "",
            "Bluebell Labs",
        ),
        ("Choose a setting.", "Choose a setting by 8 October 2026.", "deadline", "", "8 October 2026"),
        ("Choose until May 2, 2026.", "Choose until June 3, 2026.", "deadline", "May 2, 2026", "June 3, 2026"),
    ],
)
def test_signals(old: str, new: str, kind: str, was: str, now: str) -> None:
    found = [(one.kind, one.old, one.new) for clause in compare(old, new).changes for one in clause.signals]
    assert (kind, was, now) in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("It says **so**.", "It *says* so."),
        ("See [here](https://a.example/x).", "See [here](https://b.example/y)."),
        ("It stands at https://a.example/x today.", "It stands at https://b.example/en/x today."),
        ("![flow](a.png) Text.", "Text. ![other](b.png)"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "|a|b|\n|:--|--:|\n|  1  |  2  |"),
        ("* one\n* two", "- one\n- two"),
        ("It\u2019s \u201chere\u201d.", 'It\'s "here".'),
        ("30\u00a0days  are\n30 days.", "30 days are 30\u00a0days."),
        ("# T\n\n## A\n\nb", "<h1>T</h1><main><h2>A</h2><p>b</p></main>"),
        ("## A\n\nb <c@d.example>", "<html><body><nav>Menu</nav><h2>A</h2><p>b c@d.example<p></body>"),
    ],
)
def test_formatting_is_no_change(old: str, new: str) -> None:
    diff = compare(old, new)
    assert diff.formatting_only, as_text(diff)


WORD = st.sampled_from(
    [
        "we",
        "keep",
        "your",
        "data",
        "here",
        "for",
        "some",
        "days",
        "and",
        "share",
        "it",
        "with",
        "nobody",
        "at",
        "all",
        "unless",
        "you",
        "ask",
    ]
)
PARAGRAPH = st.lists(WORD, min_size=4, max_size=30).map(lambda words: " ".join(words).capitalize() + ".")
PAGE = st.lists(st.tuples(st.integers(1, 3), st.lists(PARAGRAPH, max_size=4)), min_size=1, max_size=6)


def markdown(page: list[tuple[int, list[str]]]) -> str:
    return "\n\n".join(
        "\n\n".join([f"{'#' * (level + 1)} Part {number}", *paragraphs])
        for number, (level, paragraphs) in enumerate(page)
    )


def in_other_clothes(text: str, bullets: str) -> str:
    """The same words: other emphasis, links, line breaks and images."""
    text = re.sub(r"\bdata\b", "**data**", text)
    text = re.sub(r"\bshare\b", "[share](https://elsewhere.example)", text)
    return re.sub(r"^(?=[A-Z])", bullets, text, flags=re.MULTILINE).replace(" and ", "\nand ")


@given(PAGE)
def test_a_text_with_itself_is_empty(page) -> None:
    diff = compare(markdown(page), markdown(page))
    assert diff.formatting_only
    assert (diff.lines_added, diff.lines_removed, diff.words_added, diff.words_removed) == (0, 0, 0, 0)


@given(PAGE, PAGE)
@settings(max_examples=200)
def test_the_diff_applied_to_the_old_text_gives_the_new(page, other) -> None:
    for clause in compare(markdown(page), markdown(other)).clauses:
        if clause.status in {"added", "removed", "changed"}:
            kept = ["".join(text for op, text in clause.diff if op in ops) for ops in ("=-", "=+")]
            sides = [one.clause.text if one else "" for one in (clause.old, clause.new)]
            assert [text.split() for text in kept] == [text.split() for text in sides]
        elif clause.status != "unchanged":
            assert clause.diff == ()


@given(PAGE, st.sampled_from(["", "* ", "> "]))
def test_other_clothes_are_formatting_only(page, bullets: str) -> None:
    diff = compare(markdown(page), in_other_clothes(markdown(page), bullets))
    assert diff.formatting_only, as_text(diff)


@given(PAGE, st.integers(0), st.sampled_from(["* ", ""]))
def test_one_heavy_word_in_other_clothes_is_the_only_change(page, which: int, bullets: str) -> None:
    heavy = "It is deleted after 30 days in every case."
    page = [*page, (1, ["Everything else stands as it is.", heavy])]
    old, new = markdown(page), in_other_clothes(markdown(page), bullets).replace("30 days", "5 years")

    (clause,) = compare(old, new).changes

    assert [(one.kind, one.old, one.new) for one in clause.signals] == [("duration", "30 days", "5 years")]
    assert [(op, text.strip()) for op, text in clause.diff if op != "="] == [("-", "30 days"), ("+", "5 years")]


@pytest.mark.parametrize(
    "make",
    [
        lambda word: " ".join(word for _ in range(60_000)),
        lambda word: "\n\n".join(f"S{number} is {word}." for number in range(6_000)),
        lambda word: "\n\n".join(f"## H {word} {number}\n\n{word} {number}." for number in range(3_000)),
    ],
    ids=["one sentence", "many sentences", "many headings"],
)
def test_what_is_too_much_to_compare_is_counted_and_compared_coarsely(make: Callable[[str], str]) -> None:
    old, new = make("alpha beta"), make("beta gamma")
    before, after = (Renames().tokens(text) for text in (old, new))
    spent = Budget(cells=100_000)

    told = [piece for edit in edits(sentences(before), sentences(after), spent) for piece in pieces(edit, spent)]

    assert spent.refused > 0
    assert 0 <= spent.cells <= 100_000
    for tokens, other in ((before, "+"), (after, "-")):
        assert "".join(piece.text for piece in told if piece.op != other).split() == text_of(tokens).split()
    assert not compare(old, new).formatting_only


def test_it_says_where_it_was_too_much() -> None:
    old, new = (" ".join(f"{word}{number}" for number in range(20_000)) for word in ("a", "b"))
    diff = compare(old, new)
    (clause,) = diff.changes
    assert clause.is_coarse
    assert as_data(diff)["clauses"][0]["coarse"] is True
    assert "Too long to compare" in as_text(diff)
    assert "Too long to compare" in as_html(diff, title="Long")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "office"),
        (b"\0\1\2" * 50, "no"),
        (b"", "no text"),
        (b"<html><script>1</script></html>", "no text"),
        (b"<div>" * 20_000 + b"x", "nested"),
    ],
)
def test_what_is_no_page_says_why(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        document_of(read_bytes(data))


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_usual_encoding_is_read(charset: str) -> None:
    assert read_bytes("Größe – “ja”".encode(charset)) == "Größe – “ja”"


def run(*arguments: str, capsys) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        call_command(*arguments)
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out, out.err


def test_the_command_says_by_its_exit_status_whether_something_changed(tmp_path: Path, capsys) -> None:
    old, new = HERE / "spring.md", HERE / "autumn.md"
    status, out, _err = run("policy_diff", str(old), str(new), "--format", "json", capsys=capsys)
    said = json.loads(out)
    assert status == 1
    assert said["summary"]["lines"] == {"added": 11, "removed": 15}
    assert set(said["summary"]["clauses"]) == {"added", "removed", "changed", "renamed", "moved", "unchanged"}
    assert said["summary"]["formatting_only"] is False
    assert run("policy_diff", str(old), str(old), capsys=capsys)[:2] == (0, "Nothing has changed.\n")
    status, out, _err = run("policy_diff", str(old), str(new), "--format", "html", capsys=capsys)
    assert (status, "<ins>+ 5 years</ins>" in out) == (1, True)
    page = tmp_path / "paper.pdf"
    page.write_bytes(b"%PDF-1.7")
    for broken in (page, tmp_path / "nowhere.md"):
        status, out, err = run("policy_diff", str(old), str(broken), capsys=capsys)
        assert (status, out) == (2, "")
        assert str(broken) in err


def test_a_deadline_that_is_taken_back_is_a_signal() -> None:
    old, new = "Choose by 8 October 2026 or it is chosen for you.", "Choose when you like, or it is chosen for you."
    (clause,) = compare(f"# Help\n\n{old}", f"# Help\n\n{new}").changes
    (signal,) = [one for one in clause.signals if one.kind == "deadline"]
    assert (signal.old, signal.new, signal.why) == (
        "8 October 2026",
        "",
        "A day that the vendor had set is not said any more.",
    )


def test_what_the_rules_tell_is_known_to_translators() -> None:
    assert {rule.why for rule in shipped_rules().signals.values()} - {""} <= set(WHYS)


def test_fingerprints_name_clauses_and_hold_no_text(capsys) -> None:
    call_command("clause_fingerprints", str(HERE / "spring.md"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "# spring.md"
    assert all(re.fullmatch(r"[0-9a-f]{64}  \S+", line) for line in lines[1:])
    clause = document_of(SPRING).clauses[2]
    assert f"{clause.sha256}  {clause.anchor}" in lines


def test_fingerprints_are_printed_as_catalog_data_carries_them(capsys) -> None:
    call_command("clause_fingerprints", str(HERE / "spring.md"), yaml=dt.date(2026, 3, 1))
    printed = yaml.safe_load(capsys.readouterr().out)["fingerprints"]
    assert printed["clauses"] == {clause.anchor: clause.sha256 for clause in document_of(SPRING).clauses}
    assert FingerprintsData.model_validate(printed).as_of == dt.date(2026, 3, 1)


PAIRS = yaml.safe_load((SNAPSHOTS / "expected-changes.yaml").read_text())["pairs"] if SNAPSHOTS.exists() else []


@pytest.mark.skipif(not PAIRS, reason="the vendor's own pages are not part of the project")
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['from']} to {pair['to']}")
def test_the_vendors_own_pages(pair: dict) -> None:
    old, new = ((SNAPSHOTS / f"data-usage.{pair[day]}.md").read_text() for day in ("from", "to"))
    diff = compare(old, new)
    found = {topic for clause in diff.changes for topic in clause.topics}
    assert {one["kind"] for one in pair["changes"]} - {"noise"} <= found
    if "added_lines" in pair:
        assert (diff.lines_added, diff.lines_removed) == (pair["added_lines"], pair["removed_lines"])
    told = {clause.anchor: {(one.kind, one.old, one.new) for one in clause.signals} for clause in diff.changes}
    assert HEAVY[pair["from"]] <= {(anchor, *signal) for anchor, found in told.items() for signal in found}
    for clause in diff.changes:
        if not clause.topics or clause.topics == ("naming",):
            assert clause.signals == ()


HEAVY = {
    "2025-08-26": {
        ("data-policies/data-training-policy", "promise-removed", "will not train", ""),
        ("data-policies/data-retention", "duration", "", "5 years"),
        ("data-policies/feedback-transcripts", "promise-removed", "will not train", ""),
    },
    "2025-08-28": {
        ("data-policies/feedback-using-the-bug-command", "duration", "30 days", "5 years"),
        ("data-policies/data-training-policy", "deadline", "September 28, 2025", "October 8, 2025"),
    },
    "2026-01-06": {
        (
            "local-claude-code-data-flow-and-dependencies/cloud-execution-data-flow-and-dependencies",
            "promise-removed",
            "automatically deleted",
            "",
        ),
    },
}
