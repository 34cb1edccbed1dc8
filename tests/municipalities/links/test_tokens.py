import re

import pytest

from municipalities.links import tokens

NONCE = "00112233445566778899"
BOUND = ("welcome.household", 7, 3)
FORMER = "f" * 60


def made(**more):
    return tokens.make(**({"purpose": "review", "nonce": NONCE, "bound_to": BOUND} | more))


def holds(text, *, purpose="review", nonce=NONCE, bound_to=BOUND):
    token = tokens.read(text, purpose=purpose)
    return token is not None and token.fits(purpose=purpose, nonce=nonce, bound_to=bound_to)


def test_the_same_row_gives_the_same_token_and_it_can_be_typed():
    assert made() == made()
    assert re.fullmatch(r"[a-z2-7]{40}", made())
    assert holds(made())
    assert holds(made().upper())


def test_each_part_of_what_it_is_bound_to_counts():
    others = [
        {"purpose": "hosting"},
        {"nonce": NONCE[::-1]},
        {"bound_to": ("welcome.household", 8, 3)},
        {"bound_to": ("welcome.household", 7, 4)},
        {"bound_to": ("welcome.person", 7, 3)},
    ]
    for other in others:
        assert made(**other) != made()
        assert not holds(made(**other)), other
        assert not holds(made(), **other), other


def test_every_changed_letter_is_noticed():
    text = made()
    for place in range(len(text)):
        other = "b" if text[place] == "a" else "a"
        assert not holds(text[:place] + other + text[place + 1 :]), place


@pytest.mark.parametrize(
    "text", ["", "a", "a" * 39, "a" * 40, "a" * 41, "1" * 40, "å" * 40, "=" * 40, "a" * 39 + "="]
)
def test_what_is_no_token_is_refused(text):
    assert tokens.read(text, purpose="review") is None


def test_it_cannot_be_made_without_the_key(settings):
    text = made()
    settings.SECRET_KEY = "another" * 10
    assert made() != text
    assert not holds(text)


def test_a_former_key_opens_for_as_long_as_it_is_kept(settings):
    current, settings.SECRET_KEY = settings.SECRET_KEY, FORMER
    text, state = made(), tokens.fingerprint("v1", nonce=NONCE)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = current, [FORMER]
    assert holds(text)
    assert tokens.is_fingerprint(state, "v1", nonce=NONCE)
    settings.SECRET_KEY_FALLBACKS = []
    assert not holds(text)


def test_a_fingerprint_tells_whether_and_not_what():
    state = tokens.fingerprint("strengtFortrolig", nonce=NONCE)
    assert tokens.is_fingerprint(state, "strengtFortrolig", nonce=NONCE)
    assert not tokens.is_fingerprint(state, "", nonce=NONCE)
    assert state != tokens.fingerprint("strengtFortrolig", nonce=NONCE[::-1]), "equal states don't look equal"
