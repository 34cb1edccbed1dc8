from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class MunicipalitiesConfig(AppConfig):
    name = "municipalities"
    verbose_name = _("The municipality")

    def ready(self) -> None:
        # Their models can be imported only now.
        from municipalities.audit import context
        from municipalities.changes import watching
        from municipalities.tenancy import guard

        context.follow_tasks()
        connection_created.connect(guard.on_connection)
        pre_migrate.connect(guard.before_migrations)
        post_migrate.connect(guard.after_migrations)
        pre_migrate.connect(watching.before_migrations)
        post_migrate.connect(watching.after_migrations)
