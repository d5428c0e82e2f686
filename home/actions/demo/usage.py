"""What the demo company was asked to say it uses, and what its people have said; all by the actions of checklists."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from catalog.models import Tool
from checklists import actions
from checklists.actions import Used
from home.actions.demo.story import Company, Event, story


def events(company: Company) -> list[Event]:
    """Everybody asked, most have answered, and what they said counted once all of it is there."""
    usage = story()["usage"]
    happens: list[Event] = [(company.ago(usage["asked"], hour=8), partial(_ask, company, usage))]
    for number, one in enumerate(usage["answers"]):
        at = company.ago(one["at"], hour=11 + number % 5, minute=number)
        happens.append((at, partial(_say, company, one, at)))
    happens.append((company.now, actions.count_usage))
    return happens


def _ask(company: Company, usage: Mapping[str, Any]) -> None:
    due_on = (company.now + dt.timedelta(days=usage["due"])).date()
    at = company.ago(usage["asked"], hour=8)
    actions.ask_what_is_used(keeper=company.manager, due_on=due_on, by=company.manager, at=at)


def _say(company: Company, one: Mapping[str, Any], at: dt.datetime) -> None:
    used = [
        Used(
            tool["account"],
            Tool.objects.get(organization=None, key=tool["tool"]) if "tool" in tool else None,
            tool.get("name", ""),
            tuple(tool["for"]),
        )
        for tool in one["uses"]
    ]
    actions.say_what_is_used(membership=company.people[one["person"]], used=used, at=at)
