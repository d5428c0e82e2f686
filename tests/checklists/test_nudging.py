"""A lead nudges: once a day and checklist whoever nudges, in the next mail, never whoever waits or has nothing open."""

import datetime as dt

import pytest

from audit.models import AuditEvent
from checklists import actions, notices
from checklists.actions import Given
from checklists.models import Answer, Assignment, Checklist, Item
from checklists.queries.nudging import Whom, count_to_nudge
from notifications import actions as notifications
from notifications import digest
from notifications.models import Notice, OutgoingMail
from operations import clock
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company, person, signed_in
from tests.checklists.steps import LATER, answer, answer_everything, checklist, url

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
UNSURE = Given(kind=Answer.Kind.UNSURE, text="Which account?")


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    """One question asked of everybody, due two weeks after EPOCH."""
    made = checklist(decided, "privacy", ["Account?"])
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    actions.settle_due(at=EPOCH)
    return made


def nudged() -> set[str]:
    told = Notice.objects.filter(rule="nudge", withdrawn_at=None)
    return set(told.values_list("recipient__user__name", flat=True))


def test_lead_nudges_the_open_people_of_the_team_alone(decided, privacy) -> None:
    answer_everything(decided.mia, at=LATER)
    person(decided.organization, "Extra", team=decided.engineering)
    actions.settle_due(at=LATER)

    assert actions.nudge(whom=Whom(by=decided.tom), at=LATER) == 2

    assert nudged() == {"Dev", "Extra"}
    told = Notice.objects.filter(rule="nudge").first()
    assert (told.title, told.body) == ("Privacy", "Tom asks you to finish this.")


def test_nobody_is_nudged_twice_a_day_whoever_nudges(decided, privacy) -> None:
    actions.nudge(whom=Whom(by=decided.tom, person_id=decided.dev.pk), at=LATER)

    with pytest.raises(ActionRefused, match="nobody to nudge"):
        actions.nudge(whom=Whom(by=decided.mara, person_id=decided.dev.pk), at=LATER)
    assert Notice.objects.filter(rule="nudge").count() == 1
    assert actions.nudge(whom=Whom(by=decided.mara, person_id=decided.dev.pk), at=LATER + DAY) == 1


def test_whose_question_waits_is_not_nudged_until_it_is_answered(decided, privacy) -> None:
    answer(decided.dev, Item.objects.get(key="account").pk, at=LATER, given=UNSURE)
    actions.settle_due(at=LATER)

    assert count_to_nudge(Whom(by=decided.tom, person_id=decided.dev.pk), on=LATER.date()) == 0

    question = decided.dev.questions_asked.get()
    actions.reply(question=question, by=question.contact, text="The one for work.", at=LATER)
    assert count_to_nudge(Whom(by=decided.tom, person_id=decided.dev.pk), on=LATER.date()) == 1


def test_lead_reaches_nobody_elses_people(decided, privacy) -> None:
    for whom in (
        Whom(by=decided.tom, person_id=decided.sal.pk),
        Whom(by=decided.tom, team_ids=frozenset({decided.sales.pk})),
    ):
        with pytest.raises(ActionRefused):
            actions.nudge(whom=whom, at=LATER)
    assert nudged() == set()


@pytest.mark.parametrize("who", ["ann", "dev", "sven"])
def test_who_only_looks_or_answers_may_not_nudge(decided, privacy, who) -> None:
    with pytest.raises(ActionRefused, match="may no longer"):
        actions.nudge(whom=Whom(by=getattr(decided, who)), at=LATER)
    assert not AuditEvent.objects.filter(action="checklist.nudged").exists()


def test_only_what_is_overdue_is_nudged_where_that_is_asked_for(decided, privacy) -> None:
    Assignment.objects.filter(membership=decided.dev).update(due_on=EPOCH.date() - DAY)

    assert actions.nudge(whom=Whom(by=decided.mara, is_overdue=True), at=LATER) == 1
    assert nudged() == {"Dev"}


def test_log_says_how_many_and_names_nobody(decided, privacy) -> None:
    actions.nudge(whom=Whom(by=decided.tom), at=LATER)

    event = AuditEvent.objects.get(action="checklist.nudged")
    assert (event.actor_id, event.target) == (decided.tom.user_id, "")
    assert '"count":2' in event.data


def test_nudge_and_reminder_are_one_line_of_the_digest(decided, privacy) -> None:
    notices.tell_due(decided.organization, at=EPOCH)
    actions.nudge(whom=Whom(by=decided.tom, person_id=decided.dev.pk), at=EPOCH)

    digest.write_mail(at=EPOCH + dt.timedelta(hours=1))

    mail = OutgoingMail.objects.get(user=decided.dev.user)
    assert mail.text.count("* Privacy") == 1
    assert "Some questions wait for you. It takes about 2 minutes. Tom asks you to finish this." in mail.text
    assert mail.notices.count() == 2


def test_who_wants_only_what_is_overdue_is_nudged_about_nothing_else(decided, privacy) -> None:
    for member in (decided.dev, decided.mia):
        notifications.choose(membership=member, only_pressing=True, by=member, at=EPOCH)
    Assignment.objects.filter(membership=decided.mia).update(due_on=EPOCH.date() - DAY)
    actions.nudge(whom=Whom(by=decided.tom), at=EPOCH)

    digest.write_mail(at=EPOCH + dt.timedelta(hours=1))

    assert set(OutgoingMail.objects.filter(notices__rule="nudge").values_list("user__name", flat=True)) == {"Mia"}


def test_nudge_is_taken_back_when_it_is_done(decided, privacy) -> None:
    actions.nudge(whom=Whom(by=decided.tom, person_id=decided.dev.pk), at=LATER)

    answer_everything(decided.dev, at=LATER)
    actions.settle_due(at=LATER)

    assert nudged() == set()


def test_page_says_how_many_and_when_before_the_button(decided, privacy) -> None:
    browser = signed_in(decided.tom)
    listed = browser.get(url(decided, "progress/")).content.decode()
    assert url(decided, f"progress/nudge/?person={decided.dev.pk}") in listed

    page = browser.get(url(decided, "progress/nudge/?status=open"))
    assert "2 people are nudged. Dev, Mia" in page.content.decode()
    assert not Notice.objects.filter(rule="nudge").exists()

    done = browser.post(url(decided, "progress/nudge/?status=open"), follow=True)
    assert "Nudged. It comes with their next mail" in done.content.decode()
    assert nudged() == {"Dev", "Mia"}
    assert "Nobody to nudge" in browser.get(url(decided, "progress/nudge/")).content.decode()


def test_page_of_one_person_says_the_day(decided, privacy) -> None:
    browser = signed_in(decided.mara)
    page = browser.get(url(decided, f"progress/nudge/?person={decided.sal.pk}")).content.decode()

    assert "Nudge Sal?" in page
    assert "It comes with their next mail: " in page
    assert "1 person is nudged. Sal" in page


@pytest.mark.parametrize("asked", ["?person=999999", "?team=999999", "?checklist=999999", "?status=complete"])
def test_page_of_what_is_not_there_is_not_found(decided, privacy, asked) -> None:
    assert signed_in(decided.tom).get(url(decided, f"progress/nudge/{asked}")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_one_and_for_three(decided, privacy, django_assert_num_queries, count) -> None:
    for number in range(count):
        person(decided.organization, f"Extra{number}", team=decided.engineering)
    actions.settle_due(at=clock.now())
    browser = signed_in(decided.mara)
    browser.get(url(decided, "progress/nudge/"))

    with django_assert_num_queries(6):
        browser.get(url(decided, "progress/nudge/"))
