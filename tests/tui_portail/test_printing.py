from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_portail.printing import DocumentNotWritten, list_printers, print_file, safe_name, write_document

PDF = b"%PDF-1.4 essai"


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is the whole PATH, empty, on a desk without a screen."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return write_document(tmp_path / "documents", "quittance-2026-000123.pdf", PDF)


def command(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_a_document_is_written_whole_in_a_folder_made_for_it(tmp_path: Path) -> None:
    path = write_document(tmp_path / "a" / "b", "quittance 2026-000123.pdf", PDF)

    assert path == tmp_path / "a" / "b" / "quittance 2026-000123.pdf"
    assert path.read_bytes() == PDF
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_document_drawn_again_replaces_the_first(document: Path) -> None:
    again = write_document(document.parent, document.name, b"%PDF-1.4 encore")

    assert again == document
    assert document.read_bytes() == b"%PDF-1.4 encore"
    assert len(list(document.parent.iterdir())) == 1


def test_a_folder_that_cannot_be_made_is_told_in_french_and_nothing_is_left(tmp_path: Path) -> None:
    in_the_way = tmp_path / "documents"
    in_the_way.write_text("un fichier")

    with pytest.raises(DocumentNotWritten) as refused:
        write_document(in_the_way, "quittance.pdf", PDF)

    assert "L’opération est enregistrée" in refused.value.sentence
    assert str(in_the_way) in refused.value.sentence
    assert in_the_way.read_text() == "un fichier"


def test_a_write_that_fails_keeps_the_document_already_there_and_leaves_no_piece(tmp_path: Path) -> None:
    (tmp_path / "quittance.pdf").mkdir()  # what replaces must fail

    with pytest.raises(DocumentNotWritten):
        write_document(tmp_path, "quittance.pdf", PDF)

    assert [file.name for file in tmp_path.iterdir()] == ["quittance.pdf"]


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("quittance n° 2026/000123.pdf", "quittance n° 2026-000123.pdf"),
        ("a:b*c?.pdf", "a-b-c.pdf"),
        (".caché", "caché"),
        ("con.pdf", "_con.pdf"),
        ("", "document"),
        ("\x00\n", "document"),
        ("é" * 300 + ".pdf", "é" * 98 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_for_every_system(typed: str, safe: str) -> None:
    assert safe_name(typed) == safe


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_a_safe_name_stays_in_its_folder_and_is_safe_already(typed: str) -> None:
    name = safe_name(typed)

    assert name
    assert Path(name).name == name
    assert name[0] not in ".-"
    assert len(name.encode()) <= 201
    assert safe_name(name) == name


def test_a_document_goes_to_the_printer_chosen(commands: Path, document: Path) -> None:
    command(commands, "lp", f'printf "%s\\n" "$@" > {commands}/asked')

    outcome = print_file(document, "Accueil RDC")

    assert outcome.sent
    assert outcome.sentence_fr == "Document envoyé à l’imprimante « Accueil RDC »."
    assert outcome.path == document
    assert (commands / "asked").read_text().splitlines() == ["-d", "Accueil RDC", "-t", document.stem, str(document)]


def test_a_printer_that_refuses_is_told_with_its_reason_and_where_the_document_is(
    commands: Path, document: Path
) -> None:
    command(commands, "lp", "printf 'lp: Error - The printer does not exist.\\033[31m\\n' >&2; exit 1")

    outcome = print_file(document, "Partie")

    assert not outcome.sent
    assert "L’imprimante « Partie » n’a pas pris le document (ce poste ne la connaît pas" in outcome.sentence_fr
    assert "exist" not in outcome.sentence_fr
    assert "L’opération est enregistrée et le document peut être réimprimé." in outcome.sentence_fr
    assert str(document) in outcome.sentence_fr
    assert outcome.sentence_fr.isprintable()


def test_an_answer_of_the_print_command_that_nobody_foresaw_is_quoted(commands: Path, document: Path) -> None:
    command(commands, "lp", "printf 'lp: paper jam\\033[31m\\n' >&2; exit 1")

    outcome = print_file(document, "Accueil")

    assert "(réponse du système : « lp: paper jam [31m »)" in outcome.sentence_fr
    assert outcome.sentence_fr.isprintable()


def test_a_printer_that_never_answers_does_not_hold_the_desk(commands: Path, document: Path) -> None:
    os.mkfifo(commands / "never")
    command(commands, "lp", f"read line < {commands}/never")

    outcome = print_file(document, "Sourde", timeout_seconds=0.2)

    assert not outcome.sent
    assert "ne répond pas" in outcome.sentence_fr
    assert str(document) in outcome.sentence_fr


def test_a_desk_without_a_print_command_is_told_where_the_document_is(commands: Path, document: Path) -> None:
    outcome = print_file(document, "Accueil")

    assert not outcome.sent
    assert "commande d’impression" in outcome.sentence_fr
    assert str(document) in outcome.sentence_fr


def test_a_print_command_that_cannot_start_is_an_outcome_not_an_error(commands: Path, document: Path) -> None:
    file = commands / "lp"
    file.write_bytes(b"\x7fELF")
    file.chmod(0o755)

    outcome = print_file(document, "Accueil")

    assert not outcome.sent
    assert "n’a pas pris le document" in outcome.sentence_fr


def test_a_document_moved_away_can_be_drawn_again(commands: Path, tmp_path: Path) -> None:
    outcome = print_file(tmp_path / "partie.pdf", "Accueil")

    assert not outcome.sent
    assert "n’est plus à sa place" in outcome.sentence_fr


@pytest.mark.parametrize("printer", [None, "", "  "])
def test_without_a_printer_nor_a_screen_the_path_is_shown(commands: Path, document: Path, printer: str | None) -> None:
    command(commands, "xdg-open", f": > {commands}/opened")

    outcome = print_file(document, printer)

    assert not outcome.sent
    assert not outcome.opened
    assert outcome.sentence_fr == f"Aucune imprimante n’est choisie. Le document se trouve ici : {document}"
    assert not (commands / "opened").exists()


def test_without_a_printer_the_document_opens_on_the_screen(
    commands: Path, document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    command(commands, "xdg-open", f'echo "$1" > {commands}/opened')

    outcome = print_file(document, None)

    assert outcome.opened
    assert not outcome.sent
    assert "ouvert à l’écran" in outcome.sentence_fr
    assert (commands / "opened").read_text().strip() == str(document)


def test_a_viewer_that_fails_leaves_the_path(commands: Path, document: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    command(commands, "xdg-open", "exit 3")

    outcome = print_file(document, None)

    assert not outcome.opened
    assert str(document) in outcome.sentence_fr


def test_the_printers_that_accept_documents_are_listed(commands: Path) -> None:
    command(
        commands,
        "lpstat",
        "printf 'Accueil accepting requests since Tue\\nPanne not accepting requests since Mon -\\n\\tempty\\n"
        "Compta accepting requests since Tue\\n'",
    )

    assert list_printers() == ("Accueil", "Compta")


def test_without_cups_or_with_a_silent_one_there_is_no_printer(commands: Path) -> None:
    assert list_printers() == ()
    command(commands, "lpstat", "echo 'lpstat: No destinations added.' >&2; exit 1")
    assert list_printers() == ()
