"""In which words an item is known, and in which a draft would say it."""

from collections.abc import Iterable

from django.db.models import QuerySet

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
)


def words_of(revision: ItemRevision) -> dict[str, object]:
    """Everything that a revision says, by field."""
    return {name: getattr(revision, name) for name in WORDS}


def digest_of(lines: Iterable[ListedItem]) -> str:
    """The hash of what these lines of a draft say, in their order: what a page showed, and its form carries."""
    said = [{"item": one.item_id, "section": one.section_title, **words_of(one.revision)} for one in lines]
    return canonical.digest(canonical.dumps(said))


def newest_published(items: Iterable[int] | QuerySet[Item]) -> dict[int, ItemRevision]:
    """The revision that everyone is shown, by item; items that nobody was shown yet are left out. One query."""
    published = ItemRevision.objects.filter(item__in=items, published_at__isnull=False)
    return {one.item_id: one for one in published.order_by("item_id", "-pk").distinct("item_id")}


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


def published_meanwhile(drafted: Iterable[ItemRevision]) -> dict[int, ItemRevision]:
    """Which of these items another list has published in newer words since they were drafted, by item."""
    begun = {one.item_id: one.pk for one in drafted}
    return {item: known for item, known in newest_published(begun).items() if known.pk > begun[item]}
