# SPDX-License-Identifier: GPL-2.0-or-later
"""FTPS, encrypted from the first byte: pyftpdlib, with certificates good and bad."""

import os
import tempfile
import unittest
import warnings
from pathlib import Path

from certificates import Authority
from servers import CONTENT, fetch
from test_ftp import Handler, serving

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from OpenSSL import SSL
    from pyftpdlib.handlers import TLS_DTPHandler, TLS_FTPHandler

USER = "ftps://me:secret@127.0.0.1"


class Implicit(Handler, TLS_FTPHandler):
    """The library itself knows AUTH alone: here the handshake is what comes first."""

    tls_data_required = True

    def handle(self):
        self.secure_connection(self.ssl_context)

    def handle_ssl_established(self):
        TLS_FTPHandler.handle(self)


class File(TLS_DTPHandler):
    """A client may shake hands before it asks for a file, as curl does; the library takes that for the end."""

    def readable(self):
        return self._ssl_accepting or super().readable()


class Ftps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name, "files")
        self.folder.mkdir()
        (self.folder / "x").write_bytes(CONTENT)
        os.utime(self.folder / "x", (1_000_000_000, 1_000_000_000))
        self.authority = Authority(folder.name)

    def serving(self, certificate=None, **attributes):
        self.authority.context(**(certificate or {}))
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.use_certificate_chain_file(str(self.authority.folder / "leaf.pem"))
        context.use_privatekey_file(str(self.authority.folder / "leaf.key"))
        # The connection for the file goes on in the session of the first one.
        context.set_session_id(b"kboot")
        how = {"certfile": "", "ssl_context": context, "dtp_handler": File}
        return serving(str(self.folder), kind=Implicit, **{**how, **attributes})

    def assert_whole(self, fetched):
        self.assertEqual((fetched.code, fetched.data == CONTENT, fetched.says), (0, True, ""))

    def assert_fails(self, says, ca=None, **certificate):
        with self.serving(certificate=certificate) as (port, commands):
            fetched = fetch(f"ftps://127.0.0.1:{port}/x", "--ca", ca or self.authority.file, "--timeout", 20)
            self.assertEqual((fetched.code, fetched.data), (1, b""))
            self.assertIn(says, fetched.says)
            self.assertNotIn("given up", fetched.says)
            # No name is told to whom nobody trusts.
            self.assertEqual(commands, [])

    def test_right_file(self):
        with self.serving() as (port, commands):
            self.assert_whole(fetch(f"ftps://127.0.0.1:{port}/x", "--ca", self.authority.file))
        # What is sent is encrypted too.
        self.assertIn("PROT P", commands)
        self.assertNotIn("AUTH TLS", commands)

    def test_name_and_password(self):
        with self.serving() as (port, commands):
            self.assert_whole(fetch(f"{USER}:{port}/x", "--ca", self.authority.file))
        self.assertIn("USER me", commands)

    def test_wrong_password(self):
        with self.serving() as (port, _):
            fetched = fetch(f"ftps://me:wrong@127.0.0.1:{port}/x", "--ca", self.authority.file)
        self.assertIn("the server does not take the name and password (it answers 530)", fetched.says)
        self.assertNotIn("wrong", fetched.says)

    def test_resumed(self):
        class HalfWay(File):
            broken, sent = [], 0

            def send(self, data):
                if not self.broken and self.sent + len(data) > len(CONTENT) // 2:
                    self.broken.append(self.sent)
                    self.cmd_channel.close()
                    self.close()
                    return 0
                self.sent += len(data)
                return super().send(data)

        with self.serving(dtp_handler=HalfWay) as (port, commands):
            self.assert_whole(fetch(f"ftps://127.0.0.1:{port}/x", "--ca", self.authority.file, "--timeout", 20))
        self.assertEqual(len(HalfWay.broken), 1)
        self.assertEqual(sum(line.startswith("REST") for line in commands), 1)

    def test_expired(self):
        self.assert_fails("the certificate of 127.0.0.1 has expired", begin=-9, end=-2)

    def test_not_yet_valid(self):
        self.assert_fails("the certificate of 127.0.0.1 is from the future", begin=2, end=9)

    def test_of_another_authority(self):
        other = Authority(self.authority.folder.parent, "other")
        self.assert_fails("nobody who is trusted here has signed the certificate of 127.0.0.1", ca=other.file)

    def test_wrong_address(self):
        self.assert_fails("the certificate is another host's than 127.0.0.1's", names="IP:127.0.0.2")

    def test_no_tls_at_all(self):
        with serving(str(self.folder)) as (port, commands):
            fetched = fetch(f"{USER}:{port}/x", "--ca", self.authority.file, "--timeout", 20)
            self.assertEqual((fetched.code, fetched.data), (1, b""))
            self.assertIn("no TLS with this server", fetched.says)
        self.assertFalse([line for line in commands if "secret" in line])
