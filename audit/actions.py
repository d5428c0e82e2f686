"""Writing the log, the snapshots and the reopenings; every function runs inside the caller's transaction."""

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Mapping
from functools import partial
from uuid import UUID

import structlog
from django.db import connection, transaction

from audit import canonical
from audit.models import INSTALLATION, AuditEvent, Basis, FreeText, Reopening, Snapshot, Withdrawal

log = structlog.get_logger("audit")

# How long people have to look again at what is re-opened, unless a person says another day; as in checklists_state.
DAYS_TO_LOOK_AGAIN = 14
LOCK_SPACE = 0x57415945  # "WAYE": advisory locks of this product


def record(
    action: str,
    *,
    by: UUID | None,
    organization_id: UUID | None,
    at: dt.datetime,
    target: str = "",
    **data: object,
) -> AuditEvent:
    """Append one event to the organization's chain (the installation's when ``organization_id`` is None).

    :param action: ``subject.verb_in_the_past``, such as ``decision.submitted``.
    :param by: the user's id; None for the machine itself.
    :param target: ``kind:id`` of what it happened to.
    :param data: ids, counts, digests and enum values only: never a name, an address or what a person typed.
    """
    event = AuditEvent.objects.create(
        organization_id=organization_id,
        at=at,
        actor_id=by,
        action=action,
        target=target,
        data=canonical.dumps(data),
    )
    transaction.on_commit(partial(_log, event))
    return event


def _log(event: AuditEvent) -> None:
    """The event as one line, once it has happened, in the words of the row."""
    log.info(
        event.action,
        event_id=event.pk,
        organization=str(event.organization_id or ""),
        actor=str(event.actor_id or ""),
        target=event.target,
        **{f"data_{key}": value for key, value in json.loads(event.data).items()},
    )


def keep_text(body: str, *, organization_id: UUID | None) -> FreeText:
    """Keep what a person typed, apart and salted; its ``sha256`` is what the chain and snapshots may hold.

    :param organization_id: None for what the operator types.
    """
    salt = secrets.token_bytes(16)
    return FreeText.objects.create(
        organization_id=organization_id or INSTALLATION,
        salt=salt,
        body=body,
        sha256=canonical.salted_digest(salt, body),
    )


def erase_text(*, text: FreeText, by: UUID | None, at: dt.datetime) -> FreeText:
    """Take a person's words out of the database for good; the digest stays, and the log says that they were erased."""
    text.body, text.salt, text.erased_at = None, None, at
    text.save(update_fields=["body", "salt", "erased_at"])
    record(
        "text.erased",
        by=by,
        organization_id=None if text.organization_id == INSTALLATION else text.organization_id,
        at=at,
        target=f"text:{text.pk}",
        text_sha256=text.sha256,
    )
    return text


def erase_texts(
    *, texts: Iterable[int], organization_id: UUID, by: UUID | None, at: dt.datetime, target: str
) -> list[int]:
    """The same of many texts at once, which one event names by their ids; those that are erased already are left out.

    :param target: whose they were.
    :returns: the texts that were erased.
    """
    still = FreeText.objects.filter(organization_id=organization_id, pk__in=list(texts), erased_at__isnull=True)
    erased = list(still.order_by("pk").select_for_update().values_list("pk", flat=True))
    if erased:
        FreeText.objects.filter(pk__in=erased).update(body=None, salt=None, erased_at=at)
        record("text.many_erased", by=by, organization_id=organization_id, at=at, target=target, texts=erased)
    return erased


def lock_shared(organization_id: UUID) -> None:
    """Answering and signing take this first, so that no snapshot slips between a judgement and its withdrawals."""
    _lock("pg_advisory_xact_lock_shared", organization_id)


def lock_exclusive(organization_id: UUID) -> None:
    """Reopening takes this first."""
    _lock("pg_advisory_xact_lock", organization_id)


def _lock(function: str, organization_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [LOCK_SPACE, str(organization_id)])


def keep_snapshot(
    content: Mapping[str, object], *, organization_id: UUID, bases: Mapping[str, int], at: dt.datetime
) -> Snapshot:
    """The snapshot row of this content, made on first sight, with what it rests on.

    :param content: what was shown; JSON values without floats.
    :param bases: key → revision that was shown; part of the content, so equal hashes rest on equal bases. What was
        re-opened above one of them while the page was on its way is withdrawn from the first.
    """
    text = canonical.dumps({**content, "rests_on": dict(bases)})
    sha256 = canonical.digest(text)
    snapshot, is_new = Snapshot.objects.get_or_create(
        organization_id=organization_id, sha256=sha256, defaults={"content": text, "made_at": at}
    )
    if is_new:
        Basis.objects.bulk_create(
            Basis(organization_id=organization_id, snapshot=snapshot, key=key, revision=revision)
            for key, revision in bases.items()
        )
        _withdraw_if_reopened(snapshot, bases)
    return snapshot


def snapshot_digest(content: Mapping[str, object], *, bases: Mapping[str, int]) -> str:
    """The hash a page shows and its form carries: what :func:`keep_snapshot` would store."""
    return canonical.digest(canonical.dumps({**content, "rests_on": dict(bases)}))


def reopen(
    *,
    organization_id: UUID,
    key: str,
    below_revision: int,
    by: UUID | None,
    at: dt.datetime,
    due_on: dt.date | None,
    because: str,
) -> Reopening:
    """A material judgement: whatever rests on ``key`` below a revision is asked again.

    A handful of rows, whatever the head count: the reopening, and the snapshots (dozens) that it withdraws.
    """
    lock_exclusive(organization_id)
    reopening = Reopening.objects.create(
        organization_id=organization_id,
        key=key,
        below_revision=below_revision,
        at=at,
        by_id=by,
        due_on=due_on,
        because=because,
    )
    withdrawn = _withdraw(reopening)
    record(
        "reopening.made",
        by=by,
        organization_id=organization_id,
        at=at,
        target=f"reopening:{reopening.pk}",
        key=key,
        below_revision=below_revision,
        snapshots=withdrawn,
    )
    return reopening


def undo_reopening(*, reopening: Reopening, by: UUID | None, at: dt.datetime) -> Reopening:
    """Take a material judgement back, by a further row; who has not answered since is no longer asked."""
    lock_exclusive(reopening.organization_id)
    undo = Reopening.objects.create(
        organization_id=reopening.organization_id,
        key=reopening.key,
        below_revision=reopening.below_revision,
        at=at,
        by_id=by,
        because="",
        undoes=reopening,
    )
    record(
        "reopening.undone",
        by=by,
        organization_id=reopening.organization_id,
        at=at,
        target=f"reopening:{reopening.pk}",
        undo=undo.pk,
    )
    return undo


def _withdraw(reopening: Reopening) -> int:
    snapshots: Iterable[int] = Basis.objects.filter(
        organization_id=reopening.organization_id, key=reopening.key, revision__lt=reopening.below_revision
    ).values_list("snapshot_id", flat=True)
    rows = Withdrawal.objects.bulk_create(
        Withdrawal(organization_id=reopening.organization_id, reopening=reopening, snapshot_id=pk) for pk in snapshots
    )
    return len(rows)


def _withdraw_if_reopened(snapshot: Snapshot, bases: Mapping[str, int]) -> None:
    above = Reopening.objects.filter(
        organization_id=snapshot.organization_id, key__in=bases, undoes__isnull=True
    ).values_list("pk", "key", "below_revision")
    Withdrawal.objects.bulk_create(
        Withdrawal(organization_id=snapshot.organization_id, reopening_id=pk, snapshot=snapshot)
        for pk, key, below_revision in above
        if bases[key] < below_revision
    )
