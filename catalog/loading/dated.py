"""The shipped rows that are superseded, never edited: facts, hops and procedures."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from audit import canonical
from catalog.loading import schema
from catalog.loading.report import Report
from catalog.models import AccessRoute, Citation, Claim, Fact, Hop, Node, PolicySource, Procedure, Profile

# Stands in the place of the digest, where a fact was taken out of the files.
SAID_NO_LONGER = "said no longer"


@dataclass
class Dated:
    """Rows that are superseded: facts, hops, procedures. A digest over words and citations says whether one changed."""

    at: dt.datetime
    report: Report
    sources: dict[str, PolicySource] = field(default_factory=dict)

    def load(self, parts: dict[str, list[Any]]) -> None:
        self.sources = {source.key: source for source in PolicySource.objects.shipped()}
        self._facts(parts)
        self._hops(parts["routes"])
        self._procedures(parts["procedures"])

    def _facts(self, parts: dict[str, list[Any]]) -> None:
        standing = {fact.key: fact for fact in Fact.objects.shipped().standing()}
        new: list[tuple[Fact, schema.FactData]] = []
        for kind, model in (("routes", AccessRoute), ("profiles", Profile)):
            owners = {owner.key: owner for owner in model.objects.shipped()}
            for owner_part in parts[kind]:
                owner = owners[owner_part.key]
                about = {"route": owner} if kind == "routes" else {"profile": owner}
                for part in owner_part.facts:
                    as_of = self._newest_source(part)
                    digest = self._digest(part, owner.pk, as_of)
                    if self._is_new(standing, part.key, digest, "fact"):
                        new.append((self._fact(part, about, as_of, digest), part))
        gone = [fact for fact in standing.values() if fact.digest != SAID_NO_LONGER]
        self._retire(Fact, gone, "fact")
        Fact.objects.bulk_create([*(fact for fact, _part in new), *self._said_no_longer(gone)])
        claims = [
            (Claim(fact=fact, statement=claim.says, position=position), claim)
            for fact, part in new
            for position, claim in enumerate(part.claims, start=1)
        ]
        Claim.objects.bulk_create(row for row, _part in claims)
        self._cite("fact", new)
        self._cite("claim", claims)

    def _hops(self, routes: list[schema.RouteData]) -> None:
        standing = {hop.key: hop for hop in Hop.objects.shipped().standing()}
        rows = {route.key: route for route in AccessRoute.objects.shipped()}
        nodes = {node.key: node for node in Node.objects.shipped()}
        new: list[tuple[Hop, schema.HopData]] = []
        for route in routes:
            for position, part in enumerate(route.hops, start=1):
                key, digest = f"{route.key}.{position}", self._digest(part, rows[route.key].pk)
                if self._is_new(standing, key, digest, "hop"):
                    hop = Hop(
                        route=rows[route.key],
                        key=key,
                        position=position,
                        from_node=nodes[part.source],
                        to_node=nodes[part.target],
                        data=part.data,
                        encryption=part.encryption,
                        when=part.when,
                        uncertain_why=part.uncertain,
                        digest=digest,
                        recorded_at=self.at,
                    )
                    new.append((hop, part))
        self._retire(Hop, standing.values(), "hop")
        Hop.objects.bulk_create(hop for hop, _part in new)
        self._cite("hop", new)

    def _procedures(self, procedures: list[schema.ProcedureData]) -> None:
        standing = {procedure.key: procedure for procedure in Procedure.objects.shipped().standing()}
        for part in procedures:
            digest = self._digest(part)
            if self._is_new(standing, part.key, digest, "procedure"):
                procedure = Procedure.objects.create(
                    key=part.key,
                    title=part.title,
                    steps=part.steps,
                    effects=part.effects,
                    notes=[note.model_dump() for note in part.notes],
                    uncertain_why=part.uncertain,
                    digest=digest,
                    recorded_at=self.at,
                )
                self._cite("procedure", [(procedure, part)])
        self._retire(Procedure, standing.values(), "procedure")

    def _is_new(self, standing: dict[str, Any], key: str, digest: str, name: str) -> bool:
        row = standing.pop(key, None)
        if row is not None and row.digest == digest:
            return False
        if row is not None:
            row.superseded_at = self.at
            row.save(update_fields=["superseded_at"])
        (self.report.added if row is None else self.report.changed)[name] += 1
        return True

    def _retire(self, model: Any, left: Iterable[Any], name: str) -> None:
        gone = model.objects.filter(pk__in=[row.pk for row in left])
        self.report.retired[name] += gone.update(superseded_at=self.at)
        self.report.retired += Counter()

    def _said_no_longer(self, gone: Collection[Fact]) -> list[Fact]:
        """What is said now where a fact was taken out of the files: that nobody knows. Whoever relied on it is told of that
        as of any other change; where the route is gone, there is nothing left to say."""
        routes = set(AccessRoute.objects.shipped().filter(retired_at=None).values_list("pk", flat=True))
        profiles = set(Profile.objects.shipped().filter(retired_at=None).values_list("pk", flat=True))
        return [
            Fact(
                route_id=fact.route_id,
                profile_id=fact.profile_id,
                topic_id=fact.topic_id,
                key=fact.key,
                statement="The catalog says nothing about this any more.",
                state=Fact.State.UNKNOWN,
                promise=fact.promise,
                uncertain_why=f"It said, and no longer does: {fact.statement}",
                digest=SAID_NO_LONGER,
                recorded_at=self.at,
            )
            for fact in gone
            if fact.route_id in routes or fact.profile_id in profiles
        ]

    def _fact(self, part: schema.FactData, about: dict[str, Any], as_of: dict[str, object], digest: str) -> Fact:
        return Fact(
            **about,
            **as_of,
            topic_id=part.topic,
            key=part.key,
            statement=part.says,
            detail=part.detail,
            state=part.state,
            promise=part.promise,
            uncertain_why=part.uncertain,
            procedure_key=part.procedure,
            digest=digest,
            recorded_at=self.at,
        )

    def _cite(self, kind: str, rows: list[tuple[Any, Any]]) -> None:
        """``kind``: the column of the citation that points to the row; each row comes with the part that cites."""
        Citation.objects.bulk_create(
            Citation(source=self.sources[cite.source], sections=cite.sections, **{kind: row})
            for row, part in rows
            for cite in part.cites
        )

    def _newest_source(self, part: schema.FactData) -> dict[str, object]:
        """A fact is as of its newest dated source; without one its date is unknown, with the source's note."""
        cited = [
            self.sources[cite.source] for cite in (*part.cites, *(c for claim in part.claims for c in claim.cites))
        ]
        with_day = [source for source in cited if source.as_of]
        if not with_day:
            note = next((source.as_of_note for source in cited if source.as_of_note), "")
            return {"as_of": None, "as_of_precision": PolicySource.Precision.UNKNOWN, "as_of_note": note}
        newest = max(with_day, key=lambda source: (source.as_of, source.as_of_precision))
        return {"as_of": newest.as_of, "as_of_precision": newest.as_of_precision, "as_of_note": newest.as_of_note}

    @staticmethod
    def _digest(part: schema.Strict, *context: object) -> str:
        return canonical.digest(canonical.dumps([part.model_dump(by_alias=True), [str(value) for value in context]]))
