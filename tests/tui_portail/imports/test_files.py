"""Bytes to lines: encodings, delimiters, quotes; a spoilt line spoils nothing else."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.tui_portail.onde_files import PUPILS, pupil, pupils_file
from tui_portail.errors import PortailError
from tui_portail.imports.files import FileNotUnderstood, read_delimited, rejected_lines
from tui_portail.workbooks import read_table, rejected_file


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("iso-8859-1", "cp1252"),
        ("cp1252", "cp1252"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-8", "utf-8"),
        ("utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_encoding_and_delimiter_are_found_out(encoding: str, found: str, delimiter: str) -> None:
    content = pupils_file(pupil("LE GOFF", "Éloïse", "2019-03-12"), encoding=encoding, delimiter=delimiter)
    source = read_delimited("eleves.csv", content)
    assert (source.encoding, source.delimiter) == (found, delimiter)
    assert source.header == PUPILS
    assert source.records[0].cells[:4] == ("LE GOFF", "", "Éloïse", "2019-03-12")


def test_the_euro_and_the_typographic_apostrophe_of_windows_are_read() -> None:
    source = read_delimited("f.csv", "Nom;Note\r\nL’Hôte;5 €\r\n".encode("cp1252"))
    assert source.records[0].cells == ("L’Hôte", "5 €")


def test_a_broken_quote_spoils_its_own_line_and_no_other() -> None:
    text = 'Nom;Prénom\n"DUPONT;Léa\nMARTIN;Tom\n"PETIT"x;Zoé\nROUX;"Max"\n'
    records = read_delimited("f.csv", text.encode()).records
    assert [(one.line, one.cells, bool(one.problem)) for one in records] == [
        (2, (), True),
        (3, ("MARTIN", "Tom"), False),
        (4, (), True),
        (5, ("ROUX", "Max"), False),
    ]


def test_a_field_written_on_two_lines_is_one_record_under_its_first_number() -> None:
    text = 'Nom;Adresse;Ville\nDUPONT;"1 rue Haute\nBâtiment B";Jacou\nMARTIN;;Clapiers\n'
    records = read_delimited("f.csv", text.encode()).records
    assert [(one.line, one.cells[0], one.problem) for one in records] == [(2, "DUPONT", ""), (4, "MARTIN", "")]


def test_empty_lines_are_nothing_and_missing_last_cells_are_empty() -> None:
    text = "\n\nsep=,\nA,B,C\n\n1\n,,\n1,2,3,\n1,2,3,4\n"
    source = read_delimited("f.csv", text.encode())
    assert [(one.line, one.cells) for one in source.records] == [(6, ("1", "", "")), (8, ("1", "2", "3")), (9, ())]
    assert "4 cellules pour 3 titres" in source.records[-1].problem


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_lines_refused_are_written_back_as_they_were(encoding: str) -> None:
    content = 'Prénom;Ville\r\n"Éva";Jacou\r\n"Zoé;Clapiers\r\nTom;Teyran\r\n'.encode(encoding)
    kept = rejected_lines(read_delimited("f.csv", content), {3, 4})
    assert kept == 'Prénom;Ville\r\n"Zoé;Clapiers\r\nTom;Teyran\r\n'.encode(encoding)
    assert read_delimited("rejets.csv", kept).encoding == encoding


def a_workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_a_workbook_is_read_and_its_refused_lines_make_another() -> None:
    from datetime import date

    content = a_workbook(["Nom", "Né le", "QF"], ["Dupont", date(2019, 3, 12), 745.5], [], ["=1+1", "12/3", 12])
    source = read_table("familles.xlsx", content)
    assert [(one.line, one.cells) for one in source.records] == [
        (2, ("Dupont", "12/03/2019", "745,5")),
        (4, ("", "12/3", "12")),  # a formula nobody computed has no value
    ]
    again = read_table("rejets.xlsx", rejected_file(source, {2}))
    assert again.header == source.header
    assert [one.cells for one in again.records] == [("Dupont", "12/03/2019", "745,5")]


@pytest.mark.parametrize(
    "content", [b"", b"\r\n \r\n", b"PK\x03\x04 not a workbook", b"\xd0\xcf\x11\xe0old", b'"open;x']
)
def test_what_holds_no_table_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(FileNotUnderstood):
        read_table("f", content)


@given(st.one_of(st.binary(max_size=400), st.text(alphabet='a;,"\n\r\té\x00', max_size=200).map(str.encode)))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    try:
        source = read_table("f", content)
    except PortailError:
        return
    lines = [one.line for one in source.records]
    assert lines == sorted(set(lines))
    assert all(len(one.cells) == len(source.header) or one.problem for one in source.records)
