"""What was said beside the lines of what is to be signed, for whoever reads it."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Q
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from governance.models import SignOff, SignOffComment
from governance.queries.agreements import in_words


def anchors_of(content: Mapping[str, Any]) -> dict[str, str]:
    """The lines of a frozen content that can be commented on: anchor → what the line is called.

    Of another kind than a decision: what it says is open (``blockers``), rests on (``decisions``), and asks (``items``).
    """
    anchors = {"whole": content["title"], "why": _("Why")}
    if content["kind"] == "decision":
        anchors |= {
            "decision": _("Decision, and until when"),
            "conditions": _("Conditions"),
            "modes": _("How far it may act alone"),
            "keeper": _("Who keeps it, and how often it is looked at again"),
        }
        # The scope of another kind is a text, and no line of it can be commented on.
        anchors |= {f"scope:{place}": _("For whom and what") for place, _line in enumerate(content["scope"], start=1)}
    anchors |= {f"decision:{one['decision']}": one["route"] for one in content.get("decisions", ())}
    anchors |= {f"item:{one['item']}": one["question"] for one in content.get("items", ())}
    anchors |= {one["key"]: one["title"] for one in content.get("blockers", ())}
    for fact in content.get("facts", ()):
        anchors[f"fact:{fact['key']}"] = f"{fact['topic_name']}: {fact['statement']}"
    for place, hop in enumerate(content.get("hops", ()), start=1):
        anchors[f"hop:{place}"] = f"{hop['from']['name']} → {hop['to']['name']}: {hop['data']}"
    if "agreements" in content:
        anchors |= {paper.anchor: paper.name for paper in in_words(content["agreements"], people={})}
    return anchors


def comments_for(
    sign_off: SignOff, *, groups: Collection[int], anchor: str | None = None
) -> dict[str, list[SignOffComment]]:
    """What this reader may read, by line, the oldest first. One query.

    :param groups: the sign-off groups that the reader belongs to now: their notes are theirs alone.
    """
    mine = Q(group__isnull=True) | Q(group__in=groups)
    rows = SignOffComment.objects.filter(mine, sign_off=sign_off).select_related("text", "by", "group")
    said: dict[str, list[SignOffComment]] = {}
    for row in rows if anchor is None else rows.filter(anchor=anchor):
        said.setdefault(row.anchor, []).append(row)
    return said


def talks(
    said: Mapping[str, list[SignOffComment]], *, url: str, is_open: bool
) -> Callable[[str], dict[str, Any] | None]:
    """What gives a line, by its anchor, its ``talk``: what was said there, and where to say more; None where there is none.

    :param url: the page on which one line is commented on.
    :param is_open: whether more can be said; else only lines about which something was said have a talk.
    """

    def talk(anchor: str) -> dict[str, Any] | None:
        comments = said.get(anchor, [])
        more = f"{url}?{urlencode({'about': anchor})}" if is_open else ""
        return {"anchor": anchor, "comments": comments, "url": more} if comments or is_open else None

    return talk


def with_comments(shown: dict[str, Any], talk: Callable[[str], dict[str, Any] | None]) -> dict[str, Any]:
    """What ``showing.showing`` puts in words, each line with its ``talk`` (of :func:`talks`)."""
    shown["talk"] = {name: talk(name) for name in ("decision", "conditions", "modes", "keeper", "why", "whole")}
    for place, line in enumerate(shown["scope_words"], start=1):
        line["talk"] = talk(f"scope:{place}")
    for place, hop in enumerate(shown["hops"], start=1):
        hop["talk"] = talk(f"hop:{place}")
    for topic in shown["topics"]:
        for card in topic["cards"]:
            card["talk"] = talk(card["anchor"])
    for paper in shown["papers"]:
        paper.talk = talk(paper.anchor)
    return shown
