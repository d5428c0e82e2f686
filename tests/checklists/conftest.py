"""A company with one route allowed for everybody, decided and signed through the actions themselves."""

import pytest

from checklists import actions
from checklists.models import Checklist
from tests.cast import EPOCH, Company, company
from tests.checklists.steps import checklist, decide, route


@pytest.fixture
def acme(db: None) -> Company:
    """Acme with nothing decided."""
    return company()


@pytest.fixture
def decided(acme: Company) -> Company:
    """Acme, where one route is allowed for everybody."""
    decide(acme, route("team-plan", "TP1"))
    return acme


@pytest.fixture
def privacy(decided: Company) -> Checklist:
    """What everybody is asked, about what this company has decided."""
    made = checklist(
        decided,
        "privacy",
        ["Account?", "Rules?"],
        rests_on_decisions=True,
        shows=["routes", "conditions", "contacts", "data_classes"],
    )
    actions.assign(checklist=made, by=decided.mara, at=EPOCH)
    return made
