# SPDX-License-Identifier: GPL-2.0-or-later
"""Devices made of devices: found, opened and booted from, and no byte of a member changes."""

import shutil

from case import image
from kbtest import disks, stacked
from kbtest.terminal import ENTER
from prompt_case import checksum
from storage_case import StorageCase

import screen_words as words


class ArrayTest(StorageCase):
    TITLES = stacked.ARRAYS.titles

    def test_arrays(self):
        """Mirrors with their superblocks at either end, and RAID5, found by themselves; one boots."""
        attached = self.attach(stacked.ARRAYS, without=(7,))
        vm = self.start_kboot("custom", conf=self.conf("md/home"), disks=attached)
        self.wait_menu(vm, *self.TITLES)
        self.boot(vm, attached, "md/home")

    def test_arrays_without_a_disk_each(self):
        """Degraded, and said to be so."""
        attached = self.attach(stacked.ARRAYS, without=(0, 3, 5, 7))
        vm = self.start_kboot("custom", conf=self.conf("md/data"), disks=attached)
        self.wait_menu(vm, *self.TITLES)
        self.wait_log(vm, "2 of 3 disks are there")
        self.boot(vm, attached, "md/data")


class VolumeTest(StorageCase):
    TITLES = stacked.VOLUMES.titles

    def test_volumes(self):
        """A volume of every kind, found by itself; the thin one boots."""
        attached = self.attach(stacked.VOLUMES)
        vm = self.start_kboot("custom", conf=self.conf("vg-x/thin"), disks=attached)
        self.wait_menu(vm, *self.TITLES)
        self.boot(vm, attached, "vg-x/thin")

    def test_volumes_without_a_disk(self):
        """What is whole without it, is there."""
        attached = self.attach(stacked.VOLUMES, without=(0,))
        vm = self.start_kboot("custom", conf=self.conf("vg-x/raid1"), disks=attached)
        self.wait_menu(vm, "On raid1", "On raid5", "On raid10", "On thin")
        self.assertFalse(words.shows_entry(vm.screen, "On linear"))
        self.assertFalse(words.shows_entry(vm.screen, "On striped"))
        self.boot(vm, attached, "vg-x/raid1")

    def test_a_copied_disk(self):
        """One counts; the other is named, and nothing is read from both."""
        attached = self.attach(stacked.VOLUMES)
        copy = self.folder / "copy.img"
        shutil.copy(self.paths[1], copy)
        attached.append(self.attached(copy))
        self.paths.append(copy)
        self.before.append(checksum(copy))
        vm = self.start_kboot("custom", conf=self.conf("vg-x/striped"), disks=attached)
        self.wait_menu(vm, *self.TITLES)
        self.wait_log(vm, "copy|same")
        self.boot(vm, attached, "vg-x/striped")


class LockedTest(StorageCase):
    def test_lvm_on_luks(self):
        """A wrong passphrase, the right one; the volume in the group in it boots."""
        attached = self.attach(stacked.LOCKED)
        vm = self.start_kboot("custom", conf=self.conf("crypt/root"), disks=attached)
        vm.wait_screen(lambda s: words.shows_entry(s, "Unlock vda"), "the locked volume", 180)
        self.unlock(vm, "vda", "wrong", stacked.PASSPHRASE)
        self.wait_menu(vm, "On LVM on LUKS")
        self.assertNotIn(stacked.PASSPHRASE, self.status(vm))
        self.boot(vm, attached, "crypt/root")

    def test_luks1_at_the_prompt(self):
        attached = self.attach(stacked.LOCKED)
        vm = self.start_prompt(attached, conf="Nothing='//bin/busybox'\n", kind="custom")
        mark = self.enter(vm, "unlock vdb")
        vm.wait_serial(r"[Pp]assphrase", 60, since=mark, what="the question")
        vm.keys("wrong", ENTER)
        vm.wait_serial(r"[Pp]assphrase.*\n.*[Pp]assphrase|no key slot|again", 60, since=mark, what="the next question")
        vm.keys(stacked.PASSPHRASE, ENTER)
        self.wait_prompt(vm)
        self.check_untouched(vm, attached)


    def test_more_memory_than_there_is(self):
        """Said before it is tried, with both sizes."""
        attached = self.attach(stacked.DEAR)
        vm = self.start_kboot("custom", conf="Nothing='//bin/busybox'\n", disks=attached)
        vm.wait_screen(lambda s: words.shows_entry(s, "Unlock vda"), "the locked volume", 180)
        self.unlock(vm, "vda", stacked.PASSPHRASE)
        vm.wait_screen(lambda s: words.says(s, r"vda needs \d{3} MiB of memory to be unlocked, \d{3} are free"), "the sentence", 60)
        self.check_untouched(vm, attached)

    def test_key_file(self):
        """Both volumes open by themselves."""
        attached = self.attach(stacked.LOCKED)
        vm = self.start_kboot("custom", conf=f"keyfile=//etc/kboot/disk.key\n{self.conf('crypt/root')}", disks=attached,
                              files={"/etc/kboot/disk.key": stacked.PASSPHRASE.encode()})
        self.wait_menu(vm, *stacked.LOCKED.titles)
        self.boot(vm, attached, "crypt/root")


    def test_written_where_asked(self):
        """A volume in a group in an encrypted one: read-only at first, all of it writable on request; then locked again."""
        attached = self.attach(stacked.LOCKED)
        vm = self.start_prompt(attached, conf="Nothing='//bin/busybox'\n", kind="custom")
        mark = self.enter(vm, "unlock vda")
        vm.wait_serial(r"[Pp]assphrase", 60, since=mark, what="the question")
        vm.keys(stacked.PASSPHRASE, ENTER)
        self.wait_prompt(vm)
        vm.wait_screen(lambda s: words.says(s, "vda is unlocked"), "the word that it is", 60)
        # What is behind it is selected, and loaded: until then somebody else has it mounted.
        self.wait_status(vm, "armed", "the entry behind it loaded")
        self.say(vm, "cd crypt/root:/")
        self.assertRegex(self.say(vm, "touch written"), "[Rr]ead-only")
        self.say(vm, "mount -o remount,rw .")
        self.say(vm, "touch written")
        self.assertIn("written", self.say(vm, "ls"))
        self.say(vm, "cd //tmp")  # / is the environment, which is on the same volume
        self.assertEqual(self.say(vm, "umount crypt/root"), "")
        self.assertIn("written", self.say(vm, "ls crypt/root:/"))
        self.say(vm, "lock vda")
        self.assertRegex(self.say(vm, "devices"), r"(?m)^vda .*locked")
        vm.close()


class BtrfsTest(StorageCase):
    def entry(self):
        return f"Mine='{disks.rescue_entry(f'nonce={self.nonce}', f'LABEL={stacked.BTRFS_LABEL}:/@boot')}'\n"

    def test_btrfs_of_two_devices(self):
        """Striped over both: what is read in a subvolume comes from either."""
        attached = self.attach(stacked.BTRFS)
        vm = self.start_kboot("custom", conf=self.entry(), disks=attached)
        self.wait_menu(vm, "On btrfs", "Mine")
        self.select(vm, "Mine")
        self.boot_selected(vm)
        self.wait_nonce(vm)
        self.check_untouched(vm, attached)

    def test_btrfs_without_a_device(self):
        """Nobody mounts the half of it."""
        attached = self.attach(stacked.BTRFS, without=(0,))
        vm = self.start_kboot("custom", conf=self.entry(), disks=attached)
        self.wait_log(vm, r"1 of 2 devices is there")
        self.assertFalse(words.shows_entry(vm.screen, "On btrfs"))
        self.check_untouched(vm, attached)


class StockTest(StorageCase):
    def test_the_stock_kernel(self):
        """Its modules are loaded as they are needed, for every kind."""
        attached = [disk for stack in (stacked.ARRAYS, stacked.VOLUMES, stacked.LOCKED, stacked.BTRFS) for disk in self.attach(stack)]
        self.paths = [disk.path for disk in attached]
        self.before = [checksum(path) for path in self.paths]
        vm = self.start_kboot("stock", conf=self.conf("vg-x/raid5"), disks=attached, memory_mib=768, lines=48)
        self.wait_menu(vm, *stacked.ARRAYS.titles, "On linear", "On raid5", "On thin", "On btrfs")
        self.boot(vm, attached, "vg-x/raid5")


class HostileTest(StorageCase):
    """Metadata with wrong bytes, through the real programs and the kernel."""

    def damaged(self, seed):
        self.before, self.paths = [], []
        for stack in (stacked.ARRAYS, stacked.VOLUMES, stacked.LOCKED):
            self.attach_more(stack)
        for number, path in enumerate(self.paths):
            stacked.damage(path, f"{seed}-{number}")
        self.before = [checksum(path) for path in self.paths]
        return [self.attached(path) for path in self.paths]

    def attach_more(self, stack):
        self.paths += stacked.members(stack, image("custom").efi, self.folder)

    def look(self, seed):
        attached = self.damaged(seed)
        vm = self.start_kboot("custom", conf=self.conf("nowhere"), disks=attached)
        vm.wait_screen(words.menu_is_shown, "the menu", 180)
        # Whatever became of them, it settles, and kboot is there.
        self.wait_log(vm, r"(md|lvm|luks) \S.*: (ready|degraded|refused|waiting|locked)")
        self.wait_status(vm, "being looked at: 0 devices", "an end of looking")
        self.assertLess(self.menu_answers(vm), 30)
        self.check_untouched(vm, attached)

    def test_hostile_first(self):
        self.look("first")

    def test_hostile_second(self):
        self.look("second")

