"""Acme, decided and published long ago, with as many people as are asked for; their reviews have fallen due."""

from checklists import actions
from operations import clock
from tests.cast import EPOCH, Company, company
from tests.checklists import steps
from tests.checklists.crowd import crowd


def built(people: int) -> Company:
    """Everybody is asked everything, nobody has answered, and nothing is settled yet but one's own."""
    acme = company()
    for key, code in (("first", "ONE"), ("second", "TWO")):
        steps.decide(acme, steps.route(key, code), at=EPOCH)
    lists = [
        steps.checklist(acme, "privacy", ["Account?", "Rules?", "Papers?"]),
        steps.checklist(acme, "coding", ["Reviews?", "Repositories?"], rests_on_decisions=True),
    ]
    crowd(acme, people)
    for made in lists:
        actions.assign(checklist=made, by=acme.mara, at=EPOCH)
    actions.settle_due(at=clock.now())
    actions.fold_counts()
    return acme
