"""What the pages of mail show, what a person wants to be told, and whom mail doesn't reach."""

from notifications.queries.bounces import bounce_of, out_of_reach, standing_bounces
from notifications.queries.health import Delivery, delivery_health
from notifications.queries.mail import code_in, delivery, hears_only_pressing, next_digest_on, outbox

__all__ = [
    "Delivery",
    "bounce_of",
    "code_in",
    "delivery",
    "delivery_health",
    "hears_only_pressing",
    "next_digest_on",
    "out_of_reach",
    "outbox",
    "standing_bounces",
]
