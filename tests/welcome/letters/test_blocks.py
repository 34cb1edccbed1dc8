"""What a run freezes of its letter, what a letter tells of that, and what is said before it is approved."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from municipalities.municipality.models import MunicipalityText
from tests.factories.municipalities import MunicipalityTextFactory
from tests.factories.welcome import LetterTemplateFactory, RunTextFactory
from tests.welcome.letters.conftest import arrive, frozen
from tests.welcome.letters.frozen import found_in
from tests.welcome.letters.test_variants import CODE, GIFTS, HOST, MEETING
from welcome.letters import blocks, fields, runs, templating
from welcome.letters.models import Letter
from welcome.letters.template_models import BlockKind, LetterTemplate, standard_blocks, template_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_on("sqlite", why="laid out and drawn alike, whatever the database"),
]


def written(**texts):
    """The standard letter with these words: `host={"nb": "<p>…</p>"}`."""
    return [
        block
        | {
            "texts": {
                code: {"title": "", "body": body} for code, body in texts.get(block["kind"], {}).items()
            }
        }
        for block in standard_blocks()
    ]


def save(place, new, **more):
    return templating.save(municipality=place, blocks=new, seen=template_of(place).version, by=None, **more)


def told(run, **letter):
    """The blocks of the run's first letter, by kind, when it tells this too."""
    first = run.letters.order_by("number").first()
    for name, value in letter.items():
        setattr(first, name, value)
    return {block.kind: block for block in blocks.blocks_of(first, run.texts.get(language=first.language))}


def test_a_run_keeps_the_version_it_was_frozen_with(place):
    arrive(place)
    first = save(place, written(signature={"nb": "<p>Hilsen oss</p>"}))
    run = frozen(place)
    save(place, written(signature={"nb": "<p>Noe annet</p>"}))
    run.refresh_from_db()
    assert run.template == first
    assert told(run)["signature"].html == "<p>Hilsen oss</p>"
    runs.thaw(run=run, by=None)
    run.refresh_from_db()
    assert run.template is None
    assert told(frozen(place))["signature"].html == "<p>Noe annet</p>"


def test_blocks_stand_in_the_order_that_was_saved_and_only_those_that_are_on(place):
    arrive(place)
    turned = [
        block | {"shown": block["kind"] in {"greeting", "gifts", "practical"}}
        for block in reversed(standard_blocks())
    ]
    save(place, turned)
    assert list(told(frozen(place), gifts=GIFTS, host=HOST)) == ["practical", "gifts", "greeting"]


def test_a_letter_of_before_there_were_blocks_says_what_it_said(place):
    arrive(place)
    run = frozen(place)
    text = run.texts.get()
    text.blocks, text.words["closing"], text.words["practical_title"] = [], "Hilsen", "Vedlagt"
    text.words["practical"] = "Les <dette>"
    found = blocks.blocks_of(run.letters.get(), text)
    assert [(block.kind, block.title, block.html) for block in found] == [
        ("greeting", "", text.greeting["body"]),
        ("practical", "Vedlagt", "<p>Les &lt;dette&gt;</p>"),
        ("signature", "", "<p>Hilsen</p>"),
    ]


def test_fields_are_filled_and_what_they_hold_is_no_markup(place):
    arrive(place, "Kari <b>Lien</b>")
    save(place, written(host={"nb": "<p>{host} hjelper {names} i {place}: {host_phone}</p>"}))
    block = told(frozen(place), host=HOST | {"name": "Per & <i>Pål</i>"})["host"]
    assert block.html.startswith(
        "<p>Per &amp; &lt;i&gt;Pål&lt;/i&gt; hjelper Kari i Ål: 900\u00a011\u00a0222</p>"
    )


def test_every_field_has_its_value(place):
    arrive(place)
    run = frozen(place)
    run.meeting = MEETING
    letter = Letter(run=run, language="nb", salutation="Kari", host=HOST, gifts=GIFTS, code=CODE, children=2)
    text = RunTextFactory.build(run=run, municipality=place, language="nb", words=run.texts.get().words)
    values = {name: field.value(letter, text) for name, field in fields.FIELDS.items()}
    assert not [name for name, value in values.items() if not value]
    assert values["meeting_day"] == "torsdag 3. desember 2026"
    assert values["meeting_time"] == "18.00"
    assert values["meeting_place"] == "Kulturhuset, Torget 2, 3570 Ål"
    assert (values["children"], values["gifts"], values["quarter"]) == ("2", "2", "3. kvartal 2026")


def test_letters_that_look_alike_have_one_shape_whatever_their_code(place):
    arrive(place)
    run = frozen(place)
    run.meeting = MEETING
    text = run.texts.get()
    text.run = run
    letter = run.letters.get()
    shapes = []
    for code in (CODE, CODE.replace("A", "B"), ""):
        letter.code = code
        shapes.append([block.shape for block in blocks.blocks_of(letter, text)])
    assert shapes[0] == shapes[1] != shapes[2]


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ("{names} og {host}", "host", []),
        ("{name}", "host", ["There is no field {name}. Did you mean {names}?"]),
        ("{host} {host}", "gifts", ["{host} can only be used in “About your host”."]),
        ("{names", "host", ["A brace stands alone: a field is written as {names}, with both."]),
        (
            "names} {}",
            "host",
            ["There is no field {}.", "A brace stands alone: a field is written as {names}, with both."],
        ),
        ("{<strong>host</strong>}", "host", ["There is no field {host}. Did you mean {host}?"]),
    ],
)
def test_faults_are_sentences(words, kind, said):
    with override("en"):
        assert fields.faults(words, kind) == said


def test_faults_are_said_in_the_language_of_who_wrote_them():
    with override("nn"):
        assert fields.faults("{name}", "host") == ["Det finst ikkje noko felt {name}. Meinte du {names}?"]


def test_words_are_sanitised_however_they_come_in(place):
    dirty = written(host={"nb": '<p onclick="x()">Hei<script>x()</script></p>'})
    LetterTemplateFactory(municipality=place, version=1, blocks=dirty)
    (host,) = [block for block in LetterTemplate.objects.get().blocks if block["kind"] == "host"]
    assert host["texts"]["nb"]["body"] == "<p>Hei</p>"


def test_what_is_missing_in_a_language_is_printed_in_the_nearest_and_said(place):
    MunicipalityTextFactory(municipality=place, language="uk", title="Вітаємо!", body="<p>Вітаємо!</p>")
    arrive(place, language="uk")
    save(place, written(signature={"nb": "<p>Hilsen</p>", "en": "<p>Yours</p>"}))
    run = frozen(place)
    block = told(run)["signature"]
    assert (block.html, block.language) == ("<p>Yours</p>", "en")
    problem = found_in(run)["block_fallback"]
    assert not problem.blocking
    assert problem.language == "uk"
    assert "Underskrift (English)" in problem.message


def test_an_arabic_letter_needs_nothing_in_another_language(place):
    MunicipalityTextFactory(municipality=place, language="ar", body="<p>أهلًا</p>")
    arrive(place, language="ar")
    run = frozen(place)
    assert {block["language"] for block in run.texts.get().blocks} == {"ar"}
    assert "block_fallback" not in found_in(run)


def test_a_gift_in_another_language_keeps_its_full_stop_at_its_end(place):
    MunicipalityTextFactory(municipality=place, language="ar", body="<p>أهلًا</p>")
    arrive(place, language="ar")
    gift = {"title": "Cinema ticket", "count": 2, "giver": "", "note": "Any film."}
    html = told(frozen(place), gifts=[gift])["gifts"].html
    assert '2 × <bdi dir="ltr">Cinema ticket</bdi>' in html
    assert '<bdi dir="ltr">Any film.</bdi>' in html


def test_an_unknown_field_in_the_greeting_stops_the_run(place):
    MunicipalityText.objects.filter(municipality=place).update(body="<p>Hei {navn}!</p>")
    arrive(place)
    problem = found_in(frozen(place))["field"]
    assert problem.blocking
    assert "{navn}" in problem.message


def test_a_field_of_which_nothing_is_known_is_said_with_its_letter(place):
    arrive(place)
    save(place, written(host={"nb": "<p>Ring {host_phone}</p>"}))
    run = frozen(place)
    run.letters.update(host=HOST | {"phone": ""})
    problem = found_in(run)["field_without_value"]
    assert problem.letter == run.letters.get()
    assert "{host_phone}" in problem.message


def test_a_letter_of_too_many_pages_is_said_with_its_letter(place):
    MunicipalityText.objects.filter(municipality=place).update(body="<p>Et langt avsnitt. </p>" * 150)
    arrive(place)
    run = frozen(place)
    problem = found_in(run)["too_many_pages"]
    assert problem.letter == run.letters.get()
    assert problem.blocking


def test_a_frozen_picture_that_is_gone_stops_the_run(place):
    arrive(place)
    run = frozen(place)
    run.letterhead["arms"] = "letters/images/none.png"
    run.save()
    assert found_in(run)["picture_gone"].blocking


def test_a_host_whose_name_no_font_has_stops_the_run(place):
    arrive(place)
    run = frozen(place)
    run.letters.update(host=HOST | {"name": "Per \U0001f600"})
    assert found_in(run)["glyph"].letter == run.letters.get()


def test_a_block_that_stands_twice_or_not_at_all_is_refused(place):
    with pytest.raises(ValidationError):
        save(place, standard_blocks()[:-1])
    with pytest.raises(ValidationError):
        save(place, [block | {"shown": block["kind"] != BlockKind.GREETING} for block in standard_blocks()])


def test_one_is_spoken_to_otherwise_than_several(place):
    arrive(place, "Kari Ein", house_number="1")
    arrive(place, "Per To", "Ola To", house_number="2")
    save(place, written(signature={"nb": "<p>{Du|Dere} er velkommen{|ne}, {ja &amp; nei|alle}</p>"}))
    run = frozen(place)
    text = run.texts.get()
    found = [
        next(block.html for block in blocks.blocks_of(letter, text) if block.kind == "signature")
        for letter in run.letters.order_by("number")
    ]
    assert found == ["<p>Du er velkommen, ja &amp; nei</p>", "<p>Dere er velkommenne, alle</p>"]
    assert "field" not in found_in(run)


@pytest.mark.parametrize("words", ["{du|dere|alle}", "{du</strong>|dere}"])
def test_forms_are_two_and_bear_no_formatting(words):
    with override("en"):
        [fault] = fields.faults(words, BlockKind.GREETING)
        assert "write two forms" in fault
        assert fields.faults(fields.wrong(f"{words} og {{names}}", "greeting"), "greeting") == [fault]


def test_a_fault_in_a_frozen_text_is_said_in_the_readers_language(place):
    arrive(place)
    run = frozen(place)
    text = run.texts.get()
    text.greeting["body"] = "<p>Hei {naems} og {</p>"
    text.save()
    problem = found_in(run)["field"]
    with override("en"):
        assert "Did you mean {names}?" in problem.message
        assert "A brace stands alone" in problem.message
    with override("nb"):
        assert "Did you mean" not in problem.message
