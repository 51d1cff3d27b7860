# SPDX-License-Identifier: GPL-2.0-or-later
"""The image is reproducible: kboot compiled and packed again, in another folder, gives the same bytes.

Only kboot and what comes after it is made anew here; `initramfs/verify-reproducible` does the same for every package.
"""

import filecmp
import os
import pathlib
import shutil
import subprocess

from case import VmTestCase, image

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


class ReproducibleTest(VmTestCase):
    def other_cache(self):
        """All that is cached but kboot itself, under another path."""
        cache = pathlib.Path(os.environ.get("KBOOT_CACHE") or pathlib.Path.home() / ".cache" / "kboot")
        other = self.folder / "a-cache-of-another-name"
        other.mkdir()
        for part in ("archive", "sources"):
            shutil.copytree(cache / part, other / part, symlinks=True)
        for part, kept in (("packages", lambda name: not name.startswith("kboot-")),
                           ("kernels", lambda name: name.startswith("stock-"))):
            (other / part).mkdir()
            for entry in sorted((cache / part).iterdir()):
                if kept(entry.name):
                    shutil.copytree(entry, other / part / entry.name, symlinks=True)
        return other

    def test_stock(self):
        second = self.folder / "second"
        done = subprocess.run(
            [REPOSITORY / "initramfs" / "build", "--kernel", "stock", "--output", second],
            env={**os.environ, "KBOOT_CACHE": str(self.other_cache())}, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("building kboot (this checkout)", done.stdout)
        for name in ("initramfs.img", "kboot.efi", "vmlinuz"):
            self.assertTrue(filecmp.cmp(second / "stock" / name, image("stock").folder / name, shallow=False),
                            f"{name} differs between two builds")
