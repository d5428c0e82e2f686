"""What a provider says of somebody, once it is believed. Apart from what believes it: workers need no cryptography for this."""

from dataclasses import dataclass, field
from typing import Any

# ``xms_edov`` is Microsoft's name of the same. Some providers write the truth as a word.
_SAYS_VERIFIED = ("email_verified", "xms_edov")
_TRUE = (True, "true", "True", 1, "1")


@dataclass(frozen=True)
class Word:
    """What a provider says of who signs in."""

    issuer: str
    subject: str
    claims: dict[str, Any] = field(repr=False)

    @property
    def email(self) -> str:
        return str(self.claims.get("email") or "").strip().lower()

    @property
    def is_verified(self) -> bool:
        """Whether the provider has seen that the address is theirs."""
        return any(self.claims.get(name) in _TRUE for name in _SAYS_VERIFIED)

    @property
    def name(self) -> str:
        return " ".join(str(self.claims.get("name") or "").split())[:200]

    def values(self, claim: str) -> list[str]:
        """What a claim says: one value, several, or none."""
        found = self.claims.get(claim) if claim else None
        several = found if isinstance(found, list) else [found]
        return [str(value).strip() for value in several if isinstance(value, str | int) and str(value).strip()]
