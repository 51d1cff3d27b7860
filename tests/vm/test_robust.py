# SPDX-License-Identifier: GPL-2.0-or-later
"""A part of kboot dies or hangs: the machine still boots or waits, and says what happened."""

import screen_words as words
from case import VmTestCase
from kbtest import disks
from kbtest.terminal import ESCAPE

LABEL, OTHER = "Rescue system", "On the other disk"


class RobustTest(VmTestCase):
    def start(self, settings, **options):
        entry = disks.rescue_entry(f"nonce={self.nonce}", f"LABEL={disks.RESCUE_LABEL}:")
        rescue = disks.rescue_disk(self.folder / "rescue.img", "# nothing here\n")
        more = options.pop("disks", [])
        vm = self.start_kboot(conf=f"{LABEL}='{entry}'\ndefault={LABEL}\n{settings}\n",
                              disks=[self.disk(rescue, "rescue"), *more], **options)
        self.wait_menu(vm, LABEL)
        return vm

    def pids(self, vm, command):
        """Processes whose command line begins so."""
        listed = vm.control.run(
            "for p in /proc/[0-9]*; do echo ${p#/proc/} $(tr '\\0' ' ' <$p/cmdline 2>/dev/null); done")
        found = [line.split(None, 1) for line in listed.splitlines() if " " in line.strip()]
        return [pid for pid, line in found if line.split()[:2] == command.split()]

    def kill(self, vm, command):
        pids = self.pids(vm, command)
        self.assertTrue(pids, f"no process: {command}")
        # A worker of the engine is called as the engine is, and may have ended meanwhile.
        vm.control.run(f"kill -9 {' '.join(pids)}", check=False)

        def renewed():
            now = self.pids(vm, command)
            return now and not set(now) & set(pids)

        vm.wait_until(renewed, f"a new {command}", 60)

    def test_engine_killed_in_the_countdown(self):
        vm = self.start("timeout=120")
        vm.wait_screen(words.countdown_seconds, "the countdown")
        self.kill(vm, "/sbin/kboot engine")
        vm.wait_screen(lambda s: words.menu_is_shown(s) and words.says(s, r"(?i)(restart|started again|died|crash)"),
                       "the menu, and a word on what happened", 60)
        self.wait_menu(vm, LABEL)
        self.select(vm, LABEL)
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_engine_killed_and_nobody_there(self):
        vm = self.start("timeout=20")
        vm.wait_screen(words.countdown_seconds, "the countdown")
        self.kill(vm, "/sbin/kboot engine")
        # It boots its default, or it waits for a person: never a dead screen.
        vm.wait_until(lambda: b"NONCE " + self.nonce.encode() in vm.serial_log or self.is_waiting(vm),
                      "the default to boot, or a menu that waits", 180)
        if b"NONCE " not in vm.serial_log:
            self.wait_menu(vm, LABEL)
            self.boot_selected(vm)
        self.wait_nonce(vm)

    def is_waiting(self, vm):
        try:
            code, output = vm.control.run("kboot status", seconds=10, check=False)
        except AssertionError:
            return False
        return code == 0 and "phase: waiting" in output

    def test_menu_killed(self):
        vm = self.start("timeout=120")
        vm.wait_screen(words.countdown_seconds, "the countdown")
        mark = vm.serial_mark()
        self.kill(vm, "/sbin/kboot menu")
        vm.wait_serial(LABEL, 60, since=mark, what="the menu, drawn anew")
        self.wait_menu(vm, LABEL)
        vm.keys("j")
        vm.wait_screen(lambda s: words.countdown_seconds(s) is None, "the countdown's end")
        self.select(vm, LABEL)
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_disk_that_never_answers(self):
        other = disks.rescue_disk(self.folder / "other.img", f"{OTHER}='{disks.rescue_entry('nonce=wrong')}'\n")
        # LABEL= must mean one disk alone, whichever turns up first.
        other.fat.relabel("OTHER")
        # virtio has no timeout of its own: a read of this disk never comes back, and its reader cannot be killed.
        hung = self.disk(other, "other", "virtio")
        vm = self.start("", disks=[hung])
        self.wait_menu(vm, LABEL, OTHER)
        vm.stall(hung)
        vm.control.run("echo 3 >/proc/sys/vm/drop_caches")
        vm.keys("r")
        vm.keys("l")
        vm.wait_screen(lambda s: words.says(s, r"vda1?: no answer within"), "the log's word on the disk that hangs", 120)
        vm.keys(ESCAPE)
        self.wait_menu(vm, LABEL)
        self.select(vm, LABEL)
        self.boot_selected(vm)
        self.wait_nonce(vm)
