"""The line of a route: one color wherever it is in use, and always the same."""

import datetime as dt

import pytest

from catalog.models import AccessRoute
from governance import actions
from governance.queries.lines import line_of
from tests.cast import signed_in
from tests.governance.factories import THEN, Company, approved, draft, make_route

LATER = THEN + dt.timedelta(days=1)


def lines(company: Company) -> dict[str, int | None]:
    found = AccessRoute.objects.annotate(line=line_of(company.organization, route="pk"))
    return dict(found.values_list("name", "line"))


def decided(company, name, **words):
    return approved(company, route=make_route(name), **words)


def test_routes_are_numbered_as_they_come_into_force_and_only_while_in_use(company):
    decided(company, "first")
    decided(company, "never", outcome="not_allowed")
    second = decided(company, "second")
    draft(company, route=make_route("draft"))

    found = lines(company)

    assert (found["first"], found["second"], found["never"], found["draft"]) == (1, 2, None, None)
    assert second.route.name == "second"


def test_a_line_stays_when_another_route_ends_and_comes_back_with_a_new_revision(company):
    first = decided(company, "first")
    decided(company, "second")
    actions.retire(decision=first, by=company.mara, reason="Gone.", at=LATER, is_material=False)
    decided(company, "third", at=LATER)

    assert {name: lines(company)[name] for name in ("first", "second", "third")} == {
        "first": None,
        "second": 2,
        "third": 3,
    }
    approved(company, route=first.route, at=LATER + dt.timedelta(days=1))
    assert lines(company)["first"] == 1


def test_the_ninth_route_takes_the_first_color_again(company):
    for number in range(9):
        decided(company, f"route {number}")

    assert [lines(company)[f"route {number}"] for number in range(9)] == [1, 2, 3, 4, 5, 6, 7, 8, 1]


def test_each_organization_has_its_own_lines(company):
    other = Company()
    decided(company, "first")
    shared = decided(company, "shared")
    approved(other, route=shared.route)

    assert (lines(company)["shared"], lines(other)["shared"], lines(other)["first"]) == (2, 1, None)


@pytest.mark.parametrize("page", ["routes/", "decisions/", "sign-offs/", ""])
def test_a_route_in_use_wears_its_line_on_every_page(company, page):
    decided(company, "first")
    decided(company, "second")
    reader = company.otto if page in {"routes/", "decisions/", ""} else company.sven

    text = signed_in(reader).get(f"/o/{company.organization.slug}/{page}").content.decode()

    assert text.count("route-chip line-1") == 1
    assert text.count("route-chip line-2") == 1
