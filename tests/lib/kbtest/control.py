# SPDX-License-Identifier: GPL-2.0-or-later
"""A root shell in a machine under test, on its second serial line.

The test's overlay puts INIT into the initramfs and names it as `rdinit=`: it leaves a loop on ttyS1 and
becomes the image's own init. The product knows nothing of it.
"""

import re
import select
import time

from . import cpio, deadlines

INIT_PATH = "/kbtest/init"
INIT = b"""#!/bin/sh
# Serves one command a line on the second serial port, then becomes the real init.
serve() {
	while [ ! -c /dev/ttyS1 ]; do
		sleep 1
	done
	exec </dev/ttyS1 >/dev/ttyS1 2>&1
	echo KBTEST:ready
	while IFS=' ' read -r number line; do
		(eval "$line") </dev/null 2>&1
		echo "KBTEST:$number:$?:"
	done
}
serve &
if [ -x /init ]; then
	exec /init "$@"
fi
exec /sbin/init "$@"
"""
# A shell gives its background jobs /dev/null, which is not there before the real init mounts /dev.
FILES = {INIT_PATH: (INIT, 0o755), "/dev/null": cpio.Node(1, 3)}


class Control:
    def __init__(self, connection, check_alive):
        self._socket = connection
        self._check_alive = check_alive
        self._buffer = b""
        self._number = 0
        self._ready = False

    def _expect(self, pattern, what, seconds):
        end = deadlines.end(seconds)
        while True:
            match = re.search(pattern, self._buffer)
            if match:
                before, self._buffer = self._buffer[:match.start()], self._buffer[match.end():]
                return match, before
            self._check_alive(what)
            if time.monotonic() >= end:
                raise AssertionError(f"no answer on the control line to: {what}")
            if select.select([self._socket], [], [], 0.2)[0]:
                self._buffer += self._socket.recv(65536)

    def send(self, command):
        """Have a command run, without waiting for it: what ends the machine never answers."""
        self._number += 1
        self._socket.sendall(f"{self._number} {command}\n".encode())

    def run(self, command, seconds=60, check=True, ready_seconds=180):
        """Run a shell command in the machine. Returns its output; (code, output) with check=False."""
        if not self._ready:
            self._expect(rb"KBTEST:ready\r?\n", "the control line", ready_seconds)
            self._ready = True
        self.send(command)
        match, before = self._expect(rb"KBTEST:%d:(\d+):\r?\n" % self._number, command, seconds)
        code = int(match.group(1))
        lines = before.decode(errors="replace").replace("\r", "").split("\n")
        # The terminal echoes the command first.
        if lines and lines[0].endswith(command):
            lines = lines[1:]
        output = "\n".join(lines).rstrip("\n")
        if check and code:
            raise AssertionError(f"{command}: exit code {code}\n{output}")
        return output if check else (code, output)

    def restarted(self):
        """The machine has been reset: what is sent before the new shell is ready would be lost."""
        self._ready = False
        self._buffer = b""

    def close(self):
        self._socket.close()
