# SPDX-License-Identifier: GPL-2.0-or-later
"""The engine's own word on what a restricted kboot allows, whoever asks: its socket, without a menu or a prompt."""

import json
import os
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from kbtest import deadlines, kernels

LABEL = "Safe"
REFUSED = (
    {"do": "boot", "id": "root/kboot/Safe", "args": "init=/bin/sh"},
    {"do": "boot", "id": "root/kboot/Safe", "name": "/vmlinuz init=/bin/sh"},
    {"do": "boot", "id": "sda1:/vmlinuz"},
    {"do": "boot", "id": "Safe init=/bin/sh"},
    {"do": "boot", "id": "usb/kboot/Other"},
    {"do": "plan", "id": "root/kboot/Safe", "args": "init=/bin/sh"},
    {"do": "plan", "name": "sda1:/vmlinuz"},
    {"do": "run", "name": "Safe init=/bin/sh", "from": "/"},
    {"do": "run", "name": "'Safe' init=/bin/sh", "id": "Safe init=/bin/sh", "from": "/"},
    {"do": "run", "name": "initrd=/x Safe", "from": "/"},
    {"do": "run", "name": "sda1", "from": "/"},
    {"do": "run", "id": "usb/kboot/Other"},
    {"do": "run", "name": "sh", "from": "/"},
    {"do": "visit", "name": "/", "from": "/", "want": "dir"},
    {"do": "visit", "name": "/", "from": "/", "want": "look"},
    {"do": "set", "name": "restricted", "value": "false", "from": "/"},
    {"do": "unset", "name": "restricted"},
    {"do": "variables"},
    {"do": "save"},
    {"do": "root", "name": "sda1"},
    {"do": "mounts"},
    {"do": "umount", "name": "sda1"},
    {"do": "remount", "name": "sda1:", "want": "rw"},
    {"do": "devices"},
    {"do": "chroot"},
)


class SocketTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name, label in (("root", LABEL), ("usb", "Other")):
            (self.folder / name).mkdir()
            (self.folder / name / "vmlinuz").write_bytes(kernels.bzimage())
            (self.folder / name / "kboot.conf").write_text(f"{label}=/vmlinuz\n")
        (self.folder / "kboot.conf").write_text("restricted=true\nroot=UUID=root\n")
        (self.folder / "run").mkdir()
        self.engine = subprocess.Popen(
            [os.environ["KBOOT"], "engine", "--run-dir", self.folder / "run", "--config", self.folder / "kboot.conf",
             "--device", f"sda1,uuid=root={self.folder}/root", "--device", f"sdb1,uuid=usb={self.folder}/usb"])
        self.addCleanup(self.stop)
        self.connection = self.connect()
        self.unread = b""
        self.request = 0

    def stop(self):
        self.engine.kill()
        self.engine.wait()

    def connect(self):
        end = deadlines.end(20)
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(self.folder / "run/engine.sock"))
                self.addCleanup(connection.close)
                connection.settimeout(deadlines.scaled(20))
                return connection
            except OSError:
                connection.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def ask(self, intent):
        """The reply to an intent."""
        self.request += 1
        self.connection.sendall(json.dumps(intent | {"request": self.request}).encode() + b"\n")
        while True:
            while b"\n" not in self.unread:
                data = self.connection.recv(65536)
                self.assertTrue(data, f"the engine hung up on {intent}")
                self.unread += data
            line, self.unread = self.unread.split(b"\n", 1)
            message = json.loads(line)
            if message["type"] == "reply":
                self.assertEqual((message["to"], message.get("request")), (intent["do"], self.request))
                return message

    def test_restricted(self):
        for intent in REFUSED:
            with self.subTest(intent):
                reply = self.ask(intent)
                self.assertFalse(reply.get("ok"), reply)
                self.assertIn("restricted", reply["text"])
        for allowed in ({"do": "plan", "id": "root/kboot/Safe"}, {"do": "run", "name": "safe", "from": "/"},
                        {"do": "boot", "id": "root/kboot/Safe"}):
            with self.subTest(allowed):
                self.assertTrue(self.ask(allowed).get("ok"))
        self.assertEqual(self.ask({"do": "labels"})["rows"], [[LABEL, "kboot"]])
