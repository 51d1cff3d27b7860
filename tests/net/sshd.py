# SPDX-License-Identifier: GPL-2.0-or-later
"""OpenSSH's server on loopback, for us alone; and a wire to it that can be cut."""

import contextlib
import getpass
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

from servers import unused_port

USER = getpass.getuser()


def keygen(*words):
    subprocess.run(["ssh-keygen", "-q", *map(str, words)], check=True, stdin=subprocess.DEVNULL, capture_output=True)


def make_key(file, kind="ed25519"):
    keygen("-t", kind, "-N", "", "-f", file)
    return Path(f"{file}.pub").read_text(encoding="ascii")


class Sshd:
    """Keys, and where they are: `identity` is dropbear's form of one that may log in."""

    def __init__(self, folder, address="127.0.0.1"):
        self.folder, self.address, self.port = Path(folder), address, unused_port()
        self.log = self.folder / "log"
        self.identity, self.known_hosts = self.folder / "identity", self.folder / "known_hosts"
        self.key = " ".join(make_key(self.folder / "host").split()[:2])
        (self.folder / "authorized_keys").write_text(make_key(self.folder / "user"))
        subprocess.run(["dropbearconvert", "openssh", "dropbear", self.folder / "user", self.identity], check=True,
                       capture_output=True)
        self.know(self.key)

    def know(self, key, host=None):
        self.known_hosts.write_text(f"{host or f'[{self.address}]:{self.port}'} {key}\n")

    def fingerprint(self, file="host"):
        told = subprocess.run(["ssh-keygen", "-lf", self.folder / f"{file}.pub"], check=True, capture_output=True, text=True)
        return told.stdout.split()[1]

    def url(self, path, scheme="sftp", user=USER, port=None):
        return f"{scheme}://{user}@{self.host()}:{port or self.port}{path}"

    def host(self):
        return f"[{self.address}]" if ":" in self.address else self.address

    @contextlib.contextmanager
    def running(self, *lines, before=""):
        """before: shell commands, in a namespace of mounts of their own."""
        conf = self.folder / "sshd_config"
        own = ["StrictModes no", "PidFile none", "UsePAM no", "LogLevel VERBOSE", f"ListenAddress {self.host()}:{self.port}",
               f"HostKey {self.folder / 'host'}", f"AuthorizedKeysFile {self.folder / 'authorized_keys'}"]
        if not any(line.startswith("Subsystem") for line in lines):
            own.append(f"Subsystem sftp internal-sftp -d {self.folder}")
        conf.write_text("\n".join([*lines, *own, ""]))
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        words = ["/usr/sbin/sshd", "-D", "-e", "-f", conf]
        if before:
            words = ["unshare", "--mount", "sh", "-ec", f"{before}\nexec \"$@\"", "sh", *words]
        with open(self.log, "wb") as log, subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log) as server:
            try:
                self.wait(server)
                yield self
            finally:
                server.kill()

    def wait(self, server):
        until = time.monotonic() + 20
        while b"Server listening" not in self.log.read_bytes():
            assert server.poll() is None and time.monotonic() < until, self.log.read_text()
            time.sleep(0.02)

    def logins(self):
        return self.log.read_text(errors="replace").count("Accepted publickey ")


class Wire:
    """Connections to a port, one after another; limits: after how many bytes of the server's each is cut, None: never."""

    def __init__(self, port, *limits, stall=False):
        self.to, self.limits, self.stall = port, list(limits), stall
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.n = 0
        self.between = lambda: None  # is called after a cut
        self.stop = threading.Event()

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.listener.close()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self.n += 1
                limit = self.limits.pop(0) if self.limits else None
                server = socket.create_connection(("127.0.0.1", self.to))
                threading.Thread(target=self.copy, args=(client, server, None), daemon=True).start()
                threading.Thread(target=self.copy, args=(server, client, limit), daemon=True).start()

    def copy(self, source, target, left):
        with contextlib.suppress(OSError):
            while data := source.recv(65536 if left is None else min(65536, left)):
                target.sendall(data)
                left = left - len(data) if left is not None else None
                if left == 0:
                    if self.stall:
                        self.stop.wait(60)
                    self.between()
                    break
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
