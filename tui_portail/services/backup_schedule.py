"""A backup each day at an hour, by what this machine has for it: a systemd timer of the user, the user's crontab, or Windows' own tasks.

What is installed holds no secret: a base's password comes from the settings, an encrypted backup is for a public key or for the
passphrase of a file. Installed again, it is replaced.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_portail.errors import PortailError
from tui_portail.files import reason

NAME = "tui-portail-sauvegarde"
MARK = f"# {NAME}"
LATE = "Une machine éteinte à cette heure sauvegarde à son prochain démarrage."
NOT_LATE = "La machine doit être allumée à cette heure."
LINGER = "Pour qu’elle se fasse aussi quand personne n’est connecté à cette machine : « sudo loginctl enable-linger {user} »."


class ScheduleRefused(PortailError):
    """The machine's own scheduler refused what was asked of it."""

    code = "PLANIFICATION_REFUSEE"


@dataclass(frozen=True, slots=True)
class DailyBackup:
    """What is to be run each day, and when (this machine's wall time). `environment`: what it needs besides, no secret."""

    hour: int
    minute: int
    command: Sequence[str]
    environment: tuple[tuple[str, str], ...] = ()


def schedule(daily: DailyBackup) -> str:
    """Install the daily backup and return the sentence that says where, or what to add by hand. Raises ScheduleRefused."""
    at = f"{daily.hour:02d}:{daily.minute:02d}"
    if sys.platform == "win32":
        words = ["schtasks", "/Create", "/F", "/SC", "DAILY", "/ST", at, "/TN", NAME]
        _run([*words, "/TR", subprocess.list2cmdline(daily.command)])
        return f"Sauvegarde planifiée chaque jour à {at} par le planificateur de tâches de Windows. {NOT_LATE}"
    if _systemd_answers():
        _install_timer(daily)
        return f"Sauvegarde planifiée chaque jour à {at} (minuterie systemd « {NAME}.timer »). {LATE}{_linger()}"
    if (lines := _crontab()) is not None:
        _write_crontab([*_others(lines), f"{cron_line(daily)} {MARK}"])
        return f"Sauvegarde planifiée chaque jour à {at} dans votre crontab. {NOT_LATE}"
    return (
        "Ni systemd ni crontab ne répondent sur cette machine : rien n’a été planifié. Ajoutez cette ligne à ce qui lance ses "
        f"travaux de nuit :\n{cron_line(daily)}"
    )


def unschedule() -> str:
    """Take the daily backup away, wherever it is, and return the sentence that says so. Raises ScheduleRefused."""
    done = False
    if sys.platform == "win32":
        done = _answers(["schtasks", "/Delete", "/F", "/TN", NAME])
    else:
        timer = _units() / f"{NAME}.timer"
        if timer.exists():
            _answers(["systemctl", "--user", "disable", "--now", f"{NAME}.timer"])
            for unit in (timer, timer.with_suffix(".service")):
                unit.unlink(missing_ok=True)
            _answers(["systemctl", "--user", "daemon-reload"])
            done = True
        lines = _crontab() or []
        if len(kept := _others(lines)) < len(lines):
            _write_crontab(kept)
            done = True
    return "La sauvegarde n’est plus planifiée." if done else "Aucune sauvegarde n’était planifiée."


def cron_line(daily: DailyBackup) -> str:
    """Return the line of a crontab, without its mark."""
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in daily.environment)
    command = f"{given} {shlex.join(daily.command)}".strip().replace("%", r"\%")  # a bare % ends a crontab's command
    return f"{daily.minute} {daily.hour} * * * {command}"


def timer_units(daily: DailyBackup) -> dict[str, str]:
    """Return the text of the two files of a systemd timer, by name."""
    given = "".join(f"Environment={_unit_word(f'{name}={value}')}\n" for name, value in daily.environment)
    command = " ".join(_unit_word(word).replace("$", "$$") for word in daily.command)
    return {
        f"{NAME}.service": f"[Unit]\nDescription=Sauvegarde du Portail\n\n[Service]\nType=oneshot\n{given}ExecStart={command}\n",
        f"{NAME}.timer": (
            "[Unit]\nDescription=Sauvegarde du Portail, chaque jour\n\n"
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
    _run(["systemctl", "--user", "enable", "--now", f"{NAME}.timer"])


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


def _others(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if not line.rstrip().endswith(MARK)]


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
