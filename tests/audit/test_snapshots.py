"""Snapshots, what they rest on, and what a judgement withdraws."""

import datetime as dt
import uuid

import pytest

from accounts.models import Organization
from audit import canonical
from audit.actions import keep_snapshot, reopen, snapshot_digest, undo_reopening
from audit.models import Basis, Reopening, Snapshot, Withdrawal
from audit.queries import is_withdrawn
from operations import clock

pytestmark = pytest.mark.django_db

ACME, OTHER = uuid.uuid4(), uuid.uuid4()
NOON = dt.datetime(2026, 1, 7, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def organizations(db: None) -> None:
    Organization.objects.create(id=ACME, slug="acme", name="Acme", created_at=NOON)
    Organization.objects.create(id=OTHER, slug="other", name="Other", created_at=NOON)


def snapshot(organization_id: uuid.UUID = ACME, **bases: int) -> Snapshot:
    named = {key.replace("_", ":"): revision for key, revision in bases.items()}
    return keep_snapshot({"words": "shown"}, organization_id=organization_id, bases=named, at=clock.now())


def withdrawn(*snapshots: Snapshot, at: dt.datetime) -> list[bool]:
    rows = Snapshot.objects.annotate(gone=is_withdrawn("pk", at=at)).in_bulk([one.pk for one in snapshots])
    return [rows[one.pk].gone for one in snapshots]


def judge(key: str, below: int, at: dt.datetime = NOON) -> Reopening:
    return reopen(
        organization_id=ACME, key=key, below_revision=below, by=None, at=at, due_on=at.date(), because="changed"
    )


def test_same_content_is_one_snapshot_per_organization() -> None:
    assert snapshot(fact_a=1) == snapshot(fact_a=1)
    assert snapshot(fact_a=1) != snapshot(OTHER, fact_a=1)
    assert Basis.objects.count() == 2


def test_other_revision_is_another_snapshot_though_the_words_are_the_same() -> None:
    assert snapshot(fact_a=1) != snapshot(fact_a=2)


def test_stored_bytes_are_the_bytes_that_were_hashed() -> None:
    kept = snapshot(fact_a=1)

    assert canonical.digest(Snapshot.objects.get(pk=kept.pk).content) == kept.sha256
    assert snapshot_digest({"words": "shown"}, bases={"fact:a": 1}) == kept.sha256


def test_reopening_withdraws_exactly_what_rests_below_the_revision() -> None:
    old, new, elsewhere, other = snapshot(fact_a=1), snapshot(fact_a=2), snapshot(fact_b=1), snapshot(OTHER, fact_a=1)

    judge("fact:a", below=2)

    assert withdrawn(old, new, elsewhere, other, at=NOON) == [True, False, False, False]


def test_what_was_judged_while_the_page_was_on_its_way_is_withdrawn_from_the_first() -> None:
    judge("fact:a", below=2)

    assert withdrawn(snapshot(fact_a=1), snapshot(fact_a=2), at=NOON) == [True, False]


def test_before_the_judgement_nothing_was_withdrawn() -> None:
    old = snapshot(fact_a=1)

    judge("fact:a", below=2)

    assert withdrawn(old, at=NOON - dt.timedelta(seconds=1)) == [False]


def test_undo_is_a_further_row_and_counts_from_its_moment() -> None:
    old = snapshot(fact_a=1)
    reopening = judge("fact:a", below=2)

    undo_reopening(reopening=reopening, by=None, at=NOON + dt.timedelta(hours=1))

    assert withdrawn(old, at=NOON) == [True]
    assert withdrawn(old, at=NOON + dt.timedelta(hours=1)) == [False]


def test_one_of_two_judgements_undone_leaves_it_withdrawn() -> None:
    old = snapshot(fact_a=1, item_1=1)
    first = judge("fact:a", below=2)
    judge("item:1", below=5)

    undo_reopening(reopening=first, by=None, at=NOON)

    assert withdrawn(old, at=NOON) == [True]


def test_withdrawals_are_what_the_bases_say() -> None:
    snapshots = [snapshot(fact_a=revision) for revision in range(1, 6)]
    judge("fact:a", below=4)

    recomputed = set(Basis.objects.filter(key="fact:a", revision__lt=4).values_list("snapshot_id", flat=True))

    assert set(Withdrawal.objects.values_list("snapshot_id", flat=True)) == recomputed
    assert recomputed == {one.pk for one in snapshots[:3]}


def test_floats_have_no_canonical_form() -> None:
    with pytest.raises(TypeError):
        canonical.dumps({"share": 0.5})
