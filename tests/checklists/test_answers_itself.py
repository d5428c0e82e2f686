"""What the product itself knows is answered by nobody: how it stands, as of any moment, what shows it, and who is refused."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from checklists import actions, queries
from checklists.actions import Given
from checklists.models import Answer, Item, UsageCell, UsageInquiry
from governance import actions as governance
from operations import clock
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import answer_everything, checklist, decide, publish_change, route, url
from tests.home.steps import settled

pytestmark = pytest.mark.django_db
DECIDED, DAY = EPOCH + dt.timedelta(days=7), dt.timedelta(days=1)
ALONE = {"route-decided", "security-legal-approved", "usage-scope", "reviews-scheduled", "rules-known"}


def state(acme: Company, at: dt.datetime) -> dict[str, str]:
    keys = dict(Item.objects.values_list("pk", "key"))
    rows = queries.shared_state(acme.organization.pk, at=at)
    assert {keys[row.item_id] for row in rows if row.answers_itself} == ALONE
    return {keys[row.item_id]: row.reason for row in rows if row.answers_itself}


def test_what_is_decided_signed_and_scheduled_answers_itself_as_of_any_moment(acme: Company) -> None:
    actions.adopt_as_shipped(key="team-adoption", by=acme.mara, at=EPOCH)
    team_plan = route("team-plan", "TP1")
    asked = UsageInquiry.objects.create(
        organization=acme.organization, keeper=acme.mara, due_on=EPOCH.date(), asked_at=EPOCH, asked_by=acme.mara.user
    )
    used = {"organization": acme.organization, "about": "used", "account": "work", "people": 10}
    UsageCell.objects.create(inquiry=asked, tool=team_plan.tool, **used)
    only_engineers = [governance.LineOfScope(team_ids=frozenset({acme.engineering.pk}))]
    first = decide(acme, team_plan, at=DECIDED, lines=only_engineers)
    before = queries.proofs_of(acme.organization, at=DECIDED - DAY)["route-decided"]
    assert (before.done, before.total, before.still_open[0]["name"]) == (0, 1, "Team-Plan")

    assert set(state(acme, DECIDED - DAY).values()) == {"unsettled"}
    after = state(acme, DECIDED + DAY)
    assert {key for key, reason in after.items() if not reason} == ALONE - {"rules-known"}
    proofs = queries.proofs_of(acme.organization, at=DECIDED + DAY)
    [shown] = proofs["signed-off"].shown_by
    assert (shown.decision, shown.sha256) == (first.pk, first.sign_off.snapshot.sha256)
    assert [one["person"] for one in shown.signed] == ["Sven", "Lea"]
    assert proofs["reviews-scheduled"].shown_by[0].next_on == dt.date(2026, 7, 12)

    decide(acme, route("everything", "ALL"), at=DECIDED + 2 * DAY)  # for everybody and everything: nothing is named
    assert state(acme, DECIDED + 3 * DAY)["usage-scope"] == "unsettled"
    assert queries.proofs_of(acme.organization, at=DECIDED + 3 * DAY)["scope-decided"].in_words.startswith("1 of 2 ")
    first.refresh_from_db()
    governance.suspend(decision=first, by=acme.mara, reason="A leak.", at=DECIDED + 4 * DAY, is_material=False)
    assert state(acme, DECIDED + DAY) == after


def test_people_are_cleared_by_the_counts_of_now_and_by_the_history_of_then(decided: Company, privacy) -> None:
    actions.adopt_as_shipped(key="team-adoption", by=decided.mara, at=EPOCH)
    for member in decided.organization.memberships.exclude(pk=decided.finn.pk):
        answer_everything(member, at=DECIDED)
    settled(decided)
    people = decided.organization.memberships.count() - 1

    def numbers(at: dt.datetime) -> tuple[int, int]:
        proof = queries.proofs_of(decided.organization, at=at)["people-cleared"]
        return proof.done, proof.total

    assert numbers(DECIDED - DAY) == (0, people + 1)  # Finn had not left
    assert numbers(clock.now() + DAY) == (people, people)
    assert state(decided, clock.now() + DAY)["rules-known"] == ""


def test_nobody_ticks_it_by_hand(acme: Company, django_assert_max_num_queries) -> None:
    made = checklist(acme, "mine", ["Is it decided?"], kind="shared", answer_kind="yes_no")
    actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    item = Item.objects.get()
    shown = actions.answers.render_shared(acme.mara, team=None, item_id=item.pk, at=DECIDED)
    word = {"by": acme.mara, "team": None, "item_id": item.pk, "answered": None, "given": Given(value="yes")}
    by_hand = actions.answer_shared(**word, shown_sha256=shown.sha256, at=DECIDED)
    draft = actions.begin_draft(checklist=made, by=acme.mara, at=DECIDED)
    actions.edit_item(
        listed=draft.listed_items.get(), by=acme.mara, at=DECIDED, question="Decided?", answers_itself="route-decided"
    )
    actions.publish(version=draft, by=acme.mara, at=DECIDED + DAY, editorial={item.pk})

    [before], [after] = (queries.shared_state(acme.organization.pk, at=at) for at in (DECIDED, DECIDED + 2 * DAY))
    assert (before.answer_id, before.reason) == (by_hand.pk, "")
    assert (after.answer_id, after.reason) == (None, "unsettled")
    shown = actions.answers.render_shared(acme.mara, team=None, item_id=item.pk, at=DECIDED + 2 * DAY)
    with pytest.raises(ActionRefused, match="by hand"):
        actions.answer_shared(**word | {"answered": by_hand.pk}, shown_sha256=shown.sha256, at=DECIDED + 2 * DAY)
    with pytest.raises(IntegrityError, match="answers itself"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO checklists_answer (organization_id, item_id, revision_id, snapshot_id, kind, value, completes, at, by_id)"
            " SELECT organization_id, item_id, revision_id, snapshot_id, kind, value, completes, now(), by_id FROM checklists_answer"
        )

    client = signed_in(acme.mara)
    with django_assert_max_num_queries(12):
        listed = client.get(url(acme, "checklists/shared/")).content.decode()
    assert "No route is decided yet." in listed
    for page in (client.get, client.post):
        opened = page(url(acme, f"checklists/shared/{item.pk}/")).content.decode()
        assert "No route is decided yet." in opened
        assert "<form method" not in opened.partition("<main")[2].partition("</main")[0]
    assert Answer.objects.count() == 1
    publish_change(made, acme, item.pk, editorial=True, at=clock.now())
    assert queries.shared_state(acme.organization.pk, at=clock.now())[0].answers_itself == "route-decided"
