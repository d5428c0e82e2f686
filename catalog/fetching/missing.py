"""Telling a page from what only came in its place with 200, by the rules of ``missing.yaml``. A missing page is no change."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from catalog.fetching.fetch import Answer
from catalog.loading.schema import Strict
from catalog.loading.yaml_files import read_files
from catalog.policy_diff.documents import DEEPEST, Document, depth_of
from catalog.policy_diff.rules import Pattern
from operations.late import late

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

RULES = Path(__file__).with_name("missing.yaml")
Why = Literal["log-in", "bot-wall", "no-page", "maintenance", "home-page"]
# A wall says what it is at once; the time that patterns take stays bounded.
_LETTERS_READ = 20_000


class Short(Strict):
    """When a text is much shorter than the last version."""

    below_percent: int
    of_at_least_words: int


class LedTo(Strict):
    """Where a redirect ends."""

    why: Why
    patterns: tuple[Pattern, ...]


class Says(Strict):
    """What a short text says, or holds (CSS selectors)."""

    why: Why
    title: tuple[Pattern, ...] = ()
    text: tuple[Pattern, ...] = ()
    holds: tuple[str, ...] = ()


class MissingFile(Strict):
    """The file as it is written."""

    schema_version: Literal[1]
    at_most_words: int
    short: Short
    led_to: tuple[LedTo, ...]
    says: tuple[Says, ...]


@dataclass(frozen=True)
class _Seen:
    """What somebody with a browser would see, around the page's own text as well."""

    title: str
    text: str
    html: "LexborHTMLParser | None"


@cache
def rules() -> MissingFile:
    """The rules of this release."""
    return next(file for _path, file, _lines in read_files([RULES], MissingFile, base=RULES.parent.parent.parent))


def why_missing(answer: Answer, *, text: str, page: Document | None, words_before: int) -> str:
    """Why what came is not the page, as a code of ``reasons.WORDS``; empty where it is.

    :param text: what came, as text; ``page`` the same in clauses, None where there was no text to put in clauses.
    :param words_before: how many words the last version has, as ``words_of`` counts them; 0 where there is none.
    """
    words = words_of(page)
    given = rules()
    if words <= given.at_most_words:
        seen = _seen(text, page)
        if led := _led_to(answer):
            return led
        for rule in given.says:
            if _fits(rule, seen):
                return rule.why
    if not words:
        return "empty"
    is_short = words * 100 < words_before * given.short.below_percent
    return "short" if is_short and words_before >= given.short.of_at_least_words else ""


def words_of(page: Document | None) -> int:
    """How long a page is."""
    return len(page.text.split()) if page else 0


def _led_to(answer: Answer) -> str:
    """Only where a redirect led to another path: what was asked for by its own address is that page."""
    asked, came = urlsplit(answer.asked), urlsplit(answer.url)
    if asked.path.rstrip("/") == came.path.rstrip("/"):
        return ""
    matches = (rule.why for rule in rules().led_to if _any(rule.patterns, came.path or "/"))
    return next(matches, "")


def _seen(text: str, page: Document | None) -> _Seen:
    own = page.title if page else ""
    if depth_of(text) > DEEPEST:
        return _Seen(own, text[:_LETTERS_READ], None)
    parse = late("selectolax.lexbor").LexborHTMLParser
    html = parse(text)
    title = html.css_first("title")
    shown = parse(text)
    # Many a page asks for scripts in words that only show without them; where there are others, those count.
    shown.strip_tags(["script", "style", "title", *(["noscript"] if words_of(page) else [])])
    body = shown.body.text(separator=" ") if shown.body else ""
    titles = f"{title.text() if title else ''}\n{own}"
    return _Seen(titles.strip()[:_LETTERS_READ], " ".join(body.split())[:_LETTERS_READ], html)


def _fits(rule: Says, seen: _Seen) -> bool:
    if _any(rule.title, seen.title) or _any(rule.text, seen.text):
        return True
    return seen.html is not None and any(seen.html.css_first(selector) is not None for selector in rule.holds)


def _any(patterns: Iterable[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE | re.MULTILINE) for pattern in patterns)
