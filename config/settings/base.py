"""Settings shared by every way of running Wayleave; secrets and addresses come from the environment."""

import datetime as dt
import logging
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import error_reports, log_lines
from config.settings.fetching import allowed
from config.settings.files import file_store
from config.settings.hosts import hosts_named
from config.settings.mail import mail_transport
from config.settings.public_url import PublicUrl

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

STATE_DIR = Path(env("STATE_DIR", default=str(BASE_DIR / "var")))
# ./run writes the addresses and the secret of what it started here, so that manage.py finds the same.
if (STATE_DIR / "environment").is_file():
    env.read_env(STATE_DIR / "environment")
DEBUG = False

# Former secrets: what is kept encrypted, and who is signed in, stays readable after a change.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# The address people type; host names, CSRF origins, secure cookies and links in mail follow from it.
PUBLIC_URL = env("PUBLIC_URL", default="") or f"http://localhost:{env('PORT', default='8000')}"
PUBLIC = PublicUrl.read(PUBLIC_URL)
PUBLIC_URL = PUBLIC.origin
ALLOWED_HOSTS = [PUBLIC.host]
CSRF_TRUSTED_ORIGINS = [PUBLIC.origin]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC.is_https
# Under a path of a name that others share: what is before ours is theirs, and so are cookies of Django's usual names.
if PUBLIC.path:
    FORCE_SCRIPT_NAME = PUBLIC.path
    SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = PUBLIC.path
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "wayleave_session", "wayleave_csrf"
# Prints, CSVs and evidence say which version made them; the same as in pyproject.toml.
VERSION = "0.1.0"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_filters",
    "django_structlog",
    "operations",
    "audit",
    "accounts",
    "notifications",
    "catalog",
    "governance",
    "checklists",
    "reviews",
    "reports",
    "home",
]

MIDDLEWARE = [
    "operations.metrics.MetricsMiddleware",
    "csp.middleware.CSPMiddleware",
    "operations.middleware.PublicNameMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PrivateByDefaultMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "operations.middleware.LogLineMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.OrganizationMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.context_processors.navigation",
                "home.context_processors.stand",
                "home.context_processors.reach",
                "notifications.context_processors.outbox",
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgres://wayleave@localhost/wayleave")}
if env("DATABASE_URL", default="") and DATABASES["default"].get("ENGINE") != "django.db.backends.postgresql":
    raise ImproperlyConfigured(
        "DATABASE_URL names no PostgreSQL database: write postgresql://user:password@host:5432/name"
    )
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = 60
# The role that owns the tables, for `manage.py prepare` only: web, worker and beat use one that doesn't (audit/roles.py).
if env("MIGRATION_DATABASE_URL", default=""):
    DATABASES["owner"] = env.db("MIGRATION_DATABASE_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:start"
# Signing in is django-allauth's: by a code sent by mail (a code, because mail scanners open links) or a password.
# Its rate limits stay as they come.
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; without password1 allauth asks for none anywhere
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proved by the invitation or the code that went there
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password is said by mail
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Second factors: an authenticator app with recovery codes, and passkeys, which verify the person and so stand alone.
MFA_ADAPTER = "accounts.second_factors.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.one_time_codes.SignInForm",
    "activate_totp": "accounts.one_time_codes.AppForm",
    "add_webauthn": "accounts.passkeys.PasskeyForm",
    "authenticate_webauthn": "accounts.passkeys.SecondStepForm",
    "login_webauthn": "accounts.passkeys.SignInForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "Wayleave"
MFA_TOTP_TOLERANCE = 1  # the code before and the one after count too: nobody types in no time
MFA_REAUTHENTICATION_REQUIRED = False  # our own page asks, for mailed codes too (accounts.decorators.confirmed_lately)

LANGUAGE_CODE = "en"
# What is shown is frozen with its language: only those the product speaks, whatever a browser asks for.
LANGUAGES = [("en", "English")]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = f"{PUBLIC.path}/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = STATE_DIR / "static"
STORAGES = {
    "default": file_store(env, STATE_DIR / "files"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Everything from here, nothing inline; Bootstrap's form marks are data: images.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"

EMAIL_BACKEND = "notifications.mail.OutgoingMailBackend"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="") or "Wayleave <wayleave@localhost>"
# How mail leaves the house: an SMTP server named by EMAIL_URL (smtp://user:password@host:port, smtp+tls://, smtp+ssl://),
# or nothing: then mail stays readable in the local outbox.
MAIL_TRANSPORT = mail_transport(env)
# Whether /outbox/ shows that mail without signing in; only ./run on a loopback address switches it on.
LOCAL_OUTBOX = False

# Whether pages of vendors are fetched by schedule. Off until the operator says otherwise: nothing outside is called unasked.
POLICY_FETCHING = env.bool("POLICY_FETCHING", default=False)
# Networks and hosts that may be called though they are not public: an organization's own pages.
POLICY_FETCH_ALLOW = allowed(env, "POLICY_FETCH_ALLOW")
# What the sites that are called read of whom to ask about it: a mail address, or where this installation is.
POLICY_FETCH_CONTACT = env("POLICY_FETCH_CONTACT", default="") or PUBLIC.address
# Redirects; bytes, as sent and unpacked: as large as a version may be; seconds for everything together.
POLICY_FETCH_LIMITS = {"redirects": 5, "size": 2 * 1024 * 1024, "seconds": 20}

# Networks and hosts on which an organization's OpenID provider may stand though they are not public; plain http is spoken to
# this very machine only, and only where it is named here.
SSO_ALLOW = allowed(env, "SSO_ALLOW")
# Who is asked for the record that shows whose a domain is: host:port of a name server; empty, the system's.
SSO_DNS = env("SSO_DNS", default="")
# Seconds for everything one sign-in asks of a provider.
SSO_SECONDS = 10

# The clock's offset is read from this file in tests only (operations/clock.py).
CLOCK_OFFSET_FILE: Path | None = None

# Celery's own spelling of a unix socket and of the number of the database behind it.
# A policy that is pasted: two million letters, up to four bytes each. What is longer is said at the field, not by a bare 400.
DATA_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
    # Who rings while the broker is down waits milliseconds, not six seconds; the worker's own reconnecting is separate.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_TIMEZONE = "UTC"
# Six rings unheard: whoever supervises is asked to start the worker afresh.
HEARTBEAT_IS_STALE_AFTER = dt.timedelta(seconds=60)
# The timetable of sweeps is code; what is due is data.
# Beat keeps no memory over a restart: a turn is seconds or minutes, never a day.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "heartbeat": {"task": "operations.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    "send-due": {"task": "notifications.send_due", "schedule": 20.0, "options": {"expires": 20}},
    "import-people": {"task": "accounts.import_people", "schedule": 20.0, "options": {"expires": 20}},
    "settle": {"task": "checklists.settle", "schedule": 5.0, "options": {"expires": 5}},
    "clear-sessions": {"task": "accounts.clear_sessions", "schedule": crontab(minute=7), "options": {"expires": 3600}},
    "take-lapsed": {"task": "checklists.take_lapsed", "schedule": 300.0, "options": {"expires": 300}},
    "fold-counts": {"task": "checklists.fold_counts", "schedule": 30.0, "options": {"expires": 30}},
    "recount": {"task": "checklists.recount", "schedule": crontab(minute=17), "options": {"expires": 3600}},
    "clean-files": {"task": "checklists.clean_files", "schedule": crontab(minute=47), "options": {"expires": 3600}},
    "remind-assignments": {"task": "checklists.remind", "schedule": 300.0, "options": {"expires": 300}},
    "open-reviews": {"task": "reviews.open_due", "schedule": 300.0, "options": {"expires": 300}},
    "assess-policies": {"task": "reviews.assess_policies", "schedule": 300.0, "options": {"expires": 300}},
    "remind-reviews": {"task": "reviews.remind", "schedule": 300.0, "options": {"expires": 300}},
    "fetch-policies": {"task": "catalog.fetch_due", "schedule": 300.0, "options": {"expires": 300}},
    "anchor-audit": {"task": "audit.publish_anchors", "schedule": 3600.0, "options": {"expires": 3600}},
    "erase-due": {"task": "accounts.erase_due", "schedule": crontab(minute=27), "options": {"expires": 3600}},
    "digest": {"task": "notifications.digest", "schedule": 60.0, "options": {"expires": 60}},
    "expire-decisions": {"task": "governance.expire_decisions", "schedule": 60.0, "options": {"expires": 60}},
    "keep-conditions": {"task": "governance.keep_conditions", "schedule": 300.0, "options": {"expires": 300}},
    "remind-signers": {"task": "governance.remind_signers", "schedule": 300.0, "options": {"expires": 300}},
}

# What else `/readyz` asks how it is; each says nothing (None) while it is well.
HEALTH_PARTS = ["notifications.queries.health.stuck_mail"]

# What a collector of figures must say to be told them at /metrics; empty: there is no such page, and nothing is counted.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
# What each app has to tell at /metrics beside what the machine does (operations/metrics.py).
METRICS = ["notifications.queries.figures.mail", "checklists.queries.figures.settling", "accounts.queries.figures.size"]

# What each app records about a person (operations/personal.py), in the order in which they read it.
PERSONAL = [
    f"{app}.personal"
    for app in ("accounts", "checklists", "governance", "reviews", "catalog", "notifications", "audit", "home")
]
# What of each app waits for somebody who leaves (operations/leaving.py).
LEAVING = [f"{app}.leaving" for app in ("governance", "reviews", "checklists", "catalog")]
# Says which questions are asked of somebody: moving them says what changes.
ASKED_OF = "checklists.queries.state.asked_of"
# On which page each kind of sign-off is read and signed (governance/README.md: "Another subject").
SIGN_OFF_PAGES = {"decision": "governance:sign-off-sign", "adoption": "reviews:verdict-sign"}
# What puts the frozen content of each kind in words, and the part that shows them.
SIGN_OFF_CONTENT = {
    "decision": ("governance.queries.showing.signed_content", "governance/frozen_content.html"),
    "adoption": ("reviews.queries.showing.signed_content", "reviews/parts/verdict_frozen.html"),
}

# What `manage.py prepare` runs between new code and the first request, in this order; each is idempotent.
SOLO = env.bool("SOLO", default=False)
DEMO = env.bool("DEMO", default=False) and not SOLO
_OWNER = ("--database", "owner" if "owner" in DATABASES else "default")
START_COMMANDS: list[tuple[str, ...]] = [
    ("collectstatic", "--noinput"),
    ("await_database", *_OWNER),  # ./run begins while it is being made
    ("migrate", "--noinput", *_OWNER),
    *([("grant_application",)] if "owner" in DATABASES else []),
    ("check", "--tag", "database", "--database", "default"),
    ("load_catalog",),
    ("load_checklists",),
]
# What a backup takes along beside the database and the files, and what has no row where nobody has begun yet.
KEPT_BESIDE = {"anchors": STATE_DIR / "anchors"}
EMPTY_WITHOUT = ("accounts.User", "accounts.Organization")
# What `manage.py restore` runs at the end.
VERIFY_COMMANDS: list[tuple[str, ...]] = [("verify_audit",)]
# What `manage.py greet` runs: says how to sign in, to the demo company (which it makes the first time; ./run serves pages
# meanwhile) or by the link that sets up the first organization; with SOLO, that of somebody who works alone.
GREETING_COMMAND = "load_demo" if DEMO else "setup_link"

LOGGING = log_lines.LOGGING
log_lines.configure()
# Where errors are told, without a word that people wrote (config/error_reports.py); empty, nowhere.
SENTRY_DSN = env("SENTRY_DSN", default="")
error_reports.begin(
    SENTRY_DSN, version=VERSION, tasks=frozenset(str(entry["task"]) for entry in CELERY_BEAT_SCHEDULE.values())
)
# Said on /operate/sources/, beside the pages of vendors.
HOSTS_NAMED = hosts_named(mail=MAIL_TRANSPORT, files=STORAGES["default"], errors=SENTRY_DSN)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# Most turns find nothing to do. Those that did something say so themselves, with the id of the request that rang.
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = DJANGO_STRUCTLOG_CELERY_TASK_SUCCESS_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
