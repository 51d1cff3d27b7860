# SPDX-License-Identifier: GPL-2.0-or-later
"""Network boot services drive kboot: one server that nobody changes for it, and machines that differ in their card."""

from netboot_case import NetbootCase
from kbtest.terminal import ENTER


class NetbootTest(NetbootCase):
    def boots(self, program, title, nonce):
        vm = self.start(self.mac(program))
        self.wait_menu(vm, title)
        self.select(vm, title)
        vm.keys(ENTER)
        self.wait_nonce(vm, nonce=nonce)
        return vm

    def test_pxelinux_by_the_address_of_the_card(self):
        """Without a menu PXELINUX starts its default at once; and the installer is told which card it was."""
        vm = self.start(self.mac("pxelinux"), kind="stock", power_on=True)
        self.wait_nonce(vm, nonce="by-pxelinux")
        self.assertIn(b"BOOTIF=01-52-54-00-07-00-12", bytes(vm.serial_log))

    def test_script_of_ipxe(self):
        """With a file that the script puts into the initrd; and the machine is what it is."""
        vm = self.boots("ipxe", "By iPXE", "by-linux")
        self.assertIn(b" platform=pcbios mac=52:54:00:07:00:13", bytes(vm.serial_log))
        vm.wait_serial(r"A shell follows")
        vm.keys("ls -l /proof/of/note; cat /proof/of/note", ENTER)
        vm.wait_serial(r"^-rw------- .* /proof/of/note\r?\na note of the server\r?$")

    def test_proxy_beside_the_dhcp_server(self):
        """It says its files at port 4011 only: the items of its menu are submenus, and the first starts when its time is over."""
        vm = self.start(self.mac("proxy"))
        vm.wait_screen(lambda s: "Installers" in s.text and "Scripts" in s.text and "By a proxy" in s.text, "the proxy's menu", 180)
        self.wait_nonce(vm, nonce="by-proxy")
        self.assertIn(b"BOOTIF=01-52-54-00-07-00-15", bytes(vm.serial_log))

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
