# SPDX-License-Identifier: GPL-2.0-or-later
"""DHCPv6 with the image's program and its BusyBox, which has a client for it where Debian's has none. QEMU is not needed."""

import os
import sys
import tempfile
from pathlib import Path
from unittest import mock

from case import ROOT
from test_static import unpack

sys.path.append(str(ROOT / "tests/net"))
from test_network import SIX_DNS, NetworkCase  # pylint: disable=wrong-import-position


class Dhcp6Test(NetworkCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        programs = {name: str(unpack(Path(folder.name), path))
                    for name, path in {"KBOOT": "sbin/kboot", "KBOOT_BUSYBOX": "bin/busybox"}.items()}
        patch = mock.patch.dict(os.environ, programs)
        patch.start()
        self.addCleanup(patch.stop)

    def test_addresses_by_dhcp(self):
        """The router says that it has none, and who has."""
        text = self.run_script(fr"""
            as_cards
            server --enable-ra --dhcp-range=fd09:0::50,fd09:0::60,64,1h --interface=s0 {SIX_DNS}
            network up
            network
            cat /run/resolv.conf
            ping -6 -c 1 -W 5 fd09::1 || /run/bin/ping -c 1 -W 5 fd09::1
        """)
        self.assertRegex(text, r"(?m)^eth0  up  \S+  fd09::[56]\w/128 \(DHCPv6\)$")
        self.assertIn("search kboot.test\nnameserver fd09::1\n", text)

    def test_the_rest_by_dhcp(self):
        """Addresses are the router's; name servers DHCP has, where the router does not say them itself."""
        text = self.run_script(fr"""
            as_cards
            server --enable-ra --dhcp-range=fd09:0::,ra-stateless,64 --interface=s0 {SIX_DNS}
            network up
            network
            cat /run/kboot/network/dns-2-eth0
        """)
        self.assertRegex(text, r"(?m)^eth0  up  \S+  fd09::\S+/64 \(from the router\)$")
        self.assertIn("nameserver fd09::1\n", text)

    def test_nobody_gives_addresses(self):
        """Asked for by name, DHCPv6 is not waited for longer than DHCP."""
        text = self.run_script(r"""
            as_cards
            ! network up eth0 --config eth0:dhcp6
        """)
        self.assertEqual(text, "network: eth0 gets no address by IPv6 (within 6 s)\n")
