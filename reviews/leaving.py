"""What of reviews waits for somebody who leaves."""

from django.utils.translation import ngettext_lazy as _n

from operations.leaving import Waits

_KEPT = "it.organization_id = %(organization)s AND accounts_keeper(it.organization_id, it.keeper_id) = %(membership)s"

WAITS = (
    Waits(
        _n("%(count)d review that they look after", "%(count)d reviews that they look after", "count"),
        f"SELECT count(*) FROM reviews_review it WHERE it.closed_at IS NULL AND {_KEPT}",
    ),
    Waits(
        _n("%(count)d change of a fact to judge", "%(count)d changes of facts to judge", "count"),
        f"SELECT count(DISTINCT fact_key) FROM reviews_changeassessment it WHERE it.verdict = '' AND {_KEPT}",
    ),
    Waits(
        _n("%(count)d week of policies to judge", "%(count)d weeks of policies to judge", "count"),
        f"SELECT count(*) FROM reviews_policyassessment it WHERE it.closed_at IS NULL AND {_KEPT}",
    ),
    Waits(
        _n("%(count)d adoption review that they run", "%(count)d adoption reviews that they run", "count"),
        f"""SELECT count(*) FROM reviews_adoptionreview review
            CROSS JOIN LATERAL (SELECT * FROM reviews_adoptionterms terms WHERE terms.review_id = review.id
                                ORDER BY terms.id DESC LIMIT 1) it
            WHERE review.status = 'running' AND {_KEPT}""",
    ),
)
