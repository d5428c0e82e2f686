"""ID tokens: believed only when signed by one of the provider's keys, meant for us, and of now. Loaded when the first one comes."""

from typing import Any

import jwt

from accounts.openid.failures import ProviderFailed

# Signed with a key that only the provider has; never with one it shares with us, never not at all.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
# Seconds by which two clocks may differ.
LEEWAY = 60
_LONGEST_SUBJECT = 255


def claims_of(token: str, *, keys: dict[str, Any], issuer: str, audience: str) -> dict[str, Any]:
    """What the token says.

    :param keys: the provider's, as it publishes them (JWKS).
    :param audience: who we are to the provider.
    :raises ProviderFailed: it is not to be believed.
    """
    try:
        said: dict[str, Any] = jwt.decode(
            token,
            _key_of(token, keys),
            algorithms=ALGORITHMS,
            audience=audience,
            issuer=issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise ProviderFailed("token", type(error).__name__) from error
    several = isinstance(said["aud"], list) and len(said["aud"]) > 1
    if (several or "azp" in said) and said.get("azp") != audience:
        raise ProviderFailed("token", "azp")
    if not said["sub"] or len(said["sub"]) > _LONGEST_SUBJECT:
        raise ProviderFailed("token", "sub")
    return said


def _key_of(token: str, keys: dict[str, Any]) -> Any:
    """The key that the token names; one without a name is the only one there is."""
    named = jwt.get_unverified_header(token).get("kid")
    published = jwt.PyJWKSet.from_dict(keys).keys
    fitting = [key for key in published if key.public_key_use in {None, "sig"} and named in {None, key.key_id}]
    if len(fitting) != 1:
        raise jwt.InvalidKeyError
    return fitting[0].key  # alone: a key that names no algorithm may sign with any of its kind
