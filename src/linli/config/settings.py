"""The one settings file; everything that differs between installations is read from the environment."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

HOME = Path(env("LINLI_HOME", default=str(Path.cwd() / "var"))).resolve()
PACKAGE = Path(__file__).resolve().parent.parent

DEMO = env.bool("LINLI_DEMO", default=False)
DEBUG = env.bool("LINLI_DEBUG", default=False)
SECRET_KEY = env("LINLI_SECRET_KEY", default="")
KEYS_DIR = Path(env("LINLI_KEYS_DIR", default=str(HOME / "keys")))
# With which cipher new text is encrypted: aes (AES-256-GCM) or sm4 (SM4-GCM). Both stay readable.
CIPHER = env("LINLI_CIPHER", default="aes")
if not SECRET_KEY:
    from linli.core.crypto import secret_make

    SECRET_KEY = secret_make(KEYS_DIR, "session").value.hex()

ALLOWED_HOSTS = env.list("LINLI_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("LINLI_ORIGINS", default=[])
BASE_URL = env("LINLI_BASE_URL", default="http://127.0.0.1:8000")
HTTPS = BASE_URL.startswith("https://")
# The street or committee (division code) whose neighbourhood a new visitor sees first.
HOME_PLACE = env("LINLI_PLACE", default="")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "axes",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "linli.foundation.accounts",
    "linli.foundation.places",
    "linli.foundation.audit",
    "linli.foundation.notices",
    "linli.foundation.files",
    "linli.foundation.search",
    "linli.foundation.duties",
    "linli.foundation.keys",
    "linli.foundation.retention",
    "linli.foundation.privacy",
    "linli.foundation.links",
    "linli.foundation.lists",
    "linli.foundation.exports",
    "linli.foundation.imports",
    "linli.foundation.clients",
    "linli.foundation.ui",
    "linli.registers.organizations",
    "linli.registers.residents",
    "linli.work.matters",
    "linli.work.matters.routing",
    "linli.work.matters.whistles",
    "linli.work.matters.clusters",
    "linli.work.matters.rollup",
    "linli.work.deliberation.bodies",
    "linli.work.deliberation.assessments",
    "linli.work.deliberation.meetings",
    "linli.work.deliberation.ballots",
    "linli.work.deliberation.resolutions",
    "linli.work.deliberation.secret",
    "linli.work.deliberation.elections",
    "linli.work.benefits",
    "linli.oversight.dashboards",
    "linli.doors.open311",
    "linli.doors.webhooks",
    "linli.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "linli.foundation.accounts.middleware.ActorMiddleware",
    "linli.portal.middleware.NeighbourhoodMiddleware",
    "linli.foundation.ui.middleware.FollowMiddleware",
    "linli.foundation.ui.middleware.RefusalMiddleware",
    "linli.portal.api.middleware.InterfaceMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "linli.config.urls"
WSGI_APPLICATION = "linli.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linli.foundation.ui.context.frame",
            ],
        },
    }
]

# -- database: SQLite unless DATABASE_URL names PostgreSQL -------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{HOME / 'linli.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SQLITE_SYNCHRONOUS = env("LINLI_SQLITE_SYNCHRONOUS", default="FULL")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;"
            f"PRAGMA synchronous={SQLITE_SYNCHRONOUS};"
            "PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600

# -- accounts ----------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# Own reverse proxies in front of the server; only then is X-Forwarded-For believed, that many from the end.
PROXIES = env.int("LINLI_PROXIES", default=0)
# How many reports, emergencies apart, a resident may send in one day; 0 means without limit.
# For how many days a service counter keeps what its visitors said; numbers and times stay.
COUNTER_DAYS = env.int("LINLI_COUNTER_DAYS", default=30)
REPORTS_PER_DAY = env.int("LINLI_REPORTS_PER_DAY", default=30)
# Lists taken away as files: how often a person may in a day, from how many rows a purpose is asked, up to
# how many the browser waits and from then on the worker writes, how many at most, days the file is kept.
EXPORTS_PER_DAY = env.int("LINLI_EXPORTS_PER_DAY", default=50)
EXPORT_PURPOSE_ROWS = env.int("LINLI_EXPORT_PURPOSE_ROWS", default=1_000)
EXPORT_INLINE_ROWS = env.int("LINLI_EXPORT_INLINE_ROWS", default=20_000)
EXPORT_MOST_ROWS = env.int("LINLI_EXPORT_MOST_ROWS", default=1_000_000)
EXPORT_DAYS = env.int("LINLI_EXPORT_DAYS", default=3)
# What an import takes: bytes of a file, its rows, and how long the file and rows in quarantine are kept.
IMPORT_MB = env.int("LINLI_IMPORT_MB", default=50)
IMPORT_ROWS = env.int("LINLI_IMPORT_ROWS", default=300_000)
IMPORT_KEEP_DAYS = env.int("LINLI_IMPORT_KEEP_DAYS", default=30)
# Within how many days a request about one's own data is answered: thirty at most (GB/T 35273-2020 8.7).
DATA_REQUEST_DAYS = env.int("LINLI_DATA_REQUEST_DAYS", default=30)
if not 1 <= DATA_REQUEST_DAYS <= 30:
    raise ImproperlyConfigured("LINLI_DATA_REQUEST_DAYS must be between 1 and 30")
# How long the registration of somebody is kept who moved away or died; no law names the years.
MOVED_KEEP_DAYS = env.int("LINLI_MOVED_KEEP_DAYS", default=1095)
DEAD_KEEP_DAYS = env.int("LINLI_DEAD_KEEP_DAYS", default=1095)
IMPORT_END_PERCENT = env.int("LINLI_IMPORT_END_PERCENT", default=30)
REGISTRY_ROWS = env.int("LINLI_REGISTRY_ROWS", default=1_000_000)
REGISTRY_MB = env.int("LINLI_REGISTRY_MB", default=400)
# How many votes one server process takes at the same moment; more are asked to come again in some seconds.
VOTES_AT_ONCE = env.int("LINLI_VOTES_AT_ONCE", default=3)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "linli.foundation.accounts.views.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "linli.foundation.accounts.middleware.address_of"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True
# The common sign-in of the government (OpenID Connect); offered to staff where an issuer is named.
OIDC_ISSUER = env("LINLI_OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env("LINLI_OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env("LINLI_OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env("LINLI_OIDC_NAME", default="统一身份认证")
OIDC_SCOPES = env("LINLI_OIDC_SCOPES", default="openid profile")
# Which claim is our user name, for the first sign-in of somebody who is not linked yet.
OIDC_CLAIM = env("LINLI_OIDC_CLAIM", default="preferred_username")
# Values of amr or acr that count as a second factor; without one our own authenticator is asked for.
OIDC_SECOND_FACTOR = env.list("LINLI_OIDC_SECOND_FACTOR", default=[])
SHOW_CODES = DEMO and env.bool("LINLI_SHOW_CODES", default=DEMO)

# -- pages -------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
# A language is offered when its catalogue is complete: the switch appears with the second one.
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "linli.foundation.ui.assets.VersionedStorage"},
}
WHITENOISE_USE_FINDERS = True
# Pages name built files with their version, so that a browser may keep them; the map's worker is named bare.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/build/(?!map-worker|sw)"
MEDIA_ROOT = HOME / "files"
# Uploads stand in MEDIA_ROOT, or in a bucket: s3://BUCKET/PREFIX?endpoint=https://…&region=…&addressing=path
FILES = env("LINLI_FILES", default="")
FILES_KEY, FILES_SECRET = env("LINLI_FILES_KEY", default=""), env("LINLI_FILES_SECRET", default="")
# How long and how large a voice note and a short video may be.
VOICE_SECONDS = env.int("LINLI_VOICE_SECONDS", default=180)
VIDEO_SECONDS = env.int("LINLI_VIDEO_SECONDS", default=60)
RECORDING_MB = env.int("LINLI_RECORDING_MB", default=50)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],  # a voice note is played back before it is sent
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "linli.foundation.ui.views.csrf_refused"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# -- other hosts: nothing is called that does not stand here (core/outbound.py says how to write it) --
OUTBOUND = env.list("LINLI_OUTBOUND", default=[])
# Hosts from which photos of reports over Open311 are fetched; they must stand above too.
OPEN311_MEDIA = env.list("LINLI_OPEN311_MEDIA", default=[])

# -- suggestions: a larger model outside, asked where the embedded one is silent; off without an address --
ASSIST_URL = env("LINLI_ASSIST_URL", default="")
ASSIST_MODEL = env("LINLI_ASSIST_MODEL", default="")
ASSIST_KEY = env("LINLI_ASSIST_KEY", default="")
ASSIST_SECONDS = env.float("LINLI_ASSIST_SECONDS", default=3.0)

# -- matching of policies: a Spark cluster; without an address it runs on this machine --
SPARK = env("LINLI_SPARK", default="")

# -- work ---------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
EMAIL_CONFIG = env.email_url("LINLI_EMAIL_URL", default="consolemail://")  # smtp+tls://user:secret@host:587
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = EMAIL_CONFIG["EMAIL_HOST"], EMAIL_CONFIG["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_USER"], EMAIL_CONFIG["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
NOTICE_CHANNELS = env.list("LINLI_CHANNELS", default=["email"])
NOTICE_SENDERS = env.int("LINLI_SENDERS", default=4)
# Nothing but emergencies goes out between these hours in Beijing; informations a day, person and channel.
QUIET_HOURS = (env.int("LINLI_QUIET_FROM", default=21), env.int("LINLI_QUIET_TO", default=8))
INFORMATION_PER_DAY = env.int("LINLI_INFORMATION_PER_DAY", default=3)
SMS = {
    "url": env("LINLI_SMS_URL", default=""),
    "method": env("LINLI_SMS_METHOD", default="POST"),
    "headers": env("LINLI_SMS_HEADERS", default='{"Content-Type": "application/json"}'),
    "body": env("LINLI_SMS_BODY", default='{"phone": "{phone}", "text": "{text}", "id": "{id}"}'),
    "success": env("LINLI_SMS_SUCCESS", default=""),
    "secret": env("LINLI_SMS_SECRET", default=""),
    "signature": env("LINLI_SMS_SIGNATURE", default="邻里"),
    "price": env("LINLI_SMS_PRICE", default="5"),
}
AUDIT_ANCHOR = Path(env("LINLI_ANCHOR", default=str(HOME / "anchors.jsonl")))
AUDITOR_EMAIL = env("LINLI_AUDITOR_EMAIL", default="")
DEFAULT_FROM_EMAIL = env("LINLI_EMAIL_FROM", default="linli@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LINLI_LOG_LEVEL", default="WARNING")},
}
