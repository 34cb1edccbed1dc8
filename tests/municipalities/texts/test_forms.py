import pytest

from municipalities.texts.forms import for_editor, tidy


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("", ""),
        ("<div>Ring oss.</div>", "<p>Ring oss.</p>"),
        ("<div>Ring oss.<br><br>Eller kom.</div>", "<p>Ring oss.</p><p>Eller kom.</p>"),
        ("<div>Torget 1<br>3570 Ål</div>", "<p>Torget 1<br>3570 Ål</p>"),
        ("<div><br></div>", ""),
        ("Ring oss.", "<p>Ring oss.</p>"),
        ("<p>Ring <b>oss</b>.</p>", "<p>Ring <strong>oss</strong>.</p>"),
        ("<div>a</div><ul><li>b</li></ul>", "<p>a</p><ul><li>b</li></ul>"),
        ("<script>alert(1)</script><div onclick=x>Hei</div>", "<p>Hei</p>"),
        ("<h1>Stor</h1>", "<h2>Stor</h2>"),
    ],
)
def test_what_the_editor_sends_becomes_clean_paragraphs(sent, kept):
    assert tidy(sent) == kept


@pytest.mark.parametrize(
    "text",
    [
        "<p>Ring oss.</p><p>Eller kom.</p>",
        "<p>Først</p><h2>Så</h2><p>Én<br>to</p><p>tre</p><ul><li>a</li><li>b</li></ul><p>Til slutt</p>",
        '<p>Les på <a href="https://www.helsenorge.no" rel="noopener">Helsenorge</a></p>',
    ],
)
def test_a_text_comes_back_from_the_editor_as_it_was(text):
    assert tidy(for_editor(text)) == text
