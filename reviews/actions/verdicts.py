"""Go or no-go: proposed with everything that is open named, signed by governance's sign-off, and then it is so."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit import actions as audit
from audit.models import FreeText
from governance.actions import Condition, sign_offs
from governance.models import Signature, SignOff, SignOffStage
from governance.queries.decisions import in_force
from governance.queries.sign_offs import plan_for
from operations.errors import ActionRefused
from reviews import notices
from reviews.actions.adoption import lock, move, typed
from reviews.models import AcceptedBlocker, AdoptionReview, AdoptionVerdict, VerdictWithdrawal
from reviews.queries.adoption import adoption_reviews
from reviews.queries.verdicts import Blocker, frozen_board, obstacle_to_withdrawal

Outcome = AdoptionVerdict.Outcome


@transaction.atomic
def propose_verdict(
    *,
    review: AdoptionReview,
    outcome: str,
    because: str,
    accepted: Mapping[str, str],
    shown_sha256: str,
    by: Membership,
    at: dt.datetime,
) -> AdoptionVerdict:
    """Freeze the board with a go or a no-go, and ask those who sign. Who proposes it does not sign it.

    :param accepted: of a go, for each blocker by its key, why it goes all the same; part of what is signed.
    :param shown_sha256: the hash of the board that the page showed.
    :raises ActionRefused: when the review is over or waits for signatures already, the board has changed since the page was
        opened, a reason is missing, or nobody could sign it.
    """
    audit.lock_shared(by.organization_id)
    row = lock(review, by=by)
    frozen = frozen_board(adoption_reviews(by.organization).get(pk=row.pk), at=at)
    if frozen.sha256 != shown_sha256:
        raise ActionRefused(_("The board has changed since you opened this page. Look at it again, then decide."))
    text = typed(because, by=by)
    reasons = _reasons(frozen.blockers, accepted, by=by) if outcome == Outcome.GO else {}
    content = {
        **frozen.content,
        "title": f"{Outcome(outcome).label}: {frozen.stands.terms.name}",
        "outcome": outcome,
        "because_sha256": text.sha256,
        "accepted": {key: reason.sha256 for key, reason in reasons.items()},
    }
    snapshot = audit.keep_snapshot(content, organization_id=by.organization_id, bases=frozen.bases, at=at)
    plan = plan_for(by.organization, by=by, proposed_by=by.user_id, editors=())
    sign_off = sign_offs.open_sign_off(organization=by.organization, snapshot=snapshot, plan=plan, by=by, at=at)
    verdict = AdoptionVerdict.objects.create(
        organization=by.organization, review=row, outcome=outcome, because=text, sign_off=sign_off
    )
    AcceptedBlocker.objects.bulk_create(
        AcceptedBlocker(organization=by.organization, verdict=verdict, key=key, because=reason)
        for key, reason in reasons.items()
    )
    _record(
        "adoption.verdict_proposed",
        verdict,
        by=by,
        at=at,
        outcome=outcome,
        snapshot=snapshot.sha256,
        accepted=sorted(reasons),
    )
    return verdict


@transaction.atomic
def sign_verdict(
    *,
    sign_off: SignOff,
    stage: SignOffStage,
    by: Membership,
    shown_sha256: str,
    at: dt.datetime,
    conditions: Sequence[Condition] = (),
    comment: str = "",
) -> Signature:
    """Sign one stage; the last signature makes the review what it says.

    :param comment: what the signer wants to be read beside their signature; not a condition.
    :raises ActionRefused: as ``sign_offs.say`` does; when a condition would suspend; of a go when something is open by now
        that it does not name, or a decision it rests on is not in force any more.
    """
    audit.lock_shared(by.organization_id)
    verdict, sign_off = _lock(sign_off, by=by)
    if any(one.suspends for one in conditions):
        raise ActionRefused(_("A go or no-go can't be suspended: leave that box of your condition empty."))
    if verdict.outcome == Outcome.GO:
        _check_nothing_new(verdict, sign_off, at=at)
        _check_still_decided(verdict, sign_off, at=at)
    signature = sign_offs.say(
        sign_off=sign_off,
        stage=stage,
        by=by,
        word=Signature.Word.SIGNED,
        shown_sha256=shown_sha256,
        comment=sign_offs.said_beside(comment, by=by),
        conditions=conditions,
        at=at,
    )
    if sign_off.outcome == SignOff.Outcome.APPROVED:
        move(verdict.review, verdict.outcome, by=by, at=at, reason=verdict.because, verdict=verdict.pk)
        notices.tell_proposer(verdict, sign_off, by=by, at=at)
    return signature


@transaction.atomic
def refuse_verdict(
    *,
    sign_off: SignOff,
    stage: SignOffStage,
    by: Membership,
    word: str,
    comment: str,
    shown_sha256: str,
    at: dt.datetime,
) -> None:
    """Ask for changes, or reject: the sign-off is closed with this comment, and the review goes on.

    :raises ActionRefused: as ``sign_offs.say`` does, or when nothing was typed.
    """
    audit.lock_shared(by.organization_id)
    verdict, sign_off = _lock(sign_off, by=by)
    text = typed(comment, by=by)
    sign_offs.say(sign_off=sign_off, stage=stage, by=by, word=word, shown_sha256=shown_sha256, at=at, comment=text)
    _record("adoption.verdict_refused", verdict, by=by, at=at, word=word, comment=text.sha256)
    notices.tell_proposer(verdict, sign_off, by=by, at=at)


@transaction.atomic
def withdraw_verdict(*, verdict: AdoptionVerdict, because: str, by: Membership, at: dt.datetime) -> None:
    """Take back what waits for signatures, and say why; the review goes on. A colleague does only once the proposer has left.

    :raises ActionRefused: when it waits no more, somebody else proposed it, or no reason was given.
    """
    verdict, sign_off = _lock(verdict.sign_off, by=by)
    if obstacle := obstacle_to_withdrawal(sign_off, reader=by):
        raise ActionRefused(obstacle)
    text = typed(because, by=by)
    sign_offs.close(sign_off=sign_off, outcome=SignOff.Outcome.WITHDRAWN, at=at)
    VerdictWithdrawal.objects.create(organization=by.organization, verdict=verdict, because=text, at=at, by=by.user)
    _record("adoption.verdict_withdrawn", verdict, by=by, at=at, because_sha256=text.sha256)


def _lock(sign_off: SignOff, *, by: Membership) -> tuple[AdoptionVerdict, SignOff]:
    """The verdict with its review, and the sign-off: locked, the review first, as whoever proposes does."""
    verdicts = AdoptionVerdict.objects.select_related("because", "review__organization")
    verdict = verdicts.get(sign_off=sign_off, organization=by.organization)
    AdoptionReview.objects.select_for_update().get(pk=verdict.review_id)
    verdict.review.refresh_from_db(fields=["status"])
    return verdict, sign_offs.lock_sign_off(sign_off)


def _reasons(blockers: Sequence[Blocker], accepted: Mapping[str, str], *, by: Membership) -> dict[str, FreeText]:
    missing = [one.title for one in blockers if not accepted.get(one.key, "").strip()]
    if missing:
        raise ActionRefused(
            _("Say for everything that is open why it goes all the same. A reason is missing for: %(titles)s")
            % {"titles": "; ".join(missing)}
        )
    said = {accepted[one.key].strip() for one in blockers}
    kept = {text: audit.keep_text(text, organization_id=by.organization_id) for text in sorted(said)}
    return {one.key: kept[accepted[one.key].strip()] for one in blockers}


def _check_nothing_new(verdict: AdoptionVerdict, sign_off: SignOff, *, at: dt.datetime) -> None:
    named = {one["key"] for one in sign_off.content["blockers"]}
    review = adoption_reviews(verdict.review.organization).get(pk=verdict.review_id)
    new = [one.title for one in frozen_board(review, at=at).blockers if one.key not in named]
    if new:
        raise ActionRefused(
            _("Something is open by now that was not when this was submitted: %(titles)s. Ask for changes.")
            % {"titles": "; ".join(new)}
        )


def _check_still_decided(verdict: AdoptionVerdict, sign_off: SignOff, *, at: dt.datetime) -> None:
    """What the go rests on is in force as it was frozen: nothing suspended, ended or replaced since, judged to matter or not."""
    holds = set(in_force(verdict.review.organization, at=at).values_list("pk", flat=True))
    gone = [one["route"] for one in sign_off.content["decisions"] if one["decision"] not in holds]
    if gone:
        raise ActionRefused(
            _("A decision that this rests on is not in force as it was any more: %(routes)s. Ask for changes.")
            % {"routes": "; ".join(gone)}
        )


def _record(action: str, verdict: AdoptionVerdict, *, by: Membership, at: dt.datetime, **data: object) -> None:
    audit.record(
        action,
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"adoption:{verdict.review_id}",
        verdict=verdict.pk,
        sign_off=verdict.sign_off_id,
        **data,
    )
