"""A SQLite file on a network drive is told from one on the machine's own disk."""

from pathlib import Path

import pytest

from models import network_drives
from models.database_errors import DatabaseOnNetworkDrive
from models.engine import Database
from models.migrate import migrate
from models.network_drives import NETWORK_TYPES, network_type, parse_bsd_mounts, parse_linux_mounts, type_of_mount
from models.states import DatabaseKind

LINUX = """\
/dev/sda1 / ext4 rw 0 0
serveur:/partage /srv/mairie nfs4 rw 0 0
//serveur/commun /mnt/lecteur\\040commun cifs rw 0 0
/dev/sdb1 /srv/mairie/local xfs rw 0 0
agent@serveur: /home/agent/loin fuse.sshfs rw 0 0
"""
MACOS = """\
/dev/disk1s1 on / (apfs, local, journaled)
//agent@serveur/commun on /Volumes/lecteur commun (smbfs, nodev, nosuid)
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/portail.sqlite", "ext4"),
        ("/srv/mairie/portail.sqlite", "nfs4"),
        ("/srv/mairie/local/portail.sqlite", "xfs"),
        ("/srv/mairie-bis/portail.sqlite", "ext4"),
        ("/mnt/lecteur commun/portail.sqlite", "cifs"),
        ("/home/agent/loin/portail.sqlite", "fuse.sshfs"),
    ],
)
def test_the_deepest_mount_above_the_file_decides_on_linux(path: str, kind: str) -> None:
    assert type_of_mount(path, parse_linux_mounts(LINUX)) == kind
    assert (kind in NETWORK_TYPES) == (kind not in {"ext4", "xfs"})


@pytest.mark.parametrize(
    "kind",
    ["9p", "virtiofs", "fuse.juicefs", "fuse.smbnetfs", "ocfs2", "gfs2", "orangefs"],
)
def test_a_file_system_that_several_machines_share_is_one_of_the_network(kind: str) -> None:
    assert type_of_mount("/mnt/c/portail.sqlite", parse_linux_mounts(f"C: /mnt/c {kind} rw 0 0")) in NETWORK_TYPES


def test_a_trigger_that_only_waits_to_mount_is_not_taken_for_what_it_mounts() -> None:
    mounts = parse_linux_mounts("systemd-1 /srv autofs rw 0 0\n/dev/sdb1 /srv ext4 rw 0 0")
    assert type_of_mount("/srv/portail.sqlite", mounts) == "ext4"
    assert "autofs" not in NETWORK_TYPES


def test_a_share_is_seen_on_macos() -> None:
    mounts = parse_bsd_mounts(MACOS)

    assert type_of_mount("/Volumes/lecteur commun/portail.sqlite", mounts) == "smbfs"
    assert type_of_mount("/Users/agent/portail.sqlite", mounts) == "apfs"


def test_a_mount_over_another_hides_it() -> None:
    assert type_of_mount("/a/b", [("/", "ext4"), ("/a", "nfs"), ("/a", "tmpfs")]) == "tmpfs"


def test_the_tests_own_folder_is_on_the_machines_disk(tmp_path: Path) -> None:
    assert network_type(tmp_path / "portail.sqlite") is None


def test_a_file_on_a_network_drive_is_neither_opened_nor_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "portail.sqlite"
    migrate(str(path), DatabaseKind.TEST)
    monkeypatch.setattr(network_drives, "_linux_mounts", lambda: [("/", "ext4"), (str(tmp_path), "cifs")])
    monkeypatch.setattr("models.network_drives.sys.platform", "linux")

    with pytest.raises(DatabaseOnNetworkDrive) as refusal:
        Database.open(str(path))
    assert "PostgreSQL" in refusal.value.sentence
    with pytest.raises(DatabaseOnNetworkDrive):
        migrate(str(tmp_path / "autre.sqlite"), DatabaseKind.TEST)
    assert not (tmp_path / "autre.sqlite").exists()
