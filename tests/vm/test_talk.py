# SPDX-License-Identifier: GPL-2.0-or-later
"""The prompt: the talk's example session, every form of name, fstab, chroot, mounts, two consoles."""

import re

import screen_words as words
from kbtest import debian, disks, nfs, talk
from kbtest.cache import run
from kbtest.terminal import ENTER, UP
from prompt_case import CONSOLES, PromptCase, checksum

BY_ITSELF = "Installed"


class TalkTest(PromptCase):
    def test_session_stock(self):
        self.session("stock")

    def test_session_with_the_name_from_hosts(self):
        self.session("custom", f"{nfs.ADDRESS} hosts.kboot.test", "hosts.kboot.test")

    def test_session_with_the_name_from_dns(self):
        self.session("stock", "# nobody", nfs.WEB_NAME)

    def session(self, kind, hosts=None, server=None):
        """As in the talk, prompt by prompt; without a server the initrd's URL is a path."""
        if not server:
            options = {"attached": [self.talk_disk(kernel=debian.parts().kernel)]}
        else:
            cable = str(self.folder / "cable")
            machine = nfs.start(self.logs / "server", cable)
            self._machines.append(machine)
            options = {"attached": [self.talk_disk(hosts=f"{hosts}\n")], "extra": nfs.card(cable)}
        vm = self.start_prompt(kind=kind, **options)
        if server:
            nfs.serve(machine)
        self.assertEqual(self.say(vm, "pwd", "/"), "/")
        self.go(vm, "/boot", "/boot", f"/etc/fstab:{talk.BOOT_LINE}: /boot is on vda2")
        self.assertIn("bzImage", self.say(vm, "ls", "/boot"))
        initrd = f"http://{server}/initrd.img" if server else "initrd.img"
        line = f"./bzImage initrd={initrd} root=UUID={talk.ROOT_UUID} ro {CONSOLES} nonce={self.nonce}"
        # Debian's own initrd has found the root filesystem that the line names.
        self.boot_line(vm, line, "rescue" if server else "Debian")


class NamesTest(PromptCase):
    """Every form of name boots: typed in turn in the same machine, which is set back after each boot."""

    FORMS = {
        "relative": ("/boot", "./bzImage", "rescue.img"),
        "below": ("/", "boot/bzImage", "boot/rescue.img"),
        "upwards": ("/home/u/k", "../../../boot/bzImage", "../../../boot/./rescue.img"),
        "environment": ("/", "/boot/bzImage", "/boot/rescue.img"),
        "own": ("/", "//tmp/bzImage", "//tmp/rescue.img"),
        "own, relative": ("//tmp", "./bzImage", "./rescue.img"),
        "device file": ("/", "/dev/vda2:/bzImage", "/dev/vda2:/rescue.img"),
        "device": ("/", "vda2:/bzImage", "vda2:/rescue.img"),
        "in a device": ("vda2:/", "./bzImage", "/boot/rescue.img"),
        "UUID": ("/", f"UUID={talk.BOOT_UUID}:/bzImage", f"UUID={talk.BOOT_UUID.upper()}:/rescue.img"),
        "LABEL": ("/", f"LABEL={talk.BOOT_LABEL}:/bzImage", f"LABEL={talk.BOOT_LABEL}:/rescue.img"),
        "PARTUUID": ("/", f"PARTUUID={talk.PARTUUIDS['boot']}:/bzImage", f"PARTUUID={talk.PARTUUIDS['boot']}:/rescue.img"),
        "PARTLABEL": ("/", f"'PARTLABEL={talk.BOOT_PARTLABEL}:/bzImage'", "vda2:/rescue.img"),
    }

    def conf(self):
        entry = f"/boot/bzImage initrd=/boot/rescue.img {CONSOLES}"
        other = entry.replace("rescue", "initrd")
        return (f"default={BY_ITSELF}\nTalk='{entry}'\nOther='{other}'\n"
                f"{BY_ITSELF}='{entry} nonce={self.nonce}.installed'\n")

    def back(self, vm):
        """The machine as it was when its state was saved, at the prompt."""
        self.assertEqual(vm.qmp.monitor("loadvm prompt").strip(), "")
        vm.keys(b"\x0c")
        self.wait_prompt(vm)

    def test_every_form_boots(self):
        # Time as the processor counts it is not set back with the rest of the machine.
        vm = self.start_prompt([self.talk_disk(conf=self.conf())], arguments="notsc clocksource=hpet")
        self.go(vm, "/boot", "/boot", f"/etc/fstab:{talk.BOOT_LINE}: /boot is on vda2")
        self.assertEqual(self.say(vm, "cp bzImage rescue.img /tmp"), "")
        self.go(vm, "/", "/")
        self.assertEqual(vm.qmp.monitor("savevm prompt").strip(), "")
        for number, (place, kernel, initrd) in enumerate(self.FORMS.values()):
            if place != "/":
                self.say(vm, f"cd {place}", place)
            nonce = f"{self.nonce}.{number}"
            self.boot_line(vm, f"{kernel} initrd={initrd} {CONSOLES} nonce={nonce}", nonce=nonce)
            self.back(vm)
        # A label with more words, one of them in place of the label's own; the same of `boot`; and a device, which
        # is the system installed there.
        self.boot_line(vm, f"Other initrd=/boot/rescue.img nonce={self.nonce}.more", nonce=f"{self.nonce}.more")
        self.back(vm)
        self.boot_line(vm, f"boot talk nonce={self.nonce}.boot", nonce=f"{self.nonce}.boot")
        self.back(vm)
        self.boot_line(vm, "vda1", nonce=f"{self.nonce}.installed")

    def test_plans(self):
        """What --dry-run says of every form: the same two files, by the name of what holds them."""
        vm = self.start_prompt([self.talk_disk(conf=self.conf())])
        self.say(vm, "cd /boot", "/boot")
        self.assertEqual(self.say(vm, "cp bzImage rescue.img /tmp"), "")
        for form, (place, kernel, initrd) in self.FORMS.items():
            self.say(vm, f"cd {place}", place)
            text = re.sub(r"\s+", " ", self.say(vm, f"boot --dry-run {kernel} initrd={initrd} quiet"))
            for name in (kernel, initrd):
                file = name.strip("'").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
                own = name.startswith("//") or (place == "//tmp" and name.startswith("."))
                self.assertIn(f"//tmp/{file}" if own else f"vda2:/{file}", text, f"{form}: {text}")


class FstabTest(PromptCase):
    def test_nested_and_subvolumes(self):
        """One `cd` mounts a chain of filesystems; a btrfs keeps its system and its /home in subvolumes."""
        btrfs = self.disk(talk.btrfs_disk(self.folder / "btrfs.img"), "btrfs", "virtio")
        vm = self.start_prompt([self.talk_disk(), btrfs], kind="stock")
        self.assertEqual(self.say(vm, "mounts"), "nothing is mounted")
        self.go(vm, "/home/u/k", "/home/u/k", f"/etc/fstab:{talk.HOME_LINE}: /home is on vda3")
        self.assertEqual(self.say(vm, "cat note ../k/note"), (talk.NOTE * 2).strip())
        self.assertRegex(self.say(vm, "mounts"), r"^/home +/dev/vda3 +ext4 +read-only\n/ +/dev/vda1 +ext4 +read-only$")
        self.assertRegex(self.say(vm, "root vdb1", "/"), r"^vdb1: ")
        self.go(vm, "/home/u", "/home/u", "/etc/fstab:2: /home is on vdb1")
        self.assertEqual(self.say(vm, "cat note"), "a note in @home")
        self.assertEqual(self.say(vm, "ls /").split(), ["boot", "etc", "home"])
        self.assertIn("@home", self.say(vm, "ls vdb1:"))
        self.boot_line(vm, f"/boot/bzImage initrd=../../boot/rescue.img {CONSOLES} nonce={self.nonce}")

    WRONG = f"""UUID={talk.ROOT_UUID} / ext4 defaults 0 1
/srv/b /srv/a none bind
/srv/a /srv/b none bind
UUID={talk.ABSENT_UUID} /srv/absent ext4 defaults
LABEL=talk-home /nowhere/home ext4 defaults
LABEL=talk-boot
\x01garbage \\400 \\ \\9 xx
/etc/kboot.conf /srv/file none bind
/srv/gone /srv/c none bind
/dev/vda2 /boot vfat umask=0077 0 0
"""

    def test_wrong_fstab(self):
        vm = self.start_prompt([self.talk_disk(fstab=self.WRONG)])
        inside = "it is mounted from a place inside itself"
        absent = f"/etc/fstab:4: /srv/absent: UUID={talk.ABSENT_UUID} is not there"
        gone = "/etc/fstab:5: /nowhere/home: its mount point cannot be opened: No such file or directory"
        sentences = {
            "cd /srv/a/x": f"/etc/fstab:2: /srv/a: /etc/fstab:3: /srv/b: {inside}",
            "cat /srv/b/x": f"/etc/fstab:3: /srv/b: /etc/fstab:2: /srv/a: {inside}",
            "cd /srv/absent": absent,
            "/srv/absent/bzImage quiet": absent,
            "cd /nowhere/home": "/nowhere: there is no such file or directory",
            "cd /srv/file": "/etc/fstab:8: /srv/file: /etc/kboot.conf is not a directory",
            "ls /srv/c": "/etc/fstab:9: /srv/c: /srv/gone: there is no such file or directory",
            f"cd UUID={talk.ABSENT_UUID}:": f"there is no device UUID={talk.ABSENT_UUID}",
            "root vdz1": "there is no device vdz1",
            "cd vdz1:/x": "there is no device vdz1",
        }
        everything = ""
        for line, sentence in sentences.items():
            told = self.say(vm, line, "/")
            self.assertIn(f"! {sentence}", told, line)
            everything += told + "\n"
        told = self.say(vm, "cd /boot", "/boot")
        self.assertIn("/etc/fstab:10: /boot is on vda2", told)
        # Lines that say nothing are told of, by their place, the first time and no other.
        everything += told
        self.assertEqual(everything.count("/etc/fstab:6:1: there is no directory: the line is skipped"), 1, everything)
        lines = re.findall(r"/etc/fstab:7:\d+: the directory is not absolute: the line is skipped", everything)
        self.assertEqual(len(lines), 1, everything)
        # Whoever enters the environment is told of all that is wrong, and gets what is right.
        told = self.say(vm, "chroot /bin/ls /boot")
        for sentence in (absent, gone, inside):
            self.assertIn(sentence, told)
        self.assertIn("bzImage", told)
        self.say(vm, "cd /", "/")
        self.boot_line(vm, f"/boot/bzImage initrd=/boot/rescue.img {CONSOLES} nonce={self.nonce}")


class ChrootTest(PromptCase):
    PROBE = ("/bin/bash -c 'read -r uptime rest </proc/uptime && [[ $uptime == *.* ]] && [ -d /sys/class/block/vda ] &&"
             " [ -b /dev/vda1 ] && [ -c /dev/null ] && echo probe >/run/probe && [[ $(</run/probe) == probe ]] &&"
             " [ -e /boot/bzImage ] && [ -e /home/u/k/note ] && echo all is there'")

    def assert_nothing_left(self, vm):
        vm.wait_until(lambda: self.nothing_mounted(vm), "every process without the environment's mounts")
        self.assertEqual(self.say(vm, "mounts"), "nothing is mounted")
        self.assertEqual(vm.control.run("ls /run/probe 2>&1 || true"), "ls: /run/probe: No such file or directory")
        self.assertEqual(self.commands(vm, "ls|bash|sleep|cat"), [])

    def commands(self, vm, names):
        """Processes of these names."""
        listed = vm.control.run("cat /proc/[0-9]*/comm 2>/dev/null || true").split("\n")
        return [name for name in listed if re.fullmatch(names, name) and name != "cat"]

    def test_programs(self):
        vm = self.start_prompt(kind="stock")
        self.assert_nothing_left(vm)
        # Debian's own: BusyBox' ls knows no such option.
        told = self.say(vm, "chroot /bin/ls --group-directories-first --format=single-column /")
        self.assertLessEqual({"bin", "boot", "dev", "etc", "home", "proc", "run", "sys"}, set(told.split("\n")))
        self.assertIn("GNU coreutils", self.say(vm, "chroot ls --version"))
        self.assert_nothing_left(vm)
        self.assertRegex(self.say(vm, f"chroot {self.PROBE}"), r"(^|\n)all is there$")
        self.assert_nothing_left(vm)
        self.assertIn("there is no such program in the environment", self.say(vm, "chroot nothing"))
        self.assert_nothing_left(vm)

    def test_shell(self):
        vm = self.start_prompt()
        mark = self.enter(vm, "chroot")
        vm.wait_serial(r"bash-[0-9.]+# $", 60, since=mark, what="the environment's own shell")
        # The prompt's mounts may be used meanwhile, from another console's prompt.
        vm.keys("echo this is $((40 + 2)) in $(</etc/system-name)", ENTER)
        vm.wait_serial(r"^this is 42 in Debian\r?\n", 60, since=mark)
        self.assertFalse(self.nothing_mounted(vm))
        vm.keys("exit 3", ENTER)
        vm.wait_screen(lambda s: words.says(s, r"\[exit status 3\] kboot:"), "the prompt after `exit 3`", 60)
        self.assert_nothing_left(vm)

    def test_killed(self):
        vm = self.start_prompt()
        self.assertIn("ended by a signal: Killed", self.say(vm, "chroot /bin/bash -c 'kill -9 $$'"))
        self.assert_nothing_left(vm)
        for signal in ("INT", "KILL"):
            self.enter(vm, "chroot /bin/sleep 1000")
            vm.wait_until(lambda: self.commands(vm, "sleep"), "the program in the environment", 60)
            if signal == "INT":
                vm.keys(b"\x03")
            else:
                vm.control.run("kill -9 $(pidof sleep)")
            self.wait_prompt(vm)
            self.assert_nothing_left(vm)
        # The prompt itself dies, with its program.
        self.enter(vm, "chroot /bin/sleep 1000")
        vm.wait_until(lambda: self.commands(vm, "sleep"), "the program in the environment", 60)
        vm.control.run("read -r pid name state parent rest </proc/$(pidof sleep)/stat; kill -9 $parent")
        self.wait_menu(vm)
        vm.control.run("for pid in $(pidof sleep); do kill -9 $pid; done")
        self.open_prompt(vm)
        self.assert_nothing_left(vm)


class DiskTest(PromptCase):
    def test_nothing_is_written(self):
        """Everywhere, looked at everything, booted: not one write, the same bytes."""
        attached = self.talk_disk(snapshot=False)
        before = checksum(attached.path)
        vm = self.start_prompt([attached])
        self.say(vm, "cd /home/u/k", "/home/u/k")
        self.assertIn("Read-only file system", self.say(vm, "touch written"))
        self.say(vm, "cat note /etc/fstab")
        self.say(vm, "cd vda2:", "vda2:/")
        self.say(vm, "ls -lR . / vda3:")
        self.say(vm, "chroot /bin/bash -c 'echo written >/etc/fstab'")
        self.say(vm, "chroot /bin/bash -c 'echo written >/dev/vda3'")
        self.boot_line(vm, f"./bzImage initrd=rescue.img {CONSOLES} nonce={self.nonce}")
        self.assertEqual(vm.writes(attached), 0, "the prompt wrote to the disk")
        vm.close()
        self.assertEqual(checksum(attached.path), before)

    def test_mount_rw(self):
        """Who says so writes: and finds a clean filesystem after the jump."""
        attached = self.talk_disk(snapshot=False)
        vm = self.start_prompt([attached], kind="stock")
        self.say(vm, "cd /home/u/k", "/home/u/k")
        self.assertEqual(self.say(vm, "mount_rw=true"), "")
        self.assertRegex(self.say(vm, "set"), r"mount_rw=true +\(this session\)")
        # What is mounted already is not changed under whoever is in there.
        self.assertIn("Read-only file system", self.say(vm, "touch written"))
        self.say(vm, "cd //", "//")
        self.assertEqual(self.say(vm, "umount vda1"), "")
        self.assertEqual(self.say(vm, "mounts"), "nothing is mounted")
        self.say(vm, "cd /home/u/k", "/home/u/k")
        self.assertEqual(self.say(vm, "cp note written"), "")
        self.assertRegex(self.say(vm, "mounts"), r"/home .* read-write")
        self.assertEqual(self.say(vm, "timeout=77 kept='echo kept'"), "")
        self.say(vm, "cd //", "//")
        self.assertEqual(self.say(vm, "save"), "kept in /etc/kboot.conf")
        self.boot_line(vm, f"/boot/bzImage initrd=/boot/rescue.img {CONSOLES} nonce={self.nonce}")
        self.assertGreater(vm.writes(attached), 0)
        vm.close()
        home = f"{attached.path}?offset={talk.PLACES['home'][0]}"
        self.assertIn(talk.NOTE, run("debugfs", "-R", "cat /u/k/written", home))
        root = f"{attached.path}?offset={talk.PLACES['root'][0]}"
        conf = run("debugfs", "-R", "cat /etc/kboot.conf", root)
        self.assertIn('timeout="77"\nkept="echo kept"\n', conf)
        self.assertNotIn("mount_rw", conf)
        header = run("dumpe2fs", "-h", home)
        self.assertRegex(header, r"Filesystem state: +clean")
        self.assertNotIn("needs_recovery", header)


class HangTest(PromptCase):
    def test_mount_that_hangs(self):
        """A disk that never answers costs 20 s and a sentence, and nothing else."""
        hung = self.disk(talk.btrfs_disk(self.folder / "hung.img"), "hung", "virtio")
        vm = self.start_prompt([self.talk_disk(), hung])
        vm.stall(hung)
        vm.control.run("echo 3 >/proc/sys/vm/drop_caches")
        told = self.say(vm, "cd vdb1:", "/", 90)
        self.assertIn("! no answer within 20 s", told)
        # Somebody who does not wait: Ctrl-C is heard.
        self.enter(vm, "ls vdb1:/@")
        vm.wait_until(lambda: not self.edits(vm), "the prompt at work")
        vm.keys(b"\x03")
        self.wait_prompt(vm)
        self.go(vm, "/boot", "/boot", f"/etc/fstab:{talk.BOOT_LINE}: /boot is on vda2")
        self.boot_line(vm, f"./bzImage initrd=rescue.img {CONSOLES} nonce={self.nonce}")


class ConsolesTest(PromptCase):
    def test_prompt_and_menu(self):
        """A prompt on the serial line, the menu on the screen: one boot, one history."""
        attached = self.talk_disk()
        vm = self.start_prompt([attached])
        vm.wait_vga(words.menu_is_shown, "the menu")
        self.say(vm, "cd /boot", "/boot")
        # Slow enough to be seen.
        vm.control.run("echo 3 >/proc/sys/vm/drop_caches")
        vm.slow_down(attached, 1 << 16)
        line = f"/boot/bzImage initrd=/boot/rescue.img {CONSOLES} nonce={self.nonce}"
        self.enter(vm, line)
        vm.wait_vga(lambda s: words.says(s, r"Booting .*(getting|checking|loading)"), "the boot that the prompt began")
        vm.keys(b"\x03")
        vm.wait_screen(lambda s: words.says(s, "Not booted"), "the word that it was called off", 60)
        vm.wait_vga(words.menu_is_shown, "the menu as before")
        vm.slow_down(attached, 0)
        self.wait_prompt(vm)
        vm.press("c")
        vm.wait_vga(lambda s: words.says(s, r"kboot:$"), "the prompt")
        vm.press("up")
        # A line that is too long for the row shows its end.
        vm.wait_vga(lambda s: any(len(row.strip()) > 20 and row.startswith("<") and
                                  line.replace(" ", "").endswith(row[1:].replace(" ", ""))
                                  for row in s.text.split("\n")), "what was typed on the other console")
        vm.press("ret")
        vm.wait_vga(lambda s: f"NONCE {self.nonce} from rescue" in s.text, "the second kernel's nonce", 240)
