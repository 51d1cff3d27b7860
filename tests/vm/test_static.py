# SPDX-License-Identifier: GPL-2.0-or-later
"""The image's kboot needs nothing of its machine, so it runs here: all of tests/net with it, and its authorities.

It has wolfSSL and musl where the native one has OpenSSL and glibc. QEMU is not needed.
"""

import os
import ssl
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from case import ROOT, image
from kbtest import methods

sys.path.append(str(ROOT / "tests/net"))
from certificates import Authority  # pylint: disable=wrong-import-position

BUNDLE = "etc/ssl/certs/ca-certificates.crt"
FEWEST_AUTHORITIES = 100


def unpack(folder, name):
    """A file of the stock image's initramfs."""
    packed = image("stock").folder / "initramfs.img"
    with subprocess.Popen(["zstd", "-dcq", packed], stdout=subprocess.PIPE) as archive:
        subprocess.run(["cpio", "--extract", "--quiet", "--make-directories", "--no-preserve-owner", name],
                       stdin=archive.stdout, cwd=folder, check=True)
    return folder / name


class StaticTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def unpack(self, name):
        return unpack(self.folder, name)

    def check(self, topic, *before):
        done = subprocess.run([*before, sys.executable, ROOT / "tests/net/run.py", topic], stdin=subprocess.DEVNULL, text=True,
                              env={**os.environ, "KBOOT": str(self.unpack("sbin/kboot"))},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode == methods.SKIPPED:
            self.skipTest(f"all of tests/net/test_{topic}.py")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_http(self):
        self.check("http")

    def test_https(self):
        self.check("https")

    def test_ftp(self):
        self.check("ftp")

    def test_tftp(self):
        self.check("tftp")

    def test_sftp(self):
        self.check("sftp")

    @unittest.skipUnless(os.geteuid() == 0, "only root has mounts of its own")
    def test_sftp_by_the_image_s_dbclient(self):
        place = 'mount --bind "$0" /usr/bin/dbclient && exec "$@"'
        self.check("sftp", "unshare", "--mount", "sh", "-ec", place, self.unpack("usr/bin/dropbearmulti"))

    def test_network(self):
        self.check("network")

    def authorities(self, bundle):
        return ssl.create_default_context(cafile=bundle).get_ca_certs()

    def test_authorities(self):
        self.assertGreater(len(self.authorities(self.unpack(BUNDLE))), FEWEST_AUTHORITIES)

    def build(self, function, argument):
        """What the image builder does with a part of config/."""
        return subprocess.run(["bash", "-euc", """
            initramfs_dir=$1/initramfs
            . "$1/initramfs/lib/say.sh"
            . "$1/initramfs/lib/recipe.sh"
            . "$1/initramfs/lib/root.sh"
            config_dir=$2
            "$3" "$4"
        """, "bash", ROOT, self.folder, function, argument], capture_output=True, text=True, check=False)

    def add(self, bundle):
        return self.build("root_add_authorities", bundle)

    def test_site_s_authorities(self):
        bundle = self.folder / "bundle"
        bundle.write_text("")
        self.assertEqual(self.add(bundle).returncode, 0)
        self.assertEqual(bundle.read_text(), "")
        site = self.folder / "ca"
        site.mkdir()
        first, second = (Authority(self.folder, name) for name in ("first", "second"))
        # As they come: with a key and text, without an end of line, from Windows.
        (site / "a.crt").write_text((first.folder / "ca.key").read_text() + "text\n" + first.file.read_text().rstrip("\n"))
        (site / "b.pem").write_bytes(second.file.read_bytes().replace(b"\n", b"\r\n"))
        (site / "c.txt").write_text("no certificate")
        done = self.add(bundle)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(bundle.read_text(), first.file.read_text() + second.file.read_text())
        self.assertEqual(len(self.authorities(bundle)), 2)

    def test_site_s_file_that_is_none(self):
        (self.folder / "ca").mkdir()
        (self.folder / "ca/x.crt").write_bytes(b"\x30\x82")
        done = self.add(self.folder / "bundle")
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"{self.folder}/ca/x.crt: no certificate in PEM form", done.stderr)

    def add_ssh(self, *words):
        """A key that ssh-keygen makes with these, in the image."""
        subprocess.run(["ssh-keygen", "-q", "-f", self.folder / "ssh_identity", *words], check=True, capture_output=True)
        self.unpack("usr/bin/dropbearmulti")
        return self.build_ssh()

    def build_ssh(self, features="ssh\n", passwd="kboot:*:0:0::/:/sbin/kboot\n"):
        (self.folder / "features").write_text(features)
        for name, text in (("etc/passwd", passwd), ("etc/kboot/authorized_keys", "# nobody\n")):
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)
        return self.build("root_add_ssh", self.folder)

    def test_site_s_host_keys(self):
        for name in ("ssh_host_ed25519_key", "ssh_host_rsa_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", name.split("_")[2], "-N", "", "-f", self.folder / name], check=True)
        done = self.add_ssh("-t", "ed25519", "-N", "")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for name in ("ssh_host_ed25519_key", "ssh_host_rsa_key"):
            key = self.folder / "etc/kboot/host_keys" / name
            self.assertEqual(key.stat().st_mode & 0o777, 0o600)
            told = subprocess.run([self.folder / "usr/bin/dropbearmulti", "dropbearkey", "-y", "-f", key], check=True,
                                  capture_output=True, text=True)
            self.assertIn((self.folder / f"{name}.pub").read_text().split()[1], told.stdout)

    def test_site_s_passwords(self):
        for hashed, says in (("", "has an empty password"), ("$y$j9T$x", "cannot be checked here"), ("$1$a$b", "cannot be checked"),
                             ("x", "cannot be checked"), ("$6$salt$hash", None), ("*", None), ("!$y$j9T$x", None)):
            done = self.build_ssh(passwd=f"root:*:0:0::/:/bin/sh\nkboot:{hashed}:0:0::/:/sbin/kboot\n")
            self.assertEqual(done.returncode, 1 if says else 0, done.stderr)
            self.assertIn(says or "", done.stderr)

    def test_an_image_without_ssh(self):
        """No program of it, and no key: config/features decides."""
        for features, there in (("ssh\n", True), ("# ssh\n", False)):
            self.assertEqual(self.build_ssh(features).returncode, 0)
            self.assertEqual((self.folder / "etc/kboot/authorized_keys").exists(), there)
            told = subprocess.run(["bash", "-euc", """
                initramfs_dir=$1/initramfs config_dir=$2
                . "$1/initramfs/lib/recipe.sh"
                . "$1/initramfs/lib/root.sh"
                recipe_names""", "bash", ROOT, self.folder], capture_output=True, text=True, check=True).stdout.split()
            self.assertEqual([name for name in ("dropbear", "sftp-server") if name in told], ["dropbear", "sftp-server"] * there)
            self.assertIn("busybox", told)

    def test_site_s_ssh(self):
        (self.folder / "known_hosts").write_text("host ssh-ed25519 AAAA\n")
        done = self.add_ssh("-t", "ed25519", "-N", "")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        key = self.folder / "etc/kboot/ssh_identity"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        told = subprocess.run([self.folder / "usr/bin/dropbearmulti", "dropbearkey", "-y", "-f", key], check=True,
                              capture_output=True, text=True)
        self.assertIn((self.folder / "ssh_identity.pub").read_text().split()[1], told.stdout)
        for name in ("etc/kboot/known_hosts", "root/.ssh/known_hosts"):
            self.assertEqual((self.folder / name).read_text(), "host ssh-ed25519 AAAA\n")

    def test_site_s_ssh_key_with_a_passphrase(self):
        done = self.add_ssh("-t", "ed25519", "-N", "secret")
        self.assertEqual(done.returncode, 1)
        self.assertIn("ssh_identity: no private key of OpenSSH's without a passphrase", done.stderr)
