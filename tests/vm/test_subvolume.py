# SPDX-License-Identifier: GPL-2.0-or-later
"""Systems in the subvolumes of a btrfs, as Debian's and openSUSE's installers put them there, are found and booted."""

from case import VmTestCase
from kbtest import debian, snapper, subvolumes
from kbtest.terminal import DOWN, RIGHT

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


class SnapshotTest(VmTestCase):
    """The default subvolume is the running system; the fstab there mounts /.snapshots, which GRUB sees without it."""

    def start(self):
        disk = subvolumes.suse_disk(self.folder / "suse.img", self.nonce)
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "suse")])
        self.wait_menu(vm, snapper.NAME)
        return vm

    def test_the_system(self):
        vm = self.start()
        self.boot_selected(vm)
        self.wait_nonce(vm, "openSUSE")

    def test_a_snapshot(self):
        vm = self.start()
        for title, keys in ((snapper.SUBMENU, DOWN + DOWN), (snapper.title_of(2).strip(), RIGHT + DOWN)):
            vm.keys(keys)
            vm.wait_screen(lambda s, title=title: words.is_at_submenu(s, title), f"the selection on {title}", 60)
        vm.keys(RIGHT + DOWN)
        vm.wait_screen(lambda s: words.selected(s) and words.selected(s).line.startswith(snapper.NAME), "the snapshot's entry", 60)
        self.boot_selected(vm)
        self.wait_nonce(vm, "Snapshot")
