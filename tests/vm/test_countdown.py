# SPDX-License-Identifier: GPL-2.0-or-later
"""When nobody touches anything: timeout, delay, and the key that stops both."""

import screen_words as words
from case import VmTestCase
from kbtest import disks

LABEL = "Rescue system"
# Long enough that a key surely comes in time; a test never waits for it.
LONG = 120


class CountdownTest(VmTestCase):
    def start(self, settings, **options):
        """kboot with the rescue system as its default, and these built-in settings."""
        entry = disks.rescue_entry(f"nonce={self.nonce}", f"LABEL={disks.RESCUE_LABEL}:")
        rescue = disks.rescue_disk(self.folder / "rescue.img", "# nothing here\n")
        conf = f"{LABEL}='{entry}'\ndefault={LABEL}\n{settings}\n"
        return self.start_kboot(conf=conf, disks=[self.disk(rescue, "rescue")], **options)

    def test_timeout_boots_the_default(self):
        vm = self.start("timeout=8")
        self.wait_menu(vm, LABEL)
        self.assertTrue(words.menu_was_drawn(vm.serial_log), "what the tests of the delay look for is never there")
        vm.wait_screen(words.countdown_seconds, "the countdown")
        self.wait_nonce(vm)

    def test_key_stops_the_countdown(self):
        vm = self.start(f"timeout={LONG}")
        self.wait_menu(vm, LABEL)
        vm.wait_screen(words.countdown_seconds, "the countdown")
        vm.keys("j")
        vm.wait_screen(lambda s: words.countdown_seconds(s) is None, "the countdown's end")
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
        self.select(vm, LABEL)
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_delay_boots_unseen(self):
        vm = self.start("delay=3\ntimeout=60")
        self.wait_nonce(vm)
        self.assertFalse(words.menu_was_drawn(vm.serial_log), "a menu was drawn although no key was pressed in the delay")

    def test_key_in_the_delay_opens_the_menu(self):
        vm = self.start(f"delay={LONG}")
        self.wait_status(vm, "phase: delay", "the delay")
        self.assertFalse(words.menu_was_drawn(vm.serial_log), "the menu was drawn in the delay")
        vm.keys(" ")
        self.wait_menu(vm, LABEL)
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_timeout_zero_boots_at_once(self):
        vm = self.start("timeout=0", power_on=True)
        self.wait_nonce(vm)
        # Until the default's disk has turned up there may be a menu, but nothing is counted.
        self.assertNotRegex(bytes(vm.serial_log), rb"Booting [^\n]* in \d+ s\b")

    def test_key_held_at_timeout_zero_opens_the_menu(self):
        vm = self.start("timeout=0")

        def menu_while_a_key_repeats(screen):
            vm.keys(" ")
            return words.menu_is_shown(screen)

        vm.wait_screen(menu_while_a_key_repeats, "the menu", 180)
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
        self.wait_menu(vm, LABEL)
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_enter_while_it_is_still_being_loaded(self):
        vm = self.start(f"timeout={LONG}")
        # The countdown and the load start together.
        vm.wait_screen(words.countdown_seconds, "the countdown", 180)
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_no_timeout_waits(self):
        vm = self.start("")
        self.wait_menu(vm, LABEL)
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
        self.assertIsNone(words.countdown_seconds(vm.screen))
        self.boot_selected(vm)
        self.wait_nonce(vm)

    def test_no_default_waits(self):
        rescue = disks.rescue_disk(self.folder / "rescue.img", f"{LABEL}='{disks.rescue_entry(f'nonce={self.nonce}')}'\n")
        vm = self.start_kboot(conf="timeout=1\n", disks=[self.disk(rescue, "rescue")])
        self.wait_menu(vm, LABEL)
        self.wait_status(vm, "phase: waiting", "kboot to wait for a person")
        self.select(vm, LABEL)
        self.boot_selected(vm)
        self.wait_nonce(vm)
