# SPDX-License-Identifier: GPL-2.0-or-later
"""A scripted engine: the other end of a menu's socket, speaking docs/PROTOCOL.md as a test tells it to."""

import json
import os
import select
import socket
import time

from kbtest import deadlines
from kbtest.terminal import Terminal

# The state a menu starts from; a test says what differs.
STATE = {"phase": "waiting", "remaining_ms": 0, "total_ms": 0, "default_id": "deb/1", "selected_id": "deb/1",
         "stage": "none", "done_bytes": 0, "total_bytes": 0, "scanning": 0, "notice_level": "none", "notice_seq": 0,
         "simulated": True}


def _device(name, fstype, label, uuid, size_gib, removable=False):
    return {"name": name, "fstype": fstype, "label": label, "uuid": uuid, "size_bytes": size_gib << 30,
            "removable": removable}


SDA2 = _device("sda2", "ext4", "debian-root", "8f3c1f7e-6f0a-4b7e-9a55-0d4e7f8a1b2c", 446)
SDB1 = _device("sdb1", "vfat", "RESCUE", "57A1-20C4", 29, removable=True)


def entry(ident, title, device, file, line, kernel=None, **more):
    """An entry as `kboot list --json` has it."""
    fields = {"id": ident, "label": title, "title": title, "device": device,
              "source": {"format": more.pop("format", "kboot"), "file": f"{device['name']}:{file}", "line": line},
              "kernel": kernel and f"{device['name']}:{kernel}", "initrd": [], "args": ""}
    if "menu" in more:
        fields["source"]["menu"] = f"{device['name']}:{more.pop('menu')}"
    fields.update(more)
    return fields


# A machine as many are: Debian on its disk, a rescue stick plugged in.
MACHINE = [
    entry("deb/1", "Debian GNU/Linux 12 (bookworm)", SDA2, "/boot/kboot.conf", 4, "/boot/vmlinuz-6.1.0-18-amd64",
          initrd=["sda2:/boot/initrd.img-6.1.0-18-amd64"], default=True,
          args="root=UUID=8f3c1f7e-6f0a-4b7e-9a55-0d4e7f8a1b2c ro quiet splash"),
    entry("deb/2", "Debian GNU/Linux 12, single user", SDA2, "/boot/kboot.conf", 5, "/boot/vmlinuz-6.1.0-18-amd64",
          initrd=["sda2:/boot/initrd.img-6.1.0-18-amd64"],
          args="root=UUID=8f3c1f7e-6f0a-4b7e-9a55-0d4e7f8a1b2c ro single"),
    entry("deb/3", "Debian, the kernel before", SDA2, "/boot/kboot.conf", 6, "/boot/vmlinuz-6.1.0-17-amd64",
          initrd=["sda2:/boot/initrd.img-6.1.0-17-amd64"],
          args="root=UUID=8f3c1f7e-6f0a-4b7e-9a55-0d4e7f8a1b2c ro quiet splash"),
    entry("deb/4", "vmlinuz-5.10.0-28-amd64", SDA2, "/boot/vmlinuz-5.10.0-28-amd64", 0, "/boot/vmlinuz-5.10.0-28-amd64",
          format="file", initrd=["sda2:/boot/initrd.img-5.10.0-28-amd64"],
          problems=["initrd not found: sda2:/boot/initrd.img-5.10.0-28-amd64"]),
    entry("res/1", "Rescue system", SDB1, "/kboot.conf", 1, "/vmlinuz", initrd=["sdb1:/initrd.gz"],
          args="console=tty0 rescue"),
    entry("res/2", "Memory test", SDB1, "/kboot.conf", 2, "/memtest"),
]


def many(count):
    """A long list on one disk."""
    return [entry(f"n/{n}", f"Linux number {n}", SDA2, "/boot/kboot.conf", n, f"/boot/vmlinuz-{n}",
                  args=f"root=/dev/sda2 number={n}") for n in range(1, count + 1)]


class MuteTerminal(Terminal):
    """A terminal that answers no question."""

    def _answer(self, data):
        pass


class Engine:
    """A menu on a terminal, and its engine in our hands."""

    def __init__(self, *options, kind=Terminal, **terminal):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        os.set_inheritable(theirs.fileno(), True)
        argv = [os.environ["KBOOT_MENU_CLIENT"], str(theirs.fileno()), *options]
        self.socket = ours
        self.state = dict(STATE)
        self._unread = b""
        self.terminal = kind(argv, **terminal)
        theirs.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.hang_up()
        self.terminal.close()

    def hang_up(self):
        self.socket.close()

    def send(self, **message):
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def send_bytes(self, data):
        self.socket.sendall(data)

    def send_state(self, **changes):
        """Changes stay for the states that follow; None takes a field away."""
        self.state.update(changes)
        self.state = {key: value for key, value in self.state.items() if value is not None}
        self.send(type="state", **self.state)

    def notice(self, text, level="error"):
        self.send_state(notice=text, notice_level=level, notice_seq=self.state["notice_seq"] + 1)

    def send_catalog(self, entries):
        lines = [{"type": "catalog", "count": len(entries)}, *({"type": "entry", "entry": e} for e in entries),
                 {"type": "catalog-end"}]
        self.socket.sendall(b"".join(json.dumps(line).encode() + b"\n" for line in lines))

    def reply(self, to, ok=True, text=None, **more):
        self.send(type="reply", to=to, ok=ok, text=text, **more)

    def greet(self, entries=None, greeting=None, **state):
        """Waits for the menu to ask, and answers with everything it needs."""
        watch = self.expect("watch")
        self.send(type="hello", version=1, text="kboot 0.1.0")
        if greeting:
            self.send(type="greeting", text=greeting)
        self.send_catalog(MACHINE if entries is None else entries)
        self.send_state(**state)
        return watch

    def next_intent(self, seconds=20):
        """The next intent, whatever it is; the terminal is kept drained meanwhile."""
        end = deadlines.end(seconds)
        while b"\n" not in self._unread:
            if time.monotonic() >= end:
                raise AssertionError(f"the menu said nothing\n{self.terminal.screen.framed()}")
            self.terminal.pump(0)
            if select.select([self.socket], [], [], 0.05)[0]:
                data = self.socket.recv(65536)
                if not data:
                    raise AssertionError(f"the menu hung up\n{self.terminal.screen.framed()}")
                self._unread += data
        line, self._unread = self._unread.split(b"\n", 1)
        return json.loads(line)

    def expect(self, do, **fields):
        """The next intent, which must be this one."""
        intent = self.next_intent()
        wanted = {"do": do, **fields}
        seen = {key: intent.get(key) for key in wanted}
        if seen != wanted:
            raise AssertionError(f"the menu said {intent}, not {wanted}\n{self.terminal.screen.framed()}")
        return intent
