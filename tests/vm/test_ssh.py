# SPDX-License-Identifier: GPL-2.0-or-later
"""SSH in: the live menu from anywhere, commands, files both ways; and who is kept out."""

import os
import re
import signal
import socket
import subprocess
import time

import screen_words as words
from kbtest import debian, disks
from kbtest.terminal import DOWN, ENTER
from ssh_case import ENVIRONMENT, KEYS, LOCAL, SshCase


class MenuTest(SshCase):
    def test_a_key_opens_the_menu(self):
        """The menu on three sizes, in step with the console, which says who is there; Enter boots."""
        vm = self.start()
        self.wait_menu(vm, "Local", "Other")
        ready = self.wait_ready(vm)
        term = self.terminal(columns=80, lines=24)
        term.wait(lambda s: words.shows_ready(s, "Local"), "the menu", 90)
        self.assertIn(self.fingerprint(self.known_hosts), ready)
        vm.wait_screen(lambda s: "ssh: alice from 10.0.2.2 (menu)" in s.text, "who is logged in", 60)
        before = words.selected(term.screen).line
        term.send(DOWN)
        term.wait(lambda s: words.selected(s) and words.selected(s).line != before, "the other entry", 60)
        chosen = words.selected(term.screen).line
        vm.wait_screen(lambda s: words.selected(s) and words.selected(s).line == chosen, "the same on the console", 60)
        for columns, lines in ((200, 60), (20, 5), (80, 24)):
            term.resize(columns, lines)
            term.wait(lambda s: words.selected(s) and len(s.lines[0]) <= columns, f"a menu of {columns} x {lines}", 60)
        self.assertTrue(chosen.startswith("Other"), chosen)
        # Edited here, it boots with what was added.
        term.send("e")
        term.wait(lambda s: "for one boot" in s.text, "the editor", 60)
        term.send(f" nonce={self.nonce}")
        term.wait(lambda s: self.nonce in s.text.replace("\n", "").replace(" ", ""), "what was typed", 60)
        term.send(ENTER)
        self.wait_nonce(vm)
        term.wait(lambda s: re.search(r"Starting Other", s.text), "goodbye", 30)
        self.assertIsNotNone(term.wait_exit(60))

    def test_commands_and_files(self):
        """list, status, a program; a kernel is carried in by scp and by sftp's protocol, and boots."""
        vm = self.start()
        self.wait_menu(vm, "Local")
        self.wait_ready(vm)
        listed = self.ssh("list", "--json")
        self.assertEqual(listed.returncode, 0, listed.stdout)
        self.assertIn('"label": "Local"', re.sub(r'":"', '": "', listed.stdout))
        self.assertIn("ssh: port 22", self.ssh("status").stdout)
        self.assertIn("Linux kboot", self.ssh("uname -a").stdout)
        self.assertNotEqual(self.ssh("boot", "nothing-of-that-name").returncode, 0)
        parts = debian.parts()
        done = self.copy("scp", str(parts.kernel), "127.0.0.1:/tmp/vmlinuz")
        self.assertEqual(done.returncode, 0, done.stdout)
        initrd = disks.rescue_initrd()
        done = self.copy("scp", str(initrd), "127.0.0.1:/tmp/initrd.img", "-O")
        self.assertEqual(done.returncode, 0, done.stdout)
        back = self.folder / "back.img"
        self.assertEqual(self.copy("scp", "127.0.0.1:/tmp/initrd.img", str(back)).returncode, 0)
        self.assertEqual(back.read_bytes(), initrd.read_bytes())
        self.assertEqual(self.ssh("report //tmp/report").returncode, 0)
        report = self.folder / "report"
        self.assertEqual(self.copy("scp", "127.0.0.1:/tmp/report", str(report)).returncode, 0)
        self.assertIn("is logged in: report", report.read_text())
        self.assertNotIn(self.public(self.key).split()[1], report.read_text())
        # Disks are read-only until a person says otherwise.
        refused = self.ssh(feed="cd LABEL=RESCUE:/\npwd -P\ntouch x\n")
        self.assertIn("Read-only", refused.stdout)
        place = re.search(r"^/run/kboot/\S+", refused.stdout, re.M).group(0)
        self.assertEqual(self.copy("scp", f"127.0.0.1:{place}/initrd.img", str(back)).returncode, 0)
        self.assertIn("failed to upload", self.copy("scp", str(initrd), f"127.0.0.1:{place}/x").stdout)
        line = f"//tmp/vmlinuz initrd=//tmp/initrd.img {disks.CONSOLES} nonce={self.nonce}"
        self.ssh("boot", f"'{line}'")
        self.wait_nonce(vm)


class RefusedTest(SshCase):
    def test_who_is_kept_out(self):
        """Each with its line in the log."""
        stranger = self.make_key("stranger")
        keys = (self.public(self.key) + 'from="10.9.9.9" ' + self.public(stranger)
                + 'restricted ' + self.public(self.make_key("bob")) + 'command="status" ' + self.public(self.make_key("carol")))
        vm = self.start(keys=keys)
        self.wait_menu(vm, "Local")
        self.wait_ready(vm)
        bob, carol = self.folder / "key-bob", self.folder / "key-carol"
        self.wait_log(vm, r"authorized_keys:2: the option from is not understood; this line lets nobody in")
        self.assertIn("Permission denied", self.ssh("list", key=stranger).stdout)
        self.assertIn("Permission denied", self.ssh("list", user="root").stdout)
        self.wait_log(vm, r"User 'root' has invalid shell, rejected")
        # No password at all: the method is not offered.
        denied = self.ssh("list", key=False, more=("-T", "-v"))
        self.assertRegex(denied.stdout, r"Authentications that can continue: publickey\s")
        self.assertIn("Permission denied", denied.stdout)
        # Forwarding of every kind.
        for more in (["-o", "ExitOnForwardFailure=yes", "-R", "8080:127.0.0.1:80"], ["-W", "127.0.0.1:22"]):
            self.assertNotEqual(self.ssh("list", more=["-T", *more]).returncode, 0, more)
        self.wait_log(vm, r"Refused: forwarding of a port")
        self.wait_log(vm, r"Refused: direct-tcpip")
        self.ssh("list", more=("-T", "-o", "SetEnv=LD_PRELOAD=/tmp/x KBOOT_THEME=/etc/shadow"))
        self.wait_log(vm, r"Refused: env")
        self.assertNotIn("LD_PRELOAD", self.ssh("env").stdout)
        # A key with a command runs that, whatever is asked for.
        for asked in ("list", "sh -c id", "poweroff"):
            self.assertIn("phase: ", self.ssh(asked, key=carol).stdout, asked)
        self.assertNotEqual(self.copy("scp", "127.0.0.1:/etc/passwd", str(self.folder / "x"), key=carol).returncode, 0)
        # A restricted key is for labels, and for nothing else.
        for asked in ("id", "sh", "shell -c id", "/bin/sh", "chroot", "reboot", "poweroff", "fetch http://10.0.2.2/x /tmp/x",
                      "network down", "list --root=/", "menu --root=/", "shell --root=/", "set restricted=true",
                      "'boot Local init=/bin/sh'", "boot //tmp/x", "scp -f /etc/passwd", "/usr/lib/sftp-server", "check /etc/passwd",
                      "eval /etc/passwd", "devices", "mounts", "cd /", "sessions end 1", "rescan; id", "$(id)", "`id`", "explain; sh"):
            told = self.ssh(asked, key=bob)
            self.assertNotRegex(told.stdout, r"uid=0|:0:0:", asked)
            self.assertNotEqual(told.returncode, 0, f"{asked}: {told.stdout}")
        self.assertNotEqual(self.copy("scp", "127.0.0.1:/etc/passwd", str(self.folder / "x"), key=bob).returncode, 0)
        self.assertIn("Local", self.ssh("list", key=bob).stdout)
        term = self.terminal(key=bob)
        term.wait(lambda s: words.shows_ready(s, "Local"), "the menu", 90)
        term.send("e")
        term.wait(lambda s: "restricted" in s.text, "that nothing may be edited", 60)
        self.assertNotIn("restricted: only", self.ssh("id").stdout)
        self.boot_local(vm, term)

    def boot_local(self, vm, term):
        for _ in range(5):
            if words.selected(term.screen).line.startswith("Local"):
                break
            term.send(b"\x1b[A")
            term.pump(2)
        term.send(ENTER)
        self.wait_nonce(vm)


class AlgorithmsTest(SshCase):
    def test_every_one_that_a_client_offers(self):
        """A session or a clear no; and ssh-audit finds nothing that it would call a failure."""
        vm = self.start()
        self.wait_menu(vm, "Local")
        self.wait_ready(vm)
        self.assertEqual(self.ssh("status").returncode, 0)
        for kind, option in (("kex", "KexAlgorithms"), ("cipher", "Ciphers"), ("mac", "MACs"), ("HostKeyAlgorithms", "HostKeyAlgorithms")):
            offered = subprocess.run(["ssh", "-Q", kind], check=True, capture_output=True, text=True).stdout.split()
            more = {"mac": ["-o", "Ciphers=aes128-ctr"]}.get(kind, [])
            taken = set()
            for name in offered:
                told = self.ssh("status", more=["-T", *more, "-o", f"{option}={name}"])
                if told.returncode == 0:
                    taken.add(name)
                else:
                    self.assertRegex(told.stdout, "no matching|Unsupported|Bad|not match|Connection (closed|reset)", name)
            self.assertEqual({name for name in taken if re.search("sha1|md5|cbc|3des|dss|group1|group14", name)}, set(), kind)
            self.assertTrue(taken, kind)
        audit = subprocess.run(["ssh-audit", "-b", "-p", str(self.port), "127.0.0.1"], check=False, capture_output=True, text=True)
        self.assertIn("curve25519-sha256", audit.stdout)
        self.assertNotIn("[fail]", re.sub(r".*ecdh-sha2-nistp.*|.*ecdsa-sha2-nistp.*", "", audit.stdout), audit.stdout)


class PasswordTest(SshCase):
    def test_a_password_where_one_is_set(self):
        """The right one, after a minute's rest; a wrong one, an empty one; root never."""
        hashed = subprocess.run(["openssl", "passwd", "-6", "correct horse"], check=True, capture_output=True, text=True).stdout.strip()
        passwd = f"root:{hashed}:0:0::/root:/bin/sh\nkboot:{hashed}:0:0::/run/kboot/ssh/home:/sbin/kboot\n"
        vm = self.start(keys="", conf="ssh=true\n", files={"/etc/passwd": passwd.encode()}, disks=[])
        self.wait_menu(vm)
        self.wait_ready(vm)
        for word, user, gets_in in (("correct horse", "kboot", True), ("wrong", "kboot", False), ("", "kboot", False),
                                    ("correct horse", "root", False)):
            told = self.by_password(word, user)
            self.assertEqual(told.returncode == 0, gets_in, f"{user}, {word!r}: {told.stdout}")
        self.wait_log(vm, r"Bad password attempt for 'kboot'")

    def by_password(self, word, user):
        ask = self.folder / "ask"
        ask.write_text(f"#!/bin/sh\necho '{word}'\n")
        ask.chmod(0o755)
        argv = self.argv("status", key=False, user=user, more=("-T", "-o", "NumberOfPasswordPrompts=1"))
        return subprocess.run(argv, env={**ENVIRONMENT, "SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"},
                              stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                              timeout=120)


class CrowdTest(SshCase):
    def test_silent_connections(self):
        """200 that say nothing keep an honest client out for no more than 10 s; a flood of sizes, and who stops reading, nobody."""
        vm = self.start()
        self.wait_menu(vm, "Local")
        self.wait_ready(vm)
        stranger = self.make_key("stranger")
        tries = [subprocess.Popen(self.argv("status", key=stranger, more=("-T", "-o", "BatchMode=yes")), stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) for _ in range(50)]
        self.assertNotIn(0, [one.wait(120) for one in tries])
        self.assertEqual(self.ssh("status").returncode, 0)
        silent = []
        for _ in range(200):
            s = socket.create_connection(("127.0.0.1", self.port))
            silent.append(s)
        begun = time.monotonic()
        while self.ssh("status").returncode != 0:
            self.assertLess(time.monotonic() - begun, 60)
        self.figure("ssh-silent", f"ssh: an honest client beside 200 silent ones comes in after {time.monotonic() - begun:.1f} s")
        for s in silent:
            s.close()
        term = self.terminal()
        term.wait(lambda s: words.shows_ready(s, "Local"), "the menu", 90)
        for i in range(300):
            term.resize(40 + i % 100, 10 + i % 40)
        self.assertLess(self.menu_answers(vm), 2)
        stopped = self.terminal("less", "/dev/zero")
        stopped.pump(1)
        self.assertLess(self.menu_answers(vm), 2)


class CountdownTest(SshCase):
    def test_it_waits_while_somebody_is_there(self):
        local = disks.rescue_entry(f"nonce={self.nonce}", LOCAL)
        vm = self.start(conf=f"Local='{local}'\ndefault=Local\ntimeout=40\n")
        self.wait_menu(vm, "Local")
        self.wait_ready(vm)
        term = self.terminal()
        term.wait(lambda s: words.menu_is_shown(s), "the menu", 90)
        self.wait_status(vm, "phase: waiting", "that the countdown waits")
        # The cable is pulled: whoever was there has gone when the keepalives stay away; nobody pressed a key.
        os.kill(term.pid, signal.SIGKILL)
        self.wait_status(vm, "phase: countdown", "that the countdown begins anew")
        self.wait_nonce(vm)


class HostKeyTest(SshCase):
    def test_it_is_kept_with_the_firmware(self):
        """The same over two boots of a machine without RDRAND; and soon."""
        first = self.start(efi=True, power_on=True, reboots=True)
        self.wait_menu(first, "Local")
        begun = first.clock()
        ready = self.wait_ready(first)
        self.figure("ssh-ready", f"ssh: the server is ready {first.clock() - begun:.1f} s after the menu, without RDRAND")
        self.assertEqual(self.ssh("status").returncode, 0)
        self.assertIn(self.fingerprint(self.known_hosts), ready)
        first.control.run("kboot shell -c reboot", check=False)
        first.wait_serial(r"Restarting", 60)
        self.wait_menu(first, "Local")
        self.assertEqual(self.wait_ready(first), ready)
        # The client would refuse another one.
        told = self.ssh("status")
        self.assertEqual(told.returncode, 0, told.stdout)


class NobodyTest(SshCase):
    def test_nobody_listens_without_keys(self):
        """Nor is the network brought up; from the menu people are let in, and shown out."""
        vm = self.start(keys="# nobody\n")
        self.wait_menu(vm, "Local")
        self.assertNotRegex(vm.control.run("netstat -lntuw"), r"(?m)^(tcp|udp|raw)")
        self.assertNotIn("ssh:", self.status(vm))
        vm.keys("S")
        vm.wait_screen(lambda s: "Nobody can log in" in s.text, "that nobody can", 30)
        vm.keys("S")
        self.wait_status(vm, "ssh: nobody could log in: there is no key in", "why nobody can")
        vm.control.run(f"echo '{self.public(self.key).strip()}' >{KEYS}; kboot shell -c 'ssh=false'; kboot shell -c 'ssh=2222'")
        self.wait_status(vm, "ssh: port 2222", "the other port")
        vm.control.run("kboot shell -c 'ssh=22'")
        self.wait_ready(vm)
        term = self.terminal()
        term.wait(words.menu_is_shown, "the menu", 90)
        vm.keys("S")
        vm.wait_screen(lambda s: "End the session of alice from 10.0.2.2" in s.text, "the session", 30)
        vm.keys(DOWN, ENTER)
        term.wait(lambda s: "ended by somebody else" in s.text, "why it ended", 60)
        self.assertIsNotNone(term.wait_exit(30))
        vm.control.run("kboot shell -c 'ssh=false'")
        vm.wait_until(lambda: not re.search(r"(?m)^tcp", vm.control.run("netstat -lnt")), "that nobody listens")
