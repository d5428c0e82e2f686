"""Versions of a policy: bringing one, and what changed between two of them."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import require
from accounts.http import OrganizationRequest
from accounts.rights import Right
from catalog import actions
from catalog.forms import VersionForm
from catalog.policy_diff.comparing import ClauseDiff, compare
from catalog.policy_diff.words import Op
from catalog.views.differences import summary_of, topic_names
from catalog.views.sources import source_of, versions_of
from operations import clock
from operations.errors import ActionRefused
from operations.files import bytes_as_attachment

SIGNALS = {
    "duration": gettext_lazy("A duration"),
    "number": gettext_lazy("Another number"),
    "limit": gettext_lazy("A limit"),
    "opt": gettext_lazy("Who has to ask"),
    "promise-removed": gettext_lazy("A promise is gone"),
    "recipient": gettext_lazy("Who gets it"),
    "deadline": gettext_lazy("A deadline"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@require(Right.POLICY_EDIT)
def version_add(request: OrganizationRequest, pk: int) -> HttpResponse:
    """Bring a version, as a file or as text; what follows is what it changed."""
    source = source_of(request, pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = VersionForm(*sent, today=clock.today(request.organization.timezone))
    if form.is_bound and form.is_valid():
        try:
            version = actions.add_version(by=request.membership, source=source, at=clock.now(), **form.words())
        except ActionRefused as error:
            form.add_error(None, str(error))
        else:
            before = versions_of(request, source).texts().before(version).defer("content").first()
            if before is None or not version.is_text:
                words = _("The text is kept. The next version is compared with it.")
                messages.success(request, words if version.is_text else _("The paper is kept as evidence."))
                return redirect("catalog:source-detail", request.organization.slug, pk)
            messages.success(request, _("The version is kept. This is what it changed."))
            return redirect("catalog:version-compare", request.organization.slug, pk, before.pk, version.pk)
    return render(request, "catalog/version_add.html", {"source": source, "form": form})


@require_safe
@require(Right.POLICY_VIEW)
def version_open(request: OrganizationRequest, pk: int, version: int) -> FileResponse:
    """The very bytes of one version, to be saved and never shown or run in the browser."""
    source = source_of(request, pk)
    kept = get_object_or_404(versions_of(request, source), pk=version)
    name = kept.name or f"{slugify(source.title) or 'policy'}-{kept.seen_on}.txt"
    return bytes_as_attachment(bytes(kept.content), name=name)


@require_safe
@require(Right.POLICY_VIEW)
def version_compare(request: OrganizationRequest, pk: int, old: int, new: int) -> HttpResponse:
    """What changed between two versions, clause by clause and word by word; ``?view=side`` puts them side by side."""
    source = source_of(request, pk)
    versions = versions_of(request, source).texts()
    before, after = (get_object_or_404(versions, pk=one) for one in (old, new))
    diff = compare(before.text, after.text)
    topics = {key for clause in diff.changes for key in clause.topics}
    names = topic_names(topics)
    changes = [_shown(clause, names) for clause in diff.changes]
    for one, following in pairwise(changes):
        one["next"] = following["id"]
    context = {
        "source": source,
        "old": before,
        "new": after,
        "summary": summary_of(diff),
        "is_same": before.sha256 == after.sha256,
        "changes": changes,
        "signal_count": sum(len(clause.signals) for clause in diff.changes),
        "unchanged": [clause.new.clause for clause in diff.clauses if clause.status == "unchanged" and clause.new],
        "is_side": request.GET.get("view") == "side",
    }
    return render(request, "catalog/version_compare.html", context)


def _shown(clause: ClauseDiff, names: dict[str, str]) -> dict[str, Any]:
    """One change for the page. A clause that went has the address it had: a new one may have taken its place."""
    return {
        "id": f"{'was' if clause.status == 'removed' else 'clause'}/{clause.anchor}",
        "next": "",
        "clause": clause,
        "status": f"clause-{clause.status}",
        "topics": [names.get(key, key) for key in clause.topics],
        "signals": [
            {"name": SIGNALS[signal.kind], "signal": signal, "why": _(signal.why)} for signal in clause.signals
        ],
        "words": list(gaps_apart(clause.diff)),
        "old_words": _side(clause.diff, without="+"),
        "new_words": _side(clause.diff, without="-"),
    }


def _side(diff: Iterable[tuple[Op, str]], *, without: Op) -> list[tuple[Op, str]]:
    """One of the two versions; where what began it is left out, what follows begins without a gap."""
    pieces = list(gaps_apart(piece for piece in diff if piece[0] != without))
    return [(op, text if place else text.lstrip()) for place, (op, text) in enumerate(pieces)]


def gaps_apart(diff: Iterable[tuple[Op, str]]) -> Iterator[tuple[Op, str]]:
    """The space before what came or went stands outside it, so that its sign is at the word."""
    for op, text in diff:
        words = text.lstrip()
        if op != "=" and words != text:
            yield "=", text.removesuffix(words)
            text = words
        yield op, text
