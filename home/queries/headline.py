"""The first line of home: what it wants of this person, and the one button that leads there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from home.queries.adoption import AdoptionHome
from home.queries.first_steps import Step
from home.queries.frame import UsageAsked, Waiting
from home.queries.mine import MyRoutes, MyWork
from home.queries.signing import ToSign


@dataclass(frozen=True)
class Headline:
    """One sentence, one more that explains it, and where to go; without ``url`` nothing waits."""

    title: str
    text: str = ""
    url: str = ""
    action: str = ""


def headline_of(
    *,
    waiting: Waiting,
    signing: ToSign | None,
    work: MyWork,
    routes: MyRoutes,
    steps: Sequence[Step],
    adoption: AdoptionHome | None,
    links: dict[str, str],
    asked: str,
    usage: UsageAsked | None,
) -> Headline:
    """What matters most: what they must stop, then who waits for this person, the review they run, and their own list.

    :param asked: from whom this person waits for an answer, in words; empty when they wait for none.
    :param usage: *What do you use today?*, until they have said it.
    """
    if not all(route.stopped_at for route in routes.suspended):
        return _to_stop(work)
    if signing:
        return _to_sign(waiting.sign_offs, signing)
    if steps:
        return _to_begin(steps)
    if usage:
        return _to_tell(usage)
    if adoption:
        return _to_settle(adoption)
    if work.left:
        return _to_answer(work, links)
    if waiting.reviews:
        return _to_review(waiting.reviews, links)
    return _nothing_left(work, routes, asked)


def _to_sign(count: int, signing: ToSign) -> Headline:
    title = ngettext("One thing waits for your word", "%(count)d things wait for your word", count)
    text = _("You see exactly what you sign, and what changed since it was last signed.")
    return Headline(title % {"count": count}, text, signing.first_url, _("Read and sign"))


def _to_begin(steps: Sequence[Step]) -> Headline:
    title, text = _("Let’s get your company going"), _("Step by step. Each is ticked as soon as it is done.")
    following = next((step for step in steps if step.status == "to-do"), None)
    return Headline(title, text, following.url, following.label) if following else Headline(title, text)


def _to_tell(usage: UsageAsked) -> Headline:
    text = _("Two taps per tool. Only %(person)s sees names, and telling has no consequences.")
    return Headline(_("What do you use today?"), text % {"person": usage.keeper}, usage.url, _("Say what you use"))


def _to_settle(adoption: AdoptionHome) -> Headline:
    stands = adoption.stands
    words = {"name": stands.terms.name, "done": stands.board.settled, "total": stands.board.total}
    title = _("%(name)s: %(done)d of %(total)d settled") % words
    text = f"{stands.forecast.answer}." if stands.forecast else ""
    if row := adoption.next_step:
        url = reverse("reviews:board-item", args=[adoption.review.organization.slug, adoption.review.pk, row.item_id])
        return Headline(title, text, url, _("Settle what comes next"))
    return Headline(title, text, adoption.review.get_absolute_url(), _("Open the board"))


def _to_answer(work: MyWork, links: dict[str, str]) -> Headline:
    title = ngettext("%(count)d question left for you", "%(count)d questions left for you", work.left)
    minutes = ngettext("It takes about %(count)d minute.", "It takes about %(count)d minutes.", work.minutes)
    begun = work.done or work.again
    action = _("Go on with your list") if begun else _("Start your list")
    return Headline(title % {"count": work.left}, minutes % {"count": work.minutes}, links.get("list", ""), action)


def _to_stop(work: MyWork) -> Headline:
    """Its one button stands below, with each route."""
    title = _("Stop using what is suspended")
    text = _("Why, and what you may use instead, stands below. Then say that you have stopped.")
    if not work.left:
        return Headline(title, text)
    left = ngettext("%(count)d question is left for you, too.", "%(count)d questions are left for you, too.", work.left)
    return Headline(title, f"{text} {left % {'count': work.left}}")


def _to_review(count: int, links: dict[str, str]) -> Headline:
    title = ngettext("A review waits for you", "%(count)d reviews wait for you", count)
    text = _("One sentence each: does it still hold, and why?")
    return Headline(title % {"count": count}, text, links.get("reviews", ""), _("Open the reviews"))


def _nothing_left(work: MyWork, routes: MyRoutes, asked: str) -> Headline:
    if asked:
        return Headline(_("Everything you can do is done"), asked)
    if any(route.status == "cleared" for route in routes.allowed):
        return Headline(_("You are done, and cleared"), _("What you may use stands below."))
    if work.total:
        return Headline(_("You are done"), _("Nothing waits for you."))
    return Headline(_("Nothing waits for you"), _("When something does, it stands here."))
