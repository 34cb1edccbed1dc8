"""From an owner's form to the list and back: nothing is published by accident, nothing typed is lost."""

import datetime
import re

import pytest
from django.core import mail
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from housing.listings import delivery as home_mail
from housing.listings.models import Listing, ListingPhoto, ListingSubmission, OwnerMessage, PriceChange
from municipalities.moderation import delivery
from municipalities.moderation.models import News, State
from municipalities.tenancy.models import Role
from tests.factories.housing import (
    ListingFactory,
    ListingPhotoFactory,
    ListingSubmissionFactory,
    ListingTextFactory,
    OwnerMessageFactory,
)
from tests.factories.municipalities import MembershipFactory, MunicipalityFactory
from tests.pictures import exif_of_a_place, jpeg, png
from tests.sending import opened, send, told
from welcome.privacy import retention

pytestmark = pytest.mark.django_db
OFFER = "/nn/al/homes/new/"


@pytest.fixture
def al():
    return MunicipalityFactory(slug="al", name="Ål")


@pytest.fixture
def office(al):
    return MembershipFactory(municipality=al, role=Role.SERVICE_OFFICE).user


def typed(**more):
    return {
        "title": "Loft i Torpo",
        "body": "Utsikt til dalen.\n\nStille, <b>og</b> nær butikken.",
        "text_language": "nn",
        "offer": "rent",
        "kind": "flat",
        "price": "8900",
        "deposit": "20000",
        "street_address": "Torpovegen 4",
        "postal_code": "3579",
        "postal_place": "Torpo",
        "bedrooms": "1",
        "area": "48",
        "pets": "on",
        "name": "Torill Eigar",
        "email": "torill@heime.example",
    } | more


def published(al, **more):
    """A home that its owner has sent in."""
    submission = ListingSubmissionFactory(listing__municipality=al, **more)
    ListingTextFactory(listing=submission.listing)
    return submission


def own_page(client, submission, news=News.PUBLISHED):
    ListingSubmission.objects.filter(pk=submission.pk).update(news=news)
    return "/nb/" + opened(client, told(), "home")


def picture(content=None, name="bilde.jpg"):
    return SimpleUploadedFile(name, jpeg(800, 600, exif=exif_of_a_place()) if content is None else content)


def test_from_the_form_to_the_list(client, al, office):
    assert send(client, OFFER, typed())["Location"] == f"{OFFER}?sent=1"
    home = Listing.objects.get()
    assert (home.state, home.price, home.pets) == (State.DRAFT, 8900, True)
    message = told()
    assert message.to == ["torill@heime.example"]
    assert "Loft i Torpo" in message.subject
    page = "/nn/" + opened(client, message, "home")
    assert client.get(page).status_code == 200
    assert Listing.objects.get().state == State.DRAFT, "looking changes nothing"
    answer = client.post(f"{page}pictures/", {"file": picture(), "alt": "Stova"})
    assert answer["Location"].endswith("?done=picture")
    assert client.post(f"{page}confirm/")["Location"].endswith("?done=confirmed")
    assert Listing.objects.get().state == State.WAITING
    assert client.get("/nn/al/homes/").content.decode().count("Loft i Torpo") == 0

    client.force_login(office)
    assert "/admin/housing/listing/?state__exact=waiting" in client.get("/admin/").content.decode()
    decide = f"/admin/housing/listing/{home.pk}/decide/"
    shown = client.get(decide).content.decode()
    assert "Loft i Torpo" in shown
    assert "torill@heime.example" in shown
    photo = ListingPhoto.objects.get()
    assert client.get(f"/admin/housing/listing/{home.pk}/pictures/{photo.pk}/").status_code == 200
    client.post(decide, {"verb": "publish"})
    home.refresh_from_db()
    assert home.state == State.PUBLISHED
    assert home.expires_on == timezone.localdate() + datetime.timedelta(days=90)
    assert f"/nn/al/homes/{home.pk}-loft-i-torpo/" in told().body

    client.logout()
    assert "Loft i Torpo" in client.get("/nn/al/homes/").content.decode()
    page = client.get(f"/nn/al/homes/{home.pk}-loft-i-torpo/").content.decode()
    assert "8\u00a0900\u00a0kr" in page
    assert 'alt="Stova"' in page
    assert "&lt;b&gt;og" in page
    for hidden in ("torill@heime.example", "Torill Eigar"):
        assert hidden not in page
    assert client.get(f"/nn/al/pictures/homes/{photo.pk}-480.webp")["Content-Type"] == "image/webp"


def test_sent_back_with_a_word_mended_and_published(client, al, office):
    send(client, OFFER, typed())
    page = "/nn/" + opened(client, told(), "home")
    client.post(f"{page}confirm/")
    home = Listing.objects.get()
    client.force_login(office)
    decide = f"/admin/housing/listing/{home.pk}/decide/"
    assert client.post(decide, {"verb": "send_back"}).status_code == 422, "not without a word"
    client.post(decide, {"verb": "send_back", "word": "Kor mange soverom er det?"})
    message = told()
    assert "Kor mange soverom er det?" in message.body
    client.logout()
    page = "/nn/" + opened(client, message, "home")
    shown = client.get(page).content.decode()
    assert "Kor mange soverom er det?" in shown
    assert "Stille, &lt;b&gt;og&lt;/b&gt; nær butikken." in shown
    assert client.post(page, typed(bedrooms="2"))["Location"].endswith("?done=changed")
    home.refresh_from_db()
    assert (home.state, home.bedrooms) == (State.WAITING, 2)


def test_what_is_changed_after_it_was_published_is_looked_at_again(client, al):
    submission = published(al)
    page = own_page(client, submission)
    home = submission.listing
    assert client.post(page, typed(text_language="nb", price="9900"))["Location"].endswith("?done=changed")
    home.refresh_from_db()
    assert (home.state, home.price) == (State.WAITING, 9900)
    assert not Listing.objects.shown().exists()
    assert [change.price for change in PriceChange.objects.all()] == [9900]


def test_its_owner_reserves_frees_extends_and_takes_it_out(client, al):
    submission = published(al)
    page = own_page(client, submission)
    Listing.objects.update(expires_on=timezone.localdate())
    for verb, state in (
        ("reserve", State.RESERVED), ("free", State.PUBLISHED), ("extend", State.PUBLISHED),
        ("take_out", State.GONE),
    ):  # fmt: skip
        assert client.post(f"{page}move/{verb}/")["Location"].endswith(f"?done={verb}")
        home = Listing.objects.get()
        assert home.state == state
    assert home.expires_on == timezone.localdate() + datetime.timedelta(days=90)
    assert client.post(f"{page}move/reserve/")["Location"].endswith("?done=late")
    assert client.post(f"{page}move/publish/").status_code == 404
    assert client.post(page, typed())["Location"].endswith("?done=late"), "what is gone is not changed"


def test_pictures_are_drawn_anew_ordered_and_told_in_words(client, al):
    submission = published(al)
    page = own_page(client, submission)
    client.post(f"{page}pictures/", {"file": picture(), "alt": "Stova"})
    assert Listing.objects.get().state == State.WAITING, "nobody has looked at it yet"
    client.post(f"{page}pictures/", {"file": picture(png(3000, 30), "brei.png"), "alt": "Huset"})
    first, second = ListingPhoto.objects.all()
    with default_storage.open(first.file.name) as kept, Image.open(kept) as drawn:
        assert not drawn.getexif()
        assert drawn.size == (first.width, first.height) == (800, 600)
    assert second.width == 2000
    assert "bilde" not in first.file.name
    client.post(f"{page}pictures/{second.pk}/first/")
    assert [photo.pk for photo in ListingPhoto.objects.all()] == [second.pk, first.pk]
    client.post(f"{page}pictures/{first.pk}/alt/", {"alt": "Stova om kvelden"})
    first.refresh_from_db()
    assert first.alt == "Stova om kvelden"
    assert client.get(f"{page}pictures/{first.pk}/").status_code == 200
    name = first.file.name
    client.post(f"{page}pictures/{first.pk}/drop/")
    assert not ListingPhoto.objects.filter(pk=first.pk).exists()
    assert default_storage.exists(name), "not before the commit"


@pytest.mark.parametrize(
    ("file", "alt", "words"),
    [
        (b"no picture at all", "Stova", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Stova", "SVG"),
        (png(8100, 1), "Stova", "8000"),
        (None, "Stova", "required"),
        (png(8, 8), "", "required"),
    ],
)
def test_what_is_no_picture_is_told_beside_it_and_what_it_shows_stays(client, al, file, alt, words):
    submission = published(al)
    page = own_page(client, submission).replace("/nb/", "/en/")
    data = {"alt": alt} | ({"file": picture(file)} if file is not None else {})
    answer = client.post(f"{page}pictures/", data)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert words in shown
    if alt:
        assert f'value="{alt}"' in shown
    assert not ListingPhoto.objects.exists()
    assert Listing.objects.get().state == State.PUBLISHED


def test_another_s_picture_can_t_be_touched(client, al):
    mine, theirs = published(al), ListingPhotoFactory(listing__municipality=al)
    page = own_page(client, mine)
    assert client.get(f"{page}pictures/{theirs.pk}/").status_code == 404
    for verb in ("drop", "first", "alt"):
        assert client.post(f"{page}pictures/{theirs.pk}/{verb}/", {"alt": "x"}).status_code == 404
    assert ListingPhoto.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"offer": "gift"}, "offer"),
        ({"price": "-5"}, "price"),
        ({"price": "99999999999"}, "price"),
        ({"deposit": "90000"}, None),
        ({"price": "900000"}, None),
        ({"area": "2"}, "area"),
        ({"area": "90000"}, "area"),
        ({"built_year": "12"}, "built_year"),
        ({"postal_code": "35"}, "postal_code"),
        ({"street_address": ""}, "street_address"),
        ({"free_from": "2099-01-01"}, "free_from"),
        ({"land": "-3"}, "land"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"email": "nobody"}, "email"),
        ({"leave_empty": "buy now"}, "leave_empty"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(client, al, wrong, field):
    answer = send(client, OFFER, typed(**wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "ds-error-summary" in page
    if field:
        assert f'id="id_{field}_error"' in page
    assert "Stille, &lt;b&gt;og&lt;/b&gt; nær butikken." in page
    assert not Listing.objects.exists()


def test_a_seeker_writes_the_owner_answers_and_no_address_is_shown_before(client, al):
    submission = published(al)
    write = f"/nn/al/homes/{submission.listing_id}/write/"
    words = {"text": "Kan vi sjå husværet?", "name": "Jamal", "email": "jamal@heime.example"}
    assert send(client, write, words)["Location"] == f"{write}?sent=1"
    message = OwnerMessage.objects.get()
    assert home_mail.mail(message.pk)
    to_owner = mail.outbox[-1]
    assert to_owner.to == ["torill@heime.example"]
    assert "Kan vi sjå husværet?" in to_owner.body
    assert "jamal@heime.example" not in to_owner.body
    assert to_owner.reply_to == []
    page = "/nb/" + opened(client, to_owner, "home-message")
    assert "jamal@heime.example" not in client.get(page).content.decode()
    assert client.post(page, {"text": ""}).status_code == 422
    assert client.post(page, {"text": "Kom på laurdag!"})["Location"].endswith("?done=1")
    client.post(page, {"text": "To gonger"})
    assert home_mail.mail_all() == 1
    to_seeker = mail.outbox[-1]
    assert (to_seeker.to, to_seeker.reply_to) == (["jamal@heime.example"], ["torill@heime.example"])
    assert "Kom på laurdag!" in to_seeker.body
    assert home_mail.mail_all() == 0
    assert OwnerMessage.objects.get().answer == "Kom på laurdag!"


def test_a_message_sent_twice_is_one(client, al):
    submission = published(al)
    write = f"/nn/al/homes/{submission.listing_id}/write/"
    stamp = re.search(r'name="stamp" value="([^"]+)"', client.get(write).content.decode()).group(1)
    words = {"text": "Hei", "name": "Jamal", "email": "jamal@heime.example", "stamp": stamp}
    for _ in range(2):
        assert send(client, write, words).status_code == 302
    assert OwnerMessage.objects.count() == 1


def test_to_a_home_without_an_owner_one_writes_to_the_municipality(client, al):
    home = ListingFactory(municipality=al)
    ListingTextFactory(listing=home)
    assert client.get(f"/nb/al/homes/{home.pk}/write/").status_code == 404
    page = client.get(f"/nb/al/homes/{home.pk}-lys-leilighet-i-sundre/").content.decode()
    assert "/write/" not in page


def test_mail_that_is_refused_waits_for_the_clock(al, refuse_mail_to):
    message = OwnerMessageFactory(municipality=al)
    ListingTextFactory(listing=message.listing)
    refuse_mail_to("torill@heime.example")
    assert not home_mail.mail(message.pk)
    message.refresh_from_db()
    assert message.passed_on_at is None
    ListingSubmission.objects.update(email="annen@heime.example")
    assert home_mail.mail_all() == 1


def test_the_owner_is_asked_once_before_it_runs_out_and_then_it_is_gone(client, al):
    submission = published(al)
    today = timezone.localdate()
    last = today + datetime.timedelta(days=5)
    Listing.objects.update(expires_on=last)
    for _ in range(2):
        delivery.look_after(today)
        delivery.tell_all()
    [asked] = mail.outbox
    page = "/nb/" + opened(client, asked, "home")
    delivery.look_after(last)
    assert Listing.objects.get().state == State.PUBLISHED, "its last day is a day of its"
    client.post(f"{page}move/extend/")
    delivery.look_after(last + datetime.timedelta(days=1))
    assert Listing.objects.get().state == State.PUBLISHED
    Listing.objects.update(expires_on=today)
    assert Listing.objects.shown(today).exists()
    assert not Listing.objects.shown(today + datetime.timedelta(days=1)).exists(), "also before the clock"
    delivery.look_after(today + datetime.timedelta(days=1))
    home = Listing.objects.get()
    assert (home.state, home.gone_at is not None) == (State.GONE, True)
    assert submission.pk


def test_nobody_publishes_for_an_address_that_is_not_confirmed(client, al, office):
    send(client, OFFER, typed())
    home = Listing.objects.get()
    client.force_login(office)
    decide = f"/admin/housing/listing/{home.pk}/decide/"
    client.post(decide, {"verb": "publish"})
    assert Listing.objects.get().state == State.DRAFT
    assert 'value="publish"' not in client.get(decide).content.decode()


def test_the_same_address_twice_is_told_to_who_decides(client, al, office):
    home = ListingFactory(municipality=al, street_address="Torpovegen 4", postal_code="3579")
    ListingFactory(municipality=al, street_address="torpovegen 4 ", postal_code="3579", state=State.GONE)
    again = ListingFactory(
        municipality=al, street_address="TORPOVEGEN 4", postal_code="3579", state=State.WAITING
    )
    ListingTextFactory(listing=again)
    client.force_login(office)
    shown = client.get(f"/admin/housing/listing/{again.pk}/decide/").content.decode()
    assert f"/admin/housing/listing/{home.pk}/decide/" in shown
    assert shown.count("/decide/") == 1


def test_nobody_s_mailbox_is_filled(client, al, settings):
    settings.RATE_LIMIT_FACTOR = 1
    answers = [send(client, OFFER, typed()).status_code for _ in range(7)]
    assert answers == [302] * 5 + [422] * 2


def test_who_is_elsewhere_or_may_only_read_decides_nothing(client, al):
    home = ListingFactory(municipality=al, state=State.WAITING)
    path = f"/admin/housing/listing/{home.pk}/decide/"
    client.force_login(MembershipFactory(role=Role.ADMINISTRATOR).user)
    assert client.post(path, {"verb": "publish"}).status_code == 404
    client.force_login(MembershipFactory(municipality=al, role=Role.READER).user)
    assert client.post(path, {"verb": "publish"}).status_code == 403
    assert Listing.objects.get().state == State.WAITING


def test_without_a_word_in_any_language_nothing_is_published(client, al, office):
    home = ListingFactory(municipality=al, state=State.DRAFT)
    client.force_login(office)
    path = f"/admin/housing/listing/{home.pk}/decide/"
    assert client.post(path, {"verb": "publish"}).status_code == 422


def test_who_offered_it_is_forgotten_in_time(client, al):
    send(client, OFFER, typed())
    kept = published(al)
    OwnerMessageFactory(listing=kept.listing, municipality=al)
    today = timezone.localdate()
    retention.clean(al, today + datetime.timedelta(days=8))
    assert [row.pk for row in ListingSubmission.objects.all()] == [kept.pk]
    assert [row.pk for row in Listing.objects.all()] == [kept.listing_id]
    retention.clean(al, today + datetime.timedelta(days=91))
    assert ListingSubmission.objects.count() == 1, "as long as the home is shown"
    assert not OwnerMessage.objects.exists()
    Listing.objects.update(state=State.GONE, gone_at=timezone.now())
    retention.clean(al, today + datetime.timedelta(days=92))
    assert not ListingSubmission.objects.exists()
    home = Listing.objects.get()
    assert not home.from_owner
    assert (home.street_address, home.texts.count(), home.price) == ("", 0, 9500)
