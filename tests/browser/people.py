"""People at their browsers, and what a browser complains of."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.cast import PASSWORD

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Complaints:
    """What a page must never cause: an error in the console, a script that fails, a request to another host."""

    home: str
    heard: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """From now on, note what goes wrong in this page."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.heard.append(f"{page.url}: {error}"))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.heard.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob"} and address.netloc != urlsplit(self.home).netloc:
            self.heard.append(f"a request to {request.url}")


class Person:
    """Somebody at a browser of their own, on a desk or on a phone. ``taps`` counts what they press."""

    def __init__(
        self,
        new_context: Callable[..., BrowserContext],
        home: str,
        email: str,
        *,
        screen: dict[str, int] | None = None,
    ) -> None:
        self.email = email
        self.context = new_context(
            base_url=home,
            viewport=screen or DESK,
            has_touch=screen == PHONE,
            locale="en-US",
            timezone_id="Europe/Berlin",
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints = Complaints(home)
        self.complaints.listen(self.page)
        self.taps = 0

    def open(self, address: str) -> None:
        """Go to an address below the organization's home, or to a whole one."""
        self.page.goto(address if address.startswith(("http", "/")) else f"/o/acme/{address}")

    def press(self, name: str, *, within: Locator | None = None) -> None:
        """Press the button of this name."""
        self._tap((within or self.page).get_by_role("button", name=name, exact=True))

    def follow(self, name: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        """Follow the link of this name."""
        exact = isinstance(name, str)
        self._tap((within or self.page.locator("main")).get_by_role("link", name=name, exact=exact).first)

    def fill(self, label: str, value: str) -> None:
        """Type into the field of this label."""
        self.page.get_by_label(label, exact=False).first.fill(value)

    def choose(self, label: str, option: str) -> None:
        """Choose from the list of this label."""
        self.page.get_by_label(label, exact=False).first.select_option(label=option)

    def sees(self, text: str | re.Pattern[str]) -> None:
        """The page shows this text, or will in a moment."""
        expect(self.page.locator("body")).to_contain_text(text)

    def heading(self) -> str:
        """The heading of the page."""
        return self.page.locator("h1").inner_text()

    def sign_in(self) -> None:
        """With the password."""
        self.open("/account/login/")
        self.page.locator("main details").evaluate_all("all => all.forEach(one => one.open = true)")
        form = self.page.locator("form:has(input[name=password])")
        form.get_by_label("Email").fill(self.email)
        form.get_by_label("Password").fill(PASSWORD)
        form.get_by_role("button").click()
        self.page.wait_for_url("**/o/**")

    def answer_all(self) -> int:
        """Press *Yes* until nothing is left; returns how many questions there were."""
        asked = 0
        while self.page.locator(".answer").count():
            self._tap(self.page.locator(".answer").first)
            asked += 1
        return asked

    def _tap(self, what: Locator) -> None:
        with self.page.expect_navigation():
            what.click()
        self.taps += 1
