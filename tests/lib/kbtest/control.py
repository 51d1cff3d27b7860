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
	echo KBTEST:ready
	while IFS=' ' read -r number line; do
		if [ "$line" = 'go on' ]; then
			return
		fi
		(eval "$line") </dev/null 2>&1
		echo "KBTEST:$number:$?:"
	done
}

# The machine's state is saved while it waits here. It goes on with hardware that it did not have before: on the PCI
# bus, and behind a SATA controller that is left alone until then.
hold() {
	mount -t sysfs sysfs /sys
	ahci=/sys/bus/pci/drivers/ahci
	controllers=
	for device in $ahci/0000:*; do
		if [ -e $device ]; then
			controllers="$controllers ${device##*/}"
			echo ${device##*/} >$ahci/unbind
		fi
	done
	serve </dev/ttyS1 >/dev/ttyS1 2>&1
	echo 1 >/sys/bus/pci/rescan
	for device in $controllers; do
		echo $device >$ahci/bind
	done
	umount /sys
}

if [ -e /kbtest/hold ]; then
	hold
fi
serve </dev/ttyS1 >/dev/ttyS1 2>&1 &
if [ -x /init ]; then
	exec /init "$@"
fi
exec /sbin/init "$@"
"""
# The devices that are used before the real init mounts /dev.
FILES = {INIT_PATH: (INIT, 0o755), "/dev/null": cpio.Node(1, 3), "/dev/ttyS1": cpio.Node(4, 65)}
# With these, the machine waits before its init for `go_on`.
HOLDING_FILES = {**FILES, "/kbtest/hold": b""}
# A terminal takes no longer lines than 4095 bytes.
CHUNK = 900


def _printf_words(data):
    """Bytes as words of printf's format, within apostrophes."""
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b"'%\\" else f"\\{byte:03o}" for byte in data)


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

    def put(self, path, data, mode=0o644):
        """A file, with its folder."""
        self.run(f"mkdir -p {path.rpartition('/')[0]}/ && : >{path} && chmod {mode:o} {path}")
        for start in range(0, len(data), CHUNK):
            self.run(f"printf '{_printf_words(data[start:start + CHUNK])}' >>{path}")

    def go_on(self, files):
        """Let a machine that is held before its init go on, with these files put into it: {path: bytes or (bytes, mode)}."""
        self._ready = True
        for path, content in files.items():
            self.put(path, *(content if isinstance(content, tuple) else (content,)))
        self.send("go on")
        self.restarted()

    def close(self):
        self._socket.close()
