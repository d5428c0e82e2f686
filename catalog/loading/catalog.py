"""Making the shipped rows say what the files say: idempotent, in one transaction, superseding what changed."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from audit.actions import record
from catalog.loading import schema
from catalog.loading.dated import Dated
from catalog.loading.report import Report
from catalog.loading.yaml_files import ContentError, Place, line_of, read_files
from catalog.models import (
    AccessRoute,
    Node,
    PolicySource,
    Profile,
    Tool,
    Topic,
)

DATA = Path(__file__).resolve().parent.parent / "data"
Where = dict[int, str]


@dataclass
class Content:
    """All files as one, each part with the file and line it stands in."""

    parts: dict[str, list[Any]]
    where: Where

    def place(self, part: object) -> str:
        return self.where[id(part)]


def read(folder: Path = DATA) -> Content:
    """Every file of the catalog, validated, each key once and each reference to something that is there.

    :raises ContentError: with every error, as ``file:line: path: what is wrong``.
    """
    parts: dict[str, list[Any]] = {name: [] for name in schema.CatalogFile.model_fields if name != "schema_version"}
    where: Where = {}
    files = read_files(folder.rglob("*.yaml"), schema.CatalogFile, base=folder.parent.parent)
    for path, file, lines in files:
        for name in parts:
            for index, part in enumerate(getattr(file, name)):
                parts[name].append(part)
                _note(where, part, path.relative_to(folder.parent.parent), lines, (name, index))
    content = Content(parts=parts, where=where)
    errors = [*_repeated(content), *_dangling(content)]
    if errors:
        raise ContentError(errors)
    return content


@transaction.atomic
def load(content: Content, *, at: dt.datetime) -> Report:
    """Add what is new, supersede what changed, retire what is gone; a second load writes nothing."""
    report = Report()
    _upsert(Topic, content.parts["topics"], report, _topic_values)
    _upsert(PolicySource, content.parts["sources"], report, _source_values, at=at)
    _upsert(Tool, content.parts["tools"], report, lambda part: {"vendor": part.vendor, "name": part.name}, at=at)
    _upsert(Node, content.parts["nodes"], report, lambda part: {"label": part.label, "owner": part.owner})
    _upsert(Profile, content.parts["profiles"], report, lambda part: {"kind": part.kind, "name": part.name}, at=at)
    _load_routes(content.parts["routes"], report, at)
    Dated(at=at, report=report).load(content.parts)
    if not report.is_empty:
        record(
            "catalog.loaded",
            by=None,
            organization_id=None,
            at=at,
            added=sum(report.added.values()),
            changed=sum(report.changed.values()),
            retired=sum(report.retired.values()),
        )
    return report


def _note(where: Where, part: Any, path: Path, lines: dict[Place, int], place: Place) -> None:
    where[id(part)] = f"{path}:{line_of(lines, place)}"
    for name in ("facts", "hops", "claims", "cites", "notes"):
        for index, child in enumerate(getattr(part, name, [])):
            _note(where, child, path, lines, (*place, name, index))


def _facts(content: Content) -> Iterator[schema.FactData]:
    for owner in (*content.parts["routes"], *content.parts["profiles"]):
        yield from owner.facts


def _repeated(content: Content) -> Iterator[str]:
    for name, parts in (*content.parts.items(), ("facts", list(_facts(content)))):
        seen: dict[str, str] = {}
        for part in parts:
            if part.key in seen:
                yield f"{content.place(part)}: {name}: the key {part.key!r} stands already at {seen[part.key]}"
            seen[part.key] = content.place(part)
    codes: dict[str, str] = {}
    for route in content.parts["routes"]:
        if route.code in codes:
            yield f"{content.place(route)}: routes: the short code {route.code!r} belongs already to {codes[route.code]}"
        codes[route.code] = route.key


def _dangling(content: Content) -> Iterator[str]:
    keys = {name: {part.key for part in parts} for name, parts in content.parts.items()}

    def missing(part: object, kind: str, wanted: Iterable[str]) -> Iterator[str]:
        for key in wanted:
            if key not in keys[kind]:
                yield f"{content.place(part)}: no entry of {kind} has the key {key!r}"

    def cited(part: Any) -> Iterator[str]:
        for cite in part.cites:
            yield from missing(cite, "sources", [cite.source])

    for route in content.parts["routes"]:
        yield from missing(route, "tools", [route.tool])
        yield from missing(route, "routes", [*route.requires, *([route.base] if route.base else [])])
        yield from missing(route, "profiles", route.profiles)
        for hop in route.hops:
            yield from missing(hop, "nodes", [hop.source, hop.target])
            yield from cited(hop)
    for fact in _facts(content):
        yield from missing(fact, "topics", [fact.topic])
        yield from missing(fact, "procedures", [fact.procedure] if fact.procedure else [])
        for part in (fact, *fact.claims):
            yield from cited(part)
    for procedure in content.parts["procedures"]:
        yield from cited(procedure)


def _topic_values(part: schema.TopicData) -> dict[str, object]:
    return {"name": part.name, "old_after_days": part.old_after_days}


def dated(as_of: str) -> dict[str, object]:
    """``2026-08-22`` or ``2026-08`` or nothing, as the two columns that say so."""
    if not as_of:
        return {"as_of": None, "as_of_precision": PolicySource.Precision.UNKNOWN}
    if len(as_of) == len("2026-08"):
        return {"as_of": dt.date.fromisoformat(f"{as_of}-01"), "as_of_precision": PolicySource.Precision.MONTH}
    return {"as_of": dt.date.fromisoformat(as_of), "as_of_precision": PolicySource.Precision.DAY}


def _source_values(part: schema.SourceData) -> dict[str, object]:
    words = {
        name: getattr(part, name) for name in ("title", "url", "markdown_url", "cadence_days", "kind", "as_of_note")
    }
    taken = part.fingerprints
    fingerprints = {
        "fingerprints": taken.clauses if taken else {},
        "fingerprints_as_of": taken.as_of if taken else None,
    }
    suggestions = {"suggestions": [one.model_dump() for one in part.suggestions]}
    return {**words, **fingerprints, **suggestions, **dated(part.as_of)}


def _upsert(
    model: Any,
    parts: list[Any],
    report: Report,
    values_of: Callable[[Any], dict[str, object]],
    *,
    at: dt.datetime | None = None,
) -> None:
    """Rows that have a key and no history: names and labels. ``at``: they can be retired, and come back."""
    name = model._meta.model_name
    is_shared = model is not Topic
    rows = {row.key: row for row in (model.objects.shipped() if is_shared else model.objects.all())}
    new = []
    for position, part in enumerate(parts):
        values = {
            **values_of(part),
            **({} if is_shared else {"position": position}),
            **({"retired_at": None} if at else {}),
        }
        row = rows.pop(part.key, None)
        if row is None:
            new.append(model(key=part.key, **values))
        elif any(getattr(row, field) != value for field, value in values.items()):
            for column, value in values.items():
                setattr(row, column, value)
            row.save(update_fields=list(values))
            report.changed[name] += 1
    model.objects.bulk_create(new)
    if new:
        report.added[name] += len(new)
    if at is not None:
        gone = [row.pk for row in rows.values() if row.retired_at is None]
        report.retired[name] += model.objects.filter(pk__in=gone).update(retired_at=at)
        report.retired += Counter()


def _load_routes(parts: list[schema.RouteData], report: Report, at: dt.datetime) -> None:
    tools = {tool.key: tool for tool in Tool.objects.shipped()}

    def values_of(part: schema.RouteData) -> dict[str, object]:
        return {
            "tool_id": tools[part.tool].pk,
            "short_code": part.code,
            "name": part.name,
            "aliases": part.aliases,
            "tier": part.tier,
            "surface": part.surface,
            "suited_for": part.suited_for,
            "warning": part.warning,
            "to_ask": part.ask,
            "trains": part.trains,
            "reaches_vendor": part.reaches_vendor,
            "zero_retention": part.zero_retention,
            "audit_log": part.audit_log,
        }

    # First, so that a route that takes over the short code of one that is gone finds it free.
    gone = AccessRoute.objects.shipped().filter(retired_at=None).exclude(key__in=[part.key for part in parts])
    report.retired["accessroute"] += gone.update(retired_at=at)
    known = set(AccessRoute.objects.shipped().values_list("key", flat=True))
    AccessRoute.objects.bulk_create(
        AccessRoute(key=part.key, added_at=at, **values_of(part)) for part in parts if part.key not in known
    )
    report.added["accessroute"] += sum(part.key not in known for part in parts)
    report.added += Counter()
    _upsert(AccessRoute, parts, report, values_of, at=at)
    report.changed["accessroute"] += len(_relate_routes(parts) & known)
    report.changed += Counter()


def _relate_routes(parts: list[schema.RouteData]) -> set[str]:
    """Set what routes are built on, require and share; returns the keys of those for which that has changed."""
    routes = {route.key: route for route in AccessRoute.objects.shipped().prefetch_related("requires", "profiles")}
    profiles = {profile.key: profile for profile in Profile.objects.shipped()}
    changed = set()
    for part in parts:
        route, base = routes[part.key], routes[part.base].pk if part.base else None
        if route.base_id != base:
            AccessRoute.objects.filter(pk=route.pk).update(base_id=base)
            changed.add(part.key)
        if {other.key for other in route.requires.all()} != set(part.requires):
            route.requires.set(routes[key] for key in part.requires)
            changed.add(part.key)
        if {profile.key for profile in route.profiles.all()} != set(part.profiles):
            route.profiles.set(profiles[key] for key in part.profiles)
            changed.add(part.key)
    return changed
