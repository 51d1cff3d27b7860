# SPDX-License-Identifier: GPL-2.0-or-later
"""The QEMU Machine Protocol: one command at a time, events kept for who asks."""

import json
import socket
import time

from . import deadlines


class QmpError(RuntimeError):
    pass


class Qmp:
    def __init__(self, connection):
        self._socket = connection
        self._buffer = b""
        self.events = []
        self._message(30)
        self.command("qmp_capabilities")

    def _message(self, seconds):
        """The next message within `seconds`, or None."""
        end = deadlines.end(seconds)
        while b"\n" not in self._buffer:
            self._socket.settimeout(max(end - time.monotonic(), 0.01))
            try:
                data = self._socket.recv(65536)
            except (TimeoutError, socket.timeout):
                return None
            if not data:
                raise QmpError("QEMU closed its control socket")
            self._buffer += data
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def command(self, name, /, seconds=60, **arguments):
        request = {"execute": name}
        if arguments:
            request["arguments"] = arguments
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            message = self._message(seconds)
            if message is None:
                raise QmpError(f"no answer to {name}")
            if "event" in message:
                self.events.append(message)
            elif "error" in message:
                raise QmpError(f"{name}: {message['error']['desc']}")
            elif "return" in message:
                return message["return"]

    def monitor(self, line):
        """A command of the human monitor; returns its text."""
        return self.command("human-monitor-command", **{"command-line": line})

    def wait_event(self, name, seconds=60, **wanted):
        """The data of the next event of that name whose data holds `wanted`."""
        end = deadlines.end(seconds)
        while True:
            for index, message in enumerate(self.events):
                data = message.get("data", {})
                if message["event"] == name and all(data.get(k) == v for k, v in wanted.items()):
                    del self.events[index]
                    return data
            left = end - time.monotonic()
            message = self._message(max(left, 0.01))
            if message and "event" in message:
                self.events.append(message)
            elif left <= 0:
                raise AssertionError(f"QEMU sent no {name} event")

    def close(self):
        self._socket.close()
