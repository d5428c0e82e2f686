"""Whether the pages that facts cite still say what the facts were taken from, as one organization has these pages.

The newest text of a page is compared by the hashes of its clauses: with the fingerprints that ship of the text the facts were
taken from, and by the headings that citations name. No text is read.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Organization
from catalog.models import Citation, CitedPlace, Clause, Fact, PolicySource, PolicyVersion
from catalog.policy_diff.alignment import SAME_CLAUSE, Path, path_key
from catalog.policy_diff.documents import SEPARATOR, anchor_of
from catalog.policy_diff.rules import shipped_rules
from catalog.queries.readings import Cited, Reading, Words
from operations import clock
from operations.late import late

State = Literal["same", "differs", "gone"]
Hashes = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class FirstComparison:
    """A text of a page beside the one that facts were taken from.

    :ivar states: what became of each clause that has a fingerprint, by its anchor; words that stand elsewhere are the same.
    """

    states: Mapping[str, State]

    @property
    def can_be_compared(self) -> bool:
        """Whether at least half is as it was: else the page was written anew, and each clause says nothing."""
        return 2 * sum(state == "same" for state in self.states.values()) >= len(self.states)


def first_comparison(source: PolicySource, version: PolicyVersion) -> FirstComparison | None:
    """A version beside the text that the facts were taken from; None where no fingerprints of that ship."""
    return compared(source.fingerprints, version.clauses.values_list("anchor", "sha256"))


def compared(fingerprints: Mapping[str, str], clauses: Hashes) -> FirstComparison | None:
    """The same of (anchor, hash) pairs."""
    if not fingerprints:
        return None
    now: dict[str, str] = dict(clauses)
    words = set(now.values()) - {_NO_WORDS}
    states: dict[str, State] = {
        anchor: "same" if sha256 in words or now.get(anchor) == sha256 else "differs" if anchor in now else "gone"
        for anchor, sha256 in fingerprints.items()
    }
    return FirstComparison(states)


def readings_of(facts: Collection[int], organization: Organization | None) -> dict[int, list[Reading]]:
    """What the newest texts of their pages say of facts (by their ids); pages without a text say nothing. One query."""
    return readings_in([row["row"] for row in pages_citing(facts, organization)], organization)


class Page:
    """The newest text of a source, and who cites what of it; of a row of :func:`pages_citing`.

    :ivar cites: for each fact (by id) all headings it cites.
    :ivar former: what stood in earlier texts beneath headings that are gone: their hashes, where somebody looked.
    """

    def __init__(self, row: Mapping[str, Any], organization: Organization | None) -> None:
        self.row = row
        self.clauses: list[dict[str, str]] = row["clauses"]
        self.comparison = compared(row["fingerprints"], ((one["anchor"], one["sha256"]) for one in self.clauses))
        self.places = {one["place"].casefold() for one in self.clauses}
        self.cites: dict[int, list[str]] = {}
        for cite in row["cites"]:
            sections = self.cites.setdefault(cite["fact"], [])
            sections += [section for section in cite["sections"] if section not in sections]
        self.ours = {cite["fact"] for cite in row["cites"] if cite["is_ours"]}
        self.read_as = {cite["fact"]: set(cite["read_as"] or ()) for cite in row["cites"]}
        self.former: dict[str, str] = {}
        self.read_on = _read_on(row, organization)
        self._by_key: dict[Path, str] | None = None

    def reading(self, fact_id: int) -> Reading:
        sections = self.cites[fact_id]
        # What ships was taken from the text of the fingerprints, what is ours was not.
        words = "" if fact_id in self.ours else self._words(sections, self.read_as[fact_id])
        cited = tuple(self._cited(section) for section in sections)
        return Reading(fact_id, self.row["pk"], self.row["title"], cited, words, self.read_on)

    @property
    def gone(self) -> set[str]:
        """The headings that somebody cites and that are not there any more."""
        return {section for sections in self.cites.values() for section in sections if self._place_of(section) is None}

    def _cited(self, section: str) -> Cited:
        place = self._place_of(section)
        return Cited(section, True) if place is not None else Cited(section, False, self._candidate(section))

    def _place_of(self, section: str) -> str | None:
        """The heading path as it is now, by the new names of what was renamed; None where it is not there any more."""
        if section.casefold() in self.places:
            return section
        if self._by_key is None:
            self._by_key = {section_key(one["place"]): one["place"] for one in self.clauses}
        return self._by_key.get(section_key(section))

    def _candidate(self, section: str) -> str:
        """Where the same words stand now, else beneath the heading that is most alike; empty where none is."""
        was = self.former.get(section) or self.row["fingerprints"].get(anchor_of(headings_of(section)))
        same = (one["place"] for one in self.clauses if one["sha256"] == was != _NO_WORDS)
        found = next(same, "")
        if found:
            return found
        return likeliest_place(section, (one["place"] for one in self.clauses))

    def _words(self, sections: list[str], read_as: set[str]) -> Words:
        if self.comparison is None:
            return ""
        if not self.comparison.can_be_compared:
            return "incomparable"
        states = self.comparison.states
        anchors = [anchor_of(headings_of(section)) for section in sections] or list(states)
        now = {one["anchor"]: one["sha256"] for one in self.clauses}
        told = {"same" if now.get(anchor) in read_as else states.get(anchor) for anchor in anchors}
        if told == {"same"}:
            return "same"
        # Where no heading is cited, a change somewhere on the page says nothing about this fact.
        return "changed" if sections and told & {"differs", "gone"} else ""


_NO_WORDS = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # the hash of a heading without words


def texts_of(organization: Organization | None) -> QuerySet[PolicyVersion]:
    """The versions that an organization can compare, of every source."""
    return PolicyVersion.objects.visible_to(organization).texts()


def now_of(column: str, organization: Organization | None) -> Subquery:
    """Of a citation, what the organization said last of where it is said; null where it said nothing."""
    key = Coalesce(OuterRef("fact__key"), OuterRef("claim__fact__key"))
    places = CitedPlace.objects.filter(organization=organization, source=OuterRef("source"), fact_key=key)
    return Subquery(places.order_by("-pk").values(column)[:1])


def section_key(section: str) -> Path:
    """A heading path as citations write it, ready to be compared with that of a clause."""
    return path_key(headings_of(section), shipped_rules().renames)


def pages_citing(facts: Collection[int] | QuerySet[Fact, Any], organization: Organization | None) -> QuerySet[Any, Any]:
    """The pages that facts cite and of which there is a text, a JSON object each: what :class:`Page` takes."""
    newest = texts_of(organization).filter(source=OuterRef("pk")).order_by("-seen_on", "-pk")
    clauses = Clause.objects.filter(version=OuterRef("newest")).order_by("position")
    cited = Citation.objects.filter(Q(fact__in=facts) | Q(claim__fact__in=facts))
    now = {"now": now_of("sections", organization), "read_as": now_of("read_as", organization)}
    cites = cited.filter(source=OuterRef("pk")).annotate(**now).order_by("pk")
    of_fact = {
        "fact": Coalesce("fact", "claim__fact"),
        "is_ours": Coalesce("fact__organization", "claim__fact__organization"),
    }
    return (
        PolicySource.objects.filter(pk__in=cited.values("source"))
        .annotate(newest=Subquery(newest.values("pk")[:1]))
        .filter(newest__isnull=False)
        .order_by("pk")
        .values(
            row=JSONObject(
                pk="pk",
                title="title",
                fingerprints="fingerprints",
                last_success_at="health__last_success_at",
                seen_on=Subquery(newest.values("seen_on")[:1]),
                is_ours=Subquery(newest.values("organization")[:1]),
                clauses=ArraySubquery(clauses.values(row=JSONObject(place="place", anchor="anchor", sha256="sha256"))),
                cites=ArraySubquery(
                    cites.values(row=JSONObject(sections=Coalesce("now", "sections"), read_as="read_as", **of_fact))
                ),
            )
        )
    )


def readings_in(pages: Iterable[Mapping[str, Any]], organization: Organization | None) -> dict[int, list[Reading]]:
    """For each fact (by id) what the pages it cites say of it."""
    found: dict[int, list[Reading]] = {}
    for page in (Page(row, organization) for row in pages):
        for fact_id in page.cites:
            found.setdefault(fact_id, []).append(page.reading(fact_id))
    return found


def _read_on(row: Mapping[str, Any], organization: Organization | None) -> dt.date:
    """The day of the newest text; where it was fetched and came again as it was, that of the last fetch."""
    seen = dt.date.fromisoformat(row["seen_on"])
    if row["is_ours"] or not row["last_success_at"]:
        return seen
    zone = organization.timezone if organization else "UTC"
    return max(seen, clock.day_of(dt.datetime.fromisoformat(row["last_success_at"]), zone))


def headings_of(section: str) -> tuple[str, ...]:
    """The headings of a path, as they read: citations may write the marks of code that headings have in Markdown."""
    return tuple(section.replace("`", "").split(SEPARATOR)) if section else ()


def likeliest_place(section: str, places: Iterable[str]) -> str:
    """The heading path that is most like another one; empty where none is like it enough."""
    alike = {place: _alike(section, place) for place in places if place}
    best = max(alike, key=lambda place: alike[place], default="")
    return best if best and alike[best][0] >= SAME_CLAUSE else ""


def _alike(section: str, place: str) -> tuple[float, float]:
    """How alike two heading paths are, from 0 to 1: in the last heading, then as a whole; siblings share all but the last."""
    last, other_last = (path.rpartition(SEPARATOR)[2].casefold() for path in (section, place))
    similarity = late("rapidfuzz.distance").Indel.normalized_similarity
    return similarity(last, other_last), similarity(section.casefold(), place.casefold())
