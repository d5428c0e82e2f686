"""The count at the end: nothing lost, nothing doubled, and every number is what a recount finds."""

from collections import Counter
from collections.abc import Callable, Iterator

from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import Count, Q

from audit.models import AuditEvent
from checklists import notices
from checklists.models import Answer, Assignment, ReadinessDelta, SettleJob, SettleRequest
from checklists.queries import differing_cells
from notifications.models import Notice, OutgoingMail
from operations import clock
from reviews.models import Review, ReviewSchedule
from tests.cast import Company
from tests.checklists.crowd import progress_that_differs, unsettled_in
from tests.faults.storm.fleet import Fleet
from tests.faults.storm.hands import Book
from tests.faults.storm.settings import UNHURRIED
from tests.smtp import MailServer

ROUNDS = 30
LEASE_IS_OVER = 360.0  # seconds
CARRIED = {"operations.heartbeat"}
MANAGED = (
    "checklist.published",
    "person.placed",
    "person.left",
    "decision.suspended",
    "decision.approved",
    "review.closed",
)
# Whoever sends at that moment may die between the server's 250 and the note of it: one copy each.
ONE_SENDER = ("a worker is killed",)
EVERY_SENDER = (
    "PostgreSQL is restarted",
    "PostgreSQL is killed",
    "Redis is stopped for a while",
    "Redis is cut off",
    "Redis is a black hole for a while",
)


def quiet_down(fleet: Fleet) -> int:
    """Every sweep again and again until none finds anything to do; returns how many rounds that took."""
    connections.close_all()  # what it was connected to is gone
    current_app.loader.import_default_modules()
    timetable = settings.CELERY_BEAT_SCHEDULE.items()
    names = [str(entry["task"]) for name, entry in timetable if name not in UNHURRIED]
    for number in range(1, ROUNDS):
        fleet.set_clock(fleet.offset + LEASE_IS_OVER)
        done = {name: current_app.tasks[name]() for name in names if name not in CARRIED}
        if not any(done.values()) and not _is_anything_due():
            return number
    raise AssertionError(f"never quiet: {done}")


def _is_anything_due() -> bool:
    waiting = (SettleRequest, SettleJob.objects.filter(done_at=None), ReadinessDelta, OutgoingMail.objects.pending())
    return any((getattr(rows, "objects", rows)).exists() for rows in waiting)


class Reckoning:
    """Every question that is asked at the end, and what was found.

    :ivar wrong: what is not as it should be, each a sentence.
    """

    def __init__(self, acme: Company, book: Book, fleet: Fleet, smtp: MailServer) -> None:
        self.acme, self.book, self.fleet, self.smtp = acme, book, fleet, smtp
        self.wrong: list[str] = []
        self.organization = acme.organization

    def check(self) -> None:
        """Ask all of them."""
        self.wrong += self.book.wrong
        checks: list[Callable[[], Iterator[str]]] = [
            self._answers, self._managed, self._notices, self._mail, self._chain, self._counts, self._settled, self._reviews,
        ]  # fmt: skip
        for check in checks:
            self.wrong += check()

    def _answers(self) -> Iterator[str]:
        rows = Answer.objects.filter(organization=self.organization)
        kept = Counter(rows.values_list("membership_id", "item_id", "snapshot__sha256"))
        for key in kept.keys() | {key for key in self.book.acked if isinstance(key, tuple)}:
            said, unsure = self.book.acked[key], self.book.unsure[key]
            # The same said again about the same words is one answer: while the clock is back, what was said seems not to be.
            if not min(said, 1) <= kept[key] <= said + unsure:
                yield f"answer {key}: {kept[key]} rows, {said} said, {unsure} unsure"

    def _managed(self) -> Iterator[str]:
        by_her = AuditEvent.objects.filter(actor_id=self.acme.mara.user_id, pk__gt=self.first_event)
        kept = Counter(by_her.values_list("action", flat=True))
        for action in MANAGED:
            said, unsure = self.book.acked[action], self.book.unsure[action]
            if not said <= kept[action] <= said + unsure:
                yield f"{action}: {kept[action]} events, {said} said, {unsure} unsure"
        answered = AuditEvent.objects.filter(action="answer.given", organization_id=self.organization.pk).count()
        if answered != Answer.objects.count():
            yield f"{answered} events of {Answer.objects.count()} answers"

    first_event = 0

    def _notices(self) -> Iterator[str]:
        slots = Notice.objects.values("organization", "rule", "subject_key", "recipient", "slot_date")
        for twice in slots.annotate(rows=Count("pk")).filter(rows__gt=1):
            yield f"notice twice: {twice}"
        for _organization, assignment in notices.unwritten_reminders():
            yield f"no reminder of assignment {assignment}"
        open_ones = Assignment.objects.filter(status="open", due_on__lt=clock.now().date())
        told = Notice.objects.filter(rule="assignment-due").values_list("subject_key", flat=True)
        for late in {f"assignment:{pk}" for pk in open_ones.values_list("pk", flat=True)} - set(told):
            yield f"late and never told: {late}"

    def _mail(self) -> Iterator[str]:
        rows = OutgoingMail.objects.exclude(status="sent")
        yield from (f"mail {one.pk} is {one.status}: {one.last_error}" for one in rows)
        digests = OutgoingMail.objects.filter(kind="digest").values("organization", "user", "digest_on")
        for twice in digests.annotate(rows=Count("pk")).filter(rows__gt=1):
            yield f"two digests: {twice}"
        arrived = Counter(self.smtp.message_ids())
        written = set(OutgoingMail.objects.values_list("message_id", flat=True))
        if written != set(arrived):
            yield f"mail: {len(written - set(arrived))} of {len(written)} never arrived, {len(set(arrived) - written)} unknown"
        if self.copies > self.most_copies:
            yield f"{self.copies} copies of mail, at most {self.most_copies} explained"
        unsaid = Notice.objects.unsent().filter(send_from__lte=clock.now()).count()
        if unsaid:
            yield f"{unsaid} notices are in no mail"

    @property
    def copies(self) -> int:
        ids = self.smtp.message_ids()
        return len(ids) - len(set(ids))

    @property
    def most_copies(self) -> int:
        one = sum(self.fleet.done[trouble] for trouble in ONE_SENDER)
        return one + self.fleet.size.workers * sum(self.fleet.done[trouble] for trouble in EVERY_SENDER)

    def _chain(self) -> Iterator[str]:
        try:
            call_command("verify_audit", stdout=(said := _Lines()))
        except SystemExit:
            yield f"audit: {''.join(said)}"

    def _counts(self) -> Iterator[str]:
        yield from (f"count differs: {cell}" for cell in differing_cells())
        yield from (
            f"progress of {key}: {said}"
            for key, said in progress_that_differs(self.organization, at=clock.now()).items()
        )

    def _settled(self) -> Iterator[str]:
        wrong = unsettled_in(self.organization, at=clock.now())
        if wrong:
            yield f"{len(wrong)} rows are not as the predicate has them, such as {wrong[:3]}"

    def _reviews(self) -> Iterator[str]:
        for subject in ("decision", "checklist"):
            rows = Review.objects.filter(**{f"{subject}__isnull": False}).values(subject, "period_on")
            yield from (f"review twice: {twice}" for twice in rows.annotate(n=Count("pk")).filter(n__gt=1))
        due = ReviewSchedule.objects.filter(next_on__lte=clock.now().date())
        open_now = Q(decision__reviews__closed_at=None, decision__reviews__isnull=False)
        open_now |= Q(checklist__reviews__closed_at=None, checklist__reviews__isnull=False)
        for missed in due.exclude(open_now).exclude(decision__status="suspended"):
            yield f"due and not opened: {missed}"


def rows_by_table() -> Iterator[tuple[str, int]]:
    """Every table that holds rows, and how many."""
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            if count := cursor.fetchone()[0]:
                yield table, count


class _Lines(list):
    """What a command writes."""

    def write(self, line: str) -> None:
        self.append(line)
