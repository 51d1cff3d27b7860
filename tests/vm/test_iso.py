# SPDX-License-Identifier: GPL-2.0-or-later
"""ISO files that lie on a disk: found, and booted until what is in them has found its file again."""

import json
import shlex

from case import USUAL_KIND, VmTestCase, image
from kbtest import disks, isos


class IsoTest(VmTestCase):
    def arguments(self):
        return f"{disks.CONSOLES} nonce={self.nonce}"

    def listed(self, vm, title):
        """The entry of that title, as soon as there is one."""
        def look():
            code, output = vm.control.run("kboot list --json", check=False)
            entries = json.loads(output)["entries"] if code == 0 else []
            return next((entry for entry in entries if entry["title"] == title), None)
        return vm.wait_until(look, f"the entry {title}")

    def boot(self, vm, title, system, **expected):
        entry = self.listed(vm, title)
        self.assertEqual(entry["problems"], [])
        for key, value in expected.items():
            self.assertEqual(entry[key], value)
        # What was mounted to look into the file has gone with its reader.
        self.assertEqual(vm.control.run("cat /sys/block/loop*/loop/backing_file 2>/dev/null | grep -v modules; true").strip(), "")
        vm.control.run(f"kboot boot {shlex.quote(entry['id'])} >/dev/null 2>&1 &")
        self.wait_nonce(vm, system)

    def test_debian_live_on_ext4(self):
        iso = isos.debian_live(self.folder / "x.iso", self.arguments())
        disk = isos.on_ext4(self.folder / "disk.img", "/isos/debian live.iso".replace(" ", "-"), iso)
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

    def test_arch_on_ext4_and_the_prompt(self):
        iso = isos.arch_live(self.folder / "x.iso", image("custom").efi, self.arguments())
        disk = isos.on_ext4(self.folder / "disk.img", "/boot/isos/arch.iso", iso)
        vm = self.start_kboot(USUAL_KIND, conf="", disks=[self.disk(disk, "disk")])
        self.listed(vm, "Install medium")
        lines = "cd sda1:/boot/isos/arch.iso; pwd; ls; cat arch/../system-name; cd ..; pwd; mounts"
        output = vm.control.run(f"kboot shell -c {shlex.quote(lines)}")
        self.assertIn("sda1:/boot/isos/arch.iso", output)
        self.assertIn("system-name", output)
        self.assertRegex(output, r"(?m)^arch$")
        self.assertRegex(output, r"sda1:/boot/isos/arch.iso +/dev/loop\d+ +iso9660 +ro")
        vm.control.run("kboot shell -c 'umount sda1'")
        self.boot(vm, "Install medium", "arch", path=["arch"])
