# SPDX-License-Identifier: GPL-2.0-or-later
"""What `network` of kboot's own system says where there is nothing to say."""

import subprocess
import unittest
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "initramfs/root/sbin/network"
ALONE = ["/usr/bin/unshare", "--map-root-user", "--mount", "--net", "/bin/sh", "-c"]


class NetworkTest(unittest.TestCase):
    def test_without_a_card(self):
        """In namespaces of its own there is no interface but lo."""
        if subprocess.run([*ALONE, "mount -t sysfs sysfs /sys"], capture_output=True, check=False).returncode != 0:
            self.skipTest("there are no namespaces for users here")
        done = subprocess.run([*ALONE, f"mount -t sysfs sysfs /sys && mount -t tmpfs tmpfs /run && exec /bin/sh {SCRIPT}"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.stdout.splitlines()[0], done.returncode),
                         ("There is no network card that this kernel has a driver for.", 0), done)
