# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of fetching, by the native program from a server on loopback; curl's own program beside it."""

import contextlib
import os
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KBOOT = ROOT / "build/release/kboot"
RUNS = 9
MIB = 1 << 20
LARGE = 400 * MIB
INITRD = 200 * MIB


def _answer(client, file, size):
    with client:
        while b"\r\n\r\n" not in client.recv(65536):
            pass
        client.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size)
        sent = 0
        while sent < size:
            sent += os.sendfile(client.fileno(), file, sent, size - sent)


@contextlib.contextmanager
def _serving(size):
    """A file of that size, by sendfile(2): the server is no part of what is measured."""
    with tempfile.TemporaryFile() as file, socket.create_server(("127.0.0.1", 0)) as listener:
        file.truncate(size)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    threading.Thread(target=_answer, args=(client, file.fileno(), size), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x"


def _run(*argv, watch=lambda process: None):
    """Its seconds."""
    begin = time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        watch(process)
        says = process.stderr.read().decode()
        if process.wait():
            raise RuntimeError(f"{argv[0]}: {says}")
    return time.monotonic() - begin


def _anonymous(pid):
    """A child that has not become the program yet has Python's."""
    with contextlib.suppress(OSError):
        if "kboot" in Path(f"/proc/{pid}/comm").read_text(encoding="utf-8"):
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            return int((re.search(r"^RssAnon:\s*(\d+) kB", status, re.M) or [0, 0])[1])
    return 0


def throughput():
    """Both keep the file in memory; in turns, as the computer may do other things."""
    with _serving(LARGE) as url, tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        ours, curls = [], []
        for _ in range(RUNS):
            ours.append(_run(KBOOT, "fetch", url, "/dev/null"))
            curls.append(_run("curl", "-s", "-o", f"{folder}/x", url))
            os.unlink(f"{folder}/x")
    ours, curls = statistics.median(ours), statistics.median(curls)
    return f"{curls / ours:.2f} ({LARGE / MIB / ours:.0f} MiB/s over {LARGE / MIB / curls:.0f} MiB/s)"


def memory():
    """What is its own, beside the memory file that the kernel is loaded from, and pages of the program that others share."""
    most = [0]

    def watch(process):
        while process.poll() is None:
            most.append(_anonymous(process.pid))
            time.sleep(0.005)

    with _serving(INITRD) as url:
        _run(KBOOT, "fetch", url, "/dev/null", watch=watch)
    return f"its size + {max(most) / 1024:.1f} MiB"
