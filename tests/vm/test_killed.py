# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine is killed: a menu, a boot or a restart within ten seconds, never a dead screen."""

import random

import screen_words as words
from case import VmTestCase
from kbtest import disks
from kbtest.terminal import ENTER

LABEL = "Rescue system"
KILLS = 5
SECONDS = 10
KILL = ("for p in $(pidof kboot); do if grep -q engine /proc/$p/cmdline && [ $(cut -d ' ' -f 4 /proc/$p/stat) = 1 ]; then "
        "kill -9 $p; fi; done")


class KilledTest(VmTestCase):
    def start(self, **options):
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        rescue = disks.rescue_disk(self.folder / "rescue.img", f"default={LABEL}\n{LABEL}='{entry}'\n")
        vm = self.start_kboot("stock", conf="", disks=[self.disk(rescue, "rescue", "virtio")], **options)
        self.wait_menu(vm, LABEL)
        self.wait_status(vm, "load: armed", "the default to be armed")
        return vm

    def is_over(self, vm):
        """The second kernel runs, or the machine restarts."""
        return vm.process.poll() is not None or b"NONCE " in vm.serial_log

    def test_on_the_way_out(self):
        """At random moments from Enter on: what comes of it, until the machine has left."""
        vm = self.start()
        for _ in range(KILLS):
            delay = random.uniform(0, 0.5)
            print(f"killed {delay:.3f} s after Enter")
            vm.control.send(f"(sleep {delay:.3f}; {KILL}) & kboot boot '{LABEL}'")
            mark = vm.serial_mark()
            vm.wait_until(lambda mark=mark: self.is_over(vm) or b"started again" in vm.serial_log[mark:],
                          "a menu, a boot or a restart", SECONDS + 30)
            if self.is_over(vm):
                break
            self.wait_menu(vm, LABEL)
            vm.wait_screen(lambda s: words.says(s, "(?i)armed: Enter starts it at once"), "the default to be armed", 60)
        if vm.process.poll() is None:
            if not self.is_over(vm):
                vm.keys(ENTER)
            self.wait_nonce(vm)
