"""Packages of the quarter before the last, in every state, and the stock and vouchers that belong to them."""

from demo.people import LAST
from municipalities.municipality.models import Municipality
from municipalities.organisations.models import Kind, Organisation
from municipalities.tenancy.models import User
from welcome.households.models import Household
from welcome.packages import actions, stock, vouchers
from welcome.packages.actions import Wanted
from welcome.packages.composing import gifts_of
from welcome.packages.models import Fulfilment, Gift
from welcome.packages.package_models import Package, Voucher

MAPS = 25  # Too few for all who came in the last quarter: its run warns before it is approved.
STEPS = [actions.hand_out, actions.hand_out, actions.post, actions.pack, actions.pack]


def add_packages(municipality: Municipality, by: User | None) -> None:
    """The maps come from a shelf, the cinema's tickets with a code."""
    house = Organisation.objects.create(
        municipality=municipality, name="Ål kulturhus", slug="kulturhuset", kind=Kind.OFFICE, published=False,
        email="kulturhuset@al.example",
    )  # fmt: skip
    gifts = list(Gift.objects.of(municipality).with_texts())
    for gift in gifts:
        title = gift.text_set.best("nb")
        if title and title.title.startswith("Turkart"):
            _change(gift, fulfilment=Fulfilment.STOCK, value=129, shelf="A1", warn_below=5)
            stock.receive(gift=gift, count=MAPS, reason="Frå turlaget", by=by)
        elif gift.giver == house.name:
            _change(gift, fulfilment=Fulfilment.OWN_CODES, value=140, sponsor=house)
    _give(municipality, gifts, house, by)


def _change(gift: Gift, **values: object) -> None:
    for name, value in values.items():
        setattr(gift, name, value)
    gift.full_clean()
    gift.save()


def _give(municipality: Municipality, gifts: list[Gift], house: Organisation, by: User | None) -> None:
    before, day = LAST.previous, LAST.first_day
    homes = Household.objects.of(municipality).living().open_to_all().not_held().arrived_in(before)
    wanted = []
    for home in homes.with_people().order_by("moved_in", "pk")[:8]:
        people = list(home.people.all())
        ages = [person.age_on(day) for person in people if not person.is_adult_on(day)]
        lines = gifts_of(
            gifts, adults=len(people) - len(ages), children=ages, day=day, language=home.language
        )
        wanted.append(Wanted(home.pk, home.language, lines))
    occasion = f"{before.year}-{before.number}"
    actions.compose(municipality=municipality, occasion=occasion, wanted=wanted, by=by)
    packages = Package.objects.of(municipality).filter(occasion=occasion).order_by("pk")
    for package, step in zip(packages, STEPS, strict=False):
        step(package=package, by=by)
    used = Voucher.objects.of(municipality).issued().order_by("pk").first()
    if used is not None:
        vouchers.redeem(partner=house, typed=used.code, stamp="invented-for-the-demo")
