import pytest

from housing.shown.models import Availability
from tests.factories.housing import PlotFactory, PlotPhotoFactory, PlotTextFactory
from tests.factories.municipalities import MunicipalityFactory
from tests.housing.listings.test_public import titles

pytestmark = pytest.mark.django_db
PATH = "/en/al/plots/"


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


def plot(al, title, **more):
    made = PlotFactory(municipality=al, **more)
    PlotTextFactory(plot=made, title=title)
    return made


READY = {"has_road": True, "has_water": True, "has_power": True}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Liten", "Stor", "Solgt"]),
        ("free=on", ["Liten", "Stor"]),
        ("ready=on", ["Stor"]),
        ("price=400000", ["Liten"]),
        ("area=1000", ["Stor"]),
        ("field=Torpoåsen", ["Solgt"]),
    ],
)
def test_the_list_has_the_free_ones_first_and_is_narrowed(client, al, query, found):
    plot(al, "Solgt", state=Availability.TAKEN, field="Torpoåsen")
    plot(al, "Liten", area=700, price=390_000)
    plot(al, "Stor", area=1400, price=600_000, order=200, **READY)
    plot(al, "Skjult", published=False)
    assert titles(client, query, PATH) == found


def test_a_plot_tells_whether_one_can_begin(client, al):
    made = plot(al, "Stor", view="Sol til ti om kvelden", **READY)
    photo = PlotPhotoFactory(plot=made)
    page = client.get(f"/en/al/plots/{made.pk}/", follow=True).content.decode()
    for words in (
        "Ready to build on",
        "Sol til ti om kvelden",
        "450\u00a0000\u00a0kr",
        f"plots/{photo.pk}-960.webp",
    ):
        assert words in page


def test_what_is_not_shown_is_not_found(client, al):
    made = plot(al, "Skjult", published=False)
    photo = PlotPhotoFactory(plot=made)
    assert client.get(f"/en/al/plots/{made.pk}/").status_code == 404
    assert client.get(f"/en/al/pictures/plots/{photo.pk}-480.webp").status_code == 404
    assert client.get("/api/v1/municipalities/al/plots").json()["count"] == 0
