"""Asking a provider: where the browser goes, and what its answer is worth, by the authorization code flow with PKCE and nonce."""

import hashlib
import secrets
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.crypto import constant_time_compare

from accounts.openid.failures import ProviderFailed
from accounts.openid.word import Word
from operations.late import late
from operations.outbound.addresses import Allowed
from operations.outbound.client import Reply, call, refuse_plain
from operations.outbound.deadline import Deadline
from operations.outbound.reasons import Unavailable

SCOPES = ("openid", "email", "profile")
# How we say who we are where a provider doesn't say how it wants it.
_BASIC = ("client_secret_basic",)


@dataclass(frozen=True)
class Journey:
    """What the browser carries to the provider and back: fresh for each sign-in, good for one."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def fresh(cls) -> Self:
        return cls(*(secrets.token_urlsafe(32) for _one in range(3)))

    @property
    def challenge(self) -> str:
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).decode().rstrip("=")


@dataclass(frozen=True)
class Client:
    """Who we are to a provider."""

    id: str
    secret: str = field(repr=False)
    redirect_uri: str


@dataclass
class Provider:
    """A provider as it describes itself, asked within one deadline."""

    document: dict[str, Any]
    deadline: Deadline

    @classmethod
    def discovered(cls, issuer: str) -> Self:
        """The provider that answers at ``issuer``.

        :raises ProviderFailed: nobody does, it says that it is another, or leaves out where to go.
        """
        deadline = Deadline(settings.SSO_SECONDS)
        reply = _call(f"{issuer.rstrip('/')}/.well-known/openid-configuration", deadline)
        document = _object(reply) if reply.status == 200 else {}
        for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(document.get(name), str):
                raise ProviderFailed("document", name)
        if document["issuer"].rstrip("/") != issuer.rstrip("/"):
            raise ProviderFailed("issuer")
        try:
            refuse_plain(document["authorization_endpoint"])
        except Unavailable as error:
            raise ProviderFailed("unavailable", str(error)) from error
        return cls(document, deadline)

    @property
    def issuer(self) -> str:
        return str(self.document["issuer"])

    def door(self, client: Client, journey: Journey, *, wanted: set[str]) -> str:
        """Where the browser is sent.

        :param wanted: claims beyond the usual; asked for where the provider has a scope of that name.
        """
        scopes = [*SCOPES, *sorted(wanted & set(self.document.get("scopes_supported") or ()) - set(SCOPES))]
        question = {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": client.redirect_uri,
            "scope": " ".join(scopes),
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": journey.challenge,
            "code_challenge_method": "S256",
        }
        address = str(self.document["authorization_endpoint"])
        return f"{address}{'&' if '?' in address else '?'}{urlencode(question)}"

    def word_for(self, code: str, client: Client, journey: Journey, *, wanted: set[str]) -> Word:
        """What the provider says of whoever came back with ``code``.

        :param wanted: claims beyond the ID token's own; those it lacks are asked for.
        :raises ProviderFailed: it takes the code or us for another's, or its word isn't to be believed.
        """
        tokens = self._redeemed(code, client, journey)
        said = self._checked(str(tokens.get("id_token") or ""), client, journey)
        if not wanted <= said.keys():
            said = {**self._more(str(tokens.get("access_token") or ""), said["sub"]), **said}
        return Word(self.issuer, said["sub"], said)

    def _redeemed(self, code: str, client: Client, journey: Journey) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "code_verifier": journey.verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if "client_secret_basic" in (self.document.get("token_endpoint_auth_methods_supported") or _BASIC):
            who = f"{quote(client.id, safe='')}:{quote(client.secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(who.encode()).decode()}"
        else:
            form |= {"client_id": client.id, "client_secret": client.secret}
        reply = _call(self.document["token_endpoint"], self.deadline, headers=headers, body=urlencode(form).encode())
        if reply.status != 200:
            error = _object(reply).get("error")
            raise ProviderFailed("client" if error in {"invalid_client", "unauthorized_client"} else "code")
        return _object(reply)

    def _checked(self, token: str, client: Client, journey: Journey) -> dict[str, Any]:
        keys = _object(_call(self.document["jwks_uri"], self.deadline))
        claims_of = late("accounts.openid.tokens").claims_of
        said: dict[str, Any] = claims_of(token, keys=keys, issuer=self.issuer, audience=client.id)
        if not constant_time_compare(str(said.get("nonce") or ""), journey.nonce):
            raise ProviderFailed("token", "nonce")
        return said

    def _more(self, access_token: str, subject: str) -> dict[str, Any]:
        """What the provider says beyond the token, of the same person."""
        address = self.document.get("userinfo_endpoint")
        if not isinstance(address, str) or not access_token:
            return {}
        reply = _call(address, self.deadline, headers={"Authorization": f"Bearer {access_token}"})
        found = _object(reply) if reply.status == 200 else {}
        return found if found.get("sub") == subject else {}


def _call(url: str, deadline: Deadline, **request: Any) -> Reply:
    try:
        return call(url, allowed=Allowed.of(settings.SSO_ALLOW), deadline=deadline, **request)
    except Unavailable as error:
        raise ProviderFailed("unavailable", str(error)) from error


def _object(reply: Reply) -> dict[str, Any]:
    try:
        return reply.json()
    except Unavailable as error:
        raise ProviderFailed("document", str(error)) from error
