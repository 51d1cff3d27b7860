# SPDX-License-Identifier: GPL-2.0-or-later
"""What other boot loaders keep on their disks about boots, kept by kboot as well: and no other byte changes."""

import subprocess
from pathlib import Path

from case import VmTestCase
from kbtest import debian, disks, small
from kbtest.cache import run
from kbtest.terminal import ESCAPE, ENTER

MIB = 1 << 20
BLOCK_BYTES = 1024
GRUB_CFG = Path(__file__).parent.parent / "golden/tree/grub-debian/tree/boot/grub/grub.cfg"
GRUB_UUID, GRUB_VERSION = "6c9f2a4e-1b7d-4a35-9d0e-5f1f0b6f4c11", "6.1.0-18-amd64"


class GrubTest(VmTestCase):
    def debian_disk(self, extra=""):
        """Debian's own grub.cfg. Its systems run from memory: what is written to the disk, kboot wrote."""
        disk = disks.debian_disk(self.folder / "debian.img")
        version = debian.parts().version
        text = GRUB_CFG.read_text(encoding="utf-8").replace(GRUB_UUID, disks.DEBIAN_UUID)
        text = text.replace(f"initrd.img-{GRUB_VERSION}", "rescue.img").replace(GRUB_VERSION, version)
        text = text.replace("ro  quiet", f"ro {disks.CONSOLES} nonce={self.nonce}{extra}")
        text = text.replace("ro single", f"ro {disks.CONSOLES} nonce={self.nonce}-single")
        disk.root.make_folder("/boot/grub")
        disk.root.write("/boot/grub/grub.cfg", text)
        disk.root.write("/etc/kboot.conf", "# nothing\n")
        disk.root.copy_in(disks.rescue_initrd(), "/boot/rescue.img")
        disk.root.copy_in(small.kernel(), f"/boot/vmlinuz-{version}")
        self.recovery = f"gnulinux-advanced-{disks.DEBIAN_UUID}>gnulinux-{version}-recovery-{disks.DEBIAN_UUID}"
        return disk

    def environment(self, *settings):
        """An environment block, made by GRUB's own tool."""
        file = self.folder / "grubenv"
        run("grub-editenv", file, "create")
        for setting in settings:
            run("grub-editenv", file, "set", setting)
        return file.read_bytes()

    def boot_by_itself(self, disk, nonce):
        """Nobody presses a key: what GRUB's default is by now starts."""
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "debian", snapshot=False)])
        self.wait_nonce(vm, nonce=nonce)
        vm.close()

    def test_grub_reboot_counts_once(self):
        disk = self.debian_disk()
        before = self.environment(f"next_entry={self.recovery}", "saved_entry=0")
        disk.root.write("/boot/grub/grubenv", before)
        image = disk.path.read_bytes()
        self.assertEqual(image.count(before), 1)
        self.boot_by_itself(disk, f"{self.nonce}-single")
        after = self.environment("next_entry=", "saved_entry=0")
        self.assertEqual(disk.path.read_bytes(), image.replace(before, after), "something else was written")
        self.boot_by_itself(disk, self.nonce)
        self.assertEqual(disk.path.read_bytes(), image.replace(before, after), "nothing was to be written")

    def test_on_fat(self):
        """As on an ESP; the block has a comment and is not at the file's end."""
        before = self.environment("next_entry=once").replace(b"Block\n", b"Block\n# WARNING: Do not edit\n", 1)[:BLOCK_BYTES]
        entry = "menuentry %s { linux /vmlinuz %s nonce=%s-%s\n initrd /initrd.img\n }\n"
        text = ("load_env\nset timeout=3\nset default=0\nif [ \"$next_entry\" ]; then set default=$next_entry; set next_entry=;"
                " save_env next_entry; fi\n" + "".join(entry % (name, disks.CONSOLES, self.nonce, name) for name in ("usual", "once")))
        files = {"/vmlinuz": small.kernel(), "/initrd.img": disks.rescue_initrd(), "/grub/grub.cfg": text,
                 "/grub/grubenv": before}
        disk = disks.fat_disk(self.folder / "esp.img", "ESP", "4B424F45", files, size=64 * MIB)
        image = disk.path.read_bytes()
        self.assertEqual(image.count(before), 1)
        self.boot_by_itself(disk, f"{self.nonce}-once")
        after = before.replace(b"next_entry=once\n", b"next_entry=\n") + b"####"
        self.assertEqual(disk.path.read_bytes(), image.replace(before, after))

    def test_looking_writes_nothing(self):
        """Shown, armed, explained and counted down: only a boot writes."""
        disk = self.debian_disk()
        disk.root.write("/boot/grub/grubenv", self.environment(f"next_entry={self.recovery}"))
        image = disk.path.read_bytes()
        attached = self.disk(disk, "debian", snapshot=False)
        vm = self.start_kboot(conf="", disks=[attached])
        self.wait_menu(vm, "Debian GNU/Linux")
        vm.keys(ESCAPE)
        self.wait_status(vm, "armed|loaded", "the default to be armed")
        vm.control.run("kboot list --json; kboot explain")
        self.assertIn("next_entry= in /boot/grub/grubenv", vm.control.run("kboot explain 'Debian GNU/Linux'"))
        self.assertEqual(vm.writes(attached), 0)
        vm.close()
        self.assertEqual(disk.path.read_bytes(), image)


class TriesTest(VmTestCase):
    """Two kernels of the Boot Loader Specification, of which the newer one has two tries and never says that it is well."""

    def names(self, disk):
        listing = subprocess.run(["mdir", "-b", "-i", f"{disk.path}@@{disks.FAT_START}", "::/loader/entries"],
                                 check=True, capture_output=True, text=True)
        return sorted(line.rsplit("/", 1)[1] for line in listing.stdout.split())

    def test_failures_then_the_older_kernel(self):
        def entry(version):
            return (f"title Counted\nsort-key counted\nversion {version}\nlinux /vmlinuz\ninitrd /initrd.img\n"
                    f"options {disks.CONSOLES} nonce={self.nonce}-{version}\n")
        files = {"/vmlinuz": small.kernel(), "/initrd.img": disks.rescue_initrd(),
                 "/loader/entries/new+2.conf": entry("2"), "/loader/entries/old.conf": entry("1"),
                 "/loader/loader.conf": "timeout 4\n"}
        disk = disks.fat_disk(self.folder / "esp.img", "ESP", "4B424F45", files, size=64 * MIB)
        for name in ("new+1-1.conf", "new+0-2.conf"):
            self.boot(disk, "2")
            self.assertEqual(self.names(disk), [name, "old.conf"])
        self.boot(disk, "1")
        self.assertEqual(self.names(disk), ["new+0-2.conf", "old.conf"])
        run("fsck.vfat", "-n", "--", self.partition(disk))

    def boot(self, disk, version):
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "esp", snapshot=False)])
        self.wait_nonce(vm, nonce=f"{self.nonce}-{version}")
        vm.close()

    def partition(self, disk):
        file = self.folder / "partition"
        file.write_bytes(disk.path.read_bytes()[disks.FAT_START:])
        return file


class FirmwareTest(VmTestCase):
    """What `bootctl set-oneshot` leaves in the firmware's variables counts once."""

    VENDOR = "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

    def set(self, vm, name, value):
        octal = "".join(f"\\{byte:03o}" for byte in b"\7\0\0\0" + (value + "\0").encode("utf-16-le"))
        vm.control.run(f"printf '{octal}' > /sys/firmware/efi/efivars/{name}-{self.VENDOR}")

    def test_an_entry_for_once(self):
        disk = disks.debian_disk(self.folder / "debian.img")
        disk.root.write("/etc/kboot.conf", "# nothing\n")
        parts = debian.parts()
        for folder in ("/loader", "/loader/entries"):
            disk.esp.make_folder(folder)
        disk.esp.copy_in(parts.kernel, "/linux")
        disk.esp.copy_in(parts.initrd, "/initrd")
        for name in ("usual", "once"):
            disk.esp.write(f"/loader/entries/{name}.conf",
                           f"title The {name} one\nlinux /linux\ninitrd /initrd\n"
                           f"options root=UUID={disks.DEBIAN_UUID} ro {disks.CONSOLES} nonce={self.nonce}-{name} then=report\n")
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "debian")], efi=True, power_on=True)
        self.wait_menu(vm, "The usual one")
        vm.control.run("mount -t efivarfs efivarfs /sys/firmware/efi/efivars")
        self.set(vm, "LoaderEntryDefault", "usual.conf")
        self.set(vm, "LoaderEntryOneShot", "once.conf")
        vm.control.run("kboot rescan")
        vm.wait_until(lambda: "LoaderEntryOneShot=once.conf" in vm.control.run("kboot explain"), "the one-shot to be the default", 60)
        self.assertIn("LoaderEntryOneShot", vm.control.run("ls /sys/firmware/efi/efivars"))
        self.select(vm, "The once one")
        vm.keys(ENTER)
        self.wait_nonce(vm, "Debian", nonce=f"{self.nonce}-once")
        names = vm.wait_serial(r"^FACT efi_names (.*?)\r?\n", 60).group(1).decode().split()
        self.assertIn("LoaderEntryDefault", names)
        self.assertNotIn("LoaderEntryOneShot", names)
