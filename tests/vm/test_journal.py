# SPDX-License-Identifier: GPL-2.0-or-later
"""What is in a journal alone is found and booted, and no byte of the disk changes by it."""

import hashlib

from case import VmTestCase
from kbtest import dirty, disks
from kbtest.terminal import ENTER

NO_MAPPER = {"/etc/modprobe.d/no-mapper.conf": b"blacklist dm_mod\nblacklist dm-mod\n"}
SNAPSHOTS = "cat /sys/class/block/dm-*/dm/uuid 2>/dev/null | grep -c KBOOT-"


def checksum(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class JournalTest(VmTestCase):
    def start(self, name, files=None, kind="stock", damage=None):
        """kboot with the disk of a filesystem, which it may write to as far as QEMU is concerned."""
        image = dirty.disk(name, self.folder / f"{name}.img", self.nonce)
        if damage:
            damage(image)
        self.before = image.path, checksum(image.path)
        self.attached = self.disk(image, "dirty", snapshot=False)
        return self.start_kboot(kind, conf="", disks=[self.attached], files=files)

    def assert_unchanged(self, vm):
        self.assertEqual(vm.writes(self.attached), 0, "kboot wrote to the disk")
        vm.close()
        path, before = self.before
        self.assertEqual(checksum(path), before)

    def boot_through(self, name, kind="stock"):
        vm = self.start(name, kind=kind)
        self.wait_menu(vm, dirty.NEW)
        self.assertNotIn(dirty.OLD, vm.screen.text)
        self.select(vm, dirty.NEW)
        vm.keys(ENTER)
        # The rescue system looks at no disk: what was written by now, kboot wrote.
        self.wait_nonce(vm)
        self.assert_unchanged(vm)

    def test_ext4(self):
        self.boot_through("ext4")

    def test_ext4_custom(self):
        self.boot_through("ext4", "custom")

    def test_xfs(self):
        self.boot_through("xfs")

    def test_btrfs(self):
        self.boot_through("btrfs")

    def test_f2fs(self):
        self.boot_through("f2fs")

    def test_snapshot_goes_with_its_worker(self):
        """Nothing is left of a replay: no device, no loop device, no entry shown twice."""
        vm = self.start("ext4")
        self.wait_menu(vm, dirty.NEW)
        vm.wait_until(lambda: vm.control.run(SNAPSHOTS, check=False)[1].strip() == "0",
                      "the end of the snapshot")
        loops = vm.control.run("losetup -a").splitlines()
        self.assertEqual(len(loops), 1, loops)  # the one of the stock kernel's modules
        self.assertIn("modules.squashfs", loops[0])
        self.assertEqual(vm.screen.text.count(dirty.NEW), 1)
        self.assert_unchanged(vm)

    def read_as_it_is(self, name, **options):
        vm = self.start(name, **options)
        self.wait_menu(vm, dirty.OLD)
        self.assertNotIn(dirty.NEW, vm.screen.text)
        self.assert_unchanged(vm)

    def test_ext4_without_device_mapper(self):
        self.read_as_it_is("ext4", files=NO_MAPPER)

    def test_xfs_without_device_mapper(self):
        self.read_as_it_is("xfs", files=NO_MAPPER)

    def test_btrfs_without_device_mapper(self):
        self.read_as_it_is("btrfs", files=NO_MAPPER)

    def test_ext4_that_denies_its_journal(self):
        """Its driver would write all of that journal to a device that is read-only."""
        self.read_as_it_is("ext4", damage=dirty.deny_journal)

    def test_ext4_with_a_broken_journal(self):
        self.read_as_it_is("ext4", damage=dirty.break_journal)

    def test_ext4_that_asks_for_a_panic(self):
        """A superblock may say that damage is to stop the machine; kboot's is not a disk's to stop."""
        image = disks.damaged_disk(self.folder / "damaged.img")
        vm = self.start_kboot("stock", conf="", disks=[self.disk(image, "damaged")])
        vm.wait_until(lambda: "EXT4-fs error" in vm.control.run("dmesg"), "the damage to be found")
        self.assertIn("kboot", vm.control.run("kboot status; ps"))
