# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP: servers that do right and wrong."""

import base64
import email.utils
import hashlib
import os
import tempfile
import time
import unittest
from pathlib import Path

from kbtest.terminal import ENTER, Terminal
from servers import CONTENT, fetch, give, serve, unused_port

HALF = len(CONTENT) // 2
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Http(unittest.TestCase):
    def assert_whole(self, fetched, content=CONTENT):
        self.assertEqual((fetched.code, fetched.says), (0, ""))
        self.assertEqual(hashlib.sha256(fetched.data).hexdigest(), hashlib.sha256(content).hexdigest())

    def assert_fails(self, fetched, *sentence):
        self.assertEqual((fetched.code, fetched.data), (1, b""))
        self.assertEqual(fetched.says.count("\n"), 0, fetched.says)
        for part in sentence:
            self.assertIn(part, fetched.says)

    # --- what is there, and what is not

    def test_right_file(self):
        with serve(give) as server, tempfile.TemporaryDirectory() as folder:
            self.assert_whole(fetch(f"{server.url}/x?y=1#z", "--sha256", DIGEST.upper()))
            request = server.requests[0]
            self.assertEqual(request.path, "/x?y=1")
            self.assertIsNone(request.headers["Accept-Encoding"])
            self.assertIsNone(request.headers["Range"])
            file = Path(folder, "x")
            file.write_bytes(b"old")
            self.assert_whole(fetch(f"{server.url}/x", file), b"")
            self.assertEqual(file.read_bytes(), CONTENT)
            self.assertEqual(os.listdir(folder), ["x"])
            link = Path(folder, "link")
            link.symlink_to("/dev/null")
            self.assert_whole(fetch(f"{server.url}/x", link), b"")
            self.assertTrue(link.is_symlink())

    def test_empty_file(self):
        with serve(lambda request, _: request.give(b"")) as server:
            self.assert_whole(fetch(f"{server.url}/x"), b"")

    def test_failure_leaves_the_old_file(self):
        with serve(lambda request, _: request.give(b"sorry", status=404)) as server, tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "x")
            file.write_bytes(b"old")
            self.assert_fails(fetch(f"{server.url}/x", file), f"{server.url}/x: the server answers 404 (not found)")
            self.assertEqual(file.read_bytes(), b"old")
            self.assertEqual(len(server.requests), 1)

    def test_final_statuses_are_asked_once(self):
        for status in (400, 401, 403, 410, 451, 501):
            with self.subTest(status), serve(lambda request, _, s=status: request.give(b"", status=s)) as server:
                self.assert_fails(fetch(f"{server.url}/x"), f"the server answers {status}")
                self.assertEqual(len(server.requests), 1)

    def test_statuses_that_are_no_file(self):
        for status in (204, 304, 300):
            with self.subTest(status), serve(lambda request, _, s=status: request.head(s)) as server:
                self.assert_fails(fetch(f"{server.url}/x", "--timeout", 3), f"the server answers {status}")
                self.assertEqual(len(server.requests), 1)

    def test_a_part_that_nobody_asked_for(self):
        with serve(lambda request, _: request.give(CONTENT, "Content-Range: bytes 0-9/10", status=206)) as server:
            self.assert_fails(fetch(f"{server.url}/x", "--timeout", 1), "a part where the whole was asked for")

    def test_ipv6(self):
        with serve(give, "::1") as server:
            self.assert_whole(fetch(f"{server.url}/x"))

    # --- trying again

    def test_500_then_good(self):
        def answer(request, number):
            request.give(CONTENT if number == 3 else b"oops", status=200 if number == 3 else 500)

        with serve(answer) as server:
            fetched = fetch(f"{server.url}/x")
            self.assert_whole(fetched)
            self.assertEqual(len(server.requests), 3)
            # 0.5 and 1 s, a fifth less at most.
            self.assertGreaterEqual(fetched.seconds, 1.2)

    def test_500_for_ever(self):
        with serve(lambda request, _: request.give(b"", status=503)) as server:
            self.assert_fails(fetch(f"{server.url}/x", "--timeout", 2), "the server answers 503 (service unavailable); given up after")
            self.assertGreaterEqual(len(server.requests), 2)

    def check_retry_after(self, header):
        times = []

        def answer(request, number):
            times.append(time.monotonic())
            if number == 1:
                request.give(b"", f"Retry-After: {header()}", status=429)
            else:
                request.give()

        with serve(answer) as server:
            self.assert_whole(fetch(f"{server.url}/x"))
        # A date has no fractions of a second.
        self.assertGreaterEqual(times[1] - times[0], 0.9)
        self.assertEqual(len(times), 2)

    def test_retry_after_seconds(self):
        self.check_retry_after(lambda: 1)

    def test_retry_after_date(self):
        self.check_retry_after(lambda: email.utils.formatdate(time.time() + 1.999, usegmt=True))

    def test_retry_after_too_late(self):
        with serve(lambda request, _: request.give(b"", "Retry-After: 3600", status=429)) as server:
            fetched = fetch(f"{server.url}/x", "--timeout", 20)
            self.assert_fails(fetched, "the server answers 429 (too many requests)")
            self.assertLess(fetched.seconds, 10)
            self.assertEqual(len(server.requests), 1)

    def test_connection_refused(self):
        port = unused_port()
        self.assert_fails(fetch(f"http://127.0.0.1:{port}/x", "--timeout", 2),
                          f"http://127.0.0.1:{port}/x: cannot connect: Connection refused; given up after")

    def test_no_such_host(self):
        self.assert_fails(fetch("http://no.such.host.invalid/x", "--timeout", 1), "no address is known of the host")

    def test_no_answer(self):
        with serve(lambda request, number: request.give() if number == 2 else request.reset()) as server:
            self.assert_whole(fetch(f"{server.url}/x"))

    # --- the rest of a file

    def check_resume(self, broken, *validator, if_range=None):
        """The first answer breaks off; the second gives the rest, and no more."""
        def answer(request, number):
            if number == 1:
                request.head(200, *validator, length=len(CONTENT))
                request.wfile.write(CONTENT[:HALF])
                broken(request)
            else:
                request.rest(CONTENT, *validator)

        with serve(answer) as server:
            fetched = fetch(f"{server.url}/x", "--timeout", 6)
            self.assert_whole(fetched)
            self.assertEqual(len(server.requests), 2)
            self.assertEqual(server.requests[1].headers["If-Range"], if_range)
            return fetched

    def test_truncated_then_resumed(self):
        self.check_resume(lambda request: None, 'ETag: "a"', if_range='"a"')

    def test_reset_then_resumed(self):
        date = "Sun, 06 Nov 1994 08:49:37 GMT"
        self.check_resume(lambda request: (time.sleep(0.3), request.reset()), f"Last-Modified: {date}", "ETag: W/\"a\"",
                          if_range=date)

    def test_stalled_then_resumed(self):
        fetched = self.check_resume(lambda request: request.server.broken.wait(30), 'ETag: "a"', if_range='"a"')
        self.assertGreaterEqual(fetched.seconds, 1.9)

    def check_anew(self, again, *validator, content=CONTENT, requests=2):
        """The first answer breaks off; in the end there is the one version that again(request, number) gives whole."""
        def answer(request, number):
            if number == 1:
                request.head(200, *validator, length=len(CONTENT))
                request.wfile.write(CONTENT[:HALF])
            else:
                again(request, number)

        with serve(answer) as server:
            self.assert_whole(fetch(f"{server.url}/x"), content)
            self.assertEqual(len(server.requests), requests)
            return server

    def test_without_a_validator_anew(self):
        server = self.check_anew(lambda request, _: request.give(), "ETag: W/\"a\"")
        self.assertIsNone(server.requests[1].headers["Range"])

    def test_changed_in_between(self):
        other = CONTENT[::-1] + b"more"
        self.check_anew(lambda request, _: request.give(other, 'ETag: "b"'), 'ETag: "a"', content=other)

    def test_another_length_in_between(self):
        def again(request, number):
            if number == 2:
                request.rest(CONTENT + b"more")
            else:
                request.give()

        server = self.check_anew(again, 'ETag: "a"', requests=3)
        self.assertIsNone(server.requests[2].headers["Range"])

    def test_another_part_than_asked_for(self):
        for begin in (HALF + 1, 0):
            def again(request, number, begin=begin):
                if number == 2:
                    request.give(CONTENT[begin:], f"Content-Range: bytes {begin}-{len(CONTENT) - 1}/{len(CONTENT)}", status=206)
                else:
                    request.give()

            with self.subTest(begin):
                self.check_anew(again, 'ETag: "a"', requests=3)

    def test_no_such_range(self):
        self.check_anew(lambda request, number: request.give(*([CONTENT] if number == 3 else [b""]),
                                                             status=200 if number == 3 else 416), 'ETag: "a"', requests=3)

    def test_truncated_for_ever(self):
        def answer(request, _number):
            request.head(200, length=1000)
            request.wfile.write(bytes(500))

        with serve(answer) as server:
            self.assert_fails(fetch(f"{server.url}/x", "--timeout", 1), "the connection ends after 500 of 1000 bytes")

    def test_chunked_and_cut(self):
        def answer(request, _number):
            request.head(200, "Transfer-Encoding: chunked")
            request.wfile.write(b"5\r\nabcde\r\n")

        with serve(answer) as server:
            self.assert_fails(fetch(f"{server.url}/x", "--timeout", 1), "the connection")

    # --- limits

    def test_announced_too_large(self):
        def answer(request, _number):
            request.head(200, length=10 << 30)
            request.server.broken.wait(20)

        with serve(answer) as server:
            fetched = fetch(f"{server.url}/x", "--max", "1M")
            self.assert_fails(fetched, "the file has 10.0 GiB, and there is room for 1.0 MiB")
            self.assertLess(fetched.seconds, 10)
            self.assertEqual(len(server.requests), 1)

    def check_endless(self, *headers, chunk):
        def answer(request, _number):
            request.head(200, *headers)
            while True:
                request.wfile.write(chunk)

        with serve(answer) as server:
            fetched = fetch(f"{server.url}/x", "--max", "1M")
            self.assert_fails(fetched, "the file is larger than 1.0 MiB, and there is no room for more")
            self.assertEqual(len(server.requests), 1)

    def test_chunked_without_end(self):
        self.check_endless("Transfer-Encoding: chunked", chunk=b"10000\r\n" + bytes(65536) + b"\r\n")

    def test_unannounced_without_end(self):
        self.check_endless(chunk=bytes(65536))

    def test_exactly_as_much_as_there_is_room_for(self):
        with serve(give) as server:
            self.assert_whole(fetch(f"{server.url}/x", "--max", len(CONTENT)))
            self.assert_fails(fetch(f"{server.url}/x", "--max", len(CONTENT) - 1), "and there is room for")

    def test_slow_loris(self):
        def answer(request, _number):
            request.head(200, length=len(CONTENT))
            while True:
                request.wfile.write(b"x")
                time.sleep(0.1)

        with serve(answer) as server:
            fetched = fetch(f"{server.url}/x", "--timeout", 2)
            self.assert_fails(fetched, "not complete when its time was over")
            self.assertGreaterEqual(fetched.seconds, 2)
            self.assertEqual(len(server.requests), 1)

    def test_silent_server(self):
        with serve(lambda request, _: request.server.broken.wait(30)) as server:
            self.assert_fails(fetch(f"{server.url}/x", "--timeout", 2), "the server sends nothing for 0.")

    # --- redirects

    def test_redirected(self):
        def answer(request, _number):
            if request.path == "/a/b/c":
                request.give(b"moved", "Location: ../x?y", status=302)
            else:
                request.give(request.path.encode())

        with serve(answer) as server:
            self.assert_whole(fetch(f"{server.url}/a/b/c"), b"/a/x?y")

    def test_redirected_for_ever(self):
        with serve(lambda request, _: request.head(302, "Location: /x", length=0)) as server:
            self.assert_fails(fetch(f"{server.url}/x"), "it is redirected more than 10 times")
            self.assertEqual(len(server.requests), 11)

    def test_redirected_to_what_is_refused(self):
        for place in ("file:///etc/passwd", "scp://h/x", "ftp://127.0.0.1/x", "tftp://127.0.0.1/x", "http://h/a b"):
            with self.subTest(place), serve(lambda request, _, p=place: request.head(301, f"Location: {p}", length=0)) as server:
                self.assert_fails(fetch(f"{server.url}/x"), f"{server.url}/x: it is redirected")
                self.assertEqual(len(server.requests), 1)

    def test_password_stays_with_its_server(self):
        def answer(request, _number):
            if not request.headers["Authorization"]:
                request.give(b"", 'WWW-Authenticate: Basic realm="x"', status=401)
            elif request.path == "/away":
                request.head(302, f"Location: {other.url}/x", length=0)
            elif request.path == "/here":
                request.head(302, "Location: /x", length=0)
            else:
                request.give()

        def curious(request, _number):
            request.give(b"", 'WWW-Authenticate: Basic realm="x"', status=401)

        with serve(curious) as other, serve(answer) as server:
            place = server.url.replace("http://", "http://me:se%63ret@")
            self.assert_fails(fetch(f"{place}/away"), "the server answers 401")
            self.assertEqual([request.headers["Authorization"] for request in other.requests], [None])
            self.assert_whole(fetch(f"{place}/here"))
            expected = "Basic " + base64.b64encode(b"me:secret").decode()
            self.assertEqual(server.requests[-1].headers["Authorization"], expected)

    def test_who_sits_at_a_terminal_is_asked(self):
        expected = "Basic " + base64.b64encode(b"eve:s3cret").decode()

        def answer(request, _number):
            if request.headers["Authorization"] == expected:
                request.give()
            else:
                request.give(b"", 'WWW-Authenticate: Basic realm="x"', status=401)

        with tempfile.TemporaryDirectory() as folder, serve(answer) as server:
            file = Path(folder) / "x"
            with Terminal([os.environ["KBOOT"], "fetch", f"{server.url}/x", file], columns=120) as term:
                term.wait_text("401 (it wants a name and password)\nName:")
                term.send("eve", ENTER)
                term.wait_text("\nPassword:")
                term.send("wrong", ENTER)
                term.wait_text("401 (it does not take the name and password)\nName:")
                term.send("eve", ENTER)
                term.wait_text("\nName: eve\nPassword:")
                term.send("s3cret", ENTER)
                self.assertEqual(term.wait_exit(), 0)
                self.assertNotIn("s3cret", term.output.decode())
            self.assertEqual(file.read_bytes(), CONTENT)
            with Terminal([os.environ["KBOOT"], "fetch", f"{server.url}/x", file], columns=120) as term:
                term.wait_text("\nName:")
                term.send(b"\x03")
                self.assertEqual(term.wait_exit(), 1)

    def test_password_is_never_shown(self):
        with serve(lambda request, _: request.give(b"", 'WWW-Authenticate: Basic realm="x"', status=401)) as server:
            place = server.url.replace("http://", "http://me:secret@")
            fetched = fetch(f"{place}/x")
            self.assert_fails(fetched, f"{server.url}/x: the server answers 401 (it does not take the name and password)")
            self.assertNotIn("secret", fetched.says)
            self.assertNotIn("me:", fetched.says)
        fetched = fetch(f"http://me:secret@127.0.0.1:{unused_port()}/x", "--timeout", 1)
        self.assert_fails(fetched, "cannot connect")
        self.assertNotIn("secret", fetched.says)

    # --- digests and mirrors

    def test_wrong_digest(self):
        with serve(give) as server:
            self.assert_fails(fetch(f"{server.url}/x", "--sha256", "0" * 64),
                              f"another file than expected: its sha256 is {DIGEST}")
            self.assertEqual(len(server.requests), 1)

    def test_mirrors(self):
        with serve(lambda request, _: request.give(b"other")) as wrong, serve(give) as right:
            urls = f"http://127.0.0.1:{unused_port()}/x|{wrong.url}/y|{right.url}/z"
            self.assert_whole(fetch(urls, "--sha256", DIGEST))
            self.assertEqual(len(wrong.requests), 1)

    def test_no_mirror_has_it(self):
        with serve(lambda request, _: request.give(b"", status=404)) as one, serve(
                lambda request, _: request.give(b"", status=403)) as two:
            self.assert_fails(fetch(f"{one.url}/x|{two.url}/y"),
                              f"{one.url}/x: the server answers 404 (not found); {two.url}/y: the server answers 403 (forbidden)")

    def check_rest_by_mirror(self, *options, has_range):
        def cut(request, _number):
            request.head(200, 'ETag: "a"', length=len(CONTENT))
            request.wfile.write(CONTENT[:HALF])

        def answer(request, _number):
            if request.headers["Range"]:
                request.rest()
            else:
                request.give()

        with serve(cut) as one, serve(answer) as two:
            self.assert_whole(fetch(f"{one.url}/x|{two.url}/x", *options))
            self.assertEqual(two.requests[0].headers["Range"] is not None, has_range)
            self.assertIsNone(two.requests[0].headers["If-Range"])

    def test_rest_by_a_mirror_with_a_digest(self):
        self.check_rest_by_mirror("--sha256", DIGEST, has_range=True)

    def test_rest_by_a_mirror_without_a_digest(self):
        self.check_rest_by_mirror(has_range=False)

    # --- proxies

    def test_proxy(self):
        with serve(give) as proxy:
            self.assert_whole(fetch("http://boot.example/x", http_proxy=proxy.url))
            self.assertEqual(proxy.requests[0].path, "http://boot.example/x")

    def test_no_proxy(self):
        with serve(give) as server, serve(give) as proxy:
            self.assert_whole(fetch(f"{server.url}/x", http_proxy=proxy.url, no_proxy="127.0.0.1"))
            self.assertEqual(proxy.requests, [])

    def test_proxy_refuses(self):
        with serve(lambda request, _: request.give(b"", status=407)) as proxy:
            self.assert_fails(fetch("https://boot.example/x", https_proxy=proxy.url),
                              "https://boot.example/x: the proxy answers 407 (the proxy wants a name and password)")
            self.assertEqual(len(proxy.requests), 1)
