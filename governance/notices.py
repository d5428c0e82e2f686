"""Who is told what about sign-offs: the signers when it is their turn, the proposer when it is decided."""

import datetime as dt

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import AccessPeriod, Membership, Organization
from accounts.queries import here_or_stand_in, keeper_now
from accounts.rights import Right
from governance.models import DecisionMove, OwnWord, RouteDecision, SignatureCondition, SignOff, SignOffComment
from governance.queries.conditions import Binds, under
from governance.queries.decisions import DECIDED, HOLDING
from governance.queries.own_words import CHECKS
from notifications import actions as notifications
from notifications.schedule import DUE, SOON, Schedule
from operations import clock

# After one of these moves people are told to stop; the move names what they are told.
STOPS = [RouteDecision.Status[one] for one in ("SUSPENDED", "RETIRED", "SUPERSEDED", "EXPIRED")]

# A signer is told on the day it becomes their turn, then every third day.
TURN = Schedule(days=(0,), then_every=3)

# For whom a stage waits by the one rule, while they belong to the organization.
_IN_TURN = """
    SELECT due.recipient_id, 'sign-off:' || due.sign_off_id, due.slot,
           left(replace(%s, '{title}', due.title), 300), '', '', %s || due.sign_off_id || '/', NULL::date
    FROM (
        SELECT membership.id AS recipient_id, sign_off.id AS sign_off_id,
               sign_off.title,
               notifications_newest_slot((coalesce(
                   (SELECT max(at) FROM governance_signature WHERE sign_off_id = sign_off.id),
                   sign_off.submitted_at) AT TIME ZONE organization.timezone)::date, %s, %s::int[], %s) AS slot
        FROM governance_signoff sign_off
        JOIN accounts_organization organization ON organization.id = sign_off.organization_id
        JOIN governance_signoffstage stage ON stage.sign_off_id = sign_off.id
        JOIN governance_signoffparty party ON party.stage_id = stage.id AND party.may_sign
        JOIN accounts_membership membership
          ON membership.organization_id = sign_off.organization_id AND membership.user_id = party.user_id
        WHERE sign_off.organization_id = %s AND sign_off.outcome = 'pending' AND (%s::bigint IS NULL OR sign_off.id = %s)
          AND EXISTS (SELECT FROM accounts_accessperiod
                      WHERE membership_id = membership.id AND ended_at IS NULL)
          AND stage.id IN (SELECT governance_waiting_for(sign_off.organization_id, party.user_id))
    ) due
    WHERE due.slot IS NOT NULL
"""


# What was written of a statement before it was replaced is sent by then, or was taken back by one of many sweeps.
LATELY = dt.timedelta(days=7)

_CONDITIONS = """
    SELECT accounts_keeper(condition.organization_id, condition.keeper_id), 'condition:' || condition.id,
           notifications_newest_slot(condition.due_on, %s, %s::int[], %s), left(sign_off.title, 300), condition.text,
           CASE WHEN condition.suspends AND sign_off.kind = 'decision' AND NOT EXISTS (
                    SELECT FROM governance_routedecision decision WHERE decision.sign_off_id = sign_off.id
                    AND decision.outcome = 'not_allowed' AND decision.status IN ('approved', 'suspended'))
                THEN %s ELSE '' END, %s || condition.id || '/', condition.due_on
    FROM governance_signaturecondition condition
    JOIN governance_signature said ON said.id = condition.signature_id
    JOIN governance_signoff sign_off ON sign_off.id = said.sign_off_id
    WHERE condition.organization_id = %s AND condition.met_at IS NULL AND condition.due_on - 14 <= %s
      AND governance_binds(condition.id)
"""


# What was asked of a vendor and not answered since, with a route that the fact is about and the check that asks its topic.
_ASKED = """
    SELECT accounts_keeper(word.organization_id, word.said_by_id), 'own-word:' || word.id,
           notifications_newest_slot(word.expires_on, %s, %s, %s), left(replace(%s, '{asked}', word.asked_of), 300), '', '',
           coalesce(%s || governance_route_of(fact.id, word.organization_id) || '/check/' || station.slug || '/', %s), word.expires_on
    FROM governance_ownword word JOIN catalog_fact fact ON fact.id = word.fact_id
    LEFT JOIN unnest(%s::text[], %s::text[]) AS station (topic, slug) ON station.topic = fact.topic_id
    WHERE word.organization_id = %s AND word.kind = 'asked' AND word.expires_on - 3 <= %s AND fact.superseded_at IS NULL
      AND NOT EXISTS (SELECT FROM governance_ownword later WHERE later.organization_id = word.organization_id
                      AND later.fact_key = word.fact_key AND later.id > word.id)
"""


def subject_of(sign_off: SignOff) -> str:
    """The notices' key of a sign-off."""
    return f"sign-off:{sign_off.pk}"


def tell_signers(organization: Organization, *, at: dt.datetime, sign_off: SignOff | None = None) -> int:
    """Tell whoever's turn it is, on one sign-off or all; safe to run again, late, or at once. Returns how many new."""
    pk = sign_off.pk if sign_off else None
    return notifications.tell_many(
        organization=organization,
        rule="sign-off-turn",
        query=_IN_TURN,
        params=[
            _("{title} waits for your signature"),
            reverse("governance:sign-off-list", args=[organization.slug]),
            clock.day_of(at, organization.timezone),
            *TURN.sql_params,
            organization.pk,
            pk,
            pk,
        ],
        at=at,
    )


def withdraw_turn(sign_off: SignOff, *, organization: Organization, at: dt.datetime) -> None:
    """Take back what was not sent yet: this stage is decided."""
    notifications.withdraw(organization=organization, subject_key=subject_of(sign_off), at=at)


def tell_proposer(decision: RouteDecision, *, at: dt.datetime) -> None:
    """Tell the proposer how it ended, or whoever stands in once they have left; not whoever ended it themselves."""
    organization = decision.organization
    proposer = here_or_stand_in(organization, decision.proposed_by_id, named_id=decision.keeper_id)
    if proposer is None:
        return
    proposer.organization = organization
    notifications.tell(
        recipient=proposer,
        rule="decision-decided",
        needs=None if decision.status in DECIDED else Right.PROPOSAL_VIEW,
        subject_key=f"decision:{decision.pk}",
        slot_date=clock.day_of(at, organization.timezone),
        title=_("%(route)s, revision %(number)d: %(status)s")
        % {"route": decision.route, "number": decision.number, "status": decision.get_status_display()},
        link=decision.get_absolute_url(),
        at=at,
    )


def tell_condition_keepers(organization: Organization, *, at: dt.datetime) -> int:
    """Write the newest reminder of each condition that nobody has said to be met; safe to run twice and late."""
    today = clock.day_of(at, organization.timezone)
    return notifications.tell_many(
        organization=organization,
        rule="condition-due",
        needs=Right.DECISION_PROPOSE,
        query=_CONDITIONS,
        params=[
            today,
            *DUE.sql_params,
            _("If nobody says that it is met, the decision is suspended the day after."),
            reverse("governance:condition-meet", args=[organization.slug, 0]).removesuffix("0/"),
            organization.pk,
            today,
        ],
        at=at,
    )


def tell_who_asked(organization: Organization, *, at: dt.datetime) -> int:
    """Remind whoever asked a vendor, or looks after it now, that the answer is due; safe to run twice and late.

    What the vendor was asked about says something else by now: nobody waits for that answer any more.
    """
    today = clock.day_of(at, organization.timezone)
    asked = OwnWord.objects.filter(organization=organization, kind=OwnWord.Kind.ASKED)
    replaced = asked.filter(fact__superseded_at__gt=at - LATELY).values_list("pk", flat=True)
    about = Q(subject_key__in=[_key_of_word(word) for word in replaced])
    notifications.withdraw_those(about, organization=organization, at=at)
    stations = [(topic, check.slug) for check in CHECKS for topic in check.topics]
    return notifications.tell_many(
        organization=organization,
        rule="vendor-answer-due",
        needs=Right.ROUTE_ADD,
        query=_ASKED,
        params=[
            today,
            *SOON.sql_params,
            _("The answer is due: {asked}"),
            reverse("governance:route-list", args=[organization.slug]),
            reverse("governance:route-list", args=[organization.slug]),
            [topic for topic, _slug in stations],
            [slug for _topic, slug in stations],
            organization.pk,
            today,
        ],
        at=at,
    )


def withdraw_word(word: OwnWord, *, at: dt.datetime) -> None:
    """Nobody is reminded of what was asked once it was answered, or said otherwise."""
    notifications.withdraw(organization=word.organization, subject_key=_key_of_word(word.pk), at=at)


def _key_of_word(pk: int) -> str:
    return f"own-word:{pk}"


def withdraw_condition(condition: SignatureCondition, *, organization: Organization, at: dt.datetime) -> None:
    """Nobody is reminded of what is met."""
    notifications.withdraw(organization=organization, subject_key=f"condition:{condition.pk}", at=at)


def tell_keeper_of_suspension(decision: RouteDecision, *, at: dt.datetime) -> None:
    """Tell whoever keeps a decision that the calendar has suspended it."""
    organization = decision.organization
    keeper = keeper_now(organization, decision.keeper_id)
    if keeper is None:
        return
    keeper.organization = organization
    notifications.tell(
        recipient=keeper,
        rule="decision-suspended",
        subject_key=f"decision:{decision.pk}",
        slot_date=clock.day_of(at, organization.timezone),
        title=_("%(route)s was suspended: a condition is not met") % {"route": decision.route},
        link=decision.get_absolute_url(),
        at=at,
        is_urgent=True,
    )


def tell_of_comment(comment: SignOffComment, *, by: Membership, at: dt.datetime) -> None:
    """Tell whoever submitted it or stands in for them, and who has spoken about the same line; what was said stays on the page."""
    sign_off = comment.sign_off
    spoken = SignOffComment.objects.filter(sign_off=sign_off, anchor=comment.anchor, group__isnull=True)
    submitter = here_or_stand_in(by.organization, sign_off.submitted_by_id)
    told = Membership.objects.filter(
        Q(pk=submitter.pk if submitter else None) | Q(user__in=spoken.values("by")),
        organization=sign_off.organization_id,
        access_periods__ended_at__isnull=True,
    ).exclude(pk=by.pk)
    level = AccessPeriod.objects.open().filter(membership=OuterRef("pk")).values("level")[:1]
    for recipient in told.select_related("organization").annotate(level_now=Subquery(level)).distinct():
        is_outside = vars(recipient)["level_now"] == AccessPeriod.Level.GUEST
        notifications.tell(
            recipient=recipient,
            rule="sign-off-commented",
            needs=Right.SIGN_OFF_SIGN if is_outside else Right.SIGN_OFF_VIEW,
            subject_key=f"comment:{comment.pk}",
            slot_date=clock.day_of(at, by.organization.timezone),
            title=_("%(person)s commented on %(title)s") % {"person": by.user, "title": sign_off.title},
            link=reverse("governance:sign-off-sign", args=[by.organization.slug, sign_off.pk]),
            at=at,
        )


_COVERED_BY = """EXISTS (
            SELECT FROM governance_scopeline line
            LEFT JOIN governance_scopelineteam of_team ON of_team.line_id = line.id
            LEFT JOIN governance_scopelinejobrole of_role ON of_role.line_id = line.id
            WHERE line.decision_id = %s AND (of_team.id IS NULL OR of_team.team_id = place.team_id)
              AND (of_role.id IS NULL OR of_role.job_role_id = place.job_role_id))"""
# Everybody whom a decision's scope reaches today (of them, only those whom another reaches too, or does not), each with the
# other routes that are allowed where they work.
_REACHED = """
    WITH reached AS MATERIALIZED (
        SELECT access.membership_id, coalesce(place.team_id, 0) AS team, coalesce(place.job_role_id, 0) AS job_role
        FROM accounts_accessperiod access
        LEFT JOIN accounts_placement place ON place.membership_id = access.membership_id AND place.ended_at IS NULL
        WHERE access.organization_id = %s AND access.ended_at IS NULL AND access.level <> 'guest'
          AND {covered} AND (%s::boolean IS NULL OR {covered} = %s)
    ), instead AS MATERIALIZED (
        SELECT place.team, place.job_role, string_agg(DISTINCT route.name, ', ') AS routes
        FROM (SELECT DISTINCT team, job_role FROM reached) place
        LEFT JOIN governance_reach(%s, %s) reach ON reach.outcome <> 'not_allowed'
             AND (reach.team_id IS NULL OR reach.team_id = place.team)
             AND (reach.job_role_id IS NULL OR reach.job_role_id = place.job_role)
        LEFT JOIN catalog_accessroute route ON route.id = reach.route_id
        GROUP BY 1, 2
    )
    SELECT reached.membership_id, %s, %s::date, %s,
           %s || coalesce(replace(%s, '{routes}', instead.routes), %s), '', %s, NULL::date
    FROM reached JOIN instead USING (team, job_role)
""".replace("{covered}", _COVERED_BY)
# The memberships that a decision's scope reaches today.
_COVERED = """
    SELECT access.membership_id FROM accounts_accessperiod access
    LEFT JOIN accounts_placement place ON place.membership_id = access.membership_id AND place.ended_at IS NULL
    WHERE access.ended_at IS NULL AND access.organization_id = %s AND {covered}
""".replace("{covered}", _COVERED_BY)
NOT_ALLOWED = RouteDecision.Outcome.NOT_ALLOWED
NOBODY = Q(recipient__in=())


def tell_to_stop(decision: RouteDecision, *, because: str, at: dt.datetime, is_urgent: bool = True) -> int:
    """Tell everybody whom a decision covered that it was suspended or ended: stop, why, what instead, and whom to ask.

    :param because: why, in the words of whoever did it.
    :param is_urgent: at once and each by itself; else, where they had been told to stop for now, with the next digest.
    """
    take_back(decision, at=at)
    _take_back_of_route(decision, Q(rule="use-again"), at=at)
    return _tell_whom_it_covers(decision, "stop-using", _to_stop(decision, because), at=at, is_urgent=is_urgent)


def tell_may_use_again(decision: RouteDecision, *, at: dt.datetime) -> int:
    """A suspended decision is about to hold again: whoever was not told to stop yet never is, all others may go on."""
    take_back(decision, at=at)
    return _tell_whom_it_covers(decision, "use-again", _again(decision, _("It is in force as it was signed.")), at=at)


def tell_of_successor(old: RouteDecision | None, new: RouteDecision, *, was_suspended: bool, at: dt.datetime) -> None:
    """A new decision is in force: whom the one before it, if any, allowed it and this one doesn't stops; who had to stop may
    go on. Of what any earlier one has people told yet, only what this one does not contradict still goes out."""
    reached = RawSQL(_COVERED, [new.organization_id, new.pk])  # noqa: S611 -- constant text, its values are parameters
    covers = Q(recipient__in=reached) if new.outcome != NOT_ALLOWED else NOBODY
    _take_back_of_route(new, Q(covers, rule="stop-using") | Q(~covers, rule="use-again"), at=at)
    if old is None:
        return
    take_back(old, at=at)
    because, urgent = _("A new decision is in force, and does not allow it to you."), not was_suspended
    allows = new.outcome != NOT_ALLOWED
    lost = (new, False) if allows else None
    _tell_whom_it_covers(old, "stop-using", _to_stop(old, because), at=at, is_urgent=urgent, only=lost)
    if was_suspended and allows:
        words = _again(old, _("A new decision is in force in place of the one that was suspended: read what it says."))
        _tell_whom_it_covers(old, "use-again", words, at=at, only=(new, True))


def take_back(decision: RouteDecision, *, at: dt.datetime) -> None:
    """Withdraw what was not sent before its status changed: to stop using it, and of conditions that bind no longer."""
    about = Q(rule="stop-using", subject_key__in=_stops(decision.moves.all()))
    if decision.status not in HOLDING:
        unmet = SignatureCondition.objects.filter(under(decision), met_at__isnull=True).exclude(Binds("pk"))
        about |= Q(subject_key__in=[f"condition:{pk}" for pk in unmet.values_list("pk", flat=True)])
    notifications.withdraw_those(about, organization=decision.organization, at=at)


def _take_back_of_route(decision: RouteDecision, about: Q, *, at: dt.datetime) -> None:
    """Withdraw what was not sent yet on any revision for the same route, as far as this is true of it: whom a revision told
    what hangs on the move of the one before it."""
    moves = DecisionMove.objects.filter(organization=decision.organization_id, decision__route=decision.route_id)
    about &= Q(subject_key__in=_stops(moves))
    notifications.withdraw_those(about, organization=decision.organization, at=at)


def _stops(moves: QuerySet[DecisionMove]) -> list[str]:
    """The notices' keys of those moves after which people are told to stop, or to go on."""
    return [f"stop:{pk}" for pk in moves.filter(to_status__in=STOPS).values_list("pk", flat=True)]


def _to_stop(decision: RouteDecision, because: str) -> tuple[str, str, str, str]:
    """The title, why, what instead, and what where there is nothing instead."""
    keeper = keeper_now(decision.organization, decision.keeper_id)
    end = _(" Ask %(person)s.") % {"person": keeper} if keeper else ""
    title = _("Stop using %(route)s: it is not allowed any more")
    if decision.status == RouteDecision.Status.SUSPENDED:
        title = _("Stop using %(route)s for now")
        end += _(" Then say on your home that you have stopped.")
    return (
        title % {"route": decision.route},
        _("Why: %(because)s ") % {"because": because},
        _("What you may use instead: {routes}.") + end,
        _("Nothing else is allowed to you for now.") + end,
    )


def _again(decision: RouteDecision, why: str) -> tuple[str, str, str, str]:
    return _("You may use %(route)s again") % {"route": decision.route}, why, "", ""


def _tell_whom_it_covers(
    decision: RouteDecision,
    rule: str,
    words: tuple[str, str, str, str],
    *,
    at: dt.datetime,
    is_urgent: bool = False,
    only: tuple[RouteDecision, bool] | None = None,
) -> int:
    """Set-wise, once for the last change of its status; nothing of a route that was not allowed anyway.

    :param only: of those people, whom this other decision covers, or does not cover.
    """
    organization = decision.organization
    if decision.outcome == NOT_ALLOWED:
        return 0
    title, before, instead, nothing = words
    other, is_both = only or (None, None)
    return notifications.tell_many(
        organization=organization,
        rule=rule,
        query=_REACHED,
        params=[
            *(organization.pk, decision.pk, is_both, other.pk if other else None, is_both),
            *(organization.pk, at),
            f"stop:{decision.moves.latest('pk').pk}",
            *(clock.day_of(at, organization.timezone), title[:300]),
            *(before, instead, nothing),
            organization.get_absolute_url(),
        ],
        at=at,
        is_urgent=is_urgent,
    )
