"""Settings: an embedded default that needs no server, and production by environment.

Nothing set: SQLite, a broker made of files and mail written to files, all under var/.
DJANGO_ENV=production refuses to start with anything left at an unsafe default.
"""

import secrets
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import schedule
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("CRMKPI_VAR", default=str(BASE_DIR / "var")))

PRODUCTION = env.str("DJANGO_ENV", default="embedded") == "production"
DEBUG = env.bool("DEBUG", default=False)


def kept_secret_key() -> str:
    """Return the key of this embedded installation, made up on its first start."""
    path = VAR_DIR / "secret_key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass  # another process of the same start was quicker
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and not PRODUCTION:
    SECRET_KEY = kept_secret_key()

# Addresses. Mailed links are built from BASE_URL, never from the Host of a request.
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=[urlsplit(BASE_URL).hostname or ""]
    + ([] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"]),
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "objectives",
    "metrics",
    "surveys",
    "crmkpi.crm",
    "crmkpi.accounts",
    "crmkpi",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

# Proxies in front, each of which appends to X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

MIDDLEWARE = [
    "crmkpi.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "crmkpi.middleware.PrivateByDefault",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crmkpi.middleware.ReaderLanguage",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "crmkpi.accounts.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "crmkpi.urls"
WSGI_APPLICATION = "crmkpi.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Data
DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue for the lock instead of failing half-way through a transaction.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,  # longer than any job holds the lock
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
            "PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;"
        ),
    }
    VAR_DIR.mkdir(parents=True, exist_ok=True)
else:
    DATABASES["default"].update(
        {
            "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
            "CONN_HEALTH_CHECKS": True,  # a cut connection is renewed, not shown
        }
    )
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # services open their own transactions

# Another database with the same rows and cells, from which figures are computed.
METRICS_DB_ALIAS = env.str("METRICS_DB_ALIAS", default="default")
if METRICS_DB_ALIAS != "default":
    if not env.str("METRICS_DB_URL", default=""):
        raise ImproperlyConfigured(
            f"METRICS_DB_ALIAS is {METRICS_DB_ALIAS!r}: set METRICS_DB_URL to the "
            "address of that database, or leave both away."
        )
    DATABASES[METRICS_DB_ALIAS] = env.db_url("METRICS_DB_URL")
# A folder for files of rows, from which DuckDB rebuilds cells; none is made without.
METRICS_PARQUET = env.str("METRICS_PARQUET", default="")
if METRICS_PARQUET and not find_spec("duckdb"):
    raise ImproperlyConfigured(
        "METRICS_PARQUET needs DuckDB: install the extra engines, or leave it away."
    )
DATABASE_ROUTERS = ["metrics.engine.routing.MetricsRouter"]

# Sign-in limits live in the cache, so it must be one cache for all processes.
# More than so many entries and the database throws out a third, whichever they are.
CACHES = {
    "default": env.cache_url(
        "CACHE_URL", default="dbcache://crmkpi_cache?max_entries=10000"
    )
}

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "crmkpi.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {
    "login": "crmkpi.accounts.sign_in_forms.SignInForm",
    "reset_password": "crmkpi.accounts.sign_in_forms.ForgottenPasswordForm",
    "reset_password_from_key": "crmkpi.accounts.sign_in_forms.NewPasswordForm",
    "change_password": "crmkpi.accounts.sign_in_forms.PasswordChangeForm",
    "reauthenticate": "crmkpi.accounts.sign_in_forms.ConfirmPasswordForm",
}
MFA_FORMS = {
    "authenticate": "crmkpi.accounts.sign_in_forms.CodeForm",
    "reauthenticate": "crmkpi.accounts.sign_in_forms.ConfirmCodeForm",
    "activate_totp": "crmkpi.accounts.sign_in_forms.FirstCodeForm",
}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation by mail has proved the address
# allauth's own generator writes addresses when it only looks at a link.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = (
    "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
)
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers from the reset page
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BASE_URL).scheme
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "crmkpi"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators made by command have no proof

# Language and time. Periods take their zone from the organisation, not from here.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files: our own, and the vendor files that `python -m crmkpi.assets` copies.
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
VENDOR_DIR = BASE_DIR / "var" / "vendor"
STATICFILES_DIRS = [("vendor", VENDOR_DIR)] if VENDOR_DIR.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "crmkpi.staticfiles.HashedStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "uploads"  # never served by address
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Mail
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail:///")
vars().update(EMAIL_CONFIG)
EMAIL_FILE_PATH = str(VAR_DIR / "mail")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"crmkpi@{urlsplit(BASE_URL).hostname}"
)

# Days after which answers lose names and words; 0 keeps them for ever.
SURVEYS_KEEP_DAYS = env.int("SURVEYS_KEEP_DAYS", default=0)
# Who was erased, as hashes, for a database that is restored from before; "" for none.
SURVEYS_ERASED_LIST = env.str(
    "SURVEYS_ERASED_LIST", default=str(VAR_DIR / "erased.txt")
)

# Other systems: text messages go out to one, bounces of mail come in from another.
SMS_HOOK_URL = env.str("SMS_HOOK_URL", default="")
SMS_HOOK_SECRET = env.str("SMS_HOOK_SECRET", default="")
BOUNCE_HOOK_SECRET = env.str("BOUNCE_HOOK_SECRET", default="")

# How long a number can say which rows moved it: what rows were is kept so many days.
METRICS_KEEP_IMAGES_DAYS = env.int("METRICS_KEEP_IMAGES_DAYS", default=400)

# Jobs. The database is the to-do list; a message only says that there is work.
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
if CELERY_BROKER_URL.startswith("filesystem:"):
    (BROKER_DIR / "queue").mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.2,
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # it would poll a second queue
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 900,  # longer than the hard limit of any task
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
    }
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True  # the state of every job is in rows of our own
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 2,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.4,
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {
        "task": "crmkpi.heartbeat",
        "schedule": schedule(run_every=15),
        "options": {"expires": 60},  # a worker that was away gets one, not hundreds
    },
    "compute": {  # finds what a lost message left, and the work of other machines
        "task": "metrics.tasks.refresh",
        "schedule": schedule(run_every=30),
        "options": {"expires": 30},
    },
    "recalculate": {  # finds what a lost message or a dead worker left
        "task": "metrics.tasks.recalculate",
        "schedule": schedule(run_every=30),
        "options": {"expires": 30},
    },
    "turn-the-day": {  # what time alone changes; finds nothing to do but once a day
        "task": "metrics.tasks.turn_the_day",
        "schedule": schedule(run_every=60),
        "options": {"expires": 60},
    },
    "turn-segments": {  # finds something to do once a day and after rules changed
        "task": "crm.turn_segments",
        "schedule": schedule(run_every=60),
        "options": {"expires": 60},
    },
    "forget-row-images": {
        "task": "metrics.tasks.forget_images",
        "schedule": schedule(run_every=6 * 3600),
        "options": {"expires": 3600},
    },
    "look-at-relationships": {  # finds something to do once a day
        "task": "metrics.tasks.look_at_relationships",
        "schedule": schedule(run_every=1800),
        "options": {"expires": 1800},
    },
    "predict-lifetimes": {  # finds something to do once a week
        "task": "metrics.tasks.predict_lifetimes",
        "schedule": schedule(run_every=3600),
        "options": {"expires": 3600},
    },
    "judge-alerts": {  # finds what a lost message left, and what a new day brings
        "task": "metrics.tasks.judge_alerts",
        "schedule": schedule(run_every=60),
        "options": {"expires": 60},
    },
    "forget-old-answers": {  # nothing unless SURVEYS_KEEP_DAYS says how long
        "task": "surveys.forget_old_answers",
        "schedule": schedule(run_every=6 * 3600),
        "options": {"expires": 3600},
    },
    "forget-addresses": {  # counted for limits of ten minutes
        "task": "surveys.forget_addresses",
        "schedule": schedule(run_every=600),
        "options": {"expires": 600},
    },
    "open-ballot-boxes": {  # what was answered anonymously until last week
        "task": "surveys.open_ballot_boxes",
        "schedule": schedule(run_every=3600),
        "options": {"expires": 3600},
    },
    "escalate-follow-ups": {  # finds each overdue item once
        "task": "surveys.escalate_follow_ups",
        "schedule": schedule(run_every=60),
        "options": {"expires": 60},
    },
    "sort-stale-themes": {  # words of a theme with many comments changed
        "task": "surveys.sort_stale_themes",
        "schedule": schedule(run_every=60),
        "options": {"expires": 60},
    },
    "send-alert-mails": {  # quiet hours end, and refused mails are tried again
        "task": "metrics.tasks.send_alert_mails",
        "schedule": schedule(run_every=30),
        "options": {"expires": 60},
    },
    "judge-key-results": {  # wakes by itself where a message was lost or a day began
        "task": "objectives.tasks.evaluate_due",
        "schedule": schedule(run_every=300),
        "options": {"expires": 300},
    },
    "send-invitations": {
        "task": "surveys.send_due_invitations",
        "schedule": schedule(run_every=30),
        "options": {"expires": 60},
    },
    "plan-occasions": {
        "task": "surveys.plan_occasions",
        "schedule": schedule(run_every=60),
        "options": {"expires": 60},
    },
    "send-reminders": {
        "task": "surveys.send_reminders",
        "schedule": schedule(run_every=300),
        "options": {"expires": 300},
    },
    "expire-invitations": {
        "task": "surveys.expire_invitations",
        "schedule": schedule(run_every=600),
        "options": {"expires": 600},
    },
}

# The API
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "crmkpi.accounts.api.permissions.KeyHasScope",
    ],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crmkpi.accounts.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crmkpi.accounts.api.parsers.WholeTextParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "1200/min"},
    "EXCEPTION_HANDLER": "crmkpi.problems.answer_problem",
    "COERCE_DECIMAL_TO_STRING": False,
    "UNICODE_JSON": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "crmkpi",
    "DESCRIPTION": "Send facts and read metrics.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "ValueStatus": "metrics.models.Snapshot.Status",
        "ResultStatus": "objectives.api.shapes.STATUSES",
        "ObjectiveState": "objectives.api.shapes.STATES",
        "OccasionState": "surveys.api.inviting.STATES",
        "SurveyKind": "surveys.models.surveys.SCORE_KINDS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Headers and cookies
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # forms and htmx send the token from the page
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    if env.bool("TRUST_PROXY_SCHEME", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    # Whether neighbouring hosts speak https too is not for this product to promise.
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"

    faults = []
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("django-insecure-"):
        faults.append("SECRET_KEY must be random and have 50 characters or more.")
    if DEBUG:
        faults.append("DEBUG must be off.")
    if not BASE_URL.startswith("https://"):
        faults.append("BASE_URL must be the https address of this installation.")
    if "*" in ALLOWED_HOSTS or not all(ALLOWED_HOSTS):
        faults.append("ALLOWED_HOSTS must name the hosts, not '*'.")
    if faults:
        raise ImproperlyConfigured(" ".join(faults))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "crmkpi.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        # Django's own handlers would print every line a second time.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # The broker made of files has no host, and says so at every start.
        "kombu.connection": {"level": "ERROR"},
    },
}
