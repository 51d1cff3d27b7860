# SPDX-License-Identifier: GPL-2.0-or-later
"""A network that loses one packet of a hundred, and of ten, in each direction."""

import os
import random
import re
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

LOSSY = str(Path(__file__).with_name("lossy.py"))
KIB = 1 << 10


class Loss(unittest.TestCase):
    def setUp(self):
        able = subprocess.run(["unshare", "--net", "ip", "tuntap", "add", "x", "mode", "tun"], capture_output=True, check=False)
        if able.returncode != 0:
            self.skipTest("no network namespace with a TUN device: not root")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.file = Path(folder.name, "x")

    def check(self, url, size, loss):
        """The whole file comes, each byte in its place, though some packets did not."""
        data = random.Random(size).randbytes(size)
        self.file.write_bytes(data)
        begun = time.monotonic()
        done = subprocess.run(["unshare", "--net", sys.executable, LOSSY, str(self.file), "7", str(loss), url, "--timeout", "100"],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=110, check=False)
        took = time.monotonic() - begun
        said = done.stderr.decode()
        self.assertEqual((done.returncode, done.stdout == data), (0, True), said)
        sent, lost = map(int, re.search(r"^(\d+) sent, (\d+) lost$", said, re.M).groups())
        print(f"{url} of {size >> 10} KiB: {took:.1f} s, {said}")
        self.assertGreater(lost, 0)
        self.assertLess(abs(lost / sent - loss / 100), loss / 100)
        # Nowhere may a packet cost more than 2 s.
        self.assertLess(took, 2 * lost + 15)

    def test_http_one_in_a_hundred(self):
        self.check("HTTP/x", 4096 * KIB, 1)

    def test_http_one_in_ten(self):
        self.check("HTTP/x", 1024 * KIB, 10)

    def test_tftp_one_in_a_hundred(self):
        self.check("TFTP/x", 512 * KIB, 1)

    def test_tftp_one_in_ten(self):
        self.check("TFTP/x", 64 * KIB, 10)
