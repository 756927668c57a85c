"""The commune's own texts and coat of arms: checked, dated, used from the next letter on, given up for those shipped."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from models.engine import Database
from tests.factories import a_desk, a_family
from tui_portail.errors import InvalidInput
from tui_portail.letter_templates import TemplateRefused
from tui_portail.services.coat_of_arms import (
    KEPT_PIXELS,
    MOST_BYTES,
    ImageRefused,
    prepared_image,
    read_arms,
    remove_coat_of_arms,
    set_coat_of_arms,
)
from tui_portail.services.desk import Desk, new_operation
from tui_portail.services.letter_texts import (
    LetterKind,
    TextChanged,
    list_texts,
    load_text,
    restore_text,
    save_text,
    shipped_text,
)
from tui_portail.services.letters import write_number_letters
from tui_portail.services.rights import Role
from tui_portail.services.stationery import preview_text

OWN = "Objet : Numéro {numero_dossier}\n\nBonjour {destinataire}, texte\x00 de la commune.\n"
NUMBER = LetterKind.NUMBER


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return a_desk(database, Role.ENFANCE, documents_dir=tmp_path)


def an_image(size: tuple[int, int] = (900, 1200), kind: str = "PNG") -> bytes:
    image = BytesIO()
    Image.new("RGB", size, "navy").save(image, kind)
    return image.getvalue()


def words_of(path: Path) -> str:
    return " ".join(PdfReader(path).pages[0].extract_text().split())


def test_a_text_saved_is_that_of_the_next_letter_and_the_shipped_one_comes_back(desk: Desk) -> None:
    family = a_family(desk)
    kept = save_text(desk, NUMBER, OWN, 0, new_operation())
    assert (kept.own, kept.agent_name, "\x00" in kept.text) == (True, "Camille Roux", False)
    written = write_number_letters(desk, [family.dossier_id], new_operation())
    assert "Bonjour Marie Dupont, texte de la commune." in words_of(written.path)

    back = restore_text(desk, NUMBER, kept.version, new_operation())
    assert (back.own, back.text) == (False, shipped_text(NUMBER))
    assert [text.own for text in list_texts(desk).texts] == [False] * 5


def test_a_text_that_cannot_be_used_is_not_kept_nor_one_saved_meanwhile(desk: Desk) -> None:
    with pytest.raises(TemplateRefused, match=r"Ligne 3 : \{numero\} n’est pas connu"):
        save_text(desk, NUMBER, "Objet : x\n\n{numero}", 0, new_operation())
    with pytest.raises(TemplateRefused, match="Ligne 3"):
        preview_text(desk, NUMBER, "Objet : x\n\n{numero}")
    assert load_text(desk, NUMBER).version == 0
    save_text(desk, NUMBER, OWN, 0, new_operation())
    with pytest.raises(TextChanged):
        save_text(desk, NUMBER, OWN, 0, new_operation())


@pytest.mark.parametrize("kind", LetterKind)
def test_every_text_is_tried_on_paper_with_a_family_made_up(desk: Desk, kind: LetterKind) -> None:
    said = words_of(preview_text(desk, kind, shipped_text(kind)))
    assert "{" not in said
    assert "Mairie de Clapiers" in said


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_coat_of_arms_is_made_small_and_printed_from_then_on(desk: Desk, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "blason"
    file.write_bytes(an_image(kind=kind))
    set_coat_of_arms(desk, str(file), new_operation())
    with desk.database.read() as connection:
        arms = read_arms(connection)
    assert arms is not None
    with Image.open(BytesIO(arms.image)) as image:
        assert image.size == (KEPT_PIXELS * 3 // 4, KEPT_PIXELS)
    [page] = PdfReader(write_number_letters(desk, [a_family(desk).dossier_id], new_operation()).path).pages
    assert page["/Resources"].get_object()["/XObject"]
    assert list_texts(desk).arms_since is not None
    remove_coat_of_arms(desk, new_operation())
    assert list_texts(desk).arms_since is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4",
        b"\x89PNG\r\n\x1a\n rien",
        an_image()[:400],
        an_image(kind="GIF"),
        an_image((20, 20)),
        an_image((9_000, 50)),
        b"x" * (MOST_BYTES + 1),
    ],
    ids=["empty", "svg", "pdf", "png in name", "cut", "gif", "small", "wide", "heavy"],
)
def test_what_is_no_image_to_print_is_refused(content: bytes) -> None:
    with pytest.raises(ImageRefused):
        prepared_image(content)


@pytest.mark.parametrize("typed", ["", "/nulle/part.png", "/", "postgresql://x/y", "a\x00b"])
def test_a_path_that_leads_to_no_file_is_refused(desk: Desk, typed: str) -> None:
    with pytest.raises((ImageRefused, InvalidInput)):
        set_coat_of_arms(desk, typed, new_operation())
