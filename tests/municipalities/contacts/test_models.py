import pytest
from django.core.exceptions import ValidationError

from municipalities.contacts.models import ContactPoint


@pytest.mark.parametrize("number", ["113", "116 117", "116117", "02800", "0 2 8 00"])
def test_a_short_number_has_three_to_six_digits(number):
    assert ContactPoint._meta.get_field("short_number").clean(number, None) == number


@pytest.mark.parametrize("number", ["   ", "11", "1 1", "11  7", " 113", "113 ", "1161177", "113\n", "11a"])
def test_a_short_number_of_something_else_is_refused(number):
    with pytest.raises(ValidationError):
        ContactPoint._meta.get_field("short_number").clean(number, None)
