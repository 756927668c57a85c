"""`tui-portail regles`, run as an agent runs it, and what `--help` may load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tui_portail.cli import app

ENGLISH = ("Usage", "Commands", "Show", "exit", "required", "default", "Missing", "Error", "Try ", "Got", "<str>")


@pytest.fixture(scope="module")
def clapiers_file() -> Iterator[Path]:
    with as_file(files("data")) as folder:
        yield folder / "clapiers.toml"


def run(*args: str) -> Result:
    return CliRunner().invoke(app, list(args), prog_name="tui-portail")


def test_the_limit_of_a_wednesday_is_the_eve_at_noon_in_json() -> None:
    result = run("regles", "limite", "ALSH_MERCREDI", "2026-12-02", "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["activite"] == "ALSH_MERCREDI"
    assert answer["jour"] == "2026-12-02"
    assert answer["ajout"] == answer["annulation"] == "2026-12-01T12:00:00+01:00"
    assert answer["ouvre"] is True
    assert any("1er décembre 2026 à 12 h" in reason for reason in answer["pourquoi_ajout"])
    assert "Dépliant" in answer["texte_annulation"]
    assert "exemple livré" in answer["source"]


@pytest.mark.parametrize(
    ("activity", "day", "limit"),
    [
        ("ALP_SOIR", "2026-11-30", "2026-11-27T12:00:00+01:00"),
        ("ALSH_MERCREDI", "2026-12-02", "2026-12-01T12:00:00+01:00"),
        ("RESTAURATION", "2026-12-03", "2026-12-02T12:00:00+01:00"),
        ("ALP_MATIN", "2026-11-12", "2026-11-11T12:00:00+01:00"),
        ("ALP_MATIN", "2027-01-04", "2027-01-01T12:00:00+01:00"),
        ("ALP_MATIN", "2027-03-30", "2027-03-29T12:00:00+02:00"),
        ("ALP_MATIN", "2027-05-18", "2027-05-17T12:00:00+02:00"),
    ],
)
def test_the_shipped_rules_give_the_limits_of_the_leaflet(activity: str, day: str, limit: str) -> None:
    answer = json.loads(run("regles", "limite", activity, day, "--json").stdout)
    assert (answer["ajout"], answer["annulation"]) == (limit, limit)


def test_the_plain_answer_says_both_limits_why_and_which_rules_were_read() -> None:
    output = run("regles", "limite", "alp_soir", "30/11/2026").stdout
    assert "ALP soir, lundi 30 novembre 2026" in output
    assert output.count("avant le vendredi 27 novembre 2026 à 12 h") == 4
    assert "dimanche 29 novembre 2026 : week-end, ne compte pas" in output
    assert "Règles lues : exemple livré avec le programme (Clapiers, capacités et tarifs FICTIFS)" in output


def test_a_day_on_which_the_activity_does_not_open_is_said_beside_its_limit() -> None:
    result = run("regles", "limite", "ALSH_MERCREDI", "2026-12-03")
    assert result.exit_code == 0
    assert "Attention : « ALSH mercredi » n’ouvre pas le jeudi 3 décembre 2026" in result.stdout


def test_the_calendar_says_what_a_day_is_and_what_opens() -> None:
    answer = json.loads(run("regles", "calendrier", "2026-12-02", "--json").stdout)
    assert (answer["jour"], answer["nature"]) == ("2026-12-02", "mercredi_scolaire")
    assert answer["activites"] == ["ALSH_MERCREDI"]
    assert set(answer["fermees"]) == {"ALP_MATIN", "PAUSE_MERIDIENNE", "RESTAURATION", "ALP_SOIR", "ALSH_VACANCES"}
    holiday = run("regles", "calendrier", "2026-11-11").stdout
    assert "Mercredi 11 novembre 2026 : Jour férié : Armistice" in holiday
    assert "Aucune activité n’ouvre ce jour-là." in holiday
    assert "ALSH_VACANCES" in run("regles", "calendrier", "2026-12-21").stdout


def test_a_site_closed_alone_is_named_beside_the_activities_that_open_elsewhere(
    tmp_path: Path, clapiers_file: Path
) -> None:
    for file in ("calendrier-zone-c.toml", "tarifs-fictifs.toml", "clapiers.toml"):
        (tmp_path / file).write_bytes((clapiers_file.parent / file).read_bytes())
    with (tmp_path / "calendrier-zone-c.toml").open("a", encoding="utf-8") as calendar:
        calendar.write(
            '\n[[fermetures]]\ndu = 2026-12-02\nau = 2026-12-02\nmotif = "Travaux"\nactivites = true\nsite = "ADOS"\n'
        )
    asked = ("regles", "calendrier", "2026-12-02", "--commune", str(tmp_path / "clapiers.toml"))
    told = run(*asked).stdout
    assert "ALSH_MERCREDI" in told
    assert "Sauf au site" in told
    assert "Travaux" in told
    answer = json.loads(run(*asked, "--json").stdout)
    assert answer["activites"] == ["ALSH_MERCREDI"]
    assert set(answer["sites_fermes"]) == {"ADOS"}


@pytest.mark.parametrize("command", [("limite", "ALSH_MERCREDI"), ("calendrier",)])
def test_a_day_outside_the_coverage_is_refused_in_json_too(command: tuple[str, ...]) -> None:
    result = run("regles", *command, "2030-01-09", "--json")
    assert result.exit_code == 2
    answer = json.loads(result.stdout)
    assert (answer["jour"], answer["code"]) == ("2030-01-09", "HORS_CALENDRIER")
    assert "2028" in answer["refus"]


def test_a_communes_own_file_is_read_and_named(tmp_path: Path, clapiers_file: Path) -> None:
    for file in ("calendrier-zone-c.toml", "tarifs-fictifs.toml"):
        (tmp_path / file).write_bytes((clapiers_file.parent / file).read_bytes())
    own = tmp_path / "commune.toml"
    text = clapiers_file.read_text(encoding="utf-8")
    changed = text.replace('nom = "ALP soir"', 'nom = "ALP soir"\nlimite_ajout = { heure = "09:00", jours = 2 }')
    own.write_text(changed, encoding="utf-8")
    answer = json.loads(run("regles", "limite", "ALP_SOIR", "2026-12-03", "--commune", str(own), "--json").stdout)
    assert answer["ajout"] == "2026-12-01T09:00:00+01:00"
    assert answer["annulation"] == "2026-12-02T12:00:00+01:00"
    assert answer["texte_ajout"] == "Règles de la commune"
    assert answer["source"] == f"fichier {own}"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("limite", "ALSH_MECREDI", "2026-12-02"), "« ALSH_MECREDI » n’est le code d’aucune activité"),
        (("limite", "ALP_SOIR", "2026-02-30"), "« 2026-02-30 » n’est pas un jour"),
        (("limite", "ALP_SOIR", "demain"), "n’est pas un jour"),
        (("calendrier", "12/2026"), "n’est pas un jour"),
        (("calendrier", "2/12/26"), "n’est pas un jour"),
        (("calendrier", "2028-07-04"), "n’est connu que du lundi 1er septembre 2025 au lundi 3 juillet 2028"),
        (("limite", "ALP_SOIR", "2025-08-31"), "n’est connu que du"),
        (("calendrier", "2026-12-02", "--commune", "absent.toml"), "« absent.toml » n’existe pas"),
        (("limite", "ALP_SOIR"), "Il manque « JOUR »"),
        (("limite", "ALP_SOIR", "2026-12-02", "encore"), "Il y a un mot de trop : encore"),
        (("limites", "ALP_SOIR"), "Vouliez-vous dire « limite » ?"),
        (("calendrier", "2026-12-02", "--jsn"), "L’option « --jsn » n’existe pas."),
        (("calendrier", "2026-12-02", "--base"), "L’option « --base » attend une valeur."),
    ],
)
def test_a_mistyped_line_is_answered_by_one_french_sentence_and_code_2(args: tuple[str, ...], told: str) -> None:
    result = run("regles", *args)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert not any(word in result.stderr for word in ENGLISH)


def test_a_base_that_is_missing_is_told_without_trace(tmp_path: Path) -> None:
    result = run("regles", "calendrier", "2026-12-02", "--base", str(tmp_path / "absente.sqlite3"))
    assert result.exit_code == 1
    assert "n’existe pas" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("args", [("--help",), ("--aide",), ("regles", "--help"), ("regles", "limite", "-h"), ()])
def test_help_is_in_french(args: tuple[str, ...]) -> None:
    output = run(*args).stdout
    assert output.startswith("Emploi : tui-portail")
    assert "Options :" in output
    assert not any(word in output for word in ENGLISH)


def test_the_list_of_commands_is_whole_and_the_same_at_each_run(tmp_path: Path) -> None:
    pages = {
        subprocess.run(
            [sys.executable, "-m", "tui_portail", "--help"],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8", "TUI_PORTAIL_REGLAGES": os.devnull},
        ).stdout.decode()
        for seed in ("1", "2", "3")
    }
    (page,) = pages
    assert "..." not in page.replace("[ARGUMENTS]...", "")
    assert "--help, --aide, -h" in page or "-h, --help, --aide" in page


def test_a_terminal_in_another_encoding_gets_its_help_all_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui_portail", "--help"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "latin-1", "TUI_PORTAIL_REGLAGES": os.devnull},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "l?application".encode("latin-1") in done.stdout


def test_where_the_log_cannot_be_written_a_bug_is_still_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "fichier").touch()
    code = (
        "import sys\nfrom tui_portail.cli import app\nfrom tui_portail import commune_files\n"
        "def broken(): raise RuntimeError('une panne')\n"
        "commune_files.shipped_commune = broken\n"
        "app(['regles', 'calendrier', '2026-12-02'])"
    )
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "fichier" / "x")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 70
    (line,) = done.stderr.splitlines()
    assert "(RuntimeError)" in line and "n’a pas pu être écrit" in line


def test_a_bug_is_one_calm_sentence_and_its_trace_goes_to_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def broken() -> None:
        raise RuntimeError("une panne")

    monkeypatch.setattr("tui_portail.commune_files.shipped_commune", broken)
    result = run("regles", "calendrier", "2026-12-02")
    assert result.exit_code == 70
    assert "Une erreur imprévue s’est produite, notée sous la référence" in result.stderr
    assert "une panne" not in result.stderr
    (log,) = tmp_path.rglob("incidents.log")
    assert "RuntimeError\n" in log.read_text(encoding="utf-8")


def python(code: str) -> str:
    environment = {**os.environ, "TUI_PORTAIL_REGLAGES": os.devnull}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    return done.stdout + done.stderr


def test_help_loads_neither_sqlmodel_nor_textual_nor_pydantic() -> None:
    output = python(
        "import sys\n"
        "from tui_portail.__main__ import main\n"
        "sys.argv = ['tui-portail', '--help']\n"
        "try:\n    main()\n"
        "except SystemExit as left:\n    print('code', left.code)\n"
        "heavy = ('sqlmodel', 'sqlalchemy', 'textual', 'pydantic', 'holidays', 'babel', 'reportlab', 'rich')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    assert output.startswith("Emploi : tui-portail")
    assert output.strip().splitlines()[-2:] == ["code 0", "[]"]


def test_the_rules_are_told_without_any_database_loaded() -> None:
    output = python(
        "import sys\n"
        "from tui_portail.__main__ import main\n"
        "sys.argv = ['tui-portail', 'regles', 'limite', 'ALSH_MERCREDI', '2026-12-02']\n"
        "try:\n    main()\n"
        "except SystemExit as left:\n    print('code', left.code)\n"
        "print([name for name in ('sqlmodel', 'sqlalchemy', 'textual') if name in sys.modules])"
    )
    assert output.strip().splitlines()[-2:] == ["code 0", "[]"]


@pytest.mark.parametrize(("setting", "kitty"), [("1", "1"), ("0", "None")])
def test_the_entry_point_prepares_the_terminal_before_textual_is_imported(setting: str, kitty: str) -> None:
    output = python(
        "import gc, os, sys\n"
        "os.environ.pop('ESCDELAY', None)\n"
        f"os.environ['TUI_PORTAIL_SANS_CLAVIER_KITTY'] = {setting!r}\n"
        "from tui_portail.__main__ import main\n"
        "sys.argv = ['tui-portail', '--help']\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "print(os.environ['ESCDELAY'], os.environ.get('TEXTUAL_DISABLE_KITTY_KEY'), gc.isenabled(), gc.get_freeze_count() > 0)"
    )
    assert output.strip().splitlines()[-1] == f"25 {kitty} True True"
