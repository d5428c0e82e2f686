"""A company that relies on one page of a vendor, and texts of that page."""

import datetime as dt

from catalog import actions as catalog
from catalog.models import Citation, Fact, PolicySource, PolicyVersion
from catalog.policy_diff.documents import document_of
from checklists import actions as checklists
from reviews import actions
from reviews.models import ClauseChange
from tests.cast import EPOCH, Company, company
from tests.checklists import steps
from tests.checklists.steps import LATER
from tests.factories import make_topic

KEPT, TRAINED, BILLS = "Data > Retention", "Data > Training", "Billing"
TEXT = """# How we handle data

## Data

### Retention

Transcripts are kept for 30 days.

### Training

We do not train models on what you enter.

## Billing

Invoices come on the first day of a month.

## About us

We are a company in a town by the sea.
"""


def changed(*replacements: tuple[str, str], text: str = TEXT) -> str:
    """The page with words replaced, each of which stands there."""
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


def relying(*, with_answers: bool = True) -> Company:
    """Acme: *team-plan* and *cloud* are allowed; facts of the first rest on the page, those of the second do not. Engineers are
    asked something that rests on retention; all have said yes."""
    made = company()
    for topic in ("retention", "training", "billing"):
        make_topic(topic)
    page = PolicySource.objects.create(
        key="orbit-data", title="How Orbit handles data", url="https://orbit.example/data"
    )
    for key, code in (("team-plan", "TP1"), ("cloud", "CLD")):
        about = steps.route(key, code)
        for topic, section in (("retention", KEPT), ("training", TRAINED), ("billing", BILLS)):
            fact = Fact.objects.create(
                route=about,
                key=f"{key}.{topic}",
                topic_id=topic,
                statement=f"What is said about {topic} of {key}.",
                promise="contract",
                digest=key,
                recorded_at=EPOCH,
            )
            if key == "team-plan" and topic != "billing":
                Citation.objects.create(fact=fact, source=page, sections=[section])
        steps.decide(made, about)
    if with_answers:
        rests = steps.checklist(made, "engineering", ["Transcripts?"], rests_on_topics=["retention"])
        checklists.assign(checklist=rests, job_role=made.engineer, by=made.mara, at=EPOCH)
        free = steps.checklist(made, "privacy", ["Account?"])
        checklists.assign(checklist=free, by=made.mara, at=EPOCH)
        for membership in (made.tom, made.dev, made.mia, made.sal):
            steps.answer_everything(membership, at=LATER)
    return made


def page() -> PolicySource:
    return PolicySource.objects.get(key="orbit-data")


def fact(key: str) -> Fact:
    """What is said under a key now, by Acme where it says it itself."""
    return Fact.objects.standing().filter(key=key).latest("pk")


def bring(acme: Company, text: str, *, at: dt.datetime) -> PolicyVersion:
    """A version that Mara pastes, and what the sweep makes of it."""
    version = catalog.add_version(
        by=acme.mara, source=page(), content=text.encode(), origin="pasted", seen_on=at.date(), at=at
    )
    actions.assess_policies(at=at)
    return version


def clauses(acme: Company) -> dict[str, ClauseChange]:
    """The newest of each clause that changed, by heading."""
    rows = ClauseChange.objects.filter(organization=acme.organization, replaced_at=None)
    return {clause.heading: clause for clause in rows.order_by("pk")}


def fingerprinted(text: str) -> None:
    """The page as the catalog ships it: with what the text hashes to that its facts were taken from."""
    clauses_of = document_of(text).clauses
    hashes = {clause.anchor: clause.sha256 for clause in clauses_of}
    PolicySource.objects.update(fingerprints=hashes, fingerprints_as_of=EPOCH.date())
