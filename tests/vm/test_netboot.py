# SPDX-License-Identifier: GPL-2.0-or-later
"""Network boot services drive kboot: one server that nobody changes for it, and three machines that differ in their card."""

from case import VmTestCase
from kbtest import nfs
from kbtest.terminal import ENTER


class NetbootTest(VmTestCase):
    def start(self, mac, conf="netboot=true\n", **options):
        cable = str(self.folder / "cable")
        server = nfs.start(self.logs / "server", cable)
        self._machines.append(server)
        vm = self.start_kboot("stock", conf=conf, extra=nfs.card(cable, mac), power_on=True, **options)
        nfs.serve(server)
        return vm

    def boots(self, program, title, nonce):
        mac = next(mac for mac, name in nfs.BOOTS.items() if name == program)
        vm = self.start(mac)
        self.wait_menu(vm, title)
        self.select(vm, title)
        vm.keys(ENTER)
        self.wait_nonce(vm, nonce=nonce)
        return vm

    def test_pxelinux_by_the_address_of_the_card(self):
        """Without a menu PXELINUX starts its default at once; and the installer is told which card it was."""
        mac = next(mac for mac, name in nfs.BOOTS.items() if name == "pxelinux")
        vm = self.start(mac)
        self.wait_nonce(vm, nonce="by-pxelinux")
        self.assertIn(b"BOOTIF=01-52-54-00-07-00-12", bytes(vm.serial_log))

    def test_script_of_ipxe(self):
        self.boots("ipxe", "By iPXE", "by-linux")

    def test_grub(self):
        self.boots("grub", "By GRUB", "by-grub")

    def test_no_boot_file(self):
        vm = self.start("52:54:00:07:00:02")
        self.wait_menu(vm)
        vm.wait_until(lambda: "network: the DHCP server names no boot file" in vm.control.run("kboot explain"), "the reason")

    def test_nobody_answers(self):
        """What is on the machine boots on time."""
        vm = self.start_kboot("stock", conf="netboot=true\nHere='//init'\n")
        self.wait_menu(vm, "Here")
        vm.wait_until(lambda: "network: there is no network card" in vm.control.run("kboot explain"), "the reason")
