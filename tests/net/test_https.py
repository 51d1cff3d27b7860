# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTPS: certificates good and bad."""

import base64
import socket
import socketserver
import ssl
import tempfile
import threading
import unittest
from pathlib import Path

from certificates import Authority
from servers import CONTENT, fetch, give, running, serve


class Https(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.authority = Authority(self.folder.name)

    def check(self, says=None, ca=None, host="127.0.0.1", address="127.0.0.1", **certificate):
        """What comes of a server with such a certificate; its sentence, if it shall fail."""
        with serve(give, address, self.authority.context(**certificate)) as server:
            url = f"https://{host}:{server.server_port}/x"
            options = ["--ca", ca or self.authority.file] if ca != "" else []
            fetched = fetch(url, *options, "--timeout", 20)
            if says is None:
                self.assertEqual((fetched.code, fetched.data, fetched.says), (0, CONTENT, ""))
            else:
                self.assertEqual((fetched.code, fetched.data), (1, b""))
                self.assertIn(f"kboot: {url}: {says}", fetched.says)
                self.assertNotIn("given up", fetched.says)
                self.assertEqual(server.requests, [])
                self.assertLess(fetched.seconds, 10)
            return fetched.says

    def test_good(self):
        self.check()

    def test_good_name(self):
        self.check(host="localhost", names="DNS:localhost")

    def test_good_ipv6(self):
        self.check(host="[::1]", address="::1", names="IP:::1")

    def test_tls_1_2(self):
        self.check(version=ssl.TLSVersion.TLSv1_2)

    def test_tls_1_3(self):
        self.check(version=ssl.TLSVersion.TLSv1_3)

    def test_expired(self):
        says = self.check("the certificate of 127.0.0.1 has expired: is the clock right? It shows ", begin=-9, end=-2)
        self.assertRegex(says, r"It shows \d{4}-\d\d-\d\d \d\d:\d\d UTC$")

    def test_not_yet_valid(self):
        self.check("the certificate of 127.0.0.1 is from the future: is the clock right? It shows ", begin=2, end=9)

    def test_self_signed(self):
        self.check("the certificate of 127.0.0.1 is signed by itself alone", selfsigned=True)

    def test_of_another_authority(self):
        other = Authority(self.folder.name, "other")
        self.check("nobody who is trusted here has signed the certificate of 127.0.0.1", ca=other.file)

    def test_nobody_but_the_system_s(self):
        self.check("nobody who is trusted here has signed the certificate of 127.0.0.1", ca="")

    def test_wrong_host(self):
        self.check("the certificate is another host's than localhost's", host="localhost", names="DNS:other.example")

    def test_wrong_address(self):
        self.check("the certificate is another host's than 127.0.0.1's", names="IP:127.0.0.2,DNS:127.0.0.1")

    def test_no_authorities(self):
        self.check("no authority for the certificate of 127.0.0.1 could be read", ca="/does/not/exist")

    def test_no_tls_at_all(self):
        class Plain(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(4096)
                self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with running(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Plain)) as server:
            fetched = fetch(f"https://127.0.0.1:{server.server_address[1]}/x", "--timeout", 20)
            self.assertEqual(fetched.code, 1)
            self.assertIn("no TLS with this server: ", fetched.says)
            self.assertNotIn("given up", fetched.says)

    def test_never_from_https_to_http(self):
        with serve(give) as plain:
            def answer(request, _number):
                request.head(302, f"Location: {plain.url}/x", length=0)

            with serve(answer, tls=self.authority.context()) as server:
                fetched = fetch(f"{server.url}/x", "--ca", self.authority.file)
                self.assertIn("it is redirected from https to http, which is refused", fetched.says)
            self.assertEqual(plain.requests, [])

    def test_from_http_to_https(self):
        with serve(give, tls=self.authority.context()) as server:
            with serve(lambda request, _: request.head(302, f"Location: {server.url}/x", length=0)) as plain:
                self.assertEqual(fetch(f"{plain.url}/x", "--ca", self.authority.file).data, CONTENT)

    def test_pinned_keys(self):
        """Beside a good certificate, the key must be the one that is written down."""
        pins = Path(self.folder.name) / "pins"

        def says(server, text):
            pins.write_text(text)
            fetched = fetch(f"{server.url}/x", "--ca", self.authority.file, "--pins", pins)
            self.assertEqual(fetched.data, CONTENT if fetched.code == 0 else b"")
            return fetched.says

        with serve(give, tls=self.authority.context()) as server:
            right = self.authority.pin("leaf")
            wrong = "sha256//" + base64.b64encode(bytes(32)).decode()
            self.assertEqual(says(server, f"127.0.0.1 {right}\n"), "")
            self.assertEqual(says(server, f"127.0.0.1:{server.server_port} {wrong} {right}\n"), "")
            self.assertEqual(says(server, f"127.0.0.2 {wrong}\n"), "")
            self.assertIn("its key is none of those that are written down for it", says(server, f"127.0.0.1 {wrong}\n"))
            self.assertIn(f"no connection by TLS: {pins}:1: no key behind other", says(server, "other\n"))
            self.assertEqual(len(server.requests), 3)

    def test_the_proxy_that_a_site_has(self):
        with serve(give) as proxy:
            self.assertEqual(fetch("http://elsewhere.invalid/x", "--proxy", proxy.url).data, CONTENT)
            self.assertEqual(proxy.requests[0].path, "http://elsewhere.invalid/x")

    def test_through_a_proxy(self):
        def tunnel(request, _number):
            host, port = request.path.split(":")
            with socket.create_connection((host, int(port))) as away:
                request.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")

                def back():
                    while data := away.recv(65536):
                        request.connection.sendall(data)

                thread = threading.Thread(target=back, daemon=True)
                thread.start()
                while data := request.connection.recv(65536):
                    away.sendall(data)

        with serve(give, tls=self.authority.context()) as server, serve(tunnel) as proxy:
            fetched = fetch(f"{server.url}/x", "--ca", self.authority.file, https_proxy=proxy.url)
            self.assertEqual((fetched.says, fetched.data), ("", CONTENT))
            self.assertEqual(proxy.requests[0].path, server.at)
