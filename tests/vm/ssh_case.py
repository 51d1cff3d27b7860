# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine that people log in to by SSH, with OpenSSH's own client from the host."""

import os
import re
import socket
import subprocess

from case import VmTestCase
from kbtest import deadlines, disks
from kbtest.terminal import Terminal

KEYS = "/etc/kboot/authorized_keys"
LOCAL = f"LABEL={disks.RESCUE_LABEL}:"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class SshCase(VmTestCase):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.known_hosts = self.folder / "known_hosts"
        self.key = self.make_key("alice")

    def make_key(self, name, *words):
        path = self.folder / f"key-{name}"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path, *words], check=True)
        return path

    @staticmethod
    def public(key):
        return key.with_suffix(".pub").read_text()

    def card(self):
        # The server's own addresses stay as QEMU's user network gives them: whoever comes, comes from 10.0.2.2.
        return ("-netdev", f"user,id=net,hostfwd=tcp:127.0.0.1:{self.port}-:22", "-device", "virtio-net-pci,netdev=net,romfile=")

    def start(self, conf=None, keys=None, files=None, **options):
        """kboot with a disk that boots, and the keys that may log in."""
        if conf is None:
            conf = f"Local='{disks.rescue_entry(f'nonce={self.nonce}', LOCAL)}'\nOther='{disks.rescue_entry('', LOCAL)}'\n"
        if "disks" not in options:
            rescue = disks.rescue_disk(self.folder / "rescue.img", "# nothing here\n")
            options["disks"] = [self.disk(rescue, "rescue")]
        own = {KEYS: (self.public(self.key) if keys is None else keys).encode(), **(files or {})}
        return self.start_kboot(conf=conf, files=own, extra=(*self.card(), *options.pop("extra", ())), **options)

    def wait_ready(self, vm):
        """Until somebody can come in; returns what the status says of the server."""
        found = self.wait_status(vm, r"network: [^\n]*10\.0\.2\.15(?s:.*)\nssh: ([^\n]*host key[^\n]*)", "the SSH server")
        return found.group(1)

    def options(self, key=None, user="kboot", hosts="accept-new"):
        identity = ["-o", "IdentitiesOnly=yes", "-i", key or self.key] if key is not False else ["-o", "PubkeyAuthentication=no"]
        return [*identity, "-F", "none", "-o", f"UserKnownHostsFile={self.known_hosts}", "-o", f"StrictHostKeyChecking={hosts}",
                "-o", "ConnectTimeout=30", "-o", f"User={user}"]

    def argv(self, *words, key=None, user="kboot", more=()):
        return ["ssh", *self.options(key, user), *more, "-p", str(self.port), "127.0.0.1", *words]

    def ssh(self, *words, key=None, user="kboot", more=("-T",), batch=True, seconds=90, feed=""):
        """Runs a command; the result has what it printed, both kinds together."""
        batch = ["-o", "BatchMode=yes"] if batch else []
        return subprocess.run(self.argv(*words, key=key, user=user, more=[*batch, *more]), input=feed, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=deadlines.scaled(seconds), check=False)

    def terminal(self, *words, columns=80, lines=24, **options):
        """A session on a terminal."""
        term = Terminal(self.argv(*words, more=("-tt",), **options), env={"HOME": str(self.folder)},
                        columns=columns, lines=lines)
        self.addCleanup(term.close)
        return term

    def copy(self, program, source, target, *more, key=None):
        """scp or sftp's cousin, with the same keys."""
        return subprocess.run([program, *self.options(key), "-o", "BatchMode=yes", "-P", str(self.port), *more, source, target],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=deadlines.scaled(120), check=False)

    @staticmethod
    def fingerprint(path):
        told = subprocess.run(["ssh-keygen", "-lf", path], check=True, capture_output=True, text=True).stdout
        return re.search(r"SHA256:\S+", told).group(0)


ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}
