# SPDX-License-Identifier: GPL-2.0-or-later
"""No byte of a disk changes by booting through it, not even where a journal waits to be replayed."""

import hashlib

from case import VmTestCase
from kbtest import disks
from kbtest.terminal import ENTER

FIRST, UNCLEAN = "First of all", "Crashed system"


def checksum(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class UntouchedTest(VmTestCase):
    def boot_through(self, kind):
        debian = disks.debian_disk(self.folder / "debian.img")
        debian.root.write("/etc/kboot.conf", f"{FIRST}='/boot/vmlinuz-{disks.debian.parts().version}'\n")
        conf = f"{UNCLEAN}='{disks.rescue_entry(f'nonce={self.nonce}')}'\n"
        unclean = disks.unclean_disk(self.folder / "unclean.img", conf)
        before = [checksum(disk.path) for disk in (debian, unclean)]
        attached = [self.disk(debian, "debian", snapshot=False), self.disk(unclean, "unclean", snapshot=False)]
        vm = self.start_kboot(kind, conf="", disks=attached)
        self.wait_menu(vm, FIRST, UNCLEAN)
        self.select(vm, UNCLEAN)
        vm.keys(ENTER)
        # The rescue system looks at no disk: what was written by now, kboot wrote.
        self.wait_nonce(vm)
        self.assertEqual([vm.writes(disk) for disk in attached], [0, 0], "kboot wrote to a disk")
        vm.close()
        self.assertEqual([checksum(disk.path) for disk in (debian, unclean)], before)

    def test_nothing_is_written_stock(self):
        self.boot_through("stock")

    def test_nothing_is_written_custom(self):
        self.boot_through("custom")
