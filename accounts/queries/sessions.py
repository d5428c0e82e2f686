"""Where somebody is signed in."""

import datetime as dt
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from accounts.models import User


@dataclass(frozen=True)
class SignedIn:
    """One browser in which somebody is signed in: what it is called, since when, and until when at the longest."""

    pk: int
    device: str
    since: dt.datetime
    until: dt.datetime
    is_this_one: bool


def sessions_of(user: User, *, at: dt.datetime, this_one: str | None) -> list[SignedIn]:
    """The sessions of a person that still open something, the newest first; one that a new password ended does not.

    :param this_one: the key of the session that asks.
    """
    rows = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    kept = Session.objects.filter(session_key__in=rows, expire_date__gt=at)
    standing = [session for session in kept if _opens_for(session, user)]
    return sorted(
        (
            SignedIn(
                pk=row.pk,
                device=row.user_agent,
                since=row.created_at,
                until=session.expire_date,
                is_this_one=session.session_key == this_one,
            )
            for session in standing
            for row in [rows[session.session_key]]
        ),
        key=lambda one: (one.is_this_one, one.since),
        reverse=True,
    )


def _opens_for(session: Session, user: User) -> bool:
    return constant_time_compare(session.get_decoded().get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
