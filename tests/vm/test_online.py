# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine online, or not: the clock, the cable, DHCP, DNS, captive networks, IPv6; what is local boots on time in each."""

import re
import time

from case import USUAL_KIND, VmTestCase
from kbtest import disks, nfs
from kbtest.terminal import ENTER
from test_remote import BUNDLE, DAYS, HERE, Authority, RemoteTestCase, serve

DAY = 86400
LOCAL = f"LABEL={disks.RESCUE_LABEL}:"
def says(pattern):
    """The screen's words, wherever a line ends."""
    return lambda screen: re.search(pattern, " ".join(screen.text.split()))


LOGIN = b"<!DOCTYPE html>\n<title>Welcome</title><form>Name: <input></form>\n"


class ClockTest(RemoteTestCase):
    """The image is of 400 days ago, the certificate of 300: only who knows the time takes it."""

    BUILT = {"/etc/build-time": str(int(time.time()) - 400 * DAY).encode()}

    def start_with_clock(self, base, server, authority, **options):
        line = self.line(f"https://{HERE}:{server.server_port}", f" nonce={self.nonce}")
        return self.start(f"Net='{line}'\n{options.pop('conf', '')}", USUAL_KIND, {**self.BUILT, BUNDLE: authority.file.read_bytes()},
                          power_on=True, extra=("-rtc", f"base={base}", *options.pop("extra", ())), **options)

    def test_a_time_server(self):
        """That DHCP names (option 42): a clock of 2060 is repaired, and one of 1980; the kernel comes by HTTPS."""
        authority = Authority(self.folder, begin=-DAYS)
        cable = str(self.folder / "cable")
        time_server = nfs.start(self.logs / "server", cable)
        self._machines.append(time_server)
        with serve(self.answer, tls=authority.context(f"IP:{HERE}", begin=-300)) as server:
            vm = self.start_with_clock("2060-01-01T00:00:00", server, authority, extra=nfs.card(cable),
                                       conf="network=eth0:dhcp eth1:dhcp\n")
            self.assertIn("2060", vm.control.run("date"))
            nfs.serve(time_server)
            vm.control.run("network up --config 'eth0:dhcp eth1:dhcp'")
            vm.control.run(f"date -s 1980-01-01 && kboot fetch https://{HERE}:{server.server_port}/vmlinuz /dev/null")
            self.assertNotIn("1980", vm.control.run("date"))
            vm.control.run("date -s 2060-01-01")
            self.boot(vm, "Net")
            self.wait_nonce(vm)

    def test_no_time_server(self):
        """The sentence names the clock; what is local boots all the same."""
        authority = Authority(self.folder, begin=-DAYS)
        rescue = disks.rescue_disk(self.folder / "rescue.img", "# nothing here\n")
        local = disks.rescue_entry(f"nonce={self.nonce}", LOCAL)
        with serve(self.answer, tls=authority.context(f"IP:{HERE}", begin=-300)) as server:
            vm = self.start_with_clock("1980-01-01T00:00:00", server, authority, disks=[self.disk(rescue, "rescue")],
                                       conf=f"Local='{local}'\nntp=10.0.2.77\n")
            self.boot(vm, "Net")
            vm.wait_screen(says(rf"{HERE}.* is from the future: is the clock right\? It shows 1980-01-01"),
                           "the sentence", 60)
            self.assertRegex(self.status(vm), r"clock: unset: it shows 1980-01-01 .*; no time server answers \(10\.0\.2\.77")
            self.boot(vm, "Local")
            self.wait_nonce(vm)


class CableTest(RemoteTestCase):
    def test_no_cable_and_no_answer(self):
        """Neither costs what is local anything, and the menu says what is missing."""
        rescue = disks.rescue_disk(self.folder / "rescue.img", "# nothing here\n")
        conf = f"netboot=true\nLocal='{disks.rescue_entry(f'nonce={self.nonce}', LOCAL)}'\ndefault=Local\ntimeout=25\n"
        vm = self.start_kboot(USUAL_KIND, conf=conf, disks=[self.disk(rescue, "rescue")],
                              extra=("-netdev", "hubport,id=net,hubid=0", "-device", "virtio-net-pci,netdev=net,romfile="))
        begun = vm.clock()
        self.wait_menu(vm, "Local")
        vm.qmp.command("set_link", name="net", up=False)
        vm.wait_screen(says("no link on eth0: is the cable in"), "that the cable is missing", 60)
        vm.qmp.command("set_link", name="net", up=True)
        vm.wait_screen(says("nobody answers DHCP on eth0"), "that nobody answers", 60)
        self.wait_nonce(vm)
        self.assertLess(vm.clock() - begun, 120)

    def test_cable_later(self):
        """Then the network comes up, what a boot service has is listed, and a kernel from a server boots."""
        with serve(self.answer) as server:
            base = f"http://{HERE}:{server.server_port}"
            (self.folder / "pxelinux.cfg").mkdir()
            (self.folder / "pxelinux.cfg/default").write_text("LABEL x\nMENU LABEL By the service\nKERNEL vmlinuz\n")
            vm = self.start(f"netboot=true\nNet='{self.line(base, f' nonce={self.nonce}')}'\n", USUAL_KIND,
                            netdev=f",tftp={self.folder},bootfile=pxelinux.0")
            vm.qmp.command("set_link", name="net", up=False)
            vm.wait_screen(says("no link"), "that the cable is missing", 60)
            self.boot(vm, "Net")
            vm.wait_screen(says("Net cannot be booted: .*no link on eth0"), "why not", 60)
            vm.qmp.command("set_link", name="net", up=True)
            vm.wait_screen(says(r"eth0 10\.0\.2\.15/24"), "the address", 60)
            vm.wait_screen(says("By the service"), "the service's entry", 60)
            self.boot(vm, "Net")
            self.wait_nonce(vm)


class CaptiveTest(RemoteTestCase):
    def login(self, request, _number):
        if request.path.startswith("/away"):
            request.head(302, f"Location: http://{HERE}:{request.server.server_port}/login")
        else:
            request.give(LOGIN)

    def test_a_login_page_is_no_kernel(self):
        """Nor is it what a digest was made of; and a name server that does not answer is named. network= is static, and changes."""
        with serve(self.login) as server:
            base = f"http://{HERE}:{server.server_port}"
            conf = "\n".join((f"Page={base}/vmlinuz", f"Away={base}/away", f"Checked={base}/vmlinuz#sha256={'0' * 64}", f"Late={base}/late",
                              "network=10.0.2.77::10.0.2.2:24::eth0:none:10.0.2.99", ""))
            vm = self.start(conf, USUAL_KIND)
            login = r"is a web page \(does the network want a login first\?\), not a kernel"
            for title, sentence in (("Page", login), ("Away", login), ("Checked", "sha256")):
                self.boot(vm, title)
                vm.wait_screen(says(rf"{title} cannot be booted: .*{sentence}"), f"why not {title}", 60)
            vm.wait_screen(says(r"eth0 10\.0\.2\.77/24 "), "the address")
            said = vm.control.run("kboot fetch --timeout 12 http://www.kboot.test/x /dev/null 2>&1 || true")
            self.assertIn("no name server answers (10.0.2.99)", said)
            vm.control.run("kboot shell -c 'network=10.0.2.78/24::10.0.2.2:::eth0' && network down")
            self.boot(vm, "Late")
            vm.wait_screen(says(r"eth0 10\.0\.2\.78/24 "), "the other address", 60)


class CableToServerTest(VmTestCase):
    def start(self, mac, conf):
        cable = str(self.folder / "cable")
        server = nfs.start(self.logs / "server", cable)
        self._machines.append(server)
        vm = self.start_kboot(USUAL_KIND, conf=conf, extra=nfs.card(cable, mac))
        nfs.serve(server)
        return vm

    def test_ipv6_alone(self):
        """Routers have addresses and name servers, nobody answers DHCP: kernel by address, initrd by name."""
        vm = self.start(nfs.SIX_MAC, f"Six='http://[{nfs.ADDRESS6}]/vmlinuz initrd=http://six.kboot.test/initrd.img "
                                     f"{disks.CONSOLES} nonce={self.nonce}'\n")
        self.wait_menu(vm, "Six")
        self.select(vm, "Six")
        vm.keys(ENTER)
        self.wait_nonce(vm)
        # It was shown, however short it took.
        self.assertRegex(bytes(vm.serial_log), rb"\(from the router\)")

    def test_a_gateway_by_a_classless_route(self):
        """The address is a network of its own (/32)."""
        vm = self.start(nfs.ROUTES_MAC, f"Net='http://{nfs.WEB_NAME}/vmlinuz initrd=http://{nfs.ADDRESS}/initrd.img "
                                        f"{disks.CONSOLES} nonce={self.nonce}'\n")
        self.wait_menu(vm, "Net")
        self.select(vm, "Net")
        vm.keys(ENTER)
        self.wait_nonce(vm)
        self.assertRegex(bytes(vm.serial_log), rb"10\.7\.0\.\d+/32")
