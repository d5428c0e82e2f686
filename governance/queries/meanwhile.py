"""What was said of papers and facts after a submission had frozen how they stood, and what has run out since."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from accounts.models import Organization
from catalog.models import AccessRoute
from governance.models import OwnWord, SignOff
from governance.queries.agreements import EXPIRED, agreements_on, frozen, in_words, shown_on
from governance.queries.own_words import CHECKS, holds, names_in, word_on
from governance.queries.own_words import in_words as word_in_words
from governance.queries.submissions import said_by_all
from operations import clock


def said_meanwhile(sign_off: SignOff, content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each paper and fact of which something newer was said, as it stands now. Two queries.

    :param content: what is to be signed; its sign-off with ``decision__route`` and ``organization``.
    """
    return [*_papers(sign_off, content), *_words(sign_off, content)]


def run_out(route: AccessRoute, organization: Organization, *, on: dt.date) -> list[dict[str, str]]:
    """The papers of a route and our own words on what is said about it that have run out; with the ``check`` of a word. Two
    queries."""
    papers = [one for one in shown_on(route, organization, on=on) if one.state == EXPIRED]
    rows = [{"label": f"{one.name}:", "text": " · ".join(one.about), "check": ""} for one in papers]
    for shown in said_by_all(route, organization):
        word = word_on(shown.fact)
        check = next((one.slug for one in CHECKS if shown.fact.topic_id in one.topics), "")
        if word and check and not holds(word, on=on):
            text = word_in_words(word, by=names_in([shown.fact])[word["by"]], on=on)
            rows.append({"label": f"{shown.fact.topic.name}:", "text": text, "check": check})
    return rows


def _papers(sign_off: SignOff, content: Mapping[str, Any]) -> list[dict[str, str]]:
    known = {one["revision"] for one in content.get("agreements", ())}
    newer = [one for one in agreements_on(sign_off.decision.route, sign_off.organization) if one.pk not in known]
    people = {one.holder.pk: str(one.holder.user) for one in newer if one.holder}
    on = clock.today(sign_off.organization.timezone)
    shown = in_words([frozen(one) for one in newer], people=people, on=on) if newer else []
    said = [one for one in shown if one.revision]
    return [{"label": f"{one.name}:", "text": " · ".join((one.word, *one.about))} for one in said]


def _words(sign_off: SignOff, content: Mapping[str, Any]) -> list[dict[str, str]]:
    facts = {fact["key"]: fact for fact in content["facts"]}
    words = OwnWord.objects.filter(
        organization=sign_off.organization_id, fact_key__in=facts, said_at__gt=sign_off.submitted_at
    )
    newest = words.order_by("fact_key", "-pk").distinct("fact_key").select_related("said_by__user", "paper")
    return [
        {
            "label": f"{facts[one.fact_key]['topic_name']}:",
            "text": word_in_words(
                {
                    "kind": one.kind,
                    "text": one.text,
                    "asked_of": one.asked_of,
                    "said_on": one.said_on.isoformat(),
                    "expires_on": one.expires_on.isoformat(),
                    "paper_name": one.paper.name if one.paper else "",
                    "link": one.paper.link if one.paper else "",
                },
                by=str(one.said_by.user),
            ),
        }
        for one in newest
    ]
