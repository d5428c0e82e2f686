"""The first screen of somebody who signs: the proposal in two sentences, and ten questions in counsel's order."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from governance.models import RouteDecision
from operations.templatetags.dates import day

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "counsel_questions.yaml"
# So many facts answer a question on the first screen; the others stand under their topic.
SHOWN = 2
# What was frozen comes in the order of its topics; what a signer has to see first comes first here.
FIRST = {"conflicting": 0, "unknown": 1}
# The questions, for the translators.
gettext_noop("Who contracts with whom?")
gettext_noop("Is the vendor a processor or a controller?")
gettext_noop("Is what we enter used for training?")
gettext_noop("What is kept, and for how long?")
gettext_noop("Who else receives it?")
gettext_noop("Where is it processed and kept?")
gettext_noop("What may be entered?")
gettext_noop("Who sees it?")
gettext_noop("Whose is the output?")
gettext_noop("What happens at the end?")


@cache
def questions() -> list[dict[str, Any]]:
    """The ten, as they ship."""
    return yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))["questions"]


def in_two_sentences(shown: Mapping[str, Any]) -> list[str]:
    """What is proposed, for whom, until when; and who looks after it, in place of what.

    :param shown: of ``showing.showing``.
    """
    whom = " / ".join("; ".join(pair["description"] for pair in line["pairs"]) for line in shown["scope_words"])
    about = {
        "route": shown["route"]["name"],
        "whom": whom,
        "keeper": shown["keeper_name"],
        "often": shown["review_word"],
    }
    about |= {"until": day(shown["until_day"]) if shown["until_day"] else "", "number": shown["replaces"]}
    first = {
        RouteDecision.Outcome.ALLOWED: _("%(route)s is to be allowed for: %(whom)s."),
        RouteDecision.Outcome.ALLOWED_UNTIL: _("%(route)s is to be allowed until %(until)s for: %(whom)s."),
        RouteDecision.Outcome.NOT_ALLOWED: _("%(route)s is not to be allowed for: %(whom)s."),
    }[RouteDecision.Outcome(shown["outcome"])]
    if shown["replaces"]:
        second = _("%(keeper)s keeps it and looks at it again %(often)s; it takes the place of revision %(number)s.")
    else:
        second = _("%(keeper)s keeps it and looks at it again %(often)s; until now nothing holds for this route.")
    return [first % about, second % about]


def answered(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ten questions, each with the facts that answer it; one without any says that nobody knows."""
    cards = {card["anchor"]: card for topic in shown["topics"] for card in topic["cards"]}
    places = {card["anchor"]: place for place, topic in enumerate(shown["topics"], start=1) for card in topic["cards"]}
    return [_answered(one, shown, cards, places) for one in questions()]


def _answered(
    one: Mapping[str, Any], shown: Mapping[str, Any], cards: Mapping[str, Any], places: Mapping[str, int]
) -> dict[str, Any]:
    order = {topic: place for place, topic in enumerate(one["topics"])}
    facts = [fact for fact in shown["facts"] if fact["topic"] in order]
    facts.sort(key=lambda fact: (FIRST.get(fact["state"], 2), order[fact["topic"]]))
    anchors = [f"fact:{fact['key']}" for fact in facts]
    more = {places[anchor]: shown["topics"][places[anchor] - 1]["name"] for anchor in anchors[SHOWN:]}
    asks_scope = one.get("asks") == "scope"
    entered = [_entered(line) for line in shown["scope_words"]]
    if shown["outcome"] == RouteDecision.Outcome.NOT_ALLOWED:
        entered = [_("Nothing: it is not to be used.")]
    return {
        "question": _(one["question"]),
        "cards": [cards[anchor] for anchor in anchors[:SHOWN]],
        "more": [{"place": place, "name": name} for place, name in more.items()],
        "lines": entered if asks_scope else [],
    }


def _entered(line: Mapping[str, Any]) -> str:
    """A line of the scope as an answer to what may be entered: kinds of data, and where."""
    return "; ".join(pair["description"] for pair in line["pairs"][-2:])
