"""Erasing whoever has left: name, address, words and files go; rows, numbers and digests stay, and the log still verifies."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actions.authority import refuse_foreign, refuse_without
from accounts.actions.locks import lock_membership, lock_organization
from accounts.actions.sessions import end_sessions
from accounts.models import Membership, User
from accounts.queries.recorded import due_to_be_erased, has_left, ids_of
from accounts.rights import Right
from audit import actions as audit
from audit.models import AuditEvent
from operations.errors import ActionRefused
from operations.files import remove_after_commit
from operations.personal import Held, register, words_typed

# How many one run of the sweep erases at most; the next goes on.
AT_A_TIME = 500
TAKEN_OUT_AGAIN = dt.timedelta(minutes=5)


@transaction.atomic
def erase_person(*, membership: Membership, by: Membership | None, at: dt.datetime) -> bool:
    """Take out of this organization what somebody who has left typed and handed in; once they are erased everywhere they
    belonged, their name and address too. Rows, ids and digests stay. Erased already: nothing happens.

    :param by: None for the sweep, which erases whose time has come.
    :returns: whether the name and the address went too.
    :raises ActionRefused: they have not left, are kept for a reason, or operate this installation; ``by`` may not.
    """
    lock_organization(membership.organization_id)
    membership = lock_membership(membership)
    # Whoever is erased in two organizations at once: the second sees that the first has.
    user = User.objects.select_for_update().get(pk=membership.user_id)
    if by is not None:
        refuse_without(Right.PERSON_ERASE, by)
        refuse_foreign(by, membership)
    if has_left(membership) is None:
        if membership.erased_at is not None:
            return user.erased_at is not None
        raise ActionRefused(_("Only somebody who has left can be erased."))
    if membership.held_at is not None:
        raise ActionRefused(_("%(person)s is kept for now: end that first.") % {"person": user})
    if user.is_staff:
        raise ActionRefused(_("%(person)s operates this installation: somebody else has to first.") % {"person": user})
    values = {**ids_of(membership), **_stand_ins(user), "at": at}
    erased = _erase(values, of_user=False)
    texts = _erase_words(membership, values, by=by, at=at)
    Membership.objects.filter(pk=membership.pk).update(erased_at=at)
    is_last = _is_erased_everywhere(user)
    if is_last:
        end_sessions(user=user, by=by.user_id if by else None, at=at)
        erased |= _erase(values, of_user=True)
    audit.record(
        "person.erased",
        by=by.user_id if by else None,
        organization_id=membership.organization_id,
        at=at,
        target=f"membership:{membership.pk}",
        texts=texts,
        is_name_erased=is_last,
        **{f"of_{key}": rows for key, rows in erased.items() if rows},
    )
    return is_last


def erase_due(*, at: dt.datetime, forgets: bool) -> Iterator[tuple[str, Callable[[], int]]]:
    """Whose time has come, each with what erases them.

    :param forgets: what is old is looked for too: it reads whole tables, which once a day is often enough.
    """
    if forgets:
        yield "what is old", partial(forget, at=at)
    for pk in due_to_be_erased(at=at, many=AT_A_TIME):
        yield f"membership:{pk}", partial(_erase_if_still_due, pk, at)


@transaction.atomic
def forget(*, at: dt.datetime) -> int:
    """Take addresses and words out of what is as old as people who have left are kept: invitations that led to nobody, mail,
    notices. Returns how many rows; the log of each organization says how many."""
    forgotten: dict[UUID | None, Counter[str]] = defaultdict(Counter)
    with connection.cursor() as cursor:
        for held in register():
            if held.forget:
                cursor.execute(held.forget, {"at": at})
                for (organization_id,) in cursor.fetchall():
                    forgotten[organization_id][held.key] += 1
    for organization_id, counts in sorted(forgotten.items(), key=str):
        if organization_id is None:
            continue  # sessions that have run out: nobody's business
        target = f"organization:{organization_id}"
        audit.record("organization.forgot", by=None, organization_id=organization_id, at=at, target=target, **counts)
    return sum(counts.total() for counts in forgotten.values())


def _erase_if_still_due(pk: int, at: dt.datetime) -> int:
    """Somebody else may have erased or kept them since they were found."""
    try:
        erase_person(membership=Membership.objects.get(pk=pk), by=None, at=at)
    except ActionRefused:
        return 0
    return 1


@transaction.atomic
def keep_person(*, membership: Membership, because: str, by: Membership, at: dt.datetime) -> None:
    """Put off erasing somebody, for a reason such as a dispute, until :func:`let_person_go`.

    :raises ActionRefused: they are kept already, or were erased; ``by`` may not.
    """
    membership = lock_membership(membership)
    refuse_without(Right.PERSON_ERASE, by)
    refuse_foreign(by, membership)
    if membership.held_at is not None:
        raise ActionRefused(_("%(person)s is kept already.") % {"person": membership.user})
    if membership.user.erased_at is not None:
        raise ActionRefused(_("They have been erased."))
    membership.held_because = audit.keep_text(because.strip(), organization_id=membership.organization_id)
    membership.held_at, membership.held_by = at, by.user
    membership.save(update_fields=["held_at", "held_by", "held_because"])
    _record("person.held", membership, by=by, at=at, because=membership.held_because.sha256)


@transaction.atomic
def let_person_go(*, membership: Membership, by: Membership, at: dt.datetime) -> None:
    """From here on they are erased when their time has come; the reason, which may name people, goes.

    :raises ActionRefused: nothing keeps them, or ``by`` may not.
    """
    membership = lock_membership(membership)
    refuse_without(Right.PERSON_ERASE, by)
    refuse_foreign(by, membership)
    because = membership.held_because
    if because is None:
        raise ActionRefused(_("Nothing keeps %(person)s.") % {"person": membership.user})
    membership.held_at = membership.held_by = membership.held_because = None
    membership.save(update_fields=["held_at", "held_by", "held_because"])
    audit.erase_text(text=because, by=by.user_id, at=at)
    _record("person.let_go", membership, by=by, at=at)


@transaction.atomic
def note_taken_out(*, by: Membership, at: dt.datetime) -> None:
    """Log that somebody takes along what is recorded about them.

    :raises ActionRefused: they did a few minutes ago; it is work for the machine.
    """
    lock_membership(by)
    lately = AuditEvent.objects.filter(
        organization_id=by.organization_id, actor_id=by.user_id, action="person.taken_out", at__gt=at - TAKEN_OUT_AGAIN
    )
    if lately.exists():
        raise ActionRefused(_("You took it out a moment ago. Wait five minutes, then do it again."))
    _record("person.taken_out", by, by=by, at=at)


def label_of(user: User) -> str:
    """What an erased person is called: two of them are told apart, and nobody is named."""
    return _("Erased person %(number)d") % {"number": user.pk.int % 1_000_000}


def _erase(values: dict[str, Any], *, of_user: bool) -> dict[str, int]:
    """What each app holds, in the order of the register; how many rows of each."""
    erased = {}
    for held in (held for held in register() if held.is_of_user == of_user):
        erased[held.key] = _erase_one(held, values)
    return erased


def _erase_one(held: Held, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        if held.removes:
            cursor.execute(held.removes, values)
            remove_after_commit([path for (path,) in cursor.fetchall()])
        rows = 0
        for statement in held.erase:
            cursor.execute(statement, values)
            rows += cursor.rowcount
    return rows


def _erase_words(membership: Membership, values: dict[str, Any], *, by: Membership | None, at: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(words_typed(), values)
        typed = [pk for (pk,) in cursor.fetchall()]
    return len(
        audit.erase_texts(
            texts=typed,
            organization_id=membership.organization_id,
            by=by.user_id if by else None,
            at=at,
            target=f"membership:{membership.pk}",
        )
    )


def _stand_ins(user: User) -> dict[str, str]:
    """The person's address, what they are called from now on, and a pattern of how others were told of them: as it stands in
    a text or in HTML."""
    names = [name for name in (user.name.strip(), user.email) if name]
    written = dict.fromkeys(form for name in names for form in (name, escape(name)))
    named = "|".join(map(_as_a_whole, written))
    return {"address": user.email, "label": label_of(user), "named": named}


def _as_a_whole(words: str) -> str:
    """A pattern of PostgreSQL of these words, where they are not a part of longer ones."""
    begins = r"\m" if words[0].isalnum() else ""
    ends = r"\M" if words[-1].isalnum() else ""
    return begins + re.escape(words) + ends


def _is_erased_everywhere(user: User) -> bool:
    return not any(
        one.erased_at is None or has_left(one) is not None or one.access_periods.open().exists()
        for one in user.memberships.all()
    )


def _record(action: str, membership: Membership, *, by: Membership, at: dt.datetime, **data: object) -> None:
    audit.record(
        action,
        by=by.user_id,
        organization_id=membership.organization_id,
        at=at,
        target=f"membership:{membership.pk}",
        **data,
    )
