from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MunicipalitiesConfig(AppConfig):
    name = "municipalities"
    verbose_name = _("The municipality")

    def ready(self) -> None:
        from municipalities.audit import context  # Its models can be imported only now.

        context.follow_tasks()
