# SPDX-License-Identifier: GPL-2.0-or-later
"""The real program: its menu and its engine, on folders that stand for disks."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from kbtest import kernels
from kbtest.terminal import DOWN, END, ENTER, ESCAPE, TAB, Terminal

DEBIAN_CONF = """\
default=Debian
message=/boot/message
Debian='/boot/vmlinuz initrd=/boot/initrd.img root=/dev/sda2 ro quiet'
Broken='/boot/missing root=/dev/sda2'
"""
RESCUE_CONF = "Rescue system='/vmlinuz rescue'\n"


class KbootTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.write("sda2/boot/vmlinuz", kernels.bzimage())
        self.write("sda2/boot/initrd.img", bytes(4096))
        self.write("sda2/boot/message", b"Good morning.\nNobody is here yet.\n")
        self.write("sda2/boot/kboot.conf", DEBIAN_CONF.encode())
        self.write("sdb1/vmlinuz", kernels.bzimage())
        self.write("sdb1/kboot.conf", RESCUE_CONF.encode())

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def start(self, *options, **terminal):
        argv = [os.environ["KBOOT"], "menu", "--device", f"sda2,label=debian-root,fstype=ext4={self.folder}/sda2",
                "--device", f"sdb1,label=RESCUE,fstype=vfat={self.folder}/sdb1", *options]
        term = Terminal(argv, **terminal)
        self.addCleanup(term.close)
        term.wait_text("Enter boot")
        return term

    def test_the_menu(self):
        term = self.start()
        expected = (r"kboot \S+ .*simulation\n Good morning\.\n Nobody is here yet\.\n\n"
                    r" sda2  debian-root  ext4  /boot/kboot\.conf\n"
                    r" > 1   Debian  \(default\)\n"
                    r"   2 ! Broken\n"
                    r"\n sdb1  RESCUE  vfat  /kboot\.conf\n"
                    r"   \d   Rescue system\n")
        term.wait(lambda screen: re.search(expected, screen.text), "the menu")
        term.wait_text("Loaded: Enter starts it at once")

    def test_enter_boots_what_is_chosen(self):
        term = self.start()
        term.wait_text("Rescue system")
        term.wait_text("> 1   Debian")
        term.send("3")
        term.wait_text("> 3   Rescue system")
        term.send(ENTER)
        term.wait_text("this would start Rescue system now")

    def test_what_cannot_be_booted_says_why(self):
        term = self.start()
        term.wait_text("> 1   Debian")
        term.send(DOWN, ENTER)
        term.wait(lambda screen: "Broken" in screen.text and "sda2:/boot/missing" in screen.text
                  and "no such file" in screen.text, "the reason")
        term.send("1", ENTER)
        term.wait_text("this would start Debian now")

    def test_the_log_has_no_empty_line(self):
        term = self.start()
        term.wait_text("> 1   Debian")
        term.send(DOWN)
        term.wait_text("Broken cannot be booted")
        term.send(ENTER, "l")
        term.wait(lambda screen: re.search(r"\d+\.\d\d +booting Broken", screen.text), "the second try in the log")
        self.assertIsNone(re.search(r"^ *\d+\.\d\d *$", term.screen.text, re.MULTILINE), term.screen.framed())

    def test_a_line_edited_for_one_boot(self):
        term = self.start()
        term.wait_text("> 1   Debian")
        term.send("e")
        term.wait_text("root=/dev/sda2 ro quiet")
        term.send(END, " n=42")
        term.wait_text("ro quiet n=42")
        term.send(ENTER)
        term.wait_text("this would start Debian")
        term.wait_text("Enter boot")
        term.send(ESCAPE)
        term.wait(lambda screen: "n=42" not in screen.text and "root=/dev/sda2 ro quiet" in screen.text,
                  "the entry as it was")

    def test_tab_completes_the_names_in_an_edited_line(self):
        term = self.start()
        term.wait_text("> 1   Debian")
        term.send("e")
        term.wait_text("root=/dev/sda2 ro quiet")
        term.send(b"\x15", "sd", TAB)
        term.wait_text("\n sda2:  sdb1:\n")
        term.send("a", TAB)
        term.wait_text("\n sda2:\n")
        term.send("/b", TAB)
        term.wait_text("\n sda2:/boot/\n")
        term.send("vm", TAB)
        term.wait(lambda screen: "\n sda2:/boot/vmlinuz\n" in screen.text and screen.cursor[1] == 20, "the kernel and a blank")
        # A name without a device is on the entry's own.
        term.send("init", TAB, "/boot/", TAB)
        term.wait_text("\n initrd.img  kboot.conf  message     vmlinuz\n")
        term.send("i", TAB)
        term.wait_text("initrd=/boot/initrd.img\n")
        term.send("x", ENTER)
        term.wait_text("this would start Debian (edited)")

    def test_tab_goes_where_the_entrys_fstab_says(self):
        """/boot of an entry on sda2 is another disk, as for its kernel when it boots."""
        self.write("sda2/etc/fstab", b"LABEL=RESCUE /boot vfat ro 0 0\n")
        term = self.start()
        term.wait_text("> 1   Debian")
        term.send("e")
        term.wait_text("root=/dev/sda2 ro quiet")
        term.send(b"\x15", "/boot/", TAB)
        term.wait_text("\n kboot.conf  vmlinuz\n")

    def test_tab_in_a_folder_with_too_many_names(self):
        for number in range(3000):
            self.write(f"sdb1/many/{'a' * 40}{number}", b"")
        term = self.start()
        term.wait_text("> 1   Debian")
        term.send("e")
        term.wait_text("root=/dev/sda2 ro quiet")
        term.send(b"\x15", "sdb1:/many/", TAB)
        term.wait_text("Too many names in sdb1:/many begin so: type more of one.")
        term.send("a" * 40, "299", TAB)
        term.wait_text(f"{'a' * 40}2999")

    def test_rescan_finds_what_is_new(self):
        term = self.start()
        term.wait_text("Rescue system")
        self.write("sdb1/kboot.conf", (RESCUE_CONF + "Brand new='/vmlinuz new'\n").encode())
        term.send("r")
        term.wait_text("Brand new")

    def test_left_alone_the_default_starts(self):
        self.write("sda2/boot/kboot.conf", ("timeout=2\n" + DEBIAN_CONF).encode())
        term = self.start()
        term.wait_text("Booting «Debian» in ")
        term.wait_text("this would start Debian now")

    def test_a_default_that_names_nothing_is_told_once(self):
        self.write("sda2/boot/kboot.conf", DEBIAN_CONF.replace("default=Debian", "default=nope\ntimeout=6").encode())
        term = self.start()
        term.wait_text("default=nope (sda2:/boot/kboot.conf:1) names no entry: nothing boots by\n itself.")
        term.send("l")
        term.wait(lambda screen: "End follow" in screen.text and "(sda2:/boot/kboot.conf:1) names no entry" in screen.text,
                  "the log")
        self.assertEqual(term.screen.text.count("default=nope"), 1)
        term.send(ESCAPE)  # with a letter right behind it, that would be a key with Alt
        term.wait_text("Enter boot")
        self.write("sdb1/kboot.conf", b"nope=/vmlinuz\n")
        term.send("r")
        term.wait(lambda screen: "nope" in screen.text and "names no entry" not in screen.text, "the entry, and no warning")

    def test_a_configuration_that_is_too_large_is_named(self):
        self.write("big/kboot.conf", b"")
        os.truncate(self.folder / "big/kboot.conf", 100 << 20)
        for command in ("list", "explain"):
            done = subprocess.run([os.environ["KBOOT"], command, "--device", f"sdc1={self.folder}/big"], capture_output=True,
                                  text=True, timeout=60, check=True)
            told = done.stderr if command == "list" else done.stdout
            self.assertIn("sdc1:/kboot.conf: the file is above 16 MiB and is not read\n", told)
        self.assertIn("because no disk has a kboot.conf that could be read\n", told)

    def test_the_list_is_a_table_that_fits_its_terminal(self):
        self.write("sda2/boot/kboot.conf", DEBIAN_CONF.replace("Debian", "\u65e5\u672c" * 4).encode())
        argv = [os.environ["KBOOT"], "list", "--device", f"sda2={self.folder}/sda2", "--device", f"sdb1={self.folder}/sdb1"]
        problem = "kernel not found: sda2:/boot/missing"
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
        self.assertEqual(done.stdout.splitlines(), [
            "No  Title             Device  Kernel              Default  Problem",
            "1   " + "\u65e5\u672c" * 4 + "  sda2    sda2:/boot/vmlinuz  *",
            "2   Broken            sda2    sda2:/boot/missing           " + problem,
            "3   Rescue system     sdb1    sdb1:/vmlinuz"])
        term = Terminal(argv, columns=64)
        self.addCleanup(term.close)
        term.wait(lambda screen: screen.text.endswith("\n2   Broken        sda2    sda2:/boot/m           kernel not foun\n"
                                                      "3   Rescue syste  sdb1    sdb1:/vmlinu"), "lines of 64 columns")

    def test_a_message_that_is_empty_is_none(self):
        self.write("own.conf", f"message=/{self.folder}/sda2/boot/message\n".encode())
        self.write("sda2/boot/kboot.conf", DEBIAN_CONF.replace("/boot/message", "").encode())
        term = self.start("--config", str(self.folder / "own.conf"))
        term.wait(lambda screen: re.search(r"simulation\n\n sda2  debian-root", screen.text), "the menu without a greeting")
        term.send("l")
        term.wait_text("sda2: ")
        self.assertNotIn("cannot be read", term.screen.text)

    def test_nothing_to_boot(self):
        term = Terminal([os.environ["KBOOT"], "menu", "--device", f"sdc1={self.folder}/sdb1", "--config", "/dev/null"])
        self.addCleanup(term.close)
        term.wait_text("Rescue system")
        (self.folder / "sdb1/kboot.conf").unlink()
        (self.folder / "sdb1/vmlinuz").unlink()
        term.send("r")
        term.wait_text("Nothing to boot was found yet.\n\n sdc1 (ext4) has no kernel and no configuration\n")
        term.wait_text("Scanned 1 device: 1 entry gone.")

    def test_a_theme_by_option_and_by_environment(self):
        self.write("own.theme", b"heading=magenta\n")
        path = str(self.folder / "own.theme")
        for term in (self.start("--theme", path), self.start(env={"KBOOT_THEME": path}),
                     self.start("--theme", path, env={"KBOOT_THEME": "no-such-theme"})):
            term.wait(lambda screen: any(screen.cell(row, 1).fg == "magenta" for row in range(screen.lines_count)),
                      "a magenta heading")
        # A name is looked for beside the program and among the installed ones; this one is at neither place.
        self.start("--theme", "dark-on-light").wait(
            lambda screen: screen.cell(screen.lines_count - 1, screen.columns - 1).bg == "white", "a light ground")
        term = self.start("--theme", "no-such-theme")
        term.wait(lambda screen: re.search(r"/kboot/themes/\s*no-such-theme\.theme", screen.text), "the file's name")

    def test_alone_on_an_ordinary_linux(self):
        term = Terminal([os.environ["KBOOT"]])
        self.addCleanup(term.close)
        self.assertEqual(term.wait_exit(), 1)
        self.assertIn(b"`kboot menu --root /` shows what it would do", term.output.replace(b"\r\n", b""))

    def test_leaving(self):
        term = self.start()
        term.send("qx")
        self.assertEqual(term.wait_exit(), 0)
