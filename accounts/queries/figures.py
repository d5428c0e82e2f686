"""How large the installation is, as figures for ``/metrics`` (operations/metrics.py)."""

import datetime as dt

from accounts.models import Organization, User
from operations.metrics import Figure


def size(at: dt.datetime) -> list[Figure]:
    """Organizations and accounts."""
    return [
        Figure.one("organizations", "Organizations, the demo company among them.", Organization.objects.count()),
        Figure.one("accounts", "People who can sign in.", User.objects.filter(is_active=True).count()),
    ]
