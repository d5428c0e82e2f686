"""Policies and their versions, as people bring them."""

import datetime as dt
from typing import Any

from accounts.models import Membership
from catalog import actions
from catalog.models import PolicySource, PolicyVersion
from operations import clock

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


def source_of(by: Membership, title: str = "Orbit help") -> PolicySource:
    return actions.add_source(by=by, title=title, url="https://orbit.example/data", at=clock.now())


def bring(
    by: Membership, source: PolicySource, content: bytes = MARKDOWN, *, ago: int = 0, **more: Any
) -> PolicyVersion:
    seen_on = clock.now().date() - dt.timedelta(days=ago)
    words = {"origin": "uploaded", "name": "page.md", "seen_on": seen_on, **more}
    return actions.add_version(by=by, source=source, content=content, at=clock.now(), **words)
