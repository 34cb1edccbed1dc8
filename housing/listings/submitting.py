"""What an owner without an account sends in: from the form to the queue, and back for a change. Pictures come behind
the owner's link only: nobody leaves files here without an address that is theirs."""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from housing.listings import changes
from housing.listings.models import Listing, ListingPhoto, ListingSubmission, OwnerKind
from housing.shown.models import MOST_PHOTOS
from municipalities.moderation import actions, nudges
from municipalities.moderation.models import OPEN, OUT, News, State
from municipalities.municipality.models import Municipality


@dataclass(frozen=True)
class Said:
    """`facts` are fields of the home by name."""

    title: str
    body: str
    language: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sender:
    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True)
class Picture:
    """Drawn anew already (`pictures.take`), with its size in pixels and what it shows."""

    drawn: UploadedFile
    width: int
    height: int
    alt: str


def submit(*, municipality: Municipality, said: Said, sender: Sender) -> ListingSubmission:
    """A draft that nobody sees before the sender has opened the link in the mail and said yes."""
    with transaction.atomic():
        listing = Listing(
            municipality=municipality, owner_kind=OwnerKind.PRIVATE, from_owner=True, **said.facts
        )
        _write(listing, said)
        submission = ListingSubmission.objects.create(
            municipality=municipality, listing=listing, name=sender.name, email=sender.email,
            phone=sender.phone, language=said.language, news=News.CONFIRM,
        )  # fmt: skip
        nudges.tell_soon(submission)
    return submission


def correct(*, submission: ListingSubmission, said: Said) -> bool:
    """Other words and facts, and into the queue: what was published waits again until somebody has looked. False for
    what is gone."""
    with transaction.atomic():
        listing = _open(submission)
        if listing is None:
            return False
        for name, value in said.facts.items():
            setattr(listing, name, value)
        _write(listing, said)
        if said.language != submission.language:
            # Written in another language than was said at first: the same text, not one more.
            listing.texts.filter(language=submission.language).delete()
        sent = ListingSubmission.objects.filter(pk=submission.pk)
        sent.update(language=said.language)
        sent.filter(confirmed_at=None).update(confirmed_at=timezone.now())
        submission.listing, submission.language = listing, said.language
        actions.move(listing, [State.DRAFT, *OUT], State.WAITING, None, waiting_since=timezone.now())
    return True


def add_picture(*, submission: ListingSubmission, picture: Picture) -> bool:
    """Behind the others; what was published waits again. False for what is gone, or has as many as there may be."""
    with transaction.atomic():
        listing = _open(submission)
        if listing is None or listing.photos.count() >= MOST_PHOTOS:
            return False
        changes.add_photo(
            listing=listing, drawn=picture.drawn, width=picture.width, height=picture.height, alt=picture.alt
        )
        _look_again(listing)
    return True


def say_what_it_shows(*, submission: ListingSubmission, photo: ListingPhoto, alt: str) -> bool:
    with transaction.atomic():
        listing = _open(submission)
        if listing is None:
            return False
        if ListingPhoto.objects.filter(pk=photo.pk, listing=listing).exclude(alt=alt).update(alt=alt):
            _look_again(listing)
    return True


def put_first(*, submission: ListingSubmission, photo: ListingPhoto) -> bool:
    """The picture that lists show."""
    with transaction.atomic():
        listing = _open(submission)
        if listing is None:
            return False
        changes.put_first(photo=photo)
    return True


def drop_picture(*, submission: ListingSubmission, photo: ListingPhoto) -> bool:
    """What is shown without it needs nobody's look."""
    with transaction.atomic():
        listing = _open(submission)
        if listing is None:
            return False
        changes.drop_photo(photo=photo)
    return True


def _open(submission: ListingSubmission) -> Listing | None:
    """Its home, locked; None once it is gone."""
    rows = Listing.objects.select_for_update(of=("self",)).select_related("municipality")
    return rows.filter(pk=submission.listing_id, state__in=[*OPEN, *OUT]).first()


def _look_again(listing: Listing) -> None:
    actions.move(listing, OUT, State.WAITING, None, waiting_since=timezone.now())


def _write(listing: Listing, said: Said) -> None:
    changes.save(listing=listing)
    changes.write_text(listing=listing, language=said.language, title=said.title, body=said.body)


def forget(*, submission: ListingSubmission) -> None:
    """Who sent it; with it the draft that was never confirmed."""
    if submission.confirmed_at is None and submission.listing.state == State.DRAFT:
        changes.delete(listing=submission.listing)
    else:
        with transaction.atomic():
            if submission.listing.state == State.GONE:
                changes.strip(listing=submission.listing)
            Listing.objects.filter(pk=submission.listing_id).update(from_owner=False)
            submission.delete()
