"""What every page of signing does, whatever is signed: whose turn it is, who reads it, and one word carried out."""

from collections.abc import Callable, Iterable
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode

from accounts.decorators import refuse
from accounts.http import OrganizationRequest
from accounts.rights import Right, may_grant_group
from governance import actions
from governance.forms import WordForm
from governance.models import SignOff, SignOffStage
from governance.queries.comments import comments_for, talks
from governance.queries.conditions import conditions_shown
from governance.queries.showing import stations_of
from governance.queries.sign_offs import (
    Plan,
    has_been_joined,
    has_said,
    is_party,
    stages_of,
    to_be_signed,
    waiting_for,
)
from operations import clock
from operations.errors import ActionRefused


def opened(request: OrganizationRequest, sign_off: SignOff) -> dict[str, Any]:
    """What the page and its parts take: the stages, which of them waits for the reader, what is to be signed now, and (``talk``)
    what was said beside its lines.

    Refuses whoever it does not wait for and who may not read it either.
    """
    stages = stages_of(sign_off, reader=request.membership.user_id)
    stage = next((one for one in stages if vars(one)["waits_for_reader"]), None)
    if stage is None and not _may_open(request, sign_off, stages):
        refuse(request)
    is_joined = has_been_joined(sign_off)
    today = clock.today(request.organization.timezone)
    return {
        "sign_off": sign_off,
        "stage": None if is_joined else stage,
        "has_been_joined": is_joined,
        "stages": stages,
        "stations": stations_of(stages, sign_off),
        "to_be_signed": to_be_signed(sign_off, stages),
        "laid": conditions_shown(stages, today=today, reader=request.membership.pk),
        "may_list": Right.SIGN_OFF_VIEW in request.rights,
        "talk": talks(
            comments_for(sign_off, groups=request.standing.groups),
            url=reverse("governance:sign-off-comment", args=[request.organization.slug, sign_off.pk]),
            is_open=sign_off.outcome == SignOff.Outcome.PENDING,
        ),
    }


def _may_open(request: OrganizationRequest, sign_off: SignOff, stages: Iterable[SignOffStage]) -> bool:
    """Whether somebody for whom it does not wait reads it, or tries their word, of which the action says why not."""
    if Right.SIGN_OFF_VIEW not in request.rights:
        return Right.SIGN_OFF_SIGN in request.rights and is_party(request.membership, stages)
    return request.method != "POST" or sign_off.is_sole or Right.SIGN_OFF_SIGN in request.rights


def give_word(
    request: OrganizationRequest, form: WordForm, sign_off: SignOff, carry_out: Callable[..., object]
) -> bool:
    """Carry out what a valid form says; False leaves the page with the reason on the form, and in the log.

    Pressed twice, the second is answered as the first: no word was refused.

    :param carry_out: takes what the form says, then sign_off, stage, by, at; raises ActionRefused.
    """
    said, at = form.cleaned_data, clock.now()
    stage = get_object_or_404(sign_off.stages, pk=said["stage"])
    whose: dict[str, Any] = {"sign_off": sign_off, "stage": stage, "by": request.membership, "at": at}
    try:
        carry_out(said, **whose)
    except ActionRefused as error:
        laid = [(one.text.strip(), one.keeper.pk, one.due_on, one.suspends) for one in said["conditions"]]
        if not has_said(request.user.pk, stage, word=said["word"], comment=said["comment"], conditions=laid):
            form.add_error(None, str(error))
            actions.note_refusal(**whose, word=said["word"], because=str(error))
            return False
    return True


def after_word_url(request: OrganizationRequest) -> str:
    """What waits for their word next, whatever it is; else the list of sign-offs, or home for whoever has none."""
    following = waiting_for(request.membership.user_id, organization=request.organization).first()
    if following:
        return reverse("governance:sign-off-sign", args=[request.organization.slug, following.sign_off_id])
    if Right.SIGN_OFF_VIEW in request.rights:
        return reverse("governance:sign-off-list", args=[request.organization.slug])
    return request.organization.get_absolute_url()


def invite_url(request: OrganizationRequest, plan: Plan) -> str:
    """Where the owner invites somebody into the group that lacks one, and comes back from."""
    if plan.lacks is None or not may_grant_group(request.rights):
        return ""
    asked = urlencode({"group": str(plan.lacks.pk), "next": request.path})
    return reverse("accounts:invitation-add", args=[request.organization.slug]) + f"?{asked}"
