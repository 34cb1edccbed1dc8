"""The crispy template pack: what a form of the portal looks like to a screen reader."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.utils import translation

pytestmark = pytest.mark.only_on("sqlite", why="what it tries does not depend on the database")


class Meeting(forms.Form):
    name = forms.CharField(label="Name", help_text="As you want to be called.")
    email = forms.EmailField(label="E-mail", required=False)
    way = forms.ChoiceField(
        label="How?",
        choices=[("sms", "SMS"), ("mail", "Mail")],
        widget=forms.RadioSelect,
        help_text="Choose one.",
    )
    agree = forms.BooleanField(label="I agree", help_text="You can change your mind.")
    words = forms.CharField(label="Words", widget=forms.Textarea, required=False)
    secret = forms.CharField(widget=forms.HiddenInput, initial="7")

    helper = FormHelper()
    helper.add_input(Submit("save", "Save"))

    def clean(self):
        raise forms.ValidationError("The two don't fit together.")


def render(form: forms.Form) -> str:
    with translation.override("en"):
        return render_crispy_form(form)


def test_every_field_has_its_label_and_its_hint():
    html = render(Meeting())
    for name in ("name", "email", "agree", "words"):
        assert f'for="id_{name}"' in html
        assert f'id="id_{name}"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'id="id_name_helptext"' in html
    assert "E-mail <span" in html
    assert html.count("(optional)") == 2
    assert '<input type="hidden" name="secret" value="7"' in html
    assert "ds-error-summary" not in html


def test_radios_are_a_fieldset_with_a_legend():
    html = render(Meeting(initial={"way": "mail"}))
    assert re.search(r'<fieldset[^>]*id="div_id_way"[^>]*aria-describedby="id_way_helptext"', html)
    assert '<legend class="ds-label">How?' in html
    assert re.search(r'type="radio" name="way" value="mail" id="id_way_1" checked', html)
    assert 'for="id_way_0"' in html


def test_errors_stand_in_a_summary_that_leads_to_their_fields_and_at_the_fields():
    html = render(Meeting({"name": "", "email": "not an address", "words": "kept"}))
    assert re.search(r'class="ds-error-summary" tabindex="-1" role="alert"', html)
    assert "The two don&#x27;t fit together." in html
    for target in ("#id_name", "#id_email", "#div_id_way", "#id_agree"):
        assert f'href="{target}"' in html
    assert re.search(r'href="#id_name">Name: ', html), "Which of several fields it is about."
    assert 'id="id_name_error"' in html
    assert re.search(r'name="name"[^>]*aria-invalid="true"', html)
    assert re.search(r'name="name"[^>]*aria-describedby="[^"]*id_name_error', html)
    assert "not an address" in html
    assert "kept" in html


@pytest.mark.parametrize("method", ["post", "get"])
def test_a_form_that_posts_carries_its_token_and_lets_the_server_judge(method):
    form = Meeting()
    form.helper = FormHelper()
    form.helper.form_method = method
    form.helper.layout = Layout(
        Fieldset("About you", "name", Field("email")),
        Div("way", "agree", css_class="stack"),
        Submit("go", "Send"),
    )
    html = render(form)
    assert "novalidate" in html
    assert f'method="{method}"' in html
    assert '<legend class="ds-label">About you</legend>' in html
    assert re.search(r'<button class="ds-button" type="submit" name="go" value="Send"', html)
