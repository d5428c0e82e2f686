"""Just me: what the four questions mean, and everything that whoever works alone needs, on one page."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Min
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.models import Membership, Organization
from accounts.queries import Standing
from audit.actions import snapshot_digest
from catalog.models import Procedure
from checklists.models import Answer
from checklists.queries import Task, task_list
from governance.models import RouteDecision
from governance.queries.cards import hops_shown, topics_of
from governance.queries.own_words import open_checks
from governance.queries.submissions import frozen_content
from operations import clock

Status = RouteDecision.Status
STANDS = (Status.APPROVED, Status.SUSPENDED, Status.SUBMITTED, Status.DRAFT)  # the first there is, is shown


@dataclass(frozen=True)
class Check:
    """One of the four: the question with its steps, those of this system and of this plan with them."""

    task: Task
    steps: list[str]
    procedures: list[dict[str, Any]]


@dataclass(frozen=True)
class SoloPage:
    """The one page of whoever works alone.

    :ivar shown: what the decision says of the route, with ``topics``, ``open_topics`` (names) and ``hops`` as pages show
        them; None without one.
    :ivar sha256: the hash of what would be agreed to; empty once it is.
    :ivar accepts: what agreeing accepts until the next look, because it is old, unknown or disputed; in words.
    :ivar look_again_on: the day the first answer runs out; None while one is missing.
    """

    decision: RouteDecision | None
    shown: dict[str, Any] | None
    sha256: str
    accepts: list[str]
    checks: list[Check]
    look_again_on: dt.date | None

    @property
    def is_agreed(self) -> bool:
        return self.decision is not None and self.decision.is_in_force

    @property
    def left(self) -> int:
        return sum(check.task.is_open for check in self.checks)


@cache
def meanings() -> dict[str, Any]:
    """The four questions with their answers, as shipped; each answer by its key, in order."""
    path = Path(__file__).resolve().parent.parent / "data" / "solo.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    questions = ("plans", "codes", "systems", "places")
    return said | {name: {one["key"]: one for one in said[name]} for name in questions}


def solo_page(membership: Membership, standing: Standing, *, at: dt.datetime) -> SoloPage:
    """How it stands now; seven queries at most, those of the list and of the decision included."""
    tasks = task_list(membership, standing, at=at)
    decision = _decision_of(membership.organization)
    content, sha256 = _content_of(decision) if decision else (None, "")
    today = clock.day_of(at, membership.organization.timezone)
    return SoloPage(
        decision=decision,
        shown=content and _shown(content),
        sha256=sha256,
        accepts=[str(one) for one in open_checks(content["facts"], on=today)] if content and sha256 else [],
        checks=_checks(tasks.tasks, decision),
        look_again_on=_look_again_on(tasks.tasks),
    )


def look_again_on(membership: Membership, standing: Standing, *, at: dt.datetime) -> dt.date | None:
    """The day the first of the answers runs out; None while one is missing."""
    return _look_again_on(task_list(membership, standing, at=at).tasks)


def calendar_of(organization: Organization, day: dt.date, *, at: dt.datetime) -> bytes:
    """The day as a file that any calendar reads; the same day is the same entry, however often it is taken."""
    event = Event()
    event.add("uid", f"{organization.pk}-{day.isoformat()}@wayleave")
    event.add("dtstamp", at)
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", _("Look again: the four checks of your AI tool"))
    event.add("description", settings.PUBLIC_URL + organization.get_absolute_url())
    calendar = Calendar()
    calendar.add("prodid", "-//Wayleave//Just me//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return calendar.to_ical()


def _decision_of(organization: Organization) -> Any:
    """What holds, else what is being prepared; with the answers to the four questions and every shipped procedure."""
    shipped = Procedure.objects.shipped().standing().order_by("key")
    said = {name: name for name in ("key", "title", "steps", "effects")}
    found = RouteDecision.objects.filter(organization=organization, status__in=STANDS).annotate(
        answers=F("organization__set_up_link__answers"),
        procedures=ArraySubquery(shipped.values(row=JSONObject(**said))),
    )
    return min(
        found.select_related("route", "organization", "sign_off__snapshot").order_by("-pk"),
        key=lambda decision: STANDS.index(decision.status),
        default=None,
    )


def _content_of(decision: RouteDecision) -> tuple[dict[str, Any], str]:
    if decision.sign_off:
        return decision.sign_off.content, ""
    content, bases = frozen_content(decision)
    return content, snapshot_digest(content, bases=bases)


def _shown(content: dict[str, Any]) -> dict[str, Any]:
    topics = topics_of(content["facts"])
    open_topics = [topic["name"] for topic in topics if topic["unsettled"]]
    return {**content, "topics": topics, "open_topics": open_topics, "hops": hops_shown(content["hops"])}


def _checks(tasks: list[Task], decision: Any) -> list[Check]:
    answers = (decision and decision.answers) or {}
    plan = meanings()["plans"].get(answers.get("plan"), {"procedures": []})
    more = meanings()["systems"].get(answers.get("system"), {"more": {}})["more"]
    procedures = [one for one in decision.procedures if one["key"] in plan["procedures"]] if decision else []
    return [
        Check(
            task=task,
            steps=[*task.revision.steps, *more.get(task.section_key, [])],
            procedures=procedures if task.revision.procedures else [],
        )
        for task in tasks
    ]


def _look_again_on(tasks: list[Task]) -> dt.date | None:
    if not tasks or any(task.is_open for task in tasks):
        return None
    answers = Answer.objects.filter(pk__in=[task.answer_id for task in tasks])
    return answers.aggregate(first=Min("valid_until"))["first"]
