# SPDX-License-Identifier: GPL-2.0-or-later
"""A USB disk comes and goes; all consoles show the same."""

import screen_words as words
from case import VmTestCase
from kbtest import disks, small
from kbtest.machine import Disk
from kbtest.terminal import ENTER

FIXED, STICK = "Fixed disk", "Stick"


class HotplugTest(VmTestCase):
    def start(self, kind, conf, settings=""):
        entry = disks.rescue_entry("nonce=fixed")
        rescue = disks.rescue_disk(self.folder / "rescue.img", f"{FIXED}='{entry}'\ndefault={FIXED}\n{settings}\n")
        vm = self.start_kboot(kind, conf=conf, disks=[self.disk(rescue, "rescue")], usb=True)
        self.wait_menu(vm, FIXED)
        self.wait_vga_menu(vm, FIXED)
        return vm

    def plug_and_unplug(self, kind):
        vm = self.start(kind, "")
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        stick = disks.fat_disk(self.folder / "stick.img", "STICK", "57C50001", {
            "/boot.txt": b"not this one\n", "/kboot.conf": f"{STICK}='{entry}'\n"})
        stick.fat.copy_in(small.kernel(), "/vmlinuz")
        stick.fat.copy_in(disks.rescue_initrd(), "/initrd.img")
        plugged = Disk(str(stick.path), "stick", "usb")
        vm.plug_usb(plugged)
        self.wait_menu(vm, FIXED, STICK)
        self.wait_vga_menu(vm, FIXED, STICK)
        vm.unplug_usb(plugged)
        vm.wait_screen(lambda s: not words.shows_entry(s, STICK), "a menu without the stick")
        vm.wait_vga(lambda s: not words.shows_entry(s, STICK), "a menu without the stick")
        again = Disk(str(stick.path), "stick2", "usb")
        vm.plug_usb(again)
        self.wait_menu(vm, FIXED, STICK)
        self.select(vm, STICK)
        vm.keys(ENTER)
        self.wait_nonce(vm)

    def test_usb_disk_stock(self):
        self.plug_and_unplug("stock")

    def test_usb_disk_custom(self):
        self.plug_and_unplug("custom")

    def test_a_configuration_that_leads_to_another_disk(self):
        """As on an ESP: GRUB's script, and its variables, are on one disk, what it lists is on another that comes later."""
        vm = self.start_kboot("custom", conf="", usb=True)
        script = "load_env\nsearch --no-floppy --fs-uuid --set=root 57C5-0003\nset default=one\nblscfg\n"
        block = f"# GRUB Environment Block\nkernelopts={disks.CONSOLES} nonce={self.nonce}\n"
        esp = disks.fat_disk(self.folder / "esp.img", "ESP", "57C50002", {
            "/EFI/site/grub.cfg": script, "/EFI/site/grubenv": f"{block:#<1024}"})
        boot = disks.fat_disk(self.folder / "boot.img", "BOOT", "57C50003", {
            "/vmlinuz": small.kernel(), "/initrd.img": disks.rescue_initrd(),
            "/loader/entries/one.conf": "title Listed\nlinux /vmlinuz\ninitrd /initrd.img\noptions $kernelopts\n"},
            size=64 << 20)
        vm.plug_usb(Disk(str(esp.path), "esp", "usb"))
        vm.wait_until(lambda: "leads to UUID=57C5-0003" in vm.control.run("kboot explain"), "the ESP to be read", 60)
        for name in ("boot", "again"):
            plugged = Disk(str(boot.path), name, "usb")
            vm.plug_usb(plugged)
            vm.wait_until(lambda: "sda1 vfat: 1 entry" in vm.control.run("kboot explain"), "the ESP to be read once more", 60)
            if name == "boot":
                vm.unplug_usb(plugged)
                vm.wait_until(lambda: "leads to UUID=57C5-0003" in vm.control.run("kboot explain"), "the entry to go", 60)
        self.wait_menu(vm, "Listed")
        self.select(vm, "Listed")
        vm.keys(ENTER)
        self.wait_nonce(vm)

    def test_second_console_stops_the_countdown(self):
        vm = self.start("custom", "timeout=120\n")
        vm.wait_screen(words.countdown_seconds, "the countdown")
        vm.wait_vga(words.countdown_seconds, "the countdown")
        vm.press("j")
        vm.wait_vga(lambda s: words.countdown_seconds(s) is None, "the countdown's end")
        vm.wait_screen(lambda s: words.countdown_seconds(s) is None, "the countdown's end")
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
