# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks that come at once want one driver, which the kernel has as a module: while one loads it, the others wait."""

import re
import time

from case import VmTestCase
from kbtest.cache import run
from kbtest.machine import Disk

DISKS = 4
GAPS = (0.3, 0.35, 0.4)  # seconds between two disks, a round each: the driver is there 0.3 s after the first wants it
MODULES = "ext4 jbd2 mbcache crc16 crc32c_generic"


class DriversTest(VmTestCase):
    def stick(self, number):
        tree = self.folder / "tree"
        tree.mkdir(exist_ok=True)
        (tree / "kboot.conf").write_text(f"Stick {number}=/vmlinuz\n", encoding="utf-8")
        path = self.folder / f"stick{number}.img"
        run("mke2fs", "-q", "-F", "-t", "ext4", "-d", tree, "-L", f"stick{number}", path, "16M")
        return path

    def read_as(self, vm):
        """What kboot says of every ext4 that it has read: {device: sentence}."""
        code, text = vm.control.run("kboot explain", check=False)
        found = dict(re.findall(r"^  (sd\w+) ext4: (.*)$", text, re.M)) if code == 0 else {}
        return found if len(found) == DISKS else None

    def test_four_disks_at_once(self):
        paths = [self.stick(number) for number in range(DISKS)]
        vm = self.start_kboot("stock", conf="", usb=True)
        self.wait_menu(vm)
        for turn, gap in enumerate(GAPS):
            self.assertEqual(vm.control.run("lsmod | grep -c '^ext4 ' || true"), "0")
            sticks = [Disk(str(path), f"stick-{turn}-{number}", "usb") for number, path in enumerate(paths)]
            for stick in sticks:
                vm.plug_usb(stick)
                time.sleep(gap)
            said = vm.wait_until(lambda: self.read_as(vm), "a word on each of the disks", 60)
            self.assertEqual(set(said.values()), {"1 entry"}, f"{gap} s between the disks: {said}")
            for stick in sticks:
                vm.unplug_usb(stick)
            vm.wait_until(lambda: vm.control.run(f"rmmod {MODULES}", check=False)[0] == 0
                          or "ext4 " not in vm.control.run("lsmod"), "ext4's driver to be unloaded", 60)
