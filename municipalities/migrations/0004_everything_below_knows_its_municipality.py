"""Texts, links, contacts of topics and opening hours say whose they are, so that the database can wall them."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

BELOW = {"topictext": "topic", "topiccontact": "topic", "topiclink": "topic", "openinghours": "contact"}
PARENTS = {"topic": "Topic", "contact": "ContactPoint"}


def fill(apps, schema_editor):
    for name, parent in BELOW.items():
        above = apps.get_model("municipalities", PARENTS[parent])._base_manager
        owner = above.filter(pk=OuterRef(f"{parent}_id")).values("municipality_id")[:1]
        apps.get_model("municipalities", name)._base_manager.update(municipality_id=Subquery(owner))


def _field(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        to="municipalities.municipality",
        verbose_name="municipality",
        **more,
    )


class Migration(migrations.Migration):
    dependencies = [("municipalities", "0003_links")]

    operations = [
        *[migrations.AddField(name, "municipality", _field(null=True)) for name in BELOW],
        migrations.RunPython(fill, migrations.RunPython.noop),
        *[migrations.AlterField(name, "municipality", _field()) for name in BELOW],
    ]
