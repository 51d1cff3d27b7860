# SPDX-License-Identifier: GPL-2.0-or-later
"""EFI: the menu's `q` restarts into the firmware's setup, and by BootNext into another program of the firmware."""

import re

import screen_words as words
from case import MOST_MOVES, VmTestCase, image
from kbtest import disks
from kbtest.terminal import DOWN, ENTER

# OVMF's own shell stands for Windows.
OTHER = "EFI Internal Shell"
SHELL_RUNS = r"UEFI Interactive Shell v"
SETUP_RUNS = r"Boot Maintenance Manager"
SELECTED = r"> (\S| )  (\w.*?)\s*[|\u2502]"


class FirmwareTest(VmTestCase):
    def start(self, kind, bus):
        """kboot, which the firmware starts from a disk; its variables stay from start to start."""
        disk = disks.debian_disk(self.folder / "debian.img", efi_program=image(kind).efi)
        disk.root.write("/etc/kboot.conf", "Nothing='/boot/none'\n")
        vm = self.machine(efi=True, reboots=True, disks=[self.disk(disk, "debian", bus)])
        vm.wait_screen(words.menu_is_shown, "the menu", 300)
        return vm

    def choose(self, vm, what):
        """The row of the power menu, by arrow keys, and its question."""
        vm.keys("q")
        vm.wait_screen(lambda s: s.find(OTHER), f"{OTHER} in the power menu", 60)
        self.assertIsNotNone(vm.screen.find("Firmware setup"))
        before = None
        for _ in range(MOST_MOVES):
            row = vm.wait_screen(lambda s, b=before: (m := s.find(SELECTED)) and m.group(2) != b and m, "a chosen row", 60)
            before = row.group(2)
            if before == what:
                vm.keys(ENTER)
                vm.wait_screen(lambda s: s.find("Once more to restart into it"), "the question", 60)
                return
            vm.keys(DOWN)
        self.fail(f"{what} cannot be reached by arrow keys")

    def restart_into(self, vm, what):
        self.choose(vm, what)
        mark = vm.serial_mark()
        vm.keys(ENTER)
        return mark

    def test_setup_stock(self):
        # A SATA disk that a system has used keeps this firmware busy for twenty seconds.
        vm = self.start("stock", "virtio")
        mark = self.restart_into(vm, "Firmware setup")
        vm.wait_serial(SETUP_RUNS, 180, since=mark, what="the firmware's setup")
        self.assertIsNone(re.search(SHELL_RUNS.encode(), bytes(vm.serial_log[mark:])))

    def test_boot_next_custom(self):
        # From a virtio disk the firmware's shell does not start: "Device Error".
        vm = self.start("custom", "sata")
        mark = self.restart_into(vm, OTHER)
        vm.wait_serial(SHELL_RUNS, 180, since=mark, what="the firmware's shell")
        vm.wait_screen(lambda s: re.search(r"Shell> *$", s.text.rstrip()), "the shell's prompt", 180)
        # Once: the start after that is the usual one.
        mark = vm.serial_mark()
        vm.keys("reset\r")
        vm.wait_serial(words.HINTS_BYTES.decode(), 300, since=mark, what="the menu again")
        vm.wait_screen(words.menu_is_shown, "the menu again", 60)
