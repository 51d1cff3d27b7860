# SPDX-License-Identifier: GPL-2.0-or-later
"""What a network says that is to be booted: the probe and dnsmasq, as DHCP server and as proxyDHCP server beside it."""

import os
import re

from test_network import RANGE, NetworkCase

# Of the two servers at the other end of eth0, which share port 67, the DHCP server is 10.9.0.1 and the proxyDHCP server
# 10.9.0.2.
PREPARE = r"""
as_cards
$iproute link set eth0 up
$iproute -n server addr add 10.9.0.2/24 dev s0
proxy() {
    nsenter --net=/run/netns/server dnsmasq --conf-file=/dev/null --keep-in-foreground --user=root --port=0 --pid-file= \
        --log-facility=/run/proxy.log --log-dhcp --bind-interfaces --listen-address=10.9.0.2 --dhcp-range=10.9.0.0,proxy "$@" &
    wait_for "[ -s /run/proxy.log ]"
}
probe() {
    begin=$(cut -d. -f1 /proc/uptime)
    "$BOOT_PROBE" "$@" || echo failed
    echo took $(($(cut -d. -f1 /proc/uptime) - begin))
}
"""


class ProbeTest(NetworkCase):
    def run_script(self, script):
        os.environ["BOOT_PROBE"] = os.path.abspath(os.environ["KBOOT_BOOT_PROBE"])
        text = super().run_script(f"{PREPARE}\n{script}")
        return re.sub(r"(?m)^opt97=.*\n", "", text)

    def test_dhcp_server(self):
        """Beside a client that keeps the lease; whose file is by user class and architecture."""
        text = self.run_script(fr"""
            server {RANGE} --bind-interfaces --listen-address=10.9.0.1 --dhcp-userclass=set:ipxe,iPXE --dhcp-match=set:efi,option:client-arch,7 \
                --dhcp-boot=tag:ipxe,http://10.9.0.1/boot.ipxe --dhcp-boot=tag:!ipxe,tag:efi,grubx64.efi,boot.test,10.9.0.7 \
                --dhcp-boot=tag:!ipxe,tag:!efi,pxelinux.0 --dhcp-option=17,/root --dhcp-option-force=209,a.cfg
            network up eth0
            cp /run/kboot/dhcp/eth0 /run/before
            probe eth0 7 10.9.0.1
            echo --
            probe eth0 7 10.9.0.1 other
            echo --
            probe eth0 0 10.9.0.1 ''
            cmp /run/before /run/kboot/dhcp/eth0
            grep -c 'DHCPREQUEST(s0)' /run/log
        """)
        ipxe, efi, bios = text.split("--\n")
        self.assertIn("bootfile=http://10.9.0.1/boot.ipxe\n", ipxe)
        self.assertIn("rootpath=/root\n", ipxe)
        self.assertIn("pxeconffile=a.cfg\n", ipxe)
        self.assertIn("10.9.0.1 answers: it names a file, and no proxyDHCP server does\n", ipxe)
        self.assertRegex(ipxe, r"(?m)^took [23]$")
        # dnsmasq says the name as option 66, and the address beside it.
        self.assertIn("siaddr=10.9.0.7\ntftp=boot.test\n", efi)
        self.assertIn("bootfile=grubx64.efi\n", efi)
        self.assertIn("serverid=10.9.0.1\n", efi)
        self.assertIn("tftp=10.9.0.1\nbootfile=pxelinux.0\n", bios)
        # It takes no lease: the one request is udhcpc's.
        self.assertTrue(bios.endswith("\n1\n"), bios)

    def test_no_proxy_is_waited_for(self):
        text = self.run_script(fr"""
            server {RANGE} --bind-interfaces --listen-address=10.9.0.1 --dhcp-boot=x.ipxe --dhcp-option=encap:175,176,1b
            network up eth0
            probe eth0 7 10.9.0.1
        """)
        self.assertRegex(text, r"(?m)^opt175=.*b00101")
        self.assertIn("says that no proxyDHCP server counts\n", text)
        self.assertRegex(text, r"(?m)^took [01]$")

    def test_proxy_beside_a_dhcp_server(self):
        """One of UEFI says its file at port 4011 only, and one with a menu of each item only."""
        text = self.run_script(fr"""
            server {RANGE} --bind-interfaces --listen-address=10.9.0.1 --dhcp-boot=of-the-router
            proxy --pxe-service=x86-64_EFI,Start,proxy.efi --pxe-service=x86PC,Start,proxy --pxe-service=x86PC,Disk,0 \
                --pxe-service=x86PC,Second,second,10.9.0.7 --pxe-prompt=Choose,5
            network up eth0
            probe eth0 7 10.9.0.1
            echo --
            probe eth0 0 10.9.0.1
            grep -c DHCPACK /run/log
        """)
        efi, bios = text.split("--\n")
        first, second = bios.split("Second:\n")
        self.assertTrue(first.startswith("Start:\n"), first)
        for part, file in ((efi, "proxy.efi"), (first, "proxy.0"), (second, "second.0")):
            self.assertIn(f"bootfile={file}\nboot_file={file}\n", part)
            self.assertIn("10.9.0.2 answers (proxyDHCP): it names a file as a proxyDHCP", part)
            self.assertIn("serverid=10.9.0.2\n", part)
            self.assertRegex(part, r"(?m)^vendor=PXEClient$")
        for part, address in ((efi, "10.9.0.2"), (first, "10.9.0.2"), (second, "10.9.0.7")):
            self.assertIn(f"siaddr={address}\n", part)
        for part in (efi, bios):
            self.assertRegex(part, r"(?m)^took [23]$")
        self.assertIn("waits 5 s\n", second)
        self.assertNotIn(":\n", efi)
        self.assertTrue(bios.endswith("\n1\n"), bios)

    def test_proxy_that_says_it_at_once(self):
        text = self.run_script(fr"""
            server {RANGE} --bind-interfaces --listen-address=10.9.0.1
            proxy --dhcp-boot=http://10.9.0.2/x.ipxe --pxe-service=x86PC,Start,of-the-menu
            network up eth0
            probe eth0 0 10.9.0.1
        """)
        self.assertIn("tftp=10.9.0.2\nbootfile=http://10.9.0.2/x.ipxe\n", text)

    def test_without_an_address(self):
        """Offers come; nobody can be asked again."""
        text = self.run_script(fr"""
            server {RANGE} --bind-interfaces --listen-address=10.9.0.1 --dhcp-boot=of-the-router
            proxy --pxe-service=x86-64_EFI,Start,proxy.efi
            probe eth0 7 -
        """)
        self.assertIn("tftp=10.9.0.1\nbootfile=of-the-router\n", text)
        self.assertRegex(text, r"(?m)^took [23]$")

    def test_nothing_to_boot(self):
        text = self.run_script(fr"""
            server {RANGE} --bind-interfaces --listen-address=10.9.0.1
            network up eth0
            probe eth0 7 10.9.0.1
        """)
        self.assertIn("10.9.0.1 answers: no server names a file to boot\n", text)
        self.assertNotIn("bootfile", text)

    def test_nobody_answers(self):
        text = self.run_script(r"""
            ip addr add 10.9.0.33/24 dev eth0
            probe eth0 7 -
            ! "$BOOT_PROBE" lo 7 -
            ! "$BOOT_PROBE" eth7 7 -
            ip link set eth0 down
            ! "$BOOT_PROBE" eth0 7 -
        """)
        self.assertIn("eth0: no server says what to boot: nobody answers DHCP (within 4 s)\n", text)
        self.assertRegex(text, r"(?m)^failed\ntook [45]$")
        self.assertIn("lo: servers cannot be asked what to boot: it is no Ethernet\n", text)
        self.assertIn("eth7: servers cannot be asked what to boot: No such device\n", text)
        self.assertIn("eth0: servers cannot be asked what to boot: Network is ", text)
