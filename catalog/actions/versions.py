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
from operations import clock, locks
from operations.bell import ring
from operations.errors import ActionRefused
from operations.files import LARGEST_FILE, LONGEST_NAME, MEGABYTE, type_of_paper
from operations.forms import file_name
from operations.templatetags.dates import day

LARGEST_VERSION = 2 * MEGABYTE
LARGEST_PAPER = LARGEST_FILE
ASSESS_TASK = "reviews.assess_policies"


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
    """Keep how a source reads, or read, on a day; an older text that is back again is a version of its own. A PDF or a Word
    document, by what is in it and whatever it is called, is kept as evidence and compared with nothing.

    :raises ActionRefused: when it is neither text nor such a paper, is too large or of a day to come; or when it says what the
        version before it says already, however it is formatted, or is a paper that is kept already.
    """
    refuse_foreign(by, source)
    content_type = type_of_paper(content)
    largest = LARGEST_PAPER if content_type else LARGEST_VERSION
    if len(content) > largest:
        raise ActionRefused(
            _("This is larger than %(size)d MB. Bring the text of the policy alone.") % {"size": largest // MEGABYTE}
        )
    if seen_on > clock.day_of(at, by.organization.timezone):
        raise ActionRefused(_("The day on which it was seen is still to come: choose today or an earlier one."))
    version = PolicyVersion(
        organization=by.organization,
        source=source,
        content=content,
        content_type=content_type,
        sha256=hashlib.sha256(content).hexdigest(),
        name=file_name(name, longest=LONGEST_NAME),
        origin=origin,
        seen_on=seen_on,
        effective_on=effective_on,
        added_at=at,
        by=by.user,
    )
    if not version.is_text:
        return _keep_paper(version)
    _refuse_unreadable(version)
    before = _text_before(version)
    _refuse_unchanged(version, before)
    with transaction.atomic():
        _one_after_the_other(version)
        now_before = _text_before(version)
        if now_before != before:  # somebody else was faster
            _refuse_unchanged(version, now_before)
        return keep_version(version)


@transaction.atomic
def _keep_paper(version: PolicyVersion) -> PolicyVersion:
    _one_after_the_other(version)
    if version.source.versions.visible_to(version.organization).filter(sha256=version.sha256).exists():
        raise ActionRefused(_("This very paper is kept already."))
    return keep_version(version)


def _one_after_the_other(version: PolicyVersion) -> None:
    """Two of one organization who bring the same wait for each other; a shared source holds up nobody else."""
    locks.hold(f"versions:{version.organization_id}:{version.source_id}")


def _refuse_unreadable(version: PolicyVersion) -> None:
    try:
        version.document  # noqa: B018  # refused where it can't be read
    except Unreadable as error:
        raise ActionRefused(
            _("This can't be compared: %(why)s. Bring it as Markdown, HTML or plain text, or paste its text.")
            % {"why": _(str(error))}
        ) from error


def _text_before(version: PolicyVersion) -> PolicyVersion | None:
    texts = version.source.versions.visible_to(version.organization).texts()
    return texts.filter(seen_on__lte=version.seen_on).first()


def _refuse_unchanged(version: PolicyVersion, before: PolicyVersion | None) -> None:
    if before and compare(before.text, version.text).formatting_only:
        raise ActionRefused(
            _("Nothing has changed since the version of %(day)s: every word is the same.")
            % {"day": day(before.seen_on)}
        )


def keep_version(version: PolicyVersion) -> PolicyVersion:
    """Save a version with its clauses, whoever brought it and however, and log it: the only place where one is saved.

    In the transaction of a caller that lets nobody bring another one meanwhile, and found that this one can be read and says
    something new.
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
    ring(ASSESS_TASK)
    return version


def _clauses(version: PolicyVersion) -> Iterator[Clause]:
    for position, clause in enumerate(version.document.clauses if version.is_text else ()):
        yield Clause(
            organization_id=version.organization_id,
            version=version,
            position=position,
            place=clause.place,
            anchor=clause.anchor,
            sha256=clause.sha256,
        )
