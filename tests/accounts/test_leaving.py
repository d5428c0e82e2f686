"""Somebody leaves: their page says before what waits for them and where it goes, and whoever it goes to is told."""

import pytest

from accounts import actions
from checklists.leaving import tell_without_lead
from governance import actions as governance
from governance.leaving import tell_nobody_signs
from governance.queries.sign_offs import stage_in_turn, to_be_signed
from notifications.models import Notice
from operations import clock
from tests.cast import Company, company, signed_in
from tests.checklists.steps import route, submit
from tests.world import build

pytestmark = pytest.mark.django_db


def page(acme: Company, who) -> str:
    return signed_in(acme.olga).get(f"/o/acme/people/{who.pk}/end/").content.decode()


def leaves(acme: Company, who) -> None:
    actions.end_membership(membership=who, by=acme.olga, at=clock.now())


def told(rule: str) -> list[tuple[str, str]]:
    return list(Notice.objects.filter(rule=rule).values_list("recipient__user__name", "title"))


def test_the_page_says_what_waits_and_who_does_it_from_now_on(
    settings, tmp_path, django_assert_max_num_queries
) -> None:
    settings.STATE_DIR = tmp_path
    acme = build().acme
    client = signed_in(acme.olga)

    with django_assert_max_num_queries(12):
        text = client.get(f"/o/acme/people/{acme.mara.pk}/end/").content.decode()

    for waits in ("1 review", "checklists", "1 condition", "decisions", "1 adoption review", "1 week of policies"):
        assert f"{waits} that they" in text or f"{waits} to judge" in text, waits
    assert "from now on Olga does, who is told." in text
    assert "Names of who uses what were promised to them alone" in text
    assert "3 years from now the name is erased" in text


def test_a_signer_s_page_says_that_the_group_goes_on(settings, tmp_path) -> None:
    settings.STATE_DIR = tmp_path
    acme = company()
    submit(acme, route("api", "API"), at=clock.now())

    assert "1 sign-off waits for their signature" in page(acme, acme.sven)
    assert "waits for their signature" not in page(acme, acme.lea)


def test_whoever_submitted_it_is_told_once_that_nobody_is_left_to_sign() -> None:
    acme = company()
    submit(acme, route("api", "API"), at=clock.now())
    assert tell_nobody_signs(acme.organization, at=clock.now()) == 0
    leaves(acme, acme.lea)

    for _run in range(2):
        tell_nobody_signs(acme.organization, at=clock.now())

    [(name, title)] = told("nobody-signs")
    assert (name, title.startswith("Nobody is left who may sign")) == ("Mara", True)


def test_whoever_manages_is_told_once_that_a_team_lost_its_lead() -> None:
    acme = company()
    assert tell_without_lead(acme.organization, at=clock.now()) == 0
    leaves(acme, acme.tom)

    for _run in range(2):
        tell_without_lead(acme.organization, at=clock.now())

    assert told("team-without-lead") == [("Mara", "Nobody leads Engineering any more")]


def test_a_lead_who_stays_and_leads_no_more_is_no_news() -> None:
    acme = company()
    actions.appoint_lead(team=acme.engineering, membership=None, by=acme.olga, at=clock.now())

    assert tell_without_lead(acme.organization, at=clock.now()) == 0


def test_what_is_said_to_whoever_submitted_it_reaches_who_stands_in_once_they_have_left() -> None:
    acme = company()
    submitted = submit(acme, route("api", "API"), at=clock.now())
    leaves(acme, acme.mara)
    sign_off, at = submitted.sign_off, clock.now()

    governance.comment(sign_off=sign_off, anchor="why", text="Which vendor?", group=None, by=acme.sven, at=at)
    shown = {"stage": stage_in_turn(sign_off), "shown_sha256": to_be_signed(sign_off).sha256}
    governance.reject(sign_off=sign_off, **shown, comment="Too early.", by=acme.sven, at=at)

    assert [name for name, _title in told("sign-off-commented")] == ["Olga"]
    assert [name for name, _title in told("decision-decided")] == ["Olga"]
