"""Words as people type them: letters folded, endings taken off, the sister word of the other written form known."""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property, lru_cache

# Both `Ål`, `Aal` and `al` are typed, on keyboards with and without the letters.
LETTERS = str.maketrans({"æ": "a", "ø": "o", "å": "a", "đ": "d", "ŧ": "t", "ŋ": "n", "ł": "l", "ß": "ss"})
DOUBLED = (("aa", "a"), ("ae", "a"), ("oe", "o"))
ENDINGS = sorted(
    ("ene", "ane", "one", "ens", "ing", "er", "ar", "or", "en", "et", "ei", "es", "e", "a", "s"), key=len
)[::-1]
# Words of a question, not of its subject.
STOP_WORDS = frozenset(
    (
        "hvor hva hvem hvordan når kan jeg vi du er det den en et ei i på til for fra med om og som å "
        "kor kva kven korleis eg me ein eit frå "
        "where what who how when can we you is are the a an in on at to from with about and or do my"
    ).split()
)
SHORTEST = 2
MOST_TERMS = 8
LONG_ENOUGH_TO_BEGIN = 4  # three letters begin too much else.
LONG_ENOUGH_TO_BE_MISSPELT = 4

# What bokmål, nynorsk and English call the same thing, and what people say for what we write. One line a thing.
SISTERS = [
    "bolig bustad hus hjem heim housing home house",
    "leilighet leilegheit husvære hybel flat apartment",
    "leie leige utleie utleige rent rental",
    "tomt tomter plot plots",
    "jobb arbeid stilling ledig job jobs work vacancy",
    "skole skule school",
    "barnehage kindergarten nursery daycare",
    "sfo skolefritidsordning skulefritidsordning after-school",
    "lege lækjar fastlege doctor gp physician",
    "legevakt emergency",
    "tannlege tannlækjar dentist",
    "helsestasjon helse health",
    "sykehus sjukehus hospital",
    "apotek pharmacy chemist",
    "søppel avfall renovasjon boss bos waste rubbish garbage trash",
    "vann vatn water",
    "strøm straum electricity",
    "kirke kyrkje church",
    "svømming symjing svømmehall symjehall bading swimming pool",
    "bibliotek library bøker books",
    "buss rutebuss bus",
    "tog train",
    "vei veg road",
    "skatt tax",
    "folkeregister flyttemelding",
    "norskkurs språkkurs norwegian",
    "butikk shop shops store",
    "forening lag klubb club association",
    "idrett sport trening exercise",
    "barn born unge child children kids",
    "ungdom youth",
    "eldre gamle elderly",
    "kommune municipality council",
    "vert tilflyttervert tilflyttarvert host",
    "politi police",
    "bank",
    "post mail",
]
# The same of occupations, which are also looked for within longer words: long enough to stand in no other.
OCCUPATIONS = [
    "sykepleier sjukepleiar nurse",
    "vernepleier vernepleiar",
    "helsefagarbeider helsefagarbeidar omsorgsarbeider carer",
    "lærer lærar teacher",
    "elektriker elektrikar electrician",
    "rørlegger røyrleggar plumber",
    "tømrer tømrar snekker snikkar carpenter joiner",
    "mekaniker mekanikar mechanic",
    "kokk chef cook",
    "servitør kelner waiter",
    "renholder reinhaldar cleaner",
    "sjåfør driver",
    "ingeniør engineer",
    "regnskapsfører rekneskapsførar accountant",
    "vaktmester vaktmeister caretaker janitor",
    "bonde gardbruker gardbrukar farmer",
    "butikkmedarbeider butikkmedarbeidar",
    "fysioterapeut physiotherapist",
    "lege lækjar doctor physician",
    "tannlege tannlækjar dentist",
]


def fold(text: str) -> str:
    text = unicodedata.normalize("NFC", text).casefold().translate(LETTERS)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    for doubled, single in DOUBLED:
        text = text.replace(doubled, single)
    return text


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A folded word without its ending; short words keep theirs."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=20_000)
def folded(word: str) -> str:
    """Of single words, which come again and again."""
    return fold(word)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def _sisters() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in [*SISTERS, *OCCUPATIONS]:
        group = words(line)
        for word in group:
            others = tuple(other for other in group if stem(other) != stem(word))
            found[stem(word)] = tuple(dict.fromkeys((*found.get(stem(word), ()), *others)))
    return found


def _as_written() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in OCCUPATIONS:
        for word in line.split():
            found[stem(fold(word))] = (*found.get(stem(fold(word)), ()), *line.split())
    return found


_AS_WRITTEN = _as_written()


def spellings(query: str, most: int = 6) -> list[set[str]]:
    """Each word of a query in all ways in which a text may have it, for databases that fold no letter beyond Z and
    know no sister words."""
    kept = [word for word in query.split() if word.casefold() not in STOP_WORDS] or query.split()
    return [
        {way for each in (word, *_AS_WRITTEN.get(stem(fold(word)), ())) for way in _ways(each)}
        for word in kept[:most]
    ]


def _ways(word: str) -> set[str]:
    return {word, word.lower(), word.capitalize(), word.upper()}


@dataclass(frozen=True)
class Term:
    """One word of a query: as typed but folded, its stem, and what else is called so."""

    word: str
    stem: str
    sisters: tuple[str, ...] = ()
    shown: str = ""  # As people write it.
    partial: bool = False  # Somebody is still typing it.

    @cached_property
    def sister_stems(self) -> frozenset[str]:
        return frozenset(map(stem, self.sisters))

    @cached_property
    def beginning(self) -> str:
        """With which a longer word may begin that answers it too; empty where that would be too much."""
        if self.partial:
            return self.word
        return next((part for part in (self.stem, self.word) if len(part) >= LONG_ENOUGH_TO_BEGIN), "")


_SISTERS = _sisters()


def terms(query: str, *, partial: bool = False) -> list[Term]:
    """What a query asks for; a query of nothing but small words is taken at its word. With `partial` its last word
    may be the beginning of one."""
    found = re.findall(r"\w+", unicodedata.normalize("NFC", query).casefold())
    kept = [word for word in found if word not in STOP_WORDS and len(word) >= SHORTEST] or found
    typing = partial and bool(found) and bool(kept) and kept[-1] == found[-1] and query[-1:].isalnum()
    made: dict[str, Term] = {}
    for place, word in enumerate(kept[:MOST_TERMS], 1):
        folded = fold(word)
        last = typing and place == len(kept)
        made[stem(folded)] = Term(folded, stem(folded), _SISTERS.get(stem(folded), ()), word, last)
    return list(made.values())


def fits(term: Term, word: str) -> float:
    """How well a word of a text answers a term, 0 to 1. Norwegian compounds make parts count."""
    bare = stem(word)
    if bare == term.stem or word == term.word:
        return 1.0
    if term.beginning and word.startswith(term.beginning):
        return 0.8
    if bare in term.sister_stems:
        return 0.6
    if len(term.stem) >= 4 and term.stem in word:
        return 0.5
    if len(bare) >= 5 and term.stem.startswith(bare):
        return 0.4
    return 0.0


def is_misspelt(term: str, word: str) -> bool:
    """Whether `term` is likely what somebody typed who meant the folded `word`."""
    bare = stem(word)
    if len(term) < LONG_ENOUGH_TO_BE_MISSPELT or abs(len(term) - len(bare)) > 2:
        return False
    return difflib.SequenceMatcher(None, term, bare).ratio() >= 0.8
