#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""snapshots_case.py KBOOT: the menu of an openSUSE with thirty snapshots, as its GRUB would show it.

A snapshot's entry opens the configuration in the snapshot, with names below the snapshot (btrfs_subvol) and with
rootflags= on each command line (extra_cmdline).
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from kbtest import snapper  # noqa: E402

KBOOT = sys.argv[1]
N_SNAPSHOTS = 30
ADVANCED = f"Advanced options for {snapper.NAME}"


def system(path, folder, number, flags):
    """The three entries of one grub.cfg: (path, title, kernel, initrd, args)."""
    kernel = snapper.kernel_of(number)
    titles = [(path, snapper.NAME, ""), (path + [ADVANCED], f"{snapper.NAME}, with Linux {kernel}", ""),
              (path + [ADVANCED], f"{snapper.NAME}, with Linux {kernel} (recovery mode)", " single")]
    return [(where, title, f"sda2:{folder}/boot/vmlinuz-{kernel}", [f"sda2:{folder}/boot/initrd-{kernel}"],
             f"BOOT_IMAGE=/boot/vmlinuz-{kernel} root=UUID={snapper.UUID}{single}{flags} splash=silent quiet security=apparmor")
            for where, title, single in titles]


def expected():
    entries = system([], "", N_SNAPSHOTS, "")
    for number in range(N_SNAPSHOTS, 0, -1):
        entries += system([snapper.SUBMENU, snapper.title_of(number)], f"/.snapshots/{number}/snapshot", number,
                          f" rootflags=subvol=@/.snapshots/{number}/snapshot")
    return entries


class SnapshotsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)
        snapper.write(self.tree, N_SNAPSHOTS)

    def listed(self):
        device = f"sda2,uuid={snapper.UUID},fstype=btrfs={self.tree}"
        done = subprocess.run([KBOOT, "list", "--json", "--device", device], text=True, stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)["entries"]

    def test_menu(self):
        entries = [entry for entry in self.listed() if entry["source"]["format"] == "grub"]
        self.assertEqual(expected(), [(e["path"], e["title"], e["kernel"], e["initrd"], e["args"]) for e in entries])
        self.assertEqual([snapper.NAME], [e["title"] for e in entries if e["default"]])
        self.assertEqual([], [e["problems"] for e in entries if e["problems"]])

    def test_kernel_that_only_the_running_system_has(self):
        kernel = f"boot/vmlinuz-{snapper.kernel_of(N_SNAPSHOTS)}"
        (self.tree / ".snapshots/30/snapshot" / kernel).unlink()
        problems = [e["problems"] for e in self.listed() if e["path"][1:] == [snapper.title_of(30)]]
        self.assertEqual([[f"kernel not found: sda2:/.snapshots/30/snapshot/{kernel}"]], problems)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
