"""Files of farms as somebody hands them in, and the two steps of the staff site that take them."""

import io

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

IMPORT = "/admin/housing/holding/import/"
CONFIRM = "/admin/housing/holding/process_import/"


def as_csv(*rows, encoding="utf-8", separator=";"):
    lines = [separator.join("" if cell is None else str(cell) for cell in row) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def as_xlsx(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def preview(client, data, municipality=None, name="bruk.csv"):
    """The page with the rows; `data` is the file's bytes, or its rows."""
    file = SimpleUploadedFile(name, data if isinstance(data, bytes) else as_csv(*data))
    said = {"import_file": file, "csrfmiddlewaretoken": "a browser sends one"}
    return client.post(IMPORT, said | ({"municipality": municipality.pk} if municipality else {}))


def word_of(page):
    """What the page gives to confirm with."""
    return page.context["confirm_form"].initial["import_file_name"]


def confirm(client, page, **more):
    return client.post(CONFIRM, {"import_file_name": word_of(page), "verb": "save"} | more, follow=True)


def take_in(client, data, municipality=None):
    page = preview(client, data, municipality)
    assert page.status_code == 200
    return confirm(client, page)


def counts(page):
    """How many are new, changed, known and refused."""
    found = {verdict.value: count for verdict, count in page.context["counts"]}
    return found["new"], found["changed"], found["known"], found["refused"]


def told(page):
    """Row, heading and sentence of all that is wrong with rows."""
    return [(line.number, *problem) for line in page.context["lines"] for problem in line.problems]
