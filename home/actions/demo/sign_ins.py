"""The demo's sign-ins: passwords are random per installation, kept as hashes, and in one file that only we can read."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from accounts.models import User
from accounts.rights import needs_password
from home.actions.demo.people import address_of
from home.actions.demo.story import story


@dataclass(frozen=True)
class SignIn:
    """One line of what is printed: whose sign-in, and for what."""

    role: str
    name: str
    email: str
    password: str


def file() -> Path:
    """Where the printed passwords are kept, so that a second start can print them again."""
    return Path(settings.STATE_DIR) / "demo-sign-ins.txt"


def new_passwords() -> dict[str, str]:
    """Name → password, for everybody who needs one; only those with a ``role`` are ever told."""
    return {
        one["name"]: secrets.token_urlsafe(12)
        for one in story()["people"]
        if one.get("role") or needs_password(level=one.get("level", "member"), is_signer="group" in one)
    }


def keep(passwords: dict[str, str]) -> None:
    """Write what will be printed to a file of mode 0600."""
    lines = [f"{address_of(one['name'])} {passwords[one['name']]}\n" for one in story()["people"] if one.get("role")]
    file().parent.mkdir(parents=True, exist_ok=True)
    file().unlink(missing_ok=True)
    with os.fdopen(os.open(file(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as kept:
        kept.writelines(lines)


def renew() -> None:
    """New passwords for the printed sign-ins, where the file with the old ones is gone."""
    passwords = new_passwords()
    for one in story()["people"]:
        if one.get("role"):
            user = User.objects.get(email=address_of(one["name"]))
            user.set_password(passwords[one["name"]])
            user.save(update_fields=["password"])
    keep(passwords)


def sign_ins_of() -> list[SignIn]:
    """The sign-ins to print, the manager's first: it shows most."""
    kept = dict(line.split() for line in file().read_text().splitlines())
    found = [
        SignIn(one["role"], one["name"], address_of(one["name"]), kept[address_of(one["name"])])
        for one in story()["people"]
        if one.get("role") and address_of(one["name"]) in kept
    ]
    return sorted(found, key=lambda one: one.role != "Manager")
