# SPDX-License-Identifier: GPL-2.0-or-later
"""The prompt of the image on its serial line and its screen: BusyBox's programs get the terminal and give it back."""

import re

from case import VmTestCase
from kbtest import disks
from kbtest.terminal import ENTER, ESCAPE, TAB

CTRL_C, CTRL_Z = b"\x03", b"\x1a"


class PromptTest(VmTestCase):
    def start(self, **options):
        disk = disks.rescue_disk(self.folder / "rescue.img", f"Rescue='{disks.rescue_entry(f'nonce={self.nonce}')}'\n")
        vm = self.start_kboot(conf="", disks=[self.disk(disk, "rescue")], **options)
        self.wait_menu(vm, "Rescue")
        vm.keys("c")
        self.wait_prompt(vm, "kboot:")
        return vm

    @staticmethod
    def wait_prompt(vm, prompt):
        vm.wait_screen(lambda s: [line.rstrip() for line in s.lines if line.strip()][-1:] == [prompt], f"the prompt {prompt}", 60)

    def test_programs_take_the_terminal_and_give_it_back(self):
        vm = self.start()
        vm.keys("cd //tmp", ENTER)
        self.wait_prompt(vm, "kboot //tmp:")
        vm.keys("vi note", ENTER)
        vm.wait_screen(lambda s: s.find(r"^~") and s.find("note"), "vi", 60)
        vm.keys("iwritten in vi")
        vm.wait_screen(lambda s: s.find(r"^I note \[Modified\]"), "vi's insertion", 60)
        # An escape with something right behind it would be another key.
        vm.keys(ESCAPE)
        vm.wait_screen(lambda s: s.find(r"^- note \[Modified\]"), "vi's commands", 60)
        vm.keys(":wq", ENTER)
        vm.wait_screen(lambda s: s.find(r"^kboot //tmp: *$"), "the prompt behind vi", 60)
        vm.keys("cat note", ENTER)
        vm.wait_screen(lambda s: s.find(r"^written in vi"), "what was written", 60)
        # What is typed before the prompt is there is echoed, too, and Ctrl-C would forget it.
        self.wait_prompt(vm, "kboot //tmp:")
        vm.keys("sleep 1000", ENTER)
        vm.wait_until(lambda: vm.control.run("pidof sleep", check=False)[0] == 0, "sleep to run")
        vm.keys(CTRL_Z)
        vm.wait_screen(lambda s: s.find(r"\[1\] stopped: sleep 1000"), "the stopped command", 60)
        self.wait_prompt(vm, "kboot //tmp:")
        vm.keys("fg", ENTER)
        vm.wait_screen(lambda s: s.find(r"^sleep 1000"), "the command again", 60)
        vm.keys(CTRL_C)
        self.wait_prompt(vm, "kboot //tmp:")
        vm.wait_until(lambda: vm.control.run("pidof sleep", check=False)[0] != 0, "the end of sleep")

    def test_completion_and_a_boot_from_a_device(self):
        vm = self.start()
        name = vm.control.run("kboot shell -c devices").split()[0]
        vm.keys(f"cd {name}", TAB)
        vm.wait_screen(lambda s: s.find(rf"kboot: cd {re.escape(name)}:"), "the device's colon", 60)
        vm.keys(ENTER)
        self.wait_prompt(vm, f"kboot {name}:/:")
        vm.keys("./vm", TAB)
        vm.wait_screen(lambda s: s.find(r"\./vmlinuz"), "the kernel's name", 60)
        vm.keys(f"initrd=initrd.img {disks.CONSOLES} nonce={self.nonce}", ENTER)
        self.wait_nonce(vm)

    def test_history_is_one_for_all_consoles(self):
        vm = self.start()
        vm.keys("echo from the serial line", ENTER)
        vm.wait_screen(lambda s: s.find(r"^from the serial line"), "its output", 60)
        vm.press("c")
        vm.wait_vga(lambda s: s.find(r"^kboot:"), "the prompt on the screen", 60)
        vm.press("up")
        vm.wait_vga(lambda s: s.find(r"^kboot: echo from the serial line"), "the line again", 60)
        mode = vm.control.run("stat -c %a /run/kboot/history")
        self.assertEqual(mode.strip(), "600")
