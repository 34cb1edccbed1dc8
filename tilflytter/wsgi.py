import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tilflytter.settings")
application = get_wsgi_application()

from municipalities.tenancy.guard import refuse_who_could_look_over  # noqa: E402 - knows models

refuse_who_could_look_over()
