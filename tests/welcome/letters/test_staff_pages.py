import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from municipalities.tenancy.models import Role
from tests.factories.municipalities import UserFactory
from tests.welcome.letters.frozen import (
    arrive,
    make_frozen,
    make_municipality,
    make_printed,
    protect,
    prove,
)
from tests.welcome.letters.staff_site import text_of, url
from welcome.households.quarters import Quarter
from welcome.letters import runs
from welcome.letters.models import LeftOutReason, LetterRun, RunState

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="pages say the same, whatever the database"),
]


@pytest.mark.parametrize(
    ("state", "step"), [(RunState.DRAFT, "cohort"), (RunState.FROZEN, "proof"), (RunState.READY, "delivery")]
)
def test_a_run_opens_where_it_is(as_role, run, state, step):
    if state == RunState.DRAFT:
        runs.thaw(run=run, by=None)
    if state == RunState.READY:
        make_printed(run)
    browser = as_role(Role.READER)
    opened = browser.get(reverse("admin:welcome_letterrun_change", args=[run.pk]))
    assert opened.url == url(run, step)
    assert browser.get(opened.url).status_code == 200


def test_a_step_that_lies_ahead_leads_back_to_where_the_run_is(as_role, run):
    assert as_role(Role.COORDINATOR).get(url(run, "delivery")).url == url(run, "proof")


def test_a_draft_is_frozen_with_the_date_on_its_letters(as_role, run):
    runs.thaw(run=run, by=None)
    browser = as_role(Role.COORDINATOR)
    dated = timezone.localdate() + datetime.timedelta(days=3)
    browser.post(url(run, "act", "freeze"), {"dated": dated.isoformat()})
    run.refresh_from_db()
    assert (run.state, run.dated, run.frozen_by) == (RunState.FROZEN, dated, browser.user)


def test_a_date_far_away_is_refused_at_its_field(as_role, run):
    runs.thaw(run=run, by=None)
    response = as_role(Role.COORDINATOR).post(url(run, "act", "freeze"), {"dated": "2036-01-01"})
    assert response.status_code == 422
    assert "Choose a date within three months of today." in text_of(response)
    assert 'value="2036-01-01"' in text_of(response)
    run.refresh_from_db()
    assert run.state == RunState.DRAFT


def test_the_cohort_adds_up_on_the_page(as_role, run):
    counts = as_role(Role.COORDINATOR).get(url(run, "cohort")).context["cohort"]
    assert (counts.cohort, counts.letters, counts.left_out) == (7, 3, 4)
    assert {row.reason: row.count for row in counts.reasons} == {
        LeftOutReason.PROTECTED: 2,
        LeftOutReason.NO_ADDRESS: 1,
        LeftOutReason.MOVED_ON: 1,
    }


def test_the_number_of_protected_is_for_those_who_work_with_people(as_role, run):
    office, reader = as_role(Role.SERVICE_OFFICE), as_role(Role.READER)
    assert "Protected address" in text_of(office.get(url(run, "cohort")))
    page = reader.get(url(run, "cohort"))
    assert "Protected" not in text_of(page)
    # They count among those without an address; the list behind that number would tell them apart.
    assert {row.reason: row.count for row in page.context["cohort"].reasons} == {
        LeftOutReason.NO_ADDRESS: 3,
        LeftOutReason.MOVED_ON: 1,
    }
    assert reader.get(url(run, "left_out", LeftOutReason.NO_ADDRESS)).status_code == 404


def test_those_left_out_are_listed_but_never_the_protected(as_role, run):
    browser = as_role(Role.SERVICE_OFFICE)
    assert browser.get(url(run, "left_out", LeftOutReason.PROTECTED)).status_code == 404
    without = text_of(browser.get(url(run, "left_out", LeftOutReason.NO_ADDRESS)))
    assert "Utan Adresse" in without
    assert "Hemmelig" not in without


@pytest.mark.parametrize(
    ("q", "numbers"),
    [("østerhus0", [3]), ("ØSTERHUS1 åse", [1]), ("2", [1, 2]), ("english", [1, 2]), ("zz", [])],
)
def test_letters_are_found_by_any_word_in_any_case(as_role, run, q, numbers):
    # In the order of languages and addresses: en Østerhus1, en Østerhus2 (asked for uk), nb Østerhus0.
    found = as_role(Role.READER).get(url(run, "cohort"), {"q": q}).context["letters"]
    assert [letter.number for letter in found] == numbers


@pytest.mark.parametrize("asked", ["\u0663", "\u00b2", "9" * 30, "\u202e\U0001f600"])
def test_no_number_that_is_asked_for_breaks_the_page(as_role, run, asked):
    answer = as_role(Role.SERVICE_OFFICE).get(
        reverse("admin:welcome_letterrun_proof", args=[run.pk]), {"letter": asked}
    )
    assert answer.status_code == 200


def test_who_is_protected_since_is_shown_nowhere(as_role, run):
    browser = as_role(Role.COORDINATOR)
    protect(run.letters.get(number=1).household)
    for path in [url(run, "cohort"), url(run, "proof")]:
        assert "Østerhus1" not in text_of(browser.get(path))
    assert browser.get(url(run, "letter", 1)).status_code == 404
    assert browser.get(url(run, "letter_pdf", 1)).status_code == 404
    assert browser.get(url(run, "letter_page", 1, 1)).status_code == 404


def test_texts_say_where_another_language_was_taken(as_role, run):
    texts = as_role(Role.READER).get(url(run, "texts")).context["texts"]
    english = next(text for text in texts if text.language == "en")
    assert [topic.language for topic in english.topics] == ["nb"]
    assert english.fallbacks == 1


def test_a_sign_no_font_has_blocks_the_approval_and_names_the_letter(as_role, run):
    letter = run.letters.get(number=2)
    letter.address = ["Åse \U0001f600", *letter.address[1:]]
    letter.save()
    browser = as_role(Role.COORDINATOR)
    prove(run)
    page = browser.get(url(run, "proof"))
    assert page.context["problems"][0].blocking
    assert url(run, "letter", 2) in text_of(page)
    assert "Approve 3 letters" not in text_of(browser.get(url(run, "approve")))


@pytest.mark.parametrize("name", ["cohort", "texts", "proof", "approve", "progress", "report"])
def test_a_page_asks_the_database_equally_often_for_any_number(as_role, name, django_assert_max_num_queries):
    counts = []
    for letters in (3, 12):
        run = make_frozen(letters=letters)
        if name in {"progress", "report"}:
            make_printed(run)
        browser = as_role(Role.COORDINATOR, run.municipality)
        browser.get(url(run, name))  # Content types and the like are asked for once a process.
        with django_assert_max_num_queries(60) as captured:
            assert browser.get(url(run, name)).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_system_administrator_chooses_the_municipality(as_role, run):
    browser = as_role(UserFactory(is_superuser=True))
    other = make_municipality()
    quarter = Quarter.current().previous
    browser.post(
        reverse("admin:welcome_letterrun_ensure"), {"quarter": str(quarter), "municipality": other.pk}
    )
    assert LetterRun.objects.of(other).of_quarter(quarter).exists()
    assert browser.get(url(run, "cohort")).status_code == 200


def test_an_empty_run_says_so(as_role, run):
    municipality = make_municipality()
    empty = runs.ensure(municipality=municipality, quarter=Quarter(2026, 2), by=None)
    runs.freeze(run=empty, by=None)
    browser = as_role(Role.COORDINATOR, municipality)
    assert "This run has no letters" in text_of(browser.get(url(empty, "cohort")))
    arrive(municipality)
    for name in ("texts", "proof", "approve"):
        assert browser.get(url(empty, name)).status_code == 200
