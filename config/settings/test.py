"""What the tests use; the plugin that starts PostgreSQL and Redis sets the addresses."""

from config.settings.base import *  # noqa: F403 -- a settings module is its base plus what differs
from config.settings.base import DATABASES, STATE_DIR, STORAGES

SECRET_KEY = "tests-only"  # noqa: S105 -- not a secret
ALLOWED_HOSTS = ["*"]
DATABASES.pop("owner", None)  # the tests' own database has one role; tests of two make the other
CLOCK_OFFSET_FILE = STATE_DIR / "clock"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
