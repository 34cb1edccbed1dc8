"""A log that is not what was written is told of by mail, once, to those who answer for it."""

import pytest
from django.core import mail

from municipalities.audit import checking, recording, sealing
from municipalities.audit.checks import AuditCheck, SystemCheck
from municipalities.audit.models import Action
from municipalities.audit.sealing import Chain
from municipalities.audit.vocabulary import Finding
from municipalities.tenancy import tasks
from municipalities.tenancy.models import Role
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory, UserFactory
from tests.municipalities.audit.owner import behind

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return MunicipalityFactory(name="Dalen", language_form="nn")


def member(place, role, language="en", **more):
    return MembershipFactory(municipality=place, role=role, user__language=language, **more).user


def broken(place):
    """A check of a log in which the only entry was changed."""
    recording.record(action=Action.CHANGED, of=place)
    sealing.seal(Chain(place.pk))
    behind("UPDATE municipalities_auditentry SET object_id = '99' WHERE municipality_id = %s", place.pk)
    return checking.ask(chain=Chain(place.pk), by=None)


def test_who_may_read_the_log_is_told_and_nobody_else(place):
    told = [member(place, Role.COORDINATOR), member(place, Role.ADMINISTRATOR)]
    member(place, Role.SERVICE_OFFICE)
    member(place, Role.ADMINISTRATOR, user__is_active=False)
    member(MunicipalityFactory(), Role.ADMINISTRATOR)
    UserFactory(is_superuser=True)
    tasks.check_chain(broken(place).pk)
    assert sorted(each.to[0] for each in mail.outbox) == sorted(user.email for user in told)
    first = mail.outbox[0]
    assert first.subject == "The log of Dalen is not what was written"
    assert "An entry or its seal was changed, entry " in first.body
    assert f"/admin/municipalities/auditentry/check/?municipality={place.pk}" in first.body
    assert "&" not in first.body


def test_one_who_has_two_roles_is_told_once_and_in_nynorsk_where_that_is_spoken(place):
    user = member(place, Role.COORDINATOR, language="")
    MembershipFactory(municipality=place, user=user, role=Role.ADMINISTRATOR)
    tasks.check_chain(broken(place).pk)
    tasks.sweep_checks()
    assert len(mail.outbox) == 1
    assert "ikkje" in mail.outbox[0].subject


def test_a_log_that_holds_sends_nothing(place):
    member(place, Role.COORDINATOR)
    recording.record(action=Action.CHANGED, of=place)
    sealing.seal(Chain(place.pk))
    tasks.check_chain(checking.ask(chain=Chain(place.pk), by=None).pk)
    assert AuditCheck.objects.get().finding == Finding.HOLDS
    assert mail.outbox == []


def test_where_nobody_may_read_it_the_system_administrator_is_told(place):
    system = UserFactory(is_superuser=True)
    member(place, Role.SERVICE_OFFICE)
    tasks.check_chain(broken(place).pk)
    assert [each.to for each in mail.outbox] == [[system.email]]


def test_mail_that_is_refused_is_tried_again(place, refuse_mail_to):
    user = member(place, Role.COORDINATOR)
    refuse_mail_to(user.email)
    tasks.check_chain(broken(place).pk)
    assert (AuditCheck.objects.get().told_at, mail.outbox) == (None, [])
    user.email = "ny@dalen.example"
    user.save()
    tasks.sweep_checks()
    assert [each.to for each in mail.outbox] == [["ny@dalen.example"]]
    assert AuditCheck.objects.get().told_at is not None


def test_the_installations_log_is_told_of_to_the_system_administrator(place):
    system = UserFactory(is_superuser=True, language="en")
    member(place, Role.ADMINISTRATOR)
    recording.record(action=Action.LOGIN_FAILED)
    sealing.seal(Chain(None))
    behind("UPDATE municipalities_systementry SET ip = '192.0.2.9'")
    tasks.check_installation(checking.ask(chain=Chain(None), by=None).pk)
    assert SystemCheck.objects.get().finding == Finding.BROKEN
    assert [each.to for each in mail.outbox] == [[system.email]]
    assert "/admin/municipalities/systementry/check/" in mail.outbox[0].body
