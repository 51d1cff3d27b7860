# SPDX-License-Identifier: GPL-2.0-or-later
"""`rescue` and `report` as a person uses them: nothing is written before the yes, nothing stays mounted, a system boots again."""

import re

import screen_words as words
from kbtest import disks, whole_debian
from kbtest.cache import run
from kbtest.machine import accelerator
from kbtest.terminal import ENTER
from prompt_case import PromptCase, checksum

MAKE_SECONDS = 600  # update-initramfs, emulated
SECRET = "hid1ngplace"
# In the system that is started: with its root mounted, which takes a whole initramfs.
PROVE = """#!/bin/sh
/bin/mount -t proc proc /proc
for word in $(/bin/cat /proc/cmdline); do
	case $word in nonce=*) echo "NONCE ${word#nonce=} from Debian" >/dev/ttyS0;; esac
done
while :; do /bin/sleep 1000; done
"""


class RescueCase(PromptCase):
    def ask(self, vm, question, answer, mark, seconds=120):
        """Wait for a question and answer it. Returns the mark behind it."""
        vm.wait_serial(re.escape(question), seconds, since=mark, what=f"the question {question!r}")
        mark = vm.serial_mark()
        vm.keys(answer, ENTER)
        return mark

    def start_rescue(self, vm, device):
        mark = self.enter(vm, f"rescue {device}")
        vm.wait_serial(r"What \(number, q leaves\)\? ", 120, since=mark, what="the steps")
        return mark

    def leave(self, vm, mark):
        self.ask(vm, "What (number, q leaves)? ", "q", mark)
        self.wait_prompt(vm)
        vm.wait_until(lambda: self.nothing_mounted(vm), "every process without the system's mounts")


class RepairTest(RescueCase):
    def broken_debian(self):
        """A whole Debian without its initrd, whose new one is small; and its kernel's version."""
        disk = whole_debian.disk(self.folder / "whole.img")
        device = f"{disk.root.image}?offset={disk.root.start}"
        listed = run("debugfs", "-R", "ls -p /boot", device)
        version = re.search(r"/vmlinuz-([^/]+)/", listed).group(1)
        disk.root.write("/prove", PROVE)
        disk.root.write("/etc/initramfs-tools/initramfs.conf", "MODULES=list\nCOMPRESS=gzip\nBUSYBOX=auto\nRUNSIZE=10%\n")
        disk.root.write("/etc/initramfs-tools/modules", "ahci\nsd_mod\next4\n")
        disk.root.write("/etc/kboot.conf", f"Repaired='/boot/vmlinuz-{version} initrd=/boot/initrd.img-{version} "
                        f"root=UUID={whole_debian.ROOT_UUID} ro {disks.CONSOLES} init=/prove nonce={self.nonce}'\n")
        run("debugfs", "-w", "-f", "-", device,
            stdin=f"rm /boot/initrd.img-{version}\nset_inode_field /prove mode 0100755\n".encode())
        return disk, version

    def test_missing_initrd(self):
        """Made anew in its own chroot; the entry that could not boot does, from the walk."""
        disk, version = self.broken_debian()
        # Its 2 GB are not to be written out on this host when the guest syncs.
        attached = self.disk(disk, "whole")
        # Each page that code was run from is slow to be written again while QEMU keeps what it made of that code.
        accel = "kvm" if accelerator() == "kvm" else "tcg,tb-size=128"
        vm = self.start_kboot("custom", conf="", disks=[attached], memory_mib=1024, accel=accel)
        vm.wait_screen(lambda s: words.menu_is_shown(s) and words.shows_entry(s, "Repaired"), "the menu", 120)
        self.open_prompt(vm)
        mark = self.start_rescue(vm, "sda2")
        vm.wait_serial(rf"Kernel {re.escape(version)} has no initramfs", 10, since=mark)
        mark = self.ask(vm, "What (number, q leaves)? ", "2", mark)
        mark = self.ask(vm, "For which (number; Enter: all; q: none)? ", "", mark)
        # No is no, and so is anything but the whole word.
        mark = self.ask(vm, "Type yes to do so: ", "y", mark)
        vm.wait_serial("Nothing is written", 60, since=mark)
        self.assertEqual(vm.writes(attached), 0)
        mark = self.ask(vm, "What (number, q leaves)? ", "2", mark)
        mark = self.ask(vm, "For which (number; Enter: all; q: none)? ", "1", mark)
        mark = self.ask(vm, "Type yes to do so: ", "yes", mark)
        done = vm.wait_serial(rf"update-initramfs ended .*\r?\n(.*initrd\.img-{re.escape(version)}.*|.*has changed)", MAKE_SECONDS,
                              since=mark, what="a new initramfs")
        self.assertIn(b"Written: /boot/initrd.img", done.group(1))
        mark = self.ask(vm, "What (number, q leaves)? ", "4", mark)
        listed = vm.wait_serial(r" ?(\d+) Repaired\r?\n", 240, since=mark)
        mark = self.ask(vm, "Boot which (number, q: none)? ", listed.group(1).decode(), mark)
        self.wait_nonce(vm, "Debian")

    def test_nothing_is_written_without_a_yes(self):
        """Looking, the journal, a shell: all of it for reading."""
        disk = disks.debian_disk(self.folder / "debian.img")
        for folder in ("/var", "/var/log"):
            disk.root.make_folder(folder)
        disk.root.write("/var/log/syslog", "the first line\nthe last \033[2Jline\n")
        before = checksum(disk.path)
        attached = self.disk(disk, "debian", snapshot=False)
        vm = self.start_prompt([attached], kind="custom")
        device = re.search(r"^(\S+) +ext4", self.say(vm, "devices"), re.MULTILINE).group(1)
        mark = self.start_rescue(vm, device)
        mark = self.ask(vm, "What (number, q leaves)? ", "5", mark)
        vm.wait_serial(r"the last \\x1b\[2Jline", 60, since=mark, what="the end of its log")
        mark = self.ask(vm, "What (number, q leaves)? ", "6", mark)
        vm.wait_serial(r"/sys/fs/pstore|pstore of this machine cannot be read", 60, since=mark)
        mark = self.ask(vm, "What (number, q leaves)? ", "1", mark)
        vm.wait_serial(r"# ", 60, since=mark, what="a shell in it")
        vm.keys("echo x > /written; echo status $?", ENTER)
        vm.wait_serial(r"^status [1-9]", 60, since=mark, what="a refusal to write")
        vm.keys("exit", ENTER)
        mark = self.ask(vm, "What (number, q leaves)? ", "9", mark)
        mark = self.ask(vm, "Type yes to do so: ", "no", mark)
        self.ask(vm, "What (number, q leaves)? ", "7", mark)
        vm.wait_serial(rf"e2fsck -f /dev/{device}", 60, since=mark)
        vm.keys(b"\x04")
        self.wait_prompt(vm)
        vm.wait_until(lambda: self.nothing_mounted(vm), "every process without the system's mounts")
        self.assertEqual(vm.writes(attached), 0, "rescue wrote to a disk")
        vm.close()
        self.assertEqual(checksum(disk.path), before)

    def test_from_the_menu(self):
        """A yes, a file written in the system, and back in the menu nothing is mounted."""
        disk = disks.debian_disk(self.folder / "debian.img")
        attached = self.disk(disk, "debian", snapshot=False)
        vm = self.start_kboot("custom", conf="", disks=[attached])
        self.wait_menu(vm)
        mark = vm.serial_mark()
        vm.keys("R")
        mark = self.ask(vm, "Which (number or device, q leaves)? ", "1", mark)
        mark = self.ask(vm, "What (number, q leaves)? ", "9", mark)
        mark = self.ask(vm, "Type yes to do so: ", "yes", mark)
        mark = self.ask(vm, "What (number, q leaves)? ", "1", mark)
        vm.wait_serial(r"# ", 60, since=mark, what="a shell in it")
        vm.keys(f"echo {self.nonce} > /written && echo it is $((40 + 2))", ENTER)
        vm.wait_serial(r"^it is 42", 60, since=mark)
        vm.keys("exit", ENTER)
        self.ask(vm, "What (number, q leaves)? ", "q", mark)
        self.wait_menu(vm)
        vm.wait_until(lambda: self.nothing_mounted(vm), "every process without the system's mounts")
        vm.close()
        self.assertIn(f"{self.nonce}\n", run("debugfs", "-R", "cat /written", f"{disk.root.image}?offset={disk.root.start}"))
        # It was unmounted, not torn away.
        self.assertIn("Filesystem state:         clean",
                      run("dumpe2fs", "-h", f"{disk.root.image}?offset={disk.root.start}"))


class ReportTest(RescueCase):
    def test_on_a_stick(self):
        """Read from the stick on the host: complete, without a secret; nothing else of the stick or a disk was written."""
        disk = disks.debian_disk(self.folder / "debian.img")
        disk.root.write("/etc/kboot.conf", f"One='/boot/vmlinuz-{disks.debian.parts().version} password={SECRET} "
                        f"x=https://eve:{SECRET}@host/?t={SECRET}'\n")
        stick = disks.fat_disk(self.folder / "stick.img", "STICK", "4B42F00D", {"/there.txt": b"as it was\n"})
        attached = [self.disk(disk, "debian", snapshot=False), self.disk(stick, "stick", snapshot=False)]
        vm = self.start_prompt(attached, conf=f"proxy=http://eve:{SECRET}@host\n", kind="custom")
        told = self.say(vm, "report LABEL=STICK:/report.txt", seconds=120)
        self.assertRegex(told, r"Written: LABEL=STICK:/report\.txt \(\d+ bytes\)\nIt is unmounted again\.")
        self.assertEqual(self.say(vm, "mounts"), "nothing is mounted")
        mark = self.enter(vm, "report LABEL=STICK:/there.txt")
        self.ask(vm, "Overwrite it (yes, no)? ", "no", mark)
        self.wait_prompt(vm)
        self.assertIn("there is no directory", self.say(vm, "report LABEL=STICK:/nowhere/x.txt").lower()
                      .replace("no such file or directory", "there is no directory"))
        self.assertRegex(self.say(vm, "report"), r"Written: //tmp/kboot-report-\d{8}-\d{6}\.txt")
        self.assertEqual(vm.writes(attached[0]), 0, "a report wrote to another disk")
        vm.close()
        fat = f"{stick.path}@@{stick.fat.start}"
        text = run("mtype", "-i", fat, "::/report.txt")
        self.assertEqual(run("mtype", "-i", fat, "::/there.txt"), "as it was\n")
        self.assertNotIn(SECRET, text)
        for title in ("kboot", "kernel command line", "memory", "network", "kernel log", "settings", "devices", "entries", "log",
                      "kboot's own /etc/kboot.conf"):
            self.assertRegex(text, rf"(?m)^== {title}\n[^(\n]", f"{title}\n{text[:2000]}")
        self.assertRegex(text, r"(?m)^== \S+:/etc/kboot\.conf\nOne='/boot/vmlinuz-\S+ password=\(hidden\)")
        self.assertIn("Linux version", text)

    def test_restricted(self):
        """Refused as everything is that is no label; the menu says so by itself."""
        disk = disks.debian_disk(self.folder / "debian.img")
        vm = self.start_kboot("custom", conf="restricted=true\n", disks=[self.disk(disk, "debian")])
        self.wait_menu(vm)
        vm.keys("R")
        vm.wait_screen(lambda s: words.says(s, "This kboot is restricted"), "a refusal in the menu", 60)
        vm.keys("c")
        vm.wait_screen(lambda s: s.find(r"^kboot //:"), "the prompt", 60)
        for line in ("rescue", "report", "report -"):
            mark = vm.serial_mark()
            vm.keys(line, ENTER)
            vm.wait_serial("this kboot is restricted: only its labels", 60, since=mark, what=f"a refusal of {line}")
