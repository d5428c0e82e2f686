"""Companies half a year on: everything has fallen due, and nothing has run since."""

import datetime as dt

from accounts.actions import importing
from audit.actions import keep_snapshot, snapshot_digest
from catalog import actions as catalog
from catalog.models import Fact
from checklists import actions as checklists
from governance import actions as governance
from governance.queries.submissions import frozen_content
from operations import clock
from tests.accounts.imports import brought
from tests.cast import Company, company, person
from tests.checklists.steps import answer_everything, checklist, decide, route
from tests.factories import accepted, make_topic

HALF_A_YEAR = dt.timedelta(days=200)
YEAR = dt.timedelta(days=366)


def overdue(slug: str) -> Company:
    """A company with a decision to review, one whose time is over, one to sign, a checklist that nobody looked after, and Ruth,
    who left years ago."""
    then = clock.now() - HALF_A_YEAR
    made = company(slug, then)
    decide(made, route("team-plan", "TP1"), at=then)
    until = (clock.now() - dt.timedelta(days=1)).date()
    unmet = governance.Condition("Sign the agreement.", made.mara, then.date(), suspends=True)
    decide(made, route("pilot", "PLT"), at=then, outcome="allowed_until", until=until, signed_with=[unmet])
    _waits_for_a_signature(made, then)
    _asked_of_everybody(made, then)
    _list_to_import(made, then)
    person(made.organization, "Ruth", at=then - 5 * YEAR, left_at=then - 4 * YEAR)
    return made


def a_fact_has_changed(*companies: Company) -> None:
    """A shipped fact that each of these companies was shown says something else now."""
    topic = make_topic("training")
    words = {
        "route": route("api", "API"),
        "topic": topic,
        "key": "api.training",
        "promise": "report",
        "recorded_at": clock.now() - HALF_A_YEAR,
    }
    old = Fact.objects.create(statement="Never.", digest="1", superseded_at=clock.now(), **words)
    Fact.objects.create(statement="Sometimes.", digest="2", **words)
    for one in companies:
        bases = {f"fact:{old.key}": old.pk}
        keep_snapshot({"shown": 1}, organization_id=one.organization.pk, bases=bases, at=old.recorded_at)


def a_policy_has_changed(*companies: Company) -> None:
    """A page that each of these companies keeps itself, of which one text was looked at by nobody and a newer one has come."""
    at = clock.now() - dt.timedelta(days=30)
    for one in companies:
        source = catalog.add_source(by=one.mara, title="Our agreement", url="", at=at)
        for kept, days in (("30 days", 9), ("5 years", 0)):
            text = f"# Agreement\n\n## Retention\n\nWhat you enter is kept for {kept}."
            words = {"content": text.encode(), "origin": "pasted", "seen_on": at.date() - dt.timedelta(days=days)}
            catalog.add_version(by=one.mara, source=source, at=at, **words)


def _waits_for_a_signature(acme: Company, then: dt.datetime) -> None:
    draft = governance.propose(route=accepted(route("cloud", "CLD"), by=acme.mara, at=then), by=acme.mara, at=then)
    draft = governance.edit(decision=draft, by=acme.mara, at=then, why="We need it.", keeper=acme.mara)
    draft = governance.set_scope(decision=draft, lines=[governance.LineOfScope()], by=acme.mara, at=then)
    content, bases = frozen_content(draft)
    governance.submit(decision=draft, by=acme.mara, shown_sha256=snapshot_digest(content, bases=bases), at=then)


def _list_to_import(acme: Company, then: dt.datetime) -> None:
    """Asked for long ago: somebody new, and a team for her."""
    people_import = brought(f"E-Mail,Team\nada@{acme.organization.slug}.example,Support\n", by=acme.mara, at=then)
    importing.ask_for_import(people_import=people_import, by=acme.mara, at=then, makes_teams=True)


def _asked_of_everybody(acme: Company, then: dt.datetime) -> None:
    """Sal has answered in time, for a month."""
    made = checklist(acme, "privacy", ["Account?"], at=then, valid_months=1)
    checklists.assign(checklist=made, by=acme.mara, at=then)
    answer_everything(acme.sal, at=then + dt.timedelta(days=1))
