"""The list and the page where staff answer."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from municipalities.enquiries import actions
from municipalities.enquiries.models import AnswerMail, Enquiry, MailState, State
from municipalities.tenancy.models import Role
from tests.factories.municipalities import (
    AnswerMailFactory,
    AnswerTemplateFactory,
    EnquiryFactory,
    EnquiryMessageFactory,
    MembershipFactory,
    MunicipalityFactory,
)

pytestmark = pytest.mark.django_db
LIST = reverse("admin:municipalities_enquiry_changelist")


@pytest.fixture
def place():
    return MunicipalityFactory()


@pytest.fixture
def kari(place, client):
    member = MembershipFactory(municipality=place, role=Role.SERVICE_OFFICE, user__language="en")
    client.force_login(member.user)
    return member.user


def page_of(enquiry):
    return reverse("admin:municipalities_enquiry_change", args=[enquiry.pk])


def found(client, query):
    return set(client.get(LIST + query).context["cl"].result_list)


def test_each_filter_finds_its_own(place, kari, client):
    mine, late, done = (EnquiryFactory(municipality=place) for _ in range(3))
    actions.assign(enquiry=mine, to=kari, by=kari)
    Enquiry.objects.filter(pk=late.pk).update(
        due_on=timezone.localdate() - datetime.timedelta(days=2),
        received_at=timezone.now() - datetime.timedelta(days=8),
    )
    actions.close(enquiry=done, outcome="spam", by=kari)
    AnswerMailFactory(message=EnquiryMessageFactory(enquiry=done), state=MailState.FAILED, reason="refused")
    assert found(client, "?state=waiting") == {mine, late}
    assert found(client, "?state=overdue") == {late}
    assert found(client, "?state=closed") == {done}
    assert found(client, "?state=undelivered") == {done}
    assert found(client, "?whose=mine") == {mine}
    assert found(client, "?whose=nobody") == {late, done}
    assert found(client, "?age=7") == {late}
    assert found(client, "?state=nonsense&whose=x&age=y") == {mine, late, done}


def test_the_first_page_counts_what_the_lists_show(place, kari, client):
    EnquiryFactory(municipality=place, waiting_since=timezone.now() - datetime.timedelta(days=4))
    lost = EnquiryFactory(municipality=place)
    for _ in range(2):
        message = EnquiryMessageFactory(enquiry=lost)
        AnswerMailFactory(message=message, state=MailState.FAILED, reason="refused")
    EnquiryFactory()
    queues = client.get(reverse("admin:index")).context["waiting"]
    ours = {item["url"]: (item["count"], item["days"]) for item in queues if "/enquiry/" in item["url"]}
    assert ours == {f"{LIST}?state=waiting": (2, 4), f"{LIST}?state=undelivered": (1, 0)}
    for url, (count, _days) in ours.items():
        assert client.get(url).context["cl"].result_count == count


def test_the_list_and_the_page_ask_the_database_as_often_for_many(place, kari, client):
    enquiry = EnquiryFactory(municipality=place)
    AnswerMailFactory(message=EnquiryMessageFactory(enquiry=enquiry, by=kari))

    def asked(address):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = asked(LIST), asked(page_of(enquiry))
    for _ in range(8):
        other = EnquiryFactory(municipality=place)
        actions.assign(enquiry=other, to=kari, by=kari)
        AnswerMailFactory(message=EnquiryMessageFactory(enquiry=enquiry, by=kari))
    assert (asked(LIST), asked(page_of(enquiry))) == few


def test_answer_and_close_in_one(place, kari, client):
    enquiry = EnquiryFactory(municipality=place)
    answer = client.post(
        page_of(enquiry), {"verb": "answer_close", "version": 1, "text": "Ring oss."}, follow=True
    )
    assert "The answer is on its way." in answer.content.decode()
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.answered_by) == (State.CLOSED, kari)
    assert AnswerMail.objects.get().to == enquiry.email


def test_what_was_typed_stays_when_a_colleague_was_first(place, kari, client):
    enquiry = EnquiryFactory(municipality=place)
    actions.note(enquiry=enquiry, text="Jeg tar den.", by=kari)
    typed = {"verb": "answer", "version": 1, "text": "Mine egne ord & tanker"}
    answer = client.post(page_of(enquiry), typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "A colleague has changed this enquiry" in page
    assert "Mine egne ord &amp; tanker" in page
    assert "Jeg tar den." in page
    assert 'name="version" value="2"' in page
    assert not AnswerMail.objects.exists()
    assert client.post(page_of(enquiry), typed | {"version": 2}).status_code == 302


def test_an_empty_answer_is_refused_at_its_field(place, kari, client):
    enquiry = EnquiryFactory(municipality=place)
    answer = client.post(page_of(enquiry), {"verb": "answer", "version": 1, "text": "  "})
    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()


def test_a_ready_made_answer_comes_behind_what_was_typed(place, kari, client):
    enquiry = EnquiryFactory(municipality=place)
    ready = AnswerTemplateFactory(municipality=place, text="Velg på Helsenorge.")
    AnswerTemplateFactory(municipality=place, language="nn", name="Anna")
    page = client.get(page_of(enquiry))
    assert list(page.context["write"].fields["template"].queryset) == [ready]
    typed = {"verb": "template", "version": 1, "text": "Hei Kari!", "template": ready.pk}
    answer = client.post(page_of(enquiry), typed)
    assert answer.context["write"]["text"].value() == "Hei Kari!\n\nVelg på Helsenorge."
    assert not enquiry.messages.exists()


def test_a_template_from_elsewhere_is_not_put_in(place, kari, client):
    enquiry, other = EnquiryFactory(municipality=place), AnswerTemplateFactory(text="Andres ord")
    answer = client.post(page_of(enquiry), {"verb": "template", "version": 1, "template": other.pk})
    assert "Andres ord" not in answer.content.decode()


def test_many_are_given_to_a_colleague_at_once(place, kari, client):
    rows = [EnquiryFactory(municipality=place) for _ in range(3)]
    ola = MembershipFactory(municipality=place, role=Role.COORDINATOR).user
    chosen = {"action": "assign_to", "_selected_action": [row.pk for row in rows]}
    page = client.post(LIST, chosen)
    assert set(page.context["form"].fields["to"].queryset) == {kari, ola}
    client.post(LIST, chosen | {"assign": "yes", "to": ola.pk})
    assert set(Enquiry.objects.values_list("assigned_to", "state")) == {(ola.pk, State.ASSIGNED)}
    client.post(LIST, {"action": "take", "_selected_action": [rows[0].pk]})
    assert Enquiry.objects.get(pk=rows[0].pk).assigned_to == kari


def test_who_works_elsewhere_is_not_offered_and_not_taken(place, kari, client):
    enquiry = EnquiryFactory(municipality=place)
    stranger = MembershipFactory(role=Role.COORDINATOR).user
    answer = client.post(page_of(enquiry), {"verb": "assign", "version": 1, "to": stranger.pk})
    assert answer.status_code == 422
    enquiry.refresh_from_db()
    assert enquiry.assigned_to is None


def test_a_reader_reads_and_changes_nothing(place, client):
    enquiry = EnquiryFactory(municipality=place)
    client.force_login(MembershipFactory(municipality=place, role=Role.READER).user)
    page = client.get(page_of(enquiry))
    assert page.status_code == 200
    assert 'name="verb"' not in page.content.decode()
    assert client.post(page_of(enquiry), {"verb": "take"}).status_code == 403


def test_a_question_by_phone_is_written_down(place, kari, client):
    add = reverse("admin:municipalities_enquiry_add")
    wrong = client.post(add, {"text": "Når?", "contact": "kari@", "language": "nb"})
    assert "lacks something" in wrong.content.decode()
    assert "Når?" in wrong.content.decode()
    answer = client.post(add, {"text": "Når?", "contact": "999 51 234", "language": "nb"})
    made = Enquiry.objects.get()
    assert answer.url == page_of(made)
    assert (made.source, made.phone.as_e164, made.municipality) == ("staff", "+4799951234", place)


def test_an_export_holds_no_address(place, kari, client):
    EnquiryFactory(municipality=place, text="Når åpner hallen?")
    export = reverse("admin:municipalities_enquiry_export")
    content = client.post(export, {"format": "1", "resource": "0"}).content.decode()
    assert "Når åpner hallen?" in content
    assert "kari@heime.example" not in content


def test_who_wrote_in_another_language_is_answered_in_it(place, kari, client):
    """What comes by e-mail is taken to be in the municipality's own until somebody has read it."""
    enquiry = EnquiryFactory(municipality=place, language="nb")
    theirs = AnswerTemplateFactory(municipality=place, language="uk")
    said = {"verb": "language", "language": "uk", "version": enquiry.version}
    assert client.post(page_of(enquiry), said | {"language": "xx"}).status_code == 422
    assert client.post(page_of(enquiry), said).status_code == 302
    enquiry.refresh_from_db()
    assert enquiry.language == "uk"
    assert theirs in client.get(page_of(enquiry)).context["write"].fields["template"].queryset
    assert (
        client.post(page_of(enquiry), said | {"language": "en"}).status_code == 409
    )  # A colleague was first.
