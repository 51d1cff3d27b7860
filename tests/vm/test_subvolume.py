# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian in a subvolume of a btrfs, as its installer puts it there, is found and booted with no configuration."""

from case import VmTestCase
from kbtest import debian, subvolumes

import screen_words as words


class SubvolumeTest(VmTestCase):
    def boot(self, separate_boot):
        disk = subvolumes.debian_disk(self.folder / "debian.img", self.nonce, separate_boot)
        title = f"{subvolumes.NAME}, Linux {debian.parts().version}"
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "debian")])
        self.wait_menu(vm, title)
        # The snapshot is none of the systems.
        self.assertEqual([entry.number for entry in words.entries(vm.screen)], [1])
        self.select(vm, title)
        self.boot_selected(vm)
        # Debian's own initrd has mounted the subvolume.
        self.wait_nonce(vm, "Debian")

    def test_without_a_boot_partition(self):
        self.boot(False)

    def test_with_a_boot_partition(self):
        self.boot(True)
