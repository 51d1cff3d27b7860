# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel refuses the jump: a sentence, everything as before, then a good boot."""

import screen_words as words
from kbtest import disks
from kbtest.terminal import ENTER
from prompt_case import PromptCase

LABEL, OTHER = "Rescue system", "Another"
SENTENCE = "the jump failed: no kernel is loaded"
UNLOAD = "kexec -u"


class RefusedTest(PromptCase):
    def wait_refused(self, vm):
        vm.wait_screen(lambda s: words.menu_is_shown(s) and words.says(s, SENTENCE), "the menu, and why it is there", 60)
        self.wait_menu(vm, LABEL, OTHER)
        self.assertTrue(vm.wait_screen(lambda s: [words.entry(s, LABEL).selected], "the screen")[0])

    def test_from_the_menu(self):
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        rescue = disks.rescue_disk(self.folder / "rescue.img",
                                   f"default={LABEL}\n{LABEL}='{entry}'\n{OTHER}='{disks.rescue_entry('nonce=wrong')}'\n")
        vm = self.start_kboot("stock", conf="", disks=[self.disk(rescue, "rescue", "virtio")])
        self.wait_menu(vm, LABEL, OTHER)
        self.wait_status(vm, r"load: armed", "the default to be armed")
        vm.control.run(UNLOAD)
        vm.keys(ENTER)
        self.wait_refused(vm)
        vm.wait_screen(lambda s: words.says(s, "(?i)armed: Enter starts it at once"), "the default to be armed", 60)
        vm.keys(ENTER)
        self.wait_nonce(vm)
