# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys as terminals send them: what they ask of the engine, and what they cost."""

import signal
import time
import unittest

from engine import MACHINE, SDB1, Engine, entry
from kbtest.terminal import APP_DOWN, DOWN, ENTER, ESCAPE, UP

# What one arrow key may send to a serial terminal of 80x24 (GRUB: 197).
ARROW_MAX_BYTES = 160
GRUB_BYTES = 197
# So long the menu waits for what follows an ESC (ESCAPE_REMOTE_MS).
ESCAPE_SECONDS = 0.3

WITH_SUBMENU = [*MACHINE[:2], {**MACHINE[2], "path": ["Advanced options for Ubuntu"]}, *MACHINE[3:]]


class KeysTest(unittest.TestCase):
    def test_typed_ahead(self):
        """Nothing typed before the menu is there is lost, nor its order."""
        with Engine() as engine:
            engine.terminal.send(DOWN, DOWN, ENTER)
            engine.greet()
            engine.expect("select", id="deb/2")
            engine.expect("select", id="deb/3")
            engine.expect("boot", id="deb/3")

    def test_typed_in_one_burst(self):
        with Engine() as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            engine.terminal.send(DOWN + APP_DOWN + b"j" + UP + b"\r")
            for ident in ("deb/2", "deb/3", "deb/4", "deb/3"):
                engine.expect("select", id=ident)
            engine.expect("boot", id="deb/3")

    def test_an_arrow_in_pieces(self):
        """A slow line may deliver a key byte by byte; it is no Escape."""
        with Engine() as engine:
            engine.greet(phase="booting", stage="loading", stage_id="deb/1")
            engine.terminal.wait_text("do not boot")
            engine.terminal.send(b"\x1b")
            engine.terminal.send(b"[")
            engine.terminal.send(b"B")
            engine.terminal.send(b"\x1b[24~l")
            engine.expect("log")

    @staticmethod
    def _stopped_inside_a_key(engine):
        begin = time.monotonic()
        engine.terminal.send(b"j\x1b")
        engine.expect("select", id="deb/2")
        engine.terminal.kill(signal.SIGSTOP)
        return time.monotonic() - begin < ESCAPE_SECONDS

    def _arrow_late(self, engine):
        # A busy machine may need several tries to stop it between the first byte and the end of its wait.
        while not self._stopped_inside_a_key(engine):
            engine.terminal.kill(signal.SIGCONT)
            engine.terminal.send("k")
            engine.expect("select", id="deb/1")
        engine.terminal.wait_quiet(2 * ESCAPE_SECONDS)
        engine.terminal.send(b"[A")
        engine.terminal.kill(signal.SIGCONT)
        engine.expect("select", id="deb/1")

    def test_an_arrow_that_finds_the_menu_late(self):
        """The menu gets no processor for longer than it waits for the rest of a key, which comes meanwhile."""
        with Engine() as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            # Which of the two it is told first is chance.
            for _ in range(4):
                self._arrow_late(engine)

    def test_escape_alone_cancels(self):
        with Engine() as engine:
            engine.greet(phase="booting", stage="loading", stage_id="deb/1")
            engine.terminal.wait_text("do not boot")
            engine.terminal.send(ESCAPE)
            engine.expect("cancel")

    def test_control_c_does_not_kill(self):
        with Engine() as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            engine.terminal.send(b"\x03\x1a\x1cj")
            engine.expect("select", id="deb/2")

    def test_any_key_stops_the_countdown(self):
        with Engine() as engine:
            engine.greet(phase="countdown", remaining_ms=30000, total_ms=30000)
            engine.terminal.wait_text("press any key to stop")
            engine.terminal.send("x")
            engine.expect("activity")

    def test_the_countdown_goes_on_by_itself(self):
        """The seconds are the menu's own: the engine says them once."""
        with Engine() as engine:
            engine.greet(phase="countdown", remaining_ms=3000, total_ms=3000)
            for seconds in (3, 2, 1, 0):
                engine.terminal.wait_text(f" in {seconds} s,")

    def test_an_edited_line_boots(self):
        with Engine() as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            engine.terminal.send("e", b"\x15", "root=/dev/sdz9 ", "ä", ENTER)
            engine.expect("boot", id="deb/1", name="root=/dev/sdz9 ä")

    def test_power_needs_its_key_twice(self):
        with Engine() as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            engine.terminal.send("qr")
            engine.terminal.wait_text("Once more to restart")
            engine.terminal.send("r")
            engine.expect("firmware")
            engine.expect("reboot")

    def test_a_program_of_the_firmware(self):
        with Engine() as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            engine.terminal.send("q")
            engine.expect("firmware", name=None)
            engine.reply("firmware", rows=[["setup", "Firmware setup"], ["0003", "Windows Boot Manager"]])
            engine.terminal.wait_text("Windows Boot Manager")
            engine.terminal.send(UP, DOWN, DOWN, DOWN, DOWN, ENTER)
            engine.terminal.wait_text("Once more to restart into it")
            engine.terminal.send(ENTER)
            engine.expect("firmware", name="0003")

    def test_another_console_moves_the_selection(self):
        with Engine() as engine:
            engine.greet()
            engine.terminal.wait_text("> 1")
            engine.send_state(selected_id="res/1")
            engine.terminal.wait_text("> 5")

    def test_devices_come_and_go(self):
        with Engine() as engine:
            engine.greet(selected_id="res/1")
            engine.terminal.wait_text("> 5")
            engine.send_catalog([entry("new", "Plugged in", SDB1, "/kboot.conf", 1), *MACHINE])
            engine.terminal.wait_text("> 6   Rescue system")
            engine.send_catalog(MACHINE[:3])
            engine.terminal.wait_text("> 3   Debian, the kernel before")


class SerialEconomyTest(unittest.TestCase):
    def _cost(self, start, key, end, entries=None, before=b""):
        """Bytes sent for one key, all said that follows from it."""
        with Engine("--tty", "ttyS0", term="vt100") as engine:
            engine.greet(entries, selected_id=start, stage="armed", stage_id=start)
            engine.terminal.wait_text("Loaded")
            engine.terminal.send(before)
            engine.terminal.wait_quiet(1.2)
            before = len(engine.terminal.output)
            engine.terminal.send(key)
            if end is None:
                engine.terminal.wait_quiet(1.8)
                return len(engine.terminal.output) - before
            engine.expect("select", id=end)
            # What the engine then does: it unloads the one and, after a rest, arms the other.
            engine.send_state(selected_id=end, stage="none", stage_id=None)
            engine.send_state(stage="loading", stage_id=end, total_bytes=30000000)
            engine.send_state(stage="loading", done_bytes=20000000)
            engine.send_state(stage="armed", done_bytes=30000000)
            engine.terminal.wait_quiet(1.8)
            return len(engine.terminal.output) - before

    def test_to_the_next_entry(self):
        self.assertLessEqual(self._cost("deb/1", DOWN, "deb/2"), ARROW_MAX_BYTES)

    def test_to_another_kernel(self):
        self.assertLessEqual(self._cost("deb/2", DOWN, "deb/3"), ARROW_MAX_BYTES)

    def test_to_another_disk(self):
        self.assertLessEqual(self._cost("deb/4", DOWN, "res/1"), ARROW_MAX_BYTES)

    def test_to_an_entry_with_a_problem(self):
        self.assertLessEqual(self._cost("deb/3", DOWN, "deb/4"), ARROW_MAX_BYTES)

    def test_to_a_submenu(self):
        self.assertLessEqual(self._cost("deb/2", DOWN, None, WITH_SUBMENU), ARROW_MAX_BYTES)

    def test_from_a_submenu(self):
        """To an entry that is loaded still, which is said again."""
        self.assertLessEqual(self._cost("deb/2", UP, "deb/2", WITH_SUBMENU, before=DOWN), GRUB_BYTES)

    def test_back_from_another_disk(self):
        self.assertLessEqual(self._cost("res/1", UP, "deb/4"), ARROW_MAX_BYTES)

    def test_a_long_way(self):
        """Another console moves far: nothing on the line of details stays."""
        with Engine("--tty", "ttyS0", term="vt100") as engine:
            engine.greet(selected_id="res/1")
            engine.terminal.wait_text("> 5")
            engine.terminal.wait_quiet(1.2)
            before = len(engine.terminal.output)
            engine.send_state(selected_id="deb/1")
            engine.terminal.wait_text("> 1")
            engine.terminal.wait_quiet(1.5)
            self.assertLessEqual(len(engine.terminal.output) - before, ARROW_MAX_BYTES)

    def test_a_second_of_the_countdown(self):
        with Engine("--tty", "ttyS0", term="vt100") as engine:
            engine.greet(phase="countdown", remaining_ms=9000, total_ms=90000)
            engine.terminal.wait_text(" in 9 s,")
            engine.terminal.wait_text(" in 8 s,")
            before = len(engine.terminal.output)
            engine.terminal.wait_text(" in 4 s,")
            self.assertLessEqual((len(engine.terminal.output) - before) / 4, 32)

    def test_at_rest_nothing_is_sent(self):
        with Engine("--tty", "ttyS0", term="vt100") as engine:
            engine.greet(stage="armed", stage_id="deb/1")
            engine.terminal.wait_text("Loaded")
            engine.terminal.wait_quiet(1.2)
            before = len(engine.terminal.output)
            engine.send_state()
            engine.send(type="log", seq=1, time_ms=1, level="info", text="not looked at")
            engine.terminal.wait_quiet(1.2)
            self.assertEqual(len(engine.terminal.output), before)
