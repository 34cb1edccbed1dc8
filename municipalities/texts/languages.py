"""The languages a text may be written in, and who may stand in for whom.

The site's own screens speak nb, nn and en (`settings.LANGUAGES`); texts that a municipality
writes may be in any of these.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    code: str
    own_name: str  # As its readers write it: they look for their language, not for ours.
    rtl: bool = False


LANGUAGES = {
    language.code: language
    for language in (
        Language("nb", "Bokmål"),
        Language("nn", "Nynorsk"),
        Language("en", "English"),
        Language("se", "Davvisámegiella"),
        Language("uk", "Українська"),
        Language("pl", "Polski"),
        Language("lt", "Lietuvių"),
        Language("de", "Deutsch"),
        Language("ar", "العربية", rtl=True),
        Language("fa", "دری", rtl=True),
        Language("so", "Soomaali"),
        Language("ti", "ትግርኛ"),
        Language("vi", "Tiếng Việt"),
    )
}
CHOICES = [(language.code, language.own_name) for language in LANGUAGES.values()]


def fallback_order(wanted: str, home: str) -> list[str]:
    """Languages to try for a reader of `wanted` in a municipality whose own language is `home`.

    Norwegians read both written forms, so the sister form comes before English; everybody else
    gets English before Norwegian.
    """
    sister = {"nb": "nn", "nn": "nb"}
    home_pair = [home, sister.get(home, "nb")]
    order = [wanted, sister[wanted], "en"] if wanted in sister else [wanted, "en", *home_pair]
    return list(dict.fromkeys([*order, *home_pair, *LANGUAGES]))
