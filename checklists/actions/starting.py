"""Copying what ships into an organization's own hands."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import JobRole, Membership, Organization
from audit.actions import record
from catalog.models import AccessRoute
from checklists.actions.assignments import assign
from checklists.actions.editing import keys_for, list_what_was_published, refuse_keeper
from checklists.actions.publishing import publish
from checklists.models import Checklist, ChecklistVersion, Item, ItemRevision, ListedItem
from checklists.queries.revisions import newest_published
from checklists.starters import Starter, StarterItem, shipped
from operations.errors import ActionRefused

# What a new organization begins with: everyone's list, each role's, and what is answered once for all.
BEGIN_WITH = (
    "employee-privacy",
    "engineering",
    "executive",
    "operations",
    "legal-compliance",
    "customer-facing",
    "team-adoption",
    "corporate-checkpoints",
    "leaders-before-rollout",
)


@transaction.atomic
def copy_starter(*, key: str, by: Membership, at: dt.datetime) -> Checklist:
    """Copy one starter as a draft; an item the organization has already is listed, not copied again.

    :raises ActionRefused: when there is no such starter, or it was copied before.
    """
    starter = shipped().checklists.get(key)
    if starter is None:
        raise ActionRefused(_("There is no starter checklist of that name."))
    words = {name: getattr(starter, name) for name in ("name", "purpose", "kind", "minutes")}
    checklist, is_new = Checklist.objects.get_or_create(
        organization=by.organization, key=key, defaults={**words, "keeper": by, "created_at": at}
    )
    if not is_new:
        raise ActionRefused(
            _("You have a copy of this checklist already.")
            if checklist.archived_at is None
            else _("You have a copy of this checklist already, archived: take that up again.")
        )
    version = ChecklistVersion.objects.create(
        organization=by.organization, checklist=checklist, number=1, created_by=by.user, created_at=at
    )
    _list_items(version, starter, by)
    record(
        "checklist.copied",
        by=by.user_id,
        organization_id=by.organization_id,
        at=at,
        target=f"checklist:{checklist.pk}",
        starter=key,
        items=len(starter.items),
    )
    return checklist


@transaction.atomic
def begin_checklist(*, like: Checklist | None = None, by: Membership, at: dt.datetime, **words: Any) -> Checklist:
    """A checklist of the organization's own, as a draft: with nothing in it, or listing what another one asks. A question that
    both list stays one, answered once.

    :param words: ``name``, ``purpose``, ``kind``, ``minutes``, ``review_months`` and ``keeper``.
    :raises ActionRefused: one in use has this name; the keeper does not manage or own the organization; the other list is of
        another kind.
    """
    organization = Organization.objects.select_for_update(no_key=True).get(pk=by.organization_id)
    if organization.checklists.filter(name__iexact=words["name"], archived_at=None).exists():
        raise ActionRefused(_("There is a checklist of this name already."))
    refuse_keeper(words["keeper"], by)
    if like is not None and like.kind != words["kind"]:
        raise ActionRefused(_("A personal list and a shared one ask different things: copy one of the same kind."))
    taken = set(organization.checklists.values_list("key", flat=True)) | shipped().checklists.keys()
    key = next(key for key in keys_for(words["name"], otherwise="checklist") if key not in taken)
    checklist = Checklist.objects.create(organization=organization, key=key, created_at=at, **words)
    version = ChecklistVersion.objects.create(
        organization=organization, checklist=checklist, number=1, created_by=by.user, created_at=at
    )
    if like is not None:
        list_what_was_published(version, like)
    record(
        "checklist.begun",
        by=by.user_id,
        organization_id=organization.pk,
        at=at,
        target=f"checklist:{checklist.pk}",
        like=like.pk if like else None,
    )
    return checklist


@transaction.atomic
def adopt_starters(*, by: Membership, at: dt.datetime) -> list[Checklist]:
    """Copy what a new organization begins with, as drafts."""
    return [copy_starter(key=key, by=by, at=at) for key in BEGIN_WITH]


@transaction.atomic
def adopt_as_shipped(*, key: str, by: Membership, at: dt.datetime) -> Checklist:
    """Copy one starter, publish it in its shipped words and assign it to whom it suggests: all of it or nothing.

    :raises ActionRefused: as :func:`copy_starter` does.
    """
    checklist = copy_starter(key=key, by=by, at=at)
    publish(version=checklist.versions.get(), by=by, at=at, editorial=frozenset())
    assign_as_shipped(checklist=checklist, by=by, at=at)
    return checklist


@transaction.atomic
def assign_as_shipped(*, checklist: Checklist, by: Membership, at: dt.datetime) -> None:
    """The assignment rules its starter suggests: everyone, some job roles, or people with certain routes."""
    starter: Starter = shipped().checklists[checklist.key]
    if starter.assign.all:
        assign(checklist=checklist, by=by, at=at)
    for role in JobRole.objects.filter(
        organization=by.organization, key__in=starter.assign.job_roles, archived_at=None
    ):
        assign(checklist=checklist, job_role=role, by=by, at=at)
    for route in AccessRoute.objects.shipped().filter(key__in=starter.assign.routes, retired_at=None):
        assign(checklist=checklist, route=route, by=by, at=at)


def _list_items(version: ChecklistVersion, starter: Starter, by: Membership) -> None:
    titles = {section.key: section.title for section in starter.sections}
    for position, item_key in enumerate(starter.items, start=1):
        data = shipped().items[item_key]
        revision = revision_of(by, data)
        ListedItem.objects.create(
            organization=by.organization,
            version=version,
            item=revision.item,
            revision=revision,
            section_key=data.section,
            section_title=titles[data.section],
            position=position,
        )


def revision_of(by: Membership, data: StarterItem) -> ItemRevision:
    """The organization's item of this key as everyone knows it, else a first revision in the shipped words; what a
    colleague is drafting is theirs."""
    item, _is_new = Item.objects.get_or_create(organization=by.organization, key=data.key)
    return newest_published([item.pk]).get(item.pk) or ItemRevision.objects.create(
        organization=by.organization,
        item=item,
        question=data.question,
        why=data.why,
        steps=data.steps,
        answer_kind=data.answer,
        choices=[choice.model_dump() for choice in data.choices],
        expects=data.expects,
        allows_not_applicable=data.allows_not_applicable,
        needs_computer=data.needs_computer,
        shows=data.shows,
        rests_on_topics=data.rests_on.facts,
        rests_on_decisions=data.rests_on.decisions,
        procedures=data.rests_on.procedures,
        evidence_example=data.evidence_example,
        valid_months=data.valid_months,
        answers_itself=data.answers_itself,
    )
