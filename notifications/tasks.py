"""What beat and the bell call; the work is found in the database, so a task may come twice, late, or never in between."""

from celery import shared_task

from notifications import digest, sending
from operations import clock
from operations.sweeps import sweep


@shared_task(name="notifications.send_due")
@sweep("notifications.send_due")
def send_due() -> int:
    """Send the mail that is due."""
    return sending.send_due()


@shared_task(name="notifications.digest")
@sweep("notifications.digest")
def write_digests() -> int:
    """Write the digests of everybody whose morning has come, and what is urgent."""
    return digest.write_mail(at=clock.now())
