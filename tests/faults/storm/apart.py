"""Random actions in a process of its own, so many of them: ``go("acme", seed=1, actions=50)``."""

import time

from accounts.models import Membership
from checklists.models import Assignment
from tests.faults.storm.hands import Answering, Book, Managing

SAMPLE = 500
PROCESSES = 4
EVERY_SO_MANY_ANSWERS = 5


def go(slug: str, *, seed: int, actions: int) -> None:
    """Answer as people of an organization and, now and then, manage it as whoever belongs to it longest.

    :param seed: also says which people: the same ones act in no two processes.
    """
    of_slug = Membership.objects.select_related("user", "organization").filter(organization__slug=slug)
    asked = Assignment.objects.filter(organization__slug=slug).values("membership_id")
    people = list(of_slug.filter(pk__in=asked).order_by("-pk")[: SAMPLE * PROCESSES])[seed % PROCESSES :: PROCESSES]
    book = Book()
    answering = Answering(book, seed=seed, people=people, browsers={})
    managing = Managing(book, seed=seed, by=manager_of(slug), people=people)
    until = time.monotonic() + 120
    while sum(book.acked.values()) < actions and time.monotonic() < until:
        for _answer in range(EVERY_SO_MANY_ANSWERS):
            answering.do()
        managing.do()
    if book.wrong or sum(book.acked.values()) < actions:
        raise SystemExit("\n".join(book.wrong) or f"only {book.acked} said, {book.refused} refused")


def manager_of(slug: str) -> Membership:
    """Somebody who may manage it."""
    rows = Membership.objects.select_related("user", "organization").filter(
        organization__slug=slug, access_periods__level__in=["manager", "owner"], access_periods__ended_at=None
    )
    return rows.order_by("access_periods__level", "pk")[0]
