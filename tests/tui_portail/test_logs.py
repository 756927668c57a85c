"""The log folder: for its owner alone, rotating, written by several processes at once, silent when its disk is full."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui_portail import logs
from tui_portail.logs import JOURNAL, keep_logs, note, note_incident


def lines(folder: Path) -> list[str]:
    return [line for file in folder.glob(f"{JOURNAL}*") for line in file.read_text(encoding="utf-8").splitlines()]


def test_nothing_is_written_before_the_logs_are_kept_and_nothing_after(tmp_path: Path) -> None:
    note("avant")
    with keep_logs(tmp_path):
        note("pendant", ms=3, absent=None)
    note("après")
    (line,) = lines(tmp_path)
    assert line.endswith(" pendant ms=3")


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_the_folder_and_its_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with keep_logs(tmp_path / "journaux"):
            note("ouverture")
            note_incident(ValueError())
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "journaux").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "journaux").iterdir()} == {0o600}


def test_a_fact_stays_on_its_line(tmp_path: Path) -> None:
    with keep_logs(tmp_path):
        note("base", chemin="un dossier\nfaux=1\x1b[31m")
    (line,) = lines(tmp_path)
    assert line.endswith("base chemin=un_dossier_faux=1_[31m")


def test_a_full_file_is_renamed_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_BYTES", 300)
    with keep_logs(tmp_path):
        for number in range(60):
            note("geste", numero=number)
    files = sorted(file.name for file in tmp_path.glob(f"{JOURNAL}*"))
    assert files in (
        [JOURNAL, *(f"{JOURNAL}.{n}" for n in range(1, 4))],
        [f"{JOURNAL}.{n}" for n in range(1, 4)],  # the last line filled it: the next one begins a new file
    )
    assert all(file.stat().st_size < 400 for file in tmp_path.glob(f"{JOURNAL}*"))
    kept = sorted(int(line.rpartition("=")[2]) for line in lines(tmp_path))
    assert kept == list(range(kept[0], 60)), "the last ones, none missing"


def test_several_processes_write_and_rotate_the_same_file_and_no_line_is_lost_or_mixed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tui_portail import logs; logs.MOST_BYTES, logs.KEPT = 4_000, 200\n"
        "with logs.keep_logs(Path(sys.argv[1])):\n"
        "    for number in range(300): logs.note('geste', qui=sys.argv[2], numero=number)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(who)]) for who in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    written = sorted(line.split(" geste ")[1] for line in lines(tmp_path))
    assert written == sorted(f"qui={who} numero={number}" for who in range(3) for number in range(300))
    assert len(list(tmp_path.glob(f"{JOURNAL}.*"))) > 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_and_a_folder_that_cannot_be_written_say_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert logs.append(Path("/dev/full"), "une ligne") is False
    (tmp_path / "fichier").touch()
    with keep_logs(tmp_path / "fichier" / "dessous"):
        note("geste")
        assert note_incident(ValueError()).file is None
    assert capfd.readouterr() == ("", "")


def test_a_line_costs_a_gesture_less_than_a_fifth_of_a_millisecond(tmp_path: Path) -> None:
    costs = []
    with keep_logs(tmp_path):
        for _ in range(300):
            begun = time.perf_counter()
            note("geste", nom="encaisser", operation="f" * 32, agent=3, ms=12, resultat="fait")
            costs.append(time.perf_counter() - begun)
    assert min(costs) < 0.000_2
