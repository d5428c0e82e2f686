"""What answers itself: how far it is so, since when, and what shows it; nobody ticks it (``checklists_answers_itself``)."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization

# Each decision with whoever signed it and the day it is looked at next: at that moment, as the sources themselves.
_PROOFS = """
SELECT itself.source, itself.done, itself.total, itself.since, coalesce((
           SELECT json_agg(json_build_object(
                      'decision', decision.id, 'route', route.name, 'code', route.short_code, 'line', period.line,
                      'sign_off', decision.sign_off_id, 'sha256', snapshot.sha256, 'next_on', next.next_on,
                      'signed', (SELECT coalesce(json_agg(json_build_object(
                                            'group', stage.name, 'person', coalesce(nullif(person.name, ''), person.email))
                                        ORDER BY stage.position), '[]')
                                 FROM governance_signature said
                                 JOIN governance_signoffstage stage ON stage.id = said.stage_id
                                 JOIN accounts_user person ON person.id = said.user_id
                                 WHERE said.sign_off_id = decision.sign_off_id AND said.at <= %(at)s))
                  ORDER BY route.name, decision.id)
           FROM governance_routedecision decision
           JOIN catalog_accessroute route ON route.id = decision.route_id
           JOIN governance_signoff sign_off ON sign_off.id = decision.sign_off_id
           JOIN audit_snapshot snapshot ON snapshot.id = sign_off.snapshot_id
           LEFT JOIN governance_forceperiod period ON period.decision_id = decision.id AND period.ended_at IS NULL
           LEFT JOIN next ON next.decision_id = decision.id
           WHERE decision.id = ANY (itself.decision_ids)), '[]'),
       coalesce((
           SELECT json_agg(json_build_object('id', route.id, 'name', route.name) ORDER BY route.name)
           FROM catalog_accessroute route WHERE route.id = ANY (itself.open_route_ids)), '[]')
FROM checklists_answers_itself(%(organization)s, %(at)s) itself
"""
_WITH = "WITH next AS MATERIALIZED (SELECT * FROM reviews_next_days(%(organization)s, %(at)s))"


@dataclass(frozen=True)
class Decided:
    """A signed decision that shows it.

    :ivar signed: who signed for which group; ``sha256`` of what they signed.
    :ivar next_on: when it is looked at next.
    """

    decision: int
    route: str
    code: str
    line: int | None
    sign_off: int
    sha256: str
    next_on: dt.date | None
    signed: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Proof:
    """How far something is so that the product itself knows: ``done`` of ``total``, all of at least one.

    :ivar still_open: the routes (``id``, ``name``) for which it is not so yet.
    """

    source: str
    done: int
    total: int
    since: dt.datetime | None
    shown_by: tuple[Decided, ...]
    still_open: tuple[Mapping[str, Any], ...]

    @property
    def holds(self) -> bool:
        return 0 < self.total == self.done

    @property
    def in_words(self) -> str:
        """How far it is so, in a sentence with its numbers."""
        return _IN_WORDS[self.source](self.done, self.total) % {"done": self.done, "total": self.total}

    @property
    def done_on(self) -> str:
        """The name of the page on which it becomes so; empty where it is so."""
        return "" if self.holds else _DONE_ON[self.source]

    @property
    def is_about_people(self) -> bool:
        return self.source == "people-cleared"

    @property
    def is_about_signatures(self) -> bool:
        return self.source == "signed-off"

    @property
    def is_about_days(self) -> bool:
        return self.source == "reviews-scheduled"


def proofs_of(organization: Organization, *, at: dt.datetime) -> dict[str, Proof]:
    """What the product knows by itself at a moment, by where from it knows it; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH + _PROOFS, {"organization": organization.pk, "at": at})
        return {source: _proof(source, *rest) for source, *rest in cursor.fetchall()}


def _proof(source: str, done: int, total: int, since: dt.datetime | None, shown_by: str, still_open: str) -> Proof:
    decided = [
        Decided(**{**row, "next_on": _day(row["next_on"]), "signed": tuple(row["signed"])}) for row in _rows(shown_by)
    ]
    return Proof(source, done, total, since, tuple(decided), tuple(_rows(still_open)))


def _rows(said: str | list) -> list[dict[str, Any]]:
    return json.loads(said) if isinstance(said, str) else said


def _day(said: str | None) -> dt.date | None:
    return dt.date.fromisoformat(said) if said else None


def _decided(_done: int, total: int) -> str:
    if not total:
        return _("No route is decided yet.")
    return ngettext("%(done)d of %(total)d route is decided.", "%(done)d of %(total)d routes are decided.", total)


def _signed(_done: int, total: int) -> str:
    if not total:
        return _("No decision is in force yet.")
    return ngettext(
        "%(done)d of %(total)d decision in force is signed by everybody who has to.",
        "%(done)d of %(total)d decisions in force are signed by everybody who has to.",
        total,
    )


def _scoped(_done: int, total: int) -> str:
    if not total:
        return _("No decision that allows a route is in force yet.")
    return ngettext(
        "%(done)d of %(total)d decision that allows a route says for whom and what.",
        "%(done)d of %(total)d decisions that allow a route say for whom and what.",
        total,
    )


def _scheduled(_done: int, total: int) -> str:
    if not total:
        return _("No decision is in force yet.")
    return ngettext(
        "%(done)d of %(total)d decision in force has its next review ahead of it.",
        "%(done)d of %(total)d decisions in force have their next review ahead of them.",
        total,
    )


def _cleared(_done: int, total: int) -> str:
    if not total:
        return _("Nobody is asked anything yet, and nobody is cleared by being asked nothing.")
    return ngettext(
        "%(done)d of %(total)d is cleared; a person counts once for each route.",
        "%(done)d of %(total)d are cleared; a person counts once for each route.",
        total,
    )


# What is known by itself → how it is said.
_IN_WORDS: dict[str, Callable[[int, int], str]] = {
    "route-decided": _decided,
    "signed-off": _signed,
    "scope-decided": _scoped,
    "reviews-scheduled": _scheduled,
    "people-cleared": _cleared,
}

# What is known by itself → the page on which it becomes so; that of reviews by its name, they stand above.
_DONE_ON = {
    "route-decided": "governance:route-list",
    "signed-off": "governance:sign-off-list",
    "scope-decided": "governance:decision-list",
    "reviews-scheduled": "reviews:review-list",
    "people-cleared": "checklists:checklist-list",
}
