# SPDX-License-Identifier: GPL-2.0-or-later
"""What a stick, a late disk or a key can do to a restricted kboot: the engine's own word, through its socket."""

import json
import os
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from kbtest import deadlines, kernels


class Client:
    def __init__(self, connection):
        self.connection = connection
        self.unread = b""

    def send(self, intent):
        self.connection.sendall(json.dumps(intent).encode() + b"\n")

    def message(self, seconds=20):
        self.connection.settimeout(deadlines.scaled(seconds))
        while b"\n" not in self.unread:
            data = self.connection.recv(65536)
            assert data, "the engine hung up"
            self.unread += data
        line, self.unread = self.unread.split(b"\n", 1)
        return json.loads(line)

    def ask(self, intent):
        """The reply to an intent."""
        self.send(intent)
        while True:
            message = self.message()
            if message["type"] == "reply" and message["to"] == intent["do"]:
                return message

    def state(self):
        self.send({"do": "status"})
        state = None
        while True:
            message = self.message()
            if message["type"] == "state":
                state = message
            elif message["type"] == "reply" and message["to"] == "status":
                return state

    def wait(self, condition):
        """The first state that fulfils it."""
        end = deadlines.end(30)
        while True:
            state = self.state()
            if condition(state):
                return state
            if time.monotonic() > end:
                raise AssertionError(f"never: {state}")
            time.sleep(0.05)


class PolicyCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.n_disks = 0

    def disk(self, spec, files):
        """--device of a folder with these files and a kernel."""
        self.n_disks += 1
        tree = self.folder / f"disk{self.n_disks}"
        for name, text in {"vmlinuz": kernels.bzimage(), **files}.items():
            path = tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return ["--device", f"{spec}={tree}"]

    def start(self, conf, *disks):
        (self.folder / "image.conf").write_text(conf)
        (self.folder / "run").mkdir()
        self.engine = subprocess.Popen([os.environ["KBOOT"], "engine", "--run-dir", self.folder / "run", "--config",
                                        self.folder / "image.conf", *[word for disk in disks for word in disk]])
        self.addCleanup(self.stop)

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
                return Client(connection)
            except OSError:
                connection.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def refuses(self, client, intent):
        reply = client.ask(intent)
        self.assertFalse(reply.get("ok"), reply)
        self.assertIn("restricted", reply["text"])


class StickTest(PolicyCase):
    """The image says restricted=true, and a stick says something else."""

    def refuse(self, stick, image="", internal=None):
        disks = [self.disk("sdz1,uuid=USB,bus=usb", {"kboot.conf": stick})]
        if internal is not None:
            disks.append(self.disk("sda1,uuid=INNER", internal))
        self.start("restricted=true\n" + image, *disks)
        client = self.connect()
        client.ask({"do": "list"})
        self.assertTrue(client.state().get("restricted"))
        for name in ("sh", "pwn", "Pwn", "sdz1"):
            self.refuses(client, {"do": "run", "name": name, "from": "/"})
        self.refuses(client, {"do": "visit", "name": "//", "from": "/", "want": "dir"})
        return client

    def test_that_is_not_restricted(self):
        self.refuse("restricted=false\npwn=sh\n", image="Safe=//vmlinuz\n")

    def test_that_brings_a_label(self):
        self.refuse("pwn=sh\n", image="Safe=//vmlinuz\n")

    def test_that_brings_a_default(self):
        client = self.refuse("restricted=no\ntimeout=0\ndefault=pwn\npwn=/vmlinuz\n", image="Safe=UUID=INNER:/vmlinuz\n",
                             internal={"etc/fstab": "/dev/sda1 / ext4 defaults 0 1\n"})
        self.assertIsNone(client.state().get("default_id"))

    def test_beside_a_disk_with_a_configuration(self):
        self.refuse("restricted=false\npwn=sh\n", internal={"boot/kboot.conf": "Safe=/vmlinuz\n"})

    def test_with_the_label_of_the_default(self):
        client = self.refuse("restricted=false\nSafe=sh\npwn=sh\n", image="default=Safe\n",
                             internal={"boot/kboot.conf": "Other=/vmlinuz\n"})
        self.refuses(client, {"do": "run", "name": "Safe", "from": "/"})

    def test_with_the_uuid_of_the_disk(self):
        """What root= and names of files mean is the internal disk."""
        self.start("restricted=true\nroot=UUID=BOTH\n", self.disk("sdz1,uuid=BOTH,bus=usb", {"kboot.conf": "pwn=/vmlinuz\n"}),
                   self.disk("sda1,uuid=BOTH", {"kboot.conf": "Safe=UUID=BOTH:/vmlinuz\n"}))
        client = self.connect()
        self.assertTrue(client.ask({"do": "plan", "name": "Safe", "from": "/"}).get("ok"))
        self.refuses(client, {"do": "run", "name": "pwn", "from": "/"})
        text = client.ask({"do": "explain"})["text"]
        self.assertIn("Booted environment: sda1\n", text)
        self.assertIn("sda1 and sdz1 have one UUID: the booted environment is sda1", text)
        self.assertIn("kernel sda1:/vmlinuz", client.ask({"do": "explain", "id": "Safe"})["text"])

    def test_that_the_image_trusts(self):
        self.start("restricted=true\ntrust_removable=true\n", self.disk("sdz1,uuid=USB,bus=usb", {"kboot.conf": "Mine=/vmlinuz\n"}))
        client = self.connect()
        self.assertTrue(client.ask({"do": "plan", "name": "Mine", "from": "/"}).get("ok"))
        self.refuses(client, {"do": "run", "name": "sh", "from": "/"})

    def test_that_trusts_itself(self):
        self.refuse("trust_removable=true\npwn=sh\n")


class CopyTest(PolicyCase):
    def test_two_internal_disks_with_one_uuid(self):
        """None is the environment until a person names one."""
        disks = [self.disk(f"{name},uuid=BOTH", {"kboot.conf": "Safe=UUID=BOTH:/vmlinuz\n"}) for name in ("sda1", "sdb1")]
        self.start("root=UUID=BOTH\n", *disks)
        client = self.connect()
        text = client.ask({"do": "explain"})["text"]
        self.assertIn("Booted environment: none\n", text)
        self.assertIn("fits sda1 and sdb1: name one", text)
        self.assertIn("problem: UUID=BOTH fits sda1 and sdb1: name one", client.ask({"do": "explain", "id": "Safe"})["text"])
        self.assertTrue(client.ask({"do": "root", "name": "sdb1"}).get("ok"))
        self.assertIn("Booted environment: sdb1\n", client.ask({"do": "explain"})["text"])


if __name__ == "__main__":
    unittest.main()
