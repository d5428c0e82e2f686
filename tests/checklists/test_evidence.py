"""Files that show an answer: on the disk under their hash, all of an answer's or none."""

import datetime as dt
import hashlib
import os
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Membership
from checklists import actions
from checklists.models import Answer, Checklist, Evidence, Upload
from operations.errors import ActionRefused
from tests.cast import EPOCH, Company
from tests.checklists.steps import LATER, answer, brought, checklist

pytestmark = pytest.mark.django_db


@pytest.fixture
def proof(decided: Company) -> Checklist:
    made = checklist(decided, "proof", ["Show it?"], answer_kind="evidence")
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return made


def give(membership: Membership, made: Checklist, *files: SimpleUploadedFile) -> list[Evidence]:
    item = made.versions.get().listed_items.select_related("item").get().item
    said = answer(membership, item.pk, at=LATER, given=brought(membership, item, *files, at=LATER))
    return list(said.evidence.order_by("pk"))


def on_disk(acme: Company) -> list[Path]:
    return [path for path in (Path(default_storage.location) / str(acme.organization.pk)).rglob("*") if path.is_file()]


@pytest.mark.parametrize("second", [SimpleUploadedFile("b.txt", b""), SimpleUploadedFile("b.exe", b"MZ")])
def test_a_refused_second_file_leaves_the_first_waiting_for_the_answer(decided, proof, second) -> None:
    with pytest.raises(ActionRefused):
        give(decided.dev, proof, SimpleUploadedFile("a.txt", b"The first."), second)

    assert [upload.name for upload in Upload.objects.all()] == ["a.txt"]
    assert not Answer.objects.exists()


def test_an_answer_takes_the_bytes_where_they_are_and_nothing_waits_any_more(decided, proof) -> None:
    [evidence] = give(decided.dev, proof, SimpleUploadedFile("a.txt", b"The first."))

    assert [path.read_bytes() for path in on_disk(decided)] == [b"The first."]
    assert (evidence.added_at, evidence.effective_on) == (LATER, None)
    assert not Upload.objects.exists()


def test_what_is_no_longer_there_is_said_and_nothing_is_answered(decided, proof) -> None:
    item = proof.versions.get().listed_items.select_related("item").get().item
    given = brought(decided.dev, item, SimpleUploadedFile("a.txt", b"The first."), at=LATER)
    actions.take_back(upload=Upload.objects.get(), by=decided.dev, at=LATER)

    with pytest.raises(ActionRefused, match="not there any more"):
        answer(decided.dev, item.pk, at=LATER, given=given)

    assert not Answer.objects.exists()


def test_nobody_hands_in_what_somebody_else_has_brought(decided, proof) -> None:
    item = proof.versions.get().listed_items.select_related("item").get().item
    given = brought(decided.mia, item, SimpleUploadedFile("a.txt", b"Mia's."), at=LATER)

    with pytest.raises(ActionRefused, match="not there any more"):
        answer(decided.dev, item.pk, at=LATER, given=given)


def test_there_is_room_for_ten_files(decided, proof) -> None:
    item = proof.versions.get().listed_items.select_related("item").get().item
    brought(decided.dev, item, *[SimpleUploadedFile("a.txt", b"%d" % n) for n in range(10)], at=LATER)

    with pytest.raises(ActionRefused, match="one too many"):
        brought(decided.dev, item, SimpleUploadedFile("a.txt", b"The eleventh."), at=LATER)


def test_what_a_killed_worker_left_is_removed_after_a_day_and_nothing_else(decided, proof) -> None:
    give(decided.dev, proof, SimpleUploadedFile("a.txt", b"Kept."))
    [kept] = on_disk(decided)
    left, other = kept.with_name("f" * 64), kept.with_name("e" * 64)
    for path, age in ((kept, 30), (left, 25), (other, 23)):
        path.write_bytes(path.read_bytes() if path == kept else b"Left over.")
        moment = (LATER - dt.timedelta(hours=age)).timestamp()
        os.utime(path, (moment, moment))

    removed = [actions.remove_left_over(decided.organization, at=LATER) for _time in range(2)]

    assert removed == [1, 0]
    assert set(on_disk(decided)) == {kept, other}
    assert Evidence.objects.get().file.read() == b"Kept."


def test_an_organization_without_files_has_nothing_left_over(decided) -> None:
    assert actions.remove_left_over(decided.organization, at=LATER) == 0


def test_a_file_is_named_by_its_whole_hash(decided, proof) -> None:
    [evidence] = give(decided.dev, proof, SimpleUploadedFile("a.txt", b"The first."))

    assert evidence.sha256 == hashlib.sha256(b"The first.").hexdigest()
    assert [path.name for path in on_disk(decided)] == [evidence.sha256]
    assert Evidence.objects.get().file.read() == b"The first."


def test_the_same_file_of_two_people_is_kept_for_each(decided, proof) -> None:
    for member in (decided.dev, decided.mia):
        give(member, proof, SimpleUploadedFile("a.txt", b"The first."))

    names = [one.file.name for one in Evidence.objects.all()]
    assert len(set(names)) == 2
    assert all(Path(name).name.startswith(hashlib.sha256(b"The first.").hexdigest()) for name in names)
    assert len(on_disk(decided)) == 2


def test_a_name_that_is_too_long_is_cut_before_its_extension(decided, proof) -> None:
    [kept] = give(decided.dev, proof, SimpleUploadedFile(f"{'n' * 240}.txt", b"The first."))

    assert kept.name == f"{'n' * 196}.txt"
