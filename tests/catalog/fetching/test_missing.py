"""What came with 200 and is not the page: as sites really say it, and the pages that only look like it."""

from pathlib import Path

import pytest

from catalog.fetching.fetch import Answer
from catalog.fetching.missing import rules, why_missing, words_of
from catalog.fetching.reasons import WORDS
from catalog.policy_diff.documents import Unreadable, document_of

POLICIES = Path(__file__).parent.parent / "policies"
ASKED = "https://orbit.example/legal/privacy"


def why(text: str, *, came: str = ASKED, asked: str = ASKED, before: int = 0) -> str:
    try:
        page = document_of(text)
    except Unreadable:
        page = None
    return why_missing(Answer(asked, came), text=text, page=page, words_before=before)


def html(body: str, title: str = "Orbit", head: str = "") -> str:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


NOISE = (
    f"<script>{'var not_found = 404; log_in_to_continue();' * 500}</script><nav>{'<a href=/x>Sign in</a> ' * 30}</nav>"
)
WALLS = [
    (
        "bot-wall",
        html("<h1>orbit.example</h1><p>Verify you are human by completing the action below.</p>", "Just a moment..."),
    ),
    ("bot-wall", html("<noscript>Enable JavaScript and cookies to continue</noscript>", "Orbit")),
    ("bot-wall", html("<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>")),
    ("bot-wall", html("<p>Our systems have detected unusual traffic from your computer network.</p>", "Sorry...")),
    ("bot-wall", html("<p>You don’t have permission to access this server. Reference #18.2</p>", "Access Denied")),
    ("bot-wall", html("<p>Please solve this:</p><div class='g-recaptcha'></div>")),
    ("bot-wall", html("<p>Checking your browser before accessing orbit.example.</p>")),
    ("no-page", html("<h1>404</h1><p>Oops.</p>", "404 | Orbit")),
    (
        "no-page",
        html(f"{NOISE}<main><h1>Page not found</h1><p>The page you were looking for could not be found.</p></main>"),
    ),
    ("no-page", html("<p>Sorry, the page you are looking for doesn't exist. Go home?</p>")),
    ("no-page", html("<p>We can’t find that page.</p>")),
    ("no-page", "# Not found\n\nThis article was removed."),
    ("maintenance", html("<p>We’ll be back soon. Orbit is down for scheduled maintenance.</p>")),
    ("maintenance", html("<h1>502 Bad Gateway</h1><hr>nginx", "502 Bad Gateway")),
    ("maintenance", html("<p>Something went wrong. Try again.</p>")),
    ("log-in", html("<form><label>Password <input type=password></label></form><p>Welcome back</p>", "Orbit")),
    ("log-in", html("<p>Please log in to continue.</p>")),
    ("log-in", html("<h2>Continue</h2><p>Sign in with Google</p>", "Sign in – Orbit")),
    ("log-in", html("<p>You must be signed in to view this page.</p>")),
    ("empty", ""),
    ("empty", html("")),
    ("empty", html(NOISE)),
    ("empty", html("<img src=terms.png>")),
]


@pytest.mark.parametrize(("code", "text"), WALLS)
def test_a_wall_is_no_page(code, text) -> None:
    assert why(text) == code


@pytest.mark.parametrize(
    ("came", "code"),
    [
        ("https://id.orbit.example/login?next=/legal/privacy", "log-in"),
        ("https://accounts.example/signin", "log-in"),
        ("https://accounts.example/v2/oauth2/authorize?client=7", "log-in"),
        ("https://orbit.example/404", "no-page"),
        ("https://orbit.example/not-found", "no-page"),
        ("https://orbit.example/", "home-page"),
        ("https://orbit.example", "home-page"),
        ("https://orbit.example/en-us/", "home-page"),
        ("https://orbit.example/legal/privacy/", ""),
        ("https://orbit.example/legal/privacy-notice", ""),
        ("https://www.orbit.example/legal/privacy", ""),
        ("https://orbit.example/legal/logging", ""),
        ("https://docs.orbit.example/authentication", ""),
    ],
)
def test_where_a_redirect_ends_says_what_it_is(came, code) -> None:
    assert why("We keep what you type for 30 days.", came=came) == code


def test_an_address_of_its_own_is_its_page_whatever_it_is_called() -> None:
    for address in ("https://orbit.example/", "https://docs.orbit.example/sign-in", "https://orbit.example/sso"):
        assert why("How people sign in is up to you.", asked=address, came=address) == ""


PAGES = [
    "# Privacy\n\nWe keep what you type for 30 days.",
    "# Error reports\n\nTelemetry is off. Errors with status 500 are counted.",
    "# Sign-on\n\nSSO is available to Enterprise. Owners choose who may log in.",
    "# Availability\n\nThe service is available in the EU.",
    html("<p>We keep what you type for 30 days.</p><noscript>Please enable JavaScript to use the search.</noscript>"),
    html(f"{NOISE}<main><p>We keep what you type for 30 days.</p></main>"),
    *[(POLICIES / name).read_text() for name in ("spring.md", "autumn.md", "spring-reformatted.md")],
]


@pytest.mark.parametrize("text", PAGES)
def test_a_page_is_a_page_however_short(text) -> None:
    assert why(text) == ""


@pytest.mark.parametrize(("_code", "text"), [wall for wall in WALLS if wall[0] != "empty"])
def test_a_long_text_is_about_walls_and_is_none(_code, text) -> None:
    policy = "<p>We keep what you type for as long as your contract says, and no longer.</p>" * 30

    end = next((end for end in ("</main>", "</body>") if end in text), "")

    assert why(text.replace(end, f"{policy}{end}") if end else f"{text}\n\n{policy}") == ""


@pytest.mark.parametrize(
    ("now", "before", "code"),
    [
        (39, 120, "short"),
        (47, 120, "short"),
        (48, 120, ""),
        (39, 119, ""),
        (500, 1250, ""),
        (499, 1250, "short"),
        (5, 0, ""),
    ],
)
def test_what_is_much_shorter_than_before_is_no_page(now, before, code) -> None:
    text = "word " * now

    assert words_of(document_of(text)) == now
    assert why(text, before=before) == code


def test_every_reason_of_the_rules_has_words() -> None:
    assert {rule.why for rule in (*rules().says, *rules().led_to)} | {"short", "empty"} <= set(WORDS)


@pytest.mark.parametrize("piece", ["<title>", "<div>", "page ", "enable ", "<", "log in to ", "<script>", "404 "])
def test_a_hostile_text_is_judged_in_its_time(piece) -> None:
    """As long as a version may be; reading it takes the time that reading takes, no pattern takes the square of it."""
    assert why(piece * (500_000 // len(piece))) in WORDS | {"": ""}
