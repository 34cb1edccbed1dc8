import io
import logging.config
import time

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from municipalities.tenancy.logs import where, without_rows
from tests.factories.municipalities import UserFactory

WORDS = (
    'new row for relation "household" violates check constraint "household_protected_has_no_address"\n'
    "DETAIL:  Failing row contains (7, Åse Østerhus, Lykkjevegen\n\n1, 3570).\n"
)


@pytest.fixture
def log():
    """A log in the portal's own format, and what has been written to it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    set_up = logging.config.DictConfigurator(settings.LOGGING)
    handler.setFormatter(set_up.configure_formatter({**settings.LOGGING["formatters"]["line"]}))
    logger = logging.Logger("trial")
    logger.addHandler(handler)
    return logger, out


def test_the_row_that_the_database_refused_is_in_no_log(log):
    logger, out = log
    try:
        try:
            raise DatabaseError(WORDS)
        except DatabaseError as cause:
            raise IntegrityError(WORDS) from cause
    except IntegrityError as error:
        logger.exception("It could not be saved: %s", error)
        logger.error("Task raised %r\n%s", error, "Traceback (most recent call last):\n  kept")
        logger.error("%s", {"error": WORDS})
    written = out.getvalue()
    assert "Østerhus" not in written
    assert "Lykkjevegen" not in written
    assert "3570" not in written
    assert written.count("household_protected_has_no_address") == 5
    assert written.count("Traceback") == 3
    assert "  kept" in written
    assert "direct cause" in written


def test_the_piece_of_sql_with_its_values_is_in_no_log(log):
    logger, out = log
    logger.error("invalid input syntax for type integer\nLINE 1: ...\"name\" = 'Østerhus'\n      ^\n")
    assert "Østerhus" not in out.getvalue()
    assert "invalid input" in out.getvalue()


def test_other_lines_stay_as_they_are(log):
    logger, out = log
    logger.error("One\nline 2: two\n  DETAILS of three")
    assert out.getvalue().endswith("One\nline 2: two\n  DETAILS of three\n")


@pytest.mark.parametrize("before", ["", "DETAIL:"])
def test_many_lines_cost_no_more_than_their_number(before):
    """Whoever sends a thousand empty lines could else hold up the process that logs them."""
    started = time.process_time()
    without_rows(before + "\n" * 50_000 + "x")
    assert time.process_time() - started < 1


@pytest.mark.django_db
def test_a_real_refusal_is_told_without_its_row(log):
    logger, out = log
    # Of a table behind the walls PostgreSQL tells no row at all; this one has none.
    there = UserFactory(email="hemmelig@dalen.example")
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        UserFactory(email=there.email)
    assert connection.vendor != "postgresql" or "hemmelig" in str(refusal.value)
    logger.error("refused", exc_info=refusal.value)
    assert "IntegrityError" in out.getvalue()
    assert "hemmelig" not in out.getvalue()


def test_the_way_to_a_fault_is_told_without_its_words(log):
    logger, out = log

    def lay_out():
        raise ValueError(" ".join(["Lykkjevegen", "1", "is", "too", "long"]))

    try:
        lay_out()
    except ValueError as error:
        logger.error("Letter 3 could not be laid out: %s", where(error))
    assert "ValueError" in out.getvalue()
    assert "in lay_out" in out.getvalue()
    assert "Lykkjevegen 1" not in out.getvalue()


@pytest.mark.parametrize(
    "path",
    [
        "/l/newcomer/abcdefgh12345678/",
        "/account/invitation/Mw/abcdefgh12345678/",
        "/account/password/new/3-abcdefgh12345678/",
        "?next=%2Faccount%2Fpassword%2Fnew%2F3-abcdefgh12345678%2F",
    ],
)
def test_what_opens_something_is_in_no_log(log, path):
    logger, out = log
    logger.warning("Not Found: %s", path)
    assert "Not Found" in out.getvalue()
    assert "abcdefgh" not in out.getvalue()
