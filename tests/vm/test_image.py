# SPDX-License-Identifier: GPL-2.0-or-later
"""What the image needs: its size, the smallest memory in which it boots another kernel, its themes."""

import os

from case import BOOT_SECONDS, VmTestCase, image
from kbtest import disks

IMAGE_BAR_MIB = 7.5  # with SSH, TLS and the tools for storage
MEMORY_BAR_MIB = 64
FIGURE_SECONDS = 60
LABEL = "Rescue system"


class ImageTest(VmTestCase):
    def test_size(self):
        size = image("custom").efi.stat().st_size
        self.figure("size", f"custom image: {size / (1 << 20):.2f} MiB (bar: {IMAGE_BAR_MIB} MiB)")
        self.assertLessEqual(size, IMAGE_BAR_MIB * (1 << 20))

    def boots_in(self, memory_mib, seconds):
        """Does the menu come up in so much memory, and boot a small kernel, kboot's own, within so many seconds?"""
        conf = f"{LABEL}='{disks.rescue_entry(f'nonce={self.nonce}')}'\ndefault={LABEL}\ntimeout=1\n"
        small = disks.fat_disk(self.folder / "small.img", "SMALL", "50A11001", {
            "/vmlinuz": image("custom").folder / "vmlinuz", "/initrd.img": disks.rescue_initrd(), "/kboot.conf": conf})
        vm = self.start_kboot("custom", conf="", disks=[self.disk(small, "small")], memory_mib=memory_mib)
        try:
            vm.wait_serial(f"^NONCE {self.nonce} from rescue", seconds)
        except AssertionError:
            return False
        finally:
            vm.close()
        return True

    def test_smallest_memory(self):
        self.assertTrue(self.boots_in(MEMORY_BAR_MIB, BOOT_SECONDS), f"it does not boot in {MEMORY_BAR_MIB} MiB")
        if not os.environ.get("KBOOT_TEST_FIGURES"):
            return
        fails, boots = 24, MEMORY_BAR_MIB
        while boots - fails > 4:
            middle = (fails + boots) // 2
            # Only a figure: on a busy machine it may come out too high.
            if self.boots_in(middle, FIGURE_SECONDS):
                boots = middle
            else:
                fails = middle
        self.figure("memory", f"smallest memory that boots: {boots} MiB (bar: {MEMORY_BAR_MIB} MiB)")

    def test_theme_from_the_kernel_command_line(self):
        rescue = disks.rescue_disk(self.folder / "rescue.img", f"{LABEL}='{disks.rescue_entry()}'\n")
        # A vt100 has no colours.
        vm = self.start_kboot(conf="", arguments="KBOOT_THEME=dark-on-light TERM=xterm", disks=[self.disk(rescue, "rescue")])
        self.wait_menu(vm, LABEL)
        vm.wait_screen(lambda s: {s.cell(row, 1).bg for row in range(s.lines_count)} == {"white", "blue"},
                       "a white ground, and a blue selection on it")
