"""National services that the topics link to; a link with a language is for its readers only."""

LINKS: dict[str, list[tuple[str, str, str]]] = {
    "jobs": [("arbeidsplassen.no", "https://arbeidsplassen.nav.no", "")],
    "housing": [("finn.no", "https://www.finn.no", ""), ("husbanken.no", "https://www.husbanken.no", "")],
    "school": [("vigo.no", "https://www.vigo.no", ""), ("udir.no", "https://www.udir.no", "")],
    "leisure": [("ut.no", "https://ut.no", "")],
    "maps": [
        ("norgeskart.no", "https://www.norgeskart.no", ""),
        ("ut.no", "https://ut.no", ""),
        ("skisporet.no", "https://skisporet.no", ""),
    ],
    "health-station": [("helsenorge.no", "https://www.helsenorge.no", "")],
    "doctor": [
        ("helsenorge.no", "https://www.helsenorge.no", ""),
        ("helsenorge.no in English", "https://www.helsenorge.no/en/", "en"),
    ],
    "police": [("politiet.no", "https://www.politiet.no", "")],
    "nav": [
        ("nav.no", "https://www.nav.no", ""),
        ("nav.no in English", "https://www.nav.no/en/home", "en"),
    ],
    "tax": [
        ("skatteetaten.no", "https://www.skatteetaten.no", ""),
        ("skatteetaten.no in English", "https://www.skatteetaten.no/en/", "en"),
    ],
    "language-courses": [("hkdir.no", "https://hkdir.no", "")],
    "post": [("posten.no", "https://www.posten.no", "")],
    "transport": [
        ("entur.no", "https://entur.no", ""),
        ("brakar.no", "https://www.brakar.no", ""),
        ("vy.no", "https://www.vy.no", ""),
    ],
    "library": [("Det flerspråklige bibliotek", "https://dfb.nb.no", "")],
}
