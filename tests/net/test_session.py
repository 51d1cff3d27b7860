# SPDX-License-Identifier: GPL-2.0-or-later
"""Several small files of one server: one connection for all of them; and a form that is sent."""

import os
import subprocess
import tempfile
import unittest

from certificates import Authority
from servers import serve


class Session(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.authority = Authority(folder.name)

    def many(self, *urls, post="", **environment):
        done = subprocess.run([os.environ["KBOOT_FETCH_MANY"], self.authority.file, post, *urls], stdin=subprocess.DEVNULL,
                              capture_output=True, env=dict(os.environ, **environment), timeout=60, check=False)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    @staticmethod
    def stay(request, _number):
        """The connection stays open for the next question."""
        request.close_connection = False
        if request.path.endswith("gone"):
            request.give(b"", status=404)
        else:
            request.give(request.path.encode())

    def connections(self, server):
        return len({request.client_address for request in server.requests})

    def test_one_connection(self):
        for tls in (None, self.authority.context()):
            with serve(self.stay, tls=tls) as server:
                urls = [f"{server.url}/{i}" for i in range(5)]
                self.assertEqual(self.many(*urls), (0, "/0/1/2/3/4", ""))
                self.assertEqual((len(server.requests), self.connections(server)), (5, 1))
                self.assertEqual(self.many(*urls, SESSION="no"), (0, "/0/1/2/3/4", ""))
                self.assertEqual(self.connections(server), 6)

    def test_a_connection_that_is_closed_meanwhile(self):
        def close_second(request, number):
            self.stay(request, number)
            request.close_connection = number == 2
        with serve(close_second, tls=self.authority.context()) as server:
            self.assertEqual(self.many(*[f"{server.url}/{i}" for i in range(4)]), (0, "/0/1/2/3", ""))
            self.assertEqual(self.connections(server), 2)

    def test_another_server(self):
        with serve(self.stay) as one, serve(self.stay) as two:
            self.assertEqual(self.many(f"{one.url}/a", f"{two.url}/b", f"{one.url}/c"), (0, "/a/b/c", ""))
            self.assertEqual((self.connections(one), self.connections(two)), (1, 1))

    def test_form(self):
        said = []

        def answer(request, number):
            length = int(request.headers["Content-Length"] or 0)
            said.append((request.command, request.path, request.headers["Content-Type"], request.rfile.read(length)))
            if number == 1:
                request.head(303, "Location: /answer", length=0)
            else:
                request.give(b"answer")
        form = "application/x-www-form-urlencoded"
        with serve(answer) as server:
            self.assertEqual(self.many(f"{server.url}/x", post="mac=52%3A54&a="), (0, "answer", ""))
        self.assertEqual(said, [("POST", "/x", form, b"mac=52%3A54&a="), ("GET", "/answer", None, b"")])
        code, _, says = self.many("tftp://127.0.0.1/x", post="a=b")
        self.assertEqual((code, says), (1, "tftp://127.0.0.1/x: no form can be sent by tftp\n"))
