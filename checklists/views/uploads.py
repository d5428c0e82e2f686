"""Files on their way into an answer, and what was held back of them."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.models import Team
from accounts.rights import Right
from checklists import actions
from checklists.forms import AnswerForm, ReleaseForm
from checklists.forms.answers import typed_so_far
from checklists.models import Answer, ItemRevision, Upload
from checklists.queries.uploads import given_before, held_back, waiting_uploads
from operations import clock
from operations.errors import ActionRefused
from operations.files import as_attachment, too_large
from operations.paging import keyset_page, number
from operations.previews import as_picture

# Buttons of the form that do something with its files and links and send nothing off.
NOT_YET = frozenset({"more", "keep"})


class Brought:
    """What is on the way into one answer: files that are there, and what was wrong with those that came just now.

    :param has_uploads: False where it is known that nothing waits, ``has_given`` where nothing was ever handed in: what is not
        there is not looked for.
    :ivar stays: whether the page is to be shown again as it is: a button was pressed that only does something with files.
    """

    def __init__(
        self,
        request: OrganizationRequest,
        revision: ItemRevision,
        *,
        team: Team | None,
        is_shared: bool,
        standing: Answer | None,
        at: dt.datetime,
        has_uploads: bool = True,
        has_given: bool = True,
    ) -> None:
        self.revision, self.standing = revision, standing
        self.errors: list[str] = []
        self.stays = False
        if request.method == "POST":
            self._take(request, revision, team, at)
        takes_evidence = revision.answer_kind == ItemRevision.AnswerKind.EVIDENCE or revision.evidence_example
        is_asked = has_given and bool(takes_evidence or standing)
        self.uploads: list[Upload] = []
        if takes_evidence and (has_uploads or request.method == "POST"):
            self.uploads = list(waiting_uploads(request.membership, item_id=revision.item_id, team=team))
        self.before = given_before(request.membership, is_shared=is_shared, standing=standing) if is_asked else ()
        if not takes_evidence:
            self.before = [one for one in self.before if standing and one.answer_id == standing.pk]

    def form(self, request: OrganizationRequest, *, today: dt.date, typed: dict[str, Any]) -> AnswerForm:
        """The answer's form, with what was wrong with the files; as it was typed and not judged, where it stays."""
        words: dict[str, Any] = {"initial": typed, "data": request.POST if request.method == "POST" else None}
        if self.stays and not self.errors:
            words = {"initial": typed | typed_so_far(request.POST)}
        form = AnswerForm(
            **words,
            revision=self.revision,
            today=today,
            uploads=self.uploads,
            before=self.before,
            standing=self.standing,
        )
        form.goes_to_links = self.stays and request.POST.get("reply") == "more"
        for error in self.errors:
            form.add_error("uploads" if "uploads" in form.fields else None, error)
        return form

    def _take(self, request: OrganizationRequest, revision: ItemRevision, team: Team | None, at: dt.datetime) -> None:
        for file in request.FILES.getlist("uploads"):
            try:
                kept = actions.bring(by=request.membership, item=revision.item, team=team, file=file, at=at)
            except ActionRefused as refused:
                self.errors.append(str(refused))
            else:
                self.errors += [why_held_back(kept)] if kept.is_held_back else []
        self.errors += [too_large(name) for name in vars(request).get("too_large", ())]
        if unwanted := request.POST.get("take_back"):
            for upload in Upload.objects.filter(membership=request.membership, pk=number(unwanted) or 0):
                actions.take_back(upload=upload, by=request.membership, at=at)
        self.stays = bool(unwanted) or request.POST.get("reply") in NOT_YET


def why_held_back(upload: Upload) -> str:
    """What is wrong with a file, what becomes of it, and how to mend it."""
    says = upload.name.rpartition(".")[2].upper()
    if upload.trouble == Upload.Trouble.MACROS:
        wrong = _("“%(name)s” holds a program (macros): save it without, or as a PDF.")
    elif upload.trouble == Upload.Trouble.OTHER_KIND and upload.looks_like:
        wrong = _(
            "“%(name)s” says it is %(says)s, but what is in it is %(is)s: give it its right name, or export it anew."
        )
    elif upload.trouble == Upload.Trouble.OTHER_KIND:
        wrong = _("“%(name)s” says it is %(says)s, but it isn't: open it and save or export it anew as %(says)s.")
    elif upload.trouble == Upload.Trouble.TOO_MANY_PIXELS:
        wrong = _("“%(name)s” is too large a picture to be opened safely: make it smaller.")
    else:
        wrong = _("“%(name)s” can't be opened as a picture: make the screenshot again, or save it anew.")
    words = {"name": upload.name, "says": says, "is": upload.looks_like.lstrip(".").upper()}
    return wrong % words + " " + _("It is held back, and no part of your answer, unless somebody here releases it.")


@require_safe
@require(Right.LIST_ANSWER)
def upload_preview(request: OrganizationRequest, pk: int) -> FileResponse:
    """The picture of a file that its person has brought and not handed in yet."""
    upload = get_object_or_404(request.organization.uploads, pk=pk)
    if upload.membership_id != request.membership.pk:
        raise PermissionDenied
    if not upload.has_preview or upload.gone_at:
        raise Http404
    try:
        return as_picture(request.organization.pk, upload.sha256)
    except FileNotFoundError as error:
        raise Http404 from error


@require_safe
@require(Right.CHECKLIST_EDIT)
def held_back_list(request: OrganizationRequest) -> HttpResponse:
    """Files that are not what they say they are."""
    page = keyset_page(held_back(request.organization), request)
    return render(request, "checklists/held_back_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.CHECKLIST_EDIT)
def held_back_release(request: OrganizationRequest, pk: int) -> HttpResponse:
    """One of them: what is wrong with it, and letting it be part of an answer nevertheless, for a reason."""
    upload = get_object_or_404(held_back(request.organization), pk=pk)
    form = ReleaseForm(request.POST or None)
    if form.is_valid():
        try:
            actions.release(upload=upload, by=request.membership, at=clock.now(), **form.cleaned_data)
        except ActionRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Released. Whoever brought it is told."))
            return redirect("checklists:held-back-list", organization=request.organization.slug)
    context = {"upload": upload, "form": form, "is_own": upload.membership_id == request.membership.pk}
    return render(request, "checklists/held_back_release.html", context)


@require_safe
@require(Right.CHECKLIST_EDIT)
def held_back_open(request: OrganizationRequest, pk: int) -> FileResponse:
    """Its bytes, to be looked at elsewhere and with care: an attachment of no kind, under a name that opens nothing."""
    upload = get_object_or_404(held_back(request.organization), pk=pk)
    if upload.membership_id == request.membership.pk:
        raise PermissionDenied
    response = as_attachment(upload)
    response["Content-Disposition"] = f'attachment; filename="{upload.sha256}.held-back"'
    return response
