"""Entering the municipality's own login, and joining colleagues by hand."""

import pytest
from django.urls import reverse

from municipalities.login.providers import Identity, IdentityProvider
from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    IdentityFactory,
    IdentityProviderFactory,
    MembershipFactory,
    MunicipalityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SECRET = "en-hemmelighet"
PROVIDER = {
    "name": "Dalen-innlogging", "kind": "other", "issuer": "https://login.dalen.example", "tenant_id": "",
    "client_id": "tilflytter", "client_secret": SECRET, "acr_values": "high", "roles_claim": "roles",
    "active": "on", "role_claims-TOTAL_FORMS": "1", "role_claims-INITIAL_FORMS": "0",
    "role_claims-0-value": "kontor", "role_claims-0-role": "service_office",
}  # fmt: skip


@pytest.fixture
def boss():
    return MembershipFactory(role=Role.ADMINISTRATOR).user


@pytest.fixture
def home(boss):
    return boss.memberships.get().municipality


@pytest.fixture
def office(client, boss):
    client.force_login(boss)
    return client


def add(office, **fields):
    return office.post(reverse("admin:municipalities_identityprovider_add"), PROVIDER | fields)


def change(office, provider, **fields):
    words = PROVIDER | {"role_claims-TOTAL_FORMS": "0", "client_secret": ""} | fields
    return office.post(reverse("admin:municipalities_identityprovider_change", args=[provider.pk]), words)


def test_a_login_is_entered_with_its_roles(office, home):
    assert add(office).status_code == 302
    made = IdentityProvider.objects.get()
    assert (made.municipality, made.client_secret) == (home, SECRET)
    assert [(row.value, row.municipality) for row in made.role_claims.all()] == [("kontor", home)]


def test_the_secret_is_never_shown_again(office, home):
    made = IdentityProviderFactory(municipality=home)
    page = office.get(reverse("admin:municipalities_identityprovider_change", args=[made.pk]))
    assert SECRET not in page.content.decode()
    assert made.redirect_uri in page.content.decode()
    failed = change(office, made, issuer="nonsense", client_secret="et-nytt-et")
    assert failed.status_code == 200
    assert "et-nytt-et" not in failed.content.decode()


def test_the_secret_stays_when_nothing_is_typed(office, home):
    made = IdentityProviderFactory(municipality=home, issuer=PROVIDER["issuer"])
    assert change(office, made, name="Nytt namn").status_code == 302
    made.refresh_from_db()
    assert (made.name, made.client_secret) == ("Nytt namn", SECRET)


@pytest.mark.parametrize("field", [{"issuer": "https://evil.example"}, {"client_id": "another"}])
def test_the_secret_is_not_sent_to_an_address_by_somebody_who_does_not_know_it(office, home, field):
    made = IdentityProviderFactory(municipality=home, issuer=PROVIDER["issuer"])
    answer = change(office, made, **field)
    assert "client_secret" in answer.context["adminform"].form.errors
    assert change(office, made, **field, client_secret="et-nytt-et").status_code == 302


@pytest.mark.parametrize(
    "fields",
    [
        {"client_secret": ""},
        {"issuer": "http://login.dalen.example"},
        {"kind": "entra"},
        {"kind": "ansattporten", "acr_values": ""},
        {"creates_memberships": "on", "roles_claim": ""},
        {"acr_values": "a  b"},
    ],
)
def test_what_is_not_safe_is_not_saved_and_stays_typed(office, fields):
    answer = add(office, **fields)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors
    assert not IdentityProvider.objects.exists()
    assert PROVIDER["name"] in answer.content.decode()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SERVICE_OFFICE, Role.EDITOR, Role.READER])
def test_only_administrators_enter_logins(client, home, role):
    client.force_login(MembershipFactory(municipality=home, role=role).user)
    made = IdentityProviderFactory(municipality=home)
    assert add(client).status_code == 403
    for name in ("change", "test"):
        address = reverse(f"admin:municipalities_identityprovider_{name}", args=[made.pk])
        assert client.post(address).status_code in {403, 404}


def join(office, provider, user, subject="kari-1"):
    return office.post(
        reverse("admin:municipalities_identity_add"),
        {"provider": provider.pk, "user": user.pk, "subject": subject},
    )


def test_a_colleague_is_joined_by_hand(office, home):
    provider = IdentityProviderFactory(municipality=home)
    kari = MembershipFactory(municipality=home).user
    assert join(office, provider, kari).status_code == 302
    made = Identity.objects.get()
    assert (made.user, made.issuer, made.municipality) == (kari, provider.issuer, home)


def test_nobody_who_works_elsewhere_or_runs_the_system_is_joined_by_hand(office, home):
    provider = IdentityProviderFactory(municipality=home)
    both = MembershipFactory(municipality=home).user
    MembershipFactory(user=both)
    root = MembershipFactory(municipality=home, user__is_superuser=True).user
    for user in (both, root, MembershipFactory().user, UserFactory()):
        answer = join(office, provider, user)
        assert answer.status_code == 200
        assert "user" in answer.context["adminform"].form.errors
    assert not Identity.objects.exists()


def test_nobody_is_joined_with_another_municipalitys_login(office, home):
    theirs = IdentityProviderFactory()
    assert join(office, theirs, MembershipFactory(municipality=home).user).status_code == 200
    assert not Identity.objects.exists()


def test_an_identifier_is_joined_once(office, home):
    provider = IdentityProviderFactory(municipality=home)
    IdentityFactory(provider=provider, subject="kari-1")
    answer = join(office, provider, MembershipFactory(municipality=home).user)
    assert answer.status_code == 200
    assert Identity.objects.count() == 1


def test_who_is_joined_is_changed_by_taking_it_away_only(office, home):
    made = IdentityFactory(provider__municipality=home)
    other = MembershipFactory(municipality=home).user
    address = reverse("admin:municipalities_identity_change", args=[made.pk])
    office.post(address, {"user": other.pk, "subject": "another"})
    made.refresh_from_db()
    assert (made.user == other, made.subject) == (False, made.subject)
    assert made.subject != "another"


# --- the login page -------------------------------------------------------------------------------


def test_the_login_page_offers_what_is_active(client):
    assert "own-login" not in client.get("/account/login/").content.decode()
    shown, hidden = IdentityProviderFactory(), IdentityProviderFactory(active=False)
    page = client.get("/account/login/?next=/admin/municipalities/topic/").content.decode()
    assert f"{shown.municipality}: {shown}" in page
    assert 'name="next" value="/admin/municipalities/topic/"' in page
    assert hidden.name not in page
    assert client.post(f"/account/openid/{hidden.pk}/").status_code == 404


def test_of_many_one_chooses_the_municipality_first(client):
    made = [IdentityProviderFactory() for _ in range(8)]
    page = client.get("/account/login/?next=/admin/x/").content.decode()
    assert all(p.municipality.name in page for p in made)
    assert not any(f"/account/openid/{p.pk}/" in page for p in made)
    chosen = client.get(f"/account/login/?municipality={made[3].municipality.number}&next=/admin/x/")
    assert f"/account/openid/{made[3].pk}/" in chosen.content.decode()
    assert f"/account/openid/{made[4].pk}/" not in chosen.content.decode()
    assert 'value="/admin/x/"' in chosen.content.decode()


def test_the_login_page_asks_as_often_however_many_there_are(client, django_assert_num_queries):
    IdentityProviderFactory()
    client.get("/account/login/")
    with django_assert_num_queries(1):
        client.get("/account/login/")
    for _ in range(5):
        IdentityProviderFactory(municipality=MunicipalityFactory())
    with django_assert_num_queries(1):
        client.get("/account/login/")


def test_a_login_begins_by_a_button_only(client):
    made = IdentityProviderFactory()
    assert client.get(f"/account/openid/{made.pk}/").status_code == 405
    assert client.post(f"/account/openid/{10**30}/").status_code == 404


# --- ID-porten, for newcomers ---------------------------------------------------------------------


def idporten(**more):
    return {
        "name": "ID-porten", "kind": "idporten", "issuer": "https://idporten.no", "client_id": "tilflytter",
        "client_secret": "en-hemmelighet", "acr_values": "idporten-loa-substantial", "active": "on",
        "role_claims-TOTAL_FORMS": "0", "role_claims-INITIAL_FORMS": "0",
    } | more  # fmt: skip


ADD = "/admin/municipalities/identityprovider/add/"


def test_idporten_is_entered(office, home):
    answer = office.post(ADD, idporten())
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    made = IdentityProvider.objects.get(municipality=home)
    assert made.levels == {"idporten-loa-substantial", "idporten-loa-high"}
    page = office.get(reverse("admin:municipalities_identityprovider_change", args=[made.pk]))
    assert f"/idporten/{home.number}/back/" in page.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"acr_values": ""},
        {"acr_values": "idporten-loa-low"},
        {"acr_values": "idporten-loa-substantial idporten-loa-high"},
        {"creates_memberships": "on", "roles_claim": "roles"},
        {"roles_claim": "roles"},
        {"issuer": "http://idporten.no"},
    ],
)
def test_idporten_that_would_let_in_whom_it_should_not_is_refused(office, home, wrong):
    assert office.post(ADD, idporten(**wrong)).status_code == 200
    assert not IdentityProvider.objects.exists()


def test_there_is_one_idporten_in_a_municipality(office, home):
    IdentityProviderFactory(idporten=True, municipality=home)
    assert office.post(ADD, idporten(name="En til")).status_code == 200
    assert IdentityProvider.objects.count() == 1


@pytest.mark.parametrize("turned", [False, True])
def test_the_staffs_login_and_idporten_never_become_each_other(office, home, turned):
    made = (
        IdentityProviderFactory(idporten=True, municipality=home)
        if turned
        else IdentityProviderFactory(municipality=home)
    )
    kind = made.kind
    data = idporten(kind="other" if turned else "idporten")
    office.post(reverse("admin:municipalities_identityprovider_change", args=[made.pk]), data)
    made.refresh_from_db()
    assert made.kind == kind


def test_no_colleague_is_joined_to_idporten(office, home):
    provider = IdentityProviderFactory(idporten=True, municipality=home)
    assert join(office, provider, MembershipFactory(municipality=home).user).status_code == 200
    assert not Identity.objects.exists()
