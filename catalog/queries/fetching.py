"""How fetching goes: what waits for somebody to look at it, and whom it calls."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organization
from catalog.models import HeldBackText, PolicySource, PolicyVersion
from operations.outbound.addresses import Target
from operations.outbound.reasons import Unavailable


def held_back(organization: Organization) -> QuerySet[HeldBackText]:
    """What came instead of a source's text, and waits for somebody to say whether it is the page; without what we said."""
    accepted = PolicyVersion.objects.filter(
        organization=organization,
        source=OuterRef("source"),
        sha256=OuterRef("sha256"),
        added_at__gte=OuterRef("seen_at"),
    )
    return HeldBackText.objects.visible_to(organization).filter(~Exists(accepted), settled_at=None)


@dataclass
class HostCalled:
    """A host that fetching calls: how many pages have their address there, how many of those as Markdown, and of whom.

    :ivar is_led_to: a redirect has led there.
    """

    host: str
    shipped: int = 0
    ours: int = 0
    as_markdown: int = 0
    is_led_to: bool = False


def hosts_called() -> list[HostCalled]:
    """Every host that is called while fetching is on, shipped sources' and organizations' own, by name."""
    found: dict[str, HostCalled] = {}

    def called(host: str) -> HostCalled:
        return found.setdefault(host, HostCalled(host))

    sources = PolicySource.objects.fetched().values_list("url", "markdown_url", "organization", "health__called_hosts")
    for url, markdown_url, organization, led_to in sources.iterator():
        hosts = {place for address in (url, markdown_url) if (place := _place(address))}
        for host in hosts:
            kind = "ours" if organization else "shipped"
            setattr(called(host), kind, getattr(called(host), kind) + 1)
        if markdown_url and _place(markdown_url):
            called(_place(markdown_url)).as_markdown += 1
        for host in set(led_to or []) - hosts:
            called(host).is_led_to = True
    return sorted(found.values(), key=lambda one: one.host)


def _place(address: str) -> str:
    try:
        return Target.of(address).place
    except Unavailable:
        return ""
