"""The one settings file. Every choice comes from the environment; `.env.example` documents each.

Nonsense is refused at start with the setting's name and what it should be: a portal that holds
people's addresses must not guess.
"""

import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from cryptography.fernet import Fernet
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.smart_cast = False


def _refuse(name: str, should: str) -> ImproperlyConfigured:
    value = os.environ.get(name)
    # Whatever stands before an @ may be a password, and this line ends in logs.
    shown = "not shown here" if value and "@" in value else repr(value)
    return ImproperlyConfigured(f"{name} is {shown}; it should be {should}.")


def _bool(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "0", "1", "true", "false", "yes", "no", "on", "off"}:
        return default if value == "" else value in {"1", "true", "yes", "on"}
    raise _refuse(name, "1 or 0")


def _int(name: str, default: int, least: int, most: int) -> int:
    try:
        value = int(os.environ.get(name, "").strip() or default)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise _refuse(name, f"a whole number from {least} to {most}")
    return value


def _url(name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = os.environ.get(name, "").strip() or default
    scheme = value.partition("://")[0]
    if value and scheme not in schemes:
        raise _refuse(name, "an address that begins with " + " or ".join(f"{s}://" for s in schemes))
    if value and scheme not in {"unix", "consolemail", "filemail"} and not _names_a_place(value):
        raise _refuse(name, f"a whole address, such as {scheme}://host or {scheme}://host:1234")
    return value


def _names_a_place(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.port != 0 and bool(parts.hostname or parts.path.strip("/"))
    except ValueError:  # A port that is no number, a bracket that doesn't close.
        return False


# --- where state lives -------------------------------------------------------------------------

DATA_DIR = Path(os.environ.get("DATA_DIR", "").strip() or BASE_DIR / "var").resolve()
try:
    for _folder in ("", "files", "broker", "broker/queue", "broker/control", "cache", "logs", "secrets"):
        # A folder that is there already keeps the rights its owner gave it.
        (DATA_DIR / _folder).mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise _refuse("DATA_DIR", f"a folder this process may write to ({error.strerror})") from error

DEBUG = _bool("DEBUG", False)


def _own_secret(name: str, make: Callable[[], str]) -> str:
    """The embedded portal makes its secrets at first start; two processes starting at once agree on one."""
    path = DATA_DIR / "secrets" / name
    if not path.exists():
        draft = path.with_name(f"{name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # Another process was first: its secret holds.
        draft.unlink()
    return path.read_text()


SITE_URL = _url("SITE_URL", "http://127.0.0.1:8000", ("http", "https")).rstrip("/")
_site = urlsplit(SITE_URL)
if not _site.hostname or _site.path or _site.query or _site.fragment:
    # Links in letters and mail are made of it.
    raise _refuse("SITE_URL", "an address with a host and nothing behind it, such as https://host")
HTTPS = SITE_URL.startswith("https://")
if DEBUG and HTTPS:
    raise _refuse("DEBUG", "0 where SITE_URL begins with https://: it shows the portal's innards to anybody")
SECRET_KEY = os.environ.get("SECRET_KEY", "").strip()
if not SECRET_KEY and HTTPS:
    # Each web machine would make its own, and nobody would stay logged in.
    raise ImproperlyConfigured(
        "SECRET_KEY is not set; a portal on https:// needs 50 random characters or more."
    )
SECRET_KEY = SECRET_KEY or _own_secret("secret_key", lambda: secrets.token_urlsafe(64))
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short; it should be at least 50 random characters.")
# What was signed with a former key, links on paper among it, holds for as long as that key stands here.
SECRET_KEY_FALLBACKS = [
    key.strip() for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key.strip()
]
if any(len(key) < 50 for key in SECRET_KEY_FALLBACKS):
    raise ImproperlyConfigured(
        "SECRET_KEY_FALLBACKS should be former keys of at least 50 characters, divided by commas."
    )

ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()] or [
    f"[{_site.hostname}]" if ":" in _site.hostname else _site.hostname,
    "127.0.0.1",
    "localhost",
    "[::1]",
]
if "*" in ALLOWED_HOSTS and not DEBUG:
    raise _refuse("ALLOWED_HOSTS", "host names divided by commas, without *")
if not all(re.fullmatch(r"\*|[\w.-]+|\[[0-9a-fA-F:]+\]", host) for host in ALLOWED_HOSTS):
    raise _refuse("ALLOWED_HOSTS", "host names divided by commas, without https:// or port")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- apps --------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "municipalities.tenancy.apps.StaffSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_ratelimit",
    "crispy_forms",
    "django_htmx",
    "import_export",
    "phonenumber_field",
    "municipalities",
    "housing",
    "welcome",
]

MIDDLEWARE = [
    "municipalities.audit.context.OriginMiddleware",
    # These stand outermost: error pages and refusals carry the headers too.
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "municipalities.tenancy.headers.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "municipalities.tenancy.middleware.ReadOrSendMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "municipalities.tenancy.middleware.NoNulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "municipalities.tenancy.middleware.ScopeMiddleware",
    "municipalities.tenancy.middleware.StaffLanguageMiddleware",
    "municipalities.tenancy.limits.LimitMiddleware",
    "welcome.portal.counting.CountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "municipalities.login.reach.ReachMiddleware",
    "municipalities.login.middleware.WorksSomewhereMiddleware",
    "municipalities.login.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "tilflytter.urls"
WSGI_APPLICATION = "tilflytter.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "libraries": {"portal": "welcome.portal.tags"},
        },
    },
]

# --- database, cache, files --------------------------------------------------------------------

DATABASE_URL = _url("DATABASE_URL", "", ("postgres", "postgresql"))
if DATABASE_URL and not urlsplit(DATABASE_URL).path.strip("/"):
    raise _refuse(
        "DATABASE_URL", "an address that ends with the database's name, such as postgres://host/name"
    )
if DATABASE_URL:
    DATABASES = {
        "default": env.db_url_config(DATABASE_URL)
        | {
            "CONN_MAX_AGE": _int("DATABASE_CONN_MAX_AGE", 60, 0, 3600),
            "CONN_HEALTH_CHECKS": True,
            # Each statement carries its scope, which a cursor that lives on in the server would outlive.
            "DISABLE_SERVER_SIDE_CURSORS": True,
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "db.sqlite3",
            "OPTIONS": {
                # Longer than the save of 100,000 arrivals holds the one lock that SQLite has for writing.
                "timeout": 60,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                " PRAGMA foreign_keys=ON; PRAGMA cache_size=-32000;"
                " PRAGMA secure_delete=ON;",  # What is erased leaves no trace in free pages.
            },
        }
    }
# The role that DATABASE_URL connects as; `migrate`, run as the owner of the tables, gives it its rights.
DATABASE_APP_ROLE = os.environ.get("DATABASE_APP_ROLE", "").strip() or "tilflytter_app"
if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", DATABASE_APP_ROLE):
    raise _refuse("DATABASE_APP_ROLE", "the name of a database role: small letters, digits and _")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = _url("REDIS_URL", "", ("redis", "rediss", "unix"))
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 2000},  # Each client's count of requests is one.
    }
}

MEDIA_ROOT = DATA_DIR / "files"
MEDIA_URL = "/files/"
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", "").strip() or DATA_DIR / "static").resolve()
NODE_MODULES = Path(os.environ.get("NODE_MODULES", "").strip() or BASE_DIR / "node_modules").resolve()
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("designsystemet", NODE_MODULES / "@digdir/designsystemet-css/dist"),
    ("inter", NODE_MODULES / "@fontsource-variable/inter"),
    ("leaflet", NODE_MODULES / "leaflet/dist"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# --- people, language, time --------------------------------------------------------------------

AUTH_USER_MODEL = "municipalities.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")

# Source strings are English; a reader who says nothing gets bokmål.
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Bokmål")), ("nn", _("Nynorsk")), ("en", _("English"))]
FORMAT_MODULE_PATH = ["tilflytter.formats"]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "vendor"]  # Our own first; then for libraries.
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"
PHONENUMBER_DEFAULT_REGION = "NO"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# --- security ----------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = _bool("BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # No cookie of its own.
SESSION_COOKIE_AGE = _int("SESSION_HOURS", 10, 1, 24 * 14) * 3600
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        # No script of ours turns text into markup; one that is smuggled in can't either.
        "require-trusted-types-for": ["'script'"],
        "report-uri": "/csp-report",
        "report-to": "csp",
    }
}
# What no page of ours uses, nobody who gets a script in uses either. Passkeys and copying are the staff's.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "accelerometer": [],
    "autoplay": [],
    "bluetooth": [],
    "browsing-topics": [],
    "camera": [],
    "clipboard-read": [],
    "clipboard-write": ["self"],
    "display-capture": [],
    "encrypted-media": [],
    "fullscreen": ["self"],
    "geolocation": [],
    "gyroscope": [],
    "hid": [],
    "idle-detection": [],
    "local-fonts": [],
    "magnetometer": [],
    "microphone": [],
    "midi": [],
    "payment": [],
    "publickey-credentials-create": ["self"],
    "publickey-credentials-get": ["self"],
    "screen-wake-lock": [],
    "serial": [],
    "usb": [],
    "xr-spatial-tracking": [],
}

# --- how often ---------------------------------------------------------------------------------

# How many times the limits of municipalities/tenancy/limits.py; 0: nobody is limited.
RATE_LIMIT_FACTOR = _int("RATE_LIMIT_FACTOR", 1, 0, 1000)
RATELIMIT_IP_META_KEY = "municipalities.tenancy.limits.address"
RATELIMIT_FAIL_OPEN = True
SILENCED_SYSTEM_CHECKS = [
    # Django's own Redis cache adds and counts atomically; the check knows only third parties' by name.
    "django_ratelimit.W001"
    if REDIS_URL
    # The embedded cache of files counts without a lock: of requests in the same instant some are not
    # counted. It is one machine's trial, and the limit still holds against who keeps on.
    else "django_ratelimit.E003",
    *([] if REDIS_URL else ["django_ratelimit.W001"]),
]

# --- what is fetched from outside ---------------------------------------------------------------

FETCH_PRIVATE_HOSTS = [
    host.strip().lower() for host in os.environ.get("FETCH_PRIVATE_HOSTS", "").split(",") if host.strip()
]
if not all(re.fullmatch(r"[\w.-]+(:\d{1,5})?", host) for host in FETCH_PRIVATE_HOSTS):
    raise _refuse("FETCH_PRIVATE_HOSTS", "host names divided by commas, each alone or with its port")

# Asked only for municipalities that have entered what they were given there. Everybody has one of each,
# so a trial against the services' test hosts is another installation.
SVARUT_URL = _url("SVARUT_URL", "https://svarut.ks.no/api", ("http", "https")).rstrip("/")
NAV_FEED_URL = _url("NAV_FEED_URL", "https://pam-stilling-feed.nav.no", ("http", "https")).rstrip("/")
NAV_FEED_TOKEN = os.environ.get("NAV_FEED_TOKEN", "").strip()
if not all(sign.isascii() and sign.isprintable() and not sign.isspace() for sign in NAV_FEED_TOKEN):
    raise _refuse("NAV_FEED_TOKEN", "the token that NAV has issued, one line without blanks")
MASKINPORTEN_URL = _url("MASKINPORTEN_URL", "https://maskinporten.no", ("http", "https")).rstrip("/")

# --- login -------------------------------------------------------------------------------------

# Demanded of everybody; without it only where nobody else gets in: a trial on one's own machine.
SECOND_FACTOR = _bool("SECOND_FACTOR", True)
if not SECOND_FACTOR and (HTTPS or _site.hostname not in {"127.0.0.1", "localhost", "::1"}):
    raise _refuse("SECOND_FACTOR", "1 where SITE_URL is not a plain http:// address of this machine")
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "municipalities.login.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # Nobody signs up; allauth's own check wants it said.
ACCOUNT_EMAIL_VERIFICATION = "none"  # An account begins with a link that was mailed.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # No mail to addresses that have no account.
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_SESSION_REMEMBER = True  # For SESSION_HOURS, not until some browser is closed.
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/5m/key",
    "reset_password": "10/m/ip,3/5m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ACCOUNT_FORMS = {
    "login": "municipalities.login.forms.LoginForm",
    "reset_password": "municipalities.login.forms.ResetPasswordForm",
    "reset_password_from_key": "municipalities.login.forms.ResetPasswordKeyForm",
    "change_password": "municipalities.login.forms.ChangePasswordForm",
    "reauthenticate": "municipalities.login.forms.ReauthenticateForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
MFA_ADAPTER = "municipalities.login.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_DIGITS = 10
MFA_FORMS = {
    "authenticate": "municipalities.login.forms.AuthenticateForm",
    "reauthenticate": "municipalities.login.forms.FactorAgainForm",
    "activate_totp": "municipalities.login.forms.ActivateTOTPForm",
    "add_webauthn": "municipalities.login.forms.AddPasskeyForm",
    "edit_webauthn": "municipalities.login.forms.EditPasskeyForm",
}
# A browser hands passkeys to https:// only, and to its own machine.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# --- encrypted fields --------------------------------------------------------------------------

FIELD_KEYS = [key.strip() for key in os.environ.get("FIELD_KEYS", "").split(",") if key.strip()]
if not FIELD_KEYS and HTTPS:
    # Each machine would make its own, and could not read what the others wrote.
    raise ImproperlyConfigured(
        "FIELD_KEYS is not set; a portal on https:// needs a Fernet key (docs/operations.md)."
    )
FIELD_KEYS = FIELD_KEYS or [_own_secret("field_key", lambda: Fernet.generate_key().decode())]
for _key in FIELD_KEYS:
    try:
        Fernet(_key)
    except ValueError as error:  # Its value is not shown: all but one sign of it may be right.
        raise ImproperlyConfigured(
            "FIELD_KEYS should be Fernet keys, 44 signs each, divided by commas."
        ) from error

# --- workers -----------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600}
    if REDIS_URL
    else {
        "data_folder_in": DATA_DIR / "broker/queue",
        "data_folder_out": DATA_DIR / "broker/queue",
        "control_folder": DATA_DIR / "broker/control",
    }
)
CELERY_TASK_IGNORE_RESULT = True  # The database holds every state; a result nobody reads is only litter.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
# A child that has held more KiB is replaced after its task: the layout engine's native part keeps a little of each.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 240 * 1024
# A child works in a tenth of it. What wants more is stopped alone, before the machine stops whatever it likes.
WORKER_MEMORY_MB = _int("WORKER_MEMORY_MB", 2048, 1024, 1048576)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep-letter-runs": {"task": "welcome.letters.tasks.sweep", "schedule": 60.0},
    "sweep-imports": {"task": "welcome.households.tasks.sweep_imports", "schedule": 60.0},
    "fill-meetings": {"task": "welcome.meetings.tasks.fill_meetings", "schedule": 300.0},
    "mail-who-comes": {"task": "welcome.meetings.tasks.mail_who_comes", "schedule": 60.0},
    "clean-what-is-over": {"task": "welcome.privacy.tasks.clean", "schedule": crontab(40, 2)},
    "tidy-letter-files": {"task": "welcome.letters.tasks.tidy", "schedule": crontab(20, 3)},
    "open-letter-runs": {"task": "welcome.letters.tasks.open_due_runs", "schedule": 3600.0},
    "seal-audit": {"task": "municipalities.audit.tasks.seal", "schedule": 60.0},
    "forget-old-changes": {"task": "municipalities.changes.tasks.forget_old_changes", "schedule": 3600.0},
    "check-logs": {"task": "municipalities.tenancy.tasks.check_all", "schedule": crontab(10, 4)},
    "sweep-checks": {"task": "municipalities.tenancy.tasks.sweep_checks", "schedule": 60.0},
    "mail-answers": {"task": "welcome.privacy.tasks.mail_answers", "schedule": 300.0},
    "send-answers": {"task": "municipalities.enquiries.tasks.send_answers", "schedule": 60.0},
    "read-mailboxes": {"task": "municipalities.enquiries.mail_tasks.read_mailboxes", "schedule": 60.0},
    "tell-of-overdue": {
        "task": "municipalities.enquiries.tasks.tell_of_overdue",
        "schedule": crontab(15, 7, day_of_week="mon-fri"),
    },
    "keep-counts": {"task": "welcome.portal.tasks.keep_counts", "schedule": 60.0},
    "tidy-counts": {"task": "welcome.portal.tasks.tidy_counts", "schedule": crontab(50, 2)},
    "read-calendars": {"task": "municipalities.activities.tasks.read_calendars", "schedule": crontab(50, 3)},
    "sweep-activities": {"task": "municipalities.activities.tasks.sweep_activities", "schedule": 300.0},
    "read-nav-feed": {"task": "municipalities.jobs.tasks.read_nav_feed", "schedule": 600.0},
    "tell-senders": {"task": "municipalities.moderation.tasks.tell_senders", "schedule": 300.0},
    "look-after-what-is-shown": {
        "task": "municipalities.moderation.tasks.look_after_what_is_shown",
        "schedule": crontab(35, 5),
    },
    "find-and-tell": {"task": "housing.wishes.tasks.find_and_tell", "schedule": 60.0},
    "mail-home-messages": {"task": "housing.listings.tasks.mail_messages", "schedule": 300.0},
    "sweep-orders": {"task": "welcome.orders.tasks.sweep_orders", "schedule": 60.0},
    "mail-cooperation": {"task": "welcome.cooperation.tasks.mail_cooperation", "schedule": 60.0},
    "mail-offers": {"task": "welcome.hosts.tasks.mail_offers", "schedule": 60.0},
    "mail-hosts": {"task": "welcome.hosts.tasks.mail_hosts", "schedule": 60.0},
    "sweep-hosts": {"task": "welcome.hosts.tasks.sweep_hosts", "schedule": 600.0},
    "tell-tellers": {"task": "welcome.stories.tasks.tell_tellers", "schedule": 300.0},
    "mail-members": {"task": "welcome.club.tasks.mail_members", "schedule": 60.0},
    "ask-planners": {"task": "welcome.orders.tasks.ask_planners", "schedule": crontab(25, 7)},
    "remind-topic-owners": {"task": "municipalities.topics.tasks.remind_owners", "schedule": crontab(5, 7)},
    "tell-of-old-texts": {
        "task": "municipalities.topics.tasks.tell_of_old_texts",
        "schedule": crontab(20, 7, day_of_week="mon"),
    },
}

# How long the installation's own log is kept; each municipality decides for its own.
AUDIT_MONTHS = _int("AUDIT_MONTHS", 36, 12, 240)

# --- mail and logs -----------------------------------------------------------------------------

EMAIL_URL = _url("EMAIL_URL", "filemail://", ("smtp", "smtp+tls", "smtp+ssl", "consolemail", "filemail"))
vars().update(env.email_url_config(EMAIL_URL))
if EMAIL_URL.startswith("filemail"):
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "").strip() or f"tilflytter@{_site.hostname}"

LOG_LEVEL = (os.environ.get("LOG_LEVEL", "").strip() or "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise _refuse("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "municipalities.tenancy.logs.WithoutRows",
            "format": "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        # Warns at each message that a broker of files has no host name.
        "kombu.connection": {"level": "ERROR"},
    },
}

# --- forms, staff site -------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = "designsystemet"
CRISPY_TEMPLATE_PACK = "designsystemet"

# The letters' fonts, in the order a glyph is looked for. System packages: see docs/operations.md.
LETTER_FONTS = ["Inter", "Noto Sans", "Noto Sans Arabic", "Noto Sans Ethiopic", "Noto Sans Hebrew"]

UNFOLD = {
    "SITE_TITLE": _("Tilflytter – for staff"),
    "SITE_HEADER": "Tilflytter",
    "SITE_SUBHEADER": "municipalities.tenancy.site.municipality_line",
    "SITE_SYMBOL": "cottage",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "ENVIRONMENT": "municipalities.tenancy.site.environment",
    "DASHBOARD_CALLBACK": "welcome.dashboard.today.add_to",
    "ACCOUNT": {
        "navigation": [
            {"title": _("Security and password"), "link": reverse_lazy("mfa_index")},
            {"title": _("Where you are logged in"), "link": reverse_lazy("usersessions_list")},
        ]
    },
    "SIDEBAR": {"navigation": "welcome.dashboard.navigation.sidebar"},
    "STYLES": [lambda request: static("css/staff.css")],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/icon.svg")}
    ],
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "240 249 248",
            "100": "214 237 235",
            "200": "173 218 215",
            "300": "125 191 189",
            "400": "79 156 156",
            "500": "47 122 124",
            "600": "31 91 94",
            "700": "27 76 79",
            "800": "24 61 64",
            "900": "20 48 51",
            "950": "9 28 30",
        },
    },
}
