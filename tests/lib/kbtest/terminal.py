# SPDX-License-Identifier: GPL-2.0-or-later
"""A program on a pseudo-terminal whose screen can be read: the real binary, as a person sees it.

    with Terminal([kboot, "menu", "--device", "sda1=tree"], columns=80, lines=24) as term:
        term.wait_text("Debian")
        term.send(DOWN, ENTER)
        term.wait(lambda screen: "dry run" in screen.text, "the dry run's report")
        assert term.wait_exit() == 0

Every wait is for a condition and has a deadline; none sleeps for a guess.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time

from . import deadlines
from .screen import Screen

UP, DOWN, RIGHT, LEFT = b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D"
# With the keypad in application mode (ncurses' keypad()) an xterm sends these instead.
APP_UP, APP_DOWN, APP_RIGHT, APP_LEFT = b"\x1bOA", b"\x1bOB", b"\x1bOC", b"\x1bOD"
HOME, END, PAGE_UP, PAGE_DOWN = b"\x1b[1~", b"\x1b[4~", b"\x1b[5~", b"\x1b[6~"
ENTER, ESCAPE, BACKSPACE, TAB = b"\r", b"\x1b", b"\x7f", b"\t"


class Terminal:
    def __init__(self, argv, env=None, columns=80, lines=24, term="xterm-256color", cwd=None, told_size=None):
        """told_size: the (columns, lines) that the line claims, where that is not what the terminal has."""
        self.output = bytearray()
        self.screen = Screen(columns, lines, self._answer)
        self.exit_code = None
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent"}
        environment.update(env or {})
        environment["TERM"] = term
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            self._exec(argv, environment, cwd, *(told_size or (columns, lines)))
        if not told_size:
            self._set_size(columns, lines)

    @staticmethod
    def _exec(argv, environment, cwd, columns, lines):
        try:
            # The size must stand before the program looks at it.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            if cwd:
                os.chdir(cwd)
            os.execvpe(argv[0], [str(arg) for arg in argv], environment)
        except OSError as error:
            os.write(2, f"cannot start {argv[0]}: {error}\n".encode())
        finally:
            os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _answer(self, data):
        os.write(self._fd, data)

    def _set_size(self, columns, lines):
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def resize(self, columns, lines):
        self.screen.resize(columns, lines)
        self._set_size(columns, lines)

    def send(self, *keys):
        for key in keys:
            os.write(self._fd, key if isinstance(key, bytes) else key.encode())

    def kill(self, signum=signal.SIGKILL):
        os.kill(self.pid, signum)

    def pump(self, seconds):
        """Take what the program wrote within `seconds`; False once it has hung up."""
        ready, _, _ = select.select([self._fd], [], [], max(seconds, 0))
        if not ready:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            data = b""
        self.output += data
        self.screen.feed(data)
        return bool(data)

    def wait(self, condition, what, seconds=20):
        """Until condition(screen) is true; returns what it returned."""
        end = deadlines.end(seconds)
        alive = True
        while True:
            result = condition(self.screen)
            if result:
                return result
            if not alive or time.monotonic() >= end:
                why = "no sign of" if alive else "the program ended before"
                raise AssertionError(f"{why} {what}\n{self.screen.framed()}")
            alive = self.pump(0.25)

    def wait_text(self, text, seconds=20):
        return self.wait(lambda screen: text in screen.text, repr(text), seconds)

    def wait_gone(self, text, seconds=20):
        return self.wait(lambda screen: text not in screen.text, f"a screen without {text!r}", seconds)

    def wait_quiet(self, seconds=0.3):
        """Until nothing was written for `seconds`: for byte counts, not as a way to wait for a result."""
        seen = -1
        while seen != len(self.output):
            seen = len(self.output)
            self.pump(seconds)

    def wait_exit(self, seconds=20):
        """The exit code (negative: the signal) once the program has ended."""
        end = deadlines.end(seconds)
        while self.exit_code is None:
            self._reap(os.WNOHANG)
            if self.exit_code is None:
                if time.monotonic() >= end:
                    raise AssertionError(f"the program still runs\n{self.screen.framed()}")
                if not self.pump(0.1):
                    time.sleep(0.01)
        while self.pump(0):
            if not select.select([self._fd], [], [], 0)[0]:
                break
        return self.exit_code

    def _reap(self, flags):
        pid, status = os.waitpid(self.pid, flags)
        if pid:
            self.exit_code = os.waitstatus_to_exitcode(status)

    def close(self):
        if self.exit_code is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._reap(0)
        os.close(self._fd)
