"""What holds of judged policies whoever writes, tried in raw SQL."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import PolicySource
from reviews import actions
from tests.cast import EPOCH, Company
from tests.reviews.policies import TEXT, bring, changed, clauses, relying

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BEGUN = EPOCH + 9 * DAY
VERDICT = """INSERT INTO reviews_policyverdict (organization_id, verdict, because_id, by_id, at, due_on, people, decisions)
SELECT organization_id, {verdict}, because_id, by_id, at, {due_on}, 0, 0 FROM reviews_policyverdict"""
SAID = """INSERT INTO reviews_clauseverdict (organization_id, clause_id, verdict_id)
SELECT clause.organization_id, clause.id, verdict.id FROM reviews_clausechange clause, reviews_policyverdict verdict WHERE {which}"""
REFUSED = [
    SAID.format(which="clause.asked = ''"),
    SAID.format(which="clause.replaced_at IS NOT NULL"),
    VERDICT.format(verdict="'material'", due_on="NULL"),
    VERDICT.format(verdict="'editorial'", due_on="current_date"),
    VERDICT.format(verdict="'whatever'", due_on="NULL"),
    "UPDATE reviews_policyverdict SET green_at = now()",
    "UPDATE reviews_policyassessment SET closed_at = now()",
    """INSERT INTO reviews_policyassessment (organization_id, week_on, opened_at, due_on)
    SELECT organization_id, week_on + 8, now(), due_on FROM reviews_policyassessment""",
    """INSERT INTO reviews_policychange (organization_id, source_id, new_version_id, start, found_at, settled_at)
    SELECT change.organization_id, source.id, change.new_version_id, 'first', now(), now()
    FROM reviews_policychange change JOIN catalog_policysource source ON source.id <> change.source_id""",
]


@pytest.fixture
def acme(db: None) -> Company:
    """Acme, where of two clauses one is judged and the other has changed twice, beside what nobody has to judge."""
    made = relying(with_answers=False)
    PolicySource.objects.create(key="other", title="Another page", url="https://other.example/")
    bring(made, TEXT, at=BEGUN)
    bring(made, changed(("30 days", "5 years"), ("We do not train", "We may train")), at=BEGUN + DAY)
    clause = clauses(made)["Retention"]
    said = {"seen": {clause.pk: None}, "verdict": "editorial", "because": "So it is."}
    actions.judge_clauses(by=made.mara, clauses=[clause], at=BEGUN + DAY, **said)
    later = changed(("30 days", "5 years"), ("We do not train", "We will train"), ("by the sea", "by a lake"))
    bring(made, later, at=BEGUN + 2 * DAY)
    return made


@pytest.mark.parametrize("statement", REFUSED)
def test_what_must_not_be_is_refused(acme, statement) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        assert cursor.rowcount
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
