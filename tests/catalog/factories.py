"""Policies and their versions, as people bring them."""

import datetime as dt
from typing import Any

from accounts.models import Membership
from catalog import actions
from catalog.models import Citation, Fact, PolicySource, PolicyVersion, Topic
from catalog.policy_diff.documents import document_of
from operations import clock
from tests.factories import make_route

MARKDOWN = b"""# Help

This page says what we do.

## Retention

We keep it for **30 days**, see [the list](https://orbit.example/list).

### Feedback

| What | How long |
| --- | --- |
| Thumbs | 5 years |
"""
HTML = b"""<!doctype html><title>Help</title><body><nav>Home</nav><main><h1>Help</h1>
<p>This page says   what we do.</p><h2 id="r">Retention</h2>
<div>We keep it for <b>30 days</b>, see <a href="/list">the list</a>.</div>
<h3>Feedback</h3><table><tr><th>What</th><th>How long</th></tr><tr><td>Thumbs</td><td>5 years</td></tr></table>
</main></body>"""

# Of MARKDOWN, as catalog data carries them.
FINGERPRINTS = {clause.anchor: clause.sha256 for clause in document_of(MARKDOWN.decode()).clauses}
TAKEN = dt.date(2026, 8, 22)


def source_of(by: Membership, title: str = "Orbit help") -> PolicySource:
    return actions.add_source(by=by, title=title, url="https://orbit.example/data", at=clock.now())


def bring(
    by: Membership, source: PolicySource, content: bytes = MARKDOWN, *, ago: int = 0, **more: Any
) -> PolicyVersion:
    seen_on = clock.now().date() - dt.timedelta(days=ago)
    words = {"origin": "uploaded", "name": "page.md", "seen_on": seen_on, **more}
    return actions.add_version(by=by, source=source, content=content, at=clock.now(), **words)


def cite(page: PolicySource, *sections: str, **words) -> Fact:
    topic, _ = Topic.objects.get_or_create(
        key="retention", defaults={"name": "Retention", "position": 1, "old_after_days": 92}
    )
    number = Fact.objects.count()
    fact = Fact.objects.create(
        route=make_route(f"Route {number}"),
        topic=topic,
        key=f"fact-{number}",
        statement="Kept for 30 days.",
        promise="vendor-documentation",
        as_of=TAKEN,
        as_of_precision="day",
        digest="0" * 64,
        recorded_at=clock.now(),
        **words,
    )
    Citation.objects.create(fact=fact, source=page, sections=list(sections))
    return fact
