"""Questions that exist already and could be asked by one more list."""

from dataclasses import dataclass

from checklists.models import ChecklistVersion, Item, ListedItem
from checklists.queries.revisions import newest_published
from checklists.starters import shipped


@dataclass(frozen=True)
class KnownQuestion:
    """A question that a draft does not list yet.

    :ivar said_in: the list, of one's own or that ships, in which it stands.
    :ivar ships: whether nobody has copied it yet.
    """

    key: str
    question: str
    why: str
    section_title: str
    said_in: str
    ships: bool


def known_questions(draft: ChecklistVersion, *, search: str = "") -> list[KnownQuestion]:
    """Those of the organization's lists of the same kind, then those that ship; three queries.

    :param search: words that the question has, in any order.
    """
    kind = draft.checklist.kind
    words = search.lower().split()
    keys = set(Item.objects.filter(organization=draft.organization_id).values_list("key", flat=True))
    ours = _ours(draft, kind)
    ship = [
        KnownQuestion(key, item.question, item.why, titles[item.section], starter.name, ships=True)
        for starter in shipped().checklists.values()
        if starter.kind == kind
        for titles in [{section.key: section.title for section in starter.sections}]
        for key, item in [(key, shipped().items[key]) for key in starter.items]
        if key not in keys
    ]
    once: dict[str, KnownQuestion] = {}
    for one in [*ours, *ship]:
        once.setdefault(one.key, one)
    return [one for one in once.values() if all(word in one.question.lower() for word in words)]


def _ours(draft: ChecklistVersion, kind: str) -> list[KnownQuestion]:
    lines = (
        ListedItem.objects.filter(organization=draft.organization_id, version__checklist__kind=kind)
        .exclude(item__in=draft.listed_items.values("item"))
        .select_related("item", "version__checklist")
        .order_by("item", "-version")
        .distinct("item")
    )
    listed = {line.item_id: line for line in lines}
    known = newest_published(listed)
    return [
        KnownQuestion(
            line.item.key,
            known[item].question,
            known[item].why,
            line.section_title,
            str(line.version.checklist),
            ships=False,
        )
        for item, line in listed.items()
        if item in known
    ]
