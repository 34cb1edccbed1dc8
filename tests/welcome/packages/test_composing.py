"""Who of a household gets how many of what: the rules of the booklet's package."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from municipalities.tenancy.models import Role
from tests.factories.welcome import GiftFactory, GiftTextFactory
from tests.welcome.letters.frozen import worker
from welcome.packages.composing import GiftLine, gifts_of
from welcome.packages.models import Gift, GiftRule, GiftText

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
DAY = datetime.date(2026, 10, 5)


def counted(gift, adults=2, children=(), day=DAY):
    lines = gifts_of([gift], adults=adults, children=children, day=day, language="nb")
    return lines[0].count if lines else 0


def a_gift(**rules):
    return GiftTextFactory(gift=GiftFactory(**rules)).gift


@pytest.mark.parametrize(
    ("rules", "adults", "children", "count"),
    [
        ({}, 2, [3, 7], 1),
        ({}, 0, [], 0),
        ({"rule": GiftRule.ADULT}, 3, [9], 3),
        ({"rule": GiftRule.ADULT, "most": 2}, 3, [], 2),
        ({"rule": GiftRule.CHILD}, 2, [], 0),
        ({"rule": GiftRule.CHILD}, 1, [0, None, 17], 3),
        # A year's membership in the sports club for up to two children (Nord-Troms).
        ({"rule": GiftRule.CHILD, "most": 2, "age_from": 6}, 2, [3, 6, 9, 12], 2),
        ({"rule": GiftRule.CHILD, "age_from": 6, "age_to": 12}, 2, [5, 6, 12, 13], 2),
        ({"rule": GiftRule.CHILD, "age_to": 0}, 2, [0, 1], 1),
        ({"rule": GiftRule.CHILD, "age_from": 0}, 2, [None, 4], 1),  # Nobody knows how old the other is.
    ],
)
def test_how_many(rules, adults, children, count):
    assert counted(a_gift(**rules), adults, children) == count


@pytest.mark.parametrize(("day", "given"), [(-1, 0), (0, 1), (30, 1), (31, 0)])
def test_as_long_as_the_agreement_lasts_its_last_day_included(day, given):
    gift = a_gift(valid_from=DAY, valid_until=DAY + datetime.timedelta(days=30))
    on = DAY + datetime.timedelta(days=day)
    assert counted(gift, day=on) == given
    assert Gift.objects.valid_on(on).count() == given


def test_in_the_reader_s_language_or_the_nearest_and_in_order():
    late, early = GiftFactory(order=20, giver=""), GiftFactory(order=10)
    GiftTextFactory(gift=late, title="Badebilletter", brief="")
    GiftTextFactory(gift=early)
    GiftTextFactory(gift=early, language="en", title="A month of the paper", brief="Until Christmas.")
    gifts = Gift.objects.with_texts()
    assert gifts_of(gifts, adults=1, children=[], day=DAY, language="en") == [
        GiftLine(early.pk, "A month of the paper", 1, "Hallingdølen", "Until Christmas."),
        GiftLine(late.pk, "Badebilletter", 1, "", ""),
    ]


def test_a_gift_without_a_word_is_told_of_to_nobody():
    assert gifts_of([GiftFactory()], adults=1, children=[], day=DAY, language="nb") == []


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"most": 2}, "A household gets one"),
        ({"rule": GiftRule.ADULT, "age_from": 6}, "Only a gift for children"),
        ({"rule": GiftRule.CHILD, "age_from": 12, "age_to": 6}, "not below the first"),
        ({"valid_until": datetime.date(2025, 1, 1)}, "end before it begins"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(rules, words):
    gift = GiftFactory.build(**rules)
    with pytest.raises(ValidationError, match=words):
        gift.validate_constraints()


def test_staff_write_a_gift_and_its_words(client):
    gift = GiftFactory()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(worker(gift.municipality, Role.EDITOR))
    page = reverse("admin:welcome_gift_change", args=[gift.pk])
    sent = {
        "giver": "Ål bad", "order": 5, "rule": "child", "most": 2, "age_from": 6, "valid_from": "2026-01-01",
        "fulfilment": "uncounted", "value": 120, "warn_below": 0,
        "texts-nb-title": "Badebilletter", "texts-nb-brief": "Ta med brevet.", "texts-nb-seen_version": 0,
        "texts-en-title": "Swimming tickets", "texts-en-source_language": "nb", "texts-en-seen_version": 0,
        "texts-TOTAL_FORMS": 3, "texts-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert client.post(page, sent).status_code == 302
    texts = GiftText.objects.filter(gift=gift)
    assert dict(texts.values_list("title", "brief")) == {
        "Badebilletter": "Ta med brevet.",
        "Swimming tickets": "",
    }
    assert texts.get(language="en").source_version == 1
    assert "Swimming tickets" in client.get(reverse("admin:welcome_gift_changelist")).content.decode()
