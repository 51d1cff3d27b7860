# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels that kboot leaves to kexec-tools: an ELF vmlinux, multiboot, compressed ones, one entered in 32-bit mode."""

import gzip
from dataclasses import dataclass

from case import VmTestCase
from kbtest import cpio, debian, disks, multiboot, vmlinux
from kbtest.terminal import ENTER

COMMAND = "Look around"
MODULES = "initrd=/module-a,/module-b"


@dataclass(frozen=True)
class Kind:
    title: str
    entry: str  # of kboot.conf, without the nonce
    system: str  # who prints the nonce

    @property
    def has_modules(self):
        return "module" in self.entry


LINUX = f"{disks.CONSOLES} then=reboot"
KINDS = [
    # The second archive replaces the system's name: both arrive.
    Kind("ELF", f"/vmlinux initrd=/initrd.img,/name.img {LINUX}", "two archives"),
    Kind("Entered in 32-bit mode", f"/vmlinuz-32 initrd=/initrd.img {LINUX}", "rescue"),
    Kind("Multiboot", f"/multiboot-1 {MODULES} a='b c'", "multiboot 1"),
    Kind("Second multiboot", f"/multiboot-2 {MODULES} a='b c'", "multiboot 2"),
    Kind("Compressed", f"/multiboot-2.gz {MODULES} a='b c'", "multiboot 2"),
]


class KexecToolsTest(VmTestCase):
    def nonce_of(self, kind):
        return f"{self.nonce}{KINDS.index(kind)}"

    def kinds_disk(self):
        lines = [f'{kind.title}="{kind.entry} nonce={self.nonce_of(kind)}"' for kind in KINDS]
        lines.append(f"{COMMAND}='cd /'")
        second = multiboot.kernel(2)
        return disks.fat_disk(self.folder / "kinds.img", "KINDS", "0C0C0C0C", {
            "/vmlinux": vmlinux.debian_vmlinux(), "/initrd.img": disks.rescue_initrd(),
            "/name.img": cpio.archive({"/etc/system-name": b"two archives\n"}),
            "/vmlinuz-32": vmlinux.entered_in_32_bits(debian.parts().kernel.read_bytes()),
            "/multiboot-1": multiboot.kernel(1), "/multiboot-2": second,
            "/multiboot-2.gz": gzip.compress(second.read_bytes(), mtime=0),
            "/module-a": f"first {self.nonce}\n".encode(),
            # kexec-tools unpacks this one.
            "/module-b": gzip.compress(f"second {self.nonce}".encode(), mtime=0),
            "/kboot.conf": "\n".join(lines) + "\n"}, size=128 << 20)

    def wait_armed(self, vm):
        self.wait_status(vm, r"(?m)^load: armed\b", "the selected entry to be armed")
        self.assertEqual(vm.control.run("cat /sys/kernel/kexec_loaded").split(), ["1"])

    def boots(self, vm, kind):
        self.select(vm, kind.title)
        self.wait_armed(vm)
        mark = vm.serial_mark()
        vm.keys(ENTER)
        self.wait_nonce(vm, kind.system, self.nonce_of(kind))
        if kind.has_modules:
            # Each by its first line, in the order of the entry; and the command line, quotes and all.
            vm.wait_serial(rf"^MODULE first {self.nonce}\r\n.*\r\nMODULE second {self.nonce}\r$", since=mark)
            vm.wait_serial(rf"^ARGS \S+ a='b c' nonce={self.nonce_of(kind)}\r$", since=mark)

    def test_each_kind_boots(self):
        vm = self.start_kboot(conf="", disks=[self.disk(self.kinds_disk(), "kinds")], reboots=True)
        titles = [kind.title for kind in KINDS]
        self.wait_menu(vm, *titles)
        # Armed as any other kernel, and gone when another entry is selected.
        self.select(vm, KINDS[2].title)
        self.wait_armed(vm)
        self.select(vm, COMMAND)
        vm.wait_until(lambda: vm.control.run("cat /sys/kernel/kexec_loaded").split() == ["0"], "no kernel to be loaded")
        for kind in KINDS:
            self.boots(vm, kind)
            # Each of these systems resets the machine: the same kboot, the same disk.
            vm.qmp.wait_event("RESET")
            vm.control.restarted()
            self.wait_menu(vm, *titles)
