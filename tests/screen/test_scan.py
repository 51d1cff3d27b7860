# SPDX-License-Identifier: GPL-2.0-or-later
"""What is asked while disks are still being read: the answer is the one that it would be later, too."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from kbtest import kernels

# As many disks that take long to read as are read at a time; the one that matters comes behind them.
SLOW = ("sdb1", "sdc1", "sdd1", "sde1")
SLOW_LABELS = 600


class ScanTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.write("sda1/vmlinuz", kernels.bzimage())
        self.write("sda1/kboot.conf", b"First=/vmlinuz one\n")
        for name in SLOW:
            labels = (f"{name} {n}=/vmlinuz-{n} initrd=/initrd.img-{n} root=/dev/sda1 quiet" for n in range(SLOW_LABELS))
            self.write(f"{name}/kboot.conf", "\n".join(labels).encode())
        self.write("sdf1/vmlinuz", kernels.bzimage())
        self.write("sdf1/kboot.conf", b"Rescue=/vmlinuz rescue\n")
        self.write("own.conf", b"default=Rescue\n")

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def ask(self, *arguments, stdin=None, options=()):
        devices = [word for name in ("sda1", *SLOW, "sdf1") for word in ("--device", f"{name},uuid=u-{name}={self.folder}/{name}")]
        done = subprocess.run([os.environ["KBOOT"], "shell", *devices, *options, *arguments], input=stdin, text=True,
                              capture_output=True, timeout=100, check=False)
        return done.stdout + done.stderr

    def test_labels_of_the_last_disk_are_listed(self):
        self.assertTrue(self.ask("-c", "labels").endswith("\nRescue\n"))

    def test_devices_are_all_listed(self):
        self.assertEqual([line.split()[0] for line in self.ask("-c", "devices").splitlines()], ["sda1", *SLOW, "sdf1"])

    def test_the_last_disk_may_be_the_environment(self):
        self.assertIn("sdf1: root= names it", self.ask("-c", "root sdf1"))
        self.assertNotIn("no device", self.ask("-c", "root UUID=u-sdf1"))

    def test_a_label_of_the_last_disk_boots(self):
        self.assertIn("this would start Rescue now", self.ask("-c", "Rescue"))
        self.assertIn("this would start Rescue single now", self.ask("-c", "Rescue single"))
        self.assertIn("this would start Rescue now", self.ask("-c", "sdf1"))

    def test_an_assignment_of_the_root_is_looked_at(self):
        self.assertIn("sdf1: root= names it", self.ask(stdin="root=sdf1:\nroot\n"))
        self.assertIn("sdf1: root= names it", self.ask(stdin="set root=UUID=u-sdf1\nroot\n"))
        said = self.ask(stdin="root=sda1\nroot=/dev/nope\nroot\n")
        self.assertIn("there is no device /dev/nope", said)
        self.assertIn("sda1: root= names it", said)
        # Of a boot line it is an argument for the kernel.
        self.assertIn("root=/dev/nope", self.ask("-c", "boot --dry-run sda1:/vmlinuz root=/dev/nope"))

    def test_lines_from_a_file(self):
        said = self.ask(stdin="root sdf1\nRescue\nlabels\n")
        self.assertIn("sdf1: root= names it", said)
        self.assertIn("this would start Rescue now", said)
        self.assertIn("\nRescue\n", said)

    def test_the_default_is_on_the_last_disk(self):
        own = ("--config", str(self.folder / "own.conf"))
        self.assertIn("this would start Rescue now", self.ask("-c", "boot", options=own))
        self.assertIn("kernel", self.ask("-c", "boot --dry-run", options=own))

    def test_after_a_look_again(self):
        said = self.ask(stdin="rescan\nlabels\n")
        self.assertIn("Looking at all disks again.", said)
        self.assertTrue(said.endswith("\nRescue\n"))
