# SPDX-License-Identifier: GPL-2.0-or-later
"""./demo, as a newcomer runs it, in a terminal."""

import os

import screen_words as words
from case import ROOT, VmTestCase, image
from kbtest.terminal import Terminal

QUIT_QEMU = b"\x01x"


class DemoTest(VmTestCase):
    def demo(self, *options):
        environment = {name: os.environ[name] for name in ("HOME", "KBOOT_CACHE") if name in os.environ}
        return Terminal([str(ROOT / "demo"), *options], env=environment, columns=100, lines=40)

    def show_menu_and_leave(self, *options):
        image("stock")
        with self.demo(*options) as terminal:
            terminal.wait(lambda s: words.menu_is_shown(s) and words.shows_entry(s, "Debian")
                          and words.shows_entry(s, "Rescue"), "the menu with both disks", 300)
            terminal.send(QUIT_QEMU)
            terminal.wait_text("./check", 30)
            self.assertEqual(terminal.wait_exit(30), 0)

    def test_serial(self):
        self.show_menu_and_leave("--serial")

    def test_efi(self):
        self.show_menu_and_leave("--efi")

    def test_native(self):
        with self.demo("--native") as terminal:
            terminal.wait(lambda s: words.menu_is_shown(s) and words.shows_entry(s, "Debian"), "the menu", 300)
            terminal.send("q")
            terminal.wait_text("Leave this menu")
            terminal.send("x")
            self.assertEqual(terminal.wait_exit(30), 0)
