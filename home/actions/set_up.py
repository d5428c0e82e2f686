"""Founding an organization with everything it begins with."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.actions import found_organization
from accounts.models import Membership, Organization, User
from checklists.actions import adopt_starters
from governance.actions import ship_data_classes, ship_uses
from home.models import SetUpLink
from operations.errors import ActionRefused

HOURS_A_LINK_HOLDS = 48


def make_link(*, at: dt.datetime) -> SetUpLink:
    """The link that is open, or a new one."""
    is_open = SetUpLink.objects.filter(used_at__isnull=True, expires_at__gt=at)
    expires_at = at + dt.timedelta(hours=HOURS_A_LINK_HOLDS)
    return is_open.order_by("-expires_at").first() or SetUpLink.objects.create(made_at=at, expires_at=expires_at)


@transaction.atomic
def set_up(
    *,
    organization: str,
    timezone: str,
    name: str,
    email: str,
    password: str,
    at: dt.datetime,
    link: SetUpLink | None = None,
) -> Membership:
    """A new organization with data classes and starter checklists, and its owner.

    :param link: the one-time link that led here; None for somebody who was let in otherwise.
    :raises ActionRefused: the link was used or has expired, or the address has an account already.
    """
    link = lock_link(link, at=at) if link is not None else None
    owner = _new_owner(name=name, email=email, password=password, at=at)
    membership = found_organization(
        name=organization, slug=free_slug(organization), timezone=timezone, owner=owner, at=at
    )
    begin_with(membership, at=at)
    if link is not None:
        close_link(link, organization=membership.organization, at=at)
    return membership


def lock_link(link: SetUpLink, *, at: dt.datetime) -> SetUpLink:
    """The link as it is now, while nobody else uses it.

    :raises ActionRefused: it was used or has expired.
    """
    link = SetUpLink.objects.select_for_update().get(pk=link.pk)
    if link.used_at is not None or link.expires_at <= at:
        raise ActionRefused(_("This link has been used or has expired."))
    return link


def begin_with(owner: Membership, *, at: dt.datetime) -> None:
    """What every organization has from its first day: data classes, uses, starter checklists as drafts."""
    ship_data_classes(organization=owner.organization)
    ship_uses(organization=owner.organization)
    adopt_starters(by=owner, at=at)


def close_link(
    link: SetUpLink, *, organization: Organization, at: dt.datetime, answers: dict[str, str] | None = None
) -> None:
    """From here on it opens nothing."""
    link.used_at, link.organization, link.answers = at, organization, answers
    link.save(update_fields=["used_at", "organization", "answers"])


def _new_owner(*, name: str, email: str, password: str, at: dt.datetime) -> User:
    email = email.strip().lower()
    taken = ActionRefused(_("There is already an account with the address %(email)s.") % {"email": email})
    if User.objects.filter(email=email).exists():
        raise taken
    try:
        with transaction.atomic():
            return User.objects.create_user(email, password, name=name.strip(), date_joined=at)
    except IntegrityError as made_meanwhile:  # the same form, sent twice at one moment
        raise taken from made_meanwhile


def free_slug(name: str) -> str:
    """An address from the name; one without a Latin letter or digit gets a plain one."""
    stem = slugify(name)[:50].strip("-") or "organization"
    taken = set(Organization.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return stem if stem not in taken else next(s for n in range(2, len(taken) + 3) if (s := f"{stem}-{n}") not in taken)
