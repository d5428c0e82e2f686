"""A question that exists already, on one more list: it stays one question, answered once."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership
from checklists.actions.editing import lock_draft, log_line, put
from checklists.actions.starting import revision_of
from checklists.models import ChecklistVersion, Item, ListedItem
from checklists.queries.choosing import known_questions
from checklists.queries.revisions import newest_published
from checklists.starters import shipped
from operations.errors import ActionRefused


@transaction.atomic
def list_known_question(*, version: ChecklistVersion, key: str, by: Membership, at: dt.datetime) -> ListedItem:
    """Put a question of another list, or one that ships, at the end of its section of a draft.

    :param key: the key of the item.
    :raises ActionRefused: the draft lists it already, or there is no such question for lists of this kind.
    """
    draft = lock_draft(version.pk, by)
    if key in set(draft.listed_items.values_list("item__key", flat=True)):
        raise ActionRefused(_("This question is on the list already."))
    known = next((one for one in known_questions(draft) if one.key == key), None)
    if known is None:
        raise ActionRefused(_("There is no such question for this kind of list."))
    if known.ships:
        revision = revision_of(by, shipped().items[key])
    else:
        item = Item.objects.get(organization=by.organization, key=key)
        revision = newest_published([item.pk])[item.pk]
    listed = ListedItem(organization=by.organization, version=draft, item=revision.item, revision=revision)
    put(listed, known.section_title)
    listed.save()
    log_line("checklist.item_added", listed, by, at)
    return listed
