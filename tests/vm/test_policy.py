# SPDX-License-Identifier: GPL-2.0-or-later
"""Sticks and late disks: a restricted kboot refuses what they bring, and every kboot boots its internal default."""

import json
import re

import screen_words as words
from kbtest import cpio, disks, small
from kbtest.machine import Disk
from kbtest.terminal import ENTER
from prompt_case import PromptCase, place_of

SAFE, EVIL, OTHER, MUTE = "Safe", "Evil", "Other", "Mute"
NOWHERE = "//"  # where the prompt of a restricted kboot stands
REFUSED = "this kboot is restricted: only its labels may be used"
WAITS = "Waiting for the disks that are still being read: one may restrict what is booted"
# What a stick says to be taken for the internal disk.
CLAIMS = f"restricted=false\ntrust_removable=true\ndefault={EVIL}\ntimeout=0\n"
LATE_SECONDS = 10
# So much the kernel's search for partitions takes at most, and the least that a look at what is on them takes.
PARTITIONS_BYTES = 64 << 10


class PolicyCase(PromptCase):
    def start(self, order, conf="", disk_says="", late=False, stick=None):
        """A machine with internal disks with a kboot.conf, in this order on the bus: the one that is meant ("safe",
        which is as slow as can be with `late`), another one, and perhaps one that never answers ("mute"); and with a
        stick from power-on.
        """
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        image = disks.rescue_disk(self.folder / "safe.img", f"{disk_says}{SAFE}='{entry}'\n")
        other = self.carrier("other", f"{OTHER}='{disks.rescue_entry('nonce=wrong')}'\n")
        self.safe = self.disk(image, "safe", "virtio")
        internal = {"safe": self.safe, "other": self.disk(other, "other", "virtio"), "mute": self.mute()}
        vm = self.start_kboot("stock", conf=conf, disks=[*(internal[name] for name in order), *([stick] if stick else [])],
                              usb=True)
        if late:
            vm.stall(self.safe)
        return vm

    def mute(self):
        """A disk with partitions, which never says what is on them: that it is free, and what it would boot."""
        image = self.carrier("mute", f"{CLAIMS}{SAFE}='/vmlinuz'\n{EVIL}='/vmlinuz'\n{MUTE}='/vmlinuz'\n", uuid="57C50003")
        return Disk(str(image.path), "mute", "virtio", answers_bytes=PARTITIONS_BYTES)

    def wait_given_up(self, vm):
        """It is known that the mute disk does not answer."""
        vm.wait_until(lambda: re.search(r"vda1?: no answer within", vm.control.run("kboot list")), "the word on it")

    def carrier(self, name, conf, uuid="57C50002"):
        """A disk with a kernel of its own, whose system calls itself "stick"."""
        image = disks.fat_disk(self.folder / f"{name}.img", name.upper(), uuid, {
            "/vmlinuz": small.kernel(), "/kboot.conf": conf,
            "/initrd.img": cpio.concatenate(disks.rescue_initrd().read_bytes(),
                                            cpio.archive({"/etc/system-name": b"stick\n"}))})
        disks.sign(image.path)
        return image

    def stick(self, name, says="", **options):
        """A stick with the label of the default and one of its own."""
        entry = disks.rescue_entry(f"nonce={self.nonce}")
        return Disk(str(self.carrier(name, f"{says}{SAFE}='{entry}'\n{EVIL}='{entry}'\n", **options).path), name, "usb")

    def copy(self, name, says=CLAIMS):
        """A stick with UUID and label of the internal disk."""
        stick = self.stick(name, says, uuid="6B626F74")
        disks.Partition(stick.path, disks.FAT_START, "fat").relabel(disks.RESCUE_LABEL)
        return stick

    def twin(self, name):
        """A stick that was the internal disk, byte by byte, before it was written to."""
        path = disks.copy(self.folder / "safe.img", self.folder / f"{name}.img")
        entry = disks.rescue_entry("nonce=wrong")
        disks.Partition(path, disks.FAT_START, "fat").write("/kboot.conf", f"{CLAIMS}{SAFE}='{entry}'\n{EVIL}='{entry}'\n")
        return Disk(str(path), name, "usb")

    def wait_twin(self, vm):
        """Its disk is known for a copy of the internal one, and nothing of it is in the menu."""
        self.wait_log(vm, rf"sd\w+1 is a copy of {self.safe_name}, which counts in its place")
        self.assertTrue(vm.wait_screen(lambda s: [words.menu_is_shown(s) and not words.shows_entry(s, EVIL)], "the menu")[0])
        self.assertNotIn(EVIL, vm.control.run("kboot list"))

    def wait_listed(self, vm, title, seconds=180):
        vm.wait_screen(lambda s: words.menu_is_shown(s) and words.shows_entry(s, title), f"the menu with {title}", seconds)

    def wait_gone(self, vm, title):
        vm.wait_screen(lambda s: words.menu_is_shown(s) and not words.shows_entry(s, title), f"a menu without {title}")

    def wait_late(self, vm):
        """The disk answers at last: the first engine is so old by then."""
        begun = vm.control.run("cut -d' ' -f22 /proc/$(pidof kboot | tr ' ' '\\n' | sort -n | head -n 1)/stat")
        late = int(begun) / 100 + LATE_SECONDS
        vm.wait_until(lambda: float(vm.control.run("cut -d' ' -f1 /proc/uptime")) > late, "the time to answer")
        vm.slow_down(self.safe, 0)

    def explained(self, vm, entry=""):
        return vm.control.run(f"kboot explain {entry}")

    def wait_default(self, vm):
        """Nothing but the internal disk's entry was booted, and the mute disk has said nothing."""
        self.wait_nonce(vm)
        self.assertNotIn(b"from stick", vm.serial_log)
        self.assertNotIn(MUTE.encode(), vm.serial_log)


class RestrictedTest(PolicyCase):
    def refuse_stick(self, vm):
        """Its entries, by Enter and at the prompt, and by its name on the socket."""
        self.wait_listed(vm, EVIL)
        vm.wait_screen(lambda s: " restricted" in s.lines[0], "a menu that knows that it is restricted")
        self.select(vm, EVIL)
        vm.keys(ENTER)
        vm.wait_screen(lambda s: words.says(s, REFUSED), "the refusal")
        self.assertTrue(vm.wait_screen(lambda s: [words.menu_is_shown(s)], "the menu")[0])
        vm.keys("c")
        vm.wait_screen(lambda s: place_of(s) == NOWHERE, "the prompt", 60)
        for line in (EVIL, f"boot {EVIL}", "sda1", "sda1:/vmlinuz", "restricted=false", "sh"):
            self.assertIn("restricted", self.say(vm, line, NOWHERE), line)
        vm.keys("exit", ENTER)
        self.wait_menu(vm, SAFE)
        ids = [entry["id"] for entry in json.loads(vm.control.run("kboot list --json 2>/dev/null"))["entries"]
               if re.search(rf"/kboot/(?:{SAFE}|{EVIL})", entry["id"])]
        foreign = [entry for entry in ids if re.search(r"kernel sd\w+:/vmlinuz", self.explained(vm, entry))]
        self.assertEqual((len(ids), len(foreign)), (3, 2), ids)
        for entry in foreign:
            code, told = vm.control.run(f"kboot boot '{entry}'", check=False)
            self.assertTrue(code and "restricted" in told, f"{entry}: {told}")

    def boot_default(self, vm):
        self.wait_menu(vm, SAFE)
        self.assertIn(f"kernel {self.safe_name}:/vmlinuz", self.explained(vm, SAFE))
        vm.control.send(f"kboot boot {SAFE}")
        self.wait_default(vm)

    def test_by_a_late_disk(self):
        """Only the internal disk says so, and answers late; the stick is there from power-on, and claims to be it."""
        self.safe_name = "vda1"
        vm = self.start(("safe", "other"), disk_says=f"restricted=true\ndefault={SAFE}\n", late=True, stick=self.copy("copy"))
        self.wait_listed(vm, EVIL)
        self.select(vm, EVIL)
        vm.keys(ENTER)
        vm.wait_screen(lambda s: words.says(s, WAITS), "the word on what is waited for")
        self.wait_late(vm)
        vm.wait_screen(lambda s: words.says(s, REFUSED), "the refusal")
        self.refuse_stick(vm)
        self.boot_default(vm)

    def test_by_the_image(self):
        """One stick after the other, each with the name that the kernel gave the one before it, and a disk that never answers."""
        self.safe_name = "vdc1"
        first = self.stick("plain")
        vm = self.start(("mute", "other", "safe"), conf=f"restricted=true\ndefault={SAFE}\n", stick=first)
        self.refuse_stick(vm)
        for stick in (self.stick("free", CLAIMS), self.copy("copy"), self.copy("bare", "")):
            vm.unplug_usb(first)
            self.wait_gone(vm, EVIL)
            vm.plug_usb(stick)
            self.refuse_stick(vm)
            first = stick
        vm.unplug_usb(first)
        self.wait_gone(vm, EVIL)
        twin = self.twin("twin")
        vm.plug_usb(twin)
        self.wait_twin(vm)
        vm.unplug_usb(twin)
        vm.plug_usb(first)
        self.wait_given_up(vm)
        self.refuse_stick(vm)
        self.boot_default(vm)


class UnrestrictedTest(PolicyCase):
    def test_late_disk(self):
        """The stick is read long before the internal disk, and has all that makes it the default's. Another never answers."""
        vm = self.start(("mute", "other", "safe"), conf=f"default={SAFE}\n", disk_says="timeout=1\n", late=True,
                        stick=self.copy("copy"))
        self.wait_listed(vm, EVIL)
        self.wait_late(vm)
        self.wait_default(vm)

    def test_sticks_in_the_countdown(self):
        vm = self.start(("safe", "other"), disk_says=f"default={SAFE}\ntimeout=90\n")
        vm.wait_screen(words.countdown_seconds, "the countdown")
        for stick in (self.stick("plain"), self.stick("free", CLAIMS), self.copy("copy")):
            vm.plug_usb(stick)
            self.wait_listed(vm, EVIL)
            # One that was stopped would not come back; a screen may be half drawn.
            vm.wait_screen(words.countdown_seconds, f"the countdown beside {stick.name}", 10)
            vm.unplug_usb(stick)
            self.wait_gone(vm, EVIL)
        vm.plug_usb(self.copy("again"))
        self.wait_listed(vm, EVIL)
        vm.control.send(f"kboot boot {SAFE}")
        self.wait_default(vm)
