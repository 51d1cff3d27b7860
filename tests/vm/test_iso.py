# SPDX-License-Identifier: GPL-2.0-or-later
"""ISO files that lie on a disk: found, and booted until what is in them has found its file again."""

import json
import random
import shlex
import struct

from case import VmTestCase, image
from kbtest import disks, isos


class IsoTest(VmTestCase):
    def arguments(self):
        return f"{disks.CONSOLES} nonce={self.nonce}"

    def listed(self, vm, title):
        """The entry of that title, as soon as there is one."""
        def look():
            # Before the engine is there, kboot says what there is without it: nothing, and why.
            code, output = vm.control.run("kboot list --json 2>/dev/null", check=False)
            if code or not vm.control.run("kboot status", check=False)[0] == 0:
                return None
            return next((entry for entry in json.loads(output)["entries"] if entry["title"] == title), None)
        return vm.wait_until(look, f"the entry {title}")

    @staticmethod
    def images(vm):
        """What loop devices are over, but for the stock kernel's modules."""
        return vm.control.run("cat /sys/block/loop*/loop/backing_file 2>/dev/null | grep -v modules; true").strip()

    @staticmethod
    def prompt(vm, line):
        return vm.control.run(f"kboot shell -c {shlex.quote(line)} </dev/null 2>&1")

    def boot(self, vm, title, system, mounted=False, **expected):
        entry = self.listed(vm, title)
        self.assertEqual(entry["problems"], [])
        for key, value in expected.items():
            self.assertEqual(entry[key], value)
        if not mounted:
            # What was mounted to look into the file has gone with its reader.
            self.assertEqual(self.images(vm), "")
        vm.control.run(f"kboot boot {shlex.quote(entry['id'])} >/dev/null 2>&1 &")
        self.wait_nonce(vm, system)

    def test_debian_live_on_ext4(self):
        iso = isos.debian_live(self.folder / "x.iso", self.arguments())
        disk = isos.on_ext4(self.folder / "disk.img", "/isos/debian-live.iso", iso)
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "disk")], memory_mib=1024)
        self.boot(vm, "Live system", "live", path=["debian-live"], kernel="sda1:/isos/debian-live.iso/live/vmlinuz")

    def test_dracut_on_a_stick_with_exfat(self):
        iso = isos.dracut_live(self.folder / "x.iso", self.arguments())
        disk = isos.on_exfat(self.folder / "disk.img", "/linux/live/Fedora.iso", iso)
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "stick", "usb")], memory_mib=1024)
        self.boot(vm, "Start Live", "dracut", path=["Fedora"])

    def test_casper_on_ntfs(self):
        iso = isos.casper_live(self.folder / "x.iso", image("custom").efi, self.arguments())
        disk = isos.on_ntfs(self.folder / "disk.img", "ubuntu.iso", iso)
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "disk")])
        self.boot(vm, "Try it", "casper", path=["ubuntu"])

    def arch_on_ext4_and_the_prompt(self, kind):
        iso = isos.arch_live(self.folder / "x.iso", image("custom").efi, self.arguments())
        disk = isos.on_ext4(self.folder / "disk.img", "/boot/isos/arch.iso", iso)
        vm = self.start_kboot(kind, conf="root=sda1\n", disks=[self.disk(disk, "disk")])
        self.listed(vm, "Install medium")
        self.assertIn("x86_64", self.prompt(vm, "ls sda1:/boot/isos/arch.iso/arch/boot").split())
        self.assertEqual(self.prompt(vm, "cat sda1:/boot/isos/arch.iso/arch/../system-name").strip(), "arch")
        self.assertEqual(self.prompt(vm, "cat sda1:/boot/isos/arch.iso/arch/../../arch.iso/system-name").strip(), "arch")
        self.assertRegex(self.prompt(vm, "mounts"), r"sda1:/boot/isos/arch.iso +/dev/loop\d+ +iso9660 +read-only")
        if kind == "custom":
            self.prompt(vm, "umount sda1")
        # Else it is unmounted by whoever leaves.
        self.boot(vm, "Install medium", "arch", mounted=kind != "custom", path=["arch"])

    def test_arch_on_ext4_and_the_prompt_custom(self):
        self.arch_on_ext4_and_the_prompt("custom")

    def test_arch_on_ext4_and_the_prompt_stock(self):
        self.arch_on_ext4_and_the_prompt("stock")

    def test_a_stick_goes_with_what_was_mounted_of_it(self):
        iso = isos.casper_live(self.folder / "x.iso", image("custom").efi, self.arguments())
        stick = self.disk(isos.on_exfat(self.folder / "disk.img", "/x.iso", iso), "stick", "usb")
        vm = self.start_kboot(conf="root=sda1\n", usb=True)
        vm.plug_usb(stick)
        self.listed(vm, "Try it")
        self.assertEqual(self.prompt(vm, "cat /x.iso/system-name").strip(), "casper")
        self.assertIn("/x.iso", self.images(vm))
        vm.unplug_usb(stick)
        vm.wait_until(lambda: self.images(vm) == "", "the image to go with its disk", 60)
        self.assertNotIn("Try it", vm.control.run("kboot list"))

    def test_broken_images_hide_no_other(self):
        """Each is a sentence in the log, or a line with a problem; nothing of them stays."""
        iso = isos.arch_live(self.folder / "x.iso", image("custom").efi, self.arguments())
        whole = iso.read_bytes()
        head = bytearray(whole[:0xA000])
        root = 0x8000 + 156
        broken = {
            "cut": bytes(head),
            "short": b"x",
            "no-image": bytes(0xA000),
            # The root directory behind the end, of no size, and in the descriptor itself.
            "root-behind": bytes(head[:root + 2] + struct.pack("<I", 0x7FFFFFFF) + head[root + 6:]),
            "root-empty": bytes(head[:root + 10] + bytes(8) + head[root + 18:]),
            "root-itself": bytes(head[:root + 2] + struct.pack("<I", 16) + head[root + 6:]),
            "noise": bytes(head[:0x8008]) + random.Random(1).randbytes(0x2000),
            "flipped": bytes(byte ^ (0x55 if at > 0x8800 and at % 97 == 0 else 0) for at, byte in enumerate(whole[:1 << 20])),
        }
        disk = isos.on_ext4(self.folder / "disk.img", "/isos/z-good.iso", iso,
                            {f"/isos/{name}.iso": content for name, content in broken.items()})
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "disk")])
        self.listed(vm, "Install medium")
        listed = vm.control.run("kboot list; kboot explain")
        self.assertNotIn("its reader", listed)
        vm.keys("l")
        for said in ("short.iso: is too short for an ISO image", "no-image.iso is not an ISO image"):
            vm.wait_text(said)
        vm.keys("l")
        self.boot(vm, "Install medium", "arch", path=["z-good"])
