# SPDX-License-Identifier: GPL-2.0-or-later
"""TFTP: a server that loses packets and gets things wrong as a test says, and a real one, alone in a network."""

import contextlib
import hashlib
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from servers import CONTENT, fetch

FILE = CONTENT + b"the end"
ALL_OPTIONS = ("tsize", "blksize", "windowsize", "timeout")
IN_A_NETWORK = ["unshare", "--net", "sh", "-c"]


class Tftp:
    """One transfer at a time. lose(block, attempt): the packet does not go. Resends as RFC 1123 wants it: by its clock alone."""

    def __init__(self, data=FILE, options=ALL_OPTIONS, lose=lambda block, attempt: False, resend_s=0.5, **more):
        self.data, self.options, self.lose, self.resend_s = data, options, lose, resend_s
        self.announce = more.get("announce", len(data))
        self.error = more.get("error")  # (code, words): the answer to any request
        self.refuses_options = more.get("refuses_options")  # an error's code
        self.stop_after = more.get("stop_after")  # blocks, then silence
        self.foreign = more.get("foreign", False)  # somebody else sends blocks of their own
        self.back_to = more.get("back_to")  # goes on at once where an acknowledgement says
        self.requests, self.acks, self.silent = [], [], []
        family = socket.AF_INET6 if more.get("ipv6") else socket.AF_INET
        self.address = "::1" if more.get("ipv6") else "127.0.0.1"
        self.family, self.running = family, True
        self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.bind((self.address, 0))
        self.sock.settimeout(0.02)
        host = f"[{self.address}]" if more.get("ipv6") else self.address
        self.url = f"tftp://{host}:{self.sock.getsockname()[1]}"

    def run(self):
        while self.running:
            with contextlib.suppress(TimeoutError):
                packet, client = self.sock.recvfrom(2048)
                self.answer(packet, client)

    def answer(self, packet, client):
        words = packet[2:].split(b"\0")
        options = {name.decode(): value.decode() for name, value in zip(words[2:-1:2], words[3::2])}
        self.requests.append((words[0].decode(), options))
        with socket.socket(self.family, socket.SOCK_DGRAM) as sock:
            sock.bind((self.address, 0))
            if self.error or (self.refuses_options is not None and options):
                code, text = self.error or (self.refuses_options, "no options")
                sock.sendto(struct.pack(">HH", 5, code) + text.encode() + b"\0", client)
                return
            agreed = {name: value for name, value in options.items() if name in self.options}
            if "tsize" in agreed:
                agreed["tsize"] = str(self.announce)
            self.send(sock, client, agreed)

    def wait(self, sock):
        """The block that is acknowledged; None: nothing came in time."""
        sock.settimeout(self.resend_s)
        try:
            packet, _ = sock.recvfrom(2048)
        except TimeoutError:
            return None
        if packet[:2] == b"\0\5":
            raise InterruptedError
        self.acks.append(struct.unpack(">H", packet[2:4])[0])
        return self.acks[-1]

    def send(self, sock, client, agreed):
        size, window = int(agreed.get("blksize", 512)), int(agreed.get("windowsize", 1))
        blocks = [self.data[at:at + size] for at in range(0, len(self.data) + 1, size)]
        attempts = {}

        def packet(number):
            attempts[number] = attempts.get(number, 0) + 1
            if self.lose(number, attempts[number]):
                return
            if number == 0:
                text = b"".join(f"{name}\0{value}\0".encode() for name, value in agreed.items())
                sock.sendto(b"\0\6" + text, client)
            else:
                sock.sendto(struct.pack(">HH", 3, number & 0xFFFF) + blocks[number - 1], client)
            if self.foreign:
                with socket.socket(self.family, socket.SOCK_DGRAM) as other:
                    other.sendto(struct.pack(">HH", 3, number + 1 & 0xFFFF) + b"?" * size, client)

        done, silent = (-1 if agreed else 0), 0
        with contextlib.suppress(InterruptedError):
            while done < len(blocks) and silent < 4 and self.running:
                if self.stop_after is not None and done >= self.stop_after:
                    self.silent.append(sock.dup())
                    return
                ahead = [0] if done < 0 else range(done + 1, min(done + window, len(blocks)) + 1)
                for number in ahead:
                    packet(number)
                silent += 1
                while (ack := self.wait(sock)) is not None:
                    # The block of that number that is next.
                    number = done + ((ack - done) & 0xFFFF)
                    if number in ahead:
                        done, silent = number, 0
                        break
                    if self.back_to and ack == done & 0xFFFF:
                        break


@contextlib.contextmanager
def serving(kind=Tftp, **how):
    server = kind(**how)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.running = False
        thread.join()
        for sock in (server.sock, *server.silent):
            sock.close()


class OwnServer(unittest.TestCase):
    def assert_whole(self, fetched, content=FILE):
        self.assertEqual((fetched.code, fetched.says), (0, ""))
        self.assertEqual(hashlib.sha256(fetched.data).hexdigest(), hashlib.sha256(content).hexdigest())

    def assert_fails(self, fetched, sentence):
        self.assertEqual((fetched.code, fetched.data), (1, b""))
        self.assertIn(sentence, fetched.says)

    def test_right_file(self):
        with serving() as server:
            self.assert_whole(fetch(f"{server.url}/a/x%20y"))
            name, options = server.requests[0]
            self.assertEqual(name, "a/x y")
            self.assertEqual(options, {"tsize": "0", "timeout": "1", "blksize": "1428", "windowsize": "16"})
            # One for each window, and what a slow machine sends again: not one for each of 527 blocks.
            self.assertLess(len(server.acks), 200)

    def test_sizes(self):
        for size in (0, 1, 511, 512, 1427, 1428, 1429, 2856):
            for options in (ALL_OPTIONS, ()):
                with self.subTest(size, options=options), serving(data=FILE[:size], options=options) as server:
                    self.assert_whole(fetch(f"{server.url}/x"), FILE[:size])

    def test_without_options(self):
        with serving(options=()) as server:
            self.assert_whole(fetch(f"{server.url}/x"))

    def test_some_options(self):
        with serving(options=("blksize",)) as server:
            self.assert_whole(fetch(f"{server.url}/x"))

    def test_server_that_chokes_on_options(self):
        for code in (0, 4, 8):
            with self.subTest(code), serving(refuses_options=code) as server:
                self.assert_whole(fetch(f"{server.url}/x"))
                self.assertEqual(server.requests[1][1], {})

    def test_ipv6(self):
        with serving(ipv6=True) as server:
            self.assert_whole(fetch(f"{server.url}/x"))

    # --- loss

    def check_loss(self, lost, seconds, **how):
        """What the loss of one packet costs."""
        with serving(**how) as server:
            quick = fetch(f"{server.url}/x")
            self.assert_whole(quick)
        with serving(lose=lambda block, attempt: block == lost and attempt == 1, **how) as server:
            slow = fetch(f"{server.url}/x")
            self.assert_whole(slow)
            self.assertLess(slow.seconds - quick.seconds, seconds)
            self.assertGreater(len(server.acks), 0)

    def test_lost_options(self):
        self.check_loss(0, 2)

    def test_lost_first_block(self):
        self.check_loss(1, 2)

    def test_lost_block(self):
        self.check_loss(40, 2)

    def test_lost_last_block(self):
        self.check_loss(len(FILE) // 1428 + 1, 2)

    def test_lost_block_of_a_server_that_hears(self):
        """It goes back at once, as RFC 7440 lets it."""
        self.check_loss(40, 0.4, back_to=True)

    def test_lost_block_without_options(self):
        self.check_loss(40, 2, options=())

    def test_lost_acknowledgements(self):
        """The server does not hear us, and would take 20 s to ask: ours is sent again before."""
        class Deaf(Tftp):
            heard = set()

            def wait(self, sock):
                ack = super().wait(sock)
                if ack in (16, 32, 33) and ack not in self.heard:
                    self.heard.add(ack)
                    return super().wait(sock)
                return ack

        with serving(Deaf, resend_s=20) as server:
            fetched = fetch(f"{server.url}/x")
            self.assert_whole(fetched)
            self.assertLess(fetched.seconds, 6)

    def test_one_in_ten_lost(self):
        with serving(lose=lambda block, attempt: attempt == 1 and block % 10 == 3, back_to=True) as server:
            self.assert_whole(fetch(f"{server.url}/x"))

    def test_blocks_of_another(self):
        with serving(foreign=True) as server:
            self.assert_whole(fetch(f"{server.url}/x"))

    # --- what goes wrong

    def test_no_such_file(self):
        with serving(error=(1, "File not found")) as server:
            self.assert_fails(fetch(f"{server.url}/x"), f"{server.url}/x: the server answers error 1 (File not found)")
            self.assertEqual(len(server.requests), 1)

    def test_error_with_control_characters(self):
        with serving(error=(2, "\x1b[2Jno\n")) as server:
            fetched = fetch(f"{server.url}/x")
            self.assertEqual(fetched.code, 1)
            self.assertNotIn("\x1b", fetched.says)
            self.assertEqual(fetched.says.count("\n"), 0)

    def test_server_gives_up(self):
        with serving(lose=lambda block, attempt: block == 40, resend_s=0.1) as server:
            fetched = fetch(f"{server.url}/x", "--timeout", 2)
            self.assert_fails(fetched, "the server has stopped")

    def test_nobody_there(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        fetched = fetch(f"tftp://127.0.0.1:{port}/x", "--timeout", 2)
        self.assert_fails(fetched, "no TFTP server listens there; given up after")

    def test_server_falls_silent(self):
        with serving(stop_after=32) as server:
            fetched = fetch(f"{server.url}/x", "--timeout", 2)
            self.assert_fails(fetched, "the server sends nothing for ")

    def test_falls_silent_once(self):
        class Once(Tftp):
            def answer(self, packet, client):
                self.stop_after = None if self.requests else 32
                super().answer(packet, client)

        with serving(Once) as server:
            self.assert_whole(fetch(f"{server.url}/x", "--timeout", 3))
            self.assertEqual(len(server.requests), 2)

    def test_another_length_than_announced(self):
        for announce in (len(FILE) - 1, len(FILE) + 1):
            with self.subTest(announce), serving(announce=announce) as server:
                fetched = fetch(f"{server.url}/x", "--timeout", 2)
                self.assertEqual((fetched.code, fetched.data), (1, b""))

    def test_announced_too_large(self):
        with serving(announce=10 << 30) as server:
            self.assert_fails(fetch(f"{server.url}/x", "--max", "1M"), "the file has 10.0 GiB, and there is room for 1.0 MiB")
            self.assertEqual(len(server.requests), 1)

    def test_unannounced_too_large(self):
        with serving(options=()) as server:
            self.assert_fails(fetch(f"{server.url}/x", "--max", "64K"), "the file is larger than 64.0 KiB")
            self.assertEqual(len(server.requests), 1)


class RealServer(unittest.TestCase):
    """It knows port 69 only, and wants to be root."""

    def setUp(self):
        if subprocess.run([*IN_A_NETWORK, "ip link set lo up"], capture_output=True, check=False).returncode != 0:
            self.skipTest("no network namespace: not root")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.folder = folder.name
        Path(self.folder, "x").write_bytes(FILE)

    def check(self, server, urls=("tftp://127.0.0.1/x",)):
        script = f"ip link set lo up; {server}; " + "; ".join(f"'{os.environ['KBOOT']}' fetch {url} --timeout 10" for url in urls)
        done = subprocess.run([*IN_A_NETWORK, script], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        return done.stdout, done.stderr.decode()

    def program(self, name):
        path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
        if not path:
            self.skipTest(f"no {name}")
        return path

    def dnsmasq(self, *options):
        return (f"{self.program('dnsmasq')} --conf-file=/dev/null --user=root --group=root --port=0 --keep-in-foreground "
                f"--pid-file= --log-facility=/dev/null --enable-tftp --tftp-root={self.folder} {' '.join(options)} & "
                "trap \"kill $!\" EXIT")

    def test_dnsmasq(self):
        self.assertEqual(self.check(self.dnsmasq(), ("tftp://127.0.0.1/x", "tftp://[::1]/x")), (FILE * 2, ""))

    def test_dnsmasq_no_such_file(self):
        data, says = self.check(self.dnsmasq(), ("tftp://127.0.0.1/y",))
        self.assertEqual(data, b"")
        self.assertIn("tftp://127.0.0.1/y: the server answers error 1 (file ", says)

    def test_dnsmasq_without_blksize(self):
        self.assertEqual(self.check(self.dnsmasq("--tftp-no-blocksize")), (FILE, ""))

    def test_more_than_65535_blocks(self):
        data = bytes(range(256)) * 4 * 33000  # 512 bytes a block
        Path(self.folder, "x").write_bytes(data)
        data_seen, says = self.check(self.dnsmasq("--tftp-no-blocksize"))
        self.assertEqual(says, "")
        self.assertEqual(hashlib.sha256(data_seen).hexdigest(), hashlib.sha256(data).hexdigest())
