"""Comments and notes beside one line of what is to be signed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import refuse, require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from governance import actions
from governance.forms import CommentForm
from governance.models import SignOff
from governance.queries.comments import anchors_of, comments_for
from governance.queries.sign_offs import is_party, stages_of
from operations import clock
from operations.errors import ActionRefused


@require_http_methods(["GET", "POST"])
@require(Right.HOME_VIEW)
def sign_off_comment(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One line of what is to be signed (``?about=``), what was said about it, and a further comment or note."""
    rows = request.organization.sign_offs.select_related("organization", "snapshot")
    sign_off = get_object_or_404(rows, pk=pk)
    _check_reader(request, sign_off)
    about = request.POST.get("about") or request.GET.get("about", "whole")
    anchors = anchors_of(sign_off.content)
    form = CommentForm(request.POST or None, groups=_own_groups(request, sign_off))
    if form.is_valid():
        said = {"anchor": about, "by": request.membership, "at": clock.now(), **form.cleaned_data}
        try:
            actions.comment(sign_off=sign_off, **said)
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Said."))
            return redirect(f"{sign_off.get_absolute_url()}#{about}")
    groups = request.standing.groups
    said_there = comments_for(sign_off, groups=groups, anchor=about) if about in anchors else {}
    context = {
        "sign_off": sign_off,
        "about": about,
        "line": anchors.get(about, anchors["whole"]),
        "comments": said_there.get(about, []),
        "form": form,
    }
    return render(request, "governance/sign_off_comment.html", context)


def _check_reader(request: OrganizationRequest, sign_off: SignOff) -> None:
    """Whoever may read what is to be signed; who only looks on, such as an auditor, says nothing."""
    names_them = Right.SIGN_OFF_SIGN in request.rights and is_party(request.membership, stages_of(sign_off))
    says = {Right.SIGN_OFF_SIGN, Right.DECISION_PROPOSE} & request.rights and Right.SIGN_OFF_VIEW in request.rights
    reads = says or (Right.SIGN_OFF_VIEW in request.rights and request.method != "POST")
    if not names_them and not reads:
        refuse(request)


def _own_groups(request: OrganizationRequest, sign_off: SignOff) -> dict[int, object]:
    """The groups that sign this and that the reader belongs to now."""
    own = sign_off.stages.filter(group__in=request.standing.groups).select_related("group")
    return {stage.group.pk: stage.group for stage in own if stage.group}
