# SPDX-License-Identifier: GPL-2.0-or-later
"""A console of a machine whose engine does not come up."""

import os
import tempfile
import unittest
from pathlib import Path

from kbtest.terminal import Terminal

CTRL_C = "\x03"


class EmergencyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.run_dir = Path(folder.name, "run")
        self.etc = Path(folder.name, "etc")
        self.cmdline = Path(folder.name, "cmdline")
        self.run_dir.mkdir()
        self.etc.mkdir()

    def start(self):
        argv = [os.environ["KBOOT"], "menu", "--machine", "--run-dir", str(self.run_dir)]
        mounts = [(self.etc, "/etc")] if any(self.etc.iterdir()) else []
        if self.cmdline.exists():
            mounts.append((self.cmdline, "/proc/cmdline"))
        if mounts and os.geteuid() != 0:
            self.skipTest("only root can give kboot an /etc or a command line of its own")
        for ours, theirs in mounts:
            script = f'mount --bind "$1" {theirs} && shift && exec "$@"'
            argv = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh", str(ours), *argv]
        term = Terminal(argv)
        self.addCleanup(term.close)
        return term

    def test_ctrl_c_opens_a_plain_shell(self):
        self.allowed()

    def allowed(self):
        term = self.start()
        term.wait_text("Ctrl-C for a shell")
        term.send(CTRL_C)
        term.wait_text("here is a plain shell")
        term.send("echo a$((6 * 7))b\r")
        term.wait_text("a42b")

    def test_not_where_the_engine_left_written_that_it_was_restricted(self):
        (self.run_dir / "restricted").touch()
        self.refused()

    def test_not_where_the_configuration_says_restricted(self):
        (self.etc / "kboot.conf").write_text("restricted=true\n")
        self.refused()

    def test_not_where_it_cannot_be_read_whether_the_configuration_says_so(self):
        (self.etc / "kboot.conf").write_text("restricted=vielleicht\n")
        self.refused()

    def test_a_configuration_may_say_that_it_is_not(self):
        (self.etc / "kboot.conf").write_text("restricted=no\n")
        self.allowed()

    def test_not_where_the_command_line_says_restricted(self):
        self.cmdline.write_text("quiet kboot.restricted=1\n")
        self.refused()

    def test_neither_turns_off_what_the_other_says(self):
        (self.etc / "kboot.conf").write_text("restricted=true\n")
        self.cmdline.write_text("kboot.restricted=0\n")
        self.refused()

    def test_an_apostrophe_on_the_command_line_hides_nothing(self):
        self.cmdline.write_text("name=Ann's kboot.restricted=1 x='\n")
        self.refused()

    def test_not_where_the_configuration_cannot_be_read(self):
        (self.etc / "kboot.conf").mkdir()
        self.refused()

    def refused(self):
        term = self.start()
        term.wait_text("waiting for the boot engine")
        term.send(CTRL_C)
        term.wait_text("this kboot is restricted: there is no shell")
        term.send("echo a$((6 * 7))b\r")
        term.send(CTRL_C)
        term.wait(lambda screen: screen.text.count("there is no shell") == 2, "the second refusal")
        self.assertNotIn("a42b", term.screen.text)


if __name__ == "__main__":
    unittest.main()
