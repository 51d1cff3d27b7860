# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel refuses the jump: a sentence, everything as before, then a good boot."""

import screen_words as words
from kbtest import disks
from kbtest.terminal import ENTER, ESCAPE
from prompt_case import PromptCase, place_of

LABEL, OTHER = "Rescue system", "Another"
SENTENCE = "the jump failed: no kernel is loaded"
ARMED = "(?i)loaded: Enter starts it at once"
UNLOAD = "kexec -u"


class RefusedTest(PromptCase):
    def wait_refused(self, vm):
        vm.wait_screen(lambda s: words.menu_is_shown(s) and words.says(s, SENTENCE), "the menu, and why it is there", 60)
        self.wait_menu(vm, LABEL, OTHER)
        self.assertTrue(vm.wait_screen(lambda s: [words.entry(s, LABEL).selected], "the screen")[0])

    def start(self):
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        rescue = disks.rescue_disk(self.folder / "rescue.img",
                                   f"default={LABEL}\n{LABEL}='{entry}'\n{OTHER}='{disks.rescue_entry('nonce=wrong')}'\n")
        vm = self.start_kboot("stock", conf="", disks=[self.disk(rescue, "rescue", "virtio")])
        self.wait_menu(vm, LABEL, OTHER)
        self.wait_status(vm, r"load: armed", "the default to be armed")
        return vm

    def boot_after_all(self, vm):
        """Nothing was started but what was asked for, and nothing is until somebody asks."""
        vm.wait_screen(lambda s: words.says(s, ARMED), "the default to be armed", 60)
        vm.keys("l")
        log = vm.wait_screen(lambda s: s.text if words.says(s, rf"{SENTENCE}.*armed {LABEL}") else None,
                             "the log's word on the jump and on what is armed", 60)
        self.assertEqual(log.count(f"booting {LABEL}"), 1, log)
        vm.keys(ESCAPE)
        self.wait_menu(vm, LABEL, OTHER)
        vm.keys(ENTER)
        self.wait_nonce(vm)

    def test_from_the_menu(self):
        vm = self.start()
        vm.control.run(UNLOAD)
        vm.keys(ENTER)
        self.wait_refused(vm)
        self.boot_after_all(vm)

    def test_from_the_prompt(self):
        vm = self.start()
        vm.keys("c")
        vm.wait_screen(place_of, "the prompt", 60)
        vm.control.run(UNLOAD)
        vm.keys(f"boot {LABEL}", ENTER)
        self.wait_refused(vm)
        self.boot_after_all(vm)
