# SPDX-License-Identifier: GPL-2.0-or-later
"""FTP: pyftpdlib, and one that does as a test says."""

import contextlib
import logging
import os
import tempfile
import threading
import unittest
import warnings
from pathlib import Path

from servers import CONTENT, fetch

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import DTPHandler, FTPHandler
    from pyftpdlib.servers import FTPServer


logging.disable(logging.CRITICAL)


class Handler(FTPHandler):
    commands = None  # every command that came

    def pre_process_command(self, line, cmd, arg):
        self.commands.append(line)
        super().pre_process_command(line, cmd, arg)


@contextlib.contextmanager
def serving(folder, address="127.0.0.1", kind=Handler, **attributes):
    authorizer = DummyAuthorizer()
    authorizer.add_anonymous(folder)
    authorizer.add_user("me", "secret", folder)
    handler = type("Scripted", (kind,), {"authorizer": authorizer, "commands": [], "auth_failed_timeout": 0, **attributes})
    server = FTPServer((address, 0), handler)
    stop = threading.Event()

    def run():
        while not stop.is_set():
            server.ioloop.loop(timeout=0.02, blocking=False)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield server.address[1], handler.commands
    finally:
        stop.set()
        thread.join()
        server.close_all()


class Ftp(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "a").mkdir()
        (self.folder / "a" / "x y").write_bytes(CONTENT)
        os.utime(self.folder / "a" / "x y", (1_000_000_000, 1_000_000_000))

    def assert_whole(self, fetched):
        self.assertEqual((fetched.code, fetched.data == CONTENT, fetched.says), (0, True, ""))

    def test_right_file(self):
        with serving(str(self.folder)) as (port, commands):
            self.assert_whole(fetch(f"ftp://127.0.0.1:{port}/a/x%20y"))
            self.assertIn("EPSV", commands)
            self.assertIn("TYPE I", commands)
            self.assertIn("USER anonymous", commands)

    def test_ipv6(self):
        with serving(str(self.folder), "::1") as (port, _):
            self.assert_whole(fetch(f"ftp://[::1]:{port}/a/x%20y"))

    def test_without_epsv(self):
        proto_cmds = {name: value for name, value in FTPHandler.proto_cmds.items() if name != "EPSV"}
        with serving(str(self.folder), proto_cmds=proto_cmds) as (port, commands):
            self.assert_whole(fetch(f"ftp://127.0.0.1:{port}/a/x%20y"))
            self.assertIn("PASV", commands)

    def test_address_of_pasv_is_passed_over(self):
        """RFC 959 lets a server send us elsewhere."""
        proto_cmds = {name: value for name, value in FTPHandler.proto_cmds.items() if name != "EPSV"}
        with serving(str(self.folder), proto_cmds=proto_cmds, masquerade_address="192.0.2.1") as (port, _):
            self.assert_whole(fetch(f"ftp://127.0.0.1:{port}/a/x%20y", "--timeout", 20))

    def test_name_and_password(self):
        with serving(str(self.folder)) as (port, commands):
            self.assert_whole(fetch(f"ftp://me:secret@127.0.0.1:{port}/a/x%20y"))
            self.assertIn("USER me", commands)

    def check_final(self, place, *sentence):
        with serving(str(self.folder)) as (port, commands):
            fetched = fetch(f"ftp://{place.replace('HOST', f'127.0.0.1:{port}')}", "--timeout", 10)
            self.assertEqual((fetched.code, fetched.data), (1, b""))
            for part in sentence:
                self.assertIn(part, fetched.says)
            self.assertNotIn("wrong", fetched.says)
            self.assertNotIn("given up", fetched.says)
            self.assertEqual(sum(line.startswith("USER") for line in commands), 1)

    def test_wrong_password(self):
        self.check_final("me:wrong@HOST/a/x%20y", "the server does not take the name and password (it answers 530)")

    def test_no_such_file(self):
        self.check_final("HOST/a/z", "550")

    def test_no_such_folder(self):
        self.check_final("HOST/b/z", "the server has no such folder, or denies it (it answers 550)")

    def test_announced_too_large(self):
        with open(self.folder / "large", "wb") as file:
            file.truncate(10 << 30)
        with serving(str(self.folder)) as (port, commands):
            fetched = fetch(f"ftp://127.0.0.1:{port}/large", "--max", "1M")
            self.assertIn("the file ", fetched.says)
            self.assertIn(" 1.0 MiB", fetched.says)
            self.assertEqual(sum(line.startswith("USER") for line in commands), 1)

    def check_broken_off(self, *mtimes):
        """The first connection ends half way; mtimes: of the file at each login. All commands."""
        file, logins = self.folder / "a" / "x y", []

        class HalfWay(DTPHandler):
            sent = 0

            def send(self, data):
                if len(logins) == 1 and self.sent + len(data) > len(CONTENT) // 2:
                    self.cmd_channel.close()
                    self.close()
                    return 0
                self.sent += len(data)
                return super().send(data)

        def pre_process_command(handler, line, cmd, arg):
            if cmd == "USER":
                logins.append(line)
                when = mtimes[min(len(logins), len(mtimes)) - 1]
                os.utime(file, (when, when))
            Handler.pre_process_command(handler, line, cmd, arg)

        with serving(str(self.folder), dtp_handler=HalfWay, use_sendfile=False,
                     pre_process_command=pre_process_command) as (port, commands):
            self.assert_whole(fetch(f"ftp://127.0.0.1:{port}/a/x%20y", "--timeout", 20))
            return [line for line in commands if line.startswith("REST")], len(logins)

    def test_resumed(self):
        rests, logins = self.check_broken_off(1_000_000_000)
        self.assertEqual(len(rests), 1)
        self.assertGreater(int(rests[0].split()[1]), 0)
        self.assertEqual(logins, 2)

    def test_changed_in_between(self):
        _, logins = self.check_broken_off(1_000_000_000, 1_000_000_007)
        self.assertEqual(logins, 3)
