"""What a decision rests on besides the vendor's word: papers, and our own word on facts."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership
from audit.actions import record
from catalog import actions as catalog
from catalog.models import AccessRoute, Fact
from catalog.queries import standing_facts
from governance import notices
from governance.models import Agreement, OwnWord, Paper
from governance.queries.own_words import Check
from governance.queries.submissions import open_on
from operations import clock
from operations.errors import ActionRefused
from operations.files import check_file, digest_of_link, keep_file

# Of a word on a fact: why it has to say more than its kind.
NEEDS_TEXT = {
    OwnWord.Kind.IN_WRITING: gettext_lazy("Copy the clause, or what the letter says."),
    OwnWord.Kind.ASKED: gettext_lazy("Say what you asked."),
    OwnWord.Kind.ACCEPTED: gettext_lazy("Say why it is acceptable: it is part of what is signed."),
}


def keep_paper(
    *, by: Membership, at: dt.datetime, upload: UploadedFile | None = None, link: str = "", name: str = ""
) -> Paper | None:
    """Keep a file, or else a link; None where there is neither. The caller holds the transaction.

    :raises ActionRefused: when the file is empty, too large, or not of a kind that is taken.
    """
    paper = Paper(organization_id=by.organization_id, added_by=by, added_at=at)
    if upload:
        keep_file(paper, upload, content_type=check_file(upload))
    elif link:
        paper.link, paper.name, paper.sha256 = link, name, digest_of_link(link)
        paper.save()
    else:
        return None
    record(
        "paper.kept",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"paper:{paper.pk}",
        content_sha256=paper.sha256,
    )
    return paper


@transaction.atomic
def say(
    *,
    fact: Fact,
    kind: str,
    expires_on: dt.date,
    by: Membership,
    at: dt.datetime,
    text: str = "",
    asked_of: str = "",
    upload: UploadedFile | None = None,
    link: str = "",
) -> OwnWord:
    """The organization's own word on a fact as it stands; what it said of it before is superseded.

    :param expires_on: until when it counts; of what was asked: when the answer is due.
    :raises ActionRefused: when the fact says something else by now, the day has passed, or the word lacks its text.
    """
    kind = OwnWord.Kind(kind)
    today = clock.day_of(at, by.organization.timezone)
    if not standing_facts(by.organization).filter(pk=fact.pk).exists():
        raise ActionRefused(_("This statement was replaced in the meantime. Look at what it says now."))
    if kind == OwnWord.Kind.CHECKED and fact.state != Fact.State.KNOWN:
        raise ActionRefused(_("What nobody knows, or sources disagree on, can't be found to say so still."))
    if expires_on < today:
        raise ActionRefused(_("Choose today or a later day."))
    if kind in NEEDS_TEXT and not text.strip():
        raise ActionRefused(str(NEEDS_TEXT[kind]))
    if kind == OwnWord.Kind.ASKED and not asked_of.strip():
        raise ActionRefused(_("Say whom you asked."))
    for earlier in OwnWord.objects.filter(organization=by.organization_id, fact_key=fact.key).order_by("-pk")[:1]:
        notices.withdraw_word(earlier, at=at)
    word = OwnWord.objects.create(
        organization_id=by.organization_id,
        fact=fact,
        fact_key=fact.key,
        kind=kind,
        text=text.strip(),
        asked_of=asked_of.strip() if kind == OwnWord.Kind.ASKED else "",
        paper=keep_paper(by=by, at=at, upload=upload, link=link),
        said_on=today,
        expires_on=expires_on,
        said_by=by,
        said_at=at,
    )
    record(
        "own-word.said",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"fact:{fact.pk}",
        word=word.pk,
        kind=str(kind),
        expires_on=expires_on,
    )
    return word


@transaction.atomic
def accept(
    *,
    route: AccessRoute,
    why: str,
    expires_on: dt.date,
    by: Membership,
    at: dt.datetime,
    chosen: Collection[str] | None = None,
) -> list[OwnWord]:
    """Accept several facts of a route as they are, with one reason: what is old, unknown or conflicting and has no word of ours.

    Where nothing is said at all, that nobody knows becomes a fact of our own first.

    :param chosen: which of :func:`governance.queries.own_words.open_on`, by their keys; None for all.
    :raises ActionRefused: as :func:`say`, or when nothing was chosen.
    """
    lacking = open_on(route, by.organization, on=clock.day_of(at, by.organization.timezone))
    accepted = [one for one in lacking if chosen is None or one.key in chosen]
    if not accepted and chosen is not None:
        raise ActionRefused(_("Choose what you accept."))
    facts = Fact.objects.in_bulk([one.fact["revision"] for one in accepted if one.fact])
    return [
        say(
            fact=facts[one.fact["revision"]] if one.fact else _say_that_nobody_knows(route, one.check, by=by, at=at),
            kind=OwnWord.Kind.ACCEPTED,
            text=why,
            expires_on=expires_on,
            by=by,
            at=at,
        )
        for one in accepted
    ]


def _say_that_nobody_knows(route: AccessRoute, check: Check, *, by: Membership, at: dt.datetime) -> Fact:
    return catalog.add_fact(
        by=by,
        topic=check.topics[0],
        at=at,
        route=route,
        statement=_("Nothing is known about this."),
        state=Fact.State.UNKNOWN,
        promise=Fact.Promise.OWN,
    )


@transaction.atomic
def note_agreement(
    *,
    route: AccessRoute,
    kind: str,
    state: str,
    by: Membership,
    at: dt.datetime,
    title: str = "",
    upload: UploadedFile | None = None,
    link: str = "",
    holder: Membership | None = None,
    keeps: Agreement | None = None,
    **words: Any,
) -> Agreement:
    """How it stands with one paper of a route from now on; what was said of it before is superseded.

    :param keeps: what was said before, whose file or link goes on where no other is given.
    :param words: any of ``parties``, ``dated_on``, ``covers_from``, ``covers_until``, ``expires_on``, ``why``.
    :raises ActionRefused: when what we have has no date, no file or link, or nobody who holds it; when what is asked for
        or not needed says not why; or when the route is not the organization's to choose.
    """
    if route.organization_id not in {None, by.organization_id}:
        raise ActionRefused(_("This route is not one that your organization can choose."))
    paper = keep_paper(by=by, at=at, upload=upload, link=link) or (keeps.paper if keeps else None)
    agreement = Agreement(
        organization_id=by.organization_id,
        route=route,
        kind=Agreement.Kind(kind),
        title=title.strip(),
        state=Agreement.State(state),
        paper=paper if state == Agreement.State.HAVE else None,
        holder=holder if state == Agreement.State.HAVE else None,
        said_by=by,
        said_at=at,
        **words,
    )
    today = clock.day_of(at, by.organization.timezone)
    if lacking := what_lacks(agreement, today=today):
        raise ActionRefused(next(iter(lacking.values())))
    agreement.save()
    record(
        "agreement.noted",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"agreement:{agreement.pk}",
        route=route.pk,
        kind=str(agreement.kind),
        state=str(agreement.state),
        paper_sha256=agreement.paper.sha256 if agreement.paper else "",
    )
    return agreement


def what_lacks(agreement: Agreement, *, today: dt.date) -> dict[str, str]:
    """What a paper's state needs and nobody has said, or what contradicts it, by the name of the field."""
    states = Agreement.State
    needed = {
        "dated_on": (states.HAVE, _("Say of which day it is.")),
        "link": (states.HAVE, _("Add the paper itself, or a link to where it is kept.")),
        "holder": (states.HAVE, _("Say who holds it.")),
        "why": (states.ASKED, _("Say of whom it was asked, and when.")),
    }
    has = {"dated_on": agreement.dated_on, "link": agreement.paper, "holder": agreement.holder, "why": agreement.why}
    lacking = {name: text for name, (state, text) in needed.items() if agreement.state == state and not has[name]}
    if agreement.state == states.NOT_NEEDED and not agreement.why:
        lacking["why"] = _("Say why it is not needed.")
    if agreement.state == states.HAVE and agreement.expires_on and agreement.expires_on < today:
        lacking["expires_on"] = _("It has run out by then: say that it is missing, or was asked for.")
    start, end = agreement.covers_from, agreement.covers_until
    if start and end and end < start:
        lacking["covers_until"] = _("This is before the day from which it covers.")
    return lacking
