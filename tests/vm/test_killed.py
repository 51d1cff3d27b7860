# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine is killed: a menu, a boot or a restart within ten seconds, never a dead screen."""

import random

import screen_words as words
from case import BOOT_SECONDS, VmTestCase
from kbtest import bare, disks
from kbtest.terminal import DOWN, UP

LABEL = "Rescue system"
IN_THE_MENU, BEFORE_LEAVING, WHILE_LEAVING = 34, 3, 3
SECONDS = 10
KEYS = ["", "", "", "r", DOWN, UP]
ENGINE = ("$(for p in $(pidof kboot); do if grep -q engine /proc/$p/cmdline && [ $(cut -d ' ' -f 4 /proc/$p/stat) = 1 ]; then "
          "echo $p; fi; done)")


class KilledTest(VmTestCase):
    def start(self):
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        rescue = disks.rescue_disk(self.folder / "rescue.img", f"default={LABEL}\n{LABEL}='{entry}'\n")
        vm = self.start_kboot(conf="", disks=[self.disk(rescue, "rescue", "virtio")], files=bare.files("die-with-me"),
                              reboots=True)
        self.wait_menu(vm, LABEL)
        return vm

    def within(self, vm, begun, what):
        seconds = vm.clock() - begun
        print(f"{what} after {seconds:.1f} s")
        self.assertLess(seconds, SECONDS, what)

    def drawn_since(self, vm, mark):
        return words.menu_was_drawn(vm.serial_log[mark:])

    def kill_in_the_menu(self, vm):
        """At any moment, of a menu that may be a new one itself, or look for disks again."""
        vm.keys(random.choice(KEYS))
        vm.control.run(f"sleep {random.choice((0.05, 0.3, 1)) * random.random():.3f}")
        mark, begun = vm.serial_mark(), vm.clock()
        vm.control.run(f"kill -9 {ENGINE}")
        vm.wait_screen(lambda s: self.drawn_since(vm, mark) and words.shows_ready(s, LABEL), "a new menu", 60)
        self.within(vm, begun, "a menu")

    @staticmethod
    def has_restarted(vm):
        """Since it was asked last. The firmware resets the machine once more after a reset."""
        vm.qmp.command("query-status")  # with its answer come the events
        found = any(event["event"] == "RESET" for event in vm.qmp.events)
        vm.qmp.events.clear()
        return found

    def came(self, vm, mark):
        """What has come of a boot whose engine was killed."""
        if self.has_restarted(vm):
            return "a restart"
        if b"Linux version" in vm.serial_log[mark:]:
            return "a boot"
        return "a menu" if self.drawn_since(vm, mark) and words.shows_ready(vm.screen, LABEL) else None

    def kill_on_the_way_out(self, vm, while_leaving):
        """By a signal, which may come late; or by what dies when everything else is killed."""
        self.wait_status(vm, "load: armed", "the default to be armed")
        engine = vm.control.run(f"echo {ENGINE}")
        killer = f"(sleep {random.uniform(0, 0.12):.3f}; kill -9 {engine}) & "
        if while_leaving:
            killer = ""
            vm.control.run(f"(/kbtest/die-with-me {engine} &)")
            vm.wait_until(lambda: "TracerPid:\t0" not in vm.control.run(f"cat /proc/{engine}/status"), "the tracer")
        self.has_restarted(vm)
        mark, begun = vm.serial_mark(), vm.clock()
        vm.control.send(f"{killer}kboot boot '{LABEL}'")
        # How long another kernel takes to its first words is not kboot's time, and QEMU's own processor is slow at unpacking it.
        what = vm.wait_until(lambda: self.came(vm, mark), "a menu, a boot or a restart", BOOT_SECONDS)
        if what == "a boot":
            vm.qmp.command("system_reset")
        else:
            self.within(vm, begun, what)
        if what != "a menu":
            mark = vm.serial_mark()
            vm.control.restarted()
            vm.wait_until(lambda: self.drawn_since(vm, mark), "the menu after a restart")
        self.wait_menu(vm, LABEL)
        return what

    def test_at_40_moments(self):
        vm = self.start()
        for _ in range(IN_THE_MENU):
            self.kill_in_the_menu(vm)
        self.menu_answers(vm)
        for _ in range(BEFORE_LEAVING):
            self.kill_on_the_way_out(vm, while_leaving=False)
        ends = [self.kill_on_the_way_out(vm, while_leaving=True) for _ in range(WHILE_LEAVING)]
        self.assertEqual(ends, ["a restart"] * WHILE_LEAVING)
        vm.control.send(f"kboot boot '{LABEL}'")
        self.wait_nonce(vm)
