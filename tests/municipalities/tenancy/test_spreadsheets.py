import pytest

from municipalities.tenancy.spreadsheets import neutral


@pytest.mark.parametrize("cell", ["=1+1", "+47 31 99 28 00", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_becomes_text(cell):
    assert neutral(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["Ål", "", None, -1, 3.5])
def test_other_cells_stay_as_they_are(cell):
    assert neutral(cell) == cell
