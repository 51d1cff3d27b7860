#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Fetches and builds what the VM tests' disks are made of, so that no test has to wait for it."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

# pylint: disable=wrong-import-position
from kbtest import (debian, dirty, disks, installer, multiboot, nfs, packages, small, subvolumes, talk,
                    vmlinux)


def main():
    print(f"Debian's kernel {debian.parts().version}")
    small.kernel()
    with tempfile.TemporaryDirectory() as folder:
        disks.debian_disk(Path(folder) / "debian.img")
        disks.rescue_disk(Path(folder) / "rescue.img")
        talk.disk(Path(folder) / "talk.img")
        talk.btrfs_disk(Path(folder) / "btrfs.img")
        for separate_boot in (False, True):
            subvolumes.debian_disk(Path(folder) / "subvolume.img", subvolumes.NONCE, separate_boot)
        subvolumes.suse_disk(Path(folder) / "suse.img", subvolumes.NONCE)
    vmlinux.debian_vmlinux()
    for version in multiboot.MAGIC:
        multiboot.kernel(version)
    nfs.parts()
    installer.disk()
    packages.memtest("memtest86+x64.bin")
    for flavour in packages.FLAVOURS:
        packages.kernel(flavour)
    for name in dirty.KINDS:
        dirty.base(name)


if __name__ == "__main__":
    main()
