# SPDX-License-Identifier: GPL-2.0-or-later
"""restricted=true: the ways around it that come to mind, each tried and refused; labels still boot."""

import re
import secrets

import screen_words as words
from kbtest import talk
from kbtest.terminal import ENTER, TAB
from prompt_case import CONSOLES, USUAL_KIND, PromptCase, place_of, typed_text

SAFE, SHOW = "Safe", "Show"
REFUSED = re.compile(r"restricted|usage: |there is no place to go back to")
# Of a prompt that is refused everything: kboot's own root is where it stands.
NOWHERE = "//"
MARK = "/tmp/escaped"
# In place of kboot: an engine that never comes up.
NOTHING = (b"#!/bin/sh\nexec sleep 1000 </dev/null >/dev/null 2>&1\n", 0o755)
# The numbers of the two consoles.
TTYS0, TTY1 = (4 << 8) + 64, (4 << 8) + 1
ATTEMPTS = {
    "assignments": ["restricted=false", "RESTRICTED=no", "set restricted=false", "set restricted false", "unset restricted",
                    "root=vda2", "initrd=//init", "mount_rw=true", f"{SAFE}=/bin/sh", f"{SHOW}='touch {MARK}'", "x=sh",
                    "set x='sh -i'", "default=x", "set", "save",
                    "restricted=false initrd=//init"],
    "more words behind a label": [f"{SAFE} init=/bin/sh", f"{SAFE.lower()}  single", f"{SAFE} initrd=//init", f"{SHOW} x",
                                  f"boot {SAFE} init=/bin/sh", f"{SAFE};sh", f"{SAFE} && sh", f"'{SAFE}' init=/bin/sh",
                                  f"root=vda2 {SAFE}", f"initrd=//init {SAFE}"],
    "files and devices": ["./bzImage", "/boot/bzImage", "/boot/bzImage init=/bin/sh", "vda1", "vda2", "vda2:", "vda2:/bzImage",
                          f"LABEL={talk.BOOT_LABEL}:/bzImage", f"UUID={talk.BOOT_UUID}:", "//init", "boot //init",
                          "boot vda2:/bzImage", "boot --dry-run //init", "boot --dry-run vda2:/bzImage", "explain //init",
                          "host:/export/kernel", "nfs://10.0.2.2/x", "http://10.0.2.2/kernel"],
    "commands": ["sh", "//bin/sh", "//bin/busybox sh", "/bin/sh", "busybox sh", "ash -i", "vi", "vi /etc/fstab", "less //init",
                 "more", f"touch {MARK}", f"//bin/touch {MARK}", "env sh", "script", "mount", "kboot shell",
                 "//sbin/kboot shell", "network up", "kexec -e", "nc -l -p 1 -e sh", "chroot", "chroot /bin/sh",
                 "chroot /bin/ls /", "telnetd", "$SHELL", "`sh`", "$(sh)", "! sh", "|sh", "sh;", "exec sh", ". /init"],
    "places and files": ["cd /", "cd //", "cd //etc", "cd vda1:", "cd ..", "cd -", "cd", "ls", "ls -la", "ls -R //", "ls /",
                         "ls *", "ls -d e*/*", "ls -laR s*", "cat", "cat -n", "cat *", "cat e*/*", "cat s*/*",
                         "cat //etc/kboot.conf", "cat /etc/fstab", "cat < //init", "cat vda1:/etc/fstab", "root", "root vda2",
                         "mounts", "devices", "umount vda1"],
}
# What completion is asked for, and what it must not show by it.
BEGINNINGS = ["ls /", "cat //etc/", "cat //s", "./", "/", "vda1:/", "cd ", "initrd=/", "LABEL=", "vd", "boot /", "sh -c "]


class RestrictedTest(PromptCase):
    def setUp(self):
        super().setUp()
        # Never to be seen: what is in files, and what they are called. Nothing that is typed has it in it.
        self.secrets = [secrets.token_hex(8) for _ in range(4)]

    def start(self, disk_says="restricted=true\n", conf="", kind=USUAL_KIND, **options):
        """A machine whose disk alone says that it is restricted."""
        entry = f"/boot/bzImage initrd=/boot/rescue.img {CONSOLES} nonce={self.nonce}"
        text = f"{disk_says}{SAFE}='{entry}'\n{SHOW}='echo shown {self.nonce}'\n"
        own_name, own, disk_name, disk = self.secrets
        image = talk.disk(self.folder / "talk.img", conf=text)
        image.root.write(f"/etc/{disk_name}", disk)
        self.attached = self.disk(image, "talk", "virtio")
        return self.start_kboot(kind, conf=conf, disks=[self.attached],
                                files={f"/secret/{own_name}": own.encode(), "/kbtest/nothing": NOTHING}, **options)

    def refuse(self, vm, line):
        """Type a line; it is refused with a sentence, which is printed."""
        told = self.say(vm, line, NOWHERE)
        print(f"  {line!r}: {told!r}")
        self.assertRegex(told, REFUSED, line)

    def assert_tight(self, vm):
        """Nothing ran, nothing was seen, and no terminal has a program other than kboot."""
        self.assertEqual(vm.control.run(f"ls {MARK} 2>/dev/null || true"), "")
        for secret in self.secrets:
            self.assertNotIn(secret.encode(), vm.serial_log)
        self.assertLessEqual({name for _, name in self.programs_at(vm, TTYS0, TTY1)}, {"kboot"})
        # The loader of a chosen entry has its own mounts, which nobody else sees.
        self.assertNotIn(" /run/kboot/", vm.control.run("cat /proc/1/mountinfo"))

    @staticmethod
    def programs_at(vm, *terminals):
        """What runs with one of these as its terminal: (pid, name)s, the oldest first."""
        text = vm.control.run("cat /proc/[0-9]*/stat 2>/dev/null || true")
        found = re.findall(r"^(\d+) \((.*)\) \S \d+ \d+ \d+ (\d+) ", text, re.M)
        return sorted((int(pid), name) for pid, name, terminal in found if int(terminal) in terminals)

    def wait_nowhere(self, vm, seconds=60):
        vm.wait_screen(lambda s: place_of(s) == NOWHERE, "the prompt", seconds)

    def open_prompt(self, vm):
        vm.keys("c")
        self.wait_nowhere(vm)


class PromptTest(RestrictedTest):
    def test_every_line(self):
        vm = self.start()
        self.wait_menu(vm, SAFE)
        self.open_prompt(vm)
        for kind, lines in ATTEMPTS.items():
            print(f"refused: {kind}")
            for line in lines:
                self.refuse(vm, line)
            self.assert_tight(vm)
        self.completion(vm)
        self.labels_work(vm)

    def completion(self, vm):
        for beginning in BEGINNINGS:
            vm.keys(beginning, TAB, TAB)
            # Ctrl-U: an empty line again; so the keys before it have had their effect.
            vm.keys(b"\x15")
            told = self.say(vm, "help menu", NOWHERE)
            self.assertIn("Goes back to the menu", told, beginning)
        for shown in (b"bzImage", b"fstab", b"busybox", talk.BOOT_LABEL.encode() + b" "):
            self.assertIsNone(re.search(rb"\n" + shown, bytes(vm.serial_log)), shown)
        self.assert_tight(vm)

    def labels_work(self, vm):
        self.assertEqual(self.say(vm, "labels", NOWHERE).split("\n")[:2], [SAFE, SHOW])
        self.assertEqual(self.say(vm, SHOW, NOWHERE), f"shown {self.nonce}")
        self.boot_line(vm, SAFE.lower())


class KeysTest(RestrictedTest):
    """Keys and signals that end things, and what they leave."""

    SIGNALS = (b"\x03", b"\x1a", b"\x1c")  # Ctrl-C, Ctrl-Z, Ctrl-\

    def test_keys_and_kills(self):
        vm = self.start(kind="stock")
        self.wait_menu(vm, SAFE)
        self.edit(vm)
        for key in self.SIGNALS:
            vm.keys(key)
            self.wait_menu(vm, SAFE)
            self.assert_tight(vm)
        self.open_prompt(vm)
        for key in self.SIGNALS:
            # Ctrl-U for where the key means nothing: the line is empty again.
            vm.keys("sh")
            vm.wait_screen(lambda s: typed_text(s) == f"kboot{NOWHERE}:sh", "what was typed")
            vm.keys(key, b"\x15")
            self.back_to_prompt(vm)
            self.refuse(vm, "sh")
            self.assert_tight(vm)
        self.kills(vm)
        self.engine_gone(vm)
        self.socket(vm)
        self.select(vm, SAFE)
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def edit(self, vm):
        self.select(vm, SAFE)
        vm.keys("e")
        vm.wait_screen(lambda s: words.says(s, "This kboot is restricted: its entries boot as they are"), "the refusal to edit")
        self.wait_status(vm, r"phase: waiting", "the menu, which waits")
        self.assert_tight(vm)

    def back_to_prompt(self, vm):
        """The key may have ended the prompt: then the menu is there, never anything else."""
        vm.wait_screen(lambda s: place_of(s) or words.menu_is_shown(s), "the prompt or the menu", 60)
        if not vm.wait_screen(lambda s: [place_of(s)], "the screen")[0]:
            self.open_prompt(vm)

    def processes(self, vm, pattern):
        listed = vm.control.run("for p in /proc/[0-9]*; do echo ${p#/proc/} $(tr '\\0' ' ' <$p/cmdline 2>/dev/null); done")
        return re.findall(rf"^(\d+) {pattern}", listed, re.M)

    def kills(self, vm):
        """The prompt is killed, then the menu that it was opened from, then all of them."""
        for order in (-1, 0):
            programs = self.programs_at(vm, TTYS0)
            self.assertEqual(len(programs), 2, programs)
            vm.control.run(f"kill -9 {programs[order][0]}")
            print(f"  of {programs}, number {order} was killed")
            self.wait_menu(vm, SAFE)
            self.assert_tight(vm)
            self.open_prompt(vm)
            self.refuse(vm, "sh")
        vm.control.run("kill -9 " + " ".join(self.processes(vm, "/sbin/kboot .*menu")))
        self.wait_menu(vm, SAFE)
        self.assert_tight(vm)
        self.open_prompt(vm)

    def engine_gone(self, vm):
        """The engine dies and does not come back: what it said holds for the prompt and the menu that are left."""
        vm.control.run("mount -o bind /kbtest/nothing /sbin/kboot")
        vm.control.run("kill -9 " + " ".join(self.processes(vm, "/sbin/kboot engine")))
        vm.wait_until(lambda: not self.processes(vm, "/sbin/kboot engine"), "the end of the engine")
        self.back_to_prompt(vm)
        for line in ("sh", f"touch {MARK}", "ls", "cat *", "ls -la s*", "//bin/sh", "cat s*/*", "cd //etc", "chroot",
                     "root=vda1"):
            told = self.say(vm, line, NOWHERE)
            print(f"  without an engine, {line!r}: {told!r}")
            self.assertRegex(told, r"restricted|boot engine", line)
        for _ in range(3):
            vm.press("ctrl-c")
            self.assert_tight(vm)
        vm.control.run("umount /sbin/kboot && kill $(pidof sleep)")
        self.wait_status(vm, r"phase: ", "the engine")
        vm.keys("exit", ENTER)
        self.wait_menu(vm, SAFE)
        self.assert_tight(vm)

    def socket(self, vm):
        """Root's own clients are refused as well, and nobody else may connect."""
        self.assertRegex(vm.control.run("ls -ln /run/kboot/engine.sock"), r"^srw------- +1 0 +0 ")
        for line in ("sh", f"touch {MARK}", "chroot /bin/sh", "restricted=false", "//init", "cat //etc/kboot.conf", "ls"):
            code, told = vm.control.run(f'kboot shell -c "{line}"', check=False)
            print(f"  kboot shell -c {line!r}: {told!r}")
            self.assertNotEqual(code, 0, line)
            self.assertIn("restricted", told, line)
        for line in ("//init", "vda2:/bzImage", f"{SAFE} init=/bin/sh"):
            code, told = vm.control.run(f'kboot boot "{line}"', check=False)
            print(f"  kboot boot {line!r}: {told!r}")
            self.assertNotEqual(code, 0, line)
        self.wait_status(vm, r"phase: waiting", "the menu, which waits")


class EarlyTest(RestrictedTest):
    def test_prompt_before_the_disk_was_read(self):
        """Only the disk says that it is restricted, and it is slow: no command runs before it was asked."""
        # The custom kernel, which needs no module for the disk, would wait for it before kboot's init.
        vm = self.start(kind="stock")
        vm.stall(self.attached)
        vm.wait_screen(lambda s: words.says(s, "Looking for disks"), "the menu without entries", 180)
        vm.keys("c")
        vm.control.run(f"(kboot shell -c 'touch {MARK}' >/tmp/told 2>&1 &)")
        # The prompts run, and wait.
        vm.wait_until(lambda: vm.control.run("ps | grep -c '[k]boot.* menu'") == "3", "the prompt below the menu", 60)
        self.assertIsNone(vm.wait_screen(lambda s: [place_of(s)], "the screen")[0])
        self.assertEqual(vm.control.run("cat /tmp/told"), "")
        self.assert_tight(vm)
        vm.slow_down(self.attached, 0)
        self.wait_nowhere(vm)
        self.refuse(vm, f"touch {MARK}")
        vm.wait_until(lambda: "this kboot is restricted" in vm.control.run("cat /tmp/told"), "the other prompt's refusal", 60)
        self.assert_tight(vm)
        self.boot_line(vm, SAFE)

    def test_interrupted_from_power_on(self):
        """kboot itself says that it is restricted: Ctrl-C from the first moment opens no shell."""
        vm = self.start("", conf="restricted=true\n", kind="stock", power_on=True)

        def interrupted(screen):
            vm.keys(b"\x03")
            return words.menu_is_shown(screen) and words.shows_ready(screen, SAFE)

        vm.wait_screen(interrupted, f"the menu with {SAFE}", 180)
        self.assert_tight(vm)
        self.wait_menu(vm, SAFE)
        self.open_prompt(vm)
        self.refuse(vm, "sh")
        self.assert_tight(vm)
