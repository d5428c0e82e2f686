"""Production: refuses to start with a missing or default secret."""

from config.settings.base import *  # noqa: F403 -- a settings module is its base plus what differs
from config.settings.base import env

SECRET_KEY = env("SECRET_KEY")
