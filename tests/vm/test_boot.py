# SPDX-License-Identifier: GPL-2.0-or-later
"""From the menu into another system: an arrow key and Enter, on either console, with either kernel."""

from case import VmTestCase
from kbtest import debian, disks
from kbtest.terminal import END, ENTER, ESCAPE

import screen_words as words

FIRST, SECOND = "First of two", "Second of two"


class BootTest(VmTestCase):
    def two_debians(self):
        """The Debian disk with two entries, which differ in their nonce: the first one's is wrong."""
        conf = disks.debian_conf(debian.parts().version).replace("timeout=10\n", "")
        entry = conf.split("Debian='", 1)[1].split("'", 1)[0]
        disk = disks.debian_disk(self.folder / "debian.img")
        disk.root.write("/etc/kboot.conf", f"{FIRST}='{entry} nonce=first'\n{SECOND}='{entry} nonce={self.nonce}'\n")
        return self.disk(disk, "debian")

    def boot_second(self, kind):
        """Arrow keys on both consoles; Enter over the serial line is in most other tests."""
        vm = self.start_kboot(kind, conf="", disks=[self.two_debians()], power_on=True)
        self.wait_menu(vm, FIRST, SECOND)
        self.select(vm, SECOND)
        self.wait_vga_menu(vm, FIRST, SECOND)
        self.select_on_vga(vm, SECOND)
        vm.press("ret")
        self.wait_nonce(vm, "Debian")
        # On the screen, by the second kernel's own console: it has taken over the text mode.
        vm.wait_vga(lambda s: f"NONCE {self.nonce} from Debian" in s.text, "the second kernel's nonce", 240)

    def test_second_entry_stock(self):
        self.boot_second("stock")

    def test_second_entry_custom(self):
        self.boot_second("custom")


class EditTest(VmTestCase):
    """`e` changes the command line of one boot."""

    def rescue(self, conf):
        return self.disk(disks.rescue_disk(self.folder / "rescue.img", conf), "rescue")

    def test_edited_argument_arrives_once(self):
        entry = disks.rescue_entry("nonce=unedited then=reboot")
        vm = self.start_kboot(conf="", disks=[self.rescue(f"Rescue='{entry}'\ndefault=Rescue\n")], reboots=True)
        self.wait_menu(vm, "Rescue")
        vm.keys("e")
        vm.wait_screen(lambda s: words.holds(s, "nonce=unedited"), "the command line to edit")
        vm.keys(END, f" nonce={self.nonce}")
        vm.wait_screen(lambda s: words.holds(s, f"nonce={self.nonce}"), "the edited command line")
        vm.keys(ENTER)
        self.wait_nonce(vm)
        mark = vm.serial_mark()
        # The rescue system reboots the machine: the same kboot, the same disk.
        vm.qmp.wait_event("RESET")
        vm.wait_serial(words.HINTS_BYTES.decode(), 180, since=mark, what="the menu after the reboot")
        self.wait_menu(vm, "Rescue")
        vm.keys("e")
        vm.wait_screen(lambda s: words.holds(s, "nonce=unedited"), "the command line to edit")
        self.assertNotIn(self.nonce, vm.screen.text)
        vm.keys(ENTER)
        vm.wait_serial(r"^NONCE unedited from rescue", 180, since=mark)

    def test_escape_leaves_the_entry_alone(self):
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        vm = self.start_kboot(conf="", disks=[self.rescue(f"Rescue='{entry}'\ndefault=Rescue\n")])
        self.wait_menu(vm, "Rescue")
        vm.keys("e")
        vm.wait_screen(lambda s: words.holds(s, f"nonce={self.nonce}"), "the command line to edit")
        vm.keys(END, "spoilt")
        vm.wait_screen(lambda s: words.holds(s, f"nonce={self.nonce}spoilt"), "the edited command line")
        vm.keys(ESCAPE)
        vm.wait_screen(lambda s: "spoilt" not in s.text and words.menu_is_shown(s), "the menu, unedited")
        vm.keys(ENTER)
        self.wait_nonce(vm)
