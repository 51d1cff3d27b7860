# SPDX-License-Identifier: GPL-2.0-or-later
"""Small memories and disks that would fill them: the menu goes on answering, and the default boots."""

import shutil
import struct
import tempfile
from pathlib import Path

import screen_words as words
from case import MENU_SECONDS, VmTestCase
from kbtest import bare, disks, small
from kbtest.cache import run

LABEL = "Rescue system"
HUGE = "Too large"
JOURNALS, CONFIGURATIONS, INITRDS = 6, 12, 16
CONF_BYTES = 16 << 20  # as much as kboot reads of any
ANSWER_SECONDS = 2
EXT4_UUID = 1024 + 0x68
FAT_ID = disks.FAT_START + 0x43
TOO_LARGE = "huge0 takes 1,073,741,824 bytes, and there is memory for"


class MemoryTest(VmTestCase):
    def default_disk(self):
        """A small kernel, and initrds that are larger than any memory, all holes."""
        target = self.folder / "default.img"
        initrds = "".join(f" initrd=/huge{i}" for i in range(INITRDS))
        with open(target, "wb") as file:
            file.truncate(64 * disks.MIB)
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder)
            shutil.copy(small.kernel(), tree / "vmlinuz")
            shutil.copy(disks.rescue_initrd(), tree / "initrd.img")
            (tree / "kboot.conf").write_text(
                f"{LABEL}='{disks.rescue_entry(f'nonce={self.nonce}')}'\n{HUGE}='/vmlinuz{initrds}'\n"
                f"default={LABEL}\n", encoding="utf-8")
            for i in range(INITRDS):
                with open(tree / f"huge{i}", "wb") as file:
                    file.truncate(1 << 30)
            run("mke2fs", "-q", "-F", "-t", "ext4", "-d", tree, target)
        return self.disk(disks.Image(target, {}), "default", "virtio")

    def copies(self, name, first, count, at, form):
        """The disk and copies of it, each with a UUID of its own."""
        for number in range(count):
            path = self.folder / f"{name}{number}.img"
            disks.copy(first, path)
            with open(path, "r+b") as file:
                file.seek(at)
                file.write(struct.pack(form, 0xC0F00000 + number))
            yield self.disk(disks.Image(path, {}), f"{name}{number}", "virtio")

    def dirty_journals(self):
        """52 MB wait in each journal. A checksum of the superblock would not fit the other UUIDs."""
        target = self.folder / "journal.img"
        with open(target, "wb") as file:
            file.truncate(256 * disks.MIB)
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "kboot.conf").write_text("Dirty='/vmlinuz'\n", encoding="ascii")
            run("mke2fs", "-q", "-F", "-t", "ext4", "-O", "^metadata_csum", "-b", "4096", "-J", "size=64", "-d", folder, target)
        run("debugfs", "-w", "-f", "-", target,
            stdin=b"journal_open\njournal_write -b 40000-53000 /dev/zero\njournal_close\n")
        self.assertIn("needs_recovery", run("dumpe2fs", "-h", target))
        return self.copies("journal", target, JOURNALS, EXT4_UUID, ">I")

    def configurations(self):
        line = "label %05d='/vmlinuz " + 810 * "x" + "'\n"
        conf = "".join(line % i for i in range(CONF_BYTES // len(line % 0)))
        first = disks.fat_disk(self.folder / "conf.img", "CONF", "C0F00000", {"/kboot.conf": conf})
        return self.copies("conf", first.path, CONFIGURATIONS, FAT_ID, "<I")

    def slowest_answer(self, vm, is_over):
        slowest = [0]

        def look():
            slowest.append(self.menu_answers(vm))
            return is_over()

        vm.wait_until(look, "the end of all the work", 300)
        return max(slowest)

    def engine(self, vm):
        return vm.control.run("for p in $(pidof kboot); do grep -lx -- -1000 /proc/$p/oom_score_adj; done")

    def is_over(self, vm):
        code, status = vm.control.run("kboot status", check=False)
        return code == 0 and "being looked at: 0 devices" in status and TOO_LARGE in vm.control.run("cat /tmp/said")

    def full_of_it(self, memory_mib):
        """All of it at once: the engine is safe, snapshots have their room, and what is too large is told before it is read."""
        attached = [*self.dirty_journals(), self.default_disk(), *self.configurations()]
        vm = self.start_kboot(conf="", disks=attached, memory_mib=memory_mib,
                              files=bare.files("stopped-clients"))
        vm.wait_screen(words.menu_is_shown, "a menu", MENU_SECONDS)
        engine = self.engine(vm)
        self.assertRegex(engine, r"^/proc/\d+/oom_score_adj$")
        self.assertRegex(vm.control.run("cat /proc/mounts"), r"tmpfs /run/kboot-memory tmpfs \S*size=\d+k")
        vm.control.run(f"(/kbtest/stopped-clients &); (kboot boot '{HUGE}' >/tmp/said 2>&1 &)")
        slowest = self.slowest_answer(vm, lambda: self.is_over(vm))
        self.figure(f"memory-{memory_mib}", f"slowest answer of a full machine of {memory_mib} MiB: {slowest:.2f} s "
                                            f"(bar: {ANSWER_SECONDS} s)")
        self.assertLessEqual(slowest, ANSWER_SECONDS)
        self.assertEqual(self.engine(vm), engine)
        self.assertTrue(vm.control.run("pidof stopped-clients"))
        self.wait_menu(vm, LABEL)
        self.select(vm, LABEL)
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_64(self):
        self.full_of_it(64)

    def test_128(self):
        self.full_of_it(128)

    def test_256(self):
        self.full_of_it(256)
