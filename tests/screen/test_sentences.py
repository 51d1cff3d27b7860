# SPDX-License-Identifier: GPL-2.0-or-later
"""What the prompt says where something is not what it was taken for: the real program, one line each."""

import gzip
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from kbtest import kernels


class SentencesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.write("sda2/boot/vmlinuz", kernels.bzimage())
        self.write("sda2/boot/initrd.img", kernels.initrd())
        self.write("sda2/etc/kboot.conf", b"Debian='/boot/vmlinuz initrd=/boot/initrd.img'\n")
        self.write("sda3/u/notes", b"mine\n")

    def write(self, name, data, mode=0o644):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(mode)

    def say(self, line, *options):
        """Everything that `line` makes the prompt say."""
        done = subprocess.run([os.environ["KBOOT"], "shell", "-c", line, *options,
                               "--device", f"sda2,label=root,fstype=ext4={self.folder}/sda2",
                               "--device", f"sda3,label=home,fstype=ext4={self.folder}/sda3"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60, check=False)
        return done.stdout.replace(str(self.folder), "FOLDER")

    def assert_says(self, line, text):
        self.assertEqual(self.say(line), f"kboot: {text}\n", line)

    def assert_prints(self, line, text):
        """What is said on the way (/etc/fstab:2: ...) aside."""
        said = "".join(row for row in self.say(line).splitlines(True) if not row.startswith("/etc/fstab:"))
        self.assertEqual(said, text, line)

    def test_matches_are_mounted_as_names_are(self):
        self.write("sda2/etc/fstab", b"LABEL=root / ext4 ro 0 1\nLABEL=home /home ext4 ro 0 2\n")
        (self.folder / "sda2/home").mkdir()
        (self.folder / "sda2/h").symlink_to("/home")
        self.assert_prints("ls /home", "u\n")
        self.assert_prints("ls /hom?", "u\n")
        self.assert_prints("ls /home/*", "notes\n")
        self.assert_prints("cat /h*/u/n*s", "mine\nmine\n")
        self.assertIn("h:\nu\n\nhome:\nu\n", self.say("ls *"))
        self.assert_prints("ls /[gh]", "u\n")
        self.assertEqual(self.say("ls /x*"), "kboot: /x*: nothing matches\n")
        for name in ("/proc/cmdline", "/dev/null", "/sys", "/run/kboot"):
            shown = "/" + name.split("/")[1]
            self.assertEqual(self.say(f"cat {name}"), f"kboot: {shown}: there is no such file or directory (kboot's own: /{name})\n")
        self.assertEqual(self.say("cat /developer"), "kboot: /developer: there is no such file or directory\n")
        self.assertEqual(self.say("ls /x/y*"), "kboot: /x: there is no such file or directory\n")

    def test_what_is_no_kernel(self):
        self.write("sda2/hi.gz", gzip.compress(b"hi\n"))
        self.write("sda2/notes", b"hi\n")
        self.assert_says("/boot/initrd.img",
                         "/boot/initrd.img, unpacked, is an initramfs archive, not a kernel, nor is it executable")
        self.assert_says("/hi.gz", "/hi.gz, unpacked, is not a kernel, nor is it executable")
        self.assert_says("/notes", "/notes is not a kernel, nor is it executable")

    def test_a_compressed_kernel(self):
        self.write("sda2/vmlinuz.gz", gzip.compress(kernels.bzimage("6.1.0-z")))
        self.write("sda2/Image.gz", gzip.compress(bytes(56) + b"ARM\x64" + bytes(4096)))
        self.assertIn("x86-64 gzip-compressed kernel 6.1.0-z", self.say("boot --dry-run /vmlinuz.gz"))
        self.assertIn("/Image.gz is for arm64, this machine is", self.say("boot --dry-run /Image.gz"))

    def test_what_is_no_initrd_or_device_tree(self):
        self.assertIn("initrd   sda2:/etc/kboot.conf  (not a known kind of initrd, ",
                      self.say("boot --dry-run /boot/vmlinuz initrd=/etc/kboot.conf"))
        self.assertRegex(self.say("boot --dry-run /boot/vmlinuz initrd=/boot/initrd.img"),
                         r"initrd   sda2:/boot/initrd.img  \(\d+ bytes\)")
        self.assert_says("boot --dry-run /boot/vmlinuz dtb=/boot/vmlinuz", "sda2:/boot/vmlinuz is not a device tree")

    def test_a_device_that_is_taken_for_a_file(self):
        missing = "there is no such file or directory"
        self.assert_says("cd sda3", f"/sda3: {missing} (on the device: sda3:)")
        self.assert_says("cd /dev/sda3", f"/dev: {missing} (on the device: sda3:)")
        self.assert_says("cd sda3:u", f"/sda3:u: {missing} (on the device: sda3:/u)")
        self.assert_says("ls sda3:u", f"/sda3:u: {missing} (on the device: sda3:/u)")
        self.assert_says("cd sda9", f"/sda9: {missing}")
        self.assert_says("cd sda3:/x", f"sda3:/x: {missing}")

    def test_a_simulation_has_no_network(self):
        self.assert_prints("network", "There is no network card: this is a simulation.\n")
        self.assert_says("network up", "this is a simulation: there is no network to configure")

    def test_restarting_into_what_the_firmware_knows(self):
        self.assert_says("reboot now", "there is no EFI firmware that could be told so")
        efi = {"BootOrder": b"\x03\0\x0a\0", "OsIndicationsSupported": b"\x01" + 7 * b"\0",
               "Boot0003": b"\x01" + 5 * b"\0" + "Windows Boot Manager\0".encode("utf-16le"),
               "Boot000A": b"\x01" + 5 * b"\0" + "\x1b[31mU\N{PILE OF POO}\0".encode("utf-16le")}
        for name, data in efi.items():
            self.write(f"machine/sys/firmware/efi/efivars/{name}-8be4df61-93ca-11d2-aa0d-00e098032b8c",
                       b"\x07\0\0\0" + data)
        (self.folder / "machine/etc").mkdir()
        for line, into in (("reboot", ""), ("reboot setup", " into Firmware setup"), ("reboot 3", " into Windows Boot Manager"),
                           ("reboot windows boot manager", " into Windows Boot Manager"),
                           ("reboot 'Windows Boot Manager'", " into Windows Boot Manager"),
                           ("reboot 000a", " into [31mU\N{PILE OF POO}")):
            self.assertEqual(self.say(line, "--root", f"{self.folder}/machine"),
                             f"Simulation: the machine would restart{into} now.\n", line)
        self.assertEqual(self.say("reboot now", "--root", f"{self.folder}/machine"),
                         "kboot: the firmware cannot be restarted into now; it offers Firmware setup (setup), "
                         "Windows Boot Manager (0003), [31mU\N{PILE OF POO} (000A)\n")
        self.assertEqual(sorted(path.name.split("-")[0] for path in self.folder.glob("machine/**/*-8be4*")), sorted(efi))

    def test_usage(self):
        self.assert_says("poweroff now", "usage: poweroff")
        self.assert_says("umount a b", "usage: umount NAME")
        done = subprocess.run([os.environ["KBOOT"], "--help"], stdout=subprocess.PIPE, text=True, check=True)
        self.assertNotRegex(done.stdout, r" \n")

    def test_check_reads_what_is_piped_into_it(self):
        done = subprocess.run([os.environ["KBOOT"], "check", "-"], input=b"a=b\nb=a\ntimeout=x\nempty=\n",
                              stdout=subprocess.PIPE, check=False)
        self.assertEqual((done.returncode, [line.split(" ")[0] for line in done.stdout.decode().splitlines()]),
                         (1, ["-:1:3:", "-:2:3:", "-:3:9:", "-:4:1:"]))

    def test_a_folder_that_is_not_there_is_named_once(self):
        done = subprocess.run([os.environ["KBOOT"], "explain", "--root", "/nowhere"], stderr=subprocess.PIPE, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stderr),
                         (1, "kboot: --root: /nowhere cannot be opened: No such file or directory\n"))

    def test_what_is_no_regular_file(self):
        os.mkfifo(self.folder / "sda2/fifo")
        self.assert_says("/fifo", "/fifo is no regular file")
        self.assert_says("boot --dry-run /boot/vmlinuz initrd=/fifo", "sda2:/fifo is no regular file")
        self.assert_says("/boot", "/boot is a directory: cd /boot goes there")
