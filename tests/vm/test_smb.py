# SPDX-License-Identifier: GPL-2.0-or-later
"""Files on a real Samba server, which the computer that runs the test has on a port of its loopback."""

import shutil
import socket

import screen_words as words
from kbtest import disks, samba, small
from kbtest.terminal import ENTER
from prompt_case import PromptCase

# The computer that runs the test, as QEMU's user network shows it, and another name for it.
HERE, WRONG, NOBODY = "10.0.2.2", "wrong.kboot.test", "10.0.2.77"
# What is said in mount/include/kboot/mount/smb.h and server.h, and room for the machine's own work.
CONNECT_SECONDS, ANSWER_SECONDS, ROOM_SECONDS = 5, 20, 4
# A busy machine needs more room: so many times what a plan takes that waits for nobody.
ROOM_PLANS = 10
NETRC = (f"machine {HERE} login {samba.USER} password \"{samba.PASSWORD}\"\n"
         f"machine {WRONG} login KBOOT\\{samba.USER} password wrong\n")
FILES = {"/etc/kboot/netrc": NETRC.encode(), "/etc/hosts": f"127.0.0.1 localhost\n{HERE} {WRONG}\n".encode()}


class SmbTestCase(PromptCase):
    def setUp(self):
        if not shutil.which(samba.SMBD):
            self.skipTest("smbd is not installed (scripts/packages/vm.txt)")
        super().setUp()

    def share(self, more=""):
        """A server with a kernel and an initrd in each of its shares. Its port."""
        files = self.folder / "files"
        (files / "deep/in side").mkdir(parents=True)
        for name in ("vmlinuz", "deep/vmlinuz"):
            shutil.copy(small.kernel(), files / name)
        shutil.copy(disks.rescue_initrd(), files / "initrd.img")
        (files / "deep/in side/file").write_text("deep\n")
        shares = {"open": (files, "guest ok = yes"), "closed": (files, ""), "my share": (files, "guest ok = yes"),
                  "sealed": (files, "smb encrypt = required"), "denied": (files, "valid users = nobody")}
        context = samba.serve(self.folder / f"samba-{len(more)}", shares, more)
        self.addCleanup(context.__exit__, None, None, None)
        return context.__enter__()

    def start(self, conf, kind="stock", files=None, **options):
        network = ("-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile=")
        vm = self.start_kboot(kind, conf=conf, extra=network, files=FILES if files is None else files, **options)
        self.wait_menu(vm)
        # The menu may be there before the card's driver.
        vm.wait_until(lambda: "eth0" in vm.control.run("ls /sys/class/net"), "the network card")
        return vm

    def plan(self, vm, label):
        """What `kboot boot --dry-run` says of a label, and how many of the machine's seconds it took."""
        uptime = "cut -d' ' -f1 /proc/uptime"
        lines = vm.control.run(f"{uptime}; kboot boot --dry-run '{label}' 2>&1; {uptime}").splitlines()
        return "\n".join(lines[1:-1]), float(lines[-1]) - float(lines[0])

    @staticmethod
    def line(base, more=""):
        return f"{base}/vmlinuz initrd={base}/initrd.img {disks.CONSOLES}{more}"


def conf_of(names):
    return "".join(f"{label}='{name}'\n" for label, name in names.items())


class NamesTest(SmbTestCase):
    def test_names(self):
        port = self.share()
        here = f"smb://{HERE}:{port}"
        good = {"open": f"{here}/open/vmlinuz", "by netrc": f"{here}/closed/deep/vmlinuz", "upwards": f"{here}/open/deep/../vmlinuz",
                "by user": f"smb://{samba.USER}@{HERE}:{port}/closed/vmlinuz", "guest": f"smb://guest@{HERE}:{port}/open/vmlinuz",
                "with domain": f"smb://KBOOT;{samba.USER}@{HERE}:{port}/closed/vmlinuz", "sealed": f"{here}/sealed/vmlinuz",
                "blank": f"{here}/my%20share/vmlinuz"}
        bad = {"missing": (f"{here}/open/nothing", "there is no such file"),
               "directory": (f"{here}/open/deep", "Is a directory"),
               "no share": (f"{here}/nowhere/vmlinuz", f"{HERE} has no share `nowhere`"),
               "denied": (f"{here}/denied/vmlinuz", f"{HERE} does not let `{samba.USER}` into its share `denied`"),
               "wrong password": (f"smb://{WRONG}:{port}/closed/vmlinuz",
                                  f"{WRONG} does not let `{samba.USER}` into its share `closed`: the password in netrc is wrong"),
               "no user": (f"smb://guest@{HERE}:{port}/closed/vmlinuz",
                           f"{HERE} does not let `guest` into its share `closed` without a password"),
               "refused": (f"smb://{HERE}:{samba.free_port()}/s/x", "refuses connections to port"),
               "no name": ("smb://nothing.kboot.test/s/x", "no address is known for nothing.kboot.test")}
        vm = self.start("Here='//init'\n" + conf_of(good) + conf_of({label: name for label, (name, _) in bad.items()}))
        for label, name in good.items():
            text, _ = self.plan(vm, label)
            self.assertRegex(text, r"(?m)^kernel .*\(x86-64 Linux kernel", name)
        for label, (name, sentence) in bad.items():
            text, _ = self.plan(vm, label)
            self.assertIn(sentence, text, name)
            self.assertNotIn(samba.PASSWORD, text)
        # Nothing is left mounted, and no password stands where everybody reads.
        self.assertNotIn("cifs", vm.control.run("cat /proc/mounts"))
        self.assertNotIn(samba.PASSWORD, vm.control.run("dmesg; kboot list --json; cat /run/kboot/log 2>/dev/null || true"))


class AnonymousTest(SmbTestCase):
    """No netrc at all."""

    def test_nobody_in_particular(self):
        here = f"smb://{HERE}:{self.share()}"
        vm = self.start(f"Here='//init'\nOpen='{here}/open/vmlinuz'\nClosed='{here}/closed/vmlinuz'\n", files={})
        text, _ = self.plan(vm, "Open")
        self.assertRegex(text, r"(?m)^kernel .*\(x86-64 Linux kernel")
        text, _ = self.plan(vm, "Closed")
        self.assertIn(f"{HERE} lets nobody without a name and password into its share `closed`", text)


class BootTest(SmbTestCase):
    def boot(self, share, kind):
        base = f"smb://{HERE}:{self.share()}/{share}"
        vm = self.start(f"Net='{self.line(base, f' nonce={self.nonce}')}'\n", kind)
        self.select(vm, "Net")
        vm.keys(ENTER)
        self.wait_nonce(vm)

    def test_boots_with_a_password(self):
        self.boot("closed", "stock")

    def test_boots_with_a_password_custom(self):
        self.boot("closed", "custom")

    def test_boots_encrypted_custom(self):
        self.boot("sealed", "custom")


class PromptTest(SmbTestCase):
    """Going about in a share, and starting a kernel from there."""

    def walk(self, vm, name, place):
        """The prompt may shorten the beginning of a long place."""
        self.say(vm, f"cd {name}")
        self.assertEqual(self.say(vm, "pwd"), place)

    def test_prompt(self):
        port = self.share()
        place = f"smb://{HERE}:{port}/open"
        vm = self.start("Here='//init'\n")
        self.open_prompt(vm)
        self.walk(vm, f"{place}/deep", f"{place}/deep")
        self.assertIn("in side", self.say(vm, "ls"))
        self.walk(vm, "in\\ side", f"{place}/deep/in side")
        self.assertEqual(self.say(vm, "cat file"), "deep")
        self.walk(vm, "../../..", f"{place}/")
        self.assertRegex(self.say(vm, "mount"), rf"(?m)^smb://{HERE}:{port}/open +//{HERE}/open +cifs +read-only")
        vm.keys("cat de\tin\tfi\t")
        vm.wait_screen(lambda s: s.find(r"cat deep/in\\ side/file"), "the completed name", 60)
        vm.keys(ENTER)
        self.wait_prompt(vm)
        vm.keys(f"ls {place}/de\tin\t")
        vm.wait_screen(lambda s: s.find(r"deep/in\\ side/$"), "the completed place", 60)
        vm.keys("\x03")
        vm.wait_screen(lambda s: s.find(r"side/\^C") and s.lines[s.cursor[0]].rstrip().endswith("open/:"), "an empty line", 60)
        self.say(vm, "cd //", "//")
        self.assertEqual(self.say(vm, f"umount {place}"), "")
        vm.wait_until(lambda: self.nothing_mounted(vm), "the share given back")
        self.assertIn("the password in a URL is not used", self.say(vm, f"cd smb://me:secret@{HERE}:{port}/open"))
        # Samba makes a guest of whom it does not know.
        self.boot_line(vm, f"./vmlinuz initrd=initrd.img {disks.CONSOLES} nonce={self.nonce}")


class OtherServersTest(SmbTestCase):
    def test_a_server_with_version_1_only(self):
        port = self.share("server min protocol = NT1\n\tserver max protocol = NT1")
        vm = self.start(f"Here='//init'\nNet='smb://{HERE}:{port}/open/vmlinuz'\n")
        text, _ = self.plan(vm, "Net")
        self.assertRegex(text, rf"{HERE} (speaks no version of SMB that we do|ends the connection)")


class DeadServerTest(SmbTestCase):
    def mute(self):
        """A port that takes connections, and never says a word."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.addCleanup(listener.close)
        return listener.getsockname()[1]

    def test_gives_up_in_time(self):
        dead = {"nobody": (f"smb://{NOBODY}/s/x", f"{NOBODY} (cannot be reached|does not answer)", CONNECT_SECONDS),
                "mute": (f"smb://{HERE}:{self.mute()}/s/x", f"{HERE} takes connections but does not answer",
                         CONNECT_SECONDS + ANSWER_SECONDS)}
        vm = self.start("Here='//init'\n" + conf_of({label: name for label, (name, _, _) in dead.items()}))
        vm.control.run("network up")
        for label, (name, sentence, limit) in dead.items():
            _, before = self.plan(vm, "Here")
            text, took = self.plan(vm, label)
            _, after = self.plan(vm, "Here")
            self.assertRegex(text, sentence, name)
            self.assertLess(took, limit + max(ROOM_SECONDS, ROOM_PLANS * max(before, after)), name)

    def test_local_default_boots_on_time(self):
        rescue = disks.rescue_disk(self.folder / "rescue.img", "# nothing here\n")
        local = disks.rescue_entry(f"nonce={self.nonce}", f"LABEL={disks.RESCUE_LABEL}:")
        conf = f"Net='smb://{HERE}:{self.mute()}/s/vmlinuz'\nLocal='{local}'\ndefault=Local\ntimeout=5\n"
        vm = self.start(conf, disks=[self.disk(rescue, "rescue")])
        self.wait_nonce(vm)

    def test_another_entry_boots(self):
        local = f"Rescue='{disks.rescue_entry(f'nonce={self.nonce}')}'\n"
        rescue = disks.rescue_disk(self.folder / "rescue.img", local)
        vm = self.start(f"Here='//init'\nNet='smb://{HERE}:{self.mute()}/s/vmlinuz'\n", disks=[self.disk(rescue, "rescue")])
        self.select(vm, "Net")
        vm.keys(ENTER)
        vm.wait_screen(lambda s: words.says(s, rf"{HERE} takes connections but does not answer"),
                       "the sentence about the mute server", ANSWER_SECONDS + 30)
        self.wait_menu(vm, "Rescue")
        self.select(vm, "Rescue")
        vm.keys(ENTER)
        self.wait_nonce(vm)
