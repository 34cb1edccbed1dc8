"""Of the provider's own process: a Django project with nothing in it but django-oauth-toolkit."""

import os
from pathlib import Path

FOLDER = Path(os.environ["PROVIDER_FOLDER"])
SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"]
MIDDLEWARE = ["tests.municipalities.login.provider.urls.obey"]
ROOT_URLCONF = "tests.municipalities.login.provider.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "provider.sqlite3"}}
MIGRATION_MODULES = dict.fromkeys(["auth", "contenttypes", "oauth2_provider"])
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "PKCE_REQUIRED": True,
    "OIDC_RSA_PRIVATE_KEY": (FOLDER / "first.pem").read_text(),
    "OAUTH2_VALIDATOR_CLASS": "tests.municipalities.login.provider.claims.Validator",
    "SCOPES": {"openid": "", "profile": "", "email": ""},
    "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
}
