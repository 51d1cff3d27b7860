# SPDX-License-Identifier: GPL-2.0-or-later
"""What is divided of the memory, and what is too large for it."""

import re
import shutil
import tempfile
from pathlib import Path

from case import USUAL_KIND, VmTestCase, image
from kbtest import disks
from kbtest.cache import run

LABEL = "Rescue system"
HUGE = "Too large"
INITRDS = 16
TOO_LARGE = r"huge0 takes 1,073,741,824 bytes, and there is\s+memory for [\d,]+"


class MemoryTest(VmTestCase):
    def default_disk(self):
        """A small kernel, kboot's own, and initrds that are larger than any memory, all holes."""
        target = self.folder / "default.img"
        initrds = "".join(f" initrd=/huge{i}" for i in range(INITRDS))
        with open(target, "wb") as file:
            file.truncate(64 * disks.MIB)
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder)
            shutil.copy(image(USUAL_KIND).folder / "vmlinuz", tree / "vmlinuz")
            shutil.copy(disks.rescue_initrd(), tree / "initrd.img")
            (tree / "kboot.conf").write_text(
                f"{LABEL}='{disks.rescue_entry(f'nonce={self.nonce}')}'\n{HUGE}='/vmlinuz{initrds}'\n"
                f"default={LABEL}\n", encoding="utf-8")
            for i in range(INITRDS):
                with open(tree / f"huge{i}", "wb") as file:
                    file.truncate(1 << 30)
            run("mke2fs", "-q", "-F", "-t", "ext4", "-d", tree, target)
        return self.disk(disks.Image(target, {}), "default", "virtio")

    def test_divided(self):
        """The engine is safe, snapshots have their room, and what is too large is told before it is read."""
        vm = self.start_kboot(conf="", disks=[self.default_disk()], memory_mib=256)
        self.wait_menu(vm, LABEL)
        scores = vm.control.run("cat /proc/[0-9]*/oom_score_adj").split()
        self.assertEqual(scores.count("-1000"), 1, scores)
        self.assertRegex(vm.control.run("cat /proc/mounts"), r"tmpfs /run/kboot-memory tmpfs \S*size=\d+k")
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
        vm.control.run(f"kboot boot '{HUGE}'", check=False)
        vm.wait_until(lambda: re.search(TOO_LARGE, vm.control.run("kboot status; kboot explain", check=False)[1])
                      or re.search(TOO_LARGE, vm.screen.text), "the sentence on what is too large")
        self.select(vm, LABEL)
        self.boot_selected(vm)
        self.wait_nonce(vm)
