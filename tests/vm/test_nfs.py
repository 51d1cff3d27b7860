# SPDX-License-Identifier: GPL-2.0-or-later
"""Files on a real NFS server: a second machine with Debian's kernel server, at the other end of a cable."""

import re

import screen_words as words
from case import VmTestCase
from kbtest import disks, nfs
from kbtest.terminal import ENTER

# What is said in mount/include/kboot/mount/nfs.h, and room for the machine's own work.
CONNECT_SECONDS, ANSWER_SECONDS, ROOM_SECONDS = 5, 12, 4
# A busy machine needs more room: so many times what a plan takes that waits for nobody.
ROOM_PLANS = 10

HERE = nfs.ADDRESS
# Every one of them leads to the same kernel.
GOOD = {
    "four": f"{HERE}:/export/vmlinuz",
    "four-point-zero": f"nfs://{HERE}/export/vmlinuz?vers=4.0",
    "three": f"nfs://{HERE}/export/vmlinuz?vers=3",
    "by name": f"{nfs.NAME}:/export/vmlinuz",
    "upwards": f"{HERE}:/export/deep/inside/../../vmlinuz",
    "six": f"[{nfs.ADDRESS6}]:/export/vmlinuz",
    "six with three": f"nfs://[{nfs.ADDRESS6}]/export/vmlinuz?vers=3",
    "six by name": "six.kboot.test:/export/vmlinuz",
    "other port": f"nfs://{HERE}:{nfs.PORT2}/export/vmlinuz",
    "other port with three": f"nfs://{HERE}:{nfs.PORT2}/export/vmlinuz?vers=3",
}
# And these to a sentence.
BAD = {
    "missing": (f"{HERE}:/export/nothing", "there is no such file"),
    "missing with three": (f"nfs://{HERE}/export/nothing?vers=3", "there is no such file"),
    "directory": (f"{HERE}:/export", "Is a directory"),
    "no export": (f"{HERE}:/nowhere/vmlinuz", f"{HERE} denies us /nowhere/vmlinuz"),
    "denied": (f"{HERE}:/denied/vmlinuz", f"{HERE} denies us /denied/vmlinuz"),
    "no export with four": (f"nfs://{HERE}/nowhere/vmlinuz?vers=4", "there is no such file"),
    "denied with three": (f"nfs://{HERE}/denied/vmlinuz?vers=3", f"{HERE} denies us /denied/vmlinuz"),
    "refused": (f"nfs://{HERE}:2051/x", f"{HERE} refuses connections to port 2051"),
    "no name": ("nothing.kboot.test:/x", "no address is known for nothing.kboot.test: there is no such name"),
    "option": (f"nfs://{HERE}/x?vers=5", "`vers=5`: not a value for this option of NFS"),
}
# To nobody: the sentence, and the seconds after which it must be there.
DEAD = {
    "nobody": (f"{nfs.DEAD}:/x", f"{nfs.DEAD} cannot be reached", CONNECT_SECONDS),
    "far away": ("10.99.0.1:/x", "10.99.0.1 does not answer (port 2049, within 5 s)", CONNECT_SECONDS),
    "mute": (f"nfs://{HERE}:{nfs.MUTE_PORT}/x", f"{HERE} takes connections but does not answer",
             CONNECT_SECONDS + ANSWER_SECONDS),
}


def conf_of(names):
    return "".join(f"{label}='{name}'\n" for label, name in names.items())


class NfsTestCase(VmTestCase):
    def start(self, conf, nfsd="", kind="stock", **options):
        """The server, and kboot at the other end of its cable, both ready."""
        cable = str(self.folder / "cable")
        server = nfs.start(self.logs / "server", cable, nfsd)
        self._machines.append(server)
        vm = self.start_kboot(kind, conf=conf, extra=nfs.card(cable), **options)
        nfs.serve(server)
        self.wait_menu(vm)
        # The menu may be there before the card's driver.
        vm.wait_until(lambda: "eth0" in self.cards(vm), "the network card")
        return server, vm

    def plan(self, vm, label):
        """What `kboot boot --dry-run` says of a label, and how many of the machine's seconds it took."""
        uptime = "cut -d' ' -f1 /proc/uptime"
        lines = vm.control.run(f"{uptime}; kboot boot --dry-run '{label}' 2>&1; {uptime}").splitlines()
        return "\n".join(lines[1:-1]), float(lines[-1]) - float(lines[0])

    def calls(self, vm, version):
        """How many calls of a version of NFS the machine has made."""
        text = vm.control.run("cat /proc/net/rpc/nfs 2>/dev/null || true")
        line = re.search(rf"^proc{version} \d+ (.*)$", text, re.M)
        return sum(int(word) for word in line.group(1).split()) if line else 0

    def assert_calls(self, vm, before, used, label):
        """Since `before` (by version), calls of the used version were made and of the other one none."""
        for version in (3, 4):
            made = self.calls(vm, version) - before[version]
            self.assertEqual(made > 0, version == used, f"{label}: {made} calls of version {version}")

    def cards(self, vm):
        return vm.control.run("network")


class NamesTest(NfsTestCase):
    def test_names(self):
        names = {**GOOD, **{label: name for label, (name, _) in BAD.items()}}
        # The first entry is looked at before anybody asks: it must need no network.
        _, vm = self.start("Here='//init'\n" + conf_of(names))
        self.assertIn("eth0  off", self.cards(vm))
        for label, name in GOOD.items():
            before = {version: self.calls(vm, version) for version in (3, 4)}
            text, _ = self.plan(vm, label)
            self.assertRegex(text, r"(?m)^kernel .*\(x86-64 Linux kernel", name)
            self.assert_calls(vm, before, 3 if "three" in label else 4, label)
        self.assertIn("(DHCP from 10.7.0.1)", self.cards(vm))
        for label, (name, sentence) in BAD.items():
            text, _ = self.plan(vm, label)
            self.assertIn(sentence, text, name)
        # Nothing is left mounted, neither in the machine's own namespace nor below the mount points' folder.
        self.assertNotIn("nfs", vm.control.run("cat /proc/mounts"))
        self.assertEqual(vm.control.run("find /run/kboot/nfs -mindepth 2"), "")


class BootTest(NfsTestCase):
    def boot(self, name, kind="stock", kernel="vmlinuz"):
        entry = f"{name(kernel)} initrd={name('initrd.img')} {disks.CONSOLES} nonce={self.nonce}"
        _, vm = self.start(f"Net='{entry}'\n", kind=kind)
        self.select(vm, "Net")
        vm.keys(ENTER)
        self.wait_nonce(vm)

    def test_boots_from_version_4(self):
        self.boot(lambda file: f"{HERE}:/export/{file}", kernel="vmlinuz-debian")

    def test_boots_from_version_4_custom(self):
        self.boot(lambda file: f"nfs://{HERE}/export/{file}?vers=4.2", kind="custom")

    def test_boots_from_version_3(self):
        self.boot(lambda file: f"nfs://{HERE}/export/{file}?vers=3")


class PromptTest(NfsTestCase):
    """Going about on a server, and starting a kernel from there."""

    def go(self, vm, command, place):
        """The prompt may shorten the beginning of a long place."""
        vm.keys(f"{command}\r")
        vm.wait_screen(lambda s: s.find(rf"^kboot .*{re.escape(place)}: *$"), f"the prompt in {place} after {command}", 60)

    def walk_and_boot(self, server):
        _, vm = self.start("Here='//init'\n")
        vm.keys("c")
        vm.wait_screen(lambda s: s.find(r"^kboot: *$"), "the prompt")
        self.go(vm, f"cd {server}/export/deep", "/export/deep")
        self.go(vm, "cd inside", "/export/deep/inside")
        vm.keys("cat file\r")
        vm.wait_screen(lambda s: s.find("^deep *$"), "what is in the file")
        self.go(vm, "cd ../..", "/export")
        vm.keys("pwd\r")
        vm.wait_screen(lambda s: s.find(f"^{re.escape(server)}/export *$"), "the whole place")
        vm.keys(f"./vmlinuz initrd=initrd.img {disks.CONSOLES} nonce={self.nonce}\r")
        self.wait_nonce(vm)

    def test_prompt_with_version_4(self):
        self.walk_and_boot(f"{HERE}:")

    def test_prompt_with_options(self):
        self.walk_and_boot(f"nfs://{HERE}:{nfs.PORT2}?vers=3")


class FstabTest(NfsTestCase):
    def test_mounts_what_an_fstab_says(self):
        entry = f"/srv/vmlinuz initrd=/srv/initrd.img {disks.CONSOLES} nonce={self.nonce}"
        fstab = f"LABEL={disks.UNCLEAN_LABEL} / ext4 ro 0 1\n{HERE}:/export /srv nfs rw,hard,_netdev,nfsvers=3,port=2050 0 0\n"
        disk = disks.unclean_disk(self.folder / "root.img", f"Srv='{entry}'\n", kernel=False)
        disk.root.write("/etc/fstab", fstab)
        disk.root.make_folder("/srv")
        _, vm = self.start("Here='//init'\n", disks=[self.disk(disk, "root")])
        self.wait_menu(vm, "Srv")
        self.select(vm, "Srv")
        vm.keys(ENTER)
        self.wait_nonce(vm)


class OtherServersTest(NfsTestCase):
    def test_server_without_version_4(self):
        _, vm = self.start("Here='//init'\n" + conf_of(GOOD), nfsd="-N,4")
        before = {version: self.calls(vm, version) for version in (3, 4)}
        text, _ = self.plan(vm, "four")
        self.assertIn("x86-64 Linux kernel", text)
        self.assertGreater(self.calls(vm, 3), before[3])
        text, _ = self.plan(vm, "four-point-zero")
        self.assertIn(f"{HERE} does not speak version 4 of NFS with us", text)

    def test_server_without_version_3(self):
        _, vm = self.start("Here='//init'\n" + conf_of(GOOD), nfsd="-N,3")
        text, _ = self.plan(vm, "four")
        self.assertIn("x86-64 Linux kernel", text)
        text, _ = self.plan(vm, "three")
        self.assertRegex(text, rf"{re.escape(HERE)} does not speak version 3 of NFS with us")


class DeadServerTest(NfsTestCase):
    def test_gives_up_in_time(self):
        _, vm = self.start("Here='//init'\n" + conf_of({label: name for label, (name, _, _) in DEAD.items()}))
        vm.control.run("network up")
        for label, (name, sentence, limit) in DEAD.items():
            _, before = self.plan(vm, "Here")
            text, took = self.plan(vm, label)
            _, after = self.plan(vm, "Here")
            self.assertIn(sentence, text, name)
            self.assertLess(took, limit + max(ROOM_SECONDS, ROOM_PLANS * max(before, after)), name)

    def test_another_entry_boots(self):
        entry = f"{HERE}:/export/vmlinuz initrd={HERE}:/export/initrd.img {disks.CONSOLES}"
        disk = disks.rescue_disk(self.folder / "rescue.img", f"Rescue='{disks.rescue_entry(f'nonce={self.nonce}')}'\n")
        server, vm = self.start(f"Here='//init'\nNet='{entry}'\n", disks=[self.disk(disk, "rescue")])
        self.wait_menu(vm, "Net", "Rescue")
        vm.control.run("network up")
        # Power cut: the cable is there, and nobody answers.
        server.qmp.command("stop")
        self.select(vm, "Net")
        vm.keys(ENTER)
        vm.wait_screen(lambda s: words.says(s, rf"{re.escape(HERE)} (does not answer|cannot be reached)"),
                       "the sentence about the dead server", CONNECT_SECONDS + 30)
        self.wait_menu(vm, "Rescue")
        self.select(vm, "Rescue")
        vm.keys(ENTER)
        self.wait_nonce(vm)


class NetworkTest(NfsTestCase):
    """The command `network`, as one types it."""

    def fails(self, vm, command):
        code, text = vm.control.run(command, check=False)
        self.assertNotEqual(code, 0, f"{command}: {text}")
        return text

    def test_command(self):
        server, vm = self.start("Here='//init'\n")
        run = vm.control.run
        self.assertRegex(self.cards(vm), r"^eth0  off  52:54:00:07:00:02")
        run("network up")
        self.assertRegex(self.cards(vm), r"eth0  up  52:54:00:07:00:02  10\.7\.0\.\d+/24 .*\(DHCP from 10\.7\.0\.1\)")
        self.assertIn("gateway 10.7.0.1 (eth0)\ndns 10.7.0.1", self.cards(vm))
        self.assertRegex(run("cat /run/kboot/dhcp/eth0"), r"(?m)^serverid=10\.7\.0\.1$")
        self.assertIn("10.7.0.1", run(f"nslookup {nfs.NAME}"))
        # Once more: nothing to be done, nothing changes.
        leased = run("cat /run/kboot/dhcp/eth0")
        run("network up")
        self.assertEqual(run("cat /run/kboot/dhcp/eth0"), leased)
        run("network down")
        self.assertRegex(self.cards(vm), r"(?m)^eth0  off  52:54:00:07:00:02 *$")
        self.assertEqual(run("pidof udhcpc || true"), "")
        run("network eth0 10.7.0.33/24 gateway 10.7.0.1 dns 10.7.0.1")
        self.assertRegex(self.cards(vm), r"eth0  up  \S+  10\.7\.0\.33/24.* \(by hand\)")
        run("ping -c 1 -W 5 10.7.0.1")
        run("network up eth0")
        self.assertIn("(DHCP from 10.7.0.1)", self.cards(vm))
        run("network down")
        self.wrong_words(vm)
        # The router's own IPv6 prefix comes by itself, sooner or later.
        self.assertRegex(self.cards(vm), r"(?m)^eth0  \S+  52:54:00:07:00:02 *(?:fd07:\S+ *)?$")
        server.qmp.command("stop")
        self.assertIn("network: nobody answers DHCP on eth0 (within 6 s)", self.fails(vm, "network up"))
        vm.qmp.command("set_link", name="cable", up=False)
        self.assertIn("network: no link on eth0: is the cable in?", self.fails(vm, "network up"))

    def wrong_words(self, vm):
        self.assertIn("there is no interface eth7", self.fails(vm, "network up eth7"))
        self.assertIn("there is no interface ..", self.fails(vm, "network down .."))
        self.assertIn("an address is missing", self.fails(vm, "network eth0"))
        self.assertIn("not an address with the size", self.fails(vm, "network eth0 10.7.0.33"))
        self.assertIn("neither gateway nor dns", self.fails(vm, "network eth0 10.7.0.33/24 router 10.7.0.1"))
        self.assertIn("an address is missing behind it", self.fails(vm, "network eth0 10.7.0.33/24 dns"))
        self.assertIn("cannot have the address", self.fails(vm, "network eth0 999.7.0.33/24"))

    def test_made_of_others(self):
        """A bond with a bridge on it gets a lease; a VLAN its address; what is made goes with `down`."""
        _, vm = self.start("Here='//init'\n")
        run = vm.control.run
        run("network up --config 'bond=bond0:eth0:mode=active-backup,miimon=100 bridge=br0:bond0 ip=br0:dhcp'")
        self.assertRegex(self.cards(vm), r"(?m)^br0  up  .*\(DHCP from 10\.7\.0\.1\)$")
        self.assertEqual(run("cat /sys/class/net/bond0/bonding/mode /sys/class/net/bond0/bonding/slaves"), "active-backup 1\neth0")
        run("network down")
        self.assertNotRegex(self.cards(vm), "br0|bond0")
        run("network up --config 'vlan=vlan0005:eth0 ip=10.5.0.2:::24::vlan0005'")
        self.assertRegex(self.cards(vm), r"(?m)^vlan0005  up  52:54:00:07:00:02  10\.5\.0\.2/24.* \(as configured\)$")
        self.assertIn("VID: 5", run("cat /proc/net/vlan/vlan0005"))
        run("network down")
        self.assertNotIn("vlan0005", self.cards(vm))

    def test_without_a_card(self):
        vm = self.start_kboot("stock", conf=f"Here='//init'\nNet='{HERE}:/export/vmlinuz'\n")
        self.wait_menu(vm, "Here")
        self.assertIn("there is no network card", self.fails(vm, "network up"))
        self.assertIn(f"{HERE} cannot be reached: network: there is no network card", self.fails(
            vm, "kboot boot --dry-run Net"))
