# SPDX-License-Identifier: GPL-2.0-or-later
"""Terminals of any size, resized at any moment, and what terminals answer: menu and prompt go on, and take nothing for a key.

KBOOT_TEST_RESIZE_SECONDS=60 resizes for a minute instead of the few seconds of the suite.
"""

import json
import os
import queue
import random
import tempfile
import time
import unittest
from pathlib import Path

from engine import Engine, MuteTerminal
from kbtest import deadlines
from kbtest.terminal import ENTER, TAB, UP, Terminal
from prompt_engine import PromptEngine

RESIZE_SECONDS = float(os.environ.get("KBOOT_TEST_RESIZE_SECONDS", "2"))
RESIZES_A_SECOND = 50
# So long the menu waits for what follows an ESC (ESCAPE_REMOTE_MS).
ESCAPE_SECONDS = 0.3
# The corners of what is asked for, what no terminal has, and those at which another line editor died.
CORNERS = ((1, 1), (300, 100), (1, 100), (300, 1), (2, 2), (65535, 65535), (3, 24), (20, 24), (80, 2), (1000, 24))
ANSWERS = (b"\x1b[4;5R", b"\x9b4;5R", b"\x1b[9999;9999R", b"\x1b[24;3R\x1b[24;3R", b"\x1b[0;0R", b"\x1b[?62;1c")
KEYS = (b"A" * 3000, b"A" * 200, UP, b"\x1b[D" * 50, b"\x01", b"\x05", b"\x0b", b"\x15", b"ls \t", b"ls sd\t\t", b"\xff\xfe",
        "hello é中".encode(), b"\x12abc", b"\x1b", b"\x0c", b"\x19", b"\x1bb", b"\x1bd", b"\x17", TAB)


def sizes():
    """300 of them, the same in each run: (columns, lines)."""
    chance = random.Random(7)
    return [*CORNERS, *((chance.randint(1, 300), chance.randint(1, 100)) for _ in range(300 - len(CORNERS)))]


class Blind(Terminal):
    """A terminal of which only is asked that the program lives: no screen is kept of a size that changes all the time."""

    def pump(self, seconds):
        # The screen's own size stays: what is written on it is not looked at.
        feed, self.screen.feed = self.screen.feed, lambda data: None
        try:
            return super().pump(seconds)
        finally:
            self.screen.feed = feed

    def resize(self, columns, lines):
        self._set_size(columns, lines)


class MenuTest(unittest.TestCase):
    @staticmethod
    def move(engine, key, end):
        """The menu draws before it hears the next key, so one that is answered was drawn before."""
        engine.terminal.send(key)
        engine.expect("select", id=end)

    def test_menu_300_sizes(self):
        with Engine(kind=Blind) as engine:
            engine.greet()
            for n, (columns, lines) in enumerate(sizes()):
                engine.terminal.resize(columns, lines)
                self.move(engine, "jk"[n % 2], f"deb/{2 - n % 2}")
                # The line editor, and back.
                engine.terminal.send("e", b"A" * 40, b"\x1b[D" * 3, b"\x07")
            self.move(engine, "j", "deb/2")

    def test_menu_sizes_at_the_start(self):
        for size in CORNERS:
            with self.subTest(size), Engine(kind=Blind, columns=size[0], lines=size[1]) as engine:
                engine.greet()
                self.move(engine, "j", "deb/2")

    def test_menu_resized_all_the_time(self):
        chance = random.Random(11)
        with Engine(kind=Blind) as engine:
            engine.greet()
            end = time.monotonic() + RESIZE_SECONDS
            while time.monotonic() < end:
                engine.terminal.resize(*chance.choice(sizes()))
                engine.terminal.send(chance.choice((b"e", b"A" * 20, b"\x1b[D", b"\x07", b"d")))
                engine.terminal.pump(1 / RESIZES_A_SECOND)
            engine.terminal.send(b"\x07")
            self.move(engine, "j", "deb/2")


class AnswerTest(unittest.TestCase):
    def test_answers_are_no_keys(self):
        for answer in ANSWERS:
            with self.subTest(answer), Engine() as engine:
                engine.greet(phase="countdown", remaining_ms=90000, total_ms=90000)
                engine.terminal.wait_text("press any key to stop")
                # In pieces, but for the first two bytes, whose pause is told apart by time: see the next test.
                for at in range(max(answer.index(b"4") if b"4" in answer else 2, 2), len(answer)):
                    engine.terminal.send(answer[:at])
                    engine.terminal.wait_quiet(0.02)
                    engine.terminal.send(answer[at:])
                engine.terminal.send("j")
                engine.expect("activity")
                engine.expect("select", id="deb/2")

    def test_an_answer_a_second_late_in_pieces(self):
        with Engine("--tty", "ttyS0", term="vt100", told_size=(0, 0), kind=MuteTerminal) as engine:
            engine.greet(phase="countdown", remaining_ms=90000, total_ms=90000)
            engine.terminal.wait_text("press any key to stop")
            for piece in (b"\x1b", b"[", b"24;", b"80", b"R"):
                engine.terminal.send(piece)
                engine.terminal.wait_quiet(2 * ESCAPE_SECONDS)
            engine.terminal.send("j")
            engine.expect("activity")
            engine.expect("select", id="deb/2")

    def test_answers_are_no_text(self):
        with Engine() as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            engine.terminal.send("e", b"\x15", "a=", *ANSWERS, "1", ENTER)
            engine.expect("boot", name="a=1")

    def test_an_answer_no_terminal_gives(self):
        """9999 x 9999, 0 x 0 and 24 x 3 to the question: a menu of a size that can be drawn."""
        for answer in (b"\x1b[9999;9999R", b"\x1b[0;0R", b"\x1b[24;3R", b"\x9b1;1R"):
            with self.subTest(answer), Engine("--tty", "ttyS0", term="vt100", told_size=(0, 0), kind=Blind) as engine:
                engine.terminal.send(answer)
                engine.greet()
                MenuTest.move(engine, "j", "deb/2")


class PromptTest(unittest.TestCase):
    def start(self, kind=Blind, **terminal):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        run_dir = Path(folder.name)
        (run_dir / "env").mkdir()
        self.engine = PromptEngine(run_dir, {"/": f"{run_dir}/env"}, ("Debian",), ("sda1  vfat  512 MiB", "sda2  ext4  446 GiB  root"))
        self.addCleanup(self.engine.close)
        term = kind([os.environ["KBOOT"], "shell", "--run-dir", str(run_dir)], **terminal)
        self.addCleanup(term.close)
        return term

    def is_alive(self, term, value):
        """A line is read and asked for, whatever the screen looks like."""
        # q ends a list that is paged.
        term.send("qq", b"\x07\x01\x0b", f"a={value}", ENTER)
        end = deadlines.end(60)
        while time.monotonic() < end:
            term.pump(0.01)
            try:
                intent = self.engine.asked.get_nowait()
            except queue.Empty:
                term._reap(os.WNOHANG)  # pylint: disable=protected-access
                self.assertIsNone(term.exit_code, bytes(term.output[-2000:]))
                continue
            if intent["do"] == "set":
                self.assertEqual((intent["name"], intent["value"]), ("a", str(value)))
                return
        self.fail(f"no sign of the line a={value}; the end of the output: {bytes(term.output[-2000:])}")

    def test_prompt_300_sizes(self):
        for kind in ("vt100", "dumb"):
            with self.subTest(kind):
                term = self.start(term=kind)
                for n, (columns, lines) in enumerate(sizes()):
                    term.resize(columns, lines)
                    term.send(KEYS[n % len(KEYS)][:200])
                    self.is_alive(term, n)

    def test_prompt_resized_all_the_time(self):
        """What a serial peer did to a prompt with another line editor, until it died."""
        chance = random.Random(1)
        term = self.start(term="vt100")
        end = time.monotonic() + RESIZE_SECONDS
        while time.monotonic() < end:
            term.resize(*chance.choice(sizes()))
            term.send(chance.choice(KEYS))
            term.pump(1 / RESIZES_A_SECOND)
        self.is_alive(term, 1)

    def test_a_narrow_row_is_one_row(self):
        for columns in (3, 4, 8, 12, 13, 80):
            with self.subTest(columns):
                term = self.start(Terminal, columns=columns, lines=6)
                term.wait(lambda screen: screen.last_line and "leaves" not in screen.last_line, "the prompt")
                term.wait_quiet()
                for typed, end in (("0123456789abc", "c"), (b"\x15x", "x")):
                    term.send(typed)
                    # The last column stays empty.
                    term.wait(lambda screen, end=end, most=columns - 1: len(screen.last_line) <= most and screen.last_line.endswith(end), end)

    def test_resized_while_a_line_is_edited(self):
        term = self.start(Terminal, columns=80, lines=6)
        term.send("echo 0123456789")
        term.wait_text("kboot: echo 0123456789")
        term.resize(16, 6)
        term.wait(lambda screen: screen.last_line.startswith("<") and screen.last_line.endswith("789"), "a row of 16")
        term.resize(60, 6)
        term.wait(lambda screen: screen.last_line == "kboot: echo 0123456789", "all of it again")

    def test_answers_are_neither_keys_nor_text(self):
        for kind in ("vt100", "dumb"):
            with self.subTest(kind):
                term = self.start(Terminal, term=kind)
                self.engine.tell_state(phase="countdown", remaining_ms=90000, total_ms=90000)
                term.wait_text("kboot:")
                for answer in ANSWERS:
                    for at in range(len(answer)):
                        term.send(answer[:at])
                        term.wait_quiet(0.02)
                        term.send(answer[at:])
                term.wait_quiet()
                asked = [self.engine.asked.get()["do"] for _ in range(self.engine.asked.qsize())]
                self.assertNotIn("activity", asked)
                term.send("a=", *ANSWERS, "1", ENTER)
                self.engine.next("activity")
                intent = self.engine.next("set")
                self.assertEqual((intent["name"], intent["value"]), ("a", "1"), json.dumps(intent))
