"""Stop using it now: everybody in scope is told at once, home shows it first, and who has seen it is counted."""

import datetime as dt

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from governance import actions
from governance.models import StopSeen
from notifications.digest import write_mail
from notifications.models import Notice, OutgoingMail
from operations import clock
from operations.errors import ActionRefused
from tests.cast import Company, company, signed_in
from tests.checklists.steps import decide, route

pytestmark = pytest.mark.django_db
# A Saturday night in Berlin: no digest goes out.
NIGHT = dt.datetime(2026, 11, 14, 23, 30, tzinfo=dt.UTC)


@pytest.fixture
def acme() -> Company:
    return company()


def mailed(acme: Company, about: str) -> set[str]:
    sent = OutgoingMail.objects.filter(subject__contains=about, organization=acme.organization)
    return {one.to.split("@")[0] for one in sent}


def test_everybody_in_scope_is_told_at_once_what_to_stop_why_and_what_instead(acme: Company) -> None:
    everybody = decide(acme, route("team-plan", "TP"))
    engineers = [actions.LineOfScope(team_ids=frozenset({acme.engineering.pk}))]
    stopped = decide(acme, route("code-plan", "CP"), lines=engineers)

    actions.suspend(decision=stopped, by=acme.mara, reason="A leak is looked into.", at=NIGHT)
    write_mail(at=NIGHT)

    assert mailed(acme, "Stop using Code-Plan") == {"tom", "dev", "mia"}
    text = OutgoingMail.objects.get(to="dev@acme.example", kind="urgent").text
    assert "Why: A leak is looked into." in text
    assert "What you may use instead: Team-Plan. Ask Mara." in text
    assert not mail.outbox
    write_mail(at=NIGHT)
    assert OutgoingMail.objects.filter(kind="urgent").count() == 3, "nobody is told twice"

    actions.suspend(decision=everybody, by=acme.mara, reason="That as well.", at=NIGHT + dt.timedelta(minutes=5))
    write_mail(at=NIGHT + dt.timedelta(minutes=5))
    told = OutgoingMail.objects.get(to="sal@acme.example", kind="urgent").text
    assert "Nothing else is allowed to you for now. Ask Mara." in told
    assert "finn" not in mailed(acme, "Stop using")


def test_whoever_was_allowed_it_until_a_day_is_told_once_that_it_has_passed(acme: Company) -> None:
    until = NIGHT.date() + dt.timedelta(days=1)
    decide(acme, route("code-plan", "CP"), outcome="allowed_until", until=until)
    passed = NIGHT + dt.timedelta(days=2)

    assert [actions.expire(at=passed), actions.expire(at=passed)] == [1, 0]
    write_mail(at=passed)

    assert {"dev", "sal"} <= mailed(acme, "Stop using Code-Plan")
    told = OutgoingMail.objects.get(to="dev@acme.example", kind="urgent").text
    assert "Why: It was allowed until a day that has passed." in told


def test_resumed_whoever_was_told_may_go_on_and_nobody_is_told_to_stop_any_more(acme: Company) -> None:
    stopped = decide(acme, route("code-plan", "CP"))
    actions.suspend(decision=stopped, by=acme.mara, reason="A leak.", at=NIGHT)
    actions.resume(decision=stopped, by=acme.mara, reason="Nothing found.", at=NIGHT + dt.timedelta(hours=1))

    assert not Notice.objects.filter(rule="stop-using", withdrawn_at=None).exists()
    assert Notice.objects.filter(rule="use-again", title="You may use Code-Plan again", is_urgent=False).count() == 9
    actions.suspend(decision=stopped, by=acme.mara, reason="Found it.", at=NIGHT + dt.timedelta(hours=2))
    assert Notice.objects.filter(rule="stop-using", withdrawn_at=None).count() == 9, "told anew, on the same day"
    assert not Notice.objects.filter(rule="use-again", withdrawn_at=None).exists(), "and not to go on after it"

    actions.retire(decision=stopped, by=acme.mara, reason="Enough.", at=NIGHT + dt.timedelta(hours=3))
    told = Notice.objects.filter(rule="stop-using", withdrawn_at=None)
    assert {(one.title, one.is_urgent) for one in told} == {("Stop using Code-Plan: it is not allowed any more", False)}


def told() -> dict[tuple[str, bool], set[str]]:
    """Who is told to stop or to go on, each at once or with the next digest, as it stands now."""
    people: dict[tuple[str, bool], set[str]] = {}
    for one in Notice.objects.filter(rule__in=["stop-using", "use-again"], withdrawn_at=None):
        people.setdefault((one.rule, one.is_urgent), set()).add(one.recipient.user.name)
    return people


def test_what_takes_the_place_of_a_decision_tells_who_may_go_on_and_who_no_longer_may(acme: Company) -> None:
    both = [
        actions.LineOfScope(team_ids=frozenset({acme.engineering.pk})),
        actions.LineOfScope(team_ids=frozenset({acme.sales.pk})),
    ]
    stopped = decide(acme, route("code-plan", "CP"), lines=both)
    actions.suspend(decision=stopped, by=acme.mara, reason="A leak.", at=NIGHT)

    newer = decide(acme, stopped.route, lines=both[:1], at=NIGHT + dt.timedelta(hours=1))

    engineers, sellers = {"Tom", "Dev", "Mia"}, {"Sal"}
    assert told() == {("use-again", False): engineers, ("stop-using", False): sellers}
    decide(acme, newer.route, outcome="not_allowed", at=NIGHT + dt.timedelta(hours=2))
    assert told()["stop-using", True] == engineers
    assert "Why: A new decision is in force" in Notice.objects.filter(is_urgent=True, withdrawn_at=None)[0].body


def test_nobody_is_told_to_go_on_after_being_told_to_stop_or_to_stop_what_was_allowed_since(acme: Company) -> None:
    engineers, sellers = (actions.LineOfScope(team_ids=frozenset({team.pk})) for team in (acme.engineering, acme.sales))
    hours = [NIGHT + dt.timedelta(hours=hour) for hour in range(6)]
    first = decide(acme, route("code-plan", "CP"), lines=[engineers, sellers])
    write_mail(at=NIGHT)
    second = decide(acme, first.route, lines=[engineers], at=hours[0])
    actions.suspend(decision=second, by=acme.mara, reason="A leak.", at=hours[1])
    assert told() == {("stop-using", True): {"Tom", "Dev", "Mia", "Sal"}}, "whom it never covered still stops"

    third = decide(acme, first.route, lines=[engineers, sellers], at=hours[2])
    assert told() == {("use-again", False): {"Tom", "Dev", "Mia"}}, "and Sal, never told to stop, is told nothing"
    fourth = decide(acme, first.route, lines=[engineers], at=hours[3])
    assert told() == {("use-again", False): {"Tom", "Dev", "Mia"}, ("stop-using", True): {"Sal"}}
    actions.suspend(decision=fourth, by=acme.mara, reason="It leaks.", at=hours[4])
    assert told() == {("stop-using", True): {"Tom", "Dev", "Mia", "Sal"}}, "and nobody goes on"
    actions.retire(decision=fourth, by=acme.mara, reason="Enough.", at=hours[5])
    decide(acme, third.route, at=hours[5])
    assert not told(), "what follows an ended one allows it to everybody"


def test_what_was_not_allowed_anyway_stops_nobody(acme: Company) -> None:
    never = decide(acme, route("own-account", "OA"), outcome="not_allowed")

    actions.suspend(decision=never, by=acme.mara, reason="We look again.", at=NIGHT)

    assert not Notice.objects.filter(rule="stop-using").exists()


def test_home_shows_it_first_a_button_says_so_and_lead_and_manager_see_who_has_not(acme: Company) -> None:
    decide(acme, route("team-plan", "TP"))
    stopped = decide(
        acme, route("code-plan", "CP"), lines=[actions.LineOfScope(team_ids=frozenset({acme.engineering.pk}))]
    )
    actions.suspend(decision=stopped, by=acme.mara, reason="A leak is looked into.", at=clock.now())
    dev, lead, manager = (signed_in(who) for who in (acme.dev, acme.tom, acme.mara))
    home, button = "/o/acme/", f"/o/acme/decisions/{stopped.pk}/stopped/"

    page = dev.get(home).content.decode()
    assert page.index("Stop using this for now") < page.index("Your list")
    assert all(words in page for words in ("A leak is looked into.", "Use instead:", "Team-Plan", "I have stopped"))
    assert not StopSeen.objects.exists(), "opening a page says nothing"
    for _twice in range(2):
        dev.post(button)
    assert "I have stopped" not in dev.get(home).content.decode()
    assert StopSeen.objects.get().membership == acme.dev
    assert AuditEvent.objects.get(action="decision.stop_seen").actor_id == acme.dev.user_id
    with pytest.raises(ActionRefused):
        actions.say_stopped(decision=stopped, by=acme.sal, at=clock.now())

    stops = f"/o/acme/decisions/{stopped.pk}/stops/"
    assert stops in manager.get(f"/o/acme/decisions/{stopped.pk}/").content.decode()
    with CaptureQueriesContext(connection) as asked:
        seen = lead.get(stops).content.decode()
    assert len(asked) <= 12
    assert "Engineering: 1 of 3 have stopped" in seen
    assert ">Mia<" in seen
    assert ">Dev<" not in seen
    assert ">Dev<" in manager.get(f"{stops}?status=all").content.decode()
    led = manager.get(home).content.decode()
    assert f'href="{stops}"' in led
    assert "1 person says that they have stopped." in led
    assert dev.get(stops).status_code == 403

    actions.resume(decision=stopped, by=acme.mara, reason="Nothing found.", at=clock.now())
    assert manager.get(stops).status_code == 404
    with pytest.raises(ActionRefused):
        actions.say_stopped(decision=stopped, by=acme.dev, at=clock.now())
    actions.suspend(decision=stopped, by=acme.mara, reason="Found it.", at=clock.now())
    assert "I have stopped" in dev.get(home).content.decode(), "asked anew"
