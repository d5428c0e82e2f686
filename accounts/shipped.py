"""What every organization begins with, read from ``accounts/data``."""

from pathlib import Path

import yaml

DATA = Path(__file__).resolve().parent / "data"


def job_roles() -> list[dict[str, str]]:
    """The five job roles that ship, each with ``key`` and ``name``."""
    return yaml.safe_load((DATA / "job_roles.yaml").read_text(encoding="utf-8"))


def sign_off_groups() -> list[dict[str, str | int]]:
    """The sign-off groups that ship, each with ``key``, ``name`` and ``position``."""
    return yaml.safe_load((DATA / "sign_off_groups.yaml").read_text(encoding="utf-8"))
