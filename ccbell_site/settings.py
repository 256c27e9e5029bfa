"""Every setting of the studio, read once from the environment or `.env` (see `.env.example`)."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from ccbell_site import env
from ccbell_site.look import UNFOLD  # noqa: F401  of the admin's theme

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE: Path | None = env.read_dotenv("ENV_FILE", BASE_DIR / ".env")

VERSION = "0.1.0"
"""Version of the studio, written into every pack as ``generator_version``."""

# Where things lie -----------------------------------------------------------------------------------

DATA_DIR: Path = env.data_folder("DATA_DIR", BASE_DIR / "data")
AUDIO_OUTPUT_DIR: Path = env.data_folder("AUDIO_OUTPUT_DIR", DATA_DIR / "audio")
RUN_DIR: Path = DATA_DIR / "run"
"""Locks of living workers and render hosts; nothing in it outlives them."""
MODEL_CACHE_DIR: Path = env.data_folder("MODEL_CACHE_DIR", DATA_DIR / "models")
MODEL_DEVICE: str = env.choice("MODEL_DEVICE", "auto", ("auto", "cuda", "mps", "cpu"))
env.make_absolute("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")  # used where they hold a model
env.hand_down(MODEL_CACHE_DIR=MODEL_CACHE_DIR, MODEL_DEVICE=MODEL_DEVICE)

# Where people reach it ------------------------------------------------------------------------------

API_HOST: str = env.host("API_HOST", "127.0.0.1")
API_PORT: int = env.integer("API_PORT", 8000, least=1, most=65535)
public = env.web_address("PUBLIC_URL", f"http://localhost:{API_PORT}", "http://mac-mini:8000")
if public.path:
    raise ImproperlyConfigured(
        f"PUBLIC_URL must end with the name or the port: the studio cannot live below “{public.path}”."
    )
PUBLIC_URL: str = public.geturl()
ALLOWED_HOSTS: list[str] = [
    env.asked_for("PUBLIC_URL", public.hostname or ""),
    "localhost",
    "127.0.0.1",
    "[::1]",
    *env.hosts("ALLOWED_HOSTS"),
]
CSRF_TRUSTED_ORIGINS: list[str] = [f"{public.scheme}://{public.netloc}"]

# Security -------------------------------------------------------------------------------------------

DEBUG: bool = env.boolean("DEBUG", False)
SECRET_KEY: str = env.secret("SECRET_KEY", DATA_DIR / "secret_key")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = public.scheme == "https"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = public.scheme == "https"
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from this machine, beside the proxy that speaks https
SECURE_HSTS_SECONDS = 30 * 86_400 if public.scheme == "https" else 0
# Other names of the domain are not the studio's to decide about.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
ALLOW_ANONYMOUS: bool = env.boolean("ALLOW_ANONYMOUS", False)
"""Whether people without a login may have sounds made, each address a few an hour."""
AUTH_USER_MODEL = "accounts.User"
CSRF_FAILURE_VIEW = "studio.policy.csrf_failure"
LOGIN_URL = "studio:login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "studio:make"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

# The application ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "ccbell_site",
    "accounts",
    "jobs",
    "sounds",
    "packs",
    "releases",
    "studio",
    "ccbell_site.admin_app.Theme",  # before the admin: its templates come first
    "ccbell_site.admin_app.Filters",
    "ccbell_site.admin_app.Admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_q",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "studio.policy.content_security_policy",
    "studio.away.StoreAway",
]
ROOT_URLCONF = "ccbell_site.urls"
ASGI_APPLICATION = "ccbell_site.asgi.application"
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
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_I18N = False
USE_TZ = True
FORMAT_MODULE_PATH = "ccbell_site.formats"
STATIC_URL = "static/"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    # What package.json names; `make assets` brings it.
    ("vendor/wavesurfer", BASE_DIR / "node_modules" / "wavesurfer.js" / "dist"),
]
STATIC_ROOT: Path = env.data_folder("STATIC_ROOT", DATA_DIR / "static")
"""Filled by `ccbell_site.static_files.collect` at every start that finds a file changed."""
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ccbell_site.static_files.HashedFiles"},
}
AUDIO_STORE: str = env.choice("AUDIO_STORE", "disk", ("disk", "s3"))
"""Where files of audio are kept for good: in AUDIO_OUTPUT_DIR, or in a bucket of which that has copies."""
if AUDIO_STORE == "s3":
    STORAGES["audio"] = env.bucket(
        "sounds.bucket.Bucket",
        bucket_name=env.text("AWS_STORAGE_BUCKET_NAME"),
        endpoint_url=env.address("AWS_S3_ENDPOINT_URL"),
        access_key=env.text("AWS_ACCESS_KEY_ID"),
        secret_key=env.text("AWS_SECRET_ACCESS_KEY"),
        region_name=env.text("AWS_S3_REGION_NAME"),
        location=env.text("AWS_LOCATION"),
    )
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
SILENCED_SYSTEM_CHECKS.append("staticfiles.W004")  # `make assets` says it better, see static_files.py

# Database -------------------------------------------------------------------------------------------

SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "studio.sqlite3",
    "OPTIONS": {
        # Writers queue up for 20 s instead of failing; with WAL, readers never wait for them.
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; "
            "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=2000;"
        ),
    },
    # A file even in tests: they run real worker processes beside themselves.
    "TEST": {"NAME": BASE_DIR / "build" / "test.sqlite3"},
}
POSTGRES_OPTIONS: dict[str, Any] = {
    "application_name": "ccbell-sound-studio",
    "connect_timeout": 5,
    # Whoever is gone without a word is noticed within a minute, here and by the server.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "options": (
        "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 "
        "-c lock_timeout=20s -c idle_in_transaction_session_timeout=120s"
    ),
}
DATABASE: dict[str, Any] = env.postgres("DATABASE_URL") or SQLITE
IS_SHARED: bool = DATABASE is not SQLITE
"""Whether several machines may work on the database: a server can be reached by all, a file by one."""
if IS_SHARED:
    DATABASE["OPTIONS"] = POSTGRES_OPTIONS | DATABASE.get("OPTIONS", {})
    DATABASE["CONN_HEALTH_CHECKS"] = True
DATABASE["CONN_MAX_AGE"] = 60  # the web server's threads stay, see handler.py
DATABASES = {"default": DATABASE}

# Jobs -----------------------------------------------------------------------------------------------

WORKER_CONCURRENCY: int = env.integer("WORKER_CONCURRENCY", 2, least=1, most=32)
JOB_LANES: dict[str, int] = {
    "neural": 1,
    "procedural": WORKER_CONCURRENCY,
    "network": 1,
    "maintenance": 1,
}
"""Lane to the number of workers that may be busy in it at once."""
JOB_SHARED_LANES = ("network", "maintenance")
"""Those whose limit counts for all machines together; that of the others counts for each."""
WORKER_LANES: list[str] = env.listing("WORKER_LANES") or list(JOB_LANES)
"""Those that this machine works in: one without a model's weights leaves `neural` to the others."""
if unknown := set(WORKER_LANES) - set(JOB_LANES):
    raise ImproperlyConfigured(
        f"WORKER_LANES must be empty or some of {', '.join(JOB_LANES)}, not “{sorted(unknown)[0]}”."
    )
JOB_KEPT_LANES = ("neural",)
"""One worker keeps such a lane, because the model in its memory serves the next job too."""
JOB_DEADLINE_S: int = env.integer("JOB_DEADLINE_SEC", 600, least=1, most=86_400)
MODEL_IDLE_TIMEOUT_S: int | None = env.seconds_or_never("MODEL_IDLE_TIMEOUT_SEC", 300, most=31_536_000)

REDIS_URL: str = env.redis("REDIS_URL")
Q_BROKER: str = env.choice("Q_BROKER", "orm", ("orm", "redis"))
"""What carries wake-ups to the workers: the database or Redis. The jobs are in the database either way."""
if Q_BROKER == "redis" and not REDIS_URL:
    raise ImproperlyConfigured("Q_BROKER=redis needs REDIS_URL, such as redis://127.0.0.1:6379/0.")

Q_CLUSTER = {
    "name": "studio",
    "label": "Workers",
    "broker_class": {"orm": "jobs.broker.WatchingBroker", "redis": "jobs.redis_broker.RedisBroker"}[Q_BROKER],
    "orm": "default",
    "workers": WORKER_CONCURRENCY,
    "daemonize_workers": False,  # a daemonic process may not start the render host
    "queue_limit": 0,  # a bounded queue loses a place for good when a worker is killed inside it
    "bulk": 1,
    "poll": 0,  # the broker waits by itself
    "recycle": 0,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,  # wake-ups that did their work need no history: the Job table has it
    "guard_cycle": 1,
    "catch_up": False,
    # Every job ends at a deadline of its own; a download may take hours and still be well.
    "timeout": 86_400,
    "retry": 86_400 + 240,
    "log_level": "WARNING",
}

# Clean-up -------------------------------------------------------------------------------------------

# In each of these 0 keeps them for ever.
AUDIO_RETENTION_HOURS: int = env.integer("AUDIO_RETENTION_HOURS", 24, most=876_000)
"""For so long the files of takes stay that nobody keeps, and what lies in ``temp``."""
JOB_RETENTION_DAYS: int = env.integer("JOB_RETENTION_DAYS", 30, most=36_500)
EVENT_RETENTION_DAYS: int = env.integer("EVENT_RETENTION_DAYS", 7, most=36_500)

# GitHub ---------------------------------------------------------------------------------------------

# Nothing of this is needed to start; `releases.github` says what is missing when somebody publishes.
GITHUB_TOKEN: str = env.word("GITHUB_TOKEN", r"[!-~]+", "a token as GitHub shows it, in one word")
_bare = (r"[A-Za-z0-9._-]{1,100}", "the bare name, without slashes or spaces, not an address")
GITHUB_REPO_OWNER: str = env.word("GITHUB_REPO_OWNER", *_bare)
GITHUB_REPO_NAME: str = env.word("GITHUB_REPO_NAME", *_bare)
_github = env.web_address("GITHUB_API_URL", "https://api.github.com", "https://api.github.com")
if _github.scheme == "http" and _github.hostname not in ("127.0.0.1", "::1", "localhost"):
    raise ImproperlyConfigured("GITHUB_API_URL must begin with https://, as the token is sent there.")
GITHUB_API_URL: str = _github.geturl()
GITHUB_SECONDS_BETWEEN_WRITES: int = env.integer("GITHUB_SECONDS_BETWEEN_WRITES", 1, most=60)
"""GitHub asks for a pause of a second between requests that change something."""
GITHUB_TIMEOUT_S: int = env.integer("GITHUB_TIMEOUT_SEC", 30, least=1, most=3600)
"""For so long GitHub may say nothing within one request."""

# API ------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",  # first: who is not signed in gets a 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "ccbell_site.parsers.Json",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasScope"],
    "DEFAULT_FILTER_BACKENDS": ["ccbell_site.filters.StrictFilters"],
    "DEFAULT_THROTTLE_CLASSES": ["jobs.throttles.RequestsAMinute"],
    "EXCEPTION_HANDLER": "ccbell_site.problems.handle",
}
# By tier: admin, premium, standard, free; None sets no limit.
REQUESTS_A_MINUTE: list[int | None] = [None, 3000, 1200, 60]
SOUNDS_AN_HOUR: list[int | None] = [None, 1000, 300, 10]
# What throttles remember: in the memory of the one web process, or where several of them count together.
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "studio",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }

SPECTACULAR_SETTINGS = {
    "TITLE": "ccbell sound studio",
    "DESCRIPTION": "Notification sounds for coding agents: generate, hear, choose, build. "
    "Sign in, or authorize with a token; every error is a problem document with one clear sentence.",
    "VERSION": VERSION,
    "SWAGGER_UI_DIST": "SIDECAR",  # served from here, not from a CDN
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # the schema is put together only when asked for: see schema.py
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "ccbell_site.schema.with_events",
    ],
    "SERVE_PERMISSIONS": ["accounts.permissions.HasScope"],
}

# Logging --------------------------------------------------------------------------------------------

LOG_LEVEL: str = env.text("LOG_LEVEL").upper() or "INFO"
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR"):
    raise ImproperlyConfigured(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “{LOG_LEVEL}”.")


def _without_traceback(record: logging.LogRecord) -> bool:
    record.exc_info = None
    return True


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname:<7} {name}: {message}", "style": "{", "datefmt": "%H:%M:%S"}
    },
    "filters": {
        "no_traceback": {"()": "django.utils.log.CallbackFilter", "callback": _without_traceback},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django-q": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},  # what it says beyond that has keys in it
        "django.security.DisallowedHost": {"filters": ["no_traceback"]},  # anybody may send any name
    },
}
