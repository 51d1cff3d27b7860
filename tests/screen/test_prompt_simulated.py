# SPDX-License-Identifier: GPL-2.0-or-later
"""The prompt with kboot's own engine, on folders that stand for disks: alone, and opened from the menu."""

import os
import re
import signal
import tempfile
import unittest
from pathlib import Path

from kbtest import kernels
from kbtest.terminal import ENTER, HOME, TAB, Terminal

CTRL_C, CTRL_D = b"\x03", b"\x04"


class SimulationTest(unittest.TestCase):
    """With kboot's own engine, on folders that stand for disks."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.write("sda2/boot/vmlinuz", kernels.bzimage())
        self.write("sda2/boot/initrd.img", bytes(4096))
        self.write("sda2/etc/fstab", b"LABEL=root / ext4 ro 0 1\nLABEL=HOME /home ext4 ro 0 2\n")
        self.write("sda2/kboot.conf", b"Debian='/boot/vmlinuz initrd=/boot/initrd.img ro'\n")
        self.write("sda3/user/notes", b"mine\n")
        (self.folder / "sda2/home").mkdir()

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def start(self, *options, **terminal):
        term = Terminal([os.environ["KBOOT"], "shell", "--device", f"sda2,label=root={self.folder}/sda2", "--device",
                         f"sda3,label=HOME={self.folder}/sda3", *options], **terminal)
        self.addCleanup(term.close)
        term.wait(lambda screen: screen.last_line == "kboot:", "the prompt")
        return term

    def test_from_place_to_place_and_a_boot(self):
        term = self.start()
        term.send("cd /bo", TAB)
        term.wait_text("kboot: cd /boot/")
        term.send(ENTER)
        term.wait_text("\nkboot /boot:")
        term.send("./vm", TAB)
        term.wait_text("kboot /boot: ./vmlinuz")
        term.send("initrd=in", TAB)
        term.wait_text("kboot /boot: ./vmlinuz initrd=initrd.img")
        term.send("quiet", ENTER)
        term.wait_text("Simulation: this would start")
        term.wait(lambda screen: screen.last_line == "kboot /boot:", "the prompt")
        term.send("Deb", TAB)
        term.wait_text("kboot /boot: Debian")
        term.send(ENTER)
        term.wait_text("Simulation: this would start Debian now")

    def test_fstab_is_followed(self):
        term = self.start()
        term.send("cd /home/us", TAB)
        term.wait_text("kboot: cd /home/user/")
        term.send(ENTER)
        term.wait_text("\nkboot /home/user:")
        term.send("cat notes", ENTER)
        term.wait_text("\nmine")
        term.wait(lambda screen: screen.last_line == "kboot /home/user:", "the prompt")
        term.send("ls sd", TAB)
        term.wait_text("ls sda")
        term.send(TAB)
        term.wait(lambda screen: re.search(r"\nsda2: .*root\nsda3: .*HOME\n", screen.text), "the devices")

    def test_a_broken_fstab_is_told_of_once(self):
        wrong = "/etc/fstab:3:1: there is no directory: the line is skipped"
        fstab = (self.folder / "sda2/etc/fstab").read_bytes()
        self.write("sda2/etc/fstab", fstab + b"broken\n")
        term = self.start()
        # What is completed tells nothing, and takes nothing away from who goes there.
        term.send("cd /bo", TAB)
        term.wait_text("kboot: cd /boot/")
        self.assertNotIn(wrong, term.screen.text)
        term.send(ENTER)
        term.wait_text(f"\n{wrong}\nkboot /boot:")
        for place, line in {"/": "cd /", "/boot": "cd boot", "/home/user": "cd /home/user"}.items():
            term.send(line, ENTER)
            term.wait(lambda screen, place=place: screen.last_line == f"kboot {place}:".replace(" /:", ":"), place)
        self.assertEqual(term.screen.text.count(wrong), 1)
        # The file is another one, though what is wrong in it is the same.
        self.write("sda2/etc/fstab", fstab + b"broken\n# said to be mended\n")
        term.send("cd ..", ENTER)
        term.wait(lambda screen: screen.text.count(wrong) == 2, "the sentence again")

    def test_variables_of_the_session(self):
        term = self.start()
        term.send("Mine='/boot/vmlinuz single'", ENTER, "boot --dry-run Mine", ENTER)
        term.wait_text("sda2:/boot/vmlinuz")
        term.wait_text("single")
        term.send("timeout=never", ENTER)
        term.wait_text("\n! timeout: `never` is not a number of seconds")

    def test_restricted(self):
        self.write("conf", b"restricted=true\nroot=LABEL=root\n")
        term = Terminal([os.environ["KBOOT"], "shell", "--config", f"{self.folder}/conf", "--device",
                         f"sda2,label=root={self.folder}/sda2"])
        self.addCleanup(term.close)
        term.wait(lambda screen: screen.last_line.startswith("kboot"), "the prompt")
        for typed in ("sh", "cd /boot", "ls", "ls //etc", "cat /boot/vmlinuz", "timeout=1", "set", "sda2:", "devices", "vi", "vi /etc/new", "cat < //init", "ls | wc", "less //init", "chroot sh",
                      "network", "./boot/vmlinuz", "//bin/sh", "boot /boot/vmlinuz", "Debian init=/bin/sh", "root", "mounts"):
            term.send("\x0c", typed, ENTER)
            term.wait(lambda screen: "restricted" in screen.text, f"a refusal of {typed}")
            term.send("\x0c")
            term.wait(lambda screen: "restricted" not in screen.text, "an empty screen")
        term.send("Debian", ENTER)
        term.wait_text("Simulation: this would start Debian now")


class MenuTest(unittest.TestCase):
    """From the menu to the prompt, and back."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = Path(folder.name)
        (self.tree / "kboot.conf").write_text("Only one='/vmlinuz'\n")

    def start(self, **terminal):
        term = Terminal([os.environ["KBOOT"], "menu", "--device", f"sda1={self.tree}"], **terminal)
        self.addCleanup(term.close)
        return term

    def test_c_opens_the_prompt_and_menu_leaves_it(self):
        term = self.start()
        term.wait_text("Only one")
        term.send("c")
        term.wait(lambda screen: screen.last_line.startswith("kboot"), "the prompt")
        term.send("help menu", ENTER)
        term.wait_text("Goes back to the menu that the prompt was opened from")
        term.send("menu", ENTER)
        term.wait_text("Only one")
        term.send("c")
        term.wait(lambda screen: screen.last_line.startswith("kboot"), "the prompt")
        term.send(CTRL_D)
        term.wait_text("Only one")

    def test_capital_r_opens_the_rescue_and_q_leaves_it(self):
        """On a small serial terminal: the steps and the question fit, Ctrl-C and Ctrl-D leave too, what failed can be read."""
        (self.tree / "etc").mkdir()
        (self.tree / "etc/fstab").write_text("/dev/sda1 / ext4 defaults 0 0\n")
        (self.tree / "etc/os-release").write_text("PRETTY_NAME='Small system'\n")
        term = self.start(columns=40, lines=12, term="vt100")
        term.wait_text("Only one")
        for end in (b"q\r", CTRL_C, CTRL_D):
            term.send("R")
            term.wait_text("Which (number or device, q leaves)?")
            term.send("1", ENTER)
            term.wait(lambda screen: screen.last_line == "What (number, q leaves)?", "the steps")
            self.assertIn("sda1: Small system, read-only", term.screen.text)
            self.assertIn(" 1 a shell in it", term.screen.text)
            term.send(end)
            term.wait(lambda screen: "Enter boot" in screen.last_line, "the menu again")
        term.send("R")
        term.wait_text("Which (number or device, q leaves)?")
        term.send("sdz", ENTER)
        term.wait_text("there is no device sdz")
        term.send(ENTER)
        term.wait(lambda screen: "Enter boot" in screen.last_line, "the menu again")

    def test_a_label_that_is_a_command_opens_the_prompt_with_it(self):
        (self.tree / "boot").mkdir()
        (self.tree / "kboot.conf").write_text("look around='cd /boot'\nOnly one='/vmlinuz'\n")
        term = self.start()
        term.wait_text("> 1   look around")
        term.send(ENTER)
        term.wait(lambda screen: screen.last_line == "kboot /boot:", "the prompt, there")
        # That was once: the next prompt is where all begin.
        term.send("exit", ENTER)
        term.wait(lambda screen: screen.last_line.startswith(" ") and "Enter boot" in screen.last_line, "the menu again")
        term.send("c")
        term.wait(lambda screen: screen.last_line.startswith("kboot:"), "the prompt")

    def test_the_prompt_opens_a_menu(self):
        term = Terminal([os.environ["KBOOT"], "shell", "--device", f"sda1={self.tree}"])
        self.addCleanup(term.close)
        term.wait(lambda screen: screen.last_line.startswith("kboot"), "the prompt")
        term.send("menu", ENTER)
        term.wait_text("Enter boot")
        term.send("q")
        term.wait_text("Leave this menu")
        term.send("x")
        term.wait(lambda screen: screen.last_line.startswith("kboot"), "the prompt again")
        term.send("echo back", ENTER)
        term.wait_text("\nSimulation: this would run echo back")

    def test_a_terminal_without_a_cursor_gets_the_prompt(self):
        term = self.start(term="dumb")
        term.wait_text("cannot show a menu")
        term.wait(lambda screen: screen.last_line.startswith("kboot"), "the prompt")
        term.send("pwd", ENTER, "exit 4", ENTER)
        self.assertEqual(term.wait_exit(), 4)

    def test_a_menu_that_is_killed_takes_its_prompt_along(self):
        term = self.start()
        term.wait_text("Only one")
        term.send("c")
        term.wait(lambda screen: screen.last_line.startswith("kboot"), "the prompt")
        term.kill(signal.SIGKILL)
        term.wait_exit()
        term.wait(lambda screen: not term.pump(0.05), "the end of everything on the terminal")
