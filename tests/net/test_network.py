# SPDX-License-Identifier: GPL-2.0-or-later
"""`kboot network` with BusyBox's DHCP client and dnsmasq, at the ends of cables in network namespaces of the test's own."""

import os
import re
import shutil
import subprocess
import textwrap
import unittest

PROGRAMS = ("unshare", "nsenter", "ip", "dnsmasq", "busybox")
PATH = "/sbin:/bin:/usr/sbin:/usr/bin"
ALONE = ["unshare", *([] if os.getuid() == 0 else ["--map-root-user"]), "--mount", "--net", "--uts", "--pid", "--fork", "--kill-child",
         "--mount-proc", "/bin/sh", "-ec"]

# What a test finds: eth0 and eth1 lead to s0 and s1 of "server", 10.9.0.1 and 10.9.1.1. In /sys they look like cards. `kboot`
# and BusyBox's programs are in $PATH.
PREPARE = r"""
mount -t tmpfs tmpfs /run
mkdir -p /run/bin /run/sysfs
mount -t sysfs sysfs /run/sysfs
: >/run/cmdline
mount --bind /run/cmdline /proc/cmdline
ip netns add server
for n in 0 1; do
    ip link add eth$n address 52:54:00:07:00:0$n type veth peer name s$n netns server
    ip -n server addr add 10.9.$n.1/24 dev s$n
    ip -n server addr add fd09:$n::1/64 dev s$n nodad
    ip -n server link set s$n up
done
ip -n server link set lo up
card() {
    device=/sys/devices/pci0000:00/0000:00:0$2.0
    mkdir -p $device/net/$1 /sys/class/net
    for file in address addr_assign_type carrier dev_port flags operstate speed type uevent; do
        ln -s /run/sysfs/class/net/$1/$file $device/net/$1/$file
    done
    ln -s ../.. $device/net/$1/device
    ln -s ../../devices/pci0000:00/0000:00:0$2.0/net/$1 /sys/class/net/$1
}
as_cards() {
    mount -t tmpfs tmpfs /sys
    card eth0 3
    card eth1 4
}
no_cards() {
    mount -t sysfs sysfs /sys
}
wait_for() {
    for _ in $(seq 100); do
        if eval "$1"; then return 0; fi
        sleep 0.1
    done
    echo "in vain: $1"
    exit 1
}
server() {
    nsenter --net=/run/netns/server dnsmasq --conf-file=/dev/null --keep-in-foreground --user=root --port=0 --pid-file= --log-facility=/run/log \
        --log-dhcp --dhcp-leasefile=/run/leases --dhcp-authoritative --no-ping --dhcp-option=6,10.9.0.1 "$@" &
    wait_for "[ -s /run/log ]"
}
for name in ip udhcpc ping; do ln -s "$(command -v busybox)" /run/bin/$name; done
if [ "$KBOOT_BUSYBOX" ]; then ln -s "$KBOOT_BUSYBOX" /run/bin/udhcpc6; fi
ln -s "$KBOOT" /run/bin/kboot
ln -s "$KBOOT" /run/bin/network
iproute=$(command -v ip)
export PATH=/run/bin:$PATH
"""
RANGE = "--dhcp-range=10.9.0.50,10.9.0.60,255.255.255.0,1h"


class NetworkCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = [name for name in PROGRAMS if not shutil.which(name, path=PATH)]
        if missing:
            raise unittest.SkipTest(f"{' and '.join(missing)} are not installed")
        if subprocess.run([*ALONE, "mount -t tmpfs tmpfs /run && mount -t sysfs sysfs /sys"], capture_output=True,
                          check=False).returncode != 0:
            raise unittest.SkipTest("there are no network namespaces here")

    def run_script(self, script):
        """What it printed, errors included."""
        environment = {"KBOOT_BUSYBOX": "", **os.environ, "PATH": PATH, "KBOOT": os.path.abspath(os.environ["KBOOT"])}
        done = subprocess.run([*ALONE, PREPARE + textwrap.dedent(script)], stdin=subprocess.DEVNULL, text=True, env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False)
        self.assertNotIn("Sanitizer", done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout


class DhcpTest(NetworkCase):
    def test_lease(self):
        text = self.run_script(fr"""
            as_cards
            network
            server {RANGE} --dhcp-option=15,kboot.test --dhcp-option=26,1400 --dhcp-boot=pxelinux.0
            network up
            echo --
            network
            echo --
            cat /run/kboot/dhcp/eth0 /run/resolv.conf
            ip -o link show eth0
            cp /run/kboot/dhcp/eth0 /run/before
            network up && cmp /run/before /run/kboot/dhcp/eth0
            network down
            echo --
            network
            ls /run/kboot/dhcp /run/resolv.conf 2>&1 || true
            wait_for '! pidof udhcpc >/dev/null'
            grep -c DHCPRELEASE /run/log || true
        """)
        before, up, kept, after = text.split("--\n")
        self.assertRegex(before, r"(?m)^eth0  off  52:54:00:07:00:00$")
        self.assertRegex(up, r"(?m)^eth0  up  52:54:00:07:00:00  10\.9\.0\.5\d/24 .*\(DHCP from 10\.9\.0\.1\)$")
        self.assertRegex(up, r"(?m)^    at 0000:00:03\.0.*, also .*enp0s3")
        self.assertIn("gateway 10.9.0.1 (eth0)\ndns 10.9.0.1\n", up)
        self.assertRegex(kept, r"(?m)^serverid=10\.9\.0\.1$")
        self.assertRegex(kept, r"(?m)^bootfile=pxelinux\.0$")
        self.assertIn("options timeout:3 attempts:2\nsearch kboot.test\nnameserver 10.9.0.1\n", kept)
        self.assertIn("mtu 1400", kept)
        self.assertRegex(after, r"(?m)^eth0  off  52:54:00:07:00:00$")
        self.assertNotIn("\neth0\n", after)
        self.assertRegex(after, "resolv.conf.*: No such file")
        self.assertTrue(after.endswith("\n0\n"), after)

    def test_classless_routes_and_a_gateway_elsewhere(self):
        text = self.run_script(r"""
            as_cards
            server --dhcp-range=10.9.0.50,10.9.0.60,255.255.255.0,1h --dhcp-option-force=1,255.255.255.255 --dhcp-option=3,10.9.0.99 \
                --dhcp-option=121,172.16.0.1/32,0.0.0.0,0.0.0.0/0,172.16.0.1,10.77.0.0/16,172.16.0.1
            network up eth0
            ip route
        """)
        self.assertRegex(text, r"(?m)^172\.16\.0\.1 dev eth0")
        self.assertRegex(text, r"(?m)^default via 172\.16\.0\.1 dev eth0")
        self.assertRegex(text, r"(?m)^10\.77\.0\.0/16 via 172\.16\.0\.1 dev eth0")
        self.assertNotIn("10.9.0.99", text)

    def test_a_gateway_outside_of_the_network(self):
        text = self.run_script(r"""
            as_cards
            server --dhcp-range=10.9.0.50,10.9.0.60,255.255.255.0,1h --dhcp-option-force=1,255.255.255.255 --dhcp-option=3,10.9.0.1
            network up enp0s3
            ip route
            ping -c 1 -W 5 10.9.0.1
        """)
        self.assertRegex(text, r"(?m)^default via 10\.9\.0\.1 dev eth0")
        self.assertIn("1 packets received", text)

    def test_hostile_lease(self):
        text = self.run_script(fr"""
            as_cards
            server {RANGE} '--dhcp-option-force=15,a.b $(touch /run/owned);`touch /run/owned`' --dhcp-option-force=26,68 \
                "--dhcp-option-force=67,$(printf "'\"\nserverid=6.6.6.6\n\$(touch /run/owned)\033[2J")"
            network up eth0
            cat /run/kboot/dhcp/eth0 /run/resolv.conf
            ls /run
            ip -o link show eth0
        """)
        self.assertRegex(text, r"(?m)^bootfile=.*\\x0aserverid=6\.6\.6\.6\\x0a\$\(touch /run/owned\)\\x1b\[2J$")
        self.assertEqual(re.findall(r"(?m)^serverid=.*$", text), ["serverid=10.9.0.1"])
        # BusyBox may have put its own word in the place of what is no domain.
        self.assertRegex(text, r"\nsearch (a\.b|bad)\n")
        self.assertNotIn("owned\n", text)
        self.assertIn("mtu 1500", text)

    def test_nobody_answers(self):
        text = self.run_script(r"""
            as_cards
            begin=$(cut -d. -f1 /proc/uptime)
            ! network up eth0
            ! kboot network up
            end=$(cut -d. -f1 /proc/uptime)
            echo took $((end - begin))
            $iproute -n server link set s0 down
            ! network up eth0
            ! network up eth7
            ! network down ..
        """)
        self.assertIn("network: nobody answers DHCP on eth0 (within 6 s)\n", text)
        self.assertIn("network: nobody answers DHCP on eth0 eth1 (within 6 s)\n", text)
        self.assertIn("network: no link on eth0: is the cable in?\n", text)
        self.assertIn("network: there is no interface eth7\n", text)
        self.assertIn("network: there is no interface ..\n", text)

    def test_the_first_of_many_is_enough(self):
        """eth1 has a link, and nobody behind it; then it is the one that is asked for."""
        text = self.run_script(fr"""
            as_cards
            server {RANGE} --interface=s0
            network up
            echo asking: $(pidof udhcpc | wc -w)
            network
            network down
            echo ip=dhcp BOOTIF=01-52-54-00-07-00-01 >/run/cmdline
            ! network up
            echo ip=single-dhcp >/run/cmdline
            network up
        """)
        self.assertIn("asking: 2\n", text)
        self.assertRegex(text, r"(?m)^eth0  up  .*\(DHCP from 10\.9\.0\.1\)$")
        self.assertIn("network: nobody answers DHCP on eth1 (within 6 s)\n", text)

    def test_only_one_at_a_time(self):
        """Of two that are started together the second finds the first one's work done: one lease."""
        text = self.run_script(fr"""
            as_cards
            server {RANGE} --interface=s0
            network up &
            network up
            wait $!
            grep -c 'DHCPACK(s0).*52:54:00:07:00:00' /run/log
        """)
        self.assertEqual(text, "1\n")

    def test_configured_name_servers(self):
        text = self.run_script(fr"""
            as_cards
            server {RANGE}
            network up --config 'eth0:dhcp nameserver=10.9.0.7'
            cat /run/resolv.conf
            network down
            network up --config 'eth0:dhcp nameserver=10.9.0.8 rd.peerdns=0'
            cat /run/resolv.conf
        """)
        self.assertEqual(re.findall(r"nameserver (\S+)", text), ["10.9.0.7", "10.9.0.1", "10.9.0.8"])


    def test_without_a_card(self):
        text = self.run_script("""
            no_cards
            network
            ! network up
        """)
        self.assertEqual(text, "There is no network card that this kernel has a driver for.\n"
                         "network: there is no network card that this kernel has a driver for\n")


class ConfiguredTest(NetworkCase):
    def test_static(self):
        text = self.run_script(r"""
            as_cards
            echo 'quiet ip=10.9.0.33::10.9.0.1:255.255.255.0:me:enp0s3:none:10.9.0.1:10.9.0.2' >/run/cmdline
            network up
            network
            cat /run/resolv.conf
            ping -c 1 -W 5 10.9.0.1
        """)
        self.assertRegex(text, r"(?m)^eth0  up  \S+  10\.9\.0\.33/24.* \(as configured\)$")
        self.assertRegex(text, r"(?m)^eth1  off ")
        self.assertIn("gateway 10.9.0.1 (eth0)\ndns 10.9.0.1\ndns 10.9.0.2\n", text)
        self.assertIn("1 packets received", text)

    def test_setting(self):
        """kboot.conf's counts where the command line says nothing of it."""
        text = self.run_script(r"""
            as_cards
            network up --config 'lan:off 10.9.1.33/32::10.9.1.1:::eth1 rd.route=10.77.0.0/16:10.9.1.1:eth1 ifname=lan:52:54:00:07:00:00 x=1'
            ip route
            network down
            echo ip=10.9.0.34:::24::eth0 >/run/cmdline
            network up --config off
            network
            : >/run/cmdline
            network down
            ! network up --config off
        """)
        self.assertRegex(text, r"(?m)^network: network=:\d+: `x=1`: there is no such word; ignored$")
        self.assertRegex(text, r"(?m)^default via 10\.9\.1\.1 dev eth1")
        self.assertRegex(text, r"(?m)^10\.77\.0\.0/16 via 10\.9\.1\.1 dev eth1")
        self.assertRegex(text, r"(?m)^eth0  up  \S+  10\.9\.0\.34/24")
        self.assertIn("network: it is configured to be off\n", text)

    def test_a_named_one_beside_one_that_is_up(self):
        """That another interface has an address (the card below a VLAN, from a router) is not what was asked for."""
        text = self.run_script(r"""
            as_cards
            ip link set eth1 up
            ip address add 10.9.1.99/24 dev eth1
            network up --config 'ip=10.9.0.35:::24::eth0'
            network
        """)
        self.assertRegex(text, r"(?m)^eth0  up  \S+  10\.9\.0\.35/24.* \(as configured\)$")

    def test_by_hand(self):
        text = self.run_script(r"""
            as_cards
            network eth0 10.9.0.33/24 gateway 10.9.0.1 dns 10.9.0.1
            network
            network enp0s3 fd09:0::33/64 gateway fd09:0::1
            ip -6 route
            network
            ! network eth0
            ! network eth0 10.9.0.33
            ! network eth0 10.9.0.33/24 router 10.9.0.1
            ! network eth0 10.9.0.33/24 dns
            ! network eth0 999.9.0.33/24
            ! network eth7 10.9.0.33/24
            ! network eth0 10.9.0.33/24 gateway fd09::1x
        """)
        self.assertRegex(text, r"(?m)^eth0  up  \S+  10\.9\.0\.33/24.* \(by hand\)$")
        self.assertIn("gateway 10.9.0.1 (eth0)\ndns 10.9.0.1\n", text)
        self.assertRegex(text, r"(?m)^default via fd09::1 dev eth0")
        self.assertRegex(text, r"(?m)^eth0  up  \S+  fd09::33/64 \(by hand\)$")
        for sentence in ("an address is missing, as in: network eth0 192.168.1.5/24",
                         "10.9.0.33: not an address with the size of its network, as in 192.168.1.5/24",
                         "router: neither gateway nor dns", "dns: an address is missing behind it",
                         "eth0 cannot have the address 999.9.0.33/24", "there is no interface eth7",
                         "fd09::1x cannot be the gateway of 10.9.0.33/24"):
            self.assertIn(f"network: {sentence}\n", text)

    def test_addresses_from_the_router(self):
        text = self.run_script(r"""
            as_cards
            server --enable-ra --dhcp-range=fd09:0::,ra-only,64 --interface=s0
            echo ip=eth0:auto6 >/run/cmdline
            network up
            network
            ! network up eth1 --config eth1:auto6
        """)
        self.assertRegex(text, r"(?m)^eth0  up  \S+  fd09::\S+/64")
        self.assertIn("network: nobody answers DHCP on eth1 (within 6 s)\n", text)


SIX_DNS = "'--dhcp-option=option6:dns-server,[fd09::1]' --dhcp-option=option6:domain-search,kboot.test"


class Ipv6Test(NetworkCase):
    def test_without_dhcp_of_ipv4(self):
        """Nobody answers there: routers have addresses and name servers, and the end of DHCP is not waited for."""
        text = self.run_script(fr"""
            as_cards
            server --enable-ra --dhcp-range=fd09:0::,ra-only,64 --interface=s0 {SIX_DNS}
            begin=$(cut -d. -f1 /proc/uptime)
            network up
            end=$(cut -d. -f1 /proc/uptime)
            echo took $((end - begin))
            network
            cat /run/resolv.conf
            network down
            ls /run/resolv.conf 2>&1 || true
        """)
        self.assertRegex(text, r"(?m)^eth0  up  \S+  fd09::\S+/64 \(from the router\)$")
        self.assertIn("search kboot.test\nnameserver fd09::1\n", text)
        self.assertLess(int(re.search(r"took (\d+)", text).group(1)), 6)
        self.assertRegex(text, "resolv.conf.*: No such file")

    def test_a_name_server_on_the_link(self):
        """Its address is one of the link's, which has to be said, and by number."""
        text = self.run_script(r"""
            as_cards
            server --enable-ra --dhcp-range=fd09:0::,ra-only,64 --interface=s0 '--dhcp-option=option6:dns-server,[fe80::]'
            network up
            cat /run/resolv.conf /run/sysfs/class/net/eth0/ifindex
        """)
        self.assertRegex(text, r"nameserver fe80::[0-9a-f:]+%(\d+)\n\1\n$")

    def test_both(self):
        """A lease of IPv4 is waited for; its name servers come first."""
        text = self.run_script(fr"""
            as_cards
            server {RANGE} --enable-ra --dhcp-range=fd09:0::,ra-only,64 --interface=s0 {SIX_DNS}
            network up
            network
            wait_for 'network | grep -q fd09'
        """)
        self.assertRegex(text, r"(?m)^eth0  up  \S+  10\.9\.0\.5\d/24.*\(DHCP from 10\.9\.0\.1\)$")
        self.assertRegex(text, r"(?m)^dns 10\.9\.0\.1$")


class NamesTest(NetworkCase):
    def test_the_lease_names_the_machine(self):
        text = self.run_script(fr"""
            as_cards
            echo kboot >/proc/sys/kernel/hostname
            server {RANGE} --dhcp-host=52:54:00:07:00:00,node7 --dhcp-host=52:54:00:07:00:01,node8
            network up eth0
            cat /proc/sys/kernel/hostname
            network down eth0
            echo mine >/proc/sys/kernel/hostname
            network up eth0
            cat /proc/sys/kernel/hostname
        """)
        self.assertEqual(text, "node7\nmine\n")


class NameServerTest(NetworkCase):
    def test_dead(self):
        """Whether nobody knows a name, or nobody could be asked."""
        text = self.run_script(fr"""
            as_cards
            server {RANGE} --interface=s0 --dhcp-option=6,10.9.0.77
            network up
            : >/run/resolv.none
            mount --bind /run/resolv.conf /etc/resolv.conf
            ! kboot fetch --timeout 8 http://www.kboot.test/x /dev/null
            ! kboot fetch --timeout 8 tftp://www.kboot.test/x /dev/null
            umount /etc/resolv.conf
            mount --bind /run/resolv.none /etc/resolv.conf
            ! kboot fetch --timeout 1 http://www.kboot.test/x /dev/null
        """)
        dead = "no address is known of the host: no name server answers (10.9.0.77)"
        self.assertIn(f"http://www.kboot.test/x: {dead}", text)
        self.assertIn(f"tftp://www.kboot.test/x: {dead}", text)
        self.assertIn("http://www.kboot.test/x: no address is known of the host, as no name server is known", text)
