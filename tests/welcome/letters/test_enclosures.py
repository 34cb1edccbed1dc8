"""The enclosure is laid out when a run is proved; whoever makes its files takes it from the cache."""

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as NoAnswer

from tests.welcome.letters.conftest import approved, arrive, frozen
from welcome.letters import enclosures, press, proving, rendering, stock

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")


@pytest.fixture
def laid_out(monkeypatch):
    """The templates that were laid out, in their order."""
    templates, lay_out = [], press.lay_out

    def counted(template, *args, **more):
        templates.append(template)
        return lay_out(template, *args, **more)

    monkeypatch.setattr(press, "lay_out", counted)
    return templates


@pytest.fixture
def run(place):
    for number in range(4):
        arrive(place, f"Kari Nummer{number}")
    stock._latest.clear()
    return approved(place)


def file_by_another_worker(run):
    return rendering.render_file(run.files.select_related("run").get(), stock=stock.Stock(run))


def test_print_files_take_the_enclosure_that_was_proved(run, laid_out):
    cache.clear()
    alone = file_by_another_worker(run)
    assert "print/enclosure.html" in laid_out
    laid_out.clear()
    shared = file_by_another_worker(run)
    assert shared.content == alone.content
    assert shared.pages > 4, "the enclosure is in it"
    assert laid_out
    assert "print/enclosure.html" not in laid_out


def test_a_proof_lays_it_out_once_and_keeps_it(place, laid_out):
    for number in range(4):
        arrive(place, f"Kari Nummer{number}")
    run = frozen(place)
    stock._latest.clear()
    cache.clear()
    laid_out.clear()
    assert proving.prove(run.proofs.get().pk)
    assert 1 <= laid_out.count("print/enclosure.html") <= 2, "once, and once more where the guess was wrong"
    text = run.texts.get(language="nb")
    assert len(enclosures.find(enclosures.name_of(run, text, before=1)).pages) >= 1


def test_other_words_are_another_enclosure(run):
    text = run.texts.get(language="nb")
    name = enclosures.name_of(run, text, before=1)
    assert enclosures.name_of(run, text, before=2) != name
    text.enclosure[0]["body"] += " Nytt."
    assert enclosures.name_of(run, text, before=1) != name


@pytest.mark.parametrize("error", [NoAnswer, OSError])
def test_a_cache_that_does_not_answer_costs_time_and_nothing_else(run, monkeypatch, error, laid_out):
    whole = file_by_another_worker(run).content

    def gone(*args, **more):
        raise error

    monkeypatch.setattr(enclosures.cache, "get", gone)
    monkeypatch.setattr(enclosures.cache, "set", gone)
    assert file_by_another_worker(run).content == whole
    assert "print/enclosure.html" in laid_out
