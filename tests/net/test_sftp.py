# SPDX-License-Identifier: GPL-2.0-or-later
"""SFTP: OpenSSH's server, dbclient between it and us, and a server that does as a test says."""

import contextlib
import hashlib
import os
import random
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from servers import CONTENT, fetch, unused_port
from sshd import USER, Sshd, Wire, keygen, make_key

LARGE = random.Random(1).randbytes(3 << 20)
HOSTILE = Path(__file__).with_name("hostile-sftp-server")


class Sftp(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "x y").write_bytes(CONTENT)
        (self.folder / "large").write_bytes(LARGE)
        self.sshd = Sshd(self.folder)

    def path(self, name="x%20y"):
        return f"{self.folder}/{name}"

    def fetch(self, url, *options, **more):
        return fetch(url, "--known-hosts", self.sshd.known_hosts, "--identity", self.sshd.identity, *options, **more)

    def assert_whole(self, fetched, content=CONTENT):
        self.assertEqual((fetched.code, fetched.says, len(fetched.data)), (0, "", len(content)))
        self.assertEqual(fetched.data, content)

    def assert_fails(self, fetched, *sentence):
        self.assertEqual((fetched.code, fetched.data), (1, b""))
        self.assertEqual(fetched.says.count("\n"), 0, fetched.says)
        for part in sentence:
            self.assertIn(part, fetched.says)

    def assert_final(self, fetched, *sentence):
        self.assert_fails(fetched, *sentence)
        self.assertNotIn("given up", fetched.says)

    # --- what is there, and what is not

    def test_right_file(self):
        with self.sshd.running():
            self.assert_whole(self.fetch(self.sshd.url(self.path())))
            self.assert_whole(self.fetch(self.sshd.url(self.path(), scheme="scp")))
            self.assert_whole(self.fetch(self.sshd.url("/~/x%20y")))
            self.assert_whole(self.fetch(self.sshd.url(self.path("large")), "--sha256", hashlib.sha256(LARGE).hexdigest()), LARGE)

    def test_every_size(self):
        with self.sshd.running():
            for size in (0, 1, 32767, 32768, 32769, 32 * 32768, 33 * 32768 + 1):
                (self.folder / "s").write_bytes(LARGE[:size])
                self.assert_whole(self.fetch(self.sshd.url(self.path("s"))), LARGE[:size])

    def test_no_such_file(self):
        with self.sshd.running():
            url = self.sshd.url(self.path("z"))
            self.assert_final(self.fetch(url), f"{url.replace(USER + '@', '')}: the server answers: no such file")
            self.assertEqual(self.sshd.logins(), 1)

    def test_permission_denied(self):
        with self.sshd.running("Subsystem sftp internal-sftp -P open"):
            self.assert_final(self.fetch(self.sshd.url(self.path())), "the server answers: permission denied")

    def test_folder(self):
        with self.sshd.running():
            self.assert_final(self.fetch(self.sshd.url(str(self.folder))), "it is a folder")
            self.assert_final(self.fetch(self.sshd.url("/~/")), "a name of 1 to 4096 bytes is wanted")

    def test_without_sftp(self):
        with self.sshd.running("Subsystem other internal-sftp"):
            self.assert_fails(self.fetch(self.sshd.url(self.path()), "--timeout", 2),
                              "the server does not answer, or has no SFTP")

    def test_wrong_sha256(self):
        with self.sshd.running():
            self.assert_final(self.fetch(self.sshd.url(self.path()), "--sha256", "0" * 64), "another file than expected")

    def test_no_room(self):
        with self.sshd.running():
            self.assert_final(self.fetch(self.sshd.url(self.path("large")), "--max", "1M"),
                              "the file has 3.0 MiB, and there is room for 1.0 MiB")

    # --- whose server it is

    def test_unknown_key(self):
        with self.sshd.running():
            self.sshd.known_hosts.unlink()
            fetched = self.fetch(self.sshd.url(self.path()))
            self.assert_final(fetched, f"the server's key is not known: ED25519 {self.sshd.fingerprint()}; ",
                              "config/known_hosts")
            self.assertEqual(self.sshd.logins(), 0)

    def test_key_of_another_server(self):
        with self.sshd.running():
            for host in ("other.net", "[127.0.0.1]:1", "127.0.0.1"):
                self.sshd.know(self.sshd.key, host)
                self.assert_final(self.fetch(self.sshd.url(self.path())), "the server's key is not known")

    def test_changed_key(self):
        old = make_key(self.folder / "old")
        self.sshd.know(" ".join(old.split()[:2]))
        with self.sshd.running():
            self.assert_final(self.fetch(self.sshd.url(self.path())), "THE SERVER'S KEY HAS CHANGED: it is ED25519 "
                              f"{self.sshd.fingerprint()} now, and known_hosts has {self.sshd.fingerprint('old')}; ")
            self.assertEqual(self.sshd.logins(), 0)

    def test_one_of_two_keys(self):
        old = " ".join(make_key(self.folder / "old").split()[:2])
        place = f"[127.0.0.1]:{self.sshd.port}"
        self.sshd.known_hosts.write_text(f"{place} {old}\n{place} {self.sshd.key}\n")
        with self.sshd.running():
            self.assert_whole(self.fetch(self.sshd.url(self.path())))

    def test_revoked_key(self):
        text = self.sshd.known_hosts.read_text()
        self.sshd.known_hosts.write_text(f"{text}@revoked * {self.sshd.key}\n")
        with self.sshd.running():
            self.assert_final(self.fetch(self.sshd.url(self.path())),
                              f"the server's key (ED25519 {self.sshd.fingerprint()}) is REVOKED")

    def test_another_type_of_key(self):
        self.sshd.know(" ".join(make_key(self.folder / "rsa", "rsa").split()[:2]))
        with self.sshd.running():
            self.assert_final(self.fetch(self.sshd.url(self.path())), "is not known: ED25519", "ssh-rsa is the type that ")

    def test_authority(self):
        self.sshd.known_hosts.write_text(f"\n@cert-authority * {self.sshd.key}\n")
        with self.sshd.running():
            self.assert_final(self.fetch(self.sshd.url(self.path())),
                              f"{self.sshd.known_hosts}:2: certificates of hosts are not understood")

    def test_hashed_names(self):
        keygen("-H", "-f", self.sshd.known_hosts)
        with self.sshd.running():
            self.assertNotIn("127.0.0.1", self.sshd.known_hosts.read_text())
            self.assert_whole(self.fetch(self.sshd.url(self.path())))

    def test_ipv6(self):
        self.sshd.address = "::1"
        self.sshd.know(self.sshd.key)
        with self.sshd.running():
            self.assert_whole(self.fetch(self.sshd.url(self.path())))

    # --- who we are

    def test_no_way_in(self):
        with self.sshd.running("PasswordAuthentication no", "KbdInteractiveAuthentication no"):
            fetched = fetch(self.sshd.url(self.path()), "--known-hosts", self.sshd.known_hosts)
            self.assert_final(fetched, f"the server wants a password or key of {USER} that is not there")
            self.assertEqual(self.sshd.logins(), 0)

    def test_nothing_to_say(self):
        """A password is wanted, and nobody is there to type it."""
        with self.sshd.running():
            fetched = fetch(self.sshd.url(self.path()), "--known-hosts", self.sshd.known_hosts)
            self.assert_final(fetched, f"the server wants a password or key of {USER} that is not there")
            self.assertLess(fetched.seconds, 15)

    def netrc(self, *lines):
        (self.folder / "netrc").write_text("\n".join(lines))
        return "--netrc", self.folder / "netrc"

    def test_wrong_password(self):
        with self.sshd.running("PermitRootLogin yes"):
            netrc = self.netrc(f"machine 127.0.0.1 login {USER} password wrong")
            fetched = fetch(self.sshd.url(self.path()), "--known-hosts", self.sshd.known_hosts, *netrc)
            self.assert_final(fetched, f"the server does not take the name and password of {USER}")
            self.assertNotIn("wrong", fetched.says)

    @unittest.skipUnless(os.geteuid() == 0, "only root checks passwords")
    def test_password(self):
        """The machine's own are not touched: the server has a shadow of its own."""
        shadow = self.folder / "shadow"
        secret = subprocess.run(["openssl", "passwd", "-6", "a b"], check=True, capture_output=True, text=True).stdout.strip()
        shadow.write_text(f"root:{secret}:19000:0:99999:7:::\nsshd:*:19000::::::\n")
        with self.sshd.running("PermitRootLogin yes", before=f"mount --bind '{shadow}' /etc/shadow"):
            for netrc in ('machine 127.0.0.1 login root password "a b"', 'machine 127.0.0.1 password "a b"'):
                options = "--known-hosts", self.sshd.known_hosts, *self.netrc("machine other.net password c", netrc)
                self.assert_whole(fetch(self.sshd.url(self.path()), *options))
                self.assert_whole(fetch(self.sshd.url(self.path()).replace("root@", ""), *options))
            self.assert_whole(fetch(self.sshd.url(self.path(), user="root:a%20b"), "--known-hosts", self.sshd.known_hosts))

    # --- what breaks off

    def test_no_server(self):
        url = self.sshd.url(self.path(), port=unused_port())
        self.assert_fails(self.fetch(url, "--timeout", 2), "Connection refused", "given up")

    def test_cut_then_resumed(self):
        with self.sshd.running(), Wire(self.sshd.port, 1 << 20, 1 << 20) as wire:
            self.sshd.know(self.sshd.key, f"[127.0.0.1]:{wire.port}")
            self.assert_whole(self.fetch(self.sshd.url(self.path("large"), port=wire.port)), LARGE)
            # Anew each time, it would be cut once more.
            self.assertEqual(wire.n, 3)

    def test_changed_in_between(self):
        def change():
            (self.folder / "large").write_bytes(LARGE[::-1])
            os.utime(self.folder / "large", (7, 7))

        with self.sshd.running(), Wire(self.sshd.port, 1 << 20) as wire:
            wire.between = change
            self.sshd.know(self.sshd.key, f"[127.0.0.1]:{wire.port}")
            self.assert_whole(self.fetch(self.sshd.url(self.path("large"), port=wire.port)), LARGE[::-1])
            self.assertEqual(wire.n, 3)

    def test_stalled_then_resumed(self):
        with self.sshd.running(), Wire(self.sshd.port, 1 << 20, stall=True) as wire:
            self.sshd.know(self.sshd.key, f"[127.0.0.1]:{wire.port}")
            fetched = self.fetch(self.sshd.url(self.path("large"), port=wire.port), "--timeout", 12)
            self.assert_whole(fetched, LARGE)
            self.assertEqual(wire.n, 2)

    def test_cut_before_it_begins(self):
        with self.sshd.running(), Wire(self.sshd.port, 10, 2000) as wire:
            self.sshd.know(self.sshd.key, f"[127.0.0.1]:{wire.port}")
            self.assert_whole(self.fetch(self.sshd.url(self.path(), port=wire.port)))
            self.assertEqual(wire.n, 3)

    def test_no_client_is_left_behind(self):
        """Whatever ends kboot ends dbclient."""
        with self.sshd.running(), Wire(self.sshd.port, 1 << 20, stall=True) as wire:
            self.sshd.know(self.sshd.key, f"[127.0.0.1]:{wire.port}")
            words = [os.environ["KBOOT"], "fetch", self.sshd.url(self.path("large"), port=wire.port), "--known-hosts",
                     self.sshd.known_hosts, "--identity", self.sshd.identity]
            with subprocess.Popen(words, stdout=subprocess.DEVNULL) as kboot:
                self.wait_for(lambda: self.clients(wire.port))
                kboot.kill()
            self.wait_for(lambda: not self.clients(wire.port))

    def wait_for(self, condition):
        until = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), until)
            time.sleep(0.05)

    @staticmethod
    def clients(port):
        """Processes of dbclient for this port."""
        found = []
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = file.read_bytes().split(b"\0")
                found += [file] if words[0] == b"/usr/bin/dbclient" and str(port).encode() in words else []
        return found

    # --- what no server does

    def hostile(self, how, *options):
        with self.sshd.running(f"Subsystem sftp {HOSTILE} {how}"):
            return self.fetch(self.sshd.url("/x"), "--timeout", 8, *options)

    def test_as_it_may(self):
        for how in ("right", "short", "reversed", "no-size"):
            with self.subTest(how):
                self.assert_whole(self.hostile(how))
        self.assert_whole(self.hostile("grows"), CONTENT[:len(CONTENT) // 2])

    def test_as_it_may_not(self):
        for how, sentence in (("greeting", "is no SFTP: it begins with something else"),
                              ("old", "the server has version 2 of SFTP, and 3 is wanted"),
                              ("handle", "is no SFTP: a packet that no server sends"),
                              ("long", "is no SFTP: not so much was asked for"),
                              ("empty", "is no SFTP: not so much was asked for"),
                              ("other-id", "is no SFTP: nothing of the kind was asked for"),
                              ("too-long", "is no SFTP: a packet is too long"),
                              ("failure", "the server answers: failure")):
            with self.subTest(how):
                self.assert_final(self.hostile(how), sentence)
        self.assert_fails(self.hostile("end"), "the file has changed while it was fetched")
        self.assert_fails(self.hostile("silent"), "the server does not answer, or has no SFTP")
        self.assert_final(self.hostile("announced", "--max", "1M"), "the file has 10.0 GiB, and there is room for 1.0 MiB")
        self.assert_final(self.hostile("no-size", "--max", "100K"), "the file is larger than 100 KiB")
