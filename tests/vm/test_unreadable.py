# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks of which something cannot be read, or that are pulled out in the middle: a sentence at once, and the next entry."""

import screen_words as words
from case import VmTestCase
from kbtest import debian, disks, unreadable
from kbtest.terminal import ENTER

GOOD, STICK = "Good", "Stick"
SECONDS = 3
SLOW = 1 << 19  # bytes a second; Debian's kernel has 8 MB
ERROR = "I/O error"
# label: (what kboot.conf says, the sentence)
UNREADABLE = {
    "Bad kernel": ("/boot/vmlinuz", f"/boot/vmlinuz at byte {unreadable.BAD_BYTE}: {ERROR}"),
    "Bad initrd": (f"LABEL={disks.RESCUE_LABEL}:/vmlinuz initrd=/boot/initrd.img",
                   f"/boot/initrd.img at byte {unreadable.BAD_BYTE}: {ERROR}"),
    "Bad folder": ("/folder/vmlinuz", f"/folder/vmlinuz: {ERROR}"),
    "Bad inode": (unreadable.INODE_FILE, f"{unreadable.INODE_FILE}: {ERROR}"),
}


class UnreadableTest(VmTestCase):
    def at_once(self, vm, begun, label):
        seconds = vm.clock() - begun
        print(f"{label}: a sentence after {seconds:.1f} s")
        self.assertLess(seconds, SECONDS)

    def check_sentence(self, vm, label, sentence):
        self.select(vm, label)
        begun = vm.clock()
        vm.keys(ENTER)
        with self.subTest(label):
            vm.wait_screen(lambda s: words.says(s, f"{label} cannot be booted: .*{sentence}") and words.menu_is_shown(s),
                           f"the menu and {sentence!r}", 60)
            self.at_once(vm, begun, label)

    def test_sectors(self):
        rescue = disks.rescue_disk(self.folder / "rescue.img", f"{GOOD}='{disks.rescue_entry(f'nonce={self.nonce}')}'\n")
        conf = "".join(f"{label}='{value}'\n" for label, (value, _) in UNREADABLE.items())
        bad = unreadable.disk(self.folder / "unreadable.img", conf)
        vm = self.start_kboot(conf="", disks=[self.disk(rescue, "rescue"), bad], lines=40)
        self.wait_menu(vm, GOOD)
        vm.wait_screen(lambda s: all(words.shows_entry(s, label) for label in UNREADABLE), "the entries of the other disk", 60)
        for label, (_, sentence) in UNREADABLE.items():
            self.check_sentence(vm, label, sentence)
        self.select(vm, GOOD)
        vm.keys(ENTER)
        self.wait_nonce(vm)

    def test_pulled_out_while_its_kernel_is_loaded(self):
        conf = f"Other='{disks.rescue_entry('nonce=wrong')}'\n{GOOD}='{disks.rescue_entry(f'nonce={self.nonce}')}'\n"
        rescue = disks.rescue_disk(self.folder / "rescue.img", conf)
        stick = disks.rescue_disk(self.folder / "stick.img", f"{STICK}='{disks.rescue_entry('nonce=wrong')}'\n",
                                  debian.parts().kernel)
        plugged = self.disk(stick, "stick", "usb")
        vm = self.start_kboot(conf="", disks=[self.disk(rescue, "rescue"), plugged])
        self.wait_menu(vm, GOOD, STICK)
        self.select(vm, STICK)
        vm.slow_down(plugged, SLOW)
        vm.keys(ENTER)
        vm.wait_screen(lambda s: words.says(s, r"(?i)loading [1-9][0-9.]* [KM]iB of"), "a part of the kernel", 60)
        begun = vm.clock()
        vm.unplug_usb(plugged)
        vm.wait_screen(lambda s: words.says(s, rf"{STICK} cannot be booted: its disk sdb1 was removed\.")
                       and words.menu_is_shown(s) and not words.shows_entry(s, STICK), "the menu, and where the stick is", 60)
        self.at_once(vm, begun, STICK)
        # The selection went with the stick; Enter alone would not be believed for a moment.
        self.select(vm, GOOD)
        vm.keys(ENTER)
        self.wait_nonce(vm)
