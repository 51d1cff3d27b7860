# SPDX-License-Identifier: GPL-2.0-or-later
"""A scripted engine for the prompt: it listens at RUN_DIR/engine.sock and knows a few folders as places.

It answers by a table that a test may change; what was asked is in `asked`. The prompt is the real program.
"""

import json
import os
import posixpath
import queue
import socket
import threading

from kbtest import deadlines

STATE = {"phase": "waiting", "remaining_ms": 0, "total_ms": 0, "default_id": "deb", "selected_id": "deb", "stage": "none",
         "done_bytes": 0, "total_bytes": 0, "scanning": 0, "notice_level": "none", "notice_seq": 0}


class PromptEngine:
    """`places` maps the beginning of a place ("/", "sda2:") to a folder that stands for it."""

    def __init__(self, run_dir, places, labels=(), devices=(), **state):
        self.path = f"{run_dir}/engine.sock"
        self.places, self.labels, self.devices = places, labels, devices
        self.state = {**STATE, **state}
        self.asked = queue.Queue()
        self.clients, self._readers = [], []
        self.answers = {do: getattr(self, f"do_{do.replace('-', '_')}")
                        for do in ("visit", "run", "plan", "set", "unset", "variables", "root", "devices", "labels", "mounts",
                                   "umount", "explain", "save", "rescan", "reboot", "firmware")}
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    # --- what it is like to be asked -----------------------------------------------------------------------------

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.clients.append(client)
            reader = threading.Thread(target=self._serve, args=(client,), daemon=True)
            reader.start()
            self._readers.append(reader)

    def _serve(self, client):
        unread = b""
        while True:
            try:
                data = client.recv(65536)
            except OSError:
                return
            if not data:
                return
            unread += data
            while b"\n" in unread:
                line, unread = unread.split(b"\n", 1)
                self._hear(client, json.loads(line))

    def _hear(self, client, intent):
        do = intent["do"]
        if do == "watch":
            self.send(client, type="hello", version=1, text="kboot test")
            self.send(client, type="state", **self.state)
            return
        answer = self.answers.get(do)
        reply = answer(intent) if answer else None
        if reply is not None:
            self.send(client, type="reply", to=do, request=intent.get("request"), **reply)
        # Only now: what a test tells next comes behind the reply, as it does from an engine.
        self.asked.put(intent)

    @staticmethod
    def send(client, **message):
        try:
            client.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            pass

    def tell(self, **message):
        """To all clients, unasked."""
        for client in self.clients:
            self.send(client, **message)

    def tell_state(self, **changes):
        self.state.update(changes)
        self.tell(type="state", **self.state)

    def notice(self, text, level="error", **changes):
        self.tell_state(notice=text, notice_level=level, notice_seq=self.state["notice_seq"] + 1, **changes)

    def next(self, do, seconds=20):
        """The next intent of that kind; others before it are passed over."""
        while True:
            try:
                intent = self.asked.get(timeout=deadlines.scaled(seconds))
            except queue.Empty:
                raise AssertionError(f"the prompt never asked to {do}") from None
            if intent["do"] == do:
                return intent

    def die(self):
        """As an engine does that crashes; another may come at the same place."""
        self._listener.close()
        os.unlink(self.path)
        for client in self.clients:
            client.shutdown(socket.SHUT_RDWR)
            client.close()

    close = die

    # --- what it answers -----------------------------------------------------------------------------------------

    def place(self, name, start):
        """The canonical place that a name means, and its path; None where there is no such place."""
        if name.startswith("//"):
            place = "/" + posixpath.normpath("/" + name.lstrip("/"))
            return place, place[1:]
        device = name.split(":", 1)[0] + ":"
        if device in self.places:
            base, inside = device, name[len(device):]
        elif name.startswith("/"):
            base, inside = "/", name
        else:
            base = "//" if start.startswith("//") else start.split(":")[0] + ":" if ":" in start else "/"
            inside = posixpath.join(start[len(base) if base != "/" else 0:] or "/", name)
            if base == "//":
                return self.place("//" + inside.lstrip("/"), start)
        inside = posixpath.normpath("/" + inside.lstrip("/"))
        path = self.places[base] + (inside if inside != "/" else "")
        return (inside if base == "/" else base + inside), path

    def do_visit(self, intent):
        place, path = self.place(intent["name"], intent.get("from", "/"))
        if not os.path.exists(path):
            return {"text": f"{place}: no such file or directory"}
        if intent.get("want") in ("dir", "look") and not os.path.isdir(path):
            return {"text": f"{place}: is no directory"}
        return {"ok": True, "text": "", "place": place, "path": path}

    def do_run(self, intent):
        if "name" not in intent:
            return {"text": "there is no such entry"}
        word = intent["name"].split()[0]
        if word in self.labels or "bzImage" in word:
            return {"ok": True, "how": "boot"}
        return {"ok": True, "how": "command", "text": intent["name"]}

    def do_plan(self, intent):
        return {"ok": True, "text": f"would start {intent.get('name') or intent.get('id')}"}

    def do_explain(self, intent):
        return {"ok": True, "text": "because\n"} if intent.get("id") in (None, *self.labels) else {"text": "no such entry"}

    def do_set(self, _):
        return {"ok": True}

    def do_unset(self, _):
        return {"ok": True}

    def do_save(self, _):
        return {"ok": True, "text": "saved on sda2"}

    def do_variables(self, _):
        return {"ok": True, "rows": [["timeout", "10", "sda2:/etc/kboot.conf:3"], ["delay"]]}

    def do_root(self, intent):
        return {"ok": True, "text": f"{intent.get('name', 'sda2')} is the booted environment", "place": "/"}

    def do_devices(self, _):
        return {"ok": True, "rows": self.devices}

    def do_labels(self, _):
        return {"ok": True, "rows": [[label, "kboot"] for label in self.labels]}

    def do_mounts(self, _):
        return {"ok": True, "rows": [["sda2:/", "/dev/sda2", "ext4", "ro"]]}

    def do_umount(self, intent):
        return {"text": f"{intent['name']} is in use"}

    def do_rescan(self, _):
        return {"ok": True}

    def do_reboot(self, _):
        return {"ok": True}

    def do_firmware(self, intent):
        rows = [["setup", "Firmware setup"], ["0003", "Windows Boot Manager"]]
        return {"ok": True} if intent.get("name") else {"ok": True, "rows": rows}
