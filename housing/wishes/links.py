"""The link by which somebody who looks for a home or a job comes back to what they have said."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from housing.wishes.models import Wish
from housing.wishes.stopping import stop
from municipalities.links.purposes import Purpose


def _find(pk: int) -> Any:
    rows = Wish.objects.select_related("municipality").prefetch_related("fields")
    return rows.filter(pk=pk, municipality__published=True).first()


WISH = Purpose(
    code="wish",
    model=Wish,
    lifetime=datetime.timedelta(days=366),
    page="portal:own-wish",
    over=_(
        "It led to what somebody looks for. The newest e-mail about it has the link that works; call or write to the"
        " municipality's service office if you have none."
    ),
    find=_find,
    state=lambda wish: wish.email,
    language=lambda wish: wish.language,
    one_click=lambda wish: stop(wish=wish),
)
