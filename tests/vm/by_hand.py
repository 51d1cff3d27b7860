#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages of Debian that are too large to be booted in every run of the tests, and memtest86+ in its other ways.

    tests/vm/by_hand.py                       all
    tests/vm/by_hand.py ByHand.test_text      one

What graphical programs show is kept in build/vm-logs as screen.ppm.
"""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))

import test_packages  # pylint: disable=wrong-import-position
from kbtest import disks, packages  # pylint: disable=wrong-import-position

MANY_COLOURS = 100  # more than a text console has


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


if __name__ == "__main__":
    unittest.main(verbosity=2)
