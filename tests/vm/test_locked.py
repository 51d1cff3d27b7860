# SPDX-License-Identifier: GPL-2.0-or-later
"""A locked volume from each console: over SSH, and on a keyboard with a German layout."""

import re

import screen_words as words
from kbtest import cache, stacked
from kbtest.terminal import ENTER
from ssh_case import SshCase
from storage_case import StorageCase

# As its keys are called on an American keyboard: on a German one z and y have changed places.
TYPED = ("shift-g", "r", "semicolon", "minus", "e", "spc", "y", "z", "bracket_left", "shift-apostrophe")
SAID = "Größe zyüÄ"
GERMAN = stacked.Stack("german", (40,), ("Behind umlauts",), f"""
	printf %s '{SAID}' >/tmp/key
	{stacked.FORMAT.replace("/kbtest/key", "/tmp/key")} /dev/vda
	cryptsetup open --key-file /tmp/key /dev/vda inner
	fill {{Behind umlauts}} /dev/mapper/inner
	cryptsetup close inner""")
WRONG = 5
PAUSE_SECONDS = 2  # after the fourth, and more after the fifth


class SshUnlockTest(SshCase, StorageCase):
    def test_unlocked_over_ssh(self):
        """The passphrase is asked for in that session alone; the root behind it boots from there."""
        attached = self.attach(stacked.LOCKED)
        vm = self.start(conf=self.conf("crypt/root"), disks=attached, kind="custom")
        vm.wait_screen(lambda s: words.shows_entry(s, "Unlock vda"), "the locked volume", 180)
        self.wait_ready(vm)
        term, other = self.terminal(), self.terminal()
        for session in (term, other):
            session.wait(lambda s: words.shows_entry(s, "Unlock vda"), "the locked volume", 90)
        self._move(term.wait, {"up": lambda: term.send(b"\x1b[A"), "down": lambda: term.send(b"\x1b[B")}, "Unlock vda")
        term.send(ENTER)
        for number, passphrase in enumerate(("wrong", stacked.PASSPHRASE)):
            term.wait(lambda s, n=number: words.says(s, "no key slot" if n else "what is the passphrase"), "the question", 60)
            # The others see what is going on, and no question.
            for wait in (vm.wait_screen, other.wait):
                wait(lambda s: words.says(s, "(?i)unlock") and not words.says(s, "what is the passphrase"), "the state", 30)
            self.assertFalse(words.says(vm.screen, "what is the passphrase"))
            term.send(passphrase, ENTER)
        term.wait(lambda s: words.shows_ready(s, "Entry of crypt/root"), "what was behind it", 120)
        self._move(term.wait, {"up": lambda: term.send(b"\x1b[A"), "down": lambda: term.send(b"\x1b[B")},
                   "Entry of crypt/root")
        self.assertNotIn(stacked.PASSPHRASE.encode(), bytes(vm.serial_log))
        term.send(ENTER)
        self.wait_nonce(vm)
        self.assertNotIn(b"what is the passphrase", bytes(vm.serial_log))
        self.check_untouched(vm, attached)


class KeyboardTest(StorageCase):
    def keymap(self):
        """As initramfs/build makes it of a line in config/keymap."""
        text = self.folder / "de.text"
        text.write_text(cache.run("sh", "-c", "ckbcomp -layout de 2>/dev/null"), encoding="utf-8")
        table = self.folder / "de.bmap"
        cache.run("sh", "-c", f"loadkeys --unicode --bkeymap {text} >{table}")
        return table.read_bytes()

    def test_german_keyboard(self):
        """Five wrong ones, counted and slowed; then umlauts, ß, and z and y where that keyboard has them."""
        attached = self.attach(GERMAN)
        vm = self.start_kboot("custom", conf="", disks=attached, files={"/etc/keymap.bmap": self.keymap()})
        self.wait_vga(vm, "Unlock vda")
        self.select_on_vga(vm, "Unlock vda")
        vm.press("ret")
        asked = []
        for number in range(WRONG + 1):
            said = rf"\({number} wrong so far\)" if number else "what is the passphrase"
            vm.wait_vga(lambda s, said=said: words.says(s, said), f"question {number + 1}", 90)
            asked.append(vm.clock())
            # Nothing of it on the other console.
            self.assertFalse(words.says(vm.screen, "what is the passphrase"))
            vm.press(*(TYPED if number == WRONG else ("w", "r", "o", "n", "g")))
            if number == WRONG:
                vm.press("tab")
                vm.wait_vga(lambda s: words.says(s, re.escape(SAID)), "what was typed, shown", 30)
            vm.press("ret")
        self.assertGreater(asked[4] - asked[3], PAUSE_SECONDS)
        self.assertGreater(asked[5] - asked[4], 2 * PAUSE_SECONDS)
        self.wait_menu(vm, "Behind umlauts")
        self.wait_log(vm, r"5 wrong in a row")
        self.check_untouched(vm, attached)

    @staticmethod
    def wait_vga(vm, title):
        vm.wait_vga(lambda s: words.shows_entry(s, title), f"the menu with {title}", 180)
