# SPDX-License-Identifier: GPL-2.0-or-later
"""What a stick, a late disk or a key can do to a restricted kboot: the engine's own word, through its socket."""

import json
import os
import signal
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


class LateDiskTest(PolicyCase):
    """The internal disk alone says restricted=true, and its reader is stopped until the test lets it go on."""

    def start_with_a_late_disk(self, internal, *others):
        """The client, and the reader of the disk."""
        many = "".join(f"label{i}=/vmlinuz a{i}\n" for i in range(20000))
        self.start("", self.disk("sda1,uuid=INNER", {"etc/kboot.conf": internal + many}), *others)
        reader = self.stopped_reader("sda1")
        self.addCleanup(self.go_on, reader)
        client = self.connect()
        self.assertGreaterEqual(client.state()["scanning"], 1, "the reader was faster than the test")
        return client, reader

    def stopped_reader(self, name):
        end = deadlines.end(20)
        children = Path(f"/proc/{self.engine.pid}/task/{self.engine.pid}/children")
        while time.monotonic() < end:
            for pid in children.read_text().split():
                try:
                    if Path(f"/proc/{pid}/comm").read_text().strip() == name:
                        os.kill(int(pid), signal.SIGSTOP)
                        return int(pid)
                except (FileNotFoundError, ProcessLookupError):
                    continue
        raise AssertionError(f"nothing reads {name}")

    @staticmethod
    def go_on(pid):
        try:
            os.kill(pid, signal.SIGCONT)
        except ProcessLookupError:
            pass

    def stick(self, text="Stick=/vmlinuz init=/bin/sh\n"):
        return self.disk("sdz1,uuid=USB,bus=usb", {"kboot.conf": text})

    def other_disk(self):
        return self.disk("sdb1,uuid=OTHER", {"kboot.conf": "Other=/vmlinuz init=/bin/sh\n"})

    def wait_in_vain(self, entry, disk):
        """Neither booted nor armed while it is not known, and refused when it is."""
        client, reader = self.start_with_a_late_disk("restricted=true\nSafe=/vmlinuz\n", disk)
        client.wait(lambda state: state["scanning"] == 1)
        client.send({"do": "select", "id": entry})
        asking = self.connect()
        asking.send({"do": "boot", "id": entry})
        time.sleep(1)  # longer than a selection rests before it is armed
        state = client.state()
        self.assertEqual((state["stage"], state.get("stage_id")), ("none", None))
        self.assertNotEqual(state["phase"], "booting")
        self.go_on(reader)
        client.wait(lambda state: state.get("restricted") and state["scanning"] == 0)
        reply = asking.message()
        self.assertEqual((reply["type"], reply.get("ok", False)), ("reply", False), reply)
        self.assertIn("restricted", reply["text"])
        self.assertEqual(client.state()["stage"], "none")

    def test_meanwhile_a_stick(self):
        self.wait_in_vain("USB/kboot/Stick", self.stick())

    def test_meanwhile_another_disk(self):
        self.wait_in_vain("OTHER/kboot/Other", self.other_disk())

    def test_afterwards_a_foreign_entry_is_not_armed(self):
        client, reader = self.start_with_a_late_disk("restricted=true\nSafe=/vmlinuz\n", self.stick())
        self.go_on(reader)
        client.wait(lambda state: state.get("restricted"))
        client.send({"do": "select", "id": "USB/kboot/Stick"})
        client.wait(lambda state: state.get("selected_id") == "USB/kboot/Stick")
        time.sleep(1)
        self.assertEqual(client.state().get("stage"), "none")
        client.send({"do": "select", "id": "INNER/kboot/Safe"})
        client.wait(lambda state: state.get("stage_id") == "INNER/kboot/Safe" and state["stage"] == "armed")

    def late_default(self, key, *others):
        """A key loses nothing but the countdown."""
        client, reader = self.start_with_a_late_disk("restricted=true\ndefault=Safe\ntimeout=600\nSafe=/vmlinuz\n", *others)
        client.send({"do": "watch", "tty": "tty1"})
        if key:
            client.send({"do": "activity"})
        asking = self.connect()
        asking.send({"do": "run", "name": "sh", "from": "/"})
        asking.state()  # the key and the question were heard
        self.go_on(reader)
        state = self.connect().wait(lambda state: state["scanning"] == 0 and state.get("restricted"))
        self.assertEqual(state["default_id"], "INNER/kboot/Safe")
        self.assertEqual(state["phase"], "waiting" if key else "countdown")
        self.refuses(self.connect(), {"do": "run", "name": "sh", "from": "/"})

    def test_no_key(self):
        self.late_default(False)

    def test_a_key(self):
        self.late_default(True)

    def test_a_stick_and_no_key(self):
        self.late_default(False, self.stick())

    def test_a_stick_and_a_key(self):
        self.late_default(True, self.stick())


class SessionTest(PolicyCase):
    def test_a_person_may_restrict_and_not_undo_it(self):
        self.start("Safe=//vmlinuz\n", self.disk("sda1,uuid=INNER", {"kboot.conf": "Mine=/vmlinuz\n"}))
        client = self.connect()
        self.assertTrue(client.ask({"do": "set", "name": "restricted", "value": "true"}).get("ok"))
        self.assertTrue(client.state().get("restricted"))
        self.refuses(client, {"do": "unset", "name": "restricted"})
        self.refuses(client, {"do": "set", "name": "restricted", "value": "false"})
        self.assertTrue(client.ask({"do": "set", "name": "restricted", "value": "true"}).get("ok"))
        self.refuses(client, {"do": "run", "name": "sh", "from": "/"})
        self.assertTrue(client.ask({"do": "plan", "name": "Mine", "from": "/"}).get("ok"))


if __name__ == "__main__":
    unittest.main()
