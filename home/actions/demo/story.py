"""What the demo company's file says, and the moments it counts back from."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from accounts.models import Invitation, JobRole, Membership, Organization, SignOffGroup, Team

FILE = Path(__file__).resolve().parents[2] / "data" / "demo.yaml"
JOINED = 232


@cache
def story() -> dict[str, Any]:
    """The whole file."""
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


# What happens and when: events of all kinds are run in the order of time, so that the log reads like a log.
Event = tuple[dt.datetime, Callable[[], object]]


@dataclass
class Company:
    """The demo company while it is being made."""

    organization: Organization
    owner: Membership
    now: dt.datetime
    people: dict[str, Membership] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    groups: dict[str, SignOffGroup] = field(default_factory=dict)
    job_roles: dict[str, JobRole] = field(default_factory=dict)
    invitations: dict[str, Invitation] = field(default_factory=dict)

    def ago(self, days: float, *, hour: int = 10, minute: int = 0) -> dt.datetime:
        """A moment so many days ago, in office hours where the company is; never later than now."""
        day = (self.now - dt.timedelta(days=days)).astimezone(ZoneInfo(self.organization.timezone))
        return min(day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(dt.UTC), self.now)

    @property
    def manager(self) -> Membership:
        """Who runs the roll-out."""
        return next(self.people[one["name"]] for one in story()["people"] if one.get("level") == "manager")

    def signer(self, group: str) -> Membership:
        """The first who signs for this group."""
        return next(self.people[one["name"]] for one in story()["people"] if one.get("group") == group)
