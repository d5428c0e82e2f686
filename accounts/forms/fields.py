"""Choices that people forms share."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessPeriod, JobRole, Organization, SignOffGroup, Team
from accounts.rights import Right, may_grant_group, may_grant_level
from operations import clock


class TimeZoneField(forms.ChoiceField):
    """A time zone by its IANA name; where it may stay empty, that means the organization's."""

    def __init__(self, *, required: bool = True, **kwargs: Any) -> None:
        empty = [] if required else [("", _("The organization's"))]
        super().__init__(choices=[*empty, *_zones_by_region()], required=required, label=_("Time zone"), **kwargs)


def _zones_by_region() -> list[tuple[str | Promise, list[tuple[str, str]]]]:
    """The zones of each region under its name; those without a region, such as UTC, come last."""
    regions: dict[str | Promise, list[tuple[str, str]]] = {}
    others: list[tuple[str, str]] = []
    for zone in sorted(clock.time_zones()):
        region, _slash, place = zone.partition("/")
        zones = regions.setdefault(region, []) if place else others
        zones.append((zone, (place or zone).replace("_", " ")))
    return [*regions.items(), (_("Others"), others)]


def team_field(organization: Organization, *, empty_label: str) -> forms.ModelChoiceField:
    """One of the organization's teams, or none."""
    teams = Team.objects.filter(organization=organization, archived_at__isnull=True)
    return forms.ModelChoiceField(teams, label=_("Team"), required=False, empty_label=empty_label)


def job_role_field(organization: Organization, *, empty_label: str) -> forms.ModelChoiceField:
    """One of the organization's job roles, or none."""
    roles = JobRole.objects.filter(organization=organization, archived_at__isnull=True)
    return forms.ModelChoiceField(roles, label=_("Job role"), required=False, empty_label=empty_label)


def group_field(
    organization: Organization,
    *,
    held: frozenset[Right],
    but: Collection[int] = (),
    empty_label: str,
) -> forms.ModelChoiceField:
    """One of the groups that sign; no choice for those who may not decide who signs."""
    groups = SignOffGroup.objects.filter(organization=organization, archived_at__isnull=True).exclude(pk__in=but)
    return forms.ModelChoiceField(
        groups if may_grant_group(held) else SignOffGroup.objects.none(),
        label=_("Signs for"),
        required=False,
        empty_label=empty_label,
    )


def level_field(*, held: frozenset[Right], with_outsiders: bool = False) -> forms.ChoiceField:
    """The access levels that may be granted by somebody who holds these rights.

    :param with_outsiders: also that of whoever comes from outside to sign: nobody becomes one later.
    """
    guest = AccessPeriod.Level.GUEST
    levels = [level for level in reversed(AccessPeriod.Level) if level != guest and may_grant_level(held, level)]
    if with_outsiders:
        levels.append(guest)
    return forms.ChoiceField(
        choices=[(level.value, level.label) for level in levels],
        label=_("Access level"),
        help_text=_(
            "A member answers their own list. An auditor sees everything and changes nothing. "
            "A manager runs the roll-out. An owner also grants access. An outside signer, such as counsel, sees only "
            "what they are asked to sign."
        )
        if with_outsiders
        else _(
            "A member answers their own list. An auditor sees everything and changes nothing. "
            "A manager runs the roll-out. An owner also grants access."
        ),
    )
