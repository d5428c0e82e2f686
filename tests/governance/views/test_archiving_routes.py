"""A route of our own that is used no longer vanishes from every list, and nobody decides on it meanwhile."""

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from catalog.models import AccessRoute, Tool
from governance import actions
from operations.errors import ActionRefused
from tests.cast import signed_in
from tests.governance.factories import THEN, address, make_route


@pytest.fixture
def own(company) -> AccessRoute:
    make_route()
    return AccessRoute.objects.create(
        organization=company.organization, tool=Tool.objects.first(), key="gateway", short_code="OGW", name="Our gateway",
        tier="overlay", surface="api", added_at=THEN,
    )  # fmt: skip


def test_it_vanishes_and_can_be_taken_up_again(company, own) -> None:
    mara = signed_in(company.mara)
    routes = address(company, "route-list")

    done = mara.post(address(company, "route-archive", own.pk), follow=True)

    assertRedirects(done, routes)
    assertContains(done, "is archived.")
    assertNotContains(mara.get(routes), "Our gateway")
    assertNotContains(mara.get(address(company, "route-add")), "Our gateway")
    assertContains(mara.get(f"{routes}?show=archived"), "Our gateway")
    page = mara.get(address(company, "route-detail", own.pk))
    assertContains(page, "nobody can choose it any more")
    assertNotContains(page, "Decide on this route")

    again = mara.post(address(company, "route-restore", own.pk), follow=True)
    assertContains(again, "Decide on this route")
    assertContains(mara.get(routes), "Our gateway")


def test_while_something_is_decided_it_stays(company, own) -> None:
    actions.propose(route=own, by=company.mara, at=THEN)

    page = signed_in(company.mara).get(address(company, "route-archive", own.pk))
    assertContains(page, "There is a decision on it (Draft)")
    assertNotContains(page, "Archive it")
    with pytest.raises(ActionRefused, match="There is a decision on it"):
        actions.archive_route(route=own, by=company.mara, at=THEN)


def test_nobody_decides_on_what_was_archived_meanwhile(company, own) -> None:
    opened = AccessRoute.objects.get(pk=own.pk)  # a page that was opened before
    actions.archive_route(route=own, by=company.mara, at=THEN)

    with pytest.raises(ActionRefused, match="not one that your organization can choose"):
        actions.propose(route=opened, by=company.mara, at=THEN)
    assert not own.decisions.exists()


def test_what_ships_and_what_is_archived_already_is_refused_in_a_sentence(company, own) -> None:
    actions.archive_route(route=own, by=company.mara, at=THEN)

    with pytest.raises(ActionRefused, match="archived already"):
        actions.archive_route(route=own, by=company.mara, at=THEN)
    with pytest.raises(ActionRefused, match="ships with Wayleave"):
        actions.archive_route(route=company.route, by=company.mara, at=THEN)
    assert signed_in(company.mara).get(address(company, "route-archive", company.route.pk)).status_code == 404


def test_a_member_neither_archives_nor_sees_what_is_archived(company, own) -> None:
    actions.archive_route(route=own, by=company.mara, at=THEN)
    otto = signed_in(company.otto)

    assertNotContains(otto.get(f"{address(company, 'route-list')}?show=archived"), "Our gateway")
    assert otto.post(address(company, "route-restore", own.pk)).status_code == 403
