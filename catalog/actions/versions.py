"""Keeping how a source reads."""

import datetime as dt
import hashlib
from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from audit import actions as audit
from catalog.actions.refusals import refuse_foreign
from catalog.models import Clause, PolicySource, PolicyVersion
from catalog.policy_diff.comparing import compare
from catalog.policy_diff.documents import Unreadable
from operations import clock
from operations.errors import ActionRefused
from operations.files import LONGEST_NAME, MEGABYTE
from operations.forms import file_name
from operations.templatetags.dates import day

LARGEST_VERSION = 2 * MEGABYTE


@transaction.atomic
def add_version(
    *,
    by: Membership,
    source: PolicySource,
    content: bytes,
    origin: str,
    seen_on: dt.date,
    at: dt.datetime,
    name: str = "",
    effective_on: dt.date | None = None,
) -> PolicyVersion:
    """Keep how a source reads, or read, on a day; an older text that is back again is a version of its own.

    :raises ActionRefused: when it can't be read as text, is too large or of a day to come; or when it says what the
        version before it says already, however it is formatted.
    """
    refuse_foreign(by, source)
    if len(content) > LARGEST_VERSION:
        raise ActionRefused(
            _("This is larger than %(size)d MB. Bring the text of the policy alone.")
            % {"size": LARGEST_VERSION // MEGABYTE}
        )
    if seen_on > clock.day_of(at, by.organization.timezone):
        raise ActionRefused(_("The day on which it was seen is still to come: choose today or an earlier one."))
    version = PolicyVersion(
        organization=by.organization,
        source=source,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        name=file_name(name, longest=LONGEST_NAME),
        origin=origin,
        seen_on=seen_on,
        effective_on=effective_on,
        added_at=at,
        by=by.user,
    )
    try:
        version.document  # noqa: B018  # refused where it can't be read
    except Unreadable as error:
        raise ActionRefused(
            _("This can't be compared: %(why)s. Bring it as Markdown, HTML or plain text, or paste its text.")
            % {"why": error}
        ) from error
    PolicySource.objects.select_for_update().get(pk=source.pk)  # two who bring the same one after the other
    before = source.versions.visible_to(by.organization).filter(seen_on__lte=seen_on).first()
    if before and compare(before.text, version.text).formatting_only:
        raise ActionRefused(
            _("Nothing has changed since the version of %(day)s: every word is the same.")
            % {"day": day(before.seen_on)}
        )
    return keep_version(version)


def keep_version(version: PolicyVersion) -> PolicyVersion:
    """Save a version with its clauses, whoever brought it and however, and log it: the only place where one is saved.

    In the transaction of a caller that has locked the source, and found that it can be read and says something new.
    """
    version.save(force_insert=True)
    Clause.objects.bulk_create(_clauses(version), batch_size=5000)
    audit.record(
        "version.added",
        by=version.by_id,
        organization_id=version.organization_id,
        at=version.added_at,
        target=f"version:{version.pk}",
        content=version.sha256,
        origin=version.origin,
        **({"reason_text": version.reason.sha256} if version.reason else {}),
    )
    return version


def _clauses(version: PolicyVersion) -> Iterator[Clause]:
    for position, clause in enumerate(version.document.clauses):
        yield Clause(
            organization_id=version.organization_id,
            version=version,
            position=position,
            place=clause.place,
            anchor=clause.anchor,
            sha256=clause.sha256,
        )
