"""What some invented people look for, noted by the service office after a talk on the phone."""

from typing import Any

from housing.listings.models import Offer
from housing.shown.models import HomeKind
from housing.wishes import actions
from housing.wishes.models import Often, Wish
from municipalities.jobs.catalogue import Extent, Field
from municipalities.municipality.models import Municipality

_WISHES: list[dict[str, Any]] = [
    {
        "name": "Familien Haugen", "offer": Offer.RENT, "kind": HomeKind.HOUSE, "bedrooms": 3, "price": 14_000,
        "pets": True, "fields": [Field.HEALTH, Field.BUILDING],
        "package": "words=sykepleier&words2=elektriker&offer=rent&bedrooms=3&children=1&school=on",
        "text": "Flytter i august. Eldste begynner i tredje klasse.",
    },
    {
        "name": "Kaja Lien", "offer": Offer.RENT, "kind": HomeKind.FLAT, "bedrooms": 1, "price": 9_000,
        "fields": [Field.TEACHING], "text": "Får jobb på skulen frå januar.",
    },
    {
        "name": "Oleksandr Koval", "offer": Offer.RENT, "bedrooms": 2, "price": 11_000, "fields": [Field.INDUSTRY],
        "extent": Extent.FULL, "text": "Nær buss, helst på Torpo.", "village": "Torpo",
    },
    {
        "name": "Ingrid og Tor Bakke", "offer": Offer.SALE, "kind": HomeKind.FARM, "price": 4_500_000,
        "animals": True, "fields": [], "text": "Vil drive med sau. Kan vente på rett plass.",
    },
    {
        "name": "Samira Hussein", "offer": Offer.RENT, "bedrooms": 3, "price": 12_000, "step_free": True,
        "fields": [Field.HEALTH], "text": "Trenger bolig uten trapper.",
    },
]  # fmt: skip


def add_wishes(municipality: Municipality) -> None:
    for number, said in enumerate(_WISHES):
        wish = actions.look_for(
            municipality=municipality, phone=f"+47319928{40 + number}", language=municipality.home_language,
            often=Often.NEVER, sending=f"demo-{number}", **said,
        )  # fmt: skip
        Wish.objects.filter(pk=wish.pk).update(by_staff=True)
