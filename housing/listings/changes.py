"""What every change of a home is made of, whoever makes it: staff or its owner."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from housing.listings.models import Listing, ListingPhoto, ListingText, PriceChange
from housing.shown import pictures


def save(*, listing: Listing) -> None:
    """As it stands, with its price noted where that is new."""
    with transaction.atomic():
        listing.changed_at = timezone.now()
        listing.save()
        note_price(listing)


def note_price(listing: Listing) -> None:
    last = PriceChange.objects.filter(listing=listing).order_by("-since", "-pk").first()
    if listing.price is None or (last is not None and last.price == listing.price):
        return
    PriceChange.objects.update_or_create(
        listing=listing,
        since=timezone.localdate(),
        defaults={"price": listing.price, "municipality_id": listing.municipality_id},
    )


def write_text(*, listing: Listing, language: str, title: str, body: str) -> ListingText:
    """One language's words, by who is no colleague."""
    text = ListingText.objects.filter(listing=listing, language=language).first()
    if text is None:
        text = ListingText(listing=listing, municipality_id=listing.municipality_id, language=language)
    elif (text.title, text.body) != (title, body):
        text.version += 1
    text.title, text.body = title, body
    text.changed_at, text.changed_by, text.reviewed_on = timezone.now(), None, timezone.localdate()
    text.save()
    return text


def add_photo(*, listing: Listing, drawn: UploadedFile, width: int, height: int, alt: str) -> ListingPhoto:
    """Behind the others. `drawn` is from `pictures.take`."""
    last = listing.photos.aggregate(last=Max("order"))["last"]
    return ListingPhoto.objects.create(
        municipality_id=listing.municipality_id, listing=listing, file=drawn, width=width, height=height,
        alt=alt, order=0 if last is None else last + 1,
    )  # fmt: skip


def put_first(*, photo: ListingPhoto) -> None:
    """The others keep their order behind it."""
    others = list(ListingPhoto.objects.filter(listing=photo.listing_id).exclude(pk=photo.pk))
    for order, each in enumerate([photo, *others]):
        each.order = order
    ListingPhoto.objects.bulk_update([photo, *others], ["order"])


def drop_photo(*, photo: ListingPhoto) -> None:
    with transaction.atomic():
        pictures.forget(photo)


def strip(*, listing: Listing) -> None:
    """What shows whose home it was: pictures, words, address and point. What it was and cost stays, for figures."""
    with transaction.atomic():
        for photo in listing.photos.all():
            pictures.forget(photo)
        listing.texts.all().delete()
        Listing.objects.filter(pk=listing.pk).update(
            street_address="", latitude=None, longitude=None, website=""
        )


def delete(*, listing: Listing) -> None:
    """With its pictures' files."""
    with transaction.atomic():
        for photo in listing.photos.all():
            pictures.forget(photo)
        listing.delete()
