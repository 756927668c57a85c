"""Tell a network file system from a local disk: SQLite's locks cannot be trusted on the first (design, guarantee 10)."""

import ctypes
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

# 9p and virtiofs share the host's files with a virtual machine (WSL2's /mnt/c among them): the host does not see the guest's locks.
# autofs is not here: it is the trigger that waits over a local folder as often as not; what it mounts is listed by its own type.
NETWORK_TYPES = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "ncpfs",
        "9p",
        "virtiofs",
        "afs",
        "afpfs",
        "webdav",
        "davfs",
        "glusterfs",
        "ceph",
        "lustre",
        "beegfs",
        "gpfs",
        "ocfs2",
        "gfs2",
        "orangefs",
        "vboxsf",
        "prl_fs",
        "drvfs",
        "fuse.davfs",
        "fuse.davfs2",
        "fuse.sshfs",
        "fuse.juicefs",
        "fuse.smbnetfs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.gvfsd-fuse",
        "fuse.s3fs",
        "fuse.cephfs",
        "fuse.mfs",
        "fuse.vmhgfs-fuse",
    }
)
DRIVE_REMOTE = 4  # GetDriveTypeW


def network_type(path: Path) -> str | None:
    """Return the type of the network file system that holds `path` (which may not exist yet), or None on a local disk."""
    resolved = path.resolve()
    if sys.platform == "win32":
        return _windows_type(resolved)
    try:
        mounts = _linux_mounts() if sys.platform.startswith("linux") else _bsd_mounts()
    except (OSError, subprocess.SubprocessError):
        return None  # a system that will not say: the file is given the benefit of the doubt
    found = type_of_mount(str(resolved), mounts)
    return found if found in NETWORK_TYPES else None


def type_of_mount(path: str, mounts: Iterable[tuple[str, str]]) -> str | None:
    """Return the file system type of the deepest mount point above `path`, the last mounted of equal ones."""
    best: tuple[int, str] | None = None
    target = PurePosixPath(path)
    for mount_point, kind in mounts:
        point = PurePosixPath(mount_point)
        if target.is_relative_to(point) and (best is None or len(point.parts) >= best[0]):
            best = (len(point.parts), kind)
    return best[1] if best else None


def parse_linux_mounts(text: str) -> list[tuple[str, str]]:
    """Read the lines of `/proc/self/mounts`: (mount point, type), with its octal escapes undone."""
    mounts = []
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) >= 3:
            mounts.append((_unescape(fields[1]), fields[2]))
    return mounts


def parse_bsd_mounts(text: str) -> list[tuple[str, str]]:
    """Read the lines of macOS's `mount`: `//user@server/share on /Volumes/share (smbfs, nodev)`."""
    mounts = []
    for line in text.splitlines():
        head, _, options = line.rpartition(" (")
        _, _, point = head.partition(" on ")
        if point:
            mounts.append((point, options.split(",")[0].rstrip(")")))
    return mounts


def _unescape(field: str) -> str:
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        field = field.replace(code, char)
    return field


def _linux_mounts() -> list[tuple[str, str]]:
    return parse_linux_mounts(Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape"))


def _bsd_mounts() -> list[tuple[str, str]]:
    listed = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=True, timeout=5)
    return parse_bsd_mounts(listed.stdout)


def _windows_type(path: Path) -> str | None:
    if path.drive.startswith("\\\\"):
        return "UNC"
    windll = getattr(ctypes, "windll", None)
    if windll is not None and windll.kernel32.GetDriveTypeW(f"{path.drive}\\") == DRIVE_REMOTE:
        return "lecteur réseau"
    return None
