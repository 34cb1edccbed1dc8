from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from welcome.portal import index


class Command(BaseCommand):
    help = "Makes the index of the search anew. As the owner of the tables."

    def handle(self, *args: Any, **options: Any) -> None:
        tables = index.build(connection, anew=True)
        if not tables:
            self.stdout.write("SQLite keeps no index: each search reads the texts themselves.")
        for table in tables:
            self.stdout.write(f"{table}: made anew")
