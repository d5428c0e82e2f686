"""Every page of a filled company, as it is seen: in both themes, on a desk and on a phone.

axe finds nothing, the console stays silent, nothing is asked of another host, there is one h1, nothing scrolls sideways.
The addresses are those of the URL walk; a page added there is looked at here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from accounts.models import User
from accounts.public_views import PUBLIC_VIEWS
from tests import world as worlds
from tests.browser.people import DESK, PHONE, Complaints
from tests.test_url_walk import ADDRESSES, Address, url_of
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

# Not pages: for machines, downloads, or nothing but a button's target.
NO_PAGES = {
    "operations:process",
    "operations:ready",
    "operations:figures",
    "accounts:import-download",
    "reports:audit-export",
    "checklists:evidence-open",
    "checklists:evidence-preview",
    "checklists:held-back-open",
    "checklists:upload-preview",
    "governance:paper-open",
    "accounts:recovery-codes-download",
    "catalog:version-open",
    "home:calendar-feed",
    "notifications:local-outbox",
    "accounts:single-sign-on-begin",  # leads on to the provider; looked at in test_single_sign_on.py
    "accounts:single-sign-on-callback",
    "accounts:single-sign-on-test",
}
# Pages that wait for somebody in particular.
OF_ONE_PERSON: dict[str, Callable[[World], User]] = {
    "governance:sign-off-sign": lambda world: world.acme.sven.user,
    "checklists:question-answer": lambda world: world.acme.mara.user,
    "reviews:usage-names": lambda world: world.acme.mara.user,
}
# WCAG 2.2 AA and axe's good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = f"axe.run({{runOnly: {{type: 'tag', values: {TAGS}}}, resultTypes: ['violations']}})"
# A theme changes colors and nothing else: no other rule can find in the second what it did not find in the first.
COLORS = ["color-contrast", "link-in-text-block"]
RUN_COLORS = f"axe.run({{runOnly: {{type: 'rule', values: {COLORS}}}, resultTypes: ['violations']}})"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
STICKS_OUT = """
[...document.querySelectorAll('.table-frame:not(.table-wide)')].filter(one => one.scrollWidth > one.clientWidth).length
"""
AXE = Axe()


@pytest.fixture
def world() -> World:
    built = worlds.build()
    call_command("load_catalog", verbosity=0)  # the real routes, with names as long as they are
    return built


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def has_page(url: str, client: Client) -> bool:
    """Whether something is shown here; the other addresses are where a button's form goes."""
    response = client.options(url)  # says what may be asked, and renders nothing
    return "GET" in response.headers.get("Allow", "GET")


def visitors(world: World, address: Address) -> list[User | None]:
    """Who looks at this page: whoever sees most of it, and the employee where it is theirs."""
    if address.name in PUBLIC_VIEWS:
        return [None]
    if address.is_operators:
        return [world.operator]
    if address.name in OF_ONE_PERSON:
        return [OF_ONE_PERSON[address.name](world)]
    if address.name in {"home:organization", "checklists:task-list", "checklists:task-answer", "checklists:usage-tell"}:
        return [world.acme.olga.user, world.acme.dev.user]
    return [world.acme.olga.user]


def faults_of(page: Page, url: str) -> Iterator[str]:
    """What is wrong with one page, on a desk and on a phone, light and dark."""
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    response = page.goto(url)
    assert response is not None
    if response.status >= 400:
        yield f"{url}: {response.status}"
    if page.locator("h1").count() != 1:
        yield f"{url}: {page.locator('h1').count()} h1"
    for screen in (DESK, PHONE):
        page.set_viewport_size(screen)
        if (pixels := page.evaluate(TOO_WIDE)) > 0:
            yield f"{url} {screen['width']}: {pixels} px too wide"
        if page.evaluate(STICKS_OUT):
            yield f"{url} {screen['width']}: a table is wider than its frame"
        for theme, run in (("light", RUN_AXE), ("dark", RUN_COLORS)):
            page.emulate_media(color_scheme=theme)
            for violation in page.evaluate(run)["violations"]:
                nodes = "; ".join(node["html"][:200] for node in violation["nodes"][:3])
                yield f"{url} {screen['width']} {theme}: {violation['id']}: {nodes}"


@dataclass
class Visitor:
    """Somebody with one browser, who looks at one page after the other, and a client that asks what may be looked at."""

    page: Page
    client: Client


def visitor(context: BrowserContext, user: User | None, home: str) -> Visitor:
    client = client_of(user)
    if user is not None:
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": home}])
    context.add_init_script(AXE.axe_script)
    return Visitor(context.new_page(), client)


def test_every_page_can_be_used_by_everybody(
    world: World, live_server: Any, new_context: Callable[..., BrowserContext]
) -> None:
    complaints = Complaints(live_server.url)
    present: dict[User | None, Visitor] = {}
    faults = []
    for address in ADDRESSES:
        if address.name in NO_PAGES:
            continue
        for user in visitors(world, address):
            if user not in present:
                present[user] = visitor(new_context(base_url=live_server.url), user, live_server.url)
                complaints.listen(present[user].page)
            url = url_of(address, world)
            if has_page(url, present[user].client):
                faults += faults_of(present[user].page, url)

    faults += complaints.heard
    assert faults == [], "\n".join(faults)
