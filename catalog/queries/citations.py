"""Who cites a page, and whether what they cite still stands there."""

from django.db.models import Q

from accounts.models import Organization
from catalog.models import Clause, Fact, PolicySource
from catalog.queries.facts import standing_facts
from catalog.queries.pages import Page, pages_citing, texts_of
from catalog.queries.readings import Reading


def citations_of(source: PolicySource, organization: Organization) -> list[tuple[Fact, Reading | None]]:
    """The standing facts that cite a page, by topic, each with what its newest text says of it; None before there is a text.
    At most three queries, however many facts."""
    facts = standing_facts(organization).filter(Q(citations__source=source) | Q(claims__citations__source=source))
    by_id = {fact.pk: fact for fact in facts.select_related("topic", "route", "profile").distinct()}
    row = next((row["row"] for row in pages_citing(list(by_id), organization).filter(pk=source.pk)), None)
    page = Page(row, organization) if row else None
    if page is not None and page.gone:
        earlier = texts_of(organization).filter(source=source)
        were = Clause.objects.filter(version__in=earlier, place__in=page.gone).order_by("version__seen_on", "version")
        page.former = dict(were.values_list("place", "sha256"))
    told = [(fact, page.reading(fact.pk) if page else None) for fact in by_id.values()]
    return sorted(told, key=lambda pair: (pair[0].topic.position, pair[0].key))


def places_of(source: PolicySource, organization: Organization) -> list[str]:
    """The heading paths of a page's newest text, in reading order; none before there is a text."""
    newest = texts_of(organization).filter(source=source).order_by("-seen_on", "-pk").values("pk")[:1]
    return list(Clause.objects.filter(version__in=newest).order_by("position").values_list("place", flat=True))
