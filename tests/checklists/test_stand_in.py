"""Somebody who keeps things leaves, or manages no longer: what waited for them waits for whoever stands in."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts import actions as accounts
from accounts.models import Membership
from accounts.queries import keeper_now
from checklists import actions, notices
from checklists.actions import Given
from checklists.models import Answer, Checklist, Item
from governance import actions as governance
from governance.models import Question, RouteDecision
from home.queries.frame import frame_of
from home.queries.mine import routes_of
from notifications import digest
from notifications.models import Notice, OutgoingMail
from operations import clock
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company, Level, person, signed_in
from tests.checklists.steps import LATER, answer, answer_everything, checklist, reasons, standing

pytestmark = pytest.mark.django_db

UNSURE = Given(kind=Answer.Kind.UNSURE, text="Which account?")
GONE = LATER + dt.timedelta(hours=1)


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    made = checklist(decided, "privacy", ["Account?"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return made


def ask(acme: Company, *, at: dt.datetime = LATER) -> Question:
    answer(acme.dev, Item.objects.get(key="account").pk, at=at, given=UNSURE)
    return Question.objects.get()


def leave(acme: Company) -> None:
    accounts.end_membership(membership=acme.mara, by=acme.olga, at=GONE)


def demote(acme: Company) -> None:
    accounts.change_access_level(membership=acme.mara, level=Level.MEMBER, by=acme.olga, at=GONE)


def address(question: Question) -> str:
    return reverse("checklists:question-answer", args=[question.organization.slug, question.pk])


def waits_for(membership: Membership) -> int:
    return frame_of(membership, at=GONE).waiting.questions


def test_who_stands_in_is_the_manager_who_has_been_here_longest_else_the_owner(decided: Company) -> None:
    acme = decided
    second = person(acme.organization, "Max", level=Level.MANAGER)
    person(acme.organization, "Moe", level=Level.MANAGER)

    assert keeper_now(acme.organization, acme.mara.pk) == acme.mara
    assert keeper_now(acme.organization, acme.dev.pk) == acme.mara
    leave(acme)
    assert keeper_now(acme.organization, acme.mara.pk) == second
    assert keeper_now(acme.organization, None) == second
    assert keeper_now(acme.organization, acme.olga.pk) == acme.olga


@pytest.mark.parametrize("goes", [leave, demote])
def test_a_question_is_asked_of_nobody_who_has_gone(decided: Company, privacy: Checklist, goes) -> None:
    goes(decided)

    question = ask(decided, at=GONE)

    assert question.contact == decided.olga
    routes = routes_of(decided.dev, standing(decided.dev), at=GONE)
    assert routes.contact == "Olga"
    assert "Ask Olga" in signed_in(decided.dev).get(f"/o/{decided.organization.slug}/").content.decode()


@pytest.mark.parametrize("goes", [leave, demote])
def test_what_waited_for_somebody_who_has_gone_waits_for_whoever_stands_in(
    decided: Company, privacy: Checklist, goes
) -> None:
    question = ask(decided)
    assert (waits_for(decided.mara), waits_for(decided.olga)) == (1, 0)

    goes(decided)

    assert (waits_for(decided.mara), waits_for(decided.olga)) == (0, 1)
    for _twice in range(2):
        notices.tell_stand_in(decided.organization, at=GONE)
    assert Notice.objects.filter(rule="question-asked", recipient=decided.olga).count() == 1
    olga = signed_in(decided.olga)
    assert question.title in olga.get(f"/o/{decided.organization.slug}/questions/").content.decode()
    assert "Olga has taken over" in signed_in(decided.dev).get(address(question)).content.decode()
    olga.post(address(question), {"text": "The company's."})
    question.refresh_from_db()
    assert question.answered_by == decided.olga.user
    assert reasons(decided.dev, at=question.answered_at)["Account?"] == "unsure"


def test_any_manager_may_answer_what_waits_for_somebody_who_has_gone_and_nothing_else(
    decided: Company, privacy: Checklist
) -> None:
    question = ask(decided)
    zoe = signed_in(person(decided.organization, "Zoe", level=Level.MANAGER))
    person(decided.organization, "Zac", level=Level.MANAGER)

    assert zoe.post(address(question), {"text": "Mine."}).status_code == 403
    demote(decided)

    assert signed_in(decided.mara).post(address(question), {"text": "Mine."}).status_code == 403
    assert signed_in(decided.sal).get(address(question)).status_code == 403
    assert signed_in(decided.olga).post(address(question), {"text": "The company's."}).status_code == 302


def test_a_contact_who_stayed_is_told_once_and_nobody_stands_in(decided: Company, privacy: Checklist) -> None:
    ask(decided)

    assert notices.tell_stand_in(decided.organization, at=GONE) == 0


def test_a_manager_takes_over_a_checklist_on_its_page(decided: Company, privacy: Checklist) -> None:
    answer_everything(decided.dev, at=LATER)
    leave(decided)
    olga, slug = signed_in(decided.olga), decided.organization.slug
    page = olga.get(reverse("checklists:checklist-edit", args=[slug, privacy.pk]))

    assert [person.pk for person in page.context["form"].fields["keeper"].queryset] == [decided.olga.pk]
    words = {"name": "Privacy", "purpose": "", "minutes": 2, "review_months": 6, "keeper": decided.olga.pk}
    olga.post(reverse("checklists:checklist-edit", args=[slug, privacy.pk]), words)

    privacy.refresh_from_db()
    assert privacy.keeper == decided.olga
    assert set(reasons(decided.dev, at=GONE).values()) == {""}


def test_nobody_keeps_a_checklist_who_does_not_manage(decided: Company, privacy: Checklist) -> None:
    with pytest.raises(ActionRefused, match="keeper"):
        actions.save_details(checklist=privacy, by=decided.mara, at=LATER, keeper=decided.sal)

    privacy.refresh_from_db()
    assert privacy.keeper == decided.mara


def test_the_decision_says_who_looks_after_it_now(decided: Company) -> None:
    url = decided.organization.decisions.get().get_absolute_url()
    assert "who was signed as its keeper" not in signed_in(decided.olga).get(url).content.decode()

    demote(decided)

    page = signed_in(decided.olga).get(url).content.decode()
    assert "Olga looks after it until a new revision names somebody." in page


def test_only_whoever_stands_in_finds_the_question_in_the_mail(decided: Company, privacy: Checklist) -> None:
    ask(decided)
    demote(decided)

    notices.tell_stand_in(decided.organization, at=GONE)
    digest.write_mail(at=GONE + dt.timedelta(days=1))

    told = OutgoingMail.objects.filter(notices__rule="question-asked")
    assert [mail.user for mail in told] == [decided.olga.user]


def test_whom_to_ask_is_still_named_while_what_was_decided_is_suspended(decided: Company) -> None:
    made = checklist(decided, "slip", ["Whom to tell?"], shows=["contacts"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    governance.suspend(
        decision=RouteDecision.objects.get(), by=decided.olga, reason="Pause.", at=clock.now(), is_material=False
    )
    item = made.versions.get().listed_items.get().item_id

    page = signed_in(decided.dev).get(f"/o/{decided.organization.slug}/my-list/{item}/")

    assert [str(one) for one in page.context["contacts"]] == ["Mara"]
