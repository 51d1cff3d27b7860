# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of the last time: there before any disk has answered, corrected as they do, and never more than shown."""

import re
from dataclasses import replace

import screen_words as words
from case import VmTestCase
from kbtest import disks, small
from kbtest.terminal import ENTER

MARK = "(from last time)"
ALPHA, BETA, GAMMA, DELTA = "Alpha", "Beta", "Gamma", "Delta"
# So much the kernel's search for partitions takes at most, and the least that a look at what is on them takes.
PARTITIONS_BYTES = 64 << 10


def is_marked(screen, title):
    row = words.entry(screen, title)
    return row is not None and MARK in row.line


def is_there(screen, title):
    return words.shows_ready(screen, title) and not is_marked(screen, title)


class PredictTest(VmTestCase):
    def carrier(self, name, label, uuid, conf):
        """A disk of its own, whose changes stay."""
        files = {"/vmlinuz": small.kernel(), "/initrd.img": disks.rescue_initrd(), "/kboot.conf": conf}
        image = disks.fat_disk(self.folder / f"{name}.img", label, uuid, files)
        return self.disk(image, name, "virtio", snapshot=False)

    @staticmethod
    def fat(disk):
        return disks.Partition(disk.path, disks.FAT_START, "fat")

    def setUp(self):
        super().setUp()
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        self.alpha = self.carrier("alpha", "ALPHA", "57C50001", f"{ALPHA}='{entry}'\n")
        self.beta = self.carrier("beta", "BETA", "57C50002", f"{BETA}='{entry}'\n")

    @staticmethod
    def mute(disk):
        """It does not say what is on it, until the test wants it to."""
        return replace(disk, answers_bytes=PARTITIONS_BYTES)

    def start(self, conf, *attached):
        return self.start_kboot(conf=conf, disks=list(attached), efi=self.folder / "vars.fd", power_on=True)

    def boot(self, vm, title):
        self.select(vm, title)
        vm.keys(ENTER)
        self.wait_nonce(vm)
        vm.close()

    def wait_list(self, vm, there=(), marked=()):
        return vm.wait_screen(lambda s: words.menu_is_shown(s) and all(is_there(s, t) for t in there)
                              and all(is_marked(s, t) for t in marked) and len(words.entries(s)) == len(there) + len(marked),
                              f"a menu with {there} and, from the last time, {marked}", 180)

    def test_second_start(self):
        vm = self.start("remember=efi\n", self.alpha, self.beta)
        self.wait_list(vm, there=(ALPHA, BETA))
        self.boot(vm, ALPHA)
        # Before any disk has answered.
        vm = self.start("remember=efi\n", self.mute(self.alpha), self.mute(self.beta))
        self.wait_list(vm, marked=(ALPHA, BETA))
        self.assertRegex(self.status(vm), r"phase: starting")
        order = [row.number for row in words.entries(vm.screen)]
        vm.slow_down(self.beta, 0)
        self.wait_list(vm, there=(BETA,), marked=(ALPHA,))
        self.assertEqual([row.number for row in words.entries(vm.screen)], order)
        self.assertTrue(words.entries(vm.screen)[0].line.startswith(ALPHA))
        # Enter waits for its disk.
        self.select(vm, ALPHA)
        vm.keys(ENTER)
        vm.wait_screen(lambda s: words.says(s, rf"Waiting for vda1: {ALPHA} was there the last time"), "what is waited for", 60)
        self.assertEqual(vm.control.run("cat /sys/kernel/kexec_loaded").split(), ["0"])
        vm.slow_down(self.alpha, 0)
        self.wait_nonce(vm)
        vm.close()
        # Another disk in the place of one, another entry in the place of the other.
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        gamma = self.carrier("gamma", "GAMMA", "57C50003", f"{GAMMA}='{entry}'\n")
        self.fat(self.beta).write("/kboot.conf", f"{DELTA}='{entry}'\n")
        vm = self.start("remember=efi\n", gamma, self.mute(self.beta))
        self.wait_list(vm, there=(GAMMA,), marked=(ALPHA, BETA))
        self.select(vm, ALPHA)
        vm.keys(ENTER)
        vm.wait_screen(lambda s: words.says(s, "Waiting for"), "what is waited for", 60)
        vm.slow_down(self.beta, 0)
        self.wait_list(vm, there=(GAMMA, DELTA))
        vm.wait_screen(lambda s: words.says(s, r"not there \(?any more"), "the word on what is gone", 60)
        self.boot(vm, DELTA)
        # What is gone is forgotten; a disk that never answers keeps nobody waiting for ever.
        vm = self.start("remember=efi\n", gamma, self.mute(self.beta))
        self.wait_list(vm, there=(GAMMA,), marked=(DELTA,))
        self.wait_list(vm, there=(GAMMA,))
        self.boot(vm, GAMMA)

    def test_default_is_loaded_early(self):
        """While a disk that comes first does not say whether it is the one that counts."""
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        self.fat(self.alpha).write("/kboot.conf", f"{ALPHA}='{entry}'\ndefault={ALPHA}\ntimeout=20\n")
        self.fat(self.beta).write("/kboot.conf", "# nothing here\n")
        vm = self.start("remember=efi\n", self.beta, self.alpha)
        vm.wait_screen(words.countdown_seconds, "the countdown", 180)
        self.wait_nonce(vm)
        vm.close()
        vm = self.start("remember=efi\n", self.mute(self.beta), self.alpha)
        vm.wait_screen(lambda s: is_there(s, ALPHA), "the default", 180)
        vm.wait_until(lambda: vm.control.run("cat /sys/kernel/kexec_loaded").split() == ["1"], "it to be loaded", 60)
        self.assertRegex(self.status(vm), r"phase: starting")
        self.assertIsNone(words.countdown_seconds(vm.screen))
        vm.slow_down(self.beta, 0)
        vm.wait_screen(words.countdown_seconds, "the countdown", 60)
        self.wait_nonce(vm)

    def test_file(self):
        """remember= names a file on one disk: it is written there, and read from there."""
        conf = "remember=LABEL=BETA:/kboot.scan\n"
        vm = self.start(conf, self.alpha, self.beta)
        self.wait_list(vm, there=(ALPHA, BETA))
        self.assertEqual(vm.writes(self.beta), 0)
        self.boot(vm, ALPHA)
        kept = self.fat(self.beta).read("/kboot.scan")
        self.assertRegex(kept, rf"^kboot-scan 1\n(?:.*\n)*E\tkboot\t{ALPHA}\t{ALPHA}\n(?:.*\n)*end [0-9a-f]+\n$")
        vm = self.start(conf, self.mute(self.alpha), self.beta)
        self.wait_list(vm, there=(BETA,), marked=(ALPHA,))
        vm.slow_down(self.alpha, 0)
        self.wait_list(vm, there=(ALPHA, BETA))
        # Nothing is written where nothing changes.
        self.select(vm, BETA)
        vm.keys(ENTER)
        self.wait_nonce(vm)
        self.assertEqual(vm.writes(self.beta), 0)
        self.assertEqual(vm.writes(self.alpha), 0)

    def test_damaged(self):
        """One sentence in the log, and the list is what the disks have."""
        conf = "remember=LABEL=BETA:/kboot.scan\n"
        self.fat(self.beta).write("/kboot.scan", "kboot-scan 1\nD\tx\ty\nend 1\n")
        vm = self.start(conf, self.mute(self.alpha), self.beta)
        self.wait_list(vm, there=(BETA,))
        vm.keys("l")
        vm.wait_screen(lambda s: re.search("the list of the last time is not shown: it is damaged", " ".join(s.text.split())),
                       "the sentence in the log", 60)
