# SPDX-License-Identifier: GPL-2.0-or-later
"""What systemd-boot would show on an EFI system partition, found and booted with no kboot.conf anywhere."""

from case import VmTestCase
from kbtest import debian, disks, kernels

MIB = 1 << 20


class InstalledTest(VmTestCase):
    def esp(self):
        """One with an entry of each type, of which loader.conf prefers the unified image."""
        unified = kernels.uki((".osrel", b'PRETTY_NAME="Unified system"\nID=unified\nVERSION_ID=2\n'),
                              (".cmdline", f"{disks.CONSOLES} nonce={self.nonce}-unified\n".encode()),
                              (".linux", debian.parts().kernel.read_bytes()),
                              (".initrd", disks.rescue_initrd().read_bytes()))
        entry = (f"title Type one\nversion 1\nlinux /vmlinuz\ninitrd initrd.img\noptions {disks.CONSOLES}\n"
                 f"options nonce={self.nonce}-one\n")
        files = {"/vmlinuz": debian.parts().kernel, "/initrd.img": disks.rescue_initrd(),
                 "/loader/entries/one+3.conf": entry, "/EFI/Linux/two.efi": unified,
                 "/loader/loader.conf": "default two*\ntimeout 6\n"}
        return disks.fat_disk(self.folder / "esp.img", "ESP", "4B424F45", files, size=64 * MIB)

    def test_the_default_of_loader_conf(self):
        """Nobody presses a key: the countdown is loader.conf's, and so is what it starts."""
        vm = self.start_kboot(conf="", disks=[self.disk(self.esp(), "esp")])
        self.wait_menu(vm, "Unified system")
        vm.wait_text("Booting")
        self.wait_nonce(vm, "rescue", nonce=f"{self.nonce}-unified")

    def test_an_entry_of_type_one(self):
        vm = self.start_kboot(conf="", disks=[self.disk(self.esp(), "esp")])
        self.wait_menu(vm, "Type one")
        self.select(vm, "Type one")
        self.boot_selected(vm)
        self.wait_nonce(vm, "rescue", nonce=f"{self.nonce}-one")
