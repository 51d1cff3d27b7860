# SPDX-License-Identifier: GPL-2.0-or-later
"""Entries that cannot boot come back to the menu with one sentence; then a good entry boots."""

import screen_words as words
from case import VmTestCase
from kbtest import disks, kernels, multiboot, small
from kbtest.machine import Disk
from kbtest.terminal import ENTER

GOOD = "Good"
# label: (what kboot.conf says, what the sentence must hold: the file or the limit, and what is wrong with it)
BROKEN = {
    "Missing kernel": ("/no-such-kernel", r"/no-such-kernel\b.*(no such file|not found|does not exist)"),
    "Not a kernel": ("/notes.txt", r"/notes\.txt\b.*(not a kernel|no kernel)"),
    "Truncated kernel": ("/truncated", r"/truncated\b.*(truncated|cut off|incomplete|shorter|ends)"),
    "Wrong machine, Image": ("/arm64-image", r"/arm64-image is for arm64"),
    "Wrong machine, ELF": ("/arm64-elf", r"/arm64-elf is for arm64"),
    "Wrong class, ELF": ("/x32-elf", r"/x32-elf is for another architecture"),
    "U-Boot image": ("/uimage", r"/uimage is of a kind that nothing can start on x86-64"),
    "Multiboot, wrong checksum": ("/multiboot-sum", r"/multiboot-sum is damaged: its multiboot header"),
    "Multiboot 2, endless tags": ("/multiboot-tags", r"/multiboot-tags is damaged: its multiboot header has tags"),
    # Only kexec-tools knows, so this is its own reason.
    "Multiboot, no such memory": ("/multiboot-nowhere",
                                  r"/multiboot-nowhere: kexec-tools failed: Invalid memory segment 0xb0100000"),
    "Missing initrd": ("/vmlinuz initrd=/no-such-initrd", r"/no-such-initrd\b.*(no such file|not found|does not exist)"),
    "Long command line": ("/vmlinuz initrd=/initrd.img " + "x" * 3000, r"command line\b.*(2,?047|too long|longer)"),
}


class BrokenTest(VmTestCase):
    def broken_disk(self):
        lines = [f"{label}='{value}'" for label, (value, _) in BROKEN.items()]
        lines.append(f"{GOOD}='{disks.rescue_entry(f'nonce={self.nonce}')}'")
        kernel = small.kernel().read_bytes()
        return disks.fat_disk(self.folder / "broken.img", "BROKEN", "0B0B0B0B", {
            "/vmlinuz": kernel, "/initrd.img": disks.rescue_initrd(),
            "/notes.txt": b"Remember the milk.\n" * 500,
            # All of the header is there, and half of the code that it promises.
            "/truncated": kernel[:len(kernel) // 2],
            "/arm64-image": kernels.arm64_image(), "/arm64-elf": kernels.aarch64_elf(),
            "/x32-elf": kernels.x32_elf(), "/uimage": kernels.uimage(),
            "/multiboot-sum": multiboot.wrong_checksum(1), "/multiboot-tags": multiboot.endless_tags(),
            "/multiboot-nowhere": multiboot.nowhere(),
            "/kboot.conf": "\n".join(lines) + "\n"})

    def check_sentence(self, vm, label, pattern):
        self.select(vm, label)
        vm.keys(ENTER)
        # All of the sentence: while the entry is being booted, its title and its file are on the screen, too.
        sentence = f"{label} cannot be booted: .*(?i:{pattern})"
        with self.subTest(label):
            vm.wait_screen(lambda s: words.says(s, sentence) and words.menu_is_shown(s),
                           f"the menu and a sentence like {sentence!r}", 60)

    def test_each_comes_back_with_its_sentence(self):
        vm = self.start_kboot(conf="", disks=[self.disk(self.broken_disk(), "broken")], lines=40)
        self.wait_menu(vm, GOOD)
        for label, (_, pattern) in BROKEN.items():
            self.check_sentence(vm, label, pattern)
        self.select(vm, GOOD)
        vm.keys(ENTER)
        self.wait_nonce(vm)

    def test_disk_unplugged_before_enter(self):
        rescue = disks.rescue_disk(self.folder / "rescue.img",
                                   f"{GOOD}='{disks.rescue_entry(f'nonce={self.nonce}')}'\n")
        stick = disks.rescue_disk(self.folder / "stick.img", f"Stick='{disks.rescue_entry('nonce=wrong')}'\n")
        vm = self.start_kboot(conf="", disks=[self.disk(rescue, "rescue")], usb=True)
        self.wait_menu(vm, GOOD)
        plugged = Disk(str(stick.path), "stick", "usb")
        vm.plug_usb(plugged)
        self.wait_menu(vm, GOOD, "Stick")
        self.select(vm, "Stick")
        vm.unplug_usb(plugged)
        vm.keys(ENTER)
        # Whichever is seen first: the entry goes, or its boot fails. In no case is the machine lost.
        vm.wait_screen(lambda s: words.menu_is_shown(s) and (
            not words.shows_entry(s, "Stick") or words.says(s, r"(?i)(unplugged|gone|removed|no longer|waiting for)")),
            "the menu without the stick, or a sentence", 60)
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
        self.select(vm, GOOD)
        vm.keys(ENTER)
        # The first Enter may have been answered only after the second one, which is then lost.
        proof = f"NONCE {self.nonce} ".encode()
        vm.wait_until(lambda: proof in vm.serial_log or vm.wait_screen(
            lambda s: [words.says(s, "Stick cannot be booted")], "the screen")[0], "the boot, or the first Enter's answer", 240)
        if proof not in vm.serial_log:
            vm.keys(ENTER)
        self.wait_nonce(vm)
