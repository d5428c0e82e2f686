"""What the tests of checklists do again and again, through the actions."""

import datetime as dt
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile

from accounts.models import Membership
from accounts.queries import Standing, standing_of, with_standing
from audit.actions import snapshot_digest
from catalog.models import AccessRoute, Tool
from checklists import actions, queries
from checklists.actions import Given
from checklists.models import Answer, Checklist, ChecklistVersion, Item
from governance import actions as governance
from governance.models import RouteDecision
from governance.queries.sign_offs import stage_in_turn, to_be_signed
from governance.queries.submissions import frozen_content
from tests.cast import EPOCH, Company
from tests.factories import known

LATER = EPOCH + dt.timedelta(hours=1)


def route(key: str, code: str) -> AccessRoute:
    """A shipped route with nothing said about it; the same for every company."""
    tool, _new = Tool.objects.get_or_create(
        organization=None, key="tool", defaults={"vendor": "Vendor", "name": "Tool"}
    )
    words = {"short_code": code, "name": key.title(), "tier": "commercial", "surface": "chat", "added_at": EPOCH}
    return AccessRoute.objects.get_or_create(tool=tool, key=key, defaults=words)[0]


def decide(
    acme: Company,
    on: AccessRoute,
    *,
    at: dt.datetime = EPOCH,
    lines: Sequence[governance.LineOfScope] = (governance.LineOfScope(),),
    signed_with: Sequence[governance.Condition] = (),
    **words: object,
) -> RouteDecision:
    """Propose, submit and sign twice, the first time with these conditions; in force afterwards."""
    submitted = submit(acme, on, at=at, lines=lines, **words)
    sign_off = submitted.sign_off
    for signer, conditions in ((acme.sven, signed_with), (acme.lea, ())):
        shown = {"stage": stage_in_turn(sign_off), "shown_sha256": to_be_signed(sign_off).sha256}
        governance.sign(sign_off=sign_off, **shown, by=signer, at=at, conditions=conditions)
    submitted.refresh_from_db()
    return submitted


def submit(
    acme: Company,
    on: AccessRoute,
    *,
    at: dt.datetime = EPOCH,
    lines: Sequence[governance.LineOfScope] = (governance.LineOfScope(),),
    **words: object,
) -> RouteDecision:
    """Propose and submit: nobody has signed it yet."""
    draft = governance.propose(route=known(on, by=acme.mara, at=at), by=acme.mara, at=at)
    draft = governance.edit(decision=draft, by=acme.mara, at=at, why="We need it.", keeper=acme.mara, **words)
    draft = governance.set_scope(decision=draft, lines=lines, by=acme.mara, at=at)
    content, bases = frozen_content(draft)
    return governance.submit(decision=draft, by=acme.mara, shown_sha256=snapshot_digest(content, bases=bases), at=at)


def checklist(
    acme: Company, key: str, questions: Sequence[str], *, at: dt.datetime = EPOCH, **words: object
) -> Checklist:
    """A published personal checklist with these confirm questions."""
    made = Checklist.objects.create(
        organization=acme.organization,
        key=key,
        name=key.title(),
        keeper=acme.mara,
        created_at=at,
        kind=words.pop("kind", "personal"),
    )
    version = actions.begin_draft(checklist=made, by=acme.mara, at=at)
    for question in questions:
        actions.add_item(
            version=version, by=acme.mara, at=at, section_title="General", question=question, why="It matters.", **words
        )
    actions.publish(version=version, by=acme.mara, at=at, editorial=frozenset())
    return made


def publish_change(
    made: Checklist, acme: Company, item_id: int, *, editorial: bool, at: dt.datetime
) -> ChecklistVersion:
    """A new version in which one item has other words."""
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=at)
    listed = draft.listed_items.get(item_id=item_id)
    actions.edit_item(listed=listed, by=acme.mara, at=at, why=f"Because of {at}.")
    return actions.publish(version=draft, by=acme.mara, at=at, editorial={item_id} if editorial else set())


def standing(membership: Membership) -> Standing:
    """What a member holds now."""
    return standing_of(with_standing(Membership.objects).get(pk=membership.pk))


def answer(membership: Membership, item_id: int, *, at: dt.datetime, given: Given | None = None) -> Answer:
    """Answer one item as its page shows it now."""
    holds = standing(membership)
    tasks = queries.task_list(membership, holds, at=at)
    shown = queries.render_task(membership, tasks, item_id)
    task = next(task for task in tasks.tasks if task.item_id == item_id)
    return actions.answer(
        membership=membership,
        standing=holds,
        item_id=item_id,
        shown_sha256=shown.sha256,
        answered=task.answer_id,
        given=given or Given(value="yes"),
        at=at,
    )


def brought(membership: Membership, item: Item, *files: UploadedFile, at: dt.datetime, **words: object) -> Given:
    """These files, brought for an item by a person, as what they say."""
    kept = [actions.bring(by=membership, item=item, team=None, file=file, at=at) for file in files]
    return Given(uploads=[upload.sha256 for upload in kept], **words)


def answer_everything(membership: Membership, *, at: dt.datetime) -> None:
    """Say yes to whatever is open."""
    for task in queries.task_list(membership, standing(membership), at=at).open:
        answer(membership, task.item_id, at=at)


def reasons(membership: Membership, *, at: dt.datetime) -> dict[str, str]:
    """For each question asked of a person, why it is not current; empty where it is."""
    tasks = queries.task_list(membership, standing(membership), at=at)
    return {task.revision.question: task.reason for task in tasks.tasks}


def url(acme: Company, path: str) -> str:
    return f"/o/{acme.organization.slug}/{path}"


def item(key: str) -> Item:
    return Item.objects.get(key=key)
