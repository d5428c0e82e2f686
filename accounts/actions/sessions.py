"""Sessions: ended by whoever is signed in elsewhere, by what happens to the account, or by time."""

import datetime as dt
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from accounts.actions.sign_ins import record_at_door
from accounts.models import User


@transaction.atomic
def end_session(*, user: User, session_id: int, at: dt.datetime) -> bool:
    """Sign a person out in one of their other browsers.

    :returns: whether it was signed in there.
    """
    return bool(_end(UserSession.objects.filter(user=user, pk=session_id), user=user, by=user.pk, at=at))


@transaction.atomic
def end_sessions(*, user: User, by: UUID | None, at: dt.datetime, but: str | None = None) -> int:
    """Sign a person out everywhere.

    :param by: who does; None for the installation's operator.
    :param but: the key of the session that stays.
    :returns: in how many browsers they were signed in.
    """
    return _end(UserSession.objects.filter(user=user).exclude(session_key=but or ""), user=user, by=by, at=at)


@transaction.atomic
def forget_session(*, user: User, key: str | None) -> None:
    """Somebody has signed out: nothing is kept of where that was."""
    UserSession.objects.filter(user=user, session_key=key or "").delete()


@transaction.atomic
def clear_sessions(*, at: dt.datetime) -> int:
    """Remove the sessions that have run out, and what was kept of where sessions were that are gone.

    :returns: how many rows went.
    """
    run_out, _kinds = Session.objects.filter(expire_date__lte=at).delete()
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    gone, _kinds = UserSession.objects.filter(~Exists(session)).delete()
    return run_out + gone


def _end(sessions: QuerySet[UserSession], *, user: User, by: UUID | None, at: dt.datetime) -> int:
    keys = list(sessions.values_list("session_key", flat=True))
    ended, _kinds = Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    if ended:
        record_at_door("session.ended", user=user, by=by, at=at, count=ended)
    return ended
