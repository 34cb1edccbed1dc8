"""From a cell's word to one of ours: grades of protection, languages, reasons, roles. Each raises Wrong."""

from functools import lru_cache
from typing import Any

from welcome.households.cells import Wrong, text_of
from welcome.households.models import PersonRole, Protection, Reason
from welcome.households.recognition import plain_letters


def _words(*groups: tuple[str, str]) -> dict[str, str]:
    return {_bare(word): code for code, words in groups for word in words.split(",")}


@lru_cache(maxsize=1024)
def _bare(text: str) -> str:
    return "".join(c for c in plain_letters(text) if c.isalnum())


# Grades of the population register, the older SPES codes 4, 6 and 7, and what people write.
_PROTECTION = _words(
    (Protection.NONE, "nei,ingen,ugradert,no,none,false,0,nei takk,-"),
    (Protection.CLIENT, "klientadresse,klient,client address,kode 4,spes 4,4"),
    (Protection.CONFIDENTIAL, "fortrolig,fortruleg,fortrolig adresse,confidential,kode 7,spes 7,7"),
    (
        Protection.STRICT,
        "strengtFortrolig,strengt fortrolig,strengt fortruleg,strengt fortrolig adresse,strictly confidential,"
        # A mere yes doesn't say how strictly: then as strictly as there is.
        "strict,kode 6,spes 6,6,ja,yes,true,x,1,skjermet,skjerma,sperret,sperra,hemmelig adresse",
    ),
)


def protection_of(cell: Any) -> str:
    if cell is None or (isinstance(cell, str) and cell.strip() in {"", "-"}):
        return Protection.NONE.value
    try:
        return _PROTECTION[_bare(text_of(cell, limit=60))]
    except (KeyError, Wrong):
        raise Wrong("protection_unknown") from None


_LANGUAGES = _words(
    ("nb", "nb,nob,no,nor,nb-NO,bokmål,norsk,norsk bokmål,norwegian"),
    ("nn", "nn,nno,nn-NO,nynorsk,norsk nynorsk"),
    ("en", "en,eng,en-GB,en-US,engelsk,english"),
    ("se", "se,sme,nordsamisk,samisk,davvisámegiella,sámegiella,northern sami,sami"),
    ("uk", "uk,ukr,uk-UA,ukrainsk,ukrainian,українська"),
    ("pl", "pl,pol,polsk,polish,polski"),
    ("lt", "lt,lit,litauisk,lithuanian,lietuvių"),
    ("de", "de,deu,ger,tysk,german,deutsch"),
    ("ar", "ar,ara,arabisk,arabic,العربية"),
    ("fa", "fa,prs,fas,per,dari,persisk,farsi,persian,دری,فارسی"),
    ("so", "so,som,somali,somalisk,soomaali"),
    ("ti", "ti,tir,tigrinja,tigrinya,ትግርኛ"),
    ("vi", "vi,vie,vietnamesisk,vietnamese,tiếng việt"),
)


def language_of(cell: Any) -> str:
    text = text_of(cell, limit=60)
    if text and _bare(text) not in _LANGUAGES:
        raise Wrong("language_unknown")
    return _LANGUAGES[_bare(text)] if text else ""


_REASONS = _words(
    (Reason.JOB, "jobb,arbeid,arbeidsforhold,job,work,employment"),
    (
        Reason.FAMILY,
        "familie,family,familiegjenforening,familiesameining,samboer,sambuar,ekteskap,kjærlighet",
    ),
    (Reason.RETURNING, "tilbakeflytting,tilbake,hjemflytting,heimflytting,returning,coming back,return"),
    (Reason.STUDIES, "studier,studium,utdanning,skole,skule,studies,education,school"),
    (Reason.REFUGE, "flukt,flyktning,bosetting,busetjing,busetting,asyl,refuge,refugee,asylum"),
    (Reason.HOME, "bolig,bustad,gard,gård,småbruk,hus,home,house,farm,home or farm"),
    (Reason.NATURE, "natur,fritid,natur og fritid,nature,leisure,nature and leisure"),
    (Reason.OTHER, "annet,anna,andre,other"),
)


def reason_of(cell: Any) -> str:
    text = text_of(cell, limit=200)
    if text and _bare(text) not in _REASONS:
        raise Wrong("reason_unknown")
    return _REASONS[_bare(text)] if text else ""


_ROLES = _words(
    (
        PersonRole.ADULT,
        "voksen,vaksen,adult,forelder,foreldre,mor,far,ektefelle,samboer,sambuar,partner,hovedperson,hovudperson",
    ),
    (PersonRole.CHILD, "barn,child,sønn,son,datter,dotter,daughter,stebarn"),
)


def role_of(cell: Any) -> str:
    text = text_of(cell, limit=60)
    if text and _bare(text) not in _ROLES:
        raise Wrong("role_unknown")
    return _ROLES[_bare(text)] if text else ""
