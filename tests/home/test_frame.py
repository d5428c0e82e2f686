"""The frame around every page: where you are, what waits for you, whose organization this is."""

import re
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import Client, RequestFactory

from accounts.models import Organization, User

PAGE = """{% extends "base.html" %}{% block title %}Routes{% endblock %}{% block heading %}Routes{% endblock %}
{% block lead %}What we decided.{% endblock %}{% block content %}<p>Here.</p>{% endblock %}"""


@pytest.fixture
def request_of_dana() -> HttpRequest:
    request = RequestFactory().get("/o/meridian/routes/")
    request.organization = Organization(name="Meridian Freight", slug="meridian")  # type: ignore[attr-defined]  # middleware's
    request.user = User(name="Dana", email="dana@example.org")
    return request


def rendered(request: HttpRequest, **context: Any) -> str:
    return engines["django"].from_string(PAGE).render(context, request)


def entry(label: str, count: int | None = None, is_current: bool = False) -> dict[str, object]:
    return {"label": label, "url": f"/{label}/", "icon": "routes", "count": count, "is_current": is_current}


def test_a_page_has_one_heading_a_language_a_title_and_a_way_past_the_navigation(request_of_dana: HttpRequest) -> None:
    html = rendered(request_of_dana)

    assert html.count("<h1>") == 1
    assert '<html lang="en"' in html
    assert "<title>Routes · Meridian Freight · Wayleave</title>" in html
    assert 'href="#main"' in html
    assert 'id="main"' in html


def test_navigation_says_where_you_are_and_what_waits_for_you(request_of_dana: HttpRequest) -> None:
    html = rendered(request_of_dana, navigation=[entry("Home"), entry("Sign-offs", count=2, is_current=True)])

    side = html.split('class="line-nav"')[1].split("</nav>")[0]
    assert re.search(r'href="/Sign-offs/" aria-current="page"', side)
    assert "2 wait for you" in side
    assert side.count("aria-current") == 1


def test_the_phones_bar_shows_the_first_four_places_and_the_menu(request_of_dana: HttpRequest) -> None:
    html = rendered(request_of_dana, navigation=[entry(name) for name in ["A", "B", "C", "D", "E"]])

    bar = html.split('class="bottombar"')[1].split("</nav>")[0]
    assert re.findall(r'href="/(\w)/"', bar) == ["A", "B", "C", "D"]
    assert 'popovertarget="side"' in bar


def test_the_switch_shows_only_to_people_of_several_organizations(request_of_dana: HttpRequest) -> None:
    mine = [{"name": "Meridian Freight", "url": "/o/meridian/", "is_current": True}]
    other = {"name": "Northlight Labs", "url": "/o/northlight/", "is_current": False}

    assert "organization-switch" not in rendered(request_of_dana, organizations=mine)
    assert "/o/northlight/" in rendered(request_of_dana, organizations=[*mine, other])


def test_only_the_demo_company_carries_the_banner(request_of_dana: HttpRequest) -> None:
    without = rendered(request_of_dana)
    request_of_dana.organization.is_demo = True  # type: ignore[attr-defined]  # set by the middleware

    assert "demo-banner" not in without
    assert "demo-banner" in rendered(request_of_dana)


def test_signing_out_is_a_form(request_of_dana: HttpRequest) -> None:
    html = rendered(request_of_dana)

    assert '<form method="post" action="/account/logout/">' in html
    assert "csrfmiddlewaretoken" in html


def test_a_print_names_itself(request_of_dana: HttpRequest) -> None:
    html = rendered(request_of_dana)

    footer = html.split("print-footer")[1]
    assert "http://testserver/o/meridian/routes/" in footer
    assert "Printed by Dana" in footer
    assert "version 0.1.0" in footer


def test_an_unknown_address_gets_our_page_under_the_strict_policy(client: Client, db: None) -> None:
    response = client.get("/no-such-page/")

    directives = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    assert response.status_code == 404
    assert b"The line ends here" in response.content
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["img-src"] == "'self' data:"


@pytest.mark.django_db
def test_a_page_of_no_organization_leads_home(client: Client) -> None:
    client.force_login(
        User.objects.create_user("dana@example.org"), backend="django.contrib.auth.backends.ModelBackend"
    )

    html = client.get("/account/profile/").content.decode()

    bar = html.split('class="bottombar"')[1].split("</nav>")[0]
    assert re.findall(r'<a href="([^"]+)"', bar) == ["/"]
