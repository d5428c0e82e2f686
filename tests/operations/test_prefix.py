"""Under a path of a name that others share, behind a proxy that cuts it off and behind one that doesn't; and over IPv6."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from notifications.models import OutgoingMail
from tests.faults.installation import ROOT, free_port
from tests.processes import python, same_services
from tests.proxy import Proxy
from tests.webserver import web_server
from tests.world import World, build

pytestmark = pytest.mark.django_db(transaction=True)

PREFIX = "/wayleave"
PASSWORD = "a long enough password"
LEADS_ON = re.compile(r"""\b(?:href|src|action|hx-get|hx-post|formaction)="([^"#][^"]*)\"""")
LEADS_OUT = ("https://", "mailto:", "data:")
PAGES = 40


@pytest.fixture(scope="module")
def static(tmp_path_factory) -> Path:
    state = tmp_path_factory.mktemp("prefix")
    env = {**same_services(), "STATE_DIR": str(state), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(command, cwd=ROOT, env=env, check=True, timeout=120)
    return state


def as_people_type(address: str) -> dict[str, str]:
    return {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "SECRET_KEY": "tests-only", "PUBLIC_URL": address}


@pytest.fixture(params=[True, False], ids=["cut off", "kept"])
def proxy(request, static) -> Iterator[Proxy]:
    with Proxy(prefix=PREFIX, cuts=request.param) as one:
        one.to = free_port()
        with web_server(static, one.to, **as_people_type(f"http://localhost:{one.port}{PREFIX}")):
            yield one


@pytest.fixture
def world() -> World:
    made = build()
    who = made.people["manager"].user
    who.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000)
    who.save(update_fields=["password"])
    return made


def token_in(page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]


def sign_in(browser: requests.Session, home: str, world: World) -> requests.Response:
    door = browser.get(f"{home}/")
    fields = {
        "csrfmiddlewaretoken": token_in(door.text),
        "login": world.people["manager"].user.email,
        "password": PASSWORD,
    }
    return browser.post(f"{home}/account/login/", fields, headers={"Referer": door.url})


def test_everything_stays_below_the_path(proxy, world):
    home = f"http://localhost:{proxy.port}{PREFIX}"
    browser = requests.Session()

    first = sign_in(browser, home, world)
    assert first.status_code == 200
    assert {urlsplit(one.headers["Location"]).path.partition("/o/")[0] for one in first.history} <= {
        PREFIX,
        f"{PREFIX}/",
    }
    assert "/o/" in first.url
    assert {cookie.path for cookie in browser.cookies} == {PREFIX}
    assert {cookie.name for cookie in browser.cookies} <= {"wayleave_session", "wayleave_csrf", "messages"}

    seen, waiting = set(), [first.url, f"{home}/nowhere/"]
    while waiting and len(seen) < PAGES:
        url = waiting.pop(0)
        seen.add(url)
        page = browser.get(url)
        assert page.status_code in {200, 403, 404}, (url, page.status_code)
        assert page.status_code == 200 or "nowhere" in url or page.status_code == 403, url
        if "text/html" not in page.headers["Content-Type"]:
            continue
        for found in LEADS_ON.findall(page.text):
            target = urljoin(page.url, unescape(found))
            if found.startswith(LEADS_OUT):
                continue
            assert urlsplit(target).path.startswith(f"{PREFIX}/"), (url, found)
            is_page = f'href="{found}"' in page.text and "logout" not in target
            if is_page and target.partition("#")[0] not in {*seen, *waiting}:
                waiting.append(target.partition("#")[0])
    assert any(url.endswith(".css") for url in seen)


def test_a_form_an_htmx_request_and_a_link_in_mail(proxy, world):
    home = f"http://localhost:{proxy.port}{PREFIX}"
    browser = requests.Session()
    sign_in(browser, home, world)
    slug = world.acme.organization.slug

    form = browser.get(f"{home}/o/{slug}/mail/test/")
    said = browser.post(form.url, {"csrfmiddlewaretoken": token_in(form.text)}, headers={"Referer": form.url})
    assert said.status_code == 200
    assert said.history[0].headers["Location"].startswith(f"{PREFIX}/o/{slug}/mail/test/")
    mail = OutgoingMail.objects.get(kind="test")
    assert home in mail.text

    asked = browser.get(said.url, headers={"HX-Request": "true"})
    assert (asked.status_code, 'id="way"' in asked.text) == (200, True)

    out = requests.post(f"{home}/o/{slug}/mail/test/", allow_redirects=False, timeout=30)
    assert out.status_code == 403 or out.headers["Location"].startswith(f"{PREFIX}/account/login/")


def test_links_made_without_a_request_have_the_path_once():
    code = """
import sys
from config.celery import app
from django.conf import settings
from accounts.views.provider_sign_ins import redirect_address
from django.urls import reverse
from notifications.links import unsubscribe_link
home = "https://intranet.example/wayleave/"
links = [redirect_address("acme"), unsubscribe_link(1), settings.PUBLIC_URL + reverse("home:start")]
sys.exit(not all(link.startswith(home) and link.count("/wayleave/") == 1 for link in links))
"""
    with python(code, PUBLIC_URL="https://intranet.example/wayleave") as process:
        assert process.wait(timeout=60) == 0


def test_production_lets_probes_in_without_tls_and_sends_people_to_the_path():
    code = """
import sys
from django.test import Client
probe, page = (Client().get(path, HTTP_HOST="intranet.example") for path in ("/healthz", "/o/acme/"))
sys.exit((probe.status_code, page.get("Location")) != (200, "https://intranet.example/wayleave/o/acme/"))
"""
    production = {
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "SECRET_KEY": "Zq7-" + "0123456789abcdef" * 4,
        "PUBLIC_URL": "https://intranet.example/wayleave",
    }
    with python(code, **production) as process:
        assert process.wait(timeout=60) == 0


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no ::1")
def test_it_listens_and_is_named_by_an_address_of_ipv6(static, world):
    port = free_port()
    home = f"http://[::1]:{port}"

    with web_server(static, port, host="::1", **as_people_type(home)):
        browser = requests.Session()
        first = sign_in(browser, home, world)

    assert first.status_code == 200
    assert first.url.startswith(f"{home}/o/")
