#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What takes too long to be booted in every run of the tests: large packages of Debian, memtest86+ in its other ways, and a whole
Debian with its own boot loaders.

    tests/vm/by_hand.py                       all
    tests/vm/by_hand.py ByHand.test_text      one

What graphical programs show is kept in build/vm-logs as screen.ppm.
"""

import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import test_packages  # pylint: disable=wrong-import-position
from case import VmTestCase  # pylint: disable=wrong-import-position
from kbtest import disks, packages, whole_debian  # pylint: disable=wrong-import-position
from kbtest.terminal import ENTER  # pylint: disable=wrong-import-position

MANY_COLOURS = 100  # more than a text console has
LOGIN_SECONDS = 400


def colours(vm):
    """How many are on the screen: a PPM is a header of three lines and three bytes a pixel."""
    pixels = vm.screendump("screen.ppm").read_bytes().split(b"\n", 3)[3]
    return len({pixels[i:i + 3] for i in range(0, len(pixels), 3)})


class ByHand(test_packages.PackageCase):
    def installer(self, kind, arguments, shows_itself, **options):
        kernel, initrd = packages.installer(kind)
        vm = self.start({"/linux": kernel, "/initrd.gz": initrd}, f"/linux initrd=/initrd.gz {arguments}",
                        size=128 * disks.MIB, memory_mib=1536, **options)
        begun = vm.clock()
        vm.wait_until(lambda: shows_itself(vm), "the installer", 300)
        print(f"the installer ({kind}) shows itself {vm.clock() - begun:.0f} s after Enter")

    def test_text(self):
        self.installer("text", "console=ttyS0,115200", lambda vm: "Select a language" in vm.screen.text)

    def test_graphical(self):
        self.installer("gtk", "", lambda vm: colours(vm) > MANY_COLOURS)

    def test_graphical_on_efi(self):
        self.installer("gtk", "", lambda vm: colours(vm) > MANY_COLOURS, efi=True)

    def test_memtest_32(self):
        self.memtest_on_vga("memtest86+ia32.bin")

    def test_memtest_64_on_efi(self):
        self.memtest_on_efi("memtest86+x64.efi")


class WholeDebian(VmTestCase):
    """Debian as it installs itself, with no kboot.conf anywhere; root is logged in on the serial line."""

    def setUp(self):
        super().setUp()
        self.whole = whole_debian.disk(self.folder / "whole.img")

    def start(self, **options):
        return self.start_kboot(conf="", disks=[self.disk(self.whole, "whole", snapshot=False)], memory_mib=1024, **options)

    def login(self, vm):
        """Until the shell of the system that was started answers; its kernel's command line."""
        found = vm.wait_serial(r"root@whole:~#|Press Enter for maintenance", LOGIN_SECONDS, what="root's shell")
        if b"Enter" in found.group(0):
            # What is typed before it listens is thrown away.
            vm.wait_until(lambda: vm.keys(ENTER) or b"root@whole:~#" in vm.serial_log[found.end():],
                          "root's shell in rescue mode", LOGIN_SECONDS)
        return self.say(vm, "cat /proc/cmdline")

    def say(self, vm, command, seconds=LOGIN_SECONDS):
        """What a command prints at the system's shell."""
        mark = vm.serial_mark()
        vm.keys(f"{command}; echo END-$?-END\r")
        found = vm.wait_serial(r"(?s)\n(.*)END-(\d+)-END", seconds, since=mark, what=command)
        text = found.group(1).decode(errors="replace")
        self.assertEqual(found.group(2), b"0", text)
        return text

    def off(self, vm):
        vm.keys("systemctl poweroff\r")
        vm.wait_off(LOGIN_SECONDS)
        vm.close()

    def by_itself(self, **options):
        vm = self.start(**options)
        return vm, self.login(vm)

    def test_grub(self):
        """Its kernel without a configuration; then its own grub-mkconfig, grub-reboot and grub-set-default."""
        vm = self.start()
        self.wait_menu(vm, "Debian GNU/Linux")
        vm.keys(ENTER)
        self.login(vm)
        self.say(vm, "mkdir -p /boot/grub && update-grub")
        ids = re.findall(r"gnulinux-[^' ]*(?:advanced|recovery)-[^' \r]*", self.say(vm, "grep -o 'gnulinux[^ ]*' /boot/grub/grub.cfg"))
        advanced, normal, recovery = sorted(set(ids), key=ids.index)[:3]
        print(advanced, normal, recovery)
        self.say(vm, f"grub-reboot '{advanced}>{recovery}'")
        self.off(vm)
        vm, cmdline = self.by_itself()
        self.assertIn(" single", cmdline)
        self.assertIn("BOOT_IMAGE=/boot/vmlinuz", cmdline)
        self.off(vm)
        vm, cmdline = self.by_itself()
        self.assertNotIn(" single", cmdline)
        self.say(vm, f"grub-set-default '{advanced}>{recovery}'")
        self.off(vm)
        for _ in range(2):
            vm, cmdline = self.by_itself()
            self.assertIn(" single", cmdline)
            self.off(vm)

    def test_kernel_install(self):
        """Entries by kernel-install with counting, on EFI: three failures, then the older kernel; the good one is blessed."""
        vm = self.start(efi=True, power_on=True)
        self.wait_menu(vm, "Debian GNU/Linux")
        vm.keys(ENTER)
        self.login(vm)
        self.say(vm, "mkdir -p /efi/loader/entries && echo timeout 4 > /efi/loader/loader.conf; V=$(uname -r)")
        self.say(vm, "mkdir -p /efi/$(cat /etc/machine-id); cp /etc/kernel/cmdline /tmp/usual")
        install = "kernel-install add {} /boot/vmlinuz-$V /boot/initrd.img-$V"
        self.say(vm, install.format("$V"))
        self.say(vm, "echo 3 > /etc/kernel/tries; echo \"$(cat /tmp/usual) systemd.unit=rescue.target\" > /etc/kernel/cmdline")
        self.say(vm, install.format("90.0"))
        print(self.say(vm, "ls /efi/loader/entries"))
        self.off(vm)
        for count in ("90.0+2-1.conf", "90.0+1-2.conf", "90.0+0-3.conf"):
            vm, cmdline = self.by_itself(efi=True, power_on=True)
            self.assertIn("rescue.target", cmdline)
            self.assertIn(count, self.say(vm, "ls /efi/loader/entries"))
            self.off(vm)
        vm, cmdline = self.by_itself(efi=True, power_on=True)
        self.assertNotIn("rescue.target", cmdline)
        self.say(vm, "V=$(uname -r); echo $(cat /etc/kernel/cmdline | sed s/systemd.unit=rescue.target/its=good/) > /etc/kernel/cmdline")
        self.say(vm, install.format("91.0"))
        self.assertIn("91.0+3.conf", self.say(vm, "ls /efi/loader/entries"))
        self.off(vm)
        vm, cmdline = self.by_itself(efi=True, power_on=True)
        self.assertIn("its=good", cmdline)
        print(self.say(vm, "systemctl --no-pager status systemd-bless-boot | cat; ls /efi/loader/entries"))
        self.assertRegex(self.say(vm, "ls /efi/loader/entries"), r"-91\.0\.conf")
        self.off(vm)

    def test_uki(self):
        """A unified kernel image made with Debian's stub."""
        vm = self.start()
        self.wait_menu(vm, "Debian GNU/Linux")
        vm.keys(ENTER)
        self.login(vm)
        stub = "/usr/lib/systemd/boot/efi/linuxx64.efi.stub"
        self.say(vm, "V=$(uname -r); mkdir -p /efi/EFI/Linux; echo \"$(cat /etc/kernel/cmdline) its=uki\" > /tmp/cmdline")
        sections = (("osrel", "/etc/os-release", "0x20000"), ("cmdline", "/tmp/cmdline", "0x30000"),
                    ("linux", "/boot/vmlinuz-$V", "0x2000000"), ("initrd", "/boot/initrd.img-$V", "0x3000000"))
        words = " ".join(f"--add-section .{name}={file} --change-section-vma .{name}={at}" for name, file, at in sections)
        self.say(vm, f"objcopy {words} {stub} /efi/EFI/Linux/whole.efi && ls -l /efi/EFI/Linux")
        self.off(vm)
        vm = self.start()
        self.wait_menu(vm, "Debian GNU/Linux 12 (bookworm)")
        vm.keys(ENTER)
        self.assertIn("its=uki", self.login(vm))
        self.off(vm)


if __name__ == "__main__":
    unittest.main(verbosity=2)
