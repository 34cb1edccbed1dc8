"""Invented names, drawn from common given and family names of each origin."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Where a household comes from: its names, the language of its letters, and why such people move."""

    weight: int
    languages: tuple[str, ...]
    places: tuple[str, ...]
    reasons: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NORWEGIAN = Origin(
    60,
    (),  # The municipality's own form, mostly: households.py chooses.
    ("Oslo", "Bergen", "Trondheim", "Stavanger", "Bærum", "Asker", "Drammen", "Hamar", "Tønsberg", "Voss", "Skien"),
    ("job", "job", "family", "returning", "home", "nature", "studies"),
    _words("Ingrid Kari Solveig Marte Silje Åse Turid Ragnhild Guro Hilde Sunniva Tuva Emma Nora Live Astrid Bjørg"),
    _words("Ola Lars Knut Torstein Eirik Håkon Sondre Magnus Øyvind Jonas Emil Halvor Trygve Bård Svein Isak Åsmund"),
    _words(
        "Bakken Haugen Lien Moen Berg Nilsen Solberg Strand Myhre Sørensen Rødningen Brenne Hovland Grøndal Ødegård"
        " Fossum Kvam Nygård Sæther Tangen Ulven Vik Øien Aasen Engebretsen Kleiva Rud Skaar"
    ),
)  # fmt: skip

ORIGINS: dict[str, Origin] = {
    "norwegian": _NORWEGIAN,
    "ukrainian": Origin(
        10, ("uk", "uk", "en"), ("Kyiv", "Kharkiv", "Odesa", "Dnipro", "Mariupol"), ("refuge",),
        _words("Oksana Iryna Olena Nataliia Yuliia Tetiana Daryna Kateryna Sofiia Anastasiia"),
        _words("Andrii Oleksandr Dmytro Serhii Mykola Bohdan Taras Maksym Artem Vasyl"),
        _words("Kovalenko Shevchenko Bondarenko Tkachenko Kravchuk Melnyk Lysenko Hrytsenko Savchenko Marchenko"),
    ),
    "ukrainian_cyrillic": Origin(
        2, ("uk",), ("Київ", "Харків", "Одеса"), ("refuge",),
        _words("Оксана Ірина Олена Юлія Надія Соломія"),
        _words("Андрій Богдан Тарас Михайло Юрій Олексій"),
        _words("Коваленко Бойко Мельник Гриценко Ткачук Кравець"),
    ),
    "polish": Origin(
        8, ("pl", "pl", "nb", "en"), ("Gdańsk", "Kraków", "Szczecin", "Wrocław", "Drammen"), ("job", "job", "family"),
        _words("Agnieszka Katarzyna Małgorzata Ewa Zofia Joanna Magdalena Beata"),
        _words("Piotr Krzysztof Tomasz Paweł Michał Wojciech Łukasz Stanisław"),
        _words("Nowak Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Dąbrowski Jabłoński"),
    ),
    "lithuanian": Origin(
        5, ("lt", "nb", "en"), ("Vilnius", "Kaunas", "Klaipėda"), ("job", "family"),
        _words("Jurgita Rasa Daiva Eglė Ieva Živilė Giedrė"),
        _words("Tomas Mantas Darius Rokas Žygimantas Gediminas"),
        _words("Kazlauskas Petrauskas Jankauskas Žukauskas Balčiūnas Stankevičius"),
    ),
    "german": Origin(
        3, ("de", "nb", "en"), ("Hamburg", "Kiel", "Leipzig", "München"), ("nature", "job", "home"),
        _words("Anke Ulrike Jana Heike Käthe Sabine Lena"),
        _words("Jürgen Matthias Björn Stefan Uwe Niklas Götz"),
        _words("Müller Schröder Weiß Köhler Böttcher Krüger Vogel"),
    ),
    "dutch": Origin(
        2, ("en", "nb"), ("Utrecht", "Groningen", "Zwolle"), ("nature", "home"),
        _words("Marieke Femke Anouk Sanne Lotte"),
        _words("Pieter Joris Sjoerd Bram Willem"),
        ("van Dijk", "de Boer", "Jansen", "van der Meer", "Hoekstra", "ten Hoeve"),
    ),
    "eritrean": Origin(
        3, ("ti", "nb", "en"), ("Asmara", "Keren", "Khartoum"), ("refuge", "family"),
        _words("Selam Rahel Bethlehem Feven Luwam Semhar"),
        _words("Yonas Samuel Filmon Abel Robel Tesfay"),
        _words("Gebremedhin Tesfay Haile Berhane Woldu Habte Kidane"),
    ),
    "syrian": Origin(
        4, ("ar", "nb", "en"), ("Aleppo", "Damaskus", "Homs"), ("refuge", "family"),
        _words("Rima Nour Hala Samira Layal Dina"),
        _words("Ahmad Omar Yousef Bilal Khaled Tarek"),
        ("Al-Hassan", "Haddad", "El Masri", "Khoury", "Al-Ahmad", "Darwish"),
    ),
    "afghan": Origin(
        2, ("fa", "nb"), ("Kabul", "Herat", "Teheran"), ("refuge", "family"),
        _words("Fereshteh Zahra Maryam Parisa Shirin"),
        _words("Navid Reza Mahdi Hamid Farid"),
        _words("Ahmadi Rezai Haidari Mohammadi Nazari"),
    ),
    "vietnamese": Origin(
        1, ("vi", "nb"), ("Hanoi", "Ho Chi Minh-byen", "Oslo"), ("family", "job"),
        ("Thị Hồng", "Ngọc Ánh", "Thu Hương", "Mỹ Duyên"),
        ("Văn Đức", "Minh Quân", "Quốc Bảo", "Hữu Phước"),
        _words("Nguyễn Trần Phạm Huỳnh Đặng"),
    ),
    "sami": Origin(
        2, ("se", "nb"), ("Kautokeino", "Karasjok", "Tana", "Tromsø"), ("studies", "job", "family"),
        _words("Máret Elle Risten Sárá Inga Biret"),
        _words("Ánte Mihkkal Niillas Jovnna Áilu Piera"),
        _words("Somby Eira Gaup Sara Hætta Utsi Bongo"),
    ),
    "somali": Origin(
        2, ("so", "nb", "en"), ("Mogadishu", "Hargeisa", "Skien"), ("family", "job", "refuge"),
        _words("Amina Hodan Fadumo Sahra Ifrah"),
        _words("Abdi Mohamed Hassan Ismail Liban"),
        _words("Warsame Abdullahi Jama Farah Nur"),
    ),
    "british": Origin(
        3, ("en",), ("London", "Edinburgh", "Dublin", "Toronto"), ("job", "nature", "family"),
        _words("Emily Fiona Charlotte Siân Niamh"),
        _words("James Oliver Callum Rhys Conor"),
        ("Smith", "O'Connor", "MacLeod", "Evans", "Fitz-Gerald", "Wright"),
    ),
}  # fmt: skip


def staff_name(number: str, subject: str) -> str:
    """The same person each time for one municipality's office."""
    rng = random.Random(f"staff {number} {subject}")  # noqa: S311 - the same names each time
    given = rng.choice(_NORWEGIAN.women + _NORWEGIAN.men)
    return f"{given} {rng.choice(_NORWEGIAN.families)}"
