"""Forms that anybody may send tell people from programs without asking them anything."""

import time

import time_machine
from django.http import QueryDict

from municipalities.tenancy.anybody import LEAST_SECONDS, MOST_SECONDS, AnybodyForm


class Form(AnybodyForm):
    purpose = "order"


class OtherForm(AnybodyForm):
    purpose = "club"


def shown(form=Form, ago=30):
    with time_machine.travel(time.time() - ago, tick=False):
        return form().fresh_stamp


def sent(stamp, **more):
    data = QueryDict(mutable=True)
    data.update({"stamp": stamp} | more)
    form = Form(data)
    form.is_valid()
    return form


def test_what_somebody_has_read_and_sent_is_taken_with_its_number():
    one, other = sent(shown()), sent(shown())
    assert not one.errors
    assert one.sending
    assert one.sending != other.sending
    stamp = shown()
    assert sent(stamp).sending == sent(stamp).sending


def test_too_fast_too_late_forged_or_of_another_form_is_asked_again_with_a_new_stamp():
    stamps = [shown(ago=ago) for ago in (0, LEAST_SECONDS - 1, MOST_SECONDS + 60)]
    for stamp in (*stamps, "", "x", "a:b:c", shown(OtherForm)):
        form = sent(stamp)
        assert form.non_field_errors(), stamp
        assert form.data["stamp"] == form.fresh_stamp


def test_the_field_that_nobody_sees_stays_empty():
    form = sent(shown(), leave_empty="https://spam.example")
    assert list(form.errors) == ["leave_empty"]
    assert form.data["leave_empty"] == "https://spam.example", "who has filled it in by mistake sees it"
