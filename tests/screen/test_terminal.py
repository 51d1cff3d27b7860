# SPDX-License-Identifier: GPL-2.0-or-later
"""How the menu takes a terminal and gives it back."""

import fcntl
import os
import re
import signal
import struct
import subprocess
import termios
import unittest

from engine import MACHINE, Engine, MuteTerminal
from kbtest.terminal import DOWN, ENTER, Terminal


class TerminalTest(unittest.TestCase):
    def _modes(self, engine):
        return termios.tcgetattr(engine.terminal._fd)  # pylint: disable=protected-access

    def test_given_back_as_it_was(self):
        with Engine("--tty", "pts/7") as engine:
            before = None
            engine.greet(simulated=False)
            engine.terminal.wait_text("Enter boot")
            raw = self._modes(engine)
            self.assertFalse(raw[3] & termios.ICANON)
            engine.terminal.send("qx")
            engine.terminal.wait_text("end: quit")
            before = self._modes(engine)
            self.assertTrue(before[3] & termios.ICANON and before[3] & termios.ECHO)
            self.assertEqual(engine.terminal.wait_exit(), 0)

    def test_the_next_kernel_finds_a_clean_screen(self):
        # An xterm has a second screen, which the tests' terminal has not.
        for term in ("vt100", "linux"):
            with self.subTest(term), Engine(term=term) as engine:
                engine.greet()
                engine.terminal.wait_text("Enter boot")
                engine.send_state(phase="leaving", stage_id="deb/1")
                engine.terminal.wait_gone("Enter boot")
                engine.send(type="bye")
                engine.terminal.wait_text("end: leaving")
                self.assertEqual(engine.terminal.screen.text,
                                 "Starting Debian GNU/Linux 12 (bookworm) ...\nend: leaving")
                self.assertTrue(engine.terminal.screen.cursor_shown)

    def test_whoever_comes_next_finds_nothing_of_the_menu(self):
        for term in ("vt100", "linux"):
            with self.subTest(term), Engine("--tty", "pts/7", term=term) as engine:
                engine.greet()
                engine.terminal.wait_text("Enter boot")
                engine.terminal.send("qx")
                self.assertEqual(engine.terminal.wait_exit(), 0)
                self.assertEqual(engine.terminal.screen.text, "end: quit")

    def test_bye_says_why(self):
        with Engine(term="vt100") as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            engine.send(type="bye", text="The machine restarts.\x1b[2J")
            engine.terminal.wait_text("end: leaving")
            self.assertEqual(engine.terminal.screen.lines[0], "The machine restarts.?[2J")

    def test_leaving_without_a_word(self):
        with Engine(term="vt100") as engine:
            engine.greet(phase="leaving", stage_id="deb/2")
            engine.hang_up()
            engine.terminal.wait_text("Starting Debian GNU/Linux 12, single user ...\nend: leaving")

    def test_a_dead_engine(self):
        with Engine() as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            engine.hang_up()
            engine.terminal.wait_text("end: engine gone")

    def test_a_silent_engine(self):
        with Engine() as engine:
            engine.expect("watch", tty=None)
            engine.terminal.wait_text("Waiting for the boot engine")

    def test_an_engine_that_talks_nonsense(self):
        """What cannot be understood is skipped, also a line without an end."""
        with Engine() as engine:
            engine.expect("watch")
            engine.send_bytes(b"\0\xff{\n[]\nnull\n{\"type\":\"weather\"}\n{\"type\":\"entry\",\"entry\":7}\n")
            engine.send_bytes(b"x" * (300 << 10) + b"\n")
            engine.send_catalog(MACHINE)
            engine.send_state()
            engine.terminal.wait_text("Rescue system")

    def test_watch_names_the_terminal(self):
        with Engine("--tty", "ttyS1") as engine:
            self.assertEqual(engine.greet(), {"do": "watch", "tty": "ttyS1"})

    def test_a_command_line_and_back(self):
        """The shell finds a terminal in its usual modes and leaves the menu as it was."""
        for term in ("vt100", "xterm-256color"):
            with self.subTest(term), Engine("--shell", "stty -a; echo ready; read answer; stty raw -echo", term=term,
                                            columns=100) as engine:
                engine.greet()
                engine.terminal.wait_text("Enter boot")
                engine.terminal.send("c")
                engine.expect("shell")
                engine.reply("shell")
                engine.terminal.wait_text("ready")
                self.assertNotIn("Enter boot", engine.terminal.screen.text)
                self.assertTrue(engine.terminal.screen.cursor_shown)
                for mode in ("icanon", "echo", "isig", "icrnl", "opost"):
                    self.assertRegex(engine.terminal.screen.text, rf"(^|\s){mode}\b")
                # Meanwhile the world goes on.
                engine.send_state(selected_id="deb/2")
                engine.terminal.send("done" + "\n")
                engine.terminal.wait_text("> 2")
                engine.terminal.wait_text("Enter boot")
                self.assertNotIn("ready", engine.terminal.screen.text)
                engine.terminal.send(ENTER)
                engine.expect("boot", id="deb/2")

    def test_a_refused_command_line(self):
        with Engine("--shell", "echo never") as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            engine.terminal.send("c")
            engine.expect("shell")
            engine.reply("shell", ok=False, text="not for you")
            engine.terminal.wait_text("Not for you.")

    def test_a_rescue_and_back(self):
        """The prompt is opened for that alone; the next one for nothing."""
        with Engine("--shell", 'echo "opened for <$1> <$2>"; read answer') as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            for key, command in (("R", "rescue"), ("c", "")):
                engine.terminal.send(key)
                engine.expect("shell")
                engine.reply("shell")
                engine.terminal.wait_text(f"opened for <> <{command}>")
                engine.terminal.send(ENTER)
                engine.terminal.wait_text("Enter boot")

    def test_no_rescue_where_restricted(self):
        with Engine("--shell", "echo never") as engine:
            engine.greet(restricted=True)
            engine.terminal.wait_text("Enter boot")
            engine.terminal.send("R")
            engine.terminal.wait_text("This kboot is restricted: nothing is repaired from here.")
            engine.terminal.send("?")
            engine.terminal.wait_text("open kboot's prompt")
            self.assertNotIn("rescue", engine.terminal.screen.text)

    def test_told_to_end(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            with self.subTest(number), Engine() as engine:
                engine.greet()
                engine.terminal.wait_text("Enter boot")
                engine.terminal.kill(number)
                engine.terminal.wait_text("end: quit")
                self.assertEqual(engine.terminal.wait_exit(), 0)

    def test_a_flood_of_sizes(self):
        with Engine() as engine:
            engine.greet()
            for columns, lines in ((80, 24), (1, 1), (3, 2), (200, 60), (20, 100), (500, 5), (80, 24)):
                engine.terminal.resize(columns, lines)
                engine.terminal.pump(0.05)
            engine.terminal.resize(60, 20)
            engine.terminal.wait(lambda screen: screen.lines[-1].strip().startswith("Enter boot")
                                 and screen.lines[0].rstrip().endswith("simulation"), "the menu at 60x20")


class KindsTest(unittest.TestCase):
    def test_an_unknown_terminal_is_a_vt100(self):
        with Engine(term="wyse-from-the-attic") as engine:
            engine.greet()
            engine.terminal.wait_text("Enter boot")
            self.assertTrue(engine.terminal.output.isascii())

    def test_a_dumb_terminal_is_refused(self):
        with Engine(term="dumb") as engine:
            engine.terminal.wait_text("error: the terminal `dumb` cannot show a menu")
            self.assertEqual(engine.terminal.wait_exit(), 1)

    def test_monochrome_sends_no_colour(self):
        for option, coloured in (("--monochrome", False), ("--coloured", True)):
            with self.subTest(option), Engine(option) as engine:
                engine.greet(selected_id="deb/4")
                engine.terminal.wait_text("initrd not found")
                engine.terminal.wait_quiet()
                colours = re.search(rb"\x1b\[(\d+;)*3[0-8](;\d+)*m", bytes(engine.terminal.output))
                self.assertEqual(colours is not None, coloured)

    def test_the_environment_decides_about_utf8(self):
        for variables, utf8 in (({"LANG": "C.UTF-8"}, True), ({"LANG": "C"}, False), ({"LANG": ""}, True),
                                ({"LANG": "C.UTF-8", "LC_ALL": "POSIX"}, False)):
            with self.subTest(variables), Engine(env=variables) as engine:
                engine.greet()
                engine.terminal.wait_text("Enter boot")
                engine.terminal.wait_quiet()
                self.assertEqual(not engine.terminal.output.isascii(), utf8)

    def test_not_a_terminal(self):
        done = subprocess.run([os.environ["KBOOT_MENU_CLIENT"], "0"], stdin=subprocess.DEVNULL, capture_output=True,
                              check=False, text=True)
        self.assertEqual((done.returncode, done.stdout), (1, "error: the menu needs a terminal\n"))


class SizeTest(unittest.TestCase):
    """A serial line does not know how large the terminal at its end is."""

    def _kernel_size(self, engine):
        data = fcntl.ioctl(engine.terminal._fd, termios.TIOCGWINSZ, bytes(8))  # pylint: disable=protected-access
        return struct.unpack("HHHH", data)[:2]

    def test_the_terminal_is_asked(self):
        with Engine("--tty", "ttyS0", term="vt100", columns=100, lines=30, told_size=(0, 0)) as engine:
            engine.greet()
            engine.terminal.wait(lambda screen: "Enter boot" in screen.lines[29], "hints in the last row of 30")
            self.assertTrue(engine.terminal.screen.lines[0].endswith("ttyS0 - simulation"))
            self.assertEqual(len(engine.terminal.screen.lines[0]), 99)
            # So that an editor at the prompt has it too.
            self.assertEqual(self._kernel_size(engine), (30, 100))

    def test_a_terminal_that_does_not_answer(self):
        with Engine("--tty", "ttyS0", term="vt100", columns=100, lines=30, told_size=(0, 0), kind=MuteTerminal) as engine:
            engine.greet()
            engine.terminal.wait(lambda screen: "Enter boot" in screen.lines[23], "hints in the last row of 24")
            self.assertEqual(self._kernel_size(engine), (24, 80))

    def test_nothing_typed_meanwhile_is_lost(self):
        for kind in (Terminal, MuteTerminal):
            with self.subTest(kind), Engine("--tty", "ttyS0", term="vt100", told_size=(0, 0), kind=kind) as engine:
                engine.terminal.send(DOWN, "j")
                engine.greet()
                engine.expect("select", id="deb/2")
                engine.expect("select", id="deb/3")
