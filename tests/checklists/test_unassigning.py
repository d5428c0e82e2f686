"""Before somebody is asked no longer: whom it touches, in a sentence."""

import pytest

from checklists import actions
from tests.cast import EPOCH, Company, signed_in
from tests.checklists.steps import checklist

pytestmark = pytest.mark.django_db


def test_ending_a_rule_says_how_many_it_touches_before_it_happens(decided: Company) -> None:
    made = checklist(decided, "privacy", ["Account?"])
    engineering = actions.assign(checklist=made, team=decided.engineering, by=decided.mara, at=EPOCH)
    everyone = actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    client = signed_in(decided.mara)
    base = f"/o/acme/checklists/{made.pk}/"

    page = client.get(f"{base}assign/{engineering.pk}/end/").content.decode()
    assert "Nobody loses a question" in page
    actions.end_rule(rule=everyone, by=decided.mara, at=EPOCH)
    page = client.get(f"{base}assign/{engineering.pk}/end/").content.decode()
    assert "3 people are asked no longer." in page
    assert "Engineering" in page
    assert made.rules.open().exists()

    told = client.post(f"{base}assign/{engineering.pk}/end/", follow=True).content.decode()
    assert "They are asked no longer." in told
    assert not made.rules.open().exists()


def test_ending_and_archiving_what_is_answered_once_counts_no_people(decided: Company) -> None:
    made = checklist(decided, "leaders", ["Who decides?"], kind="shared")
    rule = actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    client = signed_in(decided.mara)

    ending = client.get(f"/o/acme/checklists/{made.pk}/assign/{rule.pk}/end/").content.decode()
    archiving = client.get(f"/o/acme/checklists/{made.pk}/archive/").content.decode()

    assert "Acme is asked them no longer." in ending
    assert "nobody is asked them any more" in archiving
    assert "0 people" not in archiving


def test_the_starter_of_an_archived_copy_says_so(acme: Company) -> None:
    actions.archive(checklist=actions.copy_starter(key="engineering", by=acme.mara, at=EPOCH), by=acme.mara, at=EPOCH)

    page = signed_in(acme.mara).get("/o/acme/checklists/starters/").content.decode()

    assert "Retired" in page
