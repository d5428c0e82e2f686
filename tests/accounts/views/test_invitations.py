"""Inviting, and the page behind the link."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts import actions
from accounts.links import token_of
from accounts.models import Invitation, User
from operations import clock
from tests.accounts.factories import InvitationFactory
from tests.accounts.refusals import everything, logged
from tests.cast import PASSWORD, Company, Level, company, signed_in

pytestmark = pytest.mark.django_db
BUDGET = 6


@pytest.fixture
def nell(acme: Company) -> Invitation:
    """Nell is invited to Sales."""
    return actions.invite(email="nell@acme.example", name="Nell", team=acme.sales, by=acme.olga, at=clock.now())


def link(invitation: Invitation) -> str:
    return f"/invitation/{token_of(invitation)}/"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_row_and_for_three(acme, django_assert_num_queries, count) -> None:
    InvitationFactory.create_batch(count, organization=acme.organization, team=acme.sales, group=acme.legal)
    client = signed_in(acme.mara)

    with django_assert_num_queries(BUDGET):
        page = client.get("/o/acme/people/invitations/")

    assert len(page.context["rows"]) == count


def test_the_list_begins_with_who_has_not_joined_and_keeps_the_others_apart(acme: Company, nell: Invitation) -> None:
    at = clock.now()
    joined = actions.invite(email="jo@acme.example", by=acme.olga, at=at)
    actions.accept(invitation=joined, round=joined.round, user=None, name="Jo", password=PASSWORD, at=at)
    client = signed_in(acme.mara)

    waiting = client.get("/o/acme/people/invitations/")
    settled = client.get("/o/acme/people/invitations/?show=settled")

    assert [row["invitation"].email for row in waiting.context["rows"]] == [nell.email]
    [row] = settled.context["rows"]
    assert (row["invitation"].email, row["status"], row["day"]) == (joined.email, "accepted", at)
    assert "Works until" not in settled.content.decode()


@pytest.mark.parametrize(
    ("transport", "is_demo", "is_needed"), [({}, False, True), ({}, True, False), ({"a": 1}, False, False)]
)
def test_whoever_could_get_no_code_chooses_a_password(acme, nell, settings, transport, is_demo, is_needed) -> None:
    settings.MAIL_TRANSPORT = transport
    acme.organization.is_demo = is_demo
    acme.organization.save(update_fields=["is_demo"])

    page = Client().post(link(nell), {"name": "Nell", "password": ""})

    assert (page.status_code == 302) is not is_needed
    assert User.objects.filter(email=nell.email).exists() is not is_needed


def test_a_manager_invites(acme: Company) -> None:
    client = signed_in(acme.mara)

    response = client.post(
        "/o/acme/people/invitations/add/",
        {"email": "Nell@acme.example", "name": "Nell", "team": acme.sales.pk, "level": Level.MEMBER},
        follow=True,
    )

    assert "nell@acme.example has been invited." in response.content.decode()
    assert logged() == ["invitation.sent"]


def test_a_refused_invitation_keeps_what_was_typed(acme: Company, nell: Invitation) -> None:
    page = signed_in(acme.mara).post(
        "/o/acme/people/invitations/add/", {"email": nell.email, "name": "Nelly", "level": Level.MEMBER}
    )

    assert "is invited already" in page.content.decode()
    assert 'value="Nelly"' in page.content.decode()


def test_the_link_can_be_copied_while_no_mail_is_set_up(acme: Company, nell: Invitation, settings) -> None:
    client = signed_in(acme.mara)

    settings.MAIL_TRANSPORT = {}
    without_mail = client.get("/o/acme/people/invitations/").content.decode()
    settings.MAIL_TRANSPORT = {"backend": "django.core.mail.backends.smtp.EmailBackend"}
    with_mail = client.get("/o/acme/people/invitations/").content.decode()

    assert link(nell) in without_mail
    assert link(nell) not in with_mail


@pytest.mark.parametrize(
    ("transport", "promised", "said"),
    [
        ({}, "No mail leaves this installation yet", "There is a new link for nell@acme.example to hand over"),
        (
            {"backend": "django.core.mail.backends.smtp.EmailBackend"},
            "They get a mail",
            "Sent again to nell@acme.example",
        ),
    ],
)
def test_a_mail_is_promised_only_where_mail_leaves_the_house(acme, nell, settings, transport, promised, said) -> None:
    settings.MAIL_TRANSPORT = transport
    client = signed_in(acme.mara)

    before = client.get("/o/acme/people/invitations/add/").content.decode()
    again = client.post(f"/o/acme/people/invitations/{nell.pk}/resend/", follow=True).content.decode()

    assert promised in before
    assert said in again


def test_the_list_says_which_is_the_team_and_which_the_job_role(acme: Company) -> None:
    InvitationFactory.create(organization=acme.organization, team=acme.engineering, job_role=acme.engineer)

    page = signed_in(acme.mara).get("/o/acme/people/invitations/").content.decode()

    assert "team Engineering · job role Engineering" in page


def test_a_link_that_opens_more_than_one_holds_is_not_shown(acme: Company, settings) -> None:
    settings.MAIL_TRANSPORT = {}
    to_own = actions.invite(email="boss@acme.example", level=Level.OWNER, by=acme.olga, at=clock.now())
    to_sign = actions.invite(email="law@acme.example", group=acme.legal, by=acme.olga, at=clock.now())

    seen_by_mara = signed_in(acme.mara).get("/o/acme/people/invitations/").content.decode()
    seen_by_olga = signed_in(acme.olga).get("/o/acme/people/invitations/").content.decode()

    assert [link(invitation) in seen_by_mara for invitation in (to_own, to_sign)] == [False, False]
    assert [link(invitation) in seen_by_olga for invitation in (to_own, to_sign)] == [True, True]


def test_sending_again_and_withdrawing_go_by_button(acme: Company, nell: Invitation) -> None:
    client = signed_in(acme.mara)

    client.post(f"/o/acme/people/invitations/{nell.pk}/resend/")
    client.post(f"/o/acme/people/invitations/{nell.pk}/withdraw/")
    again = client.post(f"/o/acme/people/invitations/{nell.pk}/withdraw/", follow=True)

    assert logged() == ["invitation.sent", "invitation.resent", "invitation.withdrawn"]
    assert "was withdrawn" in again.content.decode()
    assert client.get(f"/o/acme/people/invitations/{nell.pk}/withdraw/").status_code == 405


def test_opening_the_link_changes_nothing(acme: Company, nell: Invitation) -> None:
    before = everything()

    page = Client().get(link(nell))

    assert "Join Acme" in page.content.decode()
    assert everything() == before


def test_somebody_new_joins_with_a_button_and_is_signed_in(acme: Company, nell: Invitation, settings) -> None:
    settings.MAIL_TRANSPORT = {"backend": "django.core.mail.backends.smtp.EmailBackend"}
    client = Client()

    response = client.post(link(nell), {"name": "Nell Nordin", "password": ""}, follow=True)

    assert response.redirect_chain == [("/o/acme/", 302)]
    assert User.objects.get(email="nell@acme.example").name == "Nell Nordin"
    assert logged() == ["invitation.sent", "invitation.accepted", "sign-in.succeeded"]


def test_a_weak_password_is_refused(acme: Company, nell: Invitation) -> None:
    page = Client().post(link(nell), {"name": "Nell", "password": "short"})

    assert page.status_code == 200
    assert not User.objects.filter(email="nell@acme.example").exists()


def test_a_manager_to_be_must_choose_a_password(acme: Company) -> None:
    invitation = actions.invite(email="max@acme.example", level=Level.MANAGER, by=acme.olga, at=clock.now())

    page = Client().post(link(invitation), {"name": "Max", "password": ""})
    done = Client().post(link(invitation), {"name": "Max", "password": PASSWORD})

    assert page.status_code == 200
    assert done["Location"] == "/o/acme/"


def test_an_account_that_exists_is_not_opened_by_a_link(acme: Company) -> None:
    globex = company("globex")
    invitation = actions.invite(email=globex.dev.user.email, by=acme.olga, at=clock.now())
    client = Client()

    page = client.post(link(invitation), {"name": "Somebody", "password": PASSWORD})

    assert "There is an account under this address" in page.content.decode()
    assert client.get("/o/globex/").status_code == 302
    assert logged() == ["invitation.sent"]


def test_somebody_with_an_account_joins_once_signed_in(acme: Company) -> None:
    globex = company("globex")
    invitation = actions.invite(email=globex.dev.user.email, by=acme.olga, at=clock.now())
    client = signed_in(globex.dev)

    response = client.post(link(invitation))

    assert response["Location"] == "/o/acme/"
    assert client.get("/o/acme/").status_code == 200


def test_somebody_else_who_is_signed_in_is_told_whose_it_is(acme: Company, nell: Invitation) -> None:
    page = signed_in(acme.dev).post(link(nell))

    assert "This invitation is for nell@acme.example" in page.content.decode()
    assert logged() == ["invitation.sent"]


def test_an_expired_link_gets_a_page_that_says_so(acme: Company, nell: Invitation, move_clock) -> None:
    move_clock(days=15)

    page = Client().get(link(nell))

    assert page.status_code == 410
    assert "has expired" in page.content.decode()


def test_a_link_that_is_not_ours_gets_a_page(db: None) -> None:
    page = Client().get("/invitation/WzEsMV0:made-up/")

    assert page.status_code == 404
    assert "This invitation can&#x27;t be used" in page.content.decode() or "can't be used" in page.content.decode()


def test_a_link_one_has_used_leads_to_the_organization_and_says_nothing_of_signing_in(acme, nell, settings) -> None:
    client = Client()
    client.post(link(nell), {"name": "Nell", "password": PASSWORD})

    opened, pressed = client.get(link(nell)), client.post(link(nell), {"name": "Nell", "password": PASSWORD})

    assert [answer.get("Location") for answer in (opened, pressed)] == ["/o/acme/"] * 2
    assert logged().count("invitation.accepted") == 1


def test_a_link_somebody_else_has_used_offers_no_sign_in_to_whoever_is_signed_in(acme, nell) -> None:
    Client().post(link(nell), {"name": "Nell", "password": PASSWORD})

    signed_out, other = Client().get(link(nell)), signed_in(acme.dev).get(link(nell))

    assert [page.status_code for page in (signed_out, other)] == [410, 410]
    assertContains(signed_out, "sign in", status_code=410)
    assertNotContains(other, "sign in", status_code=410)


def test_a_used_link_opens_nothing_for_whoever_has_left_since(acme: Company, nell: Invitation) -> None:
    client = Client()
    client.post(link(nell), {"name": "Nell", "password": PASSWORD})
    actions.end_membership(
        membership=acme.organization.memberships.get(user__email=nell.email), by=acme.olga, at=clock.now()
    )

    assert client.get(link(nell)).status_code == 410


def test_all_are_sent_again_once_it_is_confirmed(acme: Company, nell: Invitation) -> None:
    actions.invite(email="jo@acme.example", by=acme.olga, at=clock.now())
    client = signed_in(acme.mara)
    page = client.get("/o/acme/people/invitations/resend/")
    assertContains(page, "Touches 2 people.")

    done = client.post("/o/acme/people/invitations/resend/", page.context["seen_form"].initial, follow=True)

    assertContains(done, "2 invitations have a new link.")
    nell.refresh_from_db()
    assert nell.round == 2
