"""Whatever is typed or sent, each parser answers, or refuses with a sentence: never anything else, never for long.

`PARSERS` and `FILES` name every function that reads text or bytes of people; a test finds those that nobody put there.
"""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import screens
import tui_portail
from screens.form_fields import read_quotient
from screens.setting_fields import typed_value
from screens.typed_ages import parse_ages
from screens.typed_dates import parse_date
from screens.typed_times import parse_time
from tests.hostile_text import EVERYTHING
from tests.soak import lives
from tui_portail import badges, dossier_number, field_checks, workbooks
from tui_portail.cli.asking import parse_year
from tui_portail.cli.regles import parse_day as parse_rule_day
from tui_portail.commune_files import read_commune, shipped_file
from tui_portail.commune_sections.forms import FieldKind, SettingField
from tui_portail.errors import PortailError
from tui_portail.family_forms import checked_reason
from tui_portail.imports.columns import guess_kind, guess_map
from tui_portail.imports.files import FileNotUnderstood, read_delimited
from tui_portail.imports.lines import parse_day, parse_sex
from tui_portail.letter_templates import read_template
from tui_portail.mail_addresses import check_address
from tui_portail.menus import Course, read_allergens, read_course, read_menus
from tui_portail.money import parse_amount
from tui_portail.price_copies import read_increase
from tui_portail.price_grids import exact_factor
from tui_portail.search_terms import readings
from tui_portail.settings_sources import read_settings
from tui_portail.tariff_samples import read_quotients
from tui_portail.web_addresses import checked_web_address
from tui_portail.workbooks import read_table

TODAY = date(2026, 12, 1)


def a_field(kind: FieldKind) -> Callable[[str], object]:
    field = SettingField("essai", "Essai", kind)
    return lambda text: typed_value(field, text, TODAY)


PARSERS: dict[str, Callable[[str], Any]] = {
    "parse_amount": parse_amount,
    "parse_date": lambda text: parse_date(text, TODAY),
    "parse_date (past)": lambda text: parse_date(text, TODAY, past=True),
    "parse_time": parse_time,
    "parse_ages": parse_ages,
    "parse_year": parse_year,
    "parse_day (regles)": parse_rule_day,
    "parse_day (imports)": lambda text: parse_day(text, "la date"),
    "parse_sex": parse_sex,
    "read_quotient": read_quotient,
    "read_quotients": read_quotients,
    "read_increase": read_increase,
    "exact_factor": exact_factor,
    "read_course": lambda text: read_course(Course.STARTER, text),
    "read_allergens": read_allergens,
    "read_template": lambda text: read_template("numero", text),
    "readings": lambda text: readings(text, TODAY),
    "checked_text": lambda text: field_checks.checked_text(text, 120, "le texte", "text"),
    "checked_name": lambda text: field_checks.checked_name(text, "le nom", "name"),
    "checked_email": lambda text: field_checks.checked_email(text, "email"),
    "check_address": check_address,
    "checked_web_address": checked_web_address,
    "checked_phone": lambda text: field_checks.checked_phone(text, "phone"),
    "checked_postcode": lambda text: field_checks.checked_postcode(text, "postcode"),
    "checked_insee": lambda text: field_checks.checked_insee(text, "insee"),
    "checked_allowance": lambda text: field_checks.checked_allowance(text, "allowance"),
    "checked_reason": lambda text: checked_reason(text, 200, "le motif", "reason"),
    "child_of (badge)": badges.child_of,
    "is_number (dossier)": dossier_number.is_number,
    **{f"typed_value ({kind.value})": a_field(kind) for kind in FieldKind},
}
"""Each takes what was typed; what it raises is a PortailError, or it is a bug."""

FILES: dict[str, Callable[[bytes], Any]] = {
    "read_delimited": lambda content: read_lines(read_delimited("essai.csv", content)),
    "read_table": lambda content: read_lines(read_table("essai", content)),
    "read_commune": lambda content: in_a_file("clapiers.toml", content, read_commune),
    "read_settings": lambda content: in_a_file(
        "reglages.toml", content, lambda path: read_settings(path, {}, environment=False)
    ),
}


def read_lines(source: Any) -> None:
    """Go on as an import and the menus do with a table: what its columns are, what each line says."""
    guess_kind(source.header)
    guess_map(source.header)
    read_menus(source.header, ((record.line, record.cells) for record in source.records), {"ECOLE": "École"})


def in_a_file(name: str, content: bytes, read: Callable[[Path], object]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        read(path)


def answers(parser: Callable[[Any], object], given_it: object) -> None:
    """Check that a parser answers, or refuses with a sentence that is whole and not as long as what it was given."""
    try:
        parser(given_it)
    except PortailError as refusal:
        assert refusal.sentence
        assert len(refusal.sentence) < 1_000, refusal.sentence[:200]


def test_every_parser_of_the_program_is_fuzzed_here() -> None:
    """Given the functions that by their name read what people write, none is missing above."""
    named = re.compile(
        r"(parse|checked)_[a-z_]+|read_(quotients?|increase|course|allergens|template|delimited|table|commune|settings)"
    )
    found = set()
    for package in (tui_portail, screens):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".services" in module.name or ".__main__" in module.name:
                continue  # services take forms already read, and check them by the functions above
            members = inspect.getmembers(importlib.import_module(module.name), inspect.isfunction)
            found |= {name for name, call in members if call.__module__ == module.name and named.fullmatch(name)}
    known = {name.split(" ")[0] for name in (*PARSERS, *FILES)}
    of_forms = {"checked_guardian", "checked_child", "checked_contact", "checked_consents", "checked_days"}
    of_the_system = {"parse_linux_mounts", "parse_bsd_mounts"}
    assert found - known - of_forms - of_the_system == set()


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_typed_is_understood_or_refused_with_a_sentence(name: str) -> None:
    for text in EVERYTHING:
        answers(PARSERS[name], text)

    @settings(max_examples=lives(60), deadline=None)
    @given(st.one_of(st.text(max_size=40), st.text("0123456789 ,.;:/-+%hà²٣€\u00a0\u202f−", max_size=24)))
    def hold(text: str) -> None:
        answers(PARSERS[name], text)

    hold()


def a_workbook() -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in (
        ["date", "service", "plat", "allergenes"],
        ["2026-12-01", "Entrée", "Velouté", "lait"],
        ["x", "y", "z", "=1+1"],
    ):
        book.active.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def whole_files(name: str) -> list[bytes]:
    if name == "read_commune":
        return [shipped_file().read_bytes()]
    if name == "read_settings":
        return [b'base = "/srv/portail.sqlite"\ntheme = "clair"\nverrouillage_minutes = 10\n[touches]\naide = "f1"\n']
    lines = 'date;service;plat;allergenes\n2026-12-01;Entrée;Velouté;lait\n01/12/2026;Plat;"Lentilles ; riz";\n'
    return [lines.encode(), lines.encode("utf-16"), lines.encode("cp1252"), a_workbook()]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_or_refused_with_a_sentence_whatever_its_bytes(name: str) -> None:
    """Given a good file, when bytes of it are changed, taken out or added, it is still read or refused as a whole."""
    for text in EVERYTHING:
        answers(FILES[name], text.encode("utf-8", "surrogatepass"))
    files = whole_files(name)
    examples = 12 if name == "read_commune" else 50

    @settings(max_examples=lives(examples), deadline=None)
    @given(
        st.sampled_from(files),
        st.lists(st.tuples(st.integers(0), st.binary(max_size=6), st.integers(0, 9)), max_size=4),
    )
    def hold(content: bytes, changes: list[tuple[int, bytes, int]]) -> None:
        for place, put, taken in changes:
            at = place % (len(content) + 1)
            content = content[:at] + put + content[at + taken :]
        answers(FILES[name], content)

    hold()


def packed(parts: dict[str, bytes]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_UNPACKED", 100_000)
    bomb = packed({"xl/worksheets/sheet1.xml": b" " * 200_000})
    assert len(bomb) < 2_000
    with pytest.raises(FileNotUnderstood, match="trop gros"):
        read_table("bombe.xlsx", bomb)


def test_a_workbook_names_no_file_of_the_machine_and_expands_no_entity(tmp_path: Path) -> None:
    """Given a sheet whose XML declares entities, one of them a file of the machine, it is refused and nothing of it is read."""
    secret = tmp_path / "secret.txt"
    secret.write_text("mot de passe", encoding="utf-8")
    with ZipFile(BytesIO(a_workbook())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    declared = f'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "{secret.as_uri()}">]>'.encode()
    for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"):
        attacked = dict(parts)
        body = attacked[name].replace(b"plat", b"&b;&f;", 1)
        attacked[name] = declared + body[body.index(b"?>") + 2 :] if body.startswith(b"<?xml") else declared + body
        with pytest.raises(FileNotUnderstood):
            read_table("entites.xlsx", packed(attacked))
