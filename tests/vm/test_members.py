# SPDX-License-Identifier: GPL-2.0-or-later
"""Members that are pulled out at a bad moment and come back; and a disk among many that never answers."""

import screen_words as words
from case import image
from kbtest import disks, small, stacked
from kbtest.machine import Disk
from kbtest.terminal import ENTER
from storage_case import StorageCase

SLOW = 256 << 10  # bytes in a second: what is begun is seen before it ends
MANY, HUNG = 32, 13
AT_ONCE_SECONDS = 60  # emulated, with this host's other work; a reader is given up after 20 of them


class PulledTest(StorageCase):
    """Members on USB, where they can be pulled out without the guest's being asked."""

    def start(self, stack, conf):
        paths = stacked.members(stack, image("custom").efi, self.folder)
        self.plugged = [Disk(str(path), f"member{number}", "usb") for number, path in enumerate(paths)]
        return self.start_kboot("custom", conf=conf, disks=self.plugged)

    def pull(self, vm, number):
        vm.unplug_usb(self.plugged[number])

    def settles(self, vm):
        """The menu is there, and nothing is being looked at for ever."""
        self.wait_status(vm, "being looked at: 0 devices", "an end of looking")
        self.assertLess(self.menu_answers(vm), 30)

    def plug_again(self, vm, number):
        old = self.plugged[number]
        self.plugged[number] = Disk(old.path, f"{old.name}again", "usb")
        vm.plug_usb(self.plugged[number])

    def boots(self, vm, title, when):
        # The entry is kboot's own, and there all the time: it can be booted when what it is on has been read.
        self.wait_menu(vm, title, when)
        self.select(vm, title)
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_while_it_is_assembled(self):
        """What stands on it is not there; the rest is. With it again all of it is."""
        vm = self.start(stacked.VOLUMES, self.conf("vg-x/striped"))
        for disk in self.plugged:
            vm.slow_down(disk, SLOW)
        self.wait_status(vm, "being looked at: [1-9]", "the look at the members")
        self.pull(vm, 1)
        for disk in (self.plugged[0], *self.plugged[2:]):
            vm.slow_down(disk, 0)
        vm.wait_screen(words.menu_is_shown, "the menu", 180)
        self.wait_menu(vm, "On linear", "On thin")
        self.settles(vm)
        self.assertFalse(words.shows_entry(vm.screen, "On striped"))
        self.plug_again(vm, 1)
        self.boots(vm, "Entry of vg-x/striped", "On striped")

    def test_while_its_entry_is_armed(self):
        """One sentence; what is loaded is not started; with the disk again it is."""
        vm = self.start(stacked.VOLUMES, self.conf("vg-x/striped"))
        self.wait_menu(vm, "Entry of vg-x/striped", "On striped")
        self.select(vm, "On striped")
        self.wait_status(vm, "load: armed .*striped", "its kernel to be loaded")
        self.pull(vm, 1)
        vm.wait_screen(lambda s: words.says(s, r"was removed"), "the sentence", 60)
        vm.wait_screen(lambda s: not words.shows_entry(s, "On striped"), "a menu without what stood on it", 60)
        self.settles(vm)
        # The selection went with the disk: Enter alone is not believed for a moment, a choice is.
        self.select(vm, "On linear")
        self.plug_again(vm, 1)
        self.boots(vm, "Entry of vg-x/striped", "On striped")

    def start_locked(self):
        """Until the question is on the screen."""
        vm = self.start(stacked.LOCKED, self.conf("crypt/root"))
        vm.wait_screen(lambda s: words.shows_entry(s, "Unlock"), "the locked volume", 180)
        self.unlock(vm, self.locked(vm))
        vm.wait_screen(lambda s: words.says(s, "what is the passphrase"), "the question", 60)
        return vm

    def pull_locked(self, vm):
        """Pulled out there is a sentence; plugged in again it opens and boots."""
        self.pull(vm, 0)
        vm.wait_screen(lambda s: words.menu_is_shown(s) and words.says(s, "was removed"), "the sentence", 60)
        self.settles(vm)
        self.plug_again(vm, 0)
        self.unlock(vm, self.locked(vm), stacked.PASSPHRASE)
        self.boots(vm, "Entry of crypt/root", "On LVM on LUKS")

    def test_while_its_passphrase_is_asked_for(self):
        self.pull_locked(self.start_locked())

    def test_while_it_is_unlocked(self):
        """A key slot of 256 KiB that comes in at 4 KiB a second is being read."""
        vm = self.start_locked()
        vm.slow_down(self.plugged[0], 4096)
        vm.control.run("echo 3 >/proc/sys/vm/drop_caches")
        vm.keys(stacked.PASSPHRASE, ENTER)
        vm.wait_until(lambda: "cryptsetup" in vm.control.run("cat /proc/[0-9]*/comm"), "cryptsetup", 60)
        self.pull_locked(vm)

    @staticmethod
    def locked(vm):
        """The LUKS2 disk's name: the larger one's."""
        vm.wait_until(lambda: vm.control.run("kboot list").count("Unlock") == 2, "both locked volumes", 120)
        size = stacked.LOCKED.sizes[0] * 2048
        return vm.control.run(f"for d in /sys/block/sd*; do [ $(cat $d/size) != {size} ] || echo ${{d##*/}}; done").strip()


class ManyTest(StorageCase):
    def many(self):
        """Disks on four slots, eight on each; one of them answers nothing after its first bytes."""
        arguments = []
        for number in range(MANY):
            path = disks.fat_disk(self.folder / f"many-{number}.img", f"D{number}", f"57C6{number:04d}", {
                "/kboot.conf": f"Disk {number:02d} here='/vmlinuz initrd=/initrd.img {disks.CONSOLES} nonce={self.nonce}'\n",
                "/vmlinuz": small.kernel(), "/initrd.img": disks.rescue_initrd()}, size=4 << 20).path
            hangs = ",throttling.bps-total=1,throttling.bps-total-max=65536" if number == HUNG else ""
            arguments += ["-drive", f"if=none,id=many{number},file={path},format=raw,cache=unsafe,snapshot=on{hangs}",
                          "-device", f"virtio-blk-pci,drive=many{number},addr={0x10 + number // 8:#x}.{number % 8},multifunction=on"]
        return arguments

    def test_a_disk_that_hangs_among_32(self):
        """Thirty-one are there at once, and boot; of that one there is a sentence."""
        vm = self.start_kboot("custom", conf="", disks=[], extra=self.many(), lines=90)
        vm.wait_screen(words.menu_is_shown, "the menu", 180)
        begun = vm.clock()
        answering = [f"Disk {number:02d} here" for number in range(MANY) if number != HUNG]
        self.wait_menu(vm, *answering)
        seconds = vm.clock() - begun
        self.assertLess(seconds, AT_ONCE_SECONDS)
        self.figure("one-of-32-hangs", f"31 of 32 disks in the menu {seconds:.1f} s after it was drawn, one hangs")
        self.assertFalse(words.shows_entry(vm.screen, f"Disk {HUNG:02d}"))
        self.wait_log(vm, r"no answer within")
        self.select(vm, "Disk 03")
        self.boot_selected(vm)
        self.wait_nonce(vm)
