"""A backup each night: what is written for cron and systemd, replaced when asked again, taken away, said where there is neither."""

import os
import sys
from pathlib import Path

import pytest

from tests.databases import SqliteTemplate
from tests.tui_portail.backup_acts import run
from tui_portail.services.backup_schedule import (
    NAME,
    DailyBackup,
    cron_line,
    name_for,
    schedule,
    timer_units,
    unschedule,
)

CRONTAB = """#!/bin/sh
kept="$HOME/crontab"
if [ "$1" = -l ]; then [ -f "$kept" ] && exec cat "$kept"; echo "no crontab for agent" >&2; exit 1; fi
exec cat > "$kept"
"""
SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$HOME/systemctl"
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="cron and systemd are not there")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with `cat` and nothing that schedules."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "cat").symlink_to("/bin/cat")
    monkeypatch.setenv("PATH", str(folder))
    return folder


def a_program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    (folder / name).chmod(0o755)


def test_cron_has_one_line_replaced_then_taken_away(
    path: Path, tmp_path: Path, sqlite_template: SqliteTemplate
) -> None:
    a_program(path, "crontab", CRONTAB)
    kept = Path(os.environ["HOME"]) / "crontab"
    kept.write_text("5 4 * * * autre chose\n", encoding="utf-8")
    base = sqlite_template.fresh(tmp_path)
    plan = ("sauvegarder", "--base", base, "--vers", tmp_path / "100 % sûr", "--garder", "20", "--planifier")
    for at in ("02:30", "3h15"):
        done = run(*plan, at)
        assert done.exit_code == 0, done.output
        assert "dans votre crontab" in done.output
    other, ours = kept.read_text(encoding="utf-8").splitlines()
    assert other == "5 4 * * * autre chose"
    assert ours.startswith(f"15 3 * * * {sys.executable} -m tui_portail sauvegarder --garder 20 --base {base} --vers")
    assert r"100 \% sûr" in ours
    assert "n’est plus planifiée" in run("sauvegarder", "--deplanifier").output
    assert kept.read_text(encoding="utf-8") == "5 4 * * * autre chose\n"
    assert "n’était planifiée" in run("sauvegarder", "--deplanifier").output


def test_systemd_has_a_timer_that_catches_up(path: Path) -> None:
    a_program(path, "systemctl", SYSTEMCTL)
    said = schedule(
        DailyBackup(
            2, 30, "/srv/100 %.sqlite3", ["/usr/bin/python 3", "-m", "x"], (("TUI_PORTAIL_REGLAGES", '/r "1"%'),)
        )
    )
    assert "minuterie systemd" in said
    assert "enable-linger" in said
    units = Path(os.environ["XDG_CONFIG_HOME"]) / "systemd" / "user"
    name = name_for("/srv/100 %.sqlite3")
    timer = (units / f"{name}.timer").read_text(encoding="utf-8")
    assert "Description=Sauvegarde du Portail /srv/100 %%.sqlite3, chaque jour" in timer
    assert "OnCalendar=*-*-* 02:30:00\nPersistent=true" in timer
    service = (units / f"{name}.service").read_text(encoding="utf-8")
    assert 'Environment="TUI_PORTAIL_REGLAGES=/r \\"1\\"%%"\nExecStart="/usr/bin/python 3" "-m" "x"' in service
    assert "enable --now" in (Path(os.environ["HOME"]) / "systemctl").read_text(encoding="utf-8")
    assert "n’est plus planifiée" in run("sauvegarder", "--deplanifier").output
    assert list(units.iterdir()) == []


def test_each_base_has_its_own_line_of_the_crontab(path: Path, tmp_path: Path) -> None:
    a_program(path, "crontab", CRONTAB)
    kept = Path(os.environ["HOME"]) / "crontab"
    kept.write_text(f"1 1 * * * d’une version d’avant # {NAME}\n", encoding="utf-8")
    for name, at in (("a", "02:30"), ("b", "03:30"), ("a", "04:30")):
        assert run("sauvegarder", "--base", tmp_path / name, "--planifier", at).exit_code == 0
    old, second, first = kept.read_text(encoding="utf-8").splitlines()
    assert old.endswith(f"# {NAME}") and second.startswith("30 3 ") and first.startswith("30 4 ")
    assert "n’est plus planifiée" in run("sauvegarder", "--deplanifier", "--base", tmp_path / "a").output
    assert "n’était planifiée" in run("sauvegarder", "--deplanifier", "--base", tmp_path / "a").output
    assert kept.read_text(encoding="utf-8").splitlines() == [old, second]
    assert "Les 2 sauvegardes ne sont plus planifiées." in run("sauvegarder", "--deplanifier").output
    assert kept.read_text(encoding="utf-8") == ""


def test_each_base_has_its_own_timer(path: Path) -> None:
    a_program(path, "systemctl", SYSTEMCTL)
    units = Path(os.environ["XDG_CONFIG_HOME"]) / "systemd" / "user"
    for base in ("/srv/a", "/srv/b"):
        schedule(DailyBackup(2, 30, base, ["x"]))
    assert {one.stem for one in units.iterdir()} == {name_for("/srv/a"), name_for("/srv/b")}
    unschedule("/srv/a")
    assert {one.name for one in units.iterdir()} == {f"{name_for('/srv/b')}.{kind}" for kind in ("timer", "service")}


def test_where_nothing_schedules_the_line_to_add_is_said(path: Path) -> None:
    daily = DailyBackup(2, 30, "/srv/b.sqlite3", ["tui-portail", "sauvegarder"])
    assert "rien n’a été planifié. Ajoutez cette ligne" in schedule(daily)
    assert schedule(daily).endswith(cron_line(daily))
    assert len(timer_units(daily)) == 2


def test_no_secret_goes_into_what_is_scheduled(path: Path, tmp_path: Path) -> None:
    a_program(path, "crontab", CRONTAB)
    kept = Path(os.environ["HOME"]) / "crontab"
    with_password = run("sauvegarder", "--base", "postgresql://a:secret@h/b", "--planifier", "02:30")
    assert (with_password.exit_code, "trousseau" in with_password.output) == (2, True)
    nobody = run("sauvegarder", "--base", tmp_path / "b.sqlite3", "--chiffrer", "--planifier", "02:30")
    assert (nobody.exit_code, "Personne ne tapera" in nobody.output) == (2, True)
    secret = tmp_path / "phrase"
    secret.write_text("une phrase assez longue\n", encoding="utf-8")
    words = ("sauvegarder", "--base", tmp_path / "b.sqlite3", "--phrase-fichier", secret, "--planifier", "02:30")
    assert "chmod 600" in run(*words).output
    assert not kept.exists()
    secret.chmod(0o600)
    assert run(*words).exit_code == 0
    assert f"--phrase-fichier {secret}" in kept.read_text(encoding="utf-8")
    assert "assez longue" not in kept.read_text(encoding="utf-8")
