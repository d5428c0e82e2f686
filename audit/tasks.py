"""Publishing heads of the chains."""

from celery import shared_task

from audit import anchors
from operations import clock
from operations.sweeps import sweep


@shared_task(name="audit.publish_anchors")
@sweep("audit.publish_anchors")
def publish_anchors() -> int:
    """Sign the head of every chain that has moved, outside the database."""
    return anchors.publish_anchors(at=clock.now())
