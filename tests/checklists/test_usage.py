"""*What do you use today?*: asked of everybody, said in taps, counted so that nobody is given away, closed."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Team
from audit.models import AuditEvent
from catalog.models import AccessRoute, Tool
from checklists import actions, notices
from checklists.actions import Used
from checklists.models import UsageCell, UsageInquiry, UsageReport
from checklists.queries import usage
from governance.actions import ship_uses
from notifications.models import Notice
from operations import clock
from operations.errors import ActionRefused
from tests.cast import Company, person, signed_in
from tests.checklists.steps import decide, url
from tests.factories import make_route

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)


def ask(acme: Company, *, at: dt.datetime | None = None, keeper: Membership | None = None) -> UsageInquiry:
    at = at or clock.now()
    return actions.ask_what_is_used(keeper=keeper or acme.mara, due_on=(at + WEEK).date(), by=acme.mara, at=at)


def say(who: Membership, *used: Used) -> UsageReport:
    return actions.say_what_is_used(membership=who, used=used, at=clock.now())


def people(acme: Company, number: int, team: Team | None = None) -> list[Membership]:
    return [
        person(acme.organization, f"{team or 'Nobody'}{count}".replace(" ", ""), team=team) for count in range(number)
    ]


def tool_with(name: str, *tiers: str) -> Tool:
    tool = Tool.objects.create(key=name.lower(), vendor="Vendor", name=name)
    for tier in tiers:
        route = make_route(f"{name}-{tier}".lower(), f"{name} {tier}")
        AccessRoute.objects.filter(pk=route.pk).update(tool=tool, tier=tier)
    return tool


def told(who: Membership) -> list[tuple[str, bool]]:
    notices = Notice.objects.filter(recipient=who, rule="usage-asked").order_by("slot_date")
    return [(notice.title, notice.withdrawn_at is not None) for notice in notices]


def test_it_is_asked_on_the_first_line_said_in_taps_and_changed_until_it_is_closed(acme: Company) -> None:
    chat, code = tool_with("Chatty", "consumer", "commercial"), tool_with("Coder", "commercial")
    manager, sal = signed_in(acme.mara), signed_in(acme.sal)
    asking = url(acme, "progress/usage/ask/")
    day = (clock.today(acme.organization.timezone) + WEEK).isoformat()

    assert "9 people are asked" in manager.get(asking).content.decode()
    manager.post(asking, {"keeper": acme.mara.pk, "due_on": day})
    inquiry = UsageInquiry.objects.get()
    for page in ("", "my-list/"):
        assert "Only Mara sees names" in sal.get(url(acme, page)).content.decode()
    assert "What do you use today?" in sal.get(url(acme, "")).content.decode().split("</h1>")[0].rsplit("<h1", 1)[1]
    form = sal.get(url(acme, "my-list/usage/")).content.decode()
    assert form.index("Only Mara sees names") < form.index("Chatty") < form.index("Another tool") < form.index("Coder")

    refused = sal.post(url(acme, "my-list/usage/"), {})
    assert "Tick what you use" in refused.content.decode()
    assert not UsageReport.objects.exists()
    said = {
        f"tool_{chat.pk}": ["private", "work"],
        "name_1": "Own Thing",
        "other_1": ["none"],
        "name_2": "coder",
        "other_2": ["work"],
    }
    for _twice in range(2):
        assert sal.post(url(acme, "my-list/usage/"), said).status_code == 302
    (report,) = UsageReport.objects.filter(membership=acme.sal)
    assert usage.said_in(report) == {
        (chat, "", "private", ()), (chat, "", "work", ()), (None, "Own Thing", "none", ()), (code, "", "work", ())
    }  # fmt: skip
    assert "First, for everybody" not in sal.get(url(acme, "my-list/")).content.decode()
    again = sal.get(url(acme, "my-list/usage/")).content.decode()
    assert 'value="Own Thing"' in again
    assert again.count("checked") == 4
    assert (
        'my-list/usage/">You have said what you use today. Change it<'
        in sal.get(url(acme, "my-list/")).content.decode()
    )

    torn = {"nothing": "nothing", f"tool_{chat.pk}": ["work"]}
    assert "You ticked something" in sal.post(url(acme, "my-list/usage/"), torn).content.decode()
    assert len(usage.said_in(usage.newest_report(inquiry, acme.sal))) == 4
    as_it_stood = said | {"name_2": "", "other_2": [], f"tool_{code.pk}": ["work"], "nothing": "nothing"}
    sal.post(url(acme, "my-list/usage/"), as_it_stood)
    assert usage.said_in(usage.newest_report(inquiry, acme.sal)) == set()
    manager.post(url(acme, f"progress/usage/{inquiry.pk}/close/"))
    assert "Nobody is asked" in sal.get(url(acme, "my-list/usage/")).content.decode()
    assert "my-list/usage/" not in sal.get(url(acme, "my-list/")).content.decode()
    with pytest.raises(ActionRefused):
        say(acme.sal, Used("work", chat))
    events = AuditEvent.objects.filter(action__startswith="usage.").order_by("pk")
    assert [event.action for event in events] == ["usage.asked", "usage.told", "usage.told", "usage.closed"]


def test_what_for_without_an_account_is_asked_back_and_not_dropped(acme: Company) -> None:
    chat, code = tool_with("Chatty", "consumer"), tool_with("Coder", "consumer")
    ship_uses(organization=acme.organization)
    ask(acme)
    page, sal = url(acme, "my-list/usage/"), signed_in(acme.sal)
    said = {f"tool_{chat.pk}": ["work"], f"for_tool_{code.pk}": ["translating"]}

    assert "Say with which account." in sal.post(page, said).content.decode()
    assert not UsageReport.objects.exists()
    assert sal.post(page, {f"for_tool_{code.pk}": ["translating"], "nothing": "nothing"}).status_code == 302


def test_everybody_is_told_once_reminded_until_they_have_said_it_and_asked_when_they_join(acme: Company) -> None:
    at = clock.now()
    inquiry = ask(acme, at=at)
    say(acme.sal)
    with pytest.raises(ActionRefused):
        ask(acme)

    assert told(acme.dev) == [("What do you use today?", False)]
    assert told(acme.sal) == [("What do you use today?", True)]
    assert not told(acme.finn), "has left"
    late = person(acme.organization, "Late", at=at + dt.timedelta(hours=1))
    for _twice in range(2):
        notices.tell_about_usage(acme.organization, at=at + dt.timedelta(hours=2))
        notices.tell_about_usage(acme.organization, at=at + dt.timedelta(days=1))
    assert (len(told(late)), len(told(acme.dev))) == (1, 1)
    notices.tell_about_usage(acme.organization, at=at + WEEK)
    assert (len(told(late)), len(told(acme.dev)), len(told(acme.sal))) == (2, 2, 1)

    actions.close_inquiry(inquiry=inquiry, by=acme.mara, at=at + WEEK)
    assert not notices.tell_about_usage(acme.organization, at=at + 3 * WEEK)
    assert all(was_withdrawn for _title, was_withdrawn in told(acme.dev))
    with pytest.raises(ActionRefused):
        actions.close_inquiry(inquiry=inquiry, by=acme.mara, at=at + WEEK)
    assert ask(acme).pk != inquiry.pk


def test_who_can_keep_nothing_sees_no_names_and_a_day_that_has_passed_is_refused(acme: Company) -> None:
    with pytest.raises(ActionRefused):
        ask(acme, keeper=acme.dev)
    with pytest.raises(ActionRefused):
        actions.ask_what_is_used(keeper=acme.mara, due_on=dt.date(2020, 1, 1), by=acme.mara, at=clock.now())
    page = signed_in(acme.mara).post(url(acme, "progress/usage/ask/"), {"keeper": acme.mara.pk, "due_on": "2020-01-01"})

    assert page.status_code == 200
    assert not UsageInquiry.objects.exists()
    assert not Notice.objects.exists()


def test_used_and_undecided_heads_the_managers_home_and_leads_to_the_route(acme: Company) -> None:
    chat, code = tool_with("Chatty", "consumer", "commercial"), tool_with("Coder", "commercial")
    decide(acme, AccessRoute.objects.get(name="Chatty commercial"))
    crowd = people(acme, 12)
    ask(acme)
    for who in crowd[:6]:
        say(who, Used("private", chat), Used("work", chat), Used("work", code))
    manager, lead = signed_in(acme.mara), signed_in(acme.tom)

    actions.count_usage()
    assert "Used, and not decided" not in manager.get(url(acme, "")).content.decode(), "all of them said the same"
    for who in crowd[6:]:
        say(who)
    actions.count_usage()

    with CaptureQueriesContext(connection) as asked:
        home = manager.get(url(acme, "")).content.decode()
    assert len(asked) <= 12 + 2  # session and person
    first = home.split("<h2")[1]
    assert all(words in first for words in ("Used, and not decided", "Chatty (Private account)"))
    assert "Chatty (Work account)" not in home
    assert f"routes/{AccessRoute.objects.get(name='Chatty consumer').pk}/" in home
    assert "Coder (Work account)" in home
    numbers = manager.get(url(acme, "progress/usage/")).content.decode()
    assert "10 people or more have answered" in numbers
    assert "5 or more use nothing" in numbers
    assert "Chatty" not in lead.get(url(acme, "progress/usage/")).content.decode()


def test_a_lead_sees_their_team_and_the_keeper_alone_sees_names_and_each_look_is_logged(acme: Company) -> None:
    chat = tool_with("Chatty", "consumer")
    crowd = people(acme, 12, acme.engineering)
    inquiry = ask(acme)
    for number, who in enumerate(crowd):
        say(who, *[Used("private", chat)] * (number < 6))
    actions.count_usage()
    names = url(acme, f"reviews/usage/{inquiry.pk}/names/")

    seen = signed_in(acme.tom).get(url(acme, "progress/usage/")).content.decode()
    assert all(word in seen for word in ("Engineering", "Chatty", "5 or more"))
    assert ">Everybody<" not in seen
    assert signed_in(acme.olga).post(names).status_code == 403
    keeper = signed_in(acme.mara)
    assert "Engineering0" not in keeper.get(names).content.decode()
    assert not AuditEvent.objects.filter(action="usage.names_shown").exists()
    with CaptureQueriesContext(connection) as asked:
        shown = keeper.post(names).content.decode()
    assert len(asked) <= 15
    assert all(word in shown for word in ("Engineering0", "Private account", "6 people"))
    event = AuditEvent.objects.get(action="usage.names_shown")
    assert (event.actor_id, event.target, event.data) == (acme.mara.user_id, f"usage:{inquiry.pk}", "{}")
    with pytest.raises(ActionRefused):
        actions.show_names(inquiry=inquiry, by=acme.olga, at=clock.now())


def test_what_fewer_than_five_add_moves_no_number(acme: Company) -> None:
    chat = tool_with("Chatty", "consumer")
    crowd = people(acme, 18, acme.engineering)
    inquiry = ask(acme)
    for number, who in enumerate(crowd[:10]):
        say(who, *[Used("private", chat)] * (number < 5))
    actions.count_usage()

    def numbers() -> list[Any]:
        return list(UsageCell.objects.filter(inquiry=inquiry).order_by("pk").values_list("group", "about", "people"))

    before = numbers()
    for _again in range(2):
        for who in crowd[:4]:
            say(who)
            say(who, Used("work", chat))
    actions.count_usage()
    assert numbers() == before
    say(crowd[4])
    actions.count_usage()
    assert numbers() != before
    actions.close_inquiry(inquiry=inquiry, by=acme.mara, at=clock.now())
