# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels and initrds that are on servers: each scheme boots; prefetch, waiting, cancelling, going on, and no room."""

import base64
import sys
import threading
from urllib.parse import urlsplit

from case import ROOT, VmTestCase
from kbtest import cpio, debian, disks, small
from kbtest.terminal import ENTER, ESCAPE

sys.path.append(str(ROOT / "tests/net"))
from certificates import Authority  # pylint: disable=wrong-import-position
from servers import serve  # pylint: disable=wrong-import-position
from sshd import USER, Sshd  # pylint: disable=wrong-import-position
from test_ftp import serving  # pylint: disable=wrong-import-position

# The computer that runs the test, as QEMU's user network shows it.
HERE = "10.0.2.2"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
DAYS = 20 * 365  # long before the image was built
MIB = 1 << 20
LARGE = 200 * MIB


class RemoteTestCase(VmTestCase):
    def setUp(self):
        super().setUp()
        self.content = {"/vmlinuz": small.kernel().read_bytes(), "/initrd.img": disks.rescue_initrd().read_bytes()}
        self.go_on = threading.Event()
        self.asked = []

    def answer(self, request, _number):
        """A file, as a server does that knows ranges. What begins with /slow stops in the middle until the test says so."""
        path = urlsplit(request.path).path
        data = self.content[path.removeprefix("/slow")]
        self.asked.append((path, request.headers["Range"]))
        if request.headers["Range"]:
            request.rest(data, 'ETag: "one"')
        elif not path.startswith("/slow"):
            request.give(data, 'ETag: "one"')
        else:
            request.head(200, 'ETag: "one"', length=len(data))
            request.wfile.write(data[:len(data) // 2])
            self.go_on.wait(120)
            request.wfile.write(data[len(data) // 2:])

    def start(self, conf, kind="stock", files=None, **options):
        network = ("-netdev", "user,id=net" + options.pop("netdev", ""), "-device", "virtio-net-pci,netdev=net,romfile=",
                   *options.pop("extra", ()))
        vm = self.start_kboot(kind, conf=conf, extra=network, files=files, **options)
        self.wait_menu(vm)
        # The menu may be there before the card's driver.
        vm.wait_until(lambda: "eth0" in vm.control.run("ls /sys/class/net"), "the network card")
        return vm

    @staticmethod
    def line(base, more="", slow=""):
        return f"{base}/vmlinuz initrd={base}{slow}/initrd.img {disks.CONSOLES}{more}"

    def boot(self, vm, title):
        self.select(vm, title)
        vm.keys(ENTER)


class SchemesTest(RemoteTestCase):
    def one(self, base, kind, files=None, **options):
        vm = self.start(f"Net='{self.line(base, f' nonce={self.nonce}')}'\n", kind, files, **options)
        self.boot(vm, "Net")
        self.wait_nonce(vm)

    def test_http(self):
        """A kernel and two initrds, all at once: neither initrd is given before both are asked for."""
        both = threading.Barrier(2, timeout=120)
        self.content["/vmlinuz"] = debian.parts().kernel.read_bytes()
        self.content["/more.img"] = cpio.archive({"/more": b"and more\n"})

        def answer(request, number):
            if request.path != "/vmlinuz":
                both.wait()
            self.answer(request, number)

        with serve(answer) as server:
            base = f"http://{HERE}:{server.server_port}"
            line = self.line(base, f" nonce={self.nonce}").replace("/initrd.img", f"/initrd.img,{base}/more.img")
            vm = self.start(f"Net='{line}'\n", "custom")
            self.boot(vm, "Net")
            self.wait_nonce(vm)
        self.assertEqual(sorted(self.asked), [("/initrd.img", None), ("/more.img", None), ("/vmlinuz", None)])

    def test_a_name_and_password_are_asked_for(self):
        """At the console that wanted the boot; wrong ones are asked for again."""
        expected = "Basic " + base64.b64encode(b"eve:s3cret").decode()

        def answer(request, number):
            if request.headers["Authorization"] == expected:
                self.answer(request, number)
            else:
                request.give(b"", 'WWW-Authenticate: Basic realm="x"', status=401)

        with serve(answer) as server:
            vm = self.start(f"Net='{self.line(f'http://{HERE}:{server.server_port}', f' nonce={self.nonce}')}'\n")
            self.boot(vm, "Net")
            for asks, password in (("wants a name and password", "wrong"), ("does not take that name", "s3cret")):
                vm.wait_screen(lambda s, text=asks: s.find(text), "the question", 120)
                vm.keys("eve", ENTER, password, ENTER)
            self.wait_nonce(vm)
        self.assertNotIn(b"s3cret", bytes(vm.serial_log))

    def test_https(self):
        authority = Authority(self.folder, begin=-DAYS)
        with serve(self.answer, tls=authority.context(f"IP:{HERE}", begin=-DAYS)) as server:
            self.one(f"https://{HERE}:{server.server_port}", "custom", {BUNDLE: authority.file.read_bytes()})

    def folder_of_files(self):
        folder = self.folder / "files"
        folder.mkdir()
        for name, data in self.content.items():
            (folder / name[1:]).write_bytes(data)
        return str(folder)

    def test_ftp(self):
        with serving(self.folder_of_files()) as (port, _):
            self.one(f"ftp://{HERE}:{port}", "stock")

    def test_tftp(self):
        self.one(f"tftp://{HERE}", "stock", netdev=f",tftp={self.folder_of_files()}")

    def sshd(self):
        """A server that knows the key of the machine that is to be started, and what that has to have."""
        folder = self.folder / "ssh"
        folder.mkdir()
        server = Sshd(folder)
        server.know(server.key, f"[{HERE}]:{server.port}")
        identity = {"/etc/kboot/ssh_identity": server.identity.read_bytes()}
        return server, f"sftp://{USER}@{HERE}:{server.port}{self.folder_of_files()}", identity

    def test_sftp(self):
        server, base, files = self.sshd()
        files["/etc/kboot/known_hosts"] = server.known_hosts.read_bytes()
        with server.running():
            self.one(base, "custom", files)

    def test_sftp_by_a_server_that_is_not_known(self):
        """A person says yes to its key, once for both files."""
        server, base, files = self.sshd()
        with server.running():
            vm = self.start(f"Net='{self.line(base, f' nonce={self.nonce}')}'\n", "stock", files)
            self.boot(vm, "Net")
            vm.wait_screen(lambda s: s.find("key is not known") and s.find("y believe it"), "the question", 60)
            vm.keys("y")
            self.wait_nonce(vm)


class PrefetchTest(RemoteTestCase):
    def test_default_is_there_before_its_time(self):
        """Enter is immediate, and nothing is asked for twice, wherever the selection has been."""
        with serve(self.answer) as server:
            line = self.line(f"http://{HERE}:{server.server_port}", f" nonce={self.nonce}")
            vm = self.start(f"Net='{line}'\nLocal='//init'\ndefault=Net\ntimeout=600\n")
            vm.wait_screen(lambda s: s.find("loaded: Enter starts it at once"), "the default armed", 120)
            self.assertEqual(len(self.asked), 2)
            self.select(vm, "Local")
            self.select(vm, "Net")
            vm.wait_screen(lambda s: s.find("Loaded: Enter starts it at once"), "the default armed again", 120)
            self.assertEqual(len(self.asked), 2)
            vm.keys(ENTER)
            self.wait_nonce(vm)
        self.assertEqual(len(self.asked), 2)

    def test_the_boot_waits_for_what_is_still_fetched(self):
        """It says so; a key stops it; and then only the rest is asked for."""
        with serve(self.answer) as server:
            line = self.line(f"http://{HERE}:{server.server_port}", f" nonce={self.nonce}", "/slow")
            # The stock kernel's driver of the card may come later than the end of the countdown.
            vm = self.start(f"Net='{line}'\ndefault=Net\ntimeout=3\n", "custom")
            vm.wait_screen(lambda s: s.find(r'Booting "Net": fetching \d.* of \d'), "the boot that waits", 120)
            vm.keys(ESCAPE)
            vm.wait_screen(lambda s: s.find("nothing was started"), "the boot stopped")
            self.boot(vm, "Net")
            self.wait_nonce(vm)
        half = len(self.content["/initrd.img"]) // 2
        self.assertEqual([asked for path, asked in self.asked if path == "/slow/initrd.img"], [None, f"bytes={half}-"])
        # The kernel may have been on its way, too.
        again = [asked for path, asked in self.asked if path == "/vmlinuz"][1:]
        self.assertFalse([asked for asked in again if not asked or asked == "bytes=0-"])

    def test_a_dead_server_delays_nothing_local(self):
        rescue = disks.rescue_disk(self.folder / "rescue.img", "# nothing here\n")
        local = disks.rescue_entry(f"nonce={self.nonce}", f"LABEL={disks.RESCUE_LABEL}:")
        with serve(self.answer) as server:
            # Nobody listens where the cable ends.
            conf = f"Net='{self.line('http://10.0.2.77:81')}'\nLocal='{local}'\ndefault=Local\ntimeout=5\n"
            vm = self.start(conf, disks=[self.disk(rescue, "rescue")])
            self.wait_nonce(vm)
            self.assertEqual(server.requests, [])


class MemoryTest(RemoteTestCase):
    def start_large(self, server, memory_mib):
        # Behind the archive an initrd may have as many zeros as it likes.
        self.content["/large"] = self.content["/initrd.img"].ljust(LARGE, b"\0")
        base = f"http://{HERE}:{server.server_port}"
        line = f"{base}/vmlinuz initrd={base}/large {disks.CONSOLES} nonce={self.nonce}"
        return self.start(f"Large='{line}'\n", "custom", memory_mib=memory_mib)

    def test_a_large_initrd_boots_in_512_mib(self):
        with serve(self.answer) as server:
            vm = self.start_large(server, 512)
            self.boot(vm, "Large")
            self.wait_nonce(vm)

    def test_a_large_initrd_is_refused_in_256_mib(self):
        with serve(self.answer) as server:
            vm = self.start_large(server, 256)
            self.boot(vm, "Large")
            vm.wait_screen(lambda s: s.find(r"the file has 200 MiB, and"), "the sentence", 60)
