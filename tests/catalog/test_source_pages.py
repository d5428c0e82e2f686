"""How fetching goes, as it is read: by an organization on its pages, by the operator on theirs."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from catalog import actions, queries
from catalog.actions import fetches
from catalog.fetching.fetch import Answer
from catalog.models import HeldBackText, PolicySource, PolicyVersion, SourceHealth
from config.settings.hosts import hosts_named
from operations import clock
from operations.outbound.reasons import Unavailable
from tests.cast import Company, company, signed_in

pytestmark = pytest.mark.django_db

LONG = "# Terms\n\n" + "We keep what you type for 30 days and tell nobody. " * 50
SHORT = "# Terms\n\nWe <script>alert(1)</script> keep it `<b>30 days</b>`."
REASON = "They moved the rest to another page."


@pytest.fixture(autouse=True)
def _fetching_is_on(settings: Any) -> None:
    settings.POLICY_FETCHING = True


@pytest.fixture
def shipped() -> PolicySource:
    return PolicySource.objects.create(key="terms", title="Orbit terms", url="https://orbit.example/terms")


@pytest.fixture
def ours(acme: Company) -> PolicySource:
    return PolicySource.objects.create(
        organization=acme.organization,
        key="contract",
        title="Our contract",
        url="https://sign.example/7",
        keeper=acme.mara,
    )


@pytest.fixture
def operators(operator: User) -> Client:
    client = Client()
    client.force_login(operator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def came(source: PolicySource, text: str | Unavailable) -> None:
    """As if it had been fetched just now."""
    fetches.take_up_changes(at=clock.now())
    SourceHealth.objects.exclude(source=source).update(next_fetch_at=clock.now() + dt.timedelta(days=9))
    SourceHealth.objects.filter(source=source).update(next_fetch_at=clock.now())
    claim = actions.claim_due(at=clock.now())
    assert claim
    if isinstance(text, Unavailable):
        actions.note_failure(claim=claim, error=text, at=clock.now())
    else:
        answer = Answer(source.url, source.url, content=text.encode(), hosts=("orbit.example", "cdn.example"))
        actions.note_answer(claim=claim, answer=answer, at=clock.now())


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def of(source: PolicySource) -> str:
    return f"/o/acme/policies/{source.pk}/"


def test_a_policy_that_was_never_fetched_says_when_and_by_whom_it_will_be(acme, shipped, ours) -> None:
    mara = signed_in(acme.mara)

    assert "every 7 days" in page(mara, of(shipped))
    assert "whoever runs this installation" in page(mara, of(shipped))
    assert "Mara" in page(mara, of(ours))
    PolicySource.objects.update(cadence_days=0)
    assert "its versions are brought by hand" in page(mara, of(shipped))


def test_the_operator_is_led_to_the_page_about_fetching(acme, operators) -> None:
    for address in ("/", "/operate/sources/"):
        assert 'href="/operate/sources/"' in page(operators, address)
    assert "/operate/" not in page(signed_in(acme.mara), f"/o/{acme.organization.slug}/policies/")


def test_pages_say_that_fetching_is_off_and_offer_nothing(acme, ours, operators, settings) -> None:
    settings.POLICY_FETCHING = False

    text = page(signed_in(acme.mara), of(ours))

    assert "Fetching is off" in text
    assert "Nothing outside is called" in text
    assert "Try again now" not in text
    operated = page(operators, "/operate/sources/")
    assert "Fetching is off" in operated
    assert "Hosts that would be called" in operated
    assert "Try now" not in operated
    assert "None: mail stays here" in operated


def test_the_operator_reads_which_hosts_the_settings_name_and_no_secret_of_them(operators, settings) -> None:
    settings.HOSTS_NAMED = hosts_named(
        mail={"backend": "anymail.backends.postmark.EmailBackend", "server_token": "hunter2"},
        files={"OPTIONS": {"endpoint_url": "https://s3.acme.example:9000", "secret_key": "hunter2"}},
        errors="https://hunter2@errors.acme.example/1",
    )

    operated = page(operators, "/operate/sources/")

    assert "postmark, named by EMAIL_URL" in operated
    assert "s3.acme.example, named by FILES_URL" in operated
    assert "errors.acme.example, named by SENTRY_DSN" in operated
    assert "hunter2" not in operated


def test_an_unavailable_policy_says_since_when_and_why(acme, shipped, ours, django_assert_max_num_queries) -> None:
    came(shipped, LONG)
    came(shipped, Unavailable("not-there", "404"))
    mara = signed_in(acme.mara)

    with django_assert_max_num_queries(12):
        text = page(mara, of(shipped))

    assert "the page is not there (404). The last version stays, and nothing counts as changed." in text
    assert "Try again now" not in text  # the operator's
    with django_assert_max_num_queries(12):
        assert page(mara, "/o/acme/policies/").count("Unavailable since") == 1


def test_what_was_held_back_is_shown_as_text(acme, shipped, django_assert_max_num_queries) -> None:
    came(shipped, LONG)
    came(shipped, SHORT)
    mara = signed_in(acme.mara)

    with django_assert_max_num_queries(12):
        text = page(mara, of(shipped))

    assert "it is much shorter than the last version" in text
    assert "&lt;b&gt;30 days&lt;/b&gt;" in text
    assert "<script>alert" not in text
    assert "This is the page: accept it" in text
    assert "This is the page: accept it" not in page(signed_in(acme.ann), of(shipped))


def test_one_that_accepts_what_was_held_back_says_why_and_no_longer_sees_it(acme, shipped) -> None:
    came(shipped, LONG)
    came(shipped, SHORT)
    mara, held = signed_in(acme.mara), HeldBackText.objects.get()
    url = f"{of(shipped)}held-back/{held.pk}/"

    assert "What accepting it would change" in page(mara, url)
    assert "in a sentence" in mara.post(url, {"reason": "so"}).content.decode()
    assert mara.post(url, {"reason": ""}).status_code == 200
    assert not PolicyVersion.objects.filter(origin="accepted").exists()
    assert mara.post(url, {"reason": REASON}, follow=True).redirect_chain[0][0] == of(shipped)

    text = page(mara, of(shipped))
    assert REASON in text
    assert "accept it" not in text
    assert mara.get(url).status_code == 404
    globex = signed_in(company("globex").mara)
    elsewhere = page(globex, f"/o/globex/policies/{shipped.pk}/")
    assert REASON not in elsewhere
    assert "accept it" in elsewhere


def test_ours_is_fetched_again_by_a_button(acme, ours) -> None:
    came(ours, Unavailable("status", "500"))
    mara = signed_in(acme.mara)
    assert "Try again now" in page(mara, of(ours))

    response = mara.post(f"{of(ours)}fetch/", follow=True)

    assert "within a minute or two" in response.content.decode()
    assert SourceHealth.objects.get().next_fetch_at <= clock.now() + dt.timedelta(minutes=1)


def test_what_ships_is_fetched_again_by_the_operator_alone(acme, shipped, ours, operators) -> None:
    came(shipped, Unavailable("status", "500"))
    later = SourceHealth.objects.get(source=shipped).next_fetch_at

    refused = signed_in(acme.mara).post(f"{of(shipped)}fetch/", follow=True)
    assert "the operator of this installation looks after it" in refused.content.decode()
    assert SourceHealth.objects.get(source=shipped).next_fetch_at == later
    assert operators.post(f"/operate/sources/{ours.pk}/fetch/").status_code == 404
    assert operators.post(f"/operate/sources/{shipped.pk}/fetch/").status_code == 302
    assert SourceHealth.objects.get(source=shipped).next_fetch_at < later


def test_the_operator_sees_every_host_and_no_policy_of_an_organization(
    shipped, ours, operators, settings, django_assert_max_num_queries
) -> None:
    settings.POLICY_FETCH_ALLOW = ["10.1.0.0/16"]
    PolicySource.objects.filter(pk=shipped.pk).update(markdown_url="https://raw.example/terms.md")
    PolicySource.objects.create(key="paper", title="A paper")
    came(shipped, Unavailable("status", "500"))
    came(shipped, SHORT.replace("30 days", "Please log in to continue."))
    PolicySource.objects.create(key="other", title="Broken", url="http://[")

    with django_assert_max_num_queries(12):
        text = page(operators, "/operate/sources/")

    found = {one.host: (one.shipped, one.ours, one.as_markdown, one.is_led_to) for one in queries.hosts_called()}
    assert found == {
        "orbit.example": (1, 0, 0, False),
        "raw.example": (1, 0, 1, False),
        "cdn.example": (0, 0, 0, True),
        "sign.example": (0, 1, 0, False),
    }
    assert all(host in text for host in found)
    assert "a redirect led there" in text
    assert "10.1.0.0/16" in text
    assert "a page to log in came instead" in text
    assert "Our contract" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_operators_page_asks_as_much_of_one_as_of_three(operators, count, django_assert_num_queries) -> None:
    for number in range(count):
        source = PolicySource.objects.create(key=f"p{number}", title=f"P {number}", url=f"https://p{number}.example/")
        came(source, "Please log in to continue.")

    with django_assert_num_queries(7):
        assert page(operators, "/operate/sources/").count("Unavailable since") == 2 * count


def test_the_operator_accepts_for_everybody(shipped, operators) -> None:
    came(shipped, LONG)
    came(shipped, SHORT)
    url = f"/operate/sources/held-back/{HeldBackText.objects.get().pk}/"

    shown = page(operators, url)
    assert "&lt;b&gt;30 days" in shown
    assert "What accepting it would change" in shown
    assert "in a sentence" in operators.post(url, {"reason": "so"}).content.decode()
    assert operators.post(url, {"reason": REASON})["Location"] == "/operate/sources/"

    assert PolicyVersion.objects.filter(origin="accepted", organization=None).count() == 1
    assert operators.get(url).status_code == 404


def test_the_operator_reads_nothing_that_an_organizations_policy_was_held_back_for(ours, operators) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    held = HeldBackText.objects.create(
        organization=ours.organization, source=ours, content=b"x", sha256=digest, why="short", seen_at=clock.now()
    )

    assert operators.get(f"/operate/sources/held-back/{held.pk}/").status_code == 404


def test_catalog_data_says_where_and_how_often_and_never_how_it_went(shipped_catalog) -> None:
    docs = PolicySource.objects.get(key="cc-data-usage")

    assert docs.addresses == (
        "https://code.claude.com/docs/en/data-usage.md",
        "https://code.claude.com/docs/en/data-usage",
    )
    assert docs.cadence_days == 7
    assert docs.is_fetched
    assert not SourceHealth.objects.exists()
    assert set(PolicySource.objects.shipped().fetched()) == {
        one for one in PolicySource.objects.all() if one.is_fetched
    }
