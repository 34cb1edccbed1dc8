import io
from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFile, PngImagePlugin

from municipalities.municipality.forms import DaysField, reencode
from municipalities.municipality.models import validate_accent, validate_languages, validate_rhythm

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(form, size=(40, 30), **how):
    drawn = io.BytesIO()
    Image.new("RGB", size, "#1f5b5e").save(drawn, form, **how)
    return drawn.getvalue()


def upload(content, name="arms.png"):
    return SimpleUploadedFile(name, content)


def test_a_picture_is_drawn_anew_without_what_the_camera_wrote():
    exif = Image.Exif()
    exif[0x010F] = "Kamera med stedsans"
    content = picture("JPEG", exif=exif.tobytes())
    assert b"Kamera" in content
    kept = reencode(upload(content, "Solveig Berg.jpg"))
    assert b"Kamera" not in kept.read()
    assert "Solveig" not in kept.name
    kept.seek(0)
    assert Image.open(kept).size == (40, 30)


def test_a_large_picture_is_made_smaller():
    kept = reencode(upload(picture("PNG", (4000, 1000))))
    assert Image.open(kept).size == (2000, 500)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (SVG, "arms.svg", "SVG"),
        (SVG, "arms.png", "SVG"),
        (b"<html><body>hei</body></html>", "arms.png", "ikke et bilde"),
        (picture("GIF"), "arms.png", "ikke et bilde"),
        (picture("PNG", (8001, 1)), "arms.png", "8000 piksler"),
        (b"\0" * (8 * 1024 * 1024 + 1), "arms.png", "8 MB"),
    ],
    ids=["svg", "svg by another name", "html", "gif", "too wide", "too large"],
)
def test_what_is_no_fit_picture_is_refused_by_its_content(content, name, words):
    with pytest.raises(ValidationError) as refusal:
        reencode(upload(content, name))
    assert words in str(refusal.value.message)


def noise(form, size=(300, 300)):
    """A picture that can't be packed, so that half of its file is half of what one sees."""
    drawn = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(drawn, form)
    return drawn.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_picture_that_was_cut_off_is_refused(form, kept):
    """The letters' layout engine is in the process, as in every web process: it would take half a picture."""
    import_module("welcome.letters.layout")
    whole = noise(form)
    assert reencode(upload(whole))
    with pytest.raises(ValidationError, match="ikke et bilde"):
        reencode(upload(whole[: int(len(whole) * kept)]))


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_what_hangs_on_to_a_picture_is_left_behind(form):
    """A file that is a picture and a page, or a picture and an archive, at once."""
    kept = reencode(upload(picture(form) + b"<script>alert(1)</script>PK\x03\x04"))
    content = kept.read()
    assert b"<script" not in content
    assert b"PK\x03" not in content


def test_words_inside_a_picture_are_left_behind():
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "<script>Solveig</script>")
    assert b"Solveig" not in reencode(upload(picture("PNG", pnginfo=words))).read()


def test_a_picture_lying_on_its_side_is_set_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = reencode(upload(picture("JPEG", exif=exif.tobytes())))
    assert Image.open(kept).size == (30, 40)


def test_a_small_file_with_a_huge_picture_is_not_drawn(monkeypatch):
    bomb = picture("PNG", (7999, 7999))
    assert len(bomb) < 1_000_000
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("drawn"))
    with pytest.raises(ValidationError, match="50 mill"):
        reencode(upload(bomb))


def test_days_are_written_with_commas_and_kept_as_numbers():
    field = DaysField()
    assert field.clean("7, 30,91") == [7, 30, 91]
    assert field.prepare_value([7, 30]) == "7, 30"
    with pytest.raises(ValidationError):
        field.clean("7, snart")


@pytest.mark.parametrize(
    ("validate", "wrong", "right"),
    [
        (validate_rhythm, [30, 7], [7, 30]),
        (validate_rhythm, [0], [1]),
        (validate_languages, [], ["nn"]),
        (validate_languages, ["nb", "xx"], ["nb", "uk"]),
        (validate_languages, ["nb", "nb"], ["nb"]),
        (validate_accent, "#f0fd00", "#1f5b5e"),
    ],
)
def test_the_municipalitys_own_choices_are_looked_at(validate, wrong, right):
    validate(right)
    with pytest.raises(ValidationError):
        validate(wrong)
