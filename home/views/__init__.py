"""The first pages, and founding an organization."""

from home.views.founding import organization_start, set_up
from home.views.homes import organization_home, start

__all__ = ["organization_home", "organization_start", "set_up", "start"]
