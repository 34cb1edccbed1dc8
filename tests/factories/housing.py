import datetime

import factory
from django.core.files.base import ContentFile
from django.utils import timezone
from factory.django import DjangoModelFactory

from housing.developments.models import Development, DevelopmentPhoto, DevelopmentText, Unit, UnitChange
from housing.holdings.models import (
    Holding,
    HoldingContact,
    HoldingOwner,
    HoldingReason,
    HoldingTask,
    OwnerNotice,
    Reason,
    StageChange,
)
from housing.listings.models import (
    ConditionCheck,
    Listing,
    ListingPhoto,
    ListingSubmission,
    ListingText,
    Offer,
    OwnerMessage,
    PriceChange,
    Standard,
)
from housing.plots.models import Plot, PlotPhoto, PlotText
from housing.shown.models import Availability, HomeKind
from housing.wishes import matching
from housing.wishes.models import Match, Wish, WishField
from municipalities.moderation.models import OUT, State
from tests.factories.municipalities import MunicipalityFactory
from tests.pictures import png


def in_days(days: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=days)


class ListingFactory(DjangoModelFactory[Listing]):
    """A published flat to rent."""

    class Meta:
        model = Listing

    municipality = factory.SubFactory(MunicipalityFactory)
    state = State.PUBLISHED
    offer = Offer.RENT
    kind = HomeKind.FLAT
    price = 9500
    bedrooms = 2
    area = 64
    street_address = factory.Sequence(lambda n: f"Sundrevegen {n + 1}")
    postal_code = "3570"
    postal_place = "Ål"
    village = "Sundre"
    published_at = factory.LazyAttribute(lambda made: timezone.now() if made.state in OUT else None)
    expires_on = factory.LazyAttribute(lambda made: in_days(60) if made.state in OUT else None)
    waiting_since = factory.LazyAttribute(
        lambda made: timezone.now() if made.state == State.WAITING else None
    )
    gone_at = factory.LazyAttribute(lambda made: timezone.now() if made.state == State.GONE else None)


class ListingTextFactory(DjangoModelFactory[ListingText]):
    class Meta:
        model = ListingText

    listing = factory.SubFactory(ListingFactory)
    municipality = factory.SelfAttribute("listing.municipality")
    language = "nb"
    title = "Lys leilighet i Sundre"
    body = "<p>To soverom og utsikt til fjorden.</p>"


class ListingPhotoFactory(DjangoModelFactory[ListingPhoto]):
    class Meta:
        model = ListingPhoto

    listing = factory.SubFactory(ListingFactory)
    municipality = factory.SelfAttribute("listing.municipality")
    file = factory.LazyFunction(lambda: ContentFile(png(80, 60), name="bilde.png"))
    alt = "Kjøkken med vindu mot fjorden"
    width, height = 80, 60


class PriceChangeFactory(DjangoModelFactory[PriceChange]):
    class Meta:
        model = PriceChange

    listing = factory.SubFactory(ListingFactory)
    municipality = factory.SelfAttribute("listing.municipality")
    price = 9500


class ConditionCheckFactory(DjangoModelFactory[ConditionCheck]):
    class Meta:
        model = ConditionCheck

    listing = factory.SubFactory(ListingFactory)
    municipality = factory.SelfAttribute("listing.municipality")
    standard = Standard.GOOD
    needs = "Nytt golv på badet"


class ListingSubmissionFactory(DjangoModelFactory[ListingSubmission]):
    """Of an owner who has confirmed the address."""

    class Meta:
        model = ListingSubmission

    listing = factory.SubFactory(ListingFactory, from_owner=True)
    municipality = factory.SelfAttribute("listing.municipality")
    name = "Torill Eigar"
    email = "torill@heime.example"
    confirmed_at = factory.LazyFunction(timezone.now)


class OwnerMessageFactory(DjangoModelFactory[OwnerMessage]):
    class Meta:
        model = OwnerMessage

    listing = factory.LazyAttribute(
        lambda made: (
            ListingSubmissionFactory(
                listing__municipality=made.municipality, listing__from_owner=True
            ).listing
        )
    )
    municipality = factory.SubFactory(MunicipalityFactory)
    name = "Jamal"
    email = "jamal@heime.example"
    text = "Kan vi se leiligheten på lørdag?"
    sending = factory.Sequence(lambda n: f"form-{n}")


class PlotFactory(DjangoModelFactory[Plot]):
    class Meta:
        model = Plot

    municipality = factory.SubFactory(MunicipalityFactory)
    name = factory.Sequence(lambda n: f"Tomt {n + 1}")
    field = "Solsida"
    area = 900
    price = 450_000
    published = True


class PlotTextFactory(DjangoModelFactory[PlotText]):
    class Meta:
        model = PlotText

    plot = factory.SubFactory(PlotFactory)
    municipality = factory.SelfAttribute("plot.municipality")
    language = "nb"
    title = "Tomt med utsikt"
    body = "<p>Sol hele dagen.</p>"


class PlotPhotoFactory(DjangoModelFactory[PlotPhoto]):
    class Meta:
        model = PlotPhoto

    plot = factory.SubFactory(PlotFactory)
    municipality = factory.SelfAttribute("plot.municipality")
    file = factory.LazyFunction(lambda: ContentFile(png(80, 60), name="tomt.png"))
    alt = "Tomta sett fra veien"
    width, height = 80, 60


class DevelopmentFactory(DjangoModelFactory[Development]):
    class Meta:
        model = Development

    municipality = factory.SubFactory(MunicipalityFactory)
    name = factory.Sequence(lambda n: f"Tunet {n + 1}")
    village = "Sundre"
    published = True


class DevelopmentTextFactory(DjangoModelFactory[DevelopmentText]):
    class Meta:
        model = DevelopmentText

    development = factory.SubFactory(DevelopmentFactory)
    municipality = factory.SelfAttribute("development.municipality")
    language = "nb"
    title = "Nye leiligheter i sentrum"
    body = "<p>Heis og felles hage.</p>"


class DevelopmentPhotoFactory(DjangoModelFactory[DevelopmentPhoto]):
    class Meta:
        model = DevelopmentPhoto

    development = factory.SubFactory(DevelopmentFactory)
    municipality = factory.SelfAttribute("development.municipality")
    file = factory.LazyFunction(lambda: ContentFile(png(80, 60), name="tunet.png"))
    alt = "Tunet sett fra elva"
    width, height = 80, 60


class UnitFactory(DjangoModelFactory[Unit]):
    class Meta:
        model = Unit

    development = factory.SubFactory(DevelopmentFactory)
    municipality = factory.SelfAttribute("development.municipality")
    name = factory.Sequence(lambda n: f"H{n + 101:04}")
    bedrooms = 2
    state = Availability.FREE


class UnitChangeFactory(DjangoModelFactory[UnitChange]):
    class Meta:
        model = UnitChange

    unit = factory.SubFactory(UnitFactory)
    municipality = factory.SelfAttribute("unit.municipality")
    state = Availability.FREE
    since = factory.LazyFunction(timezone.localdate)


class HoldingFactory(DjangoModelFactory[Holding]):
    class Meta:
        model = Holding

    municipality = factory.SubFactory(MunicipalityFactory)
    gnr = 34
    bnr = factory.Sequence(lambda n: n + 1)
    name = "Nedre Haugen"


class StageChangeFactory(DjangoModelFactory[StageChange]):
    class Meta:
        model = StageChange

    holding = factory.SubFactory(HoldingFactory)
    municipality = factory.SelfAttribute("holding.municipality")
    stage = "registered"


class HoldingOwnerFactory(DjangoModelFactory[HoldingOwner]):
    class Meta:
        model = HoldingOwner

    holding = factory.SubFactory(HoldingFactory)
    municipality = factory.SelfAttribute("holding.municipality")
    name = "Gudrun Arving"


class HoldingContactFactory(DjangoModelFactory[HoldingContact]):
    class Meta:
        model = HoldingContact

    holding = factory.SubFactory(HoldingFactory)
    municipality = factory.SelfAttribute("holding.municipality")
    text = "Vil tenke på det over sommeren."


class HoldingReasonFactory(DjangoModelFactory[HoldingReason]):
    class Meta:
        model = HoldingReason

    holding = factory.SubFactory(HoldingFactory)
    municipality = factory.SelfAttribute("holding.municipality")
    reason = Reason.FEELINGS


class HoldingTaskFactory(DjangoModelFactory[HoldingTask]):
    class Meta:
        model = HoldingTask

    holding = factory.SubFactory(HoldingFactory)
    municipality = factory.SelfAttribute("holding.municipality")
    what = "Ring igjen"


class OwnerNoticeFactory(DjangoModelFactory[OwnerNotice]):
    class Meta:
        model = OwnerNotice

    municipality = factory.SubFactory(MunicipalityFactory)
    name = "Gudrun Arving"
    phone = "+4799887766"
    where = "Nedre Haugen, Torpo"
    sending = factory.Sequence(lambda n: f"notice-{n}")


class WishFactory(DjangoModelFactory[Wish]):
    """Of somebody who has confirmed the address; open to any home."""

    class Meta:
        model = Wish

    municipality = factory.SubFactory(MunicipalityFactory)
    name = "Jamal Søkjar"
    email = "jamal@heime.example"
    asked_at = factory.LazyFunction(timezone.now)
    confirmed_at = factory.LazyFunction(timezone.now)
    expires_on = factory.LazyFunction(lambda: in_days(100))

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        wish = model_class(*args, **kwargs)
        matching.prepare(wish)
        wish.save()
        return wish


class WishFieldFactory(DjangoModelFactory[WishField]):
    class Meta:
        model = WishField

    wish = factory.SubFactory(WishFactory)
    municipality = factory.SelfAttribute("wish.municipality")
    field = "health"


class MatchFactory(DjangoModelFactory[Match]):
    class Meta:
        model = Match

    wish = factory.SubFactory(WishFactory)
    municipality = factory.SelfAttribute("wish.municipality")
    listing = factory.LazyAttribute(lambda made: ListingFactory(municipality=made.wish.municipality))
