import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.urls import reverse

from municipalities.tenancy.models import Role, User
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return MunicipalityFactory()


@pytest.fixture
def boss(home, client):
    user = MembershipFactory(municipality=home, role=Role.ADMINISTRATOR).user
    client.force_login(user)
    return user


def invitation(municipality, email="ny@dalen.example", **more):
    return {
        "email": email, "name": "Ny Kollega", "language": "nb",
        "memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0,
        "memberships-0-municipality": municipality.pk, "memberships-0-role": Role.EDITOR,
    } | more  # fmt: skip


def test_an_invited_colleague_gets_a_link_and_a_role(home, boss, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:municipalities_user_add"), invitation(home))
    user = User.objects.get(email="ny@dalen.example")
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert [row.municipality for row in user.memberships.all()] == [home]
    link = next(word for word in mail.outbox[0].body.split() if "/invitation/" in word)
    assert client.get(link[link.index("/account/") :], follow=True).context["validlink"]
    assert "Ny Kollega" not in LogEntry.objects.get().object_repr


def test_who_invites_is_not_told_whether_the_account_was_there(home, boss, client):
    elsewhere = MembershipFactory(user__name="Hemmelig Navn", user__email="Fins@dalen.example").user
    told = []
    for email in ("fins@dalen.example", "ny@dalen.example"):
        answer = client.post(reverse("admin:municipalities_user_add"), invitation(home, email), follow=True)
        told.append([str(words).replace(email, "…") for words in answer.context["messages"]])
        told.append(answer.redirect_chain)
    assert told[:2] == told[2:]
    assert len(told[0]) == 1
    assert "Hemmelig" not in told[0][0]
    assert elsewhere.memberships.filter(municipality=home).exists()


def test_nobody_is_invited_to_another_municipality(home, boss, client):
    elsewhere = MunicipalityFactory()
    client.post(reverse("admin:municipalities_user_add"), invitation(elsewhere))
    assert not elsewhere.membership.exists()


def test_an_account_that_others_share_is_not_changed(home, boss, client):
    """Who could change its e-mail address could take it."""
    shared = MembershipFactory(municipality=home).user
    MembershipFactory(user=shared)
    address = reverse("admin:municipalities_user_change", args=[shared.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"email": "boss@dalen.example", "name": "x"}).status_code == 403


def test_nobody_makes_themselves_system_administrator(home, boss, client):
    address = reverse("admin:municipalities_user_change", args=[boss.pk])
    rows = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    client.post(
        address, {"email": boss.email, "name": "Nytt Navn", "is_active": "on", "is_superuser": "on"} | rows
    )
    boss.refresh_from_db()
    assert (boss.name, boss.is_superuser) == ("Nytt Navn", False)


def test_nobody_reads_a_colleagues_password_hash_out_of_the_list(home, boss, client):
    address = reverse("admin:municipalities_user_changelist")
    assert client.get(address, {"email__startswith": boss.email}).status_code == 200
    assert client.get(address, {"password__startswith": boss.password[:9]}).status_code == 400


def test_an_account_with_a_new_address_begins_anew(home, boss, client, django_capture_on_commit_callbacks):
    """Or who gave it the address could keep its keys until it works in another municipality."""
    colleague = MembershipFactory(municipality=home, user__email="for@dalen.example").user
    colleague.set_password("det-gamle-passordet")
    colleague.save()
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "x"})
    row = colleague.memberships.get()
    change = invitation(home, "etter@dalen.example", **{
        "is_active": "on", "memberships-INITIAL_FORMS": 1, "memberships-0-id": row.pk,
        "memberships-0-user": colleague.pk, "memberships-0-role": row.role,
    })  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:municipalities_user_change", args=[colleague.pk]), change)
    colleague.refresh_from_db()
    assert colleague.email == "etter@dalen.example"
    assert not colleague.check_password("det-gamle-passordet")
    assert not Authenticator.objects.filter(user=colleague).exists()
    assert mail.outbox[-1].to == ["etter@dalen.example"]
