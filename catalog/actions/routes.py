"""Routes of an organization's own."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit import actions as audit
from catalog.actions.refusals import refuse_foreign
from catalog.models import AccessRoute, Tool
from operations.errors import ActionRefused


def add_route(
    *, by: Membership, name: str, tool: Tool, short_code: str, tier: str, surface: str, at: dt.datetime, **more: Any
) -> AccessRoute:
    """Add a route of the organization's own: a gateway, a third-party tool, a pipeline.

    :param more: any other column, such as ``base`` (the route underneath), ``trains`` or ``warning``.
    :raises ActionRefused: when the name or the short code is taken, or what it builds on is not in this catalog.
    """
    refuse_foreign(by, tool, more.get("base"))
    key = slugify(name, allow_unicode=True)[:120]  # letters of every script tell two names apart
    if not key:
        raise ActionRefused(_("Give the route a name with letters or digits."))
    if _code_is_taken(by, short_code):
        raise ActionRefused(_("The short code %(code)s is taken; choose another.") % {"code": short_code})
    try:
        with transaction.atomic():
            route = AccessRoute.objects.create(
                organization=by.organization,
                key=key,
                name=name,
                tool=tool,
                short_code=short_code,
                tier=tier,
                surface=surface,
                added_at=at,
                **more,
            )
            audit.record(
                "route.added", by=by.user_id, organization_id=by.organization_id, at=at, target=f"route:{route.pk}"
            )
    except IntegrityError as error:
        raise ActionRefused(_("You have a route of that name already.")) from error
    return route


def _code_is_taken(by: Membership, short_code: str) -> bool:
    codes = AccessRoute.objects.visible_to(by.organization).filter(short_code__iexact=short_code)
    return codes.filter(Q(retired_at=None) | Q(organization=by.organization)).exists()
