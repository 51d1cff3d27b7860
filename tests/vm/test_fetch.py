# SPDX-License-Identifier: GPL-2.0-or-later
"""Files from servers, fetched in a machine: the image's own libcurl, wolfSSL, authorities and clock."""

import hashlib
import sys
import time

from case import ROOT, VmTestCase
from kbtest import disks

sys.path.append(str(ROOT / "tests/net"))
from certificates import Authority  # pylint: disable=wrong-import-position
from servers import CONTENT, give, serve  # pylint: disable=wrong-import-position
from sshd import USER, Sshd  # pylint: disable=wrong-import-position
from test_ftp import serving  # pylint: disable=wrong-import-position

# The computer that runs the test, as QEMU's user network shows it.
HERE = "10.0.2.2"
OURS = "10.0.2.15/24"
CA = "/etc/test-ca.pem"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
DAYS = 20 * 365  # long before the image was built


class FetchTest(VmTestCase):
    def start(self, kind):
        self.authority = Authority(self.folder, begin=-DAYS)
        (self.folder / "files").mkdir()
        (self.folder / "files/x").write_bytes(CONTENT)
        network = ("-netdev", f"user,id=net,tftp={self.folder / 'files'}", "-device", "virtio-net-pci,netdev=net,romfile=")
        vm = self.start_kboot(kind, conf=f"Here='{disks.rescue_entry()}'\n", extra=network,
                              files={CA: self.authority.file.read_bytes()})
        self.wait_menu(vm)
        # The menu may be there before the card's driver.
        vm.wait_until(lambda: "eth0" in vm.control.run("ls /sys/class/net"), "the network card")
        vm.control.run(f"ip link set eth0 up && ip addr add {OURS} dev eth0 && rm -f /tmp/x")
        # A machine that goes on from a saved state has the clock of then.
        vm.control.run(f"date -s @{int(time.time())}")
        return vm

    def fetch(self, vm, url, options):
        """Its code and sentence, without the progress that a terminal is shown."""
        return vm.control.run(f"kboot fetch {url} //tmp/x {' '.join(options)} 2>/tmp/says; code=$?; cat /tmp/says; exit $code",
                              check=False)

    def check(self, vm, url, *options):
        """It arrives, whole."""
        code, says = self.fetch(vm, url, options)
        self.assertEqual((code, says), (0, ""), url)
        self.assertEqual(vm.control.run("sha256sum /tmp/x; rm /tmp/x"), f"{SHA256}  /tmp/x", url)

    def refused(self, vm, url, sentence, *options):
        code, says = self.fetch(vm, url, options)
        self.assertEqual((code, says), (1, f"kboot: {url}: {sentence}"))
        self.assertEqual(vm.control.run("ls /tmp/x 2>/dev/null || true"), "")

    def every_scheme(self, kind):
        vm = self.start(kind)
        with serve(give) as server:
            self.check(vm, f"http://{HERE}:{server.server_port}/x", "--sha256", SHA256)
        with serving(str(self.folder / "files")) as (port, _):
            self.check(vm, f"ftp://{HERE}:{port}/x")
        self.check(vm, f"tftp://{HERE}/x")
        with serve(give, tls=self.authority.context(f"IP:{HERE}")) as server:
            url = f"https://{HERE}:{server.server_port}/x"
            self.check(vm, url, "--ca", CA)
            # Those of the image are read, and the test's is none of them.
            self.refused(vm, url, f"nobody who is trusted here has signed the certificate of {HERE}")
        with serve(give, tls=self.authority.context("IP:10.0.2.3")) as server:
            self.refused(vm, f"https://{HERE}:{server.server_port}/x",
                         f"the certificate is another host's than {HERE}'s", "--ca", CA)

    def test_every_scheme_custom(self):
        self.every_scheme("custom")

    def test_every_scheme_stock(self):
        self.every_scheme("stock")

    def test_ssh(self):
        """The image's own dbclient: files, and a person at the prompt."""
        server = Sshd(self.folder)
        (self.folder / "x").write_bytes(CONTENT)
        vm = self.start("custom")
        vm.control.put("/etc/kboot/ssh_identity", server.identity.read_bytes())
        url = f"sftp://{HERE}:{server.port}{self.folder}/x"
        ours = url.replace("//", f"//{USER}@")
        place = f"[{HERE}]:{server.port}"
        with server.running():
            code, says = self.fetch(vm, ours, [])
            self.assertEqual((code, says), (1, f"kboot: {url}: the server's key is not known: ED25519 {server.fingerprint()}; who "
                                            f"trusts it adds to config/known_hosts: {place} {server.key}"))
            vm.control.put("/etc/kboot/known_hosts", f"{place} {server.key}\n".encode())
            self.check(vm, ours, "--sha256", SHA256)
            self.check(vm, ours.replace("sftp:", "scp:"))
            code, says = self.fetch(vm, ours.replace(f"{USER}@", "nobody@"), [])
            self.assertEqual((code, says), (1, f"kboot: {url}: the server wants a password or key of nobody that is not there"))
            vm.control.put("/root/.ssh/known_hosts", f"{HERE} {server.key}\n".encode())
            self.assertEqual(vm.control.run(f"HOME=/root ssh -p {server.port} {USER}@{HERE} echo yes"), "yes")
            vm.control.run(f"HOME=/root scp -P {server.port} {USER}@{HERE}:{self.folder}/x /tmp/x")
            self.assertEqual(vm.control.run("sha256sum /tmp/x"), f"{SHA256}  /tmp/x")

    def test_clock(self):
        """Of a machine that does not know the time: certificates count that were good when the image was built."""
        vm = self.start("custom")
        with serve(give, tls=self.authority.context(f"IP:{HERE}", begin=-DAYS)) as server:
            url = f"https://{HERE}:{server.server_port}/x"
            vm.control.run("date -s 1980-01-01")
            self.check(vm, url, "--ca", CA)
            self.refused(vm, url, f"nobody who is trusted here has signed the certificate of {HERE}")
            vm.control.run("rm /etc/build-time && date -s 1980-01-01")
            self.refused(vm, url, f"no authority for the certificate of {HERE} could be read: is the clock right? "
                                  "It shows 1980-01-01 00:00 UTC", "--ca", CA)
