"""On which file system a folder lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.doctor.file_systems import NETWORK, kind_of, linux_mounts, mac_mounts, network_kind

LINUX = r"""
/dev/vda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/share /mnt/with\040space nfs4 rw 0 0
//nas/audio /mnt/nas cifs rw 0 0
/dev/sdb1 /mnt/nas/disk ext4 rw 0 0
tmpfs /mnt/twice tmpfs rw 0 0
me@host:/ /mnt/twice fuse.sshfs rw 0 0
"""
MAC = """
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled)
//me@nas._smb._tcp.local/My%20Share on /Volumes/My Share (smbfs, nodev, nosuid, mounted by me)
map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)
"""


@pytest.mark.parametrize(
    "mounts, folder, kind, is_network",
    [
        (linux_mounts(LINUX), "/home/me/data", "ext4", False),
        (linux_mounts(LINUX), "/mnt/with space/data", "nfs4", True),
        (linux_mounts(LINUX), "/mnt/nas/data", "cifs", True),
        (linux_mounts(LINUX), "/mnt/nas/disk/data", "ext4", False),
        (linux_mounts(LINUX), "/mnt/nasty", "ext4", False),
        (linux_mounts(LINUX), "/mnt/twice/data", "fuse.sshfs", True),
        (mac_mounts(MAC), "/Users/me/data", "apfs", False),
        (mac_mounts(MAC), "/Volumes/My Share/data", "smbfs", True),
        ([], "/anywhere", "", False),
    ],
)
def test_the_nearest_mount_above_counts(mounts, folder: str, kind: str, is_network: bool):
    assert kind_of(Path(folder), mounts) == kind
    assert bool(NETWORK.fullmatch(kind)) is is_network


def test_this_machines_disk_is_no_network(tmp_path: Path):
    assert network_kind(tmp_path) == ""
