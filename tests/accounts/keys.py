"""A device that keeps a passkey, in a few lines: what a browser would send of it."""

import json
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED = 0x01, 0x04


@dataclass
class Key:
    """One passkey of somebody; ``verifies`` whether it asked for a fingerprint before it signed."""

    id: bytes
    private: ec.EllipticCurvePrivateKey
    verifies: bool = True

    @classmethod
    def of(cls, user: User) -> "Key":
        """A new one, added to the account together with recovery codes."""
        key = cls(id=token_bytes(16), private=ec.generate_private_key(ec.SECP256R1()))
        Authenticator.objects.create(
            user=user, type="webauthn", data={"name": "My phone", "credential": key._as_registered()}
        )
        RecoveryCodes.activate(user)
        return key

    def sign(self, options: dict[str, Any], *, of: User | None = None) -> str:
        """The answer to a challenge, as a form sends it; ``of`` whom the key says it is, where nobody was named."""
        client = CollectedClientData.create("webauthn.get", options["publicKey"]["challenge"], ORIGIN)
        data = AuthenticatorData.create(_rp_hash(), PRESENT | (VERIFIED if self.verifies else 0), counter=1)
        signature = self.private.sign(bytes(data) + client.hash, ec.ECDSA(SHA256()))
        return json.dumps(
            {
                **self._named(),
                "response": {
                    "clientDataJSON": websafe_encode(bytes(client)),
                    "authenticatorData": websafe_encode(bytes(data)),
                    "signature": websafe_encode(signature),
                    "userHandle": websafe_encode(user_pk_to_url_str(of).encode()) if of else None,
                },
            }
        )

    def _as_registered(self) -> dict[str, Any]:
        public = ES256.from_cryptography_key(self.private.public_key())
        kept = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = AuthenticatorData.create(_rp_hash(), PRESENT | VERIFIED | 0x40, counter=0, credential_data=bytes(kept))
        client = CollectedClientData.create("webauthn.create", token_bytes(16), ORIGIN)
        return {
            **self._named(),
            "response": {
                "clientDataJSON": websafe_encode(bytes(client)),
                "attestationObject": websafe_encode(bytes(AttestationObject.create("none", data, {}))),
            },
        }

    def _named(self) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {"id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}}


def _rp_hash() -> bytes:
    return sha256(settings.PUBLIC.host.encode()).digest()
