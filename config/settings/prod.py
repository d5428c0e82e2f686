"""Production: refuses to start with a missing or default secret or with debug on, and says which."""

import re

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403 -- a settings module is its base plus what differs
from config.settings.base import PUBLIC, env

SECRET_KEY = env("SECRET_KEY", default="")
# Former secrets: what they encrypted is still read, what they signed still holds. Nothing new is made with them.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)

SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 10

missing = [name for name in ("SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", "REDIS_URL") if not env(name, default="")]
problems = [f"{name} is missing" for name in missing]
if SECRET_KEY and (len(SECRET_KEY) < SHORTEST_SECRET or len(set(SECRET_KEY)) < FEWEST_CHARACTERS):
    problems.append("SECRET_KEY is a default or too short (make one: openssl rand -base64 48)")
if SECRET_KEY.startswith(("django-insecure", "change-me", "dev-only", "tests-only")):
    problems.append("SECRET_KEY is a default")
if DEBUG:
    problems.append("DEBUG is on")
if problems:
    raise ImproperlyConfigured(f"Wayleave does not start: {'; '.join(problems)}. See .env.example.")

# TLS ends at a proxy in front of gunicorn, which therefore is there wherever PUBLIC_URL says https.
if PUBLIC.is_https:
    # Sign-in attempts are limited by address: without the proxy's word the whole company would share the proxy's.
    ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Beside what machines ask for: the style of the page that says what is wrong where TLS or the name is missing.
    SECURE_REDIRECT_EXEMPT = [rf"^{re.escape(PUBLIC.path.lstrip('/'))}/?((healthz|readyz|metrics)$|static/)"]
    SECURE_HSTS_SECONDS = 31_536_000
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # whether the organization's other subdomains have TLS is not ours to promise
    "security.W021",  # nor that its domain goes on browsers' preload lists
]
