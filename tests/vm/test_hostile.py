# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks that lie: one sentence each, and the rest of the menu is unharmed."""

from case import VmTestCase
from kbtest import disks

LABEL = "Rescue system"
SUPERBLOCK = disks.MIB + 1024


class HostileTest(VmTestCase):
    def lying_disk(self, name, offset, data):
        """An ext4 disk whose superblock says something absurd, with or without a matching checksum."""
        disk = disks.unclean_disk(self.folder / f"{name}.img", f"{name}='/vmlinuz'\n", kernel=False)
        with open(disk.path, "r+b") as file:
            file.seek(SUPERBLOCK + offset)
            file.write(data)
        return self.disk(disk, name)

    def test_lying_superblocks(self):
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        good = disks.rescue_disk(self.folder / "rescue.img", f"{LABEL}='{entry}'\ndefault={LABEL}\n")
        attached = [
            self.disk(good, "rescue"),
            self.lying_disk("blocks", 4, b"\xff\xff\xff\x7f"),  # s_blocks_count_lo
            self.lying_disk("inodes", 88, b"\xff\xff"),  # s_inode_size
            self.lying_disk("journal", 224, b"\xff\xff\xff\xff"),  # s_journal_inum
        ]
        vm = self.start_kboot(conf="", disks=attached)
        self.wait_menu(vm, LABEL)
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
        self.select(vm, LABEL)
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_absurd_configurations(self):
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        good = disks.rescue_disk(self.folder / "rescue.img", f"{LABEL}='{entry}'\ndefault={LABEL}\n")
        size = 128 * disks.MIB
        attached = [self.disk(good, "rescue")]
        for name, conf in (("nuls", bytes(100 << 20)), ("line", b"x=" + b"y" * (1 << 20) + b"\n"),
                           ("labels", b"".join(b"label%d=/x\n" % i for i in range(100_000))),
                           ("loop", b"a=b\nb=c\nc=a\ndefault=a\n")):
            made = disks.fat_disk(self.folder / f"{name}.img", name.upper(), "BADBAD01", {"/kboot.conf": conf}, size)
            attached.append(self.disk(made, name))
        vm = self.start_kboot(conf="", disks=attached, memory_mib=256)
        self.wait_menu(vm)
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
        vm.control.run("kboot explain >/dev/null")
        vm.control.run(f"kboot boot '{LABEL}' >/dev/ttyS0 2>&1 &", check=False)
        self.wait_nonce(vm)
