"""What others put up: the block's script, the page that tells how, the poster."""

import pypdfium2
import pytest
import zxingcpp

from tests.factories.municipalities import MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("size", "width"), [("a4", 595), ("a3", 842)])
def test_the_poster_is_one_page_whose_code_leads_to_the_front_in_the_reader_s_language(
    client, settings, size, width
):
    MunicipalityFactory(slug="nore-og-uvdal", name="Nore og Uvdal")
    answer = client.get(f"/nn/nore-og-uvdal/poster-{size}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    assert len(document) == 1
    assert round(document[0].get_width()) == width
    assert "Nore og Uvdal" in document[0].get_textpage().get_text_range()
    found = zxingcpp.read_barcode(document[0].render(scale=2).to_pil())
    assert found is not None
    assert found.text == f"{settings.SITE_URL}/nn/nore-og-uvdal/"
    assert client.get("/nn/nore-og-uvdal/poster-a5.pdf").status_code == 404


def test_the_block_may_be_taken_by_any_page_and_sets_no_cookie(client):
    answer = client.get("/embed/v1.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.cookies
    assert b"customElements.define" in answer.content


def test_the_page_that_tells_how_names_all_there_is(client):
    MunicipalityFactory(slug="al", name="Ål")
    page = client.get("/nb/open-data/").content.decode()
    for address in (
        "/api/v1/openapi.json",
        "/nb/al/poster-a3.pdf",
        "/nb/al/topics.atom",
        "/nb/al/activities.ics",
    ):
        assert f'href="{address}"' in page
    assert "&lt;tilflytter-block municipality=&quot;al&quot;" in page or 'municipality="al"' in page
