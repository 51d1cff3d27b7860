# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's installer for network boot, as its package has it, from a TFTP server that nobody changes for kboot."""

import screen_words as words
from netboot_case import NetbootCase
from kbtest import installer
from kbtest.terminal import END, ENTER


class InstallerTest(NetbootCase):
    def test_first_question(self):
        vm = self.start(self.mac("installer"), disk=installer.disk(), kind="stock", memory_mib=1024)
        self.wait_menu(vm, "Install")
        self.select(vm, "Install")
        vm.keys("e")
        vm.wait_screen(lambda s: words.holds(s, "vga=788"), "the command line to edit")
        vm.keys(END, " console=ttyS0", ENTER)
        vm.wait_text("Select a language", 600)
