"""In which words an item is known, and in which a draft would say it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import canonical
from checklists.models import ChecklistVersion, Item, ItemRevision, ListedItem

WORDS = (
    "question",
    "why",
    "steps",
    "answer_kind",
    "choices",
    "expects",
    "allows_not_applicable",
    "needs_computer",
    "shows",
    "rests_on_topics",
    "rests_on_decisions",
    "procedures",
    "evidence_example",
    "valid_months",
    "answers_itself",
)


def words_of(revision: ItemRevision) -> dict[str, object]:
    """Everything that a revision says, by field."""
    return {name: getattr(revision, name) for name in WORDS}


def changed_in_words(question: str) -> str:
    """Why whoever has answered is asked again: the question in its new words."""
    return _("The question has changed: “%(question)s”") % {"question": question}


def because_now(because: str, question: str, earlier: Iterable[str]) -> str:
    """Why it is asked again, but never in words of the question that were replaced since.

    :param question: what it says now; ``earlier``: what it was published as before.
    """
    replaced = {changed_in_words(one) for one in earlier} - {changed_in_words(question)}
    return replaced_words() if because in replaced else because


def replaced_words() -> str:
    """Why whoever has answered is asked again, where the question says something else by now."""
    return _("The question has changed.")


def digest_of(lines: Iterable[ListedItem]) -> str:
    """The hash of what these lines of a draft say, in their order: what a page showed, and its form carries."""
    said = [{"item": one.item_id, "section": one.section_title, **words_of(one.revision)} for one in lines]
    return canonical.digest(canonical.dumps(said))


def digest_to_publish(draft: ChecklistVersion) -> str:
    """The hash of what the page before publishing shows: a draft, and in which words people know its questions; two queries."""
    lines = list(draft.listed_items.select_related("revision"))
    known = newest_published(one.item_id for one in lines)
    return canonical.digest(canonical.dumps([digest_of(lines), sorted(one.pk for one in known.values())]))


def newest_published(items: Iterable[int] | QuerySet[Item]) -> dict[int, ItemRevision]:
    """The revision that everyone is shown, by item; items that nobody was shown yet are left out. One query."""
    published = ItemRevision.objects.filter(item__in=items, published_at__isnull=False)
    return {one.item_id: one for one in published.order_by("item_id", "-pk").distinct("item_id")}


@dataclass(frozen=True)
class Line:
    """A line of a version in the words that people are shown.

    :ivar said_in: the version of another list that brought these words, where they are newer than this version's.
    """

    section_title: str
    revision: ItemRevision
    said_in: ChecklistVersion | None


def lines_shown(version: ChecklistVersion) -> list[Line]:
    """What a version asks: a published one in the words that stand in force wherever they were published, any other one in
    its own; at most three queries."""
    lines = list(version.listed_items.select_related("revision"))
    is_seen = version.status == ChecklistVersion.Status.PUBLISHED
    known = newest_published(one.item_id for one in lines) if is_seen else {}
    newer = [known[one.item_id].pk for one in lines if one.item_id in known and known[one.item_id] != one.revision]
    brought = ListedItem.objects.filter(revision__in=newer, version__published_at__isnull=False)
    brought = brought.select_related("version__checklist").order_by("revision", "version__published_at")
    said_in = {one.revision_id: one.version for one in brought.distinct("revision")} if newer else {}
    shown = [(one, known.get(one.item_id, one.revision)) for one in lines]
    return [Line(one.section_title, revision, said_in.get(revision.pk)) for one, revision in shown]


def changed_items(version: ChecklistVersion) -> list[ItemRevision]:
    """The revisions of a draft that say an item in other words than people know it in; two queries."""
    drafted = list(ItemRevision.objects.filter(listings__version=version, published_at__isnull=True))
    known = newest_published(one.item_id for one in drafted)
    return [one for one in drafted if one.item_id in known and words_of(one) != words_of(known[one.item_id])]


def listed_anew(version: ChecklistVersion) -> tuple[list[ItemRevision], list[ItemRevision]]:
    """What a draft asks that the published version of its list does not, and what it asks no longer; two queries."""
    published = ChecklistVersion.objects.filter(
        checklist=version.checklist_id, status=ChecklistVersion.Status.PUBLISHED
    )
    drafted = {one.item_id: one for one in ItemRevision.objects.filter(listings__version=version)}
    known = {one.item_id: one for one in ItemRevision.objects.filter(listings__version__in=published)}
    added = [one for item, one in drafted.items() if item not in known]
    return added, [one for item, one in known.items() if item not in drafted]
