"""What stands between the roll-out and its end, most serious first; each leads to where it is resolved."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from checklists.queries import usage
from home.queries.readiness import Readiness
from home.queries.roll_out import RollOut, SentBack, Suspended
from home.queries.shared import LateShared
from operations.paging import EXACT_UP_TO
from operations.templatetags.dates import relative_day


@dataclass(frozen=True)
class Block:
    """One thing that blocks: what, how it looks, where it is resolved, and what more there is to know."""

    title: str
    status: str
    url: str
    hint: str = ""


def blocks_of(
    roll_out: RollOut,
    readiness: Readiness | None,
    *,
    questions: int,
    slug: str,
    links: Mapping[str, str],
    today: dt.date,
) -> list[Block]:
    """What blocks now; empty when nothing does.

    :param questions: how many wait for this person's own answer: what the page of questions lists. One that waits for
        somebody else stands on that person's home.
    :param slug: of the organization.
    """
    return [
        *(_stopped(decision, slug) for decision in roll_out.suspended),
        *_decisions(roll_out, links),
        *(_sent_back(draft, slug) for draft in roll_out.sent_back),
        *(_late_shared(checklist, slug, today) for checklist in roll_out.late_shared),
        *_people(roll_out, readiness, questions, slug, links),
    ]


def used_undecided(organization: Organization) -> list[Block]:
    """What is used and nobody decided, as far as counts may be shown; one query."""
    return [_used(one, organization.slug) for one in usage.used_undecided(organization)]


def _used(one: usage.UsedUndecided, slug: str) -> Block:
    words = {"tool": one.tool, "account": one.account_word, "people": one.people}
    title = _("%(tool)s (%(account)s)") % words
    return Block(title, "not-decided", one.leads_to(slug), _("%(people)d people or more say they use it.") % words)


def _decisions(roll_out: RollOut, links: Mapping[str, str]) -> list[Block]:
    decisions = links.get("decisions", "")
    return _where_any(
        (
            roll_out.in_doubt,
            "needs-another-look",
            f"{decisions}?status=needs-another-look",
            _in_doubt(roll_out.in_doubt),
        ),
        (roll_out.submitted, "waiting", links.get("sign_offs", ""), _submitted(roll_out.submitted)),
    )


def _people(
    roll_out: RollOut, readiness: Readiness | None, questions: int, slug: str, links: Mapping[str, str]
) -> list[Block]:
    late = [team for team in readiness.teams if team.overdue] if readiness else []
    names = ", ".join(team.name or _("no team") for team in late)
    invitations = reverse("accounts:invitation-list", args=[slug])
    reviews = links.get("reviews", "")
    return _where_any(
        (len(late), "overdue", f"{links.get('progress', '')}?status=overdue", _late(len(late), names)),
        (roll_out.reviews_overdue, "overdue", reviews, _reviews(roll_out.reviews_overdue)),
        (roll_out.changes_to_judge, "needs-another-look", reviews, _to_judge(roll_out.changes_to_judge)),
        (questions, "not-sure", links.get("questions", ""), _questions(questions)),
        (roll_out.invitations_open, "invited", invitations, _invitations(roll_out.invitations_open)),
    )


def _where_any(*found: tuple[int, str, str, str]) -> list[Block]:
    return [Block(title, status, url) for count, status, url, title in found if count]


def _stopped(decision: Suspended, slug: str) -> Block:
    title = _("Suspended: %(route)s") % {"route": decision.route}
    if not decision.is_told:
        return Block(title, "suspended", reverse("governance:decision-detail", args=[slug, decision.decision_id]))
    return Block(
        title,
        "suspended",
        reverse("governance:decision-stops", args=[slug, decision.decision_id]),
        _seen(decision.seen),
    )


def _sent_back(draft: SentBack, slug: str) -> Block:
    words = {"person": draft.by, "route": draft.route}
    title = _("Changes asked by %(person)s: %(route)s") % words
    url = reverse("governance:decision-detail", args=[slug, draft.draft_id])
    return Block(title, "changes-asked", url, _("Answer them in the draft, then submit it again."))


def _late_shared(checklist: LateShared, slug: str, today: dt.date) -> Block:
    title = _("“%(checklist)s” is overdue") % {"checklist": checklist.name}
    url = reverse("checklists:shared-list", args=[slug])
    return Block(title, "overdue", url, " · ".join(_about(checklist, today)))


def _about(checklist: LateShared, today: dt.date) -> Iterable[str]:
    words = {"count": checklist.questions, "day": relative_day(checklist.due_on, today)}
    yield ngettext("%(count)d question, due %(day)s", "%(count)d questions, due %(day)s", checklist.questions) % words
    if checklist.teams:
        yield checklist.teams
    if checklist.keeper:
        yield _("%(person)s looks after it") % {"person": checklist.keeper}


def _seen(count: int) -> str:
    if not count:
        return _("Nobody has said yet that they have stopped.")
    if count > EXACT_UP_TO:
        return _("More than %(count)d people say that they have stopped.") % {"count": EXACT_UP_TO}
    words = ngettext(
        "%(count)d person says that they have stopped.", "%(count)d people say that they have stopped.", count
    )
    return words % {"count": count}


def _in_doubt(count: int) -> str:
    words = ngettext(
        "%(count)d decision rests on something that has changed",
        "%(count)d decisions rest on something that has changed",
        count,
    )
    return words % {"count": count}


def _submitted(count: int) -> str:
    words = ngettext("%(count)d decision waits for signatures", "%(count)d decisions wait for signatures", count)
    return words % {"count": count}


def _late(count: int, names: str) -> str:
    words = ngettext("A team is overdue: %(names)s", "%(count)d teams are overdue: %(names)s", count)
    return words % {"count": count, "names": names}


def _reviews(count: int) -> str:
    return ngettext("%(count)d review is overdue", "%(count)d reviews are overdue", count) % {"count": count}


def _to_judge(count: int) -> str:
    words = ngettext("%(count)d change waits for a judgement", "%(count)d changes wait for a judgement", count)
    return words % {"count": count}


def _questions(count: int) -> str:
    words = ngettext("%(count)d question waits for your answer", "%(count)d questions wait for your answer", count)
    return words % {"count": count}


def _invitations(count: int) -> str:
    words = ngettext(
        "%(count)d invitation has not been accepted yet", "%(count)d invitations have not been accepted yet", count
    )
    return words % {"count": count}
