"""A real disk of a few megabytes, in memory, that a test can fill: where the system lets it be mounted."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """The disk, and what fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "remplissage"

    def fill(self, left: int = 0) -> None:
        """Leave that many bytes free, no more."""
        free = os.statvfs(self.folder)
        size = free.f_bavail * free.f_frsize - left
        if size > 0:
            with self._filler.open("ab") as file:
                file.write(bytes(size))

    def give_room(self) -> None:
        """Take away what fills the disk."""
        self._filler.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a small disk on a new folder; skip the test where that is refused."""
    folder.mkdir()
    try:
        asked = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
    except OSError as error:
        folder.rmdir()
        pytest.skip(f"no disk can be mounted here ({error})")
    if asked.returncode:
        folder.rmdir()
        pytest.skip("this account may not mount a disk")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()
