"""Just me: an organization of one, its route and its four checks, by the same actions as everybody's."""

import datetime as dt
import uuid

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import found_organization
from accounts.models import Membership, User
from accounts.models.people import NOWHERE
from audit.actions import lock_exclusive, snapshot_digest
from catalog.models import AccessRoute
from checklists.actions import adopt_as_shipped, assign
from governance import actions as governance
from governance.models import RouteDecision
from governance.queries.submissions import frozen_content
from home.actions.set_up import begin_with, close_link, free_slug, lock_link
from home.models import SetUpLink
from home.queries.solo import meanings
from home.queries.solo_links import opens
from operations import clock
from operations.errors import ActionRefused


@transaction.atomic
def set_up_solo(
    *, link: SetUpLink, plan: str, code: str, system: str, place: str, timezone: str, at: dt.datetime
) -> Membership:
    """An organization of one: the four checks asked, and its route as a draft, to be agreed to once it was seen.

    :param plan: the keys of what was answered to the four questions (``data/solo.yaml``), as ``code``, ``system``, ``place``.
    :raises ActionRefused: the link was used or has expired, or the catalog has no such route.
    """
    link = lock_link(link, at=at)
    # Nobody writes to whoever works alone, and nobody else can have this address.
    user = User.objects.create_user(f"{uuid.uuid4().hex}{NOWHERE}", name=_("Me"), date_joined=at)
    me = found_organization(
        name=_("Just me"), slug=free_slug("just-me"), timezone=timezone, owner=user, at=at, is_solo=True
    )
    begin_with(me, at=at)
    # In a company nobody gets it unless a manager assigns it.
    assign(checklist=adopt_as_shipped(key=meanings()["checklist"], by=me, at=at), by=me, at=at)
    _propose(me, plan=plan, code=code, place=place, at=at)
    answers = {"plan": plan, "code": code, "system": system, "place": place}
    close_link(link, organization=me.organization, at=at, answers=answers)
    return me


@transaction.atomic
def agree_alone(*, decision: RouteDecision, shown_sha256: str, by: Membership, at: dt.datetime) -> None:
    """Submit and sign at one press what the page showed: the ordinary two steps of an organization of one.

    What is old, unknown or disputed about the route was shown, too: agreeing accepts it until the next look.

    :raises ActionRefused: it is no organization of one, or the page showed something else.
    """
    if not by.organization.is_solo:
        raise ActionRefused(_("This is a company: its decisions are submitted and signed."))
    lock_exclusive(by.organization_id)  # signing may re-open; submitting alone would take the shared lock first
    if _hash_of(decision) != shown_sha256:
        raise ActionRefused(_("Something changed since this page was opened. Look again, then agree."))
    until = clock.day_of(at, by.organization.timezone) + relativedelta(months=decision.review_months)
    why = _("Read on the day I agreed; I work alone.")
    governance.accept(route=decision.route, why=why, expires_on=until, by=by, at=at)
    agreed = _hash_of(decision)
    decision = governance.submit(decision=decision, by=by, shown_sha256=agreed, at=at)
    sign_off = decision.sign_off
    if sign_off is not None:
        governance.sign(sign_off=sign_off, stage=sign_off.stages.get(), by=by, shown_sha256=agreed, at=at)


def _hash_of(decision: RouteDecision) -> str:
    content, bases = frozen_content(decision)
    return snapshot_digest(content, bases=bases)


@transaction.atomic
def enter_alone(*, user: User, token: str, at: dt.datetime) -> Membership:
    """Use a link that signs in whoever works alone; signing in (in this transaction) is what uses it up.

    :raises ActionRefused: it was used or has expired, or they work alone no more.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not opens(token, user):
        raise ActionRefused(_("This link has been used or has expired."))
    user.last_login = at
    user.save(update_fields=["last_login"])
    return Membership.objects.select_related("organization", "user").get(user=user, organization__is_solo=True)


def _propose(me: Membership, *, plan: str, code: str, place: str, at: dt.datetime) -> None:
    said = meanings()
    key = said["plans"][plan]["routes"].get(place)
    route = AccessRoute.objects.shipped().filter(key=key, retired_at=None).first()
    if route is None:
        raise ActionRefused(_("The catalog knows no such route any more: set up an organization instead."))
    draft = governance.propose(route=route, by=me, at=at)
    governance.edit(
        decision=draft,
        by=me,
        at=at,
        why=_("I work alone, with this plan: %(plan)s.") % {"plan": said["plans"][plan]["label"]},
        conditions=said["codes"][code]["condition"],
        lines=[governance.LineOfScope()],
    )
