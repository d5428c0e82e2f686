"""Just me: from the one-time link to four answered checks and the day to look again, then a company."""

import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from icalendar import Calendar

from accounts.models import Membership, Organization, User
from audit.models import AuditEvent
from catalog.models import AccessRoute, Procedure
from checklists.models import Answer, AssignmentRule
from governance import actions as governance
from governance.models import RouteDecision
from home.actions import enter_alone, make_link, set_up_solo
from home.forms import SoloForm
from home.queries.set_up_links import address_of
from home.queries.solo import meanings
from home.queries.solo_links import arguments_for
from operations import clock
from operations.errors import ActionRefused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped_catalog")]
SAID = {"plan": "pro", "code": "own", "system": "linux", "place": "terminal", "timezone": "Europe/Berlin"}


@pytest.fixture
def me() -> Client:
    """Somebody who has answered the four questions, from the first page on."""
    client, link = Client(), make_link(at=clock.now())
    first = client.get(path_of(address_of(link))).content.decode()
    door = path_of(address_of(link, is_solo=True))
    assert f'href="{door}"' in first
    assert client.get(door).status_code == 200
    assert client.post(door, SAID)["Location"] == "/o/just-me/"
    assert client.post(door, SAID).status_code == 410
    return client


def path_of(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def home_of(me: Client) -> Any:
    return me.get("/o/just-me/")


def agree(me: Client, **shown: str) -> Any:
    page = home_of(me).context["page"]
    return me.post(f"/o/just-me/just-me/{page.decision.pk}/agree/", {"shown_sha256": page.sha256, **shown}, follow=True)


def answer_all(me: Client) -> None:
    for check in home_of(me).context["page"].checks:
        path = f"/o/just-me/my-list/{check.task.item_id}/"
        page = me.get(path)
        assert "just-me.invalid" not in page.content.decode()  # nobody typed it, and there is nobody to ask
        shown = page.context["shown"]
        assert "who answers you here" not in page.content.decode()
        answered = me.post(path, {"shown": shown.sha256, "answered": "", "reply": "yes"})
        assert answered.status_code == 302
    assert answered["Location"] == "/o/just-me/"  # where the day to look again stands


def links_of(page: Any) -> set[str]:
    return {entry["url"].removeprefix("/o/just-me/") for entry in page.context["navigation"]}


def test_a_solo_hour(me: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        page = home_of(me)
    shown = page.content.decode()
    assert [check.task.section_key for check in page.context["page"].checks] == [
        "training",
        "training",
        "code",
        "computer",
    ]
    assert "Turn model training off on a Free, Pro or Max account" in shown
    assert "~/.claude/settings.json" in shown
    assert page.context["page"].shown["hops"]
    assert "(you or your company)" in shown
    assert "(your company)" not in shown
    assert "then tell the contact." not in shown  # nobody else is there to tell
    assert "/my-list/" not in shown.split("<main")[1].split("</main>")[0]  # first what leaves the computer
    assert "With your word you accept, until you look again:" in shown
    assert page.context["page"].accepts
    assert "Not agreed yet" in shown
    assert links_of(page) == {"", "my-list/", "routes/", "decisions/", "checklists/", "reviews/", "settings/"}
    assert me.get("/o/just-me/just-me/look-again.ics")["Location"] == "/o/just-me/"

    agree(me)
    answer_all(me)

    decision, member = RouteDecision.objects.get(), Membership.objects.get()
    assert (decision.status, decision.route.key, decision.sign_off.is_sole) == (
        "approved",
        "claude-code-consumer",
        True,
    )
    assert Answer.objects.filter(membership=member, completes=True).count() == 4
    with django_assert_max_num_queries(12):
        day = home_of(me).context["page"].look_again_on
    file = me.get("/o/just-me/just-me/look-again.ics")
    event = Calendar.from_ical(file.content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == day == Answer.objects.order_by("valid_until").first().valid_until
    assert file["Content-Type"].startswith("text/calendar")


def test_what_was_not_shown_is_not_agreed_to(me: Client) -> None:
    page = agree(me, shown_sha256="0" * 64)

    assert "Something changed since this page was opened" in page.content.decode()
    assert RouteDecision.objects.get().status == "draft"
    assert not AuditEvent.objects.filter(action="decision.submitted").exists()


def test_what_was_submitted_elsewhere_is_signed_from_the_one_page(me: Client) -> None:
    agreed = home_of(me).context["page"].decision
    until = clock.now().date() + dt.timedelta(days=90)
    governance.accept(route=agreed.route, why="Read.", expires_on=until, by=Membership.objects.get(), at=clock.now())
    page = me.get(f"/o/just-me/decisions/{agreed.pk}/submit/")
    me.post(f"/o/just-me/decisions/{agreed.pk}/submit/", {"shown_sha256": page.context["sha256"]})
    agreed.refresh_from_db()

    page = home_of(me).content.decode()

    assert agreed.status == "submitted"
    assert f'href="/o/just-me/sign-offs/{agreed.sign_off_id}/"' in page
    signing = me.get(f"/o/just-me/sign-offs/{agreed.sign_off_id}/").content.decode()
    assert 'value="signed"' in signing


def test_what_was_answered_stands_with_the_link_for_good(me: Client) -> None:
    organization = Organization.objects.get()

    assert organization.set_up_link.answers == {name: SAID[name] for name in ("plan", "code", "system", "place")}
    assert (organization.is_solo, organization.timezone) == (True, "Europe/Berlin")
    assert AssignmentRule.objects.get().checklist.key == "individual-developer"
    assert RouteDecision.objects.get().conditions == "Only code of my own, and code that is public."
    assert not User.objects.get().has_usable_password()


def test_it_becomes_a_company_and_asks_for_a_password(me: Client) -> None:
    agree(me)
    assert me.get("/o/just-me/just-me/end/").status_code == 200

    said = {"name": "Kestrel", "person": "Renée", "email": "renee@kestrel.test"}
    page = me.post("/o/just-me/just-me/end/", said, follow=True)

    assert page.redirect_chain[-1][0].startswith("/account/password/set/")
    password = "a bird of prey, hovering"
    page = me.post(
        "/account/password/set/", {"password1": password, "password2": password, "next": "/o/just-me/"}, follow=True
    )
    assert {"people/", "reports/audit/", "sign-offs/"} <= links_of(home_of(me))
    assert me.get("/o/just-me/just-me/end/")["Location"] == "/o/just-me/"
    decision = RouteDecision.objects.get()
    refused = me.post(f"/o/just-me/just-me/{decision.pk}/agree/", follow=True).content.decode()
    assert "its decisions are submitted and signed" in refused


def test_signing_in_again_takes_a_link_from_the_terminal_that_works_once(me: Client, settings: Any) -> None:
    def printed() -> str:
        said = StringIO()
        call_command("setup_link", stdout=said)
        return path_of(re.search(r"http\S+", said.getvalue())[0])

    link, again = printed(), Client()
    assert again.get(link).status_code == 200
    assert again.post(link)["Location"] == "/o/just-me/"
    assert home_of(again).status_code == 200
    assert Client().post(link).status_code == 410
    user = User.objects.get()
    with pytest.raises(ActionRefused):
        enter_alone(user=user, token=link.split("/")[-2], at=clock.now())

    link = printed()
    me.post("/o/just-me/just-me/end/", {"name": "K", "person": "R", "email": "r@kestrel.test"})
    assert Client().post(link).status_code == 410
    assert Client().get(f"/just-me/{user.pk}/{arguments_for(user)['token']}/").status_code == 410


def test_what_does_not_fit_is_said_and_nothing_is_founded() -> None:
    link = make_link(at=clock.now())
    door = path_of(address_of(link, is_solo=True))

    others = Client().post(door, {**SAID, "code": "others"}).content.decode()
    no_such_place = Client().post(door, {**SAID, "plan": "api", "place": "web"}).content.decode()

    assert "you don’t decide alone" in others
    assert "Not with this plan." in no_such_place
    AccessRoute.objects.filter(key="claude-code-consumer").update(retired_at=clock.now())
    with pytest.raises(ActionRefused, match="no such route"):
        set_up_solo(link=link, at=clock.now(), **SAID)
    assert not Organization.objects.exists()
    assert not User.objects.exists()


def test_every_answer_means_something_that_ships() -> None:
    said = meanings()
    routes = {key for plan in said["plans"].values() for key in plan["routes"].values()}
    procedures = {key for plan in said["plans"].values() for key in plan["procedures"]}

    assert set(AccessRoute.objects.shipped().filter(retired_at=None).values_list("key", flat=True)) >= routes
    assert set(Procedure.objects.standing().values_list("key", flat=True)) >= procedures
    assert list(SoloForm().fields) == ["plan", "code", "system", "place", "timezone"]


def test_solo_prints_the_way_to_the_four_questions(settings: Any) -> None:
    settings.SOLO = True
    said = StringIO()

    call_command("setup_link", stdout=said)

    assert "Four questions" in said.getvalue()
    assert said.getvalue().rstrip().endswith("/just-me/")


def test_whoever_works_alone_is_told_of_no_address_and_of_no_password(me: Client) -> None:
    for path in ("/account/profile/", "/account/security/"):
        page = me.get(path).content.decode()
        assert "setup_link" in page
        assert "just-me.invalid" not in page
        assert "reminders by mail" not in page
    assert "setup_link" in home_of(me).content.decode()


def test_whoever_works_alone_gets_a_passkey_by_the_link_and_not_by_an_open_session(me: Client, move_clock: Any) -> None:
    ways = ("/account/second-factor/passkey/", "/account/second-factor/app/")
    for way in ways:
        shown = me.get(way)
        assert shown.status_code == 200
        assert "just-me.invalid" not in shown.content.decode() + str(shown.context["form"])
    assert '"name": "Me"' in me.get(ways[0]).content.decode()

    move_clock(minutes=11)
    for way in ways:
        asked = me.get(way, follow=True)
        assert asked.redirect_chain[0][0].startswith("/account/reauthenticate/?next=")
        assert "setup_link" in asked.content.decode()
        assert "Send me a code" not in asked.content.decode()
    me.post("/account/reauthenticate/", {"next": ways[0], "code": ""})
    assert me.get(ways[0]).status_code == 302

    user = User.objects.get()
    me.post(f"/just-me/{user.pk}/{arguments_for(user)['token']}/")
    assert [me.get(way).status_code for way in ways] == [200, 200]
