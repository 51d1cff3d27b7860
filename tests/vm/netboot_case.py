# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of tests with a network boot service: a server at the other end of the cable, of which the address of a card says
what is booted."""

from case import USUAL_KIND, VmTestCase
from kbtest import nfs


class NetbootCase(VmTestCase):
    def start(self, mac, conf="netboot=true\n", disk=None, kind=USUAL_KIND, **options):
        cable = str(self.folder / "cable")
        server = nfs.start(self.logs / "server", cable, disk=disk)
        self._machines.append(server)
        vm = self.start_kboot(kind, conf=conf, extra=nfs.card(cable, mac), **options)
        nfs.serve(server)
        return vm

    @staticmethod
    def mac(program):
        return next(mac for mac, name in nfs.BOOTS.items() if name == program)
