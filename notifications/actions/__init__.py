"""Telling people, what each wants to be told, and whom mail doesn't reach; every write of notifications that others ask for."""

from notifications.actions.preferences import choose
from notifications.actions.telling import tell, tell_many, withdraw, withdraw_those

__all__ = ["choose", "tell", "tell_many", "withdraw", "withdraw_those"]
