"""What each block says where the municipality has written nothing of its own."""

from typing import Any

from django.utils.html import escape

from municipalities.texts.languages import fallback_order
from welcome.letters.speaking import speaking, spoken
from welcome.letters.template_models import BlockKind


def words_for(kind: str, language: str) -> dict[str, str]:
    """{"title", "body"} in `language`, or in English where letters don't speak it (`speaking.spoken`)."""
    with speaking(language) as _:
        match kind:
            case BlockKind.HOST:
                return _text(
                    _("Meet your host"),
                    _(
                        "{host} lives here and is your host: somebody to ask about what is written nowhere. {host}"
                        " gets in touch with you soon. You are welcome to call first."
                    ),
                )
            case BlockKind.MEETING:
                return {
                    "title": _("Come to the welcome meeting"),
                    "body": "<p><strong>{}</strong><br>{{meeting_place}}</p><p>{}</p>".format(
                        escape(_("{meeting_day} at {meeting_time}")),
                        escape(
                            _(
                                "Meet others who are new here, and people who can answer what you wonder about."
                            )
                        ),
                    ),
                }
            case BlockKind.GIFTS:
                return _text(
                    _("Your welcome package"),
                    _("These gifts are for you, from businesses and clubs that are glad you came:"),
                )
            case BlockKind.FAMILY:
                return _text(
                    _("For the children"),
                    _(
                        "School, kindergarten and clubs look forward to your children. Call us and we tell you"
                        " what to do first."
                    ),
                )
            case BlockKind.PRACTICAL:
                return _text(
                    _("The practical things are enclosed"),
                    _(
                        "The next pages hold what most people ask about first, with addresses and numbers to call."
                    ),
                )
            case BlockKind.SIGNATURE:
                return _text("", _("Warm regards"))
    raise LookupError(f"A block of the kind {kind} has no words of the portal's.")


def _text(title: str, paragraph: str) -> dict[str, str]:
    return {"title": title, "body": f"<p>{escape(paragraph)}</p>"}


def nearest_words(block: dict[str, Any], language: str, home: str) -> dict[str, str]:
    """{"title", "body", "language"}: what the municipality has written in `language`; the portal's words
    where letters speak it; else the nearest language that the municipality has written."""
    texts = block["texts"]
    if language not in texts and spoken(language) != language:
        near = next((code for code in fallback_order(language, home) if code in texts), None)
        language = near or language
    if language in texts:
        return {**texts[language], "language": language}
    return {**words_for(block["kind"], language), "language": spoken(language)}
