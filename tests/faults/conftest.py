"""What breaks: mail needs its server and its people here too."""

from tests.notifications.conftest import make_member, organization, smtp

__all__ = ["make_member", "organization", "smtp"]
