"""A policy that the demo company keeps: texts seen on three days, one change judged, the newest to be judged; by the apps' own
actions."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from catalog import actions as catalog
from catalog.models import PolicySource
from home.actions.demo.story import FILE, Company, Event, story
from reviews import actions as reviews
from reviews.models import ClauseChange
from reviews.queries.policies import unjudged

TEXT = FILE.with_name("demo_policy.md")


def events(company: Company) -> list[Event]:
    """Each text as it was brought, with what was changed in it since the one before, and how that was judged."""
    happens: list[Event] = []
    text = TEXT.read_text(encoding="utf-8")
    for seen in story()["policy"]["texts"]:
        for was, now in seen.get("changes", {}).items():
            text = text.replace(was, now)
        happens.append((company.ago(seen["at"], hour=9), partial(_bring, company, seen["at"], text)))
        if judged := seen.get("judged"):
            happens.append((company.ago(judged["at"], hour=11), partial(_judge, company, judged)))
    return happens


def _bring(company: Company, days: float, text: str) -> None:
    at = company.ago(days, hour=9)
    source = PolicySource.objects.shipped().get(key=story()["policy"]["source"])
    catalog.add_version(
        by=company.manager, source=source, content=text.encode(), origin="pasted", seen_on=at.date(), at=at
    )
    reviews.assess_policies(at=at)


def _judge(company: Company, judged: Mapping[str, Any]) -> None:
    at = company.ago(judged["at"], hour=11)
    reviews.assess_policies(at=at)
    clauses = list(unjudged(ClauseChange.objects.filter(organization=company.organization, assessment__isnull=False)))
    reviews.judge_clauses(
        by=company.manager,
        clauses=clauses,
        seen={clause.pk: None for clause in clauses},
        verdict="editorial",
        because=judged["because"],
        at=at,
    )
