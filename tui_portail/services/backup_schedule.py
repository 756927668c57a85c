"""A backup each day at an hour, by what this machine has for it: a systemd timer of the user, the user's crontab, or Windows' own tasks.

What is installed holds no secret: a base's password comes from the settings, an encrypted backup is for a public key or for the
passphrase of a file. Installed again, it is replaced. Each base has its own, whose name is made of its address.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_portail.errors import PortailError
from tui_portail.files import reason

NAME = "tui-portail-sauvegarde"
_OURS = re.compile(rf"{NAME}(-[0-9a-f]{{8}})?")
"""What one is called; those of an earlier version had no base in their name."""
LATE = "Une machine éteinte à cette heure sauvegarde à son prochain démarrage."
NOT_LATE = "La machine doit être allumée à cette heure."
LINGER = "Pour qu’elle se fasse aussi quand personne n’est connecté à cette machine : « sudo loginctl enable-linger {user} »."


class ScheduleRefused(PortailError):
    """The machine's own scheduler refused what was asked of it."""

    code = "PLANIFICATION_REFUSEE"


@dataclass(frozen=True, slots=True)
class DailyBackup:
    """What is to be run each day, and when (this machine's wall time). `environment`: what it needs besides, no secret.

    `base`: the address that is backed up, as it is shown.
    """

    hour: int
    minute: int
    base: str
    command: Sequence[str]
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What this machine calls it: another for another base."""
        return name_for(self.base)


def name_for(base: str) -> str:
    """Return what the daily backup of a base is called."""
    return f"{NAME}-{hashlib.sha256(base.encode(errors='surrogateescape')).hexdigest()[:8]}"


def schedule(daily: DailyBackup) -> str:
    """Install the daily backup and return the sentence that says where, or what to add by hand. Raises ScheduleRefused."""
    at = f"{daily.hour:02d}:{daily.minute:02d}"
    if sys.platform == "win32":
        words = ["schtasks", "/Create", "/F", "/SC", "DAILY", "/ST", at, "/TN", daily.name]
        _run([*words, "/TR", subprocess.list2cmdline(daily.command)])
        return f"Sauvegarde planifiée chaque jour à {at} par le planificateur de tâches de Windows. {NOT_LATE}"
    if _systemd_answers():
        _install_timer(daily)
        return f"Sauvegarde planifiée chaque jour à {at} (minuterie systemd « {daily.name}.timer »). {LATE}{_linger()}"
    if (lines := _crontab()) is not None:
        _write_crontab([*(line for line in lines if _marked(line) != daily.name), f"{cron_line(daily)} # {daily.name}"])
        return f"Sauvegarde planifiée chaque jour à {at} dans votre crontab. {NOT_LATE}"
    return (
        "Ni systemd ni crontab ne répondent sur cette machine : rien n’a été planifié. Ajoutez cette ligne à ce qui lance ses "
        f"travaux de nuit :\n{cron_line(daily)}"
    )


def unschedule(base: str | None = None) -> str:
    """Take the daily backup of a base away, or of every one; return the sentence that says so. Raises ScheduleRefused."""
    wanted = None if base is None else name_for(base)
    gone = _tasks_deleted(wanted) if sys.platform == "win32" else _timers_removed(wanted) + _lines_removed(wanted)
    if not gone:
        return "Aucune sauvegarde n’était planifiée."
    return "La sauvegarde n’est plus planifiée." if gone == 1 else f"Les {gone} sauvegardes ne sont plus planifiées."


def _tasks_deleted(wanted: str | None) -> int:
    named = [wanted] if wanted else [found[0] for found in _OURS.finditer(_listed_tasks())]
    return sum(_answers(["schtasks", "/Delete", "/F", "/TN", name]) for name in dict.fromkeys(named))


def _listed_tasks() -> str:
    try:
        done = subprocess.run(["schtasks", "/Query", "/FO", "CSV", "/NH"], capture_output=True, check=False)  # noqa: S607
    except OSError:
        return ""
    return done.stdout.decode(errors="replace")


def _timers_removed(wanted: str | None) -> int:
    timers = [
        one for one in _units().glob(f"{NAME}*.timer") if _OURS.fullmatch(one.stem) and wanted in (None, one.stem)
    ]
    for timer in timers:
        _answers(["systemctl", "--user", "disable", "--now", timer.name])
        for unit in (timer, timer.with_suffix(".service")):
            unit.unlink(missing_ok=True)
    if timers:
        _answers(["systemctl", "--user", "daemon-reload"])
    return len(timers)


def _lines_removed(wanted: str | None) -> int:
    lines = _crontab() or []
    kept = [line for line in lines if (name := _marked(line)) is None or wanted not in (None, name)]
    if len(kept) < len(lines):
        _write_crontab(kept)
    return len(lines) - len(kept)


def _marked(line: str) -> str | None:
    """Return what a line of the crontab says it is called at its end, when it is one of ours."""
    name = line.rstrip().rpartition("# ")[2]
    return name if _OURS.fullmatch(name) else None


def cron_line(daily: DailyBackup) -> str:
    """Return the line of a crontab, without its mark."""
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in daily.environment)
    command = f"{given} {shlex.join(daily.command)}".strip().replace("%", r"\%")  # a bare % ends a crontab's command
    return f"{daily.minute} {daily.hour} * * * {command}"


def timer_units(daily: DailyBackup) -> dict[str, str]:
    """Return the text of the two files of a systemd timer, by name."""
    given = "".join(f"Environment={_unit_word(f'{name}={value}')}\n" for name, value in daily.environment)
    command = " ".join(_unit_word(word).replace("$", "$$") for word in daily.command)
    described = f"Sauvegarde du Portail {daily.base.replace('%', '%%')}"
    return {
        f"{daily.name}.service": f"[Unit]\nDescription={described}\n\n[Service]\nType=oneshot\n{given}ExecStart={command}\n",
        f"{daily.name}.timer": (
            f"[Unit]\nDescription={described}, chaque jour\n\n"
            f"[Timer]\nOnCalendar=*-*-* {daily.hour:02d}:{daily.minute:02d}:00\nPersistent=true\n\n"
            "[Install]\nWantedBy=timers.target\n"
        ),
    }


def _unit_word(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _units() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "systemd" / "user"


def _install_timer(daily: DailyBackup) -> None:
    try:
        _units().mkdir(parents=True, exist_ok=True)
        for name, text in timer_units(daily).items():
            (_units() / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ScheduleRefused(
            f"La minuterie ne peut pas être écrite dans {_units()} ({reason(error)}) : rien n’a été planifié."
        ) from error
    _run(["systemctl", "--user", "daemon-reload"])
    _run(["systemctl", "--user", "enable", "--now", f"{daily.name}.timer"])


def _linger() -> str:
    """Have the user's timers run without a session; say how where it is for the administrator."""
    if _answers(["loginctl", "enable-linger"]):
        return ""
    return " " + LINGER.format(user=os.environ.get("USER") or os.environ.get("LOGNAME") or "compte")


def _systemd_answers() -> bool:
    return _answers(["systemctl", "--user", "show-environment"])


def _crontab() -> list[str] | None:
    """Return the lines of the user's crontab, none when there is none yet; None when this machine has no crontab."""
    try:
        done = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S607
    except OSError:
        return None
    if done.returncode and "no crontab" not in done.stderr.lower() and "pas de crontab" not in done.stderr.lower():
        return None
    return done.stdout.splitlines() if not done.returncode else []


def _write_crontab(lines: Sequence[str]) -> None:
    _run(["crontab", "-"], "".join(f"{line}\n" for line in lines))


def _answers(command: Sequence[str]) -> bool:
    try:
        return not subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode  # noqa: S603
    except OSError:
        return False


def _run(command: Sequence[str], given: str = "") -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, input=given)  # noqa: S603
    except OSError as error:
        raise ScheduleRefused(f"« {command[0]} » ne se lance pas ({reason(error)}) : rien n’a été planifié.") from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ScheduleRefused(
            f"« {command[0]} » a refusé ({said[-1] if said else done.returncode}) : rien n’a été planifié."
        )
