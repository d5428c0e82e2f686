"""What the demo company has decided, and what it is still deciding; all by the actions of governance."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from audit.actions import snapshot_digest
from catalog.models import AccessRoute, Fact
from governance import actions
from governance.actions import LineOfScope
from governance.models import OwnWord, RouteDecision, SignOff
from governance.queries.own_words import OLD
from governance.queries.sign_offs import to_be_signed
from governance.queries.submissions import frozen_content, open_on
from home.actions.demo.story import Company, Event, story


def events(company: Company) -> list[Event]:
    """Every step of every decision in the file."""
    return [event for one in story()["decisions"] for event in _steps(company, one)]


def _steps(company: Company, one: Mapping[str, Any]) -> Iterator[Event]:
    proposed = one["proposed"]
    yield company.ago(proposed), partial(_propose, company, one)
    write = partial(_write, company, one, conditions=one["conditions"], days=proposed)
    yield company.ago(proposed, hour=11), write
    yield company.ago(proposed, hour=13), partial(_check_facts, company, one, days=proposed)
    yield company.ago(proposed, hour=15), partial(_submit, company, one, days=proposed)
    if asked := one.get("changes_asked"):
        if asked["group"] == "legal":
            yield company.ago(asked["at"] + 2, hour=14), partial(_sign, company, one, "security", days=asked["at"] + 2)
        yield company.ago(asked["at"], hour=14), partial(_ask_for_changes, company, one, asked)
    if again := one.get("resubmitted"):
        write = partial(_write, company, one, conditions=one["changed_conditions"], days=again)
        yield company.ago(again, hour=11), write
        yield company.ago(again, hour=13), partial(_check_facts, company, one, days=again)
        yield company.ago(again, hour=15), partial(_submit, company, one, days=again)
    for said in one.get("comments", ()):
        yield company.ago(said["at"], hour=said["hour"]), partial(_comment, company, one, said)
    for group, days in one.get("signed", {}).items():
        yield company.ago(days, hour=14), partial(_sign, company, one, group, days=days)
    for key, verb in (("suspended", actions.suspend), ("retired", actions.retire)):
        if what := one.get(key):
            yield company.ago(what["at"], hour=16), partial(_end, company, one, verb, what)
            for name, days in what.get("stopped", {}).items():
                yield company.ago(days, hour=9), partial(_stop, company, one, name, days=days)


def _newest(company: Company, one: Mapping[str, Any]) -> RouteDecision:
    return RouteDecision.objects.filter(organization=company.organization, route__key=one["route"]).latest("number")


def _propose(company: Company, one: Mapping[str, Any]) -> None:
    route = AccessRoute.objects.get(organization=None, key=one["route"], retired_at=None)
    actions.propose(route=route, by=company.manager, at=company.ago(one["proposed"]))


def _end(company: Company, one: Mapping[str, Any], verb: Callable[..., object], what: Mapping[str, Any]) -> None:
    verb(
        decision=_newest(company, one),
        by=company.manager,
        reason=what["because"],
        at=company.ago(what["at"], hour=16),
        is_material=False,
    )


def _write(company: Company, one: Mapping[str, Any], *, conditions: str, days: float) -> None:
    at, decision = company.ago(days, hour=11), _newest(company, one)
    actions.edit(
        decision=decision,
        by=company.manager,
        at=at,
        outcome=one["outcome"],
        why=one["why"],
        conditions=conditions,
        permission_modes=one.get("permission_modes", []),
        review_months=one["review_months"],
    )
    classes = company.organization.data_classes.filter(key__in=one.get("data_classes", ()))
    uses = company.organization.uses.filter(key__in=one.get("uses", ()))
    line = LineOfScope(
        team_ids=frozenset(company.teams[name].pk for name in one["teams"]),
        use_ids=frozenset(uses.values_list("pk", flat=True)),
        data_class_ids=frozenset(classes.values_list("pk", flat=True)),
        repositories=one.get("repositories", ""),
    )
    actions.set_scope(decision=decision, lines=[line], by=company.manager, at=at)


def _check_facts(company: Company, one: Mapping[str, Any], *, days: float) -> None:
    """The four checks of a route: what the manager looked up, what was asked of the vendor, and what is accepted."""
    at, decision = company.ago(days, hour=13), _newest(company, one)
    today = at.date()
    if decision.outcome == RouteDecision.Outcome.NOT_ALLOWED:
        return
    for lacking in open_on(decision.route, company.organization, on=today):
        fact = Fact.objects.select_related("topic").get(pk=lacking.fact["revision"]) if lacking.fact else None
        asked = one.get("asked", {}).get(fact.topic_id) if fact else None
        if fact and asked:
            until = today + dt.timedelta(days=asked["days_to_answer"])
            words = {"kind": OwnWord.Kind.ASKED, "asked_of": asked["of"], "text": asked["what"], "expires_on": until}
        elif fact and lacking.state == OLD:
            until = today + dt.timedelta(days=fact.topic.old_after_days)
            words = {"kind": OwnWord.Kind.CHECKED, "expires_on": until}
        else:
            continue
        actions.say(fact=fact, by=company.manager, at=at, **words)
    until = today + dt.timedelta(days=183)
    actions.accept(route=decision.route, why=story()["accepted_because"], expires_on=until, by=company.manager, at=at)


def _submit(company: Company, one: Mapping[str, Any], *, days: float) -> None:
    decision = _newest(company, one)
    content, bases = frozen_content(decision)
    actions.submit(
        decision=decision,
        by=company.manager,
        shown_sha256=snapshot_digest(content, bases=bases),
        at=company.ago(days, hour=15),
    )


def _sign(company: Company, one: Mapping[str, Any], group: str, *, days: float) -> None:
    sign_off = SignOff.objects.select_related("snapshot").get(decision=_newest(company, one))
    conditions = [
        actions.Condition(
            text=what["text"],
            keeper=company.manager,
            due_on=company.now.date() + dt.timedelta(days=what["due_in"]),
            suspends=what.get("suspends", False),
        )
        for what in one.get("signed_with", {}).get(group, ())
    ]
    actions.sign(
        sign_off=sign_off,
        stage=sign_off.stages.filter(signature__isnull=True).earliest("position"),
        by=company.signer(group),
        shown_sha256=to_be_signed(sign_off).sha256,
        at=company.ago(days, hour=14),
        conditions=conditions,
    )


def _stop(company: Company, one: Mapping[str, Any], name: str, *, days: int) -> None:
    actions.say_stopped(decision=_newest(company, one), by=company.people[name], at=company.ago(days, hour=9))


def _comment(company: Company, one: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    actions.comment(
        sign_off=SignOff.objects.get(decision=_newest(company, one)),
        anchor=said["about"],
        text=said["text"],
        by=company.people[said["person"]],
        at=company.ago(said["at"], hour=said["hour"]),
    )


def _ask_for_changes(company: Company, one: Mapping[str, Any], asked: Mapping[str, Any]) -> None:
    sign_off = SignOff.objects.select_related("snapshot").get(decision=_newest(company, one))
    actions.ask_for_changes(
        sign_off=sign_off,
        stage=sign_off.stages.filter(signature__isnull=True).earliest("position"),
        by=company.signer(asked["group"]),
        comment=asked["because"],
        shown_sha256=sign_off.snapshot.sha256,
        at=company.ago(asked["at"], hour=14),
    )
