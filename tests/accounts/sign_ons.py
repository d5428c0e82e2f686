"""A provider that runs, its people, and the way there and back."""

from typing import Any

from django.test import Client

from accounts.actions import Way
from accounts.models import EmailDomain, Organization, SingleSignOn
from operations import clock
from operations.secrets import encrypt
from tests.accounts.refusals import logged
from tests.provider import Account, Running

HOME = "http://testserver"
PEOPLE = [
    Account("olga", "Olga", "olga@acme.example"),
    Account("dev", "Dev", "dev@acme.example", group="Sales", title="closers"),
    Account("nora", "Nora New", "nora@acme.example", group="Sales", title="closers"),
    Account("nobody", "No Body", "nobody@acme.example", group="Nowhere"),
    Account("guess", "Guess Who", "mara@acme.example", verified=False),
    Account("away", "Glo Bex", "olga@globex.example"),
    Account("mara2", "Another Mara", "mara@acme.example"),
    Account("finn", "Finn", "finn@acme.example"),
    Account("lea", "Lea", "lea@acme.example"),
]


def sign_on_of(organization: Organization, provider: Running, way: str = Way.BESIDE, **chosen: Any) -> SingleSignOn:
    """Turned on, with the organization's own domain verified."""
    at = clock.now()
    EmailDomain.objects.create(
        organization=organization,
        domain=f"{organization.slug}.example",
        token="t",
        added_at=at,
        verified_at=at,
        verified_by="dns",
    )
    return SingleSignOn.objects.create(
        organization=organization,
        issuer=provider.issuer,
        client_id=organization.slug,
        client_secret=encrypt(chosen.pop("secret", f"secret of {organization.slug}")),
        configured_at=at,
        tested_at=at,
        turned_on_at=None if way == Way.OFF else at,
        is_only_way=way == Way.ONLY,
        **chosen,
    )


def door(client: Client, slug: str = "acme", **query: str) -> str:
    response = client.get(f"/account/single-sign-on/{slug}/begin/", query)
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def come_in(client: Client, provider: Running, who: str, slug: str = "acme", **query: str) -> Any:
    """All the way there and back."""
    return client.get(provider.sign_in(door(client, slug, **query), who).removeprefix(HOME))


def refused(response: Any, words: str, *, status: int = 403) -> None:
    assert response.status_code == status
    assert words in response.content.decode()
    assert "_auth_user_id" not in response.client.session
    assert "sign-in.succeeded" not in logged()
