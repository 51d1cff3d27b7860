#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes folders that stand for block devices, for ./demo --native: a Debian, a Fedora-like and a USB stick.

Writes the options for kboot, one a line, to FOLDER/options. The kernels are headers with no code behind
them: enough for kboot to look at, and simulated devices never boot.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/lib"))

from kbtest import kernels  # pylint: disable=wrong-import-position

DEVICES = {
    "sda2,uuid=1d2e29b2-c900-4d23-8a89-4e32b3a97fa5,label=debian,fstype=ext4": {
        "etc/kboot.conf": "default=Debian\ntimeout=20\n"
                          "Debian='/boot/vmlinuz-6.1.0-21-amd64 initrd=/boot/initrd.img-6.1.0-21-amd64"
                          " root=UUID=1d2e29b2-c900-4d23-8a89-4e32b3a97fa5 ro quiet'\n"
                          "Debian, single user='Debian single'\n",
        "etc/fstab": "UUID=1d2e29b2-c900-4d23-8a89-4e32b3a97fa5 / ext4 defaults 0 1\n",
        "boot/vmlinuz-6.1.0-21-amd64": kernels.bzimage("6.1.0-21-amd64 (debian)"),
        "boot/initrd.img-6.1.0-21-amd64": kernels.initrd(),
        "boot/vmlinuz-6.1.0-18-amd64": kernels.bzimage("6.1.0-18-amd64 (debian)"),
        "boot/initrd.img-6.1.0-18-amd64": kernels.initrd(),
    },
    "sdb3,uuid=7c7c6bd1-1a0a-4bd0-9d2d-7a2fb2b36b0e,label=fedora,fstype=xfs": {
        "boot/vmlinuz-6.8.5-301.fc40.x86_64": kernels.bzimage("6.8.5-301.fc40.x86_64 (fedora)"),
        "boot/initramfs-6.8.5-301.fc40.x86_64.img": kernels.initrd(),
    },
    "sdc1,uuid=6B62-6F74,label=RESCUE,fstype=vfat": {
        "kboot.conf": "Rescue='/vmlinuz initrd=/initrd.img console=tty0'\n"
                      "Broken on purpose='/no-such-kernel root=/dev/sda1'\n",
        "vmlinuz": kernels.bzimage("6.6.30 (rescue)"),
        "initrd.img": kernels.initrd(),
    },
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    options = []
    for device, files in DEVICES.items():
        top = folder / device.split(",")[0]
        for name, content in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        options += ["--device", f"{device}={top}"]
    (folder / "options").write_text("\n".join(options) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
