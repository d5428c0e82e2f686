"""Which changed clauses have to be judged: those that something relied on cites, and those about what weighs most."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import Organization
from audit.models import Basis
from catalog.models import Citation, CitedPlace, PolicySource, PolicyVersion
from catalog.policy_diff.alignment import Path, Read, path_key, read
from catalog.policy_diff.comparing import ClauseDiff, compare
from catalog.policy_diff.documents import Clause, anchor_of
from catalog.policy_diff.rules import shipped_rules
from catalog.queries import first_comparison, headings_of, section_key, standing_facts
from governance.queries.decisions import HOLDING, Status
from reviews.models import ClauseChange

# A change with any signal that is about one of these is judged at once, whoever cites it.
WEIGHTY = frozenset({"training", "retention"})
WEIGHTY_SIGNAL = "recipient"


@dataclass(frozen=True)
class Cite:
    """That a standing fact cites a page: beneath which headings, as the organization sees it; none where nobody knows.

    :ivar is_found: whether the organization itself said where. ``read_as``: hashes of the clauses that it read and judged to say
        so still.
    """

    fact_key: str
    topic: str
    sections: tuple[str, ...]
    is_found: bool = False
    read_as: tuple[str, ...] = ()

    @property
    def paths(self) -> set[Path]:
        return {section_key(section) for section in self.sections}

    @property
    def is_loose(self) -> bool:
        """Whether nobody has said yet beneath which heading it stands."""
        return not self.sections and not self.is_found


@dataclass(frozen=True)
class Concerned:
    """Why a changed clause concerns somebody: the facts that cite it, and why it has to be judged, if it has to."""

    fact_keys: tuple[str, ...]
    asked: ClauseChange.Asked
    is_urgent: bool


_RECORDED = Coalesce("fact__recorded_at", "claim__fact__recorded_at")
_SAID = JSONObject(sections="sections", read_as="read_as", is_older="is_older")


def cites_of(organization: Organization, sources: Collection[int]) -> dict[int, list[Cite]]:
    """For each source (by id) the standing facts that cite it, themselves or in one of their sides; one query.

    What the organization said of where it is takes the place of what is written; beside what ships later than that it counts too.
    """
    facts = standing_facts(organization)
    found = (
        CitedPlace.objects.filter(organization=organization, source=OuterRef("source"), fact_key=OuterRef("fact_key"))
        .annotate(is_older=Case(When(at__lt=OuterRef("shipped_at"), then=True), default=False))
        .order_by("-pk")
    )
    cites = (
        Citation.objects.filter(Q(fact__in=facts) | Q(claim__fact__in=facts), source__in=sources)
        .annotate(
            fact_key=Coalesce("fact__key", "claim__fact__key"),
            topic=Coalesce("fact__topic", "claim__fact__topic"),
            shipped_at=Case(
                When(fact__organization=None, claim__fact__organization=None, then=_RECORDED), default=None
            ),
        )
        .annotate(found=ArraySubquery(found.values(row=_SAID)[:1]))
        .order_by("fact_key", "pk")
        .values_list("source", "fact_key", "topic", "sections", "found")
    )
    sections: dict[tuple[int, str, str], tuple[list[str], list[dict[str, Any]]]] = {}
    for source, key, topic, written, said in cites:
        places, _said = sections.setdefault((source, key, topic), ([], said))
        where = [*said[0]["sections"], *(written if said[0]["is_older"] else ())] if said else written
        places.extend(place for place in dict.fromkeys(where) if place not in places)
    told: dict[int, list[Cite]] = {source: [] for source in sources}
    for (source, key, topic), (places, said) in sections.items():
        read_as = tuple(said[0]["read_as"]) if said else ()
        told[source].append(Cite(key, topic, tuple(places), bool(said), read_as))
    return told


def relied_on_bases(organization: Organization) -> QuerySet[Basis]:
    """The facts that a decision rests on which is in force, or is being signed: as it was shown, so with what its questions show."""
    decided = organization.decisions.filter(status__in=(*HOLDING, Status.SUBMITTED)).values("sign_off__snapshot")
    return Basis.objects.filter(organization_id=organization.pk, snapshot__in=decided, key__startswith="fact:")


def relied_on(organization: Organization) -> set[str]:
    """The keys of :func:`relied_on_bases`' facts."""
    keys = relied_on_bases(organization).values_list("key", flat=True).distinct()
    return {key.removeprefix("fact:") for key in keys}


def concerned(clause: ClauseDiff, *, cites: Iterable[Cite], relied: Collection[str], is_ours: bool) -> Concerned:
    """What a changed clause means to an organization.

    :param relied: of :func:`relied_on`.
    :param is_ours: whether the page is the organization's own: it relies on that without citing it.
    """
    cites = list(cites)
    paths = {read.path for read in (clause.old, clause.new) if read}
    citing = [cite for cite in cites if cite.paths & paths]
    keys = tuple(cite.fact_key for cite in citing)
    loose = [cite for cite in cites if cite.is_loose and cite.topic in clause.topics]
    # A page that nothing in force cites is nobody's worry yet.
    is_relied_on = is_ours or any(cite.fact_key in relied for cite in cites)
    is_weighty = bool(clause.signals) and (
        not WEIGHTY.isdisjoint(clause.topics) or any(signal.kind == WEIGHTY_SIGNAL for signal in clause.signals)
    )
    asked = ClauseChange.Asked.NOT
    if is_relied_on and is_weighty:
        asked = ClauseChange.Asked.SIGNAL
    if (any(key in relied for key in keys) and (clause.status != "moved" or len(paths) > 1)) or (
        clause.signals and any(cite.fact_key in relied for cite in loose)
    ):
        asked = ClauseChange.Asked.CITED
    return Concerned(keys, asked, is_urgent=bool(asked) and is_weighty)


def changed_since(
    base: PolicyVersion, judged: Sequence[ClauseChange], newest: PolicyVersion
) -> list[tuple[PolicyVersion, ClauseDiff]]:
    """What the newest text says otherwise than what was judged last, clause by clause: each with the version in which it
    stood so.

    :param judged: clauses that were judged since ``base``, each a step from a place and its words in one version to those in
        another. One page may have a heading twice: words tell them apart.
    """
    left = {_left(row) for row in judged}
    reached = {_reached(row) for row in judged} - left
    since = PolicyVersion.objects.in_bulk({version for version, *_place in reached} - {base.pk})
    found = [
        (version, clause)
        for version in since.values()
        for clause in compare(version.text, newest.text).changes
        if _stands(clause, version) in reached
    ]
    known = {_becomes(clause) for _version, clause in found} | {(row.place, row.new_sha256) for row in judged}
    # What went and is back beneath another heading is nowhere else than in the text before it went.
    back = {_left(row) for row in judged if not row.new_sha256} - {_left(row) for row in judged if row.new_sha256}
    for clause in compare(base.text, newest.text).changes:
        stands = _stands(clause, base)
        is_renamed = clause.old and clause.new and clause.old.clause.place != clause.new.clause.place
        if (stands in back and is_renamed) or (stands not in left and (clause.old or _becomes(clause) not in known)):
            found.append((base, clause))
    return found


# A version, a place in it and what its words hash to; no words where the place is missing in it.
_Stand = tuple[int | None, str, str]


def _left(row: ClauseChange) -> _Stand:
    return (row.old_version_id, row.old_place if row.old_sha256 else row.place, row.old_sha256)


def _reached(row: ClauseChange) -> _Stand:
    return (row.new_version_id, row.place if row.new_sha256 else row.old_place, row.new_sha256)


def _stands(clause: ClauseDiff, version: PolicyVersion) -> _Stand:
    if clause.old:
        return (version.pk, clause.old.clause.place, clause.old.clause.sha256)
    return (version.pk, *_becomes(clause)[:1], "")


def _becomes(clause: ClauseDiff) -> tuple[str, str]:
    return (clause.new.clause.place, clause.new.clause.sha256) if clause.new else ("", "")


def written_otherwise(
    source: PolicySource, cites: Iterable[Cite], newest: PolicyVersion
) -> list[tuple[None, ClauseDiff]] | None:
    """What the newest text says otherwise than the one that the catalog's facts were taken from, of which there are hashes and
    no words: a clause that differs as it reads now, one that is gone by its heading.

    :returns: None where most of the page differs, so that one clause says nothing.
    """
    comparison = first_comparison(source, newest)
    if comparison is None or not comparison.can_be_compared:
        return None
    rules = shipped_rules()
    now = {each.clause.anchor: each for each in read(newest.document, rules.renames)}
    headings = {anchor_of(path): path for cite in cites for path in map(headings_of, cite.sections)}
    found: list[tuple[None, ClauseDiff]] = []
    for anchor, state in comparison.states.items():
        if state == "same":
            continue
        path = headings.get(anchor, (anchor,))
        gone = Read(Clause(path, anchor, ()), 0, (), (), path_key(path, rules.renames), 1)
        old, new = (gone, None) if state == "gone" else (None, now[anchor])
        clause = (new or gone).clause
        text = "\n".join((*clause.path, clause.text))
        diff = ClauseDiff(
            anchor=anchor,
            heading=clause.heading,
            old_heading="",
            status="changed" if new else "removed",
            diff=(("=", clause.text),) if new else (),
            topics=tuple(topic for topic, pattern in rules.topics.items() if pattern.search(text)),
            signals=(),
            words_added=0,
            words_removed=0,
            is_coarse=False,
            old=old,
            new=new,
        )
        found.append((None, diff))
    return found


def columns_of(clause: ClauseDiff, fingerprints: Mapping[str, str]) -> Mapping[str, Any]:
    """What is kept of a changed clause: its places, what both texts hash to, and its words.

    :param fingerprints: what the text that facts were taken from hashed to, by anchor, for clauses compared with that.
    """
    old, new = (each.clause if each else None for each in (clause.old, clause.new))
    return {
        "anchor": clause.anchor,
        "place": new.place if new else "",
        "old_place": old.place if old else "",
        "status": clause.status,
        "old_sha256": fingerprints.get(clause.anchor) or (old.sha256 if old else ""),
        "new_sha256": new.sha256 if new else "",
        "topics": list(clause.topics),
        "signals": [
            {"kind": signal.kind, "old": signal.old, "new": signal.new, "why": signal.why} for signal in clause.signals
        ],
        "words": [list(piece) for piece in clause.diff],
        "word_count": sum(len(text.split()) for _op, text in clause.diff),
        "is_coarse": clause.is_coarse,
    }
