"""What ./run uses: one machine, embedded services, a secret generated once into STATE_DIR."""

from django.core.management.utils import get_random_secret_key

from config.settings.base import *  # noqa: F403 -- a settings module is its base plus what differs
from config.settings.base import ALLOWED_HOSTS, MAIL_TRANSPORT, env

# Without ./run there is no secret yet; what is signed with this one holds as long as the process.
SECRET_KEY = env("SECRET_KEY", default="") or get_random_secret_key()
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "127.0.0.1", "localhost", "[::1]"]
# Without mail set up, codes and invitations are read at /outbox/; only where nobody but this machine can reach it.
LOCAL_OUTBOX = not MAIL_TRANSPORT and env("HOST", default="127.0.0.1") in {"127.0.0.1", "localhost", "::1"}
