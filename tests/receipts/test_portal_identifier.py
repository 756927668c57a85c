"""« Votre identifiant du Portail Famille »: what it says, drawn the same twice, whatever the name."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from receipts.documents import Issuer
from receipts.portal_identifier import PortalIdentifier, draw_portal_identifier
from tests.factories import paris
from tests.hostile_text import MARKUP

ISSUER = Issuer("Mairie de Clapiers", ("Espace Bonnier", "34830 Clapiers"), "Enfance/Jeunesse", "04 67 00 00 00")


def an_identifier(**said: object) -> PortalIdentifier:
    given: dict[str, object] = {
        "issuer": ISSUER,
        "name": "Karim Benali",
        "username": "karimbenali",
        "code": "ABCDE-FGHJK",
        "valid_until": paris("2026-12-03 10:30"),
        "hours": "Il est ouvert du lundi au vendredi, sauf de 2 h à 6 h.",
        "issued_at": paris("2026-12-01 10:30"),
    }
    return PortalIdentifier(**(given | said))  # type: ignore[arg-type]


def read(pdf: bytes) -> str:
    [page] = PdfReader(BytesIO(pdf)).pages
    return " ".join(page.extract_text().replace("\xa0", " ").split())


def test_it_says_the_name_the_code_until_when_and_where_to_type_it() -> None:
    text = read(draw_portal_identifier(an_identifier()))
    for said in (
        "Karim Benali",
        "karimbenali",
        "ABCDE-FGHJK",
        "03/12/2026 à 10 h 30",
        "« Activer mon compte »",
        "lundi",
    ):
        assert said in text
    assert "à l’adresse" not in text
    assert "https://portail.exemple.fr" in read(
        draw_portal_identifier(an_identifier(address="https://portail.exemple.fr"))
    )


def test_the_same_identifier_gives_the_same_bytes() -> None:
    assert draw_portal_identifier(an_identifier()) == draw_portal_identifier(an_identifier())


@pytest.mark.parametrize("name", [MARKUP, "M" * 240, "Œdipe Ñandú"])
def test_a_name_is_text_on_one_page(name: str) -> None:
    text = read(draw_portal_identifier(an_identifier(name=name)))
    assert "ABCDE-FGHJK" in text


def test_an_example_says_so() -> None:
    assert "FICTIF" in read(draw_portal_identifier(an_identifier(fictitious=True)))
