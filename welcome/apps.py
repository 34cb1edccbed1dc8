from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class WelcomeConfig(AppConfig):
    name = "welcome"
    verbose_name = _("Reception")

    def ready(self) -> None:
        import_module("welcome.letters.fonts")  # Registers the check that the letters' fonts are here.
        post_migrate.connect(import_module("welcome.portal.index").after_migrations, sender=self)
