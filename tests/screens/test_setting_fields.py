"""The fields of the settings' forms: what is shown means what is kept, what is typed is understood or refused by its sentence."""

import asyncio
from datetime import date
from typing import Any

import pytest
from textual.app import App

from screens.setting_fields import field_for, typed_value, widget_key
from tests.factories import the_commune
from tui_portail.commune_files import to_document
from tui_portail.commune_sections import SECTIONS, FieldKind, SettingField, lines_of, section_of
from tui_portail.commune_sections.words import names_in
from tui_portail.errors import InvalidInput

TODAY = date(2026, 12, 1)


def test_a_form_opened_and_kept_untouched_changes_nothing() -> None:
    document: dict[str, Any] = dict(to_document(the_commune()))
    document["sites"][0]["nom"] = "Deux  espaces"
    document["activites"][0]["debut"] = "07:30:15"
    document["moyens"][3]["activites_exclues"] = ["RESTAURATION", "PAUSE_MERIDIENNE"]
    names = names_in(document, SECTIONS)

    async def check_each_line() -> None:
        app: App[None] = App()
        async with app.run_test():
            with app._context():
                for section in SECTIONS:
                    if section.screen == "commune":
                        for line in lines_of(document, section):
                            made = {
                                field.key: field_for(field, line[field.key], names, TODAY) for field in section.fields
                            }
                            assert {key: field.value for key, field in made.items()} == line, section.key

    asyncio.run(check_each_line())


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (FieldKind.TEXT, "  Le   Centre ", "Le Centre"),
        (FieldKind.CODE, "école n°2", "ECOLE_N_2"),
        (FieldKind.INTEGER, "30", 30),
        (FieldKind.AMOUNT, "1 234,5", "1234,50"),
        (FieldKind.FACTOR, "0,85", "17/20"),
        (FieldKind.FACTOR, "1/3", "1/3"),
        (FieldKind.TIME, "16h30", "16:30:00"),
        (FieldKind.DATE, "1/9/2026", "2026-09-01"),
        (FieldKind.MONTH_DAY, "1/10", "10-01"),
    ],
)
def test_what_is_typed_is_kept_as_the_document_writes_it(kind: FieldKind, typed: str, kept: object) -> None:
    assert typed_value(SettingField("x", "X", kind), typed, TODAY) == kept


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        (FieldKind.TEXT, "  ", "Remplissez ce champ."),
        (FieldKind.INTEGER, "-3", "« -3 » n’est pas un nombre entier"),
        (FieldKind.AMOUNT, "1,234", "plus de deux chiffres après la virgule"),
        (FieldKind.FACTOR, "1/0", "n’est pas un coefficient"),
        (FieldKind.TIME, "25h", "n’est pas une heure"),
        (FieldKind.MONTH_DAY, "31/2", "n’est pas un jour de l’année"),
    ],
)
def test_what_is_not_understood_says_what_to_type(kind: FieldKind, typed: str, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        typed_value(SettingField("x", "X", kind), typed, TODAY)


def test_an_empty_field_is_kept_as_its_section_says() -> None:
    contact = section_of("regie").field("contact")
    end = section_of("activites").field("fin")
    assert contact is not None and end is not None
    assert typed_value(contact, "", TODAY) == ""
    assert typed_value(end, " ", TODAY) is None
    assert widget_key(section_of("activites").fields[-1]) == "limite_annulation/sauter_fermetures"
