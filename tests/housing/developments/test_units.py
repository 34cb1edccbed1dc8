"""34 units, two free after a year: as a figure, not a memory."""

import datetime

import pytest
from django.utils import timezone

from housing.developments import actions, figures
from housing.developments.models import Development, Unit, UnitChange
from housing.shown.models import Availability
from municipalities.tenancy.models import Role
from tests.factories.housing import DevelopmentFactory, DevelopmentTextFactory, UnitFactory
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db
OPENED = datetime.date(2025, 11, 1)
A_YEAR_LATER = datetime.date(2026, 11, 1)


@pytest.fixture
def tunet():
    return DevelopmentFactory(name="Hallingtunet", municipality__slug="fla", municipality__name="Flå")


def test_how_many_were_free_on_which_day(tunet):
    units = [UnitFactory(development=tunet) for _ in range(34)]
    for unit in units:
        actions.move(unit=unit, state=Availability.FREE, since=OPENED, by=None)
    for month, unit in enumerate(units[:32]):
        sold = OPENED + datetime.timedelta(days=10 * (month + 1))
        actions.move(unit=unit, state=Availability.TAKEN, since=sold, by=None)
    assert figures.units_on(tunet, OPENED - datetime.timedelta(days=1)).offered == 0
    assert figures.units_on(tunet, OPENED).free == 34
    after = figures.units_on(tunet, A_YEAR_LATER)
    assert (after.offered, after.free, after.taken) == (34, 2, 32)
    months = figures.over_time(tunet, A_YEAR_LATER)
    assert (months[0].day, months[-1].day) == (datetime.date(2025, 12, 1), A_YEAR_LATER)
    assert [month.free for month in months] == sorted((month.free for month in months), reverse=True)
    assert all(month == figures.units_on(tunet, month.day) for month in months)


def test_the_queries_of_the_figure_are_one(tunet, django_assert_num_queries):
    for unit in (UnitFactory(development=tunet) for _ in range(12)):
        actions.move(unit=unit, state=Availability.FREE, since=OPENED, by=None)
    with django_assert_num_queries(1):
        figures.over_time(tunet, A_YEAR_LATER)


def test_what_is_noted_afterwards_changes_history_only(tunet):
    unit = UnitFactory(development=tunet)
    assert actions.move(unit=unit, state=Availability.TAKEN, since=A_YEAR_LATER, by=None)
    assert actions.move(unit=unit, state=Availability.FREE, since=OPENED, by=None)
    assert Unit.objects.get().state == Availability.TAKEN
    assert not actions.move(unit=unit, state=Availability.TAKEN, since=A_YEAR_LATER, by=None), "known already"
    assert UnitChange.objects.count() == 2


def test_staff_note_a_change_by_choosing_another_state(client, tunet):
    unit = UnitFactory(development=tunet, name="H0201", state=Availability.FREE)
    user = MembershipFactory(municipality=tunet.municipality, role=Role.SERVICE_OFFICE).user
    client.force_login(user)
    path = f"/admin/housing/development/{tunet.pk}/change/"
    form = client.get(path).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields if form[name].value() not in (False, None)}
    data |= {
        "units-TOTAL_FORMS": "1", "units-INITIAL_FORMS": "1", "units-0-id": unit.pk, "units-0-name": "H0201",
        "units-0-development": tunet.pk, "units-0-kind": "flat", "units-0-bedrooms": "2",
        "units-0-state": "taken", "texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0",
        "photos-TOTAL_FORMS": "0", "photos-INITIAL_FORMS": "0", "_save": "1",
    }  # fmt: skip
    answer = client.post(path, data)
    assert answer.status_code == 302, answer.context["errors"]
    change = UnitChange.objects.get()
    assert (change.state, change.since, change.noted_by) == (Availability.TAKEN, timezone.localdate(), user)
    assert "Hvor mange som var ledige" in client.get(path).content.decode()


def test_the_project_s_page_tells_how_many_are_free(client, tunet):
    DevelopmentTextFactory(development=tunet, title="Hallingtunet")
    for state in (Availability.FREE, Availability.TAKEN, Availability.RESERVED):
        UnitFactory(development=tunet, state=state, price=3_100_000)
    listed = client.get("/en/fla/projects/").content.decode()
    assert "1 of 3 free" in listed
    page = client.get(f"/en/fla/projects/{tunet.pk}-hallingtunet/").content.decode()
    assert "1 of 3 free" in page
    assert page.count("3\u00a0100\u00a0000\u00a0kr") == 3
    Development.objects.update(published=False)
    assert client.get(f"/en/fla/projects/{tunet.pk}-hallingtunet/").status_code == 404
    assert client.get("/api/v1/municipalities/fla/projects").json()["count"] == 0


def test_another_municipality_s_unit_is_none_of_ours():
    unit = UnitFactory(development__municipality=MunicipalityFactory())
    assert unit.municipality == unit.development.municipality
