"""What the letters of a run share, copied word for word when the run is frozen."""

import datetime
import hashlib
import html
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import override

from municipalities.contacts.models import ContactPoint
from municipalities.municipality.models import Municipality, MunicipalityText, TextKind, texts_of
from municipalities.texts.models import TextSet
from municipalities.topics.models import Topic, TopicText
from welcome.letters.default_blocks import nearest_words
from welcome.letters.models import LetterRun, RunText
from welcome.letters.speaking import catalogue_of, spoken
from welcome.letters.template_models import BlockKind, LetterTemplate, template_of
from welcome.letters.words import fixed_words, opening_hours

IMAGES = "letters/images"


def letterhead(municipality: Municipality) -> dict[str, Any]:
    """Name, address and pictures as they are today. Raises OSError where a picture can't be read."""
    return {
        "number": municipality.number,
        "place": municipality.name,
        "office": municipality.office_name,
        "address": municipality.street_address,
        "post": f"{municipality.postal_code} {municipality.postal_place}",
        "phone": municipality.phone.as_national if municipality.phone else "",
        "site": site_name(municipality.website),
        "mayor": municipality.mayor_name,
        "accent": municipality.accent,
        "arms": keep_image(municipality.arms),
        "signature": keep_image(municipality.mayor_signature),
    }


def keep_image(image: FieldFile) -> str:
    """The path of a copy that is named after its content, so that a new picture never changes an old
    letter; "" where there is none."""
    if not image:
        return ""
    with image.open("rb") as opened:
        content = opened.read()
    path = f"{IMAGES}/{hashlib.sha256(content).hexdigest()}{PurePath(image.name or '').suffix.lower()}"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(content))
    return path


def privacy_page(municipality: Municipality, language: str) -> str:
    """As one types it, without `https://`: the municipality's own page, or the portal's where the municipality
    is not open to the public yet."""
    with override(catalogue_of(language)):
        address = reverse("portal:privacy", args=[municipality.slug] if municipality.published else [])
    return urlsplit(settings.SITE_URL).netloc + address


def site_name(url: str) -> str:
    """`aal.kommune.no` for `https://www.aal.kommune.no/`."""
    parts = urlsplit(url)
    return (parts.netloc.removeprefix("www.") + parts.path).rstrip("/")


class Contents:
    """Texts of a municipality by language, read once for a whole run."""

    def __init__(
        self, municipality: Municipality, dated: datetime.date, template: LetterTemplate | None = None
    ) -> None:
        """`template` stands in for the newest one that is saved."""
        self.template = template or template_of(municipality)
        self._municipality = municipality
        self._dated = dated
        self._greetings = texts_of(municipality, TextKind.GREETING)
        self._introductions = texts_of(municipality, TextKind.ENCLOSURE)
        self._topics = list(Topic.objects.of(municipality).in_letter().with_content())

    def language_for(self, wished: str) -> str | None:
        """The language of the letter to a household that wished for `wished`: the nearest one the
        municipality has written its greeting in; None where it has written none at all."""
        greeting = self._greetings.best(wished)
        return greeting.language if greeting else None

    def in_language(self, run: LetterRun, language: str) -> RunText:
        greeting = self._greetings.in_language(language)
        if greeting is None:
            raise LookupError(f"There is no greeting in {language}.")
        words = fixed_words(
            language,
            self._municipality.name,
            self._dated,
            quarter=run.quarter,
            privacy=privacy_page(self._municipality, language),
        )
        if greeting.title and spoken(language) != language:
            # The portal has no heading in this language; the municipality has written one.
            words["heading"] = greeting.title
        return RunText(
            municipality=self._municipality,
            run=run,
            language=language,
            greeting={"title": greeting.title, "body": greeting.body, "language": language},
            introduction=self._introduction(self._introductions, language),
            enclosure=[item for topic in self._topics if (item := self._topic(topic, language)) is not None],
            words=words,
            blocks=list(self._blocks(language)),
        )

    def _blocks(self, language: str) -> Iterator[dict[str, str]]:
        """The blocks that are shown, each with its words in `language` or the nearest there is."""
        for block in self.template.blocks:
            kind = block["kind"]
            if kind == BlockKind.GREETING:
                yield {
                    "kind": kind,
                    "title": "",
                    "body": "",
                    "language": language,
                }  # It has a place of its own.
            elif block["shown"]:
                yield {"kind": kind, **nearest_words(block, language, self._municipality.home_language)}

    @staticmethod
    def _introduction(texts: TextSet[MunicipalityText], language: str) -> dict[str, str]:
        text = texts.best(language)
        return {"body": text.body, "language": text.language} if text else {}

    @staticmethod
    def _topic(topic: Topic, language: str) -> dict[str, Any] | None:
        text = topic.text_set.best(language)
        if text is None:
            return None
        return {
            "title": text.title or str(topic),
            "body": in_brief(text),
            "language": text.language,
            "contacts": [contact_line(link.contact, language) for link in topic.topiccontact_set.all()],
        }


def in_brief(text: TopicText) -> str:
    """The sentences for the enclosure: those written for it, else the page's first paragraph; no HTML."""
    if text.brief:
        return text.brief
    paragraphs = re.split(r"</(?:p|li|h2|h3|blockquote)>", text.body)
    plain = (" ".join(html.unescape(strip_tags(part)).split()) for part in paragraphs)
    return next((part for part in plain if part), "")


def contact_line(contact: ContactPoint, language: str) -> str:
    """`Ål legesenter · Torget 4 · 32 08 53 00 · man–fre 9–15`: what is known, in this order. A place without a
    number is reached on its website."""
    name = f"{contact.name}, {contact.person}" if contact.person else contact.name
    parts = [
        name,
        contact.street_address,
        contact.number_to_call or urlsplit(contact.website).netloc.removeprefix("www."),
        opening_hours(contact.opening_hours.all(), language),
    ]
    return " · ".join(part for part in parts if part)
