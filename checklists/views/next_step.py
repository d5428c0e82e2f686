"""After each step of a checklist's way: what has happened, in words, and the page on which the next step is done."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import OrganizationRequest
from checklists.models import AssignmentRule, Checklist
from checklists.queries.way import is_published, people_reached
from operations.templatetags.dates import moment


def after_copying(request: OrganizationRequest, checklist: Checklist) -> HttpResponse:
    """To the draft: it is read, then published."""
    messages.success(request, _("Copied as a draft. Read it and change what you like; then publish it."))
    return redirect("checklists:draft-edit", request.organization.slug, checklist.pk)


def after_beginning(request: OrganizationRequest, checklist: Checklist) -> HttpResponse:
    """To the draft: questions are written or chosen, then it is published."""
    messages.success(request, _("Nobody sees it yet: write or choose its questions, then publish it."))
    return redirect("checklists:draft-edit", request.organization.slug, checklist.pk)


def after_publishing(request: OrganizationRequest, checklist: Checklist, *, at: dt.datetime) -> HttpResponse:
    """On to the people, while nobody is asked."""
    if checklist.rules.open().exists():
        messages.success(request, _("Published.") + " " + reach_in_words(checklist, at=at))
        return redirect(checklist)
    messages.success(request, _("Published. Nobody is asked yet: say who has to answer it."))
    return redirect("checklists:checklist-assign", request.organization.slug, checklist.pk)


def no_draft_left(request: OrganizationRequest, checklist: Checklist) -> HttpResponse:
    """To the checklist, with what became of the draft: published by a colleague, or by the same button pressed twice."""
    last = checklist.versions.exclude(published_at=None).select_related("published_by").order_by("-number").first()
    if checklist.archived_at:
        messages.info(request, _("This checklist is archived: there is nothing to publish."))
    elif last:
        words = {"number": last.number, "person": last.published_by, "when": moment(last.published_at)}
        messages.info(request, _("There is no draft now: %(person)s published version %(number)d on %(when)s.") % words)
    return redirect(checklist)


def after_assigning(request: OrganizationRequest, checklist: Checklist, *, at: dt.datetime) -> HttpResponse:
    """Whom it reaches now; on to publishing, while nobody sees it."""
    if is_published(checklist):
        messages.success(request, _("Assigned.") + " " + reach_in_words(checklist, at=at))
    else:
        messages.success(request, _("Assigned. Nobody is asked before it is published."))
    return redirect(checklist)


def asked_no_longer(rule: AssignmentRule, *, at: dt.datetime) -> str:
    """Whom it touches when this rule ends: those whom no other rule of its checklist asks."""
    checklist = rule.checklist
    if checklist.kind == Checklist.Kind.SHARED:
        return _("Its questions are answered once; %(who)s is asked them no longer.") % {
            "who": rule.team or checklist.organization
        }
    people = people_reached(checklist, at=at) - people_reached(checklist, at=at, without=rule)
    if not people:
        return _("Nobody loses a question: whoever it reaches now is asked by another rule too.")
    words = ngettext("%(count)d person is asked no longer.", "%(count)d people are asked no longer.", people)
    return words % {"count": people}


def reach_in_words(checklist: Checklist, *, at: dt.datetime) -> str:
    """How many people are asked now, or that it is answered once."""
    if checklist.kind == Checklist.Kind.SHARED:
        return _("It is answered once, under “Shared answers”.")
    people = people_reached(checklist, at=at)
    if not people:
        return _("It reaches nobody yet; whoever it fits later is asked then.")
    words = ngettext(
        "It reaches %(count)d person now, and whoever it fits later.",
        "It reaches %(count)d people now, and whoever it fits later.",
        people,
    )
    return words % {"count": people}
