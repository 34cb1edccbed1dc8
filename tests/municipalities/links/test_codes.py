"""Codes read back by a reader, as a phone would."""

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from weasyprint import HTML

from municipalities.links import codes

ADDRESS = "https://tilflytter.example/l/newcomer/ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijklmnop/"


def read(picture):
    found = zxingcpp.read_barcode(picture)
    return found.text if found else None


@pytest.mark.parametrize("text", [ADDRESS, "a", "Ål: æøå", "https://tilflytter.example/" + "x" * 300])
def test_a_code_drawn_for_a_page_leads_where_it_should(text):
    page = f"<style>@page {{ size: 80mm; margin: 0 }} svg {{ width: 80mm; height: 80mm }}</style>{codes.svg(text)}"
    drawn = pypdfium2.PdfDocument(HTML(string=page).write_pdf())[0].render(scale=3).to_pil()
    assert read(drawn) == text


def test_the_bits_of_a_code_are_the_code():
    size, content = codes.bits(ADDRESS)
    assert len(content) == size * -(-size // 8)
    picture = Image.frombytes("1", (size, size), content).resize((size * 4, size * 4))
    framed = Image.new("L", (picture.width + 40, picture.height + 40), 255)
    framed.paste(picture, (20, 20))
    assert read(framed) == ADDRESS


def test_a_code_holds_out_with_a_stain():
    size, content = codes.bits(ADDRESS)
    picture = Image.frombytes("1", (size, size), content).convert("L").resize((size * 8, size * 8))
    framed = Image.new("L", (picture.width + 80, picture.height + 80), 255)
    framed.paste(picture, (40, 40))
    framed.paste(0, (40 + size * 4, 40 + size * 4, 40 + size * 5, 40 + size * 5))
    assert read(framed) == ADDRESS
