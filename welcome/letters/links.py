"""The link to one letter, as an e-mail brings it to a household that wants no letter lying in its mailbox."""

import datetime
import hashlib
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from municipalities.links import actions
from municipalities.links.models import Link
from municipalities.links.purposes import Purpose
from welcome.households.links import screen_language
from welcome.households.models import Protection
from welcome.letters import showing
from welcome.letters.models import Letter


def _find(pk: int) -> Any:
    """As long as it may be shown: somebody's, not protected, and not emptied."""
    letters = Letter.objects.select_related("run", "household", "municipality")
    return letters.filter(pk=pk, household__protection=Protection.NONE, purged_at=None).first()


def _state(letter: Letter) -> str:
    """All that was frozen, and that nobody protects where they live."""
    protection = letter.household.protection if letter.household else ""
    return f"{protection} {hashlib.sha256(showing.frozen(letter).encode()).hexdigest()}"


# No right: only the program issues it, in the moment in which the e-mail leaves.
LETTER = Purpose(
    code="letter",
    model=Letter,
    lifetime=datetime.timedelta(days=90),
    page="portal:letter",
    over=_(
        "It led to a welcome letter. Call or write to the municipality's service office if you would like the"
        " letter on paper."
    ),
    find=_find,
    state=_state,
    language=lambda letter: screen_language(letter.language),
)


def of(letter: Letter) -> Link | None:
    """The link that opens it now."""
    return actions.active(purpose=LETTER, of=letter)


def end(letter_ids: Iterable[int], *, by_id: int | None = None) -> None:
    """The letters are taken back, come on paper, or hold nothing any more: no mail opens them."""
    actions.revoke_each(purpose=LETTER, ids=letter_ids, by_id=by_id)
