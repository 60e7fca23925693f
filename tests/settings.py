"""Settings of the tests: production's, minus what only costs time."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Before the settings are read: no test touches the data of the installation.
VAR = Path(tempfile.mkdtemp(prefix="crmkpi-tests-"))
atexit.register(shutil.rmtree, VAR, ignore_errors=True)
os.environ["CRMKPI_VAR"] = str(VAR)
os.environ["DATABASE_URL"] = (
    os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{VAR / 'db.sqlite3'}"
)
os.environ["SECRET_KEY"] = "tests" * 12
for name in ("DJANGO_ENV", "DEBUG", "BASE_URL", "ALLOWED_HOSTS", "CACHE_URL"):
    os.environ.pop(name, None)
for name in ("METRICS_DB_ALIAS", "METRICS_PARQUET"):
    os.environ.pop(name, None)

from crmkpi.settings import *  # noqa: E402, F403

DATABASE = DATABASES["default"]  # noqa: F405
if not os.environ.get("TEST_DATABASE_URL"):
    # A file, as in an installation: each thread of a server has its own connection.
    DATABASE["TEST"] = {"NAME": str(VAR / "tests.sqlite3")}
if DATABASE["ENGINE"] == "django.db.backends.postgresql":
    # A test that failed may leave a lock; no other waits for it for ever.
    DATABASE["OPTIONS"]["options"] = "-c lock_timeout=60s"
    if share := os.environ.get("TEST_SHARE"):  # several run beside each other
        DATABASE["TEST"] = {"NAME": f"test_{DATABASE['NAME']}_{share}"}
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(parents=True)  # noqa: F405  (WhiteNoise warns when it is missing)
LOGGING = {"version": 1, "disable_existing_loggers": False}
