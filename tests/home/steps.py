"""What stands on a home before anybody looks at it."""

from collections.abc import Sequence

from django.db import connection

from accounts.models import Membership
from checklists.models import AssignmentRule, Checklist, ChecklistVersion, Item, ItemRevision, ListedItem
from governance import actions
from governance.models import RouteDecision
from home.queries.blocks import Block
from operations import clock
from tests.cast import EPOCH, Company, signed_in
from tests.factories import known, make_route
from tests.governance.factories import shown, turn


def home(membership: Membership) -> str:
    page = signed_in(membership).get(membership.organization.get_absolute_url())
    assert page.status_code == 200
    return page.content.decode()


def blocks(membership: Membership) -> list[Block]:
    return signed_in(membership).get(membership.organization.get_absolute_url()).context["home"].blocks


def decided(acme: Company, key: str, *, conditions: str = "No customer data.", **words: object) -> RouteDecision:
    """A decision in force: Mara proposes, Sven and Lea sign."""
    decision = submitted(acme, key, conditions=conditions, **words)
    actions.sign(**turn(decision), by=acme.sven, at=EPOCH)
    actions.sign(**turn(decision), by=acme.lea, at=EPOCH)
    decision.refresh_from_db()
    return decision


def submitted(
    acme: Company, key: str, *, lines: Sequence[actions.LineOfScope] = (actions.LineOfScope(),), **words: object
) -> RouteDecision:
    route = known(make_route(key), by=acme.mara, at=EPOCH)
    decision = actions.propose(route=route, by=acme.mara, at=EPOCH)
    actions.edit(decision=decision, by=acme.mara, at=EPOCH, why="We need it.", **words)
    actions.set_scope(decision=decision, lines=lines, by=acme.mara, at=EPOCH)
    decision.refresh_from_db()
    return actions.submit(decision=decision, by=acme.mara, shown_sha256=shown(decision), at=EPOCH)


def published(acme: Company, key: str, items: int = 1, due_days: int = 14) -> Checklist:
    """A published checklist of as many questions, for everyone."""
    here = {"organization": acme.organization}
    checklist = Checklist.objects.create(**here, key=key, name=key.title(), minutes=2, created_at=EPOCH)
    version = ChecklistVersion.objects.create(**here, checklist=checklist, number=1, created_at=EPOCH)
    for number in range(items):
        item = Item.objects.create(**here, key=f"{key}-{number}")
        revision = ItemRevision.objects.create(
            **here, item=item, question="Do you?", why="Because.", published_at=EPOCH
        )
        ListedItem.objects.create(
            **here, version=version, item=item, revision=revision, position=number, asked_since=EPOCH
        )
    version.status, version.published_at = ChecklistVersion.Status.PUBLISHED, EPOCH
    version.save(update_fields=["status", "published_at"])
    AssignmentRule.objects.create(**here, checklist=checklist, due_days=due_days, started_at=EPOCH)
    return checklist


def settled(acme: Company) -> None:
    with connection.cursor() as cursor:
        members = list(acme.organization.memberships.values_list("pk", flat=True))
        cursor.execute("SELECT checklists_settle(%s, %s, %s)", [acme.organization.pk, members, clock.now()])
