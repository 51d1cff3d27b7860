#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Two networks of their own with a cable between them that loses packets: servers in one, `kboot fetch` in the other.

`unshare --net lossy.py FILE SEED LOSS URL…`: LOSS packets of 100 are lost in each direction, the same ones for a SEED, as far as
both sides send the same. `HTTP` and `TFTP` in a URL are the servers. Writes what was fetched to stdout, and to stderr, in a last line, how
many packets went and how many were lost. The cable is two TUN devices and this program, as not every kernel has netem.
"""

import fcntl
import os
import random
import select
import struct
import subprocess
import sys
import threading
from pathlib import Path

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
FAR, NEAR = "10.9.0.1", "10.9.0.2"
PACKET = 65536


def plug(address):
    """One end of the cable, in this network."""
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", b"cable", IFF_TUN | IFF_NO_PI))
    for words in (["link", "set", "lo", "up"], ["addr", "add", f"{address}/30", "dev", "cable"], ["link", "set", "cable", "up"]):
        subprocess.run(["ip", *words], check=True)
    return fd


class Cable:
    def __init__(self, ends, seed, loss):
        self.other = {ends[0]: ends[1], ends[1]: ends[0]}
        # One for each direction: which packets go does not hang on how both interleave.
        self.random = {end: random.Random(seed + number) for number, end in enumerate(ends)}
        self.loss, self.sent, self.lost = loss / 100, 0, 0
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            for end in select.select(list(self.other), [], [])[0]:
                packet = os.read(end, PACKET)
                self.sent += 1
                # IPv6 asks for routers on its own account.
                if packet[0] >> 4 == 4 and self.random[end].random() < self.loss:
                    self.lost += 1
                else:
                    os.write(self.other[end], packet)


def far(file, *words):
    end = plug(FAR)
    os.set_inheritable(end, True)
    sys.path.insert(0, str(Path(__file__).parent))
    from servers import Server, running  # pylint: disable=import-outside-toplevel

    data = Path(file).read_bytes()

    def answer(request, _number):
        if request.headers["Range"]:
            request.rest(data, 'ETag: "one"')
        else:
            request.give(data, 'ETag: "one"')

    server = Server(answer, FAR)
    tftp = ["dnsmasq", "--conf-file=/dev/null", "--user=root", "--group=root", "--port=0", "--keep-in-foreground", "--pid-file=",
            "--log-facility=/dev/null", "--enable-tftp", f"--tftp-root={Path(file).parent}"]
    with running(server), subprocess.Popen(tftp, env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin"}) as real:
        try:
            urls = [word.replace("HTTP", f"http://{FAR}:{server.server_port}").replace("TFTP", f"tftp://{FAR}") for word in words[2:]]
            return subprocess.run(["unshare", "--net", sys.executable, __file__, "--near", str(end), *words[:2], *urls],
                                  pass_fds=[end], check=False).returncode
        finally:
            real.kill()


def near(end, seed, loss, *words):
    cable = Cable((int(end), plug(NEAR)), int(seed), int(loss))
    code = subprocess.run([os.environ["KBOOT"], "fetch", *words], check=False).returncode
    print(f"{cable.sent} sent, {cable.lost} lost", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(near(*sys.argv[2:]) if sys.argv[1] == "--near" else far(*sys.argv[1:]))
