from welcome.letters import fonts, geometry


def by_length(line: str) -> float:
    return float(len(line))


def test_wrapping_breaks_at_spaces_only_and_keeps_every_word():
    assert geometry.wrap("en to tre fire", 7, by_length) == ["en to", "tre", "fire"]
    assert geometry.wrap("enkeltord som er", 6, by_length) == ["enkeltord", "som er"]


def test_a_word_that_is_too_wide_does_not_fit():
    assert geometry.fits(["a" * 88], by_length)
    assert not geometry.fits(["a" * 89], by_length)


def test_more_lines_than_the_window_holds_do_not_fit():
    assert geometry.fits(["a"] * geometry.ADDRESS_LINES, by_length)
    assert not geometry.fits(["a"] * (geometry.ADDRESS_LINES + 1), by_length)


def test_the_address_lies_in_the_window_with_play_around_it():
    assert geometry.WINDOW.holds(geometry.ADDRESS)
    assert geometry.ADDRESS.top - geometry.WINDOW.top >= geometry.PLAY
    assert geometry.ADDRESS_LINES * geometry.ADDRESS_LEADING <= geometry.ADDRESS.bottom - geometry.ADDRESS.top


def test_the_measured_width_is_that_of_the_font():
    # Inter: a capital M is 0.8745 em wide; ten of them in 10 points.
    assert abs(fonts.width("M" * 10, 10) - 10 * 10 * 0.8745 / geometry.MM_TO_PT) < 1.5


def test_composed_and_decomposed_letters_are_equally_wide():
    assert fonts.width("A\u030a", 10) == fonts.width("Å", 10)


def test_every_script_of_the_offered_languages_is_printable():
    text = "Åse Ŋuorgám čđŋšŧž Нестеренко Їжак Nguyễn Thị ąčęėįšųūž Łódź محمد گچپژ ሰላም ኣብ"
    assert fonts.unprintable(text) == []


def test_what_no_font_has_and_what_turns_the_text_around_is_refused():
    assert fonts.unprintable("a😀b\u202ec\x00") == ["😀", "\u202e", "\x00"]
    assert fonts.name_of("😀") == "U+1F600 GRINNING FACE"


def test_a_missing_font_is_named_with_the_line_to_type(settings):
    settings.LETTER_FONTS = ["No Such Family"]
    fonts.load.cache_clear()
    try:
        [message] = [found for found in fonts.check_fonts() if found.id == "welcome.E001"]
        assert "No Such Family" in message.msg
        assert "apt-get install" in message.hint
    finally:
        fonts.load.cache_clear()
