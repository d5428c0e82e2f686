"""The papers that decisions on a route rest on: which there are, how each stands, when one runs out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import GroupPeriod, Membership, Organization
from accounts.queries import asked_memberships, may_keep
from audit.models import Basis
from catalog.models import AccessRoute
from governance.models import Agreement, OwnWord, Paper, SignOff
from operations.templatetags.dates import day

# Of these there may be several on one route, told apart by their names.
SEVERAL = frozenset({Agreement.Kind.ASSURANCE})
EXPIRED = "expired"


def agreements_on(route: AccessRoute, organization: Organization) -> list[Agreement]:
    """What was said last of each paper, in the order of the kinds; one query."""
    said = Agreement.objects.filter(organization=organization, route=route)
    newest = said.order_by("kind", "title", "-pk").distinct("kind", "title")
    rows = newest.select_related("paper", "holder__user")
    place = {kind: number for number, kind in enumerate(Agreement.Kind.values)}
    return sorted(rows, key=lambda one: (place[one.kind], one.title))


def shown_on(route: AccessRoute, organization: Organization, *, on: dt.date) -> list["PaperShown"]:
    """The papers of a route as they stand on that day, in words; one query."""
    said = agreements_on(route, organization)
    people = {one.holder.pk: str(one.holder.user) for one in said if one.holder}
    return in_words([frozen(one) for one in said], people=people, on=on)


def may_hold(organization: Organization, *, now: int | None) -> QuerySet[Membership]:
    """Who can be named as holding a paper: those who manage or sign, not everybody of a large company.

    :param now: who holds it already, by membership.
    """
    signs = GroupPeriod.objects.open().filter(membership=OuterRef("pk"))
    people = asked_memberships(organization).filter(
        Exists(signs) | Q(pk__in=may_keep(organization).order_by().values("pk")) | Q(pk=now)
    )
    return people.select_related("user").order_by("user__name", "pk")


def frozen(agreement: Agreement) -> dict[str, Any]:
    """A paper as it is frozen: people are ids, a file is its hash."""
    paper = agreement.paper
    return {
        "revision": agreement.pk,
        "kind": agreement.kind,
        "title": agreement.title,
        "state": agreement.state,
        "parties": agreement.parties,
        "dated_on": _iso(agreement.dated_on),
        "covers_from": _iso(agreement.covers_from),
        "covers_until": _iso(agreement.covers_until),
        "expires_on": _iso(agreement.expires_on),
        "holder": agreement.holder_id,
        "why": agreement.why,
        "paper": paper.pk if paper else None,
        "paper_name": paper.name if paper else "",
        "paper_sha256": paper.sha256 if paper else "",
        "link": paper.link if paper else "",
    }


def basis_of(route_id: int, frozen: Mapping[str, Any]) -> str:
    """The key under which a snapshot rests on a paper: the same for all that is ever said of it."""
    return f"agreement:{route_id}:{frozen['kind']}:{frozen['title']}"


def without_whereabouts(content: Mapping[str, Any]) -> dict[str, Any]:
    """What was frozen, for readers who may not open papers: neither who holds one nor where it lies, nor the paper that our
    own word on a fact brings."""
    nowhere = {"paper": None, "paper_name": "", "link": ""}
    cleaned = {**content}
    if "agreements" in content:
        cleaned["agreements"] = [one | nowhere | {"holder": None} for one in content["agreements"]]
    if "facts" in content:
        cleaned["facts"] = [
            one | {"our_word": one["our_word"] | nowhere} if one.get("our_word") else one for one in content["facts"]
        ]
    return cleaned


def is_asked_about(paper: Paper, user_id: UUID) -> bool:
    """Whether something that this user was asked to sign rests on the paper."""
    asked = SignOff.objects.filter(stages__parties__user=user_id, stages__parties__may_sign=True)
    said = Q(key__startswith="agreement:", revision__in=Agreement.objects.filter(paper=paper).values("pk"))
    said |= Q(key__startswith="own-word:", revision__in=OwnWord.objects.filter(paper=paper).values("pk"))
    return Basis.objects.filter(
        said, organization_id=paper.organization_id, snapshot__in=asked.values("snapshot")
    ).exists()


@dataclass
class PaperShown:
    """A paper in words; ``state`` is that of :class:`Agreement`, or ``expired``. ``talk``: what was said about it, where it is shown."""

    anchor: str
    kind: str
    name: str
    state: str
    word: str
    about: tuple[str, ...]
    revision: int | None
    paper: int | None
    paper_name: str
    link: str
    talk: dict[str, Any] | None = None


def in_words(
    agreements: Sequence[Mapping[str, Any]], *, people: Mapping[int, str], on: dt.date | None = None
) -> list[PaperShown]:
    """Each kind of paper at least once: of which nobody has said anything, that it is missing.

    :param agreements: as :func:`frozen` puts them.
    :param on: the day from which what has run out is said to have; None for what was frozen.
    """
    by_kind: dict[str, list[Mapping[str, Any]]] = {kind: [] for kind in Agreement.Kind.values}
    for one in agreements:
        by_kind.setdefault(one["kind"], []).append(one)
    return [_shown(kind, one, people, on) for kind, said in by_kind.items() for one in (said or [{"state": "missing"}])]


def _shown(kind: str, one: Mapping[str, Any], people: Mapping[int, str], on: dt.date | None) -> PaperShown:
    state = one["state"]
    if state == Agreement.State.HAVE and on and one["expires_on"] and one["expires_on"] < on.isoformat():
        state = EXPIRED
    labels = dict(Agreement.State.choices) | {EXPIRED: _("Has run out")}
    name = str(Agreement.Kind(kind).label)
    return PaperShown(
        anchor=":".join(part for part in ("agreement", kind, one.get("title")) if part),
        kind=kind,
        name=f"{name}: {one['title']}" if one.get("title") else name,
        state=state,
        word=str(labels[state]),
        about=tuple(_about(one, people)),
        revision=one.get("revision"),
        paper=one.get("paper"),
        paper_name=one.get("paper_name") or one.get("link") or "",
        link=one.get("link", ""),
    )


def _about(one: Mapping[str, Any], people: Mapping[int, str]) -> list[str]:
    said = []
    if one.get("parties"):
        said.append(one["parties"])
    if one.get("dated_on"):
        said.append(_("dated %(day)s") % {"day": _day(one["dated_on"])})
    if one.get("covers_from") or one.get("covers_until"):
        times = {"start": _day(one.get("covers_from")), "end": _day(one.get("covers_until"))}
        said.append(_("covers %(start)s to %(end)s") % times)
    if one.get("holder"):
        said.append(_("held by %(person)s") % {"person": people.get(one["holder"], _("somebody"))})
    if one.get("expires_on"):
        said.append(_("runs out on %(day)s") % {"day": _day(one["expires_on"])})
    return [*said, one["why"]] if one.get("why") else said


def _iso(on: dt.date | None) -> str | None:
    return on.isoformat() if on else None


def _day(text: str | None) -> str:
    return day(dt.date.fromisoformat(text)) if text else "…"
