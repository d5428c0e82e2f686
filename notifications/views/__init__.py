"""Pages of mail: what was sent, and what each person wants to be told."""

from notifications.views.delivery import mail_test, person_reach
from notifications.views.mail import local_outbox, mail_list, outbox
from notifications.views.preferences import preferences, unsubscribe

__all__ = ["local_outbox", "mail_list", "mail_test", "outbox", "person_reach", "preferences", "unsubscribe"]
