# SPDX-License-Identifier: GPL-2.0-or-later
"""Servers on loopback that do right or wrong as a test says, and the program that fetches from them."""

import contextlib
import http.server
import os
import socket
import struct
import subprocess
import threading
import time

CONTENT = bytes(range(256)) * 1024  # 256 KiB
PROXIES = ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")


class Fetched:
    """What `kboot fetch` did: code, the bytes, its sentence and how long it took."""

    def __init__(self, words, environment, deadline_s):
        started = time.monotonic()
        done = subprocess.run([os.environ["KBOOT"], "fetch", *words], stdin=subprocess.DEVNULL, capture_output=True,
                              env=environment, timeout=deadline_s, check=False)
        self.seconds = time.monotonic() - started
        self.code, self.data = done.returncode, done.stdout
        self.says = done.stderr.decode().strip()


def fetch(*words, deadline_s=60, **environment):
    """Options as they are typed; environment is added to ours, which has no proxy."""
    base = {name: value for name, value in os.environ.items() if name not in PROXIES}
    return Fetched([str(word) for word in words], base | environment, deadline_s)


class Request(http.server.BaseHTTPRequestHandler):
    """One HTTP request; the test's answer(request, number) writes to it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        with server.lock:
            server.requests.append(self)
            number = len(server.requests)
        self.close_connection = True
        try:
            server.answer(self, number)
        except (BrokenPipeError, ConnectionResetError):
            server.broken.set()

    do_CONNECT = do_POST = do_GET

    def log_message(self, *args):
        pass

    def head(self, status, *headers, length=None):
        self.send_response(status)
        for header in headers:
            name, _, value = header.partition(": ")
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def give(self, data=CONTENT, *headers, status=200):
        self.head(status, *headers, length=len(data))
        self.wfile.write(data)

    def rest(self, data=CONTENT, *headers):
        """As a server does that knows ranges: the rest from where it was asked for."""
        begin = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        self.give(data[begin:], f"Content-Range: bytes {begin}-{len(data) - 1}/{len(data)}", *headers, status=206)

    def reset(self):
        """The connection breaks, as when a machine goes down."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer, address="127.0.0.1", tls=None):
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, 0), Request)
        self.answer, self.tls = answer, tls
        self.requests, self.lock, self.broken = [], threading.Lock(), threading.Event()
        host = f"[{address}]" if ":" in address else address
        self.at = f"{host}:{self.server_port}"
        self.url = f"{'https' if tls else 'http'}://{self.at}"

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls:
            connection.settimeout(20)
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        """What a client breaks off is no news."""


@contextlib.contextmanager
def running(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def serve(answer, address="127.0.0.1", tls=None):
    return running(Server(answer, address, tls))


def give(request, _number):
    request.give()


def unused_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
