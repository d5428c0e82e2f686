"""Our own word on facts: what it says, whether it still counts, and what a decision can't be submitted without."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Organization
from accounts.queries import name_of
from catalog.models import Fact
from governance.models import OwnWord
from operations.templatetags.dates import day

SILENT, OLD = "silent", "old"


@dataclass(frozen=True)
class Check:
    """One thing to look at before anybody is allowed anything: facts on these topics."""

    slug: str
    name: str | Promise
    asks: str | Promise
    topics: tuple[str, ...]


# In the order in which a route is checked (issue of every decision that allows: who trains on it, who keeps it and how
# long, who receives it, under which contract and with whom).
CHECKS = (
    Check("training", gettext_lazy("Training"), gettext_lazy("Does anybody train on what we enter?"), ("training",)),
    Check("retention", gettext_lazy("Retention"), gettext_lazy("How long is it kept, and by whom?"), ("retention",)),
    Check(
        "recipients",
        gettext_lazy("Recipients"),
        gettext_lazy("Who receives it?"),
        ("sub-processors", "data-flow"),
    ),
    Check(
        "contract",
        gettext_lazy("Contract"),
        gettext_lazy("Under which terms, and with whom?"),
        ("contract", "contracting-party"),
    ),
)


@dataclass(frozen=True)
class Open:
    """What a check still lacks: a fact that is old, unknown or conflicting, or (``silent``) no fact at all."""

    check: Check
    state: str
    fact: Mapping[str, Any] | None = None

    @property
    def key(self) -> str:
        """What a form calls it."""
        return f"fact-{self.fact['revision']}" if self.fact else f"silent-{self.check.slug}"

    def __str__(self) -> str:
        if self.fact is None:
            return _("%(check)s: nothing is said about it.") % {"check": self.check.name}
        state = {"unknown": _("not known"), "conflicting": _("sources disagree")}.get(self.state, _("old"))
        about = {"topic": self.fact["topic_name"], "says": self.fact["statement"], "state": state}
        return _("%(topic)s: %(says)s (%(state)s)") % about


def newest_word(organization: Organization) -> Subquery:
    """Our newest word on each fact, as a column for ``catalog.queries.said_of``; of other words than these it says nothing.

    ``by_name`` is for pages; a snapshot keeps the id alone.
    """
    words = OwnWord.objects.filter(organization=organization, fact_key=OuterRef("key")).order_by("-pk")
    columns = {name: name for name in ("kind", "text", "asked_of", "said_on", "expires_on")}
    return Subquery(
        words.values(
            row=JSONObject(
                revision="pk",
                fact="fact_id",
                by="said_by_id",
                by_name=name_of("said_by__user"),
                paper="paper_id",
                paper_name="paper__name",
                paper_sha256="paper__sha256",
                link="paper__link",
                **columns,
            )
        )[:1]
    )


def word_on(fact: Fact) -> dict[str, Any] | None:
    """What :func:`newest_word` found, as it is frozen; None where nothing was said of these very words."""
    word = dict(vars(fact).get("our_word") or {})
    if word.pop("fact", None) != fact.pk:
        return None
    word.pop("by_name")
    return word


def names_in(facts: Iterable[Fact]) -> dict[int, str]:
    """Who said these words, by the id that a snapshot keeps."""
    words = (vars(fact).get("our_word") for fact in facts)
    return {word["by"]: word["by_name"] for word in words if word}


def holds(word: Mapping[str, Any] | None, *, on: dt.date) -> bool:
    """Whether a word that was said still counts on that day."""
    return word is not None and dt.date.fromisoformat(word["expires_on"]) >= on


def open_checks(facts: Iterable[Mapping[str, Any]], *, on: dt.date) -> list[Open]:
    """What nobody has given a word on, in the order of ``CHECKS``; ``facts`` as ``submissions.said`` puts them."""
    by_topic: dict[str, list[Mapping[str, Any]]] = {}
    for fact in facts:
        by_topic.setdefault(fact["topic"], []).append(fact)
    found = []
    for check in CHECKS:
        about = [fact for topic in check.topics for fact in by_topic.get(topic, [])]
        found += [] if about else [Open(check, SILENT)]
        found += [
            Open(check, state, fact)
            for fact in about
            if (state := doubt_of(fact, on=on)) and not holds(fact.get("our_word"), on=on)
        ]
    return found


def doubt_of(fact: Mapping[str, Any], *, on: dt.date) -> str:
    """``unknown``, ``conflicting`` or ``old``; empty where a fact can be relied on as it stands."""
    if fact["state"] != Fact.State.KNOWN:
        return str(fact["state"])
    newest = max(fact["as_of"] or "", fact.get("seen_on") or "")
    if not newest:
        return OLD
    return OLD if (on - dt.date.fromisoformat(newest)).days > fact["old_after_days"] else ""


def lacks_in_words(of_check: list[Open]) -> str:
    """What one check lacks, in a sentence; ``of_check`` is not empty."""
    check = of_check[0].check
    states = [one.state for one in of_check]
    if SILENT in states:
        return _("%(check)s: nothing is said about it. Say what you know, or accept that you don't.") % {
            "check": check.name
        }
    counts = {
        Fact.State.UNKNOWN: ngettext("%(count)d is not known", "%(count)d are not known", states.count("unknown")),
        Fact.State.CONFLICTING: ngettext(
            "on %(count)d sources disagree", "on %(count)d sources disagree", states.count("conflicting")
        ),
        OLD: ngettext("%(count)d is old", "%(count)d are old", states.count(OLD)),
    }
    parts = [words % {"count": states.count(state)} for state, words in counts.items() if states.count(state)]
    return _("%(check)s: of what is said, %(what)s, and we have said nothing of our own.") % {
        "check": check.name,
        "what": ", ".join(parts),
    }


def in_words(word: Mapping[str, Any], *, by: str, on: dt.date | None = None) -> str:
    """A word as a sentence of a page: what, by whom, when, and until when it counts; where a paper lies is no part of it."""
    about = {
        "person": by,
        "day": day(dt.date.fromisoformat(word["said_on"])),
        "until": day(dt.date.fromisoformat(word["expires_on"])),
        "text": word["text"],
        "asked": word["asked_of"],
        "paper": word["paper_name"] or "",
    }
    sentences = {
        OwnWord.Kind.CHECKED: _("Checked by %(person)s on %(day)s: it still says this."),
        OwnWord.Kind.IN_WRITING: _("In writing, says %(person)s on %(day)s: “%(text)s”"),
        OwnWord.Kind.ASKED: _("%(person)s asked %(asked)s on %(day)s: %(text)s"),
        OwnWord.Kind.ACCEPTED: _("Accepted as it is by %(person)s on %(day)s: %(text)s"),
    }
    until = {
        OwnWord.Kind.ASKED: _("The answer is due on %(until)s."),
    }.get(OwnWord.Kind(word["kind"]), _("It counts until %(until)s."))
    if on is not None and not holds(word, on=on):
        until = _("It counted until %(until)s: say it again.")
    paper = [_("(%(paper)s)")] if about["paper"] else []
    return " ".join([str(sentences[OwnWord.Kind(word["kind"])]), *paper, until]) % about
