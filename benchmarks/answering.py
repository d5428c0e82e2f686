"""Answering one item, from the button to the redirect: the same among many answers as among few."""

import re
import statistics
from collections.abc import Iterator

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from benchmarks import figures as measured
from benchmarks.figures import Figure, seconds
from benchmarks.pages import client_of, item_of_somebody
from checklists.models import Answer
from tests.plans import rows_read_by_table

ROUNDS = 25
HIDDEN = re.compile(r'<input type="hidden" name="(shown|answered)" value="(\w*)">')


class Question:
    """One question and somebody it is asked of, who answers it again and again."""

    def __init__(self, organization: Organization) -> None:
        person, self.url = item_of_somebody(organization)
        self.client = client_of(person)
        self.open()
        self.answer()  # what is read once per process is no part of it

    def open(self) -> None:
        """Read its page, whose form knows what was shown and what was answered last."""
        self.form = dict(HIDDEN.findall(self.client.get(self.url).content.decode()))

    def answer(self) -> None:
        """Press the button."""
        response = self.client.post(self.url, {**self.form, "reply": "yes"})
        assert response.status_code == 302, f"{self.url}: not taken"

    def seconds(self) -> float:
        self.open()
        return seconds(self.answer)

    def statements(self) -> int:
        self.open()
        with CaptureQueriesContext(connection) as captured:
            self.answer()
        return len(captured)

    def rows_read(self) -> int:
        self.open()
        with transaction.atomic(), rows_read_by_table() as counts:
            self.answer()
        return sum(counts.values())


def figures(big: Organization, small: Organization) -> Iterator[Figure]:
    """Both in turn: time, statements, and rows read, by functions and triggers too."""
    answers = [Answer.objects.filter(organization=one).count() for one in (big, small)]
    against = f"{answers[0]:,} answers against {answers[1]:,}"
    many, few = Question(big), Question(small)
    rounds = [(many.seconds(), few.seconds()) for _round in range(min(ROUNDS, measured.most_rounds))]
    took, took_before = (statistics.median(times) for times in zip(*rounds, strict=True))
    statements, before = many.statements(), few.statements()
    yield Figure("answering one item", took / took_before, 2, "×", f"{took * 1000:.1f} ms, {against}")
    yield Figure("statements to answer one item", statements / before, 1, "×", f"{statements}, {against}")
    yield Figure("rows read to answer one item", many.rows_read() / few.rows_read(), 1.05, "×", against)
