# SPDX-License-Identifier: GPL-2.0-or-later
"""Other boot loaders start kboot as the Linux kernel that it is: GRUB from a disk, iPXE from the network."""

import shutil
import subprocess
import unittest

import screen_words as words
from case import VmTestCase, image
from kbtest import disks

LABEL = "Rescue system"
# From the loader, beside kboot's own command line; the disk itself sets no timeout, so it proves that this arrives.
ARGUMENT = "kboot.timeout=5"

GRUB_CONFIG = """\
search --no-floppy --set=root --file {kernel}
linux {kernel} {arguments}
{initrd}
boot
"""
GRUB_MODULES = "normal search search_fs_file part_msdos fat linux boot"
IPXE_SCRIPT = """\
#!ipxe
kernel tftp://10.0.2.2{kernel} {arguments}
{initrd}
boot
"""
# QEMU's own network, whose DHCP names the script and whose TFTP has the files. Its card's ROM is iPXE.
NETWORK = "user,id=net,tftp={folder},bootfile=boot.ipxe"


class LoadersTest(VmTestCase):
    def rescue(self):
        """The disk that the started kboot finds and boots."""
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        return self.disk(disks.rescue_disk(self.folder / "rescue.img", f"{LABEL}='{entry}'\ndefault={LABEL}\n"), "rescue")

    @staticmethod
    def parts(kind):
        """What a loader has to load: ({path: file}, the kernel's path, the initrd's or None, kboot's own command line)."""
        found = image(kind)
        if kind == "custom":
            return {"/kboot.efi": found.efi}, "/kboot.efi", None, ""
        cmdline = " ".join((found.folder / "cmdline").read_text(encoding="utf-8").split())
        return ({"/vmlinuz": found.folder / "vmlinuz", "/initramfs.img": found.folder / "initramfs.img"},
                "/vmlinuz", "/initramfs.img", cmdline)

    def boots_through(self, vm):
        self.wait_menu(vm, LABEL)
        vm.wait_screen(words.countdown_seconds, "the countdown that the loader's argument asks for")
        self.wait_nonce(vm)

    # -- GRUB ------------------------------------------------------------------------------------

    def grub(self, config):
        """GRUB as one EFI program with its configuration inside."""
        if not shutil.which("grub-mkstandalone"):
            raise unittest.SkipTest("GRUB is not installed (scripts/packages/vm.txt)")
        (self.folder / "grub.cfg").write_text(config, encoding="ascii")
        target = self.folder / "grub.efi"
        subprocess.run(["grub-mkstandalone", "-O", "x86_64-efi", "-o", target, f"--install-modules={GRUB_MODULES}",
                        f"--modules={GRUB_MODULES}",
                        "--fonts=", "--locales=", "--themes=", f"boot/grub/grub.cfg={self.folder}/grub.cfg"],
                       check=True, capture_output=True)
        return target

    def start_by_grub(self, kind):
        files, kernel, initrd, cmdline = self.parts(kind)
        config = GRUB_CONFIG.format(kernel=kernel, arguments=f"{cmdline} {ARGUMENT}",
                                    initrd=f"initrd {initrd}" if initrd else "")
        disk = disks.fat_disk(self.folder / "grub.img", "GRUB", "6B620002", files, size=64 << 20)
        disk.fat.make_folder("/EFI")
        disk.fat.make_folder("/EFI/BOOT")
        disk.fat.copy_in(self.grub(config), "/EFI/BOOT/BOOTX64.EFI")
        self.boots_through(self.machine(efi=True, disks=[self.disk(disk, "grub"), self.rescue()]))

    def test_grub_starts_the_one_file(self):
        self.start_by_grub("custom")

    def test_grub_starts_the_parts(self):
        self.start_by_grub("stock")

    # -- iPXE ------------------------------------------------------------------------------------

    def start_by_ipxe(self, kind, **options):
        files, kernel, initrd, cmdline = self.parts(kind)
        folder = self.folder / "tftp"
        folder.mkdir()
        for path, file in files.items():
            shutil.copy(file, folder / path.lstrip("/"))
        (folder / "boot.ipxe").write_text(
            IPXE_SCRIPT.format(kernel=kernel, arguments=f"{cmdline} {ARGUMENT}",
                               initrd=f"initrd tftp://10.0.2.2{initrd}" if initrd else ""), encoding="ascii")
        extra = ("-netdev", NETWORK.format(folder=folder), "-device", "virtio-net-pci,netdev=net,bootindex=0")
        self.boots_through(self.machine(disks=[self.rescue()], extra=extra, **options))

    def test_ipxe_starts_the_one_file(self):
        self.start_by_ipxe("custom")

    def test_ipxe_starts_the_parts(self):
        self.start_by_ipxe("stock")
