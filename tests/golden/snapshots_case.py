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
from kbtest import kernels, snapper  # noqa: E402

KBOOT = sys.argv[1]
N_SNAPSHOTS = 30
LAST = N_SNAPSHOTS + 1
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
    entries = system([], "", LAST, "")
    for number in range(LAST, 1, -1):
        entries += system([snapper.SUBMENU, snapper.title_of(number)], f"/@/.snapshots/{number}/snapshot", number,
                          f" rootflags=subvol=@/.snapshots/{number}/snapshot")
    return entries


class SnapshotsTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)
        snapper.write(self.tree, N_SNAPSHOTS)

    def kboot(self, *words):
        device = f"sda2,uuid={snapper.UUID},fstype=btrfs,subvol={snapper.SYSTEM}={self.tree}"
        return subprocess.run([KBOOT, *words, "--device", device], text=True, stdout=subprocess.PIPE, check=True).stdout

    def listed(self):
        return json.loads(self.kboot("list", "--json"))["entries"]

    def test_menu(self):
        entries = [entry for entry in self.listed() if entry["source"]["format"] == "grub"]
        self.assertEqual(expected(), [(e["path"], e["title"], e["kernel"], e["initrd"], e["args"]) for e in entries])
        self.assertEqual([snapper.NAME], [e["title"] for e in entries if e["default"]])
        self.assertEqual([], [e["problems"] for e in entries if e["problems"]])

    def test_files_of_a_snapshot(self):
        kernel = f"/@/.snapshots/2/snapshot/boot/vmlinuz-{snapper.kernel_of(2)}"
        pathlib.Path(f"{self.tree}{kernel}").write_bytes(kernels.bzimage())
        entry = next(entry for entry in self.listed() if entry["kernel"] == f"sda2:{kernel}")
        self.assertIn(f"kernel   sda2:{kernel}  (x86-64 Linux kernel", self.kboot("boot", "--dry-run", entry["id"]))

    def test_names_from_the_top(self):
        """A GRUB without btrfs_relative_path begins at the top, whatever the default subvolume is."""
        kernel = f"boot/vmlinuz-{snapper.kernel_of(LAST)}"
        (self.tree / snapper.SYSTEM / "boot/grub2/grub.cfg").write_text(
            f"menuentry One {{\nlinux /{snapper.SYSTEM}/{kernel}\n}}\n"
            f"menuentry Two {{\nlinux /@/.snapshots/{LAST}/snapshot/{kernel}\n}}\n", encoding="ascii")
        entries = [entry for entry in self.listed() if entry["source"]["format"] == "grub"]
        self.assertEqual([(f"sda2:/{kernel}", []), (f"sda2:/@/.snapshots/{LAST}/snapshot/{kernel}", [])],
                         [(entry["kernel"], entry["problems"]) for entry in entries])

    def test_kernel_that_only_the_running_system_has(self):
        kernel = f"boot/vmlinuz-{snapper.kernel_of(LAST)}"
        (self.tree / f"@/.snapshots/{LAST}/snapshot" / kernel).unlink()
        problems = [e["problems"] for e in self.listed() if e["path"][1:] == [snapper.title_of(LAST)]]
        self.assertEqual([[f"kernel not found: sda2:/.snapshots/{LAST}/snapshot/{kernel}"]], problems)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
