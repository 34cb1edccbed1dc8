"""Whose account a municipality's own login opens: never one that reaches further than the municipality."""

import pytest
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from municipalities.login import joining
from municipalities.login.providers import Identity, Kind
from municipalities.municipality import scope
from municipalities.tenancy import leaving
from municipalities.tenancy.models import Membership, Role, User
from tests.factories.municipalities import (
    IdentityFactory,
    IdentityProviderFactory,
    MembershipFactory,
    MunicipalityFactory,
    RoleClaimFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
MAIL = "kari@dalen.example"


@pytest.fixture
def here():
    return MunicipalityFactory(name="Dalen")


@pytest.fixture
def elsewhere():
    return MunicipalityFactory(name="Fjellet")


@pytest.fixture
def provider(here):
    """Of Dalen, where somebody may be up to no good. It lets nobody in whom the portal doesn't know."""
    made = IdentityProviderFactory(municipality=here)
    RoleClaimFactory(provider=made, value="kontor", role=Role.SERVICE_OFFICE)
    RoleClaimFactory(provider=made, value="rapport", role=Role.READER)
    return made


@pytest.fixture
def enter(provider):
    """enter(**claims): what a token of Dalen's directory, verified, leads to."""

    def go(**claims):
        said = {"iss": provider.issuer, "sub": "kari-1", "email": MAIL, "email_verified": True}
        with scope.public():  # As in the request of somebody who is not logged in.
            return joining.enter(provider=provider, claims=said | claims)

    return go


def roles_of(user, municipality):
    return {(m.role, m.mapped) for m in Membership.objects.of(municipality).filter(user=user)}


# --- by the mail address --------------------------------------------------------------------------


def test_who_works_here_is_joined_by_a_verified_address(enter, here):
    kari = MembershipFactory(user__email=MAIL, municipality=here).user
    assert enter() == kari
    assert enter(email="other@dalen.example") == kari  # From now on the subject is who it is.


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "true"},
        {"email_verified": 1},
        {"email": None},
        {"email": ""},
        {"email": ["kari@dalen.example"]},
        {"email": "kari@dalen.example\0"},
    ],
)
def test_an_address_that_is_not_verified_joins_nobody(enter, here, claims):
    MembershipFactory(user__email=MAIL, municipality=here)
    with pytest.raises(joining.Unknown):
        enter(**claims)
    assert not Identity.objects.exists()


def test_the_municipalitys_own_tenant_verifies_by_being_it(enter, here, provider):
    kari = MembershipFactory(user__email=MAIL, municipality=here).user
    provider.kind, provider.tenant_id = Kind.ENTRA, "1" * 36
    provider.save()
    with pytest.raises(joining.Unknown):
        enter(tid="2" * 36, email_verified=None)
    with pytest.raises(joining.Unknown):
        enter(tid="1" * 36, email_verified=None, idp="https://elsewhere.example")
    assert enter(tid="1" * 36, email_verified=None) == kari


def test_whoever_works_elsewhere_is_not_joined_by_the_address(enter, elsewhere):
    MembershipFactory(user__email=MAIL, municipality=elsewhere, role=Role.ADMINISTRATOR)
    with pytest.raises(joining.Unknown):
        enter()
    assert not Identity.objects.exists()


def test_whoever_works_here_and_elsewhere_is_not_joined_by_the_address(enter, here, elsewhere):
    kari = MembershipFactory(user__email=MAIL, municipality=here).user
    MembershipFactory(user=kari, municipality=elsewhere)
    with pytest.raises(joining.Unknown):
        enter()
    assert not Identity.objects.exists()


def test_whoever_works_nowhere_is_not_joined_by_the_address(enter):
    """An account of somebody who left, wherever that was."""
    UserFactory(email=MAIL)
    with pytest.raises(joining.Unknown):
        enter(roles=["kontor"])
    assert not Identity.objects.exists()


def test_a_system_administrator_is_not_joined_by_the_address(enter, here):
    root = UserFactory(email=MAIL, is_superuser=True)
    with pytest.raises(joining.Unknown):
        enter()
    MembershipFactory(user=root, municipality=here)  # Working here makes no difference.
    with pytest.raises(joining.Unknown):
        enter()
    assert not Identity.objects.exists()


def test_an_address_that_passed_on_to_somebody_new_opens_not_the_old_account(enter, here):
    MembershipFactory(user__email=MAIL, municipality=here)
    enter()
    with pytest.raises(joining.Unknown) as unknown:
        enter(sub="another-kari")
    assert unknown.value.subject == "another-kari"


def test_whoever_is_locked_out_is_not_joined(enter, here):
    MembershipFactory(user__email=MAIL, user__is_active=False, municipality=here)
    with pytest.raises(joining.Unknown):
        enter()


@pytest.mark.parametrize("creates", [True, False])
def test_no_account_is_made_under_the_address_of_somebody_elsewhere(enter, provider, elsewhere, creates):
    provider.creates_memberships = creates
    provider.save()
    boss = MembershipFactory(user__email=MAIL, municipality=elsewhere).user
    with pytest.raises(joining.Unknown):
        enter(roles=["kontor"])
    assert list(boss.memberships.values_list("municipality", flat=True)) == [elsewhere.pk]


def test_what_the_page_says_tells_not_whether_somebody_works_elsewhere(enter, elsewhere):
    MembershipFactory(user__email=MAIL, municipality=elsewhere)
    told = set()
    for mail in (MAIL, "nobody@dalen.example"):
        with pytest.raises(joining.Refused) as refusal:
            enter(email=mail)
        told.add(refusal.value.kind)
    assert told == {"unknown"}


# --- after joining --------------------------------------------------------------------------------


def test_a_joined_colleague_who_now_works_elsewhere_too_is_refused(enter, here, elsewhere):
    kari = MembershipFactory(user__email=MAIL, municipality=here).user
    enter()
    MembershipFactory(user=kari, municipality=elsewhere)
    with pytest.raises(joining.ReachesFurther):
        enter()


def test_a_joined_colleague_who_now_runs_the_system_is_refused(enter, here):
    kari = MembershipFactory(user__email=MAIL, municipality=here).user
    enter()
    User.objects.filter(pk=kari.pk).update(is_superuser=True)
    with pytest.raises(joining.ReachesFurther):
        enter()


def test_a_row_made_by_hand_for_somebody_elsewhere_opens_nothing(enter, provider, elsewhere):
    boss = MembershipFactory(municipality=elsewhere).user
    IdentityFactory(provider=provider, subject="kari-1", user=boss)
    with pytest.raises(joining.ReachesFurther):
        enter(roles=["kontor"])
    assert not Membership.objects.filter(user=boss).exclude(municipality=elsewhere).exists()


def test_another_providers_subject_of_the_same_name_is_somebody_else(enter, elsewhere):
    theirs = IdentityProviderFactory(municipality=elsewhere, issuer="https://login.fjellet.example")
    IdentityFactory(provider=theirs, subject="kari-1")
    with pytest.raises(joining.Unknown):
        enter()


def test_with_another_issuer_all_are_strangers_again(enter, here, provider):
    """Or whoever changes the address could say who is who."""
    MembershipFactory(user__email=MAIL, municipality=here)
    enter()
    provider.issuer = "https://evil.example"
    provider.save()
    with pytest.raises(joining.Unknown):
        enter(email=None)


@pytest.fixture
def logged_in(browser, here):
    """A browser in which Kari has logged in through Dalen's own login."""
    kari = MembershipFactory(user__email=MAIL, municipality=here).user
    from tests.staff_client import StaffClient

    made = StaffClient()
    made.force_login(kari)
    session = made.session
    session["openid_municipality"] = here.pk
    session.save()
    return made, kari


def test_a_session_reaches_no_further_than_the_municipality_it_came_through(logged_in, here, elsewhere):
    """Dalen's directory may have let in anybody as Kari; what she gets elsewhere later is not theirs."""
    made, kari = logged_in
    assert made.get("/admin/").status_code == 200
    there = MembershipFactory(user=kari, municipality=elsewhere)
    assert made.get("/admin/").url == "/account/login/"
    there.delete()
    assert made.get("/admin/").status_code == 302  # It is over, and stays so.


def test_a_session_is_over_when_its_user_gets_to_run_the_system(logged_in):
    made, kari = logged_in
    User.objects.filter(pk=kari.pk).update(is_superuser=True)
    assert made.get("/admin/").url == "/account/login/"


# --- roles ----------------------------------------------------------------------------------------


def test_roles_come_and_go_with_the_claim(enter, here):
    kari = MembershipFactory(user__email=MAIL, municipality=here, role=Role.EDITOR).user
    enter(roles=["kontor", "rapport", "unknown", 7, None, {"a": 1}])
    assert roles_of(kari, here) == {("editor", False), ("service_office", True), ("reader", True)}
    enter(roles="rapport")
    assert roles_of(kari, here) == {("editor", False), ("reader", True)}
    enter()
    assert roles_of(kari, here) == {("editor", False)}


def test_a_role_given_by_hand_stays_though_the_claim_says_it_too(enter, here):
    kari = MembershipFactory(user__email=MAIL, municipality=here, role=Role.READER).user
    enter(roles=["rapport"])
    enter(roles=[])
    assert roles_of(kari, here) == {("reader", False)}


def test_who_has_lost_every_role_is_not_let_in_and_is_out_elsewhere(enter, here, provider):
    provider.creates_memberships = True
    provider.save()
    kari = enter(roles=["kontor"])
    session = Client().session
    session.create()
    UserSession.objects.create(user=kari, session_key=session.session_key, ip="127.0.0.1")
    with pytest.raises(joining.WithoutRole):
        enter(roles=[])
    assert roles_of(kari, here) == set()
    assert not UserSession.objects.filter(user=kari).exists()


def test_another_providers_table_gives_no_role(enter, here, provider):
    other = IdentityProviderFactory(municipality=here)
    RoleClaimFactory(provider=other, value="sjef", role=Role.ADMINISTRATOR)
    MembershipFactory(user__email=MAIL, municipality=here)
    assert roles_of(enter(roles=["sjef"]), here) == {("service_office", False)}


def test_no_account_where_none_is_to_be_made(enter):
    with pytest.raises(joining.Unknown):
        enter(roles=["kontor"])
    assert not User.objects.exists()


@pytest.mark.parametrize("claims", [{"roles": []}, {"roles": ["unknown"]}, {}])
def test_no_account_without_a_role(enter, provider, claims):
    provider.creates_memberships = True
    provider.save()
    with pytest.raises(joining.WithoutRole):
        enter(**claims)
    assert not User.objects.exists()


def test_no_account_without_an_address_that_is_certain(enter, provider):
    provider.creates_memberships = True
    provider.save()
    with pytest.raises(joining.Unknown):
        enter(roles=["kontor"], email_verified=False)
    assert not User.objects.exists()


def test_whoever_is_locked_out_gets_no_role(enter, here, provider):
    provider.creates_memberships = True
    provider.save()
    kari = enter(roles=["kontor"])
    leaving.lock_out(user=kari, by=None, municipality_ids=[here.pk])
    assert not enter(roles=["kontor", "rapport"]).is_active
    assert roles_of(kari, here) == {("service_office", True)}


def test_names_that_are_too_long_or_none_are_no_fault(enter, provider):
    provider.creates_memberships = True
    provider.save()
    assert enter(roles=["kontor"], name="K" * 200).name == "K" * 80
    assert enter(roles=["kontor"], sub="2", email="o@dalen.example", name=7).name == ""


# --- what the database refuses --------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": Kind.ENTRA, "tenant_id": ""},
        {"kind": Kind.OTHER, "tenant_id": "1" * 36},
        {"kind": Kind.ANSATTPORTEN, "acr_values": ""},
        {"creates_memberships": True, "roles_claim": ""},
        {"issuer": "login.dalen.example"},
        {"issuer": "https://login.dalen.example/?a=b"},
    ],
)
def test_a_provider_that_could_not_be_trusted_is_not_kept(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        IdentityProviderFactory(**fields)


@pytest.mark.parametrize(
    "issuer",
    ["http://login.dalen.example", "https://", "https://me:pw@dalen.example", "ftp://dalen.example", "https://[",
     "https://dalen.example/#x"],
)  # fmt: skip
def test_an_issuer_is_a_whole_safe_address(issuer):
    with pytest.raises(ValidationError):
        IdentityProviderFactory.build(municipality=MunicipalityFactory(), issuer=issuer).clean_fields()


def test_the_secret_is_encrypted(provider):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT client_secret FROM municipalities_identityprovider")
        assert cursor.fetchone()[0].startswith("gAAAA")
    provider.refresh_from_db()
    assert provider.client_secret == "en-hemmelighet"
