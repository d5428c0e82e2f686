"""What a person says of a source that is unavailable: try again now, or: that is the page."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization, User
from audit import actions as audit
from catalog.actions.fetches import FETCH_TASK
from catalog.actions.health import OUTCOME, locked_health, mark_available
from catalog.actions.refusals import refuse_foreign
from catalog.actions.versions import keep_version
from catalog.models import HeldBackText, PolicySource, PolicyVersion
from catalog.policy_diff.documents import Unreadable
from operations import clock
from operations.bell import ring
from operations.errors import ActionRefused

SHORTEST_REASON = 10
# A site that is down is not helped by being asked every second.
BETWEEN_TRIES = dt.timedelta(minutes=1)


@transaction.atomic
def try_again(*, source: PolicySource, by: Membership | User, at: dt.datetime) -> PolicySource:
    """Have a source fetched now: an organization its own, the operator what ships.

    :raises ActionRefused: while fetching is off, or where the source is somebody else's or not fetched at all.
    """
    user, organization = _who(by)
    if source.organization_id != (organization.pk if organization else None):
        raise ActionRefused(
            _("This policy is fetched for everybody: the operator of this installation looks after it.")
        )
    if not settings.POLICY_FETCHING:
        raise ActionRefused(_("Fetching is off: the operator of this installation can switch it on."))
    health = locked_health(source, at=at)
    if not health.source.is_fetched:
        raise ActionRefused(_("This policy is not fetched: it has no address, or nobody wants it to be."))
    tried = [moment + BETWEEN_TRIES for moment in (health.last_success_at, health.last_failure_at) if moment]
    health.next_fetch_at = max(at, *tried) if tried else at
    health.save(update_fields=["next_fetch_at"])
    audit.record(
        "source.fetch_asked",
        by=user.pk,
        organization_id=source.organization_id,
        at=at,
        target=f"source:{source.pk}",
    )
    ring(FETCH_TASK)
    return health.source


@transaction.atomic
def accept(*, held: HeldBackText, by: Membership | User, reason: str, at: dt.datetime) -> PolicyVersion:
    """Keep what was held back as a version: the vendor really says so now.

    What an organization accepts of a shipped source is its own version, and the source stays unavailable for everybody
    else; what the operator accepts is everybody's.

    :param by: a member, or the operator.
    :raises ActionRefused: without a reason, for a text that nobody can read, or one that was settled or accepted already.
    """
    user, organization = _who(by)
    if isinstance(by, Membership):
        refuse_foreign(by, held.source)
    elif held.organization_id:
        raise ActionRefused(_("This policy belongs to an organization, which looks after it itself."))
    health = locked_health(held.source, at=at)
    version = _version(HeldBackText.objects.get(pk=held.pk), user, organization, at)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ActionRefused(_("Say in a sentence why this is the page: it stands beside the version."))
    version.source = health.source
    version.reason = audit.keep_text(reason.strip(), organization_id=organization.pk if organization else None)
    keep_version(version)
    if health.source.organization_id == version.organization_id:
        mark_available(health, at=at)
        # They name the text before this one: told that it is unchanged, we would take that for the page again.
        health.etag, health.last_modified, health.last_change_at = "", "", at
        health.save(update_fields=OUTCOME)
    return version


def _version(held: HeldBackText, user: User, organization: Organization | None, at: dt.datetime) -> PolicyVersion:
    version = PolicyVersion(
        organization=organization,
        source=held.source,
        content=bytes(held.content),
        sha256=held.sha256,
        charset=held.charset,
        origin=PolicyVersion.Origin.ACCEPTED,
        seen_on=clock.day_of(held.seen_at, organization.timezone if organization else "UTC"),
        added_at=at,
        by=user,
    )
    ours = PolicyVersion.objects.filter(source=held.source, organization=organization, sha256=held.sha256)
    if held.settled_at or ours.filter(added_at__gte=held.seen_at).exists():
        raise ActionRefused(_("This was settled in the meantime: look at the policy again."))
    try:
        version.document  # noqa: B018  # refused where it can't be read
    except Unreadable as error:
        raise ActionRefused(_("There is no text in it that could be a version.")) from error
    return version


def _who(by: Membership | User) -> tuple[User, Organization | None]:
    return (by.user, by.organization) if isinstance(by, Membership) else (by, None)
