# SPDX-License-Identifier: GPL-2.0-or-later
"""EFI firmware starts kboot.efi from a disk; the system booted through it finds its tables and variables; its screen has a font."""

import re

import screen_words as words
from case import VmTestCase, image
from kbtest import debian, disks


class EfiTest(VmTestCase):
    def boot_debian(self, kind):
        disk = disks.debian_disk(self.folder / "debian.img", efi_program=image(kind).efi)
        conf = disks.debian_conf(debian.parts().version, f"nonce={self.nonce} then=report")
        disk.root.write("/etc/kboot.conf", conf.replace("timeout=10", "timeout=3"))
        vm = self.machine(efi=True, disks=[self.disk(disk, "debian")])
        self.wait_nonce(vm, "Debian")
        vm.wait_serial("REPORT END", 60)
        vm.wait_off()
        facts = dict(re.findall(r"^FACT (\S+) (.*?)\r?$", bytes(vm.serial_log).decode(errors="replace"), re.M))
        # By kexec, not by the firmware's own start of some kernel: kboot's command line is not Debian's.
        self.assertIn(f"root=UUID={disks.DEBIAN_UUID}", facts["cmdline"])
        self.assertTrue({"APIC", "DSDT", "FACP"} <= set(facts["acpi"].split()), facts["acpi"])
        self.assertGreater(int(facts["efi_variables"]), 5)
        self.assertTrue({"BootOrder", "BootCurrent"} & set(facts["efi_names"].split()), facts["efi_names"])
        # Its first console output goes to the firmware's framebuffer, which only screen_info tells of.
        self.assertIn("EFI VGA", facts["framebuffer"])

    def test_stock_boots_debian(self):
        self.boot_debian("stock")

    def test_custom_boots_debian(self):
        self.boot_debian("custom")

    def test_wide_screen_has_large_letters(self):
        vm = self.start_kboot(conf="Журнал='/boot/none'", arguments="video=efifb:1920x1080", efi=True)
        vm.wait_screen(words.menu_is_shown, "the menu", 180)
        # A kernel's own choice for this size would be 8 x 16, and 67 rows of 240 columns.
        self.assertEqual(vm.control.run("stty -F /dev/tty1 size").split(), ["33", "120"])
        self.assertIn("tty1 has the font Uni2-Terminus32x16, on 1920 x 1080 pixels", vm.control.run("dmesg | grep kboot:"))
        # The title's first letter, which the kernel's own font lacks; in UTF-32, which it gives in whole characters only.
        vm.wait_until(lambda: "16 04 00 00" in vm.control.run("dd if=/dev/vcsu1 bs=32k | hexdump -C"),
                      "a Cyrillic letter on the screen", 60)
