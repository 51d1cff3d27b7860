# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages of Debian are what is booted, each from a label of kboot.conf, until it shows itself.

What is larger, or the same again, is in by_hand.py.
"""

from case import BOOT_SECONDS, VmTestCase
from kbtest import disks, packages

LABEL = "Out of a package"
AT_WORK = r"Testing: +\d+MB"  # in a frame whose own title is on the first line
TITLE = r"Memtest86\+ v\d"


class PackageCase(VmTestCase):
    def start(self, files, line, size=24 * disks.MIB, **options):
        """kboot's menu, from which this line of kboot.conf is booted; files are {path: Path}."""
        disk = disks.fat_disk(self.folder / "package.img", "PACKAGE", "7E570001",
                              {**files, "/kboot.conf": f"{LABEL}='{line}'\n"}, size)
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "package")], **options)
        self.wait_menu(vm, LABEL)
        self.boot_selected(vm)
        return vm

    def start_memtest(self, name, **options):
        return self.start({"/memtest": packages.memtest(name)}, "/memtest nobench console=ttyS0,115200", **options)

    def memtest_on_vga(self, name):
        vm = self.start_memtest(name)
        vm.wait_vga(lambda s: s.find(TITLE) and s.find(AT_WORK), "memtest86+ at work", BOOT_SECONDS)

    def memtest_on_efi(self, name):
        vm = self.start_memtest(name, efi=True, power_on=True)
        vm.wait_screen(lambda s: s.find(TITLE) and s.find(AT_WORK), "memtest86+ at work", BOOT_SECONDS)
        vm.screendump("screen.ppm")

    def flavour(self, name):
        kernel = packages.kernel(name)
        vm = self.start({"/vmlinuz": kernel, "/initrd.img": disks.rescue_initrd()},
                        disks.rescue_entry(f"nonce={self.nonce}"))
        vm.wait_serial(rf"Linux {kernel.name.removeprefix('vmlinuz-')}: booted", BOOT_SECONDS, what="the flavour's version")
        self.wait_nonce(vm)


class PackageTest(PackageCase):
    def test_memtest_64(self):
        self.memtest_on_vga("memtest86+x64.bin")

    def test_memtest_32_on_efi(self):
        self.memtest_on_efi("memtest86+ia32.efi")

    def test_cloud_kernel(self):
        self.flavour("cloud")

    def test_realtime_kernel(self):
        self.flavour("rt")
