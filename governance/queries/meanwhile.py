"""What was said of papers and facts after a submission had frozen how they stood, and what has run out since."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat, JSONObject

from accounts.models import Organization
from accounts.queries import name_of
from audit.models import Basis
from catalog.models import AccessRoute
from governance.models import Agreement, OwnWord, SignOff
from governance.queries.agreements import EXPIRED, in_words, shown_on
from governance.queries.own_words import CHECKS, holds, names_in, word_on
from governance.queries.own_words import in_words as word_in_words
from governance.queries.submissions import said_by_all


def with_newest_said(sign_offs: QuerySet[SignOff]) -> QuerySet[SignOff]:
    """The same, with the newest that was said of each paper of their route, and of each fact they rest on."""
    papers = Agreement.objects.filter(organization=OuterRef("organization"), route=OuterRef("decision__route"))
    # Of the statement that was frozen, or of what has replaced it since: a word on an earlier one says nothing new.
    of_facts = Basis.objects.filter(
        snapshot=OuterRef(OuterRef("snapshot")),
        key=Concat(Value("fact:"), OuterRef("fact_key")),
        revision__lte=OuterRef("fact_id"),
    )
    words = OwnWord.objects.filter(Exists(of_facts), organization=OuterRef("organization"))
    return sign_offs.annotate(
        newest_papers=ArraySubquery(
            papers.order_by("kind", "title", "-pk")
            .distinct("kind", "title")
            .values(
                row=JSONObject(
                    **_columns(
                        "kind", "title", "state", "parties", "dated_on", "covers_from", "covers_until", "expires_on"
                    ),
                    revision="pk",
                    holder="holder_id",
                    holder_name=name_of("holder__user"),
                    why="why",
                )
            )
        ),
        newest_words=ArraySubquery(
            words.order_by("fact_key", "-pk")
            .distinct("fact_key")
            .values(
                row=JSONObject(
                    **_columns("fact_key", "kind", "text", "asked_of", "said_on", "expires_on"),
                    revision="pk",
                    by_name=name_of("said_by__user"),
                    paper_name="paper__name",
                    link="paper__link",
                )
            )
        ),
    )


def said_meanwhile(sign_off: SignOff, content: Mapping[str, Any], *, on: dt.date) -> list[dict[str, str]]:
    """Each paper and fact of which something newer was said than was frozen, as it stands on that day. No query.

    :param sign_off: of :func:`with_newest_said`.
    :param content: what is to be signed, or was.
    """
    read = vars(sign_off)
    known = {one["revision"] for one in content.get("agreements", ())}
    newer = [one for one in read["newest_papers"] if one["revision"] not in known]
    people = {one["holder"]: one["holder_name"] for one in newer}
    papers = [one for one in in_words(newer, people=people, on=on) if one.revision]
    said = [{"label": f"{one.name}:", "text": " · ".join((one.word, *one.about))} for one in papers]
    facts = {fact["key"]: fact for fact in content["facts"]}
    for word in read["newest_words"]:
        frozen = facts[word["fact_key"]].get("our_word") or {}
        if word["revision"] != frozen.get("revision"):
            text = word_in_words(word, by=word["by_name"], on=on)
            said.append({"label": f"{facts[word['fact_key']]['topic_name']}:", "text": text})
    return said


def _columns(*names: str) -> dict[str, str]:
    return {name: name for name in names}


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
