"""The settings of a desk: where they come from, what wins, what is refused, and how they are written."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_portail.errors import InvalidInput
from tui_portail.settings import (
    Settings,
    change_settings,
    first_frame_settings,
    kitty_keys_disabled,
    load_settings,
    save_settings,
    settings_file,
)
from tui_portail.settings_writing import SettingsNotWritten, as_toml


@pytest.fixture(autouse=True)
def a_fresh_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in [name for name in os.environ if name.upper().startswith("TUI_PORTAIL_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("TUI_PORTAIL_REGLAGES", str(tmp_path / "reglages.toml"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "donnees"))


def write(tmp_path: Path, text: str, mode: int = 0o600) -> Path:
    file = tmp_path / "reglages.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_without_any_file_a_desk_has_its_database_and_documents_in_the_users_data_folder() -> None:
    found = load_settings()
    assert found.base == str(found.data_dir / "tui-portail.sqlite3")
    assert found.documents_dir == found.data_dir / "documents"
    assert (found.printer, found.paper, found.theme, found.lock_after_minutes) == (None, "A5", "sombre", 10)
    assert not found.disable_kitty_keys


def test_a_flag_wins_over_the_environment_which_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 'theme = "clair"\npapier = "A4"\nimprimante = "Accueil"\n')
    assert (load_settings().theme, load_settings().paper, load_settings().printer) == ("clair", "A4", "Accueil")
    monkeypatch.setenv("TUI_PORTAIL_THEME", "contraste")
    monkeypatch.setenv("TUI_PORTAIL_PAPIER", "ticket")
    found = load_settings(theme="ansi", base=None)
    assert (found.theme, found.paper, found.printer) == ("ansi", "ticket", "Accueil")


def test_the_data_folder_moves_the_database_and_the_documents_with_it(tmp_path: Path) -> None:
    found = load_settings(data_dir=tmp_path / "ailleurs")
    assert found.base == str(tmp_path / "ailleurs" / "tui-portail.sqlite3")
    assert found.documents_dir == tmp_path / "ailleurs" / "documents"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('theme = "rose"', ("reglages.toml, clé « theme »", "clair, sombre, contraste ou ansi")),
        ('papier = "A3"', ("clé « papier »", "A5, A4 ou ticket")),
        ("verrouillage_minutes = 900", ("clé « verrouillage_minutes »", "de 0 (jamais) à 480")),
        ('touches = ["p"]', ("clé « touches »", "une touche à chaque commande")),
        ('couleur = "rose"', ("clé « couleur »", "pas connue")),
        ("theme = ", ("TOML valide",)),
        (f"theme = {'[' * 5000}", ("TOML valide",)),
        ("# " + "x" * 2_000_000, ("trop gros",)),
        ('dossier_donnees = "~nobodyx/x"', ("« ~nobodyx »", "n’existe pas")),
        ('dossier_documents = "~nobodyx/x"', ("« ~nobodyx »", "n’existe pas")),
    ],
)
def test_a_mistake_in_the_file_names_the_key_and_what_is_expected(
    tmp_path: Path, text: str, told: tuple[str, ...]
) -> None:
    write(tmp_path, text)
    with pytest.raises(InvalidInput) as fault:
        load_settings()
    for words in told:
        assert words in fault.value.sentence


def test_a_mistake_in_the_environment_or_in_a_flag_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="Option « papier »"):
        load_settings(paper="A3")
    monkeypatch.setenv("TUI_PORTAIL_THEME", "rose")
    with pytest.raises(InvalidInput, match="Variable TUI_PORTAIL_THEME"):
        load_settings()


def test_keys_of_the_environment_are_added_to_those_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, '[touches]\n"app.find" = "f2"\n"app.help" = "f1"\n')
    monkeypatch.setenv("TUI_PORTAIL_TOUCHES", '{"app.find": "f3"}')
    assert load_settings().keymap == {"app.find": "f3", "app.help": "f1"}
    monkeypatch.setenv("TUI_PORTAIL_TOUCHES", "f3")
    with pytest.raises(InvalidInput, match=r"Variable TUI_PORTAIL_TOUCHES .*JSON"):
        load_settings()


def test_texts_of_the_environment_are_read_as_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("tui_portail_verrouillage_minutes", "3")
    monkeypatch.setenv("TUI_PORTAIL_SANS_CLAVIER_KITTY", "1")
    monkeypatch.setenv("TUI_PORTAIL_INCONNUE", "de nous")
    found = load_settings()
    assert (found.lock_after_minutes, found.disable_kitty_keys) == (3, True)


def test_a_settings_file_of_nobody_is_said_and_forgiven_for_the_first_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUI_PORTAIL_REGLAGES", "~nobodyx/reglages.toml")
    assert first_frame_settings().theme == "sombre"
    with pytest.raises(InvalidInput, match="~nobodyx"):
        load_settings()


def test_a_folder_in_the_place_of_the_settings_is_said_in_french(tmp_path: Path) -> None:
    (tmp_path / "reglages.toml").mkdir()
    with pytest.raises(InvalidInput, match=r"ne peut pas être lu \(c’est un dossier\)"):
        load_settings()


@pytest.mark.parametrize(
    "base",
    [
        "postgresql://agent:secret@serveur/mairie",
        "postgresql://serveur/m?password=secret",
        "postgresql://agent:secret/@serveur/m",
        "postgresql://agent%3Asecret@serveur/m",
        "postgresql//agent:secret@serveur/m",
        "agent:secret@serveur/m",
        "host=serveur dbname=m password=secret",
        "dbname=m user=agent password = secret",
    ],
)
def test_a_password_is_refused_in_a_file_that_others_can_read(tmp_path: Path, base: str) -> None:
    file = write(tmp_path, f'base = "{base}"', mode=0o644)
    with pytest.raises(InvalidInput, match="chmod 600") as fault:
        load_settings()
    assert "secret" not in fault.value.sentence
    file.chmod(0o600)
    assert load_settings().base == base
    assert "secret" not in repr(load_settings())


def test_settings_are_written_for_their_owner_alone_and_read_back_the_same(tmp_path: Path) -> None:
    wanted = replace(
        load_settings(),
        base="postgresql://agent:s@serveur/mairie",
        printer='HP "2ᵉ étage" \\ €',
        keymap={"app.find": "f2"},
    )
    file = save_settings(wanted)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_settings() == wanted
    assert [path.name for path in tmp_path.iterdir()] == ["reglages.toml"]


def test_changing_the_theme_writes_neither_the_flags_nor_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 'imprimante = "Accueil"\n')
    monkeypatch.setenv("TUI_PORTAIL_BASE", "postgresql://agent:secret@serveur/mairie")
    change_settings(theme="clair")
    written = tomllib.loads(settings_file().read_text(encoding="utf-8"))
    assert (written["theme"], written["imprimante"]) == ("clair", "Accueil")
    assert "base" not in written
    assert load_settings().base.startswith("postgresql://")


def test_settings_that_cannot_be_written_leave_those_of_before(tmp_path: Path) -> None:
    file = write(tmp_path, 'theme = "clair"\n')
    with pytest.raises(SettingsNotWritten, match=r"\(un fichier de ce nom existe déjà\).*restent en vigueur"):
        save_settings(load_settings(), file / "dessous.toml")
    assert file.read_text(encoding="utf-8") == 'theme = "clair"\n'


@settings(max_examples=80)
@given(
    printer=st.text(st.characters(exclude_categories=["Cs"])), keys=st.dictionaries(st.text("abc.é\"\\'\n"), st.text())
)
def test_whatever_a_printer_is_called_the_file_stays_readable(printer: str, keys: dict[str, str]) -> None:
    keys = {name: key for name, key in keys.items() if key.isprintable()}
    here = Settings("base", Path("/données"), Path("/papiers"), printer=printer, keymap=keys)
    written = tomllib.loads(as_toml(here))
    assert written["imprimante"] == printer
    assert written["touches"] == keys


def test_the_first_frame_forgives_what_the_strict_reading_tells(tmp_path: Path) -> None:
    write(tmp_path, 'theme = "rose"\nsans_clavier_kitty = true\n[touches]\n"app.find" = "f2"\n"app.x" = 3\n')
    frame = first_frame_settings()
    assert (frame.theme, frame.keymap, frame.disable_kitty_keys) == ("sombre", {"app.find": "f2"}, True)
    write(tmp_path, "theme = ")
    assert first_frame_settings().theme == "sombre"


@pytest.mark.parametrize(("word", "disabled"), [("1", True), ("Oui", True), ("0", False), ("", False)])
def test_the_environment_can_switch_the_kitty_keys_off(
    monkeypatch: pytest.MonkeyPatch, word: str, disabled: bool
) -> None:
    monkeypatch.setenv("TUI_PORTAIL_SANS_CLAVIER_KITTY", word)
    assert kitty_keys_disabled() is disabled


def test_where_nothing_is_written_nothing_strict_is_loaded_and_the_settings_are_the_same(tmp_path: Path) -> None:
    empty = tmp_path / "vide.toml"
    empty.write_text("", encoding="utf-8")
    assert load_settings(tmp_path / "absent.toml") == load_settings(empty)
    code = (
        "import sys; from pathlib import Path; from tui_portail.settings import load_settings; "
        f"load_settings(Path({str(tmp_path / 'absent.toml')!r})); print('pydantic' in sys.modules)"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUI_PORTAIL_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=kept)
    assert done.stdout.strip() == "False"


def test_what_the_first_frame_needs_loads_no_pydantic() -> None:
    code = (
        "import sys; from tui_portail.settings import first_frame_settings; first_frame_settings(); "
        "print([name for name in ('pydantic', 'textual') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
