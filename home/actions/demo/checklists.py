"""What the demo company asks its people, and what they have answered; all by the actions of checklists."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from accounts.models import Membership
from accounts.queries import standing_of, with_standing
from checklists import actions
from checklists.actions import Given
from checklists.actions.starting import assign_as_shipped
from checklists.models import Answer, Checklist, ListedItem
from checklists.queries import TaskList, render_items, task_list
from home.actions.demo.story import JOINED, Company, Event, story

# How much of their list people answer, by what the file says of them.
SHARES = {"all": 1.0, "some": 0.6, "none": 0.0}
ADOPTED = 210


def events(company: Company) -> list[Event]:
    """Lists published, answers in the weeks after, one question asked again."""
    happens: list[Event] = [(company.ago(ADOPTED), partial(_adopt, company))]
    for one in story()["checklists"]:
        happens.append((company.ago(one["published"]), partial(_publish, company, one)))
    for number, person in enumerate(story()["people"]):
        happens.extend(_rounds(company, person, number))
    again = story()["asked_again"]
    happens.append((company.ago(again["at"]), partial(_ask_again, company, again)))
    for one in story()["questions"]:
        happens.append((company.ago(one["at"], hour=9), partial(_ask, company, one)))
        if answered := one.get("answered"):
            happens.append((company.ago(answered["at"], hour=10), partial(_reply, company, one, answered)))
    for one in story()["own_checklists"]:
        happens.append((company.ago(one["published"], hour=14), partial(_publish_own, company, one)))
        happens.append((company.ago(one["asked"]["at"], hour=8), partial(_ask_by_name, company, one)))
    return happens


def _rounds(company: Company, person: Mapping[str, Any], number: int) -> Iterator[Event]:
    """Everybody answers once in the weeks after the lists came, or after they joined; most again when asked again."""
    share = SHARES[person.get("answers", "all")]
    joined = person.get("joins", JOINED)
    first = min(172 - number % 9, joined - 1)
    if share and first > 0:
        minute = (number * 7) % 60
        yield company.ago(first, hour=13, minute=minute), partial(_answer, company, person, share, first, 13, minute)
    if share == 1 and number % 3 and not person.get("leaves"):
        again = story()["asked_again"]["at"] - 1 - number % 8
        yield company.ago(again, hour=12), partial(_answer, company, person, share, again, 12, 0)


def _adopt(company: Company) -> None:
    actions.adopt_starters(by=company.manager, at=company.ago(ADOPTED))


def _publish(company: Company, one: Mapping[str, Any]) -> None:
    at = company.ago(one["published"])
    checklist = Checklist.objects.get(organization=company.organization, key=one["key"])
    actions.publish(version=checklist.versions.get(status="draft"), by=company.manager, at=at, editorial=frozenset())
    assign_as_shipped(checklist=checklist, by=company.manager, at=at)


def _tasks(company: Company, name: str, days: float, hour: int, minute: int) -> tuple[Membership, TaskList]:
    membership = with_standing(
        Membership.objects.select_related("organization", "user").filter(pk=company.people[name].pk)
    ).get()
    return membership, task_list(membership, standing_of(membership), at=company.ago(days, hour=hour, minute=minute))


def _answer(company: Company, person: Mapping[str, Any], share: float, days: float, hour: int, minute: int) -> None:
    """Answer this share of what is open: what is shown is confirmed, as a person taps."""
    membership, tasks = _tasks(company, person["name"], days, hour, minute)
    standing, at = standing_of(membership), company.ago(days, hour=hour, minute=minute)
    open_ones = [task for task in tasks.tasks if task.is_open]
    shown = render_items(company.organization, [task.revision for task in open_ones], tasks.decisions)
    for task in open_ones[: round(len(open_ones) * share)]:
        actions.answer(
            membership=membership,
            standing=standing,
            item_id=task.item_id,
            shown_sha256=shown[task.item_id].sha256,
            answered=task.answer_id,
            given=Given(value="yes"),
            at=at,
        )


def _ask(company: Company, one: Mapping[str, Any]) -> None:
    """*I'm not sure*, with the question to the contact."""
    membership, tasks = _tasks(company, one["person"], one["at"], 9, 0)
    task = next(task for task in tasks.tasks if task.revision.item.key == one["item"])
    shown = render_items(company.organization, [task.revision], tasks.decisions)
    actions.answer(
        membership=membership,
        standing=standing_of(membership),
        item_id=task.item_id,
        shown_sha256=shown[task.item_id].sha256,
        answered=task.answer_id,
        given=Given(kind=Answer.Kind.UNSURE, text=one["text"]),
        at=company.ago(one["at"], hour=9),
    )


def _reply(company: Company, one: Mapping[str, Any], answered: Mapping[str, Any]) -> None:
    question = company.people[one["person"]].questions_asked.get(answered_at=None)
    actions.reply(question=question, by=company.manager, text=answered["text"], at=company.ago(answered["at"], hour=10))


def _publish_own(company: Company, one: Mapping[str, Any]) -> None:
    """A list that no starter is behind, in the company's own words."""
    at, by = company.ago(one["published"], hour=14), company.manager
    words = {"name": one["name"], "purpose": one["purpose"], "kind": Checklist.Kind.PERSONAL, "minutes": 1}
    checklist = actions.begin_checklist(**words, review_months=12, keeper=by, by=by, at=at)
    version = checklist.versions.get()
    for item in one["items"]:
        actions.add_item(
            version=version, section_title=item["section"], question=item["question"], why=item["why"], by=by, at=at
        )
    actions.publish(version=version, by=by, at=at, editorial=frozenset())


def _ask_by_name(company: Company, one: Mapping[str, Any]) -> None:
    asked = one["asked"]
    actions.ask_people(
        checklist=Checklist.objects.get(organization=company.organization, name=one["name"]),
        people=[company.people[name] for name in asked["people"]],
        reason=asked["because"],
        due_days=asked["due_days"],
        by=company.manager,
        at=company.ago(asked["at"], hour=8),
    )


def _ask_again(company: Company, again: Mapping[str, Any]) -> None:
    at = company.ago(again["at"])
    checklist = Checklist.objects.get(organization=company.organization, key=again["checklist"])
    version = actions.begin_draft(checklist=checklist, by=company.manager, at=at)
    listed = ListedItem.objects.get(version=version, item__key=again["item"])
    actions.edit_item(listed=listed, by=company.manager, at=at, question=again["question"])
    actions.publish(version=version, by=company.manager, at=at, editorial=frozenset())
