"""Telling people, what each wants to be told, and whom mail doesn't reach; every write of notifications that others ask for."""

from notifications.actions.bounces import mark_bouncing, note_bounced_mail, note_returned, try_again
from notifications.actions.preferences import choose
from notifications.actions.telling import tell, tell_many, withdraw, withdraw_those
from notifications.actions.trials import send_test

__all__ = [
    "choose",
    "mark_bouncing",
    "note_bounced_mail",
    "note_returned",
    "send_test",
    "tell",
    "tell_many",
    "try_again",
    "withdraw",
    "withdraw_those",
]
