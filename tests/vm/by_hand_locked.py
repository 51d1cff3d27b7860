#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole Debian behind a passphrase: unlocked, booted by its own GRUB's entry, and asked once with handover=. Its disk takes
twelve minutes to make, once: it is run by hand, as by_hand.py is.
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import screen_words as words
from case import image
from kbtest import locked_debian
from kbtest.terminal import ENTER
from prompt_case import checksum
from storage_case import StorageCase

TITLE = "Debian GNU/Linux"
ASKS = r"Please unlock disk vda1_crypt"
LOGIN = r"locked login: "


class DebianTest(StorageCase):
    def start(self, conf):
        disk = locked_debian.disk(image("custom").efi, self.folder / "debian.img")
        self.paths, self.before = [disk.path], [checksum(disk.path)]
        attached = [self.attached(disk.path)]
        vm = self.start_kboot("custom", conf=conf, disks=attached, memory_mib=1024)
        vm.wait_screen(lambda s: words.shows_entry(s, "Unlock vda1"), "the locked volume", 180)
        self.assertFalse(words.shows_entry(vm.screen, TITLE))
        self.unlock(vm, "vda1", locked_debian.PASSPHRASE)
        self.wait_menu(vm, TITLE)
        self.select(vm, TITLE)
        # The whole of its own: nothing was written until here.
        self.assertEqual(vm.writes(attached[0]), 0)
        mark = vm.serial_mark()
        vm.keys(ENTER)
        return vm, mark

    def test_asked_twice(self):
        """As it is without more: it boots, and asks for itself."""
        vm, mark = self.start("")
        vm.wait_serial(ASKS, 400, since=mark, what="Debian's own question")
        vm.keys(locked_debian.PASSPHRASE, ENTER)
        vm.wait_serial(LOGIN, 400, since=mark, what="the login prompt")

    def test_asked_once(self):
        """handover=true: its initramfs finds the key, by the name in its own crypttab."""
        vm, mark = self.start("handover=true\n")
        found = vm.wait_serial(rf"{ASKS}|{LOGIN}", 600, since=mark, what="the login prompt, or a question")
        self.assertIn(b"login", found.group(0))
        # Who has come that far has no need of it any more.
        self.assertNotIn(locked_debian.PASSPHRASE.encode(), bytes(vm.serial_log))


if __name__ == "__main__":
    unittest.main()
