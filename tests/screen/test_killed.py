# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine is killed again and again, and started anew as init does: the menu comes back, and nothing is lost."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

from kbtest import deadlines
from kbtest.terminal import DOWN, ENTER, ESCAPE, UP, Terminal
from test_policy import PolicyCase

KILLS = 200
LOOK_EVERY = 20  # kills
LONGEST = (0.03, 0.03, 0.03, 0.2)  # seconds that an engine lives; a menu is back after a tenth
CTRL_C = "\x03"
LEAVE_PROMPT = "\x15exit\r"
HINTS = "Enter boot"
CURSES_INTERRUPTED = 1  # the exit code of its handler of SIGINT
SAFE, FOREIGN = "Safe", "Foreign"


class KilledTest(PolicyCase):
    def setUp(self):
        super().setUp()
        self.run_dir = self.folder / "run"
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        self.random = random.Random(seed)

    def state_file(self):
        return (self.run_dir / "engine.state").read_text(encoding="ascii")

    def start_again(self):
        self.engine = subprocess.Popen(self.engine.args)

    def open_menu(self):
        self.term = Terminal([os.environ["KBOOT"], "menu", "--machine", "--run-dir", self.run_dir])
        self.addCleanup(self.term.close)

    def pump(self, seconds):
        """As init does, start the menu anew: Ctrl-C ends it where it has no engine and does not wait for one either."""
        if not self.term.pump(seconds):
            self.assertIn(self.term.wait_exit(), (-signal.SIGINT, CURSES_INTERRUPTED))
            self.look_at_output()
            self.open_menu()

    def look_at_output(self):
        for never in (b"plain shell", b"Sanitizer", b"runtime error"):
            self.assertNotIn(never, self.term.output)

    def wait_menu(self):
        """Whatever was opened is left; keys that come while there is no engine are lost."""
        end, again = deadlines.end(10), time.monotonic() + 1
        while True:
            text = self.term.screen.text
            if SAFE in text and FOREIGN in text and HINTS in text and "kboot //:" not in text:
                return
            now = time.monotonic()
            if now > end:
                self.fail(f"no menu\n{self.term.screen.framed()}")
            if now > again:
                self.term.send(LEAVE_PROMPT, ESCAPE)
                again = now + 1
            self.pump(0.1)

    def connect_to_new(self):
        """The socket of the engine before may be there still, and hang up."""
        while True:
            client = self.connect()
            try:
                client.state()
                return client
            except (AssertionError, ConnectionError):
                self.assertIsNone(self.engine.poll())

    def look(self, touched):
        """The menu is there with all entries, and the engine knows what the ones before it knew."""
        self.wait_menu()
        client = self.connect_to_new()
        self.refuses(client, {"do": "run", "name": "sh", "from": "/"})
        # An Enter may have come through to this engine: what it wants cannot be started here.
        state = client.wait(lambda s: s["phase"] not in ("starting", "booting") and "default_id" in s)
        self.assertTrue(state["restricted"])
        self.assertEqual(state["phase"], "waiting" if touched else "countdown")
        client.connection.close()
        self.assertEqual(self.state_file(), "touched" if touched else "running")

    def touch(self):
        """The menu on the screen may be the one of an engine before: its keys are lost, and the person presses again."""
        end = deadlines.end(10)
        while self.state_file() != "touched":
            self.assertLess(time.monotonic(), end, f"no key arrives\n{self.term.screen.framed()}")
            self.term.send(DOWN)
            self.pump(0.2)

    def kill_many(self, n, keys, touched):
        for number in range(1, n + 1):
            if keys and self.random.random() < 0.5:
                self.term.send(self.random.choice(keys))
            self.pump(0)
            time.sleep(self.random.uniform(0, self.random.choice(LONGEST)))
            self.stop()
            self.assertTrue((self.run_dir / "restricted").exists())
            self.start_again()
            if number % LOOK_EVERY == 0:
                self.look(touched)

    def workers(self):
        """Processes of engines of this test, but for the one that runs."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
            except OSError:
                continue
            if b"engine" in words and str(self.run_dir).encode() in words and int(path.parent.name) != self.engine.pid:
                found.append(path.parent.name)
        return found

    def test_at_200_moments(self):
        self.start("timeout=1000\n", self.disk("sda1,uuid=INNER", {"kboot.conf": f"restricted=true\ndefault={SAFE}\n"
                                                                                  f"{SAFE}=/vmlinuz\n"}),
                   self.disk("sdb1,uuid=USB,bus=usb", {"kboot.conf": f"restricted=false\n{FOREIGN}=/vmlinuz\n"}))
        self.open_menu()
        self.look(False)
        self.kill_many(KILLS // 4, [], False)
        self.touch()
        self.kill_many(KILLS * 3 // 4, [DOWN, UP, ENTER, ESCAPE, "c", CTRL_C, "r", "l"], True)
        self.look_at_output()
        self.term.wait(lambda _: not self.workers(), "the end of the workers of those engines")


if __name__ == "__main__":
    import unittest
    unittest.main()
