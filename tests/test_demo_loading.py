"""Into which portals the demo county goes, and what it leaves behind where it is refused or broken off."""

import io

import pytest
from django.core.management import CommandError, call_command

from demo import loader, people, staff
from municipalities.municipality.models import Municipality
from municipalities.tenancy.models import User
from tests.factories.municipalities import MunicipalityFactory
from tests.factories.welcome import HouseholdFactory
from welcome.households.models import Household
from welcome.letters.models import LetterRun, RunState

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="what it tries does not depend on the database"),
]


def load(*options: str) -> str:
    out = io.StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


def test_without_people_first_and_with_them_later():
    load("--without-people")
    assert Municipality.objects.count() == 18
    assert not Household.objects.exists()
    assert not LetterRun.objects.exists()
    load()
    assert LetterRun.objects.filter(state=RunState.FROZEN).count() == 1


def test_people_who_are_there_are_left_alone():
    load("--without-people")
    HouseholdFactory(municipality=Municipality.objects.get(number="3328"))
    load()
    assert Household.objects.count() == 1


def test_refuses_a_portal_with_others_in_it():
    MunicipalityFactory(number="4601", name="Bergen")
    with pytest.raises(CommandError, match="4601 Bergen"):
        load()
    assert Municipality.objects.count() == 1
    assert not User.objects.exists()


def test_refuses_a_real_municipality_of_the_same_county():
    MunicipalityFactory(number="3328", name="Ål", email="post@aal.kommune.no")
    with pytest.raises(CommandError, match="3328 Ål"):
        load()


def test_broken_off_leaves_nothing_behind_and_can_be_repeated(monkeypatch):
    some = list(people.everybody())[:50]

    def broken_off():
        yield from some
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(loader.people, "everybody", broken_off)
        with pytest.raises(KeyboardInterrupt):
            load()
    assert not Municipality.objects.exists()
    assert not User.objects.exists()
    load()
    assert Municipality.objects.count() == 18


def test_a_lost_password_file_is_made_anew():
    load("--without-people")
    staff.password_file().unlink()
    load("--without-people")
    assert User.objects.get(email=staff.OFFICE).check_password(staff.password_file().read_text().strip())
