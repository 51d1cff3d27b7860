# SPDX-License-Identifier: GPL-2.0-or-later
"""Names, labels and arguments of any bytes: the real program on folders that stand for disks."""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from kbtest import kernels
from kbtest.terminal import BACKSPACE, END, ENTER, HOME, TAB, UP, Terminal

PAGE = 0x10FE00
CONF = b"""\
default=Gr\xfc\xdfe
Gr\xfc\xdfe='/vmlinuz-caf\xe9 initrd=/r\xe9/initrd.img root=LABEL=donn\xe9es splash=\xe4\xf6 "a  $b;*"'
Esc\x1b[2J\xc2\x9b='/vmlinuz-caf\xe9 x=\x07\ty'
"""


def to_bytes(text):
    """What a text of the program's JSON stands for."""
    return b"".join(bytes([ord(c) - PAGE]) if PAGE < ord(c) <= PAGE + 0xFF else c.encode() for c in text)


class BytesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.disk = os.fsencode(folder.name) + b"/disk"
        self.write(b"vmlinuz-caf\xe9", kernels.bzimage())
        self.write(b"r\xe9/initrd.img", bytes(4096))
        self.write(b"kboot.conf", CONF)
        self.options = ["--device", os.fsdecode(b"sda2,label=donn\xe9es,fstype=ext4=" + self.disk), "--config", "/dev/null"]

    def write(self, name, data):
        path = Path(os.fsdecode(self.disk + b"/" + name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def kboot(self, *arguments):
        """Standard output; what goes to a person never holds a control character or a stray byte."""
        done = subprocess.run([os.environ["KBOOT"], *arguments, *self.options], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertTrue(all(c.isprintable() or c == "\n" or PAGE < ord(c) <= PAGE + 0xFF for c in done.stdout.decode()))
        return done.stdout.decode()

    def test_a_label_boots_with_the_files_and_arguments_it_names(self):
        plan = self.kboot("boot", b"Gr\xfc\xdfe", "--dry-run").splitlines()
        self.assertRegex(plan[0], r"^kernel   sda2:/vmlinuz-caf\\xe9  \(")
        self.assertRegex(plan[1], r"^initrd   sda2:/r\\xe9/initrd\.img  \(4096 bytes\)")
        self.assertEqual(plan[2], r'args     root=LABEL=donn\xe9es splash=\xe4\xf6 "a  $b;*"')

    def test_so_does_a_command_line(self):
        plan = self.kboot("boot", b"LABEL=donn\xe9es:/vmlinuz-caf\xe9", b"initrd=sda2:/r\xe9/initrd.img", b"a=\xff\x01", "--dry-run")
        self.assertRegex(plan, r"^kernel   sda2:/vmlinuz-caf\\xe9  \(.*\n"
                               r"initrd   sda2:/r\\xe9/initrd\.img  \(.*\nargs     a=\\xff\\x01\n")

    def test_json_has_every_byte(self):
        entries = json.loads(self.kboot("list", "--json"))["entries"]
        labels = {to_bytes(entry["label"]): entry for entry in entries}
        self.assertEqual(set(labels), {b"Gr\xfc\xdfe", b"Esc\x1b[2J\xc2\x9b"})
        entry = labels[b"Gr\xfc\xdfe"]
        self.assertEqual(entry["kernel"], "sda2:/vmlinuz-caf\U0010fee9")
        self.assertEqual(to_bytes(entry["initrd"][0]), b"sda2:/r\xe9/initrd.img")
        self.assertEqual(to_bytes(entry["args"]), b'root=LABEL=donn\xe9es splash=\xe4\xf6 "a  $b;*"')
        self.assertEqual(to_bytes(entry["device"]["label"]), b"donn\xe9es")
        self.assertIn(b"\x07", to_bytes(labels[b"Esc\x1b[2J\xc2\x9b"]["args"]))

    def test_an_id_from_json_is_found_again(self):
        listing = json.loads(self.kboot("list", "--json"))
        plan = self.kboot("boot", to_bytes(listing["default"]), "--dry-run")
        self.assertIn("sda2:/vmlinuz-caf\\xe9", plan)

    def test_lists_for_people(self):
        listing = self.kboot("list")
        self.assertRegex(listing, r"\n1   Gr\\xfc\\xdfe +sda2    sda2:/vmlinuz-caf\\xe9  \*\n")
        self.assertRegex(listing, r"\n2   Esc\\x1b\[2J\\xc2\\x9b  sda2    sda2:/vmlinuz-caf\\xe9\n$")
        explained = self.kboot("explain", b"Gr\xfc\xdfe")
        self.assertIn("  kernel sda2:/vmlinuz-caf\\xe9\n", explained)
        self.assertIn("  default=Gr\\xfc\\xdfe  from ", self.kboot("explain"))

    def test_what_is_too_long_to_be_told_is_left_out(self):
        self.write(b"kboot.conf", CONF + b"\x01" * 60000 + b"=/vmlinuz-caf\xe9\n")
        self.assertIn("\n1   Gr\\xfc\\xdfe  ", self.kboot("list"))

    def test_the_menu(self):
        term = Terminal([os.environ["KBOOT"], "menu", *self.options])
        self.addCleanup(term.close)
        term.wait_text("> 1   Gr\ufffd\ufffde  (default)")
        term.wait_text("sda2:/vmlinuz-caf\ufffd")
        term.send("e")
        term.wait_text("root=LABEL=donn\ufffdes splash=\ufffd\ufffd")
        term.send(END, " more", ENTER)
        term.wait_text("this would start Gr\ufffd\ufffde (edited) now")

    # --- the prompt ----------------------------------------------------------------------------------------------

    def prompt(self):
        self.write(b"r\xe9/a\xff b", b"this is a file\n")
        self.write(b"esc\x1b[2J\n/x", b"")
        self.write(b"na\xc3\xafve", b"well\n")
        term = Terminal([os.environ["KBOOT"], "shell", *self.options])
        self.addCleanup(term.close)
        term.wait_text("kboot:")
        return term

    @staticmethod
    def wait_prompt(term, prompt="kboot:"):
        """Until the last line is this: keys of the editor wait for its prompt."""
        term.wait(lambda screen: screen.text.rstrip().endswith(f"\n{prompt}"), "the next prompt")

    def test_tab_and_cd(self):
        term = self.prompt()
        term.send("cd sda2:/r", TAB)
        term.wait_text("cd sda2:/r\ufffd/")
        term.send(ENTER)
        term.wait_text("kboot sda2:/r\\xe9:")
        term.send("cat a", TAB, ENTER)
        term.wait_text("this is a file")
        self.wait_prompt(term, "kboot sda2:/r\\xe9:")
        term.send("pwd", ENTER)
        term.wait_text("\nsda2:/r\\xe9\n")
        term.send("ls in*", ENTER)
        term.wait_text("\ninitrd.img\n")

    def test_tab_lists_names_harmlessly(self):
        term = self.prompt()
        term.send("ls sda2:/", TAB, TAB)
        term.wait_text("esc\\x1b[2J\\x0a/")
        term.wait_text("vmlinuz-caf\\xe9")
        term.wait_text("na\u00efve")
        term.send("e", TAB, ENTER)
        term.wait_text("\nx\n")
        self.assertNotIn(b"\x1b[2J\n", bytes(term.output))

    def test_bytes_can_be_typed_and_edited(self):
        term = self.prompt()
        term.send(b"echo caf\xe9.img \xc3\xaf\xc3x", ENTER)
        term.wait(lambda screen: b"run echo caf\\xe9.img \xc3\xaf\\xc3x\r" in term.output, "the bytes")
        self.wait_prompt(term)
        term.send(UP, BACKSPACE, BACKSPACE, "y", HOME, ENTER)
        term.wait(lambda screen: b"run echo caf\\xe9.img \xc3\xafy\r" in term.output, "the line as it was edited")

    def test_a_label_and_a_plan_at_the_prompt(self):
        term = self.prompt()
        term.send("boot --dry-run Gr", TAB, "single", ENTER)
        term.wait_text("kernel   sda2:/vmlinuz-caf\\xe9  (")
        term.wait_text('splash=\\xe4\\xf6 "a  $b;*" single')
        self.wait_prompt(term)
        term.send(b"x\xe9=/vmlinuz", ENTER, "set", ENTER)
        term.wait_text("--more--")
        term.send(" ")
        term.wait_text("x\\xe9=/vmlinuz         (this session)")

    def test_a_command_is_given_the_bytes(self):
        self.write(b"r\xe9/a\xff", b"it is there\n")
        done = subprocess.run([os.environ["KBOOT"], "shell", "-c", b"cat sda2:/r\xe9/a\xff", *self.options], capture_output=True,
                              timeout=60, check=False)
        self.assertEqual((done.stdout, done.stderr), (b"it is there\n", b""))
