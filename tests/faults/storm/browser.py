"""A browser as a person has it: one session, and the pages of the web processes."""

import re
from collections import Counter

import httpx
from django.test import Client

from accounts.models import Membership
from tests.faults.storm.fleet import Fleet

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
SIGN_IN = "/account/login/"
NOTHING = "Nothing was answered"
TOO_OFTEN = "Too many failed login attempts"


class Unheard(Exception):
    """Nobody answered, or nobody who could."""


class Browser:
    """Somebody's browser.

    :ivar failures: answers of the kind *5xx*, by the trouble in which they came.
    """

    failures: Counter[str] = Counter()

    def __init__(self, fleet: Fleet, slug: str, member: Membership | None = None) -> None:
        self.fleet, self.slug = fleet, slug
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{fleet.port}", timeout=30)
        if member:
            ours = Client()
            ours.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
            self.client.cookies.set("sessionid", ours.cookies["sessionid"].value)

    def ask(self, method: str, path: str, data: dict[str, str] | None = None) -> httpx.Response:
        """One request.

        :raises Unheard: no answer, or an error of the server's.
        """
        troubles = {self.fleet.trouble}
        try:
            answer = self.client.request(method, path, data=data)
        except httpx.HTTPError as error:
            raise Unheard from error
        if answer.status_code >= 500:
            troubles.add(self.fleet.trouble)
            self.failures[max(troubles)] += 1
            raise Unheard
        assert SIGN_IN not in answer.headers.get("Location", ""), "no longer signed in"
        return answer

    def list_path(self) -> str:
        return f"/o/{self.slug}/my-list/"

    def open_question(self, item: int) -> dict[str, str] | None:
        """What the form of a question carries; None where it is not asked any more."""
        page = self.ask("GET", f"{self.list_path()}{item}/")
        return dict(FIELD.findall(page.text)) if page.status_code == 200 else None

    def answer(self, item: int, form: dict[str, str], *, twice: bool) -> None:
        """Say yes, perhaps by a double click.

        :raises Refused: it was said that this is not kept.
        :raises Unheard: nothing was said.
        """
        path, said = f"{self.list_path()}{item}/", {**form, "reply": "yes"}
        answer = self.ask("POST", path, said)
        if twice:
            self.ask("POST", path, said)
        if answer.status_code == 302 and NOTHING in self.ask("GET", self.list_path()).text:
            raise Refused
        if answer.status_code != 302:
            raise Refused

    def fail_to_sign_in(self, email: str) -> bool:
        """Whether a wrong password was at least looked at."""
        form = dict(FIELD.findall(self.ask("GET", SIGN_IN).text))
        answer = self.client.post(SIGN_IN, data={**form, "login": email, "password": "not this one, surely"})
        return answer.status_code == 200 and TOO_OFTEN not in answer.text


class Refused(Exception):
    """The page says that nothing was saved."""
