"""Texts of a page, and fetching them once more, whatever the time."""

from django.db import connection

from audit import chain
from audit.models import AuditEvent
from catalog import actions
from catalog.models import HeldBackText, PolicySource, SourceHealth
from operations import clock
from tests.website import Page, WebSite

LONG = "# Terms\n\n" + "\n\n".join(f"Rule {n}: we keep what you type for 30 days and tell nobody." for n in range(20))
CHANGED = LONG.replace("Rule 7: we keep what you type for 30 days", "Rule 7: we keep what you type for five years")
REFORMATTED = LONG.replace("we keep", "we **keep**").replace("\n\n", "\n\n\n")
WALL = "<html><title>Just a moment...</title><body>Checking your browser. Ray {0}</body></html>"
MARKDOWN = "text/markdown"


def health(source: PolicySource) -> SourceHealth:
    return SourceHealth.objects.select_related("source").get(source=source)


def again(source: PolicySource, times: int = 1) -> SourceHealth:
    """As often as its time comes."""
    for _ in range(times):
        SourceHealth.objects.filter(source=source).update(next_fetch_at=clock.now())
        assert actions.fetch_due() == 1
    return health(source)


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def assert_chains_are_whole() -> None:
    connection.check_constraints()
    assert [chain.verify(one).broken for one in chain.chains()] == [""] * len(chain.chains())


def held_back(source: PolicySource, site: WebSite) -> HeldBackText:
    actions.fetch_due()
    site.pages[f"/{source.key}"] = Page("# Terms\n\nWe keep it for 30 days.", kind=MARKDOWN, headers={"ETag": '"8"'})
    again(source, 3)
    return HeldBackText.objects.get()
