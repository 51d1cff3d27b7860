# SPDX-License-Identifier: GPL-2.0-or-later
"""The prompt as a person uses it over the serial line, for the tests of it."""

import hashlib
import re

from case import USUAL_KIND, VmTestCase
from kbtest import disks, talk
from kbtest.terminal import ENTER

# Where one is, behind the program's name; nothing at the root of the booted environment. A place has no ": " in it,
# and a "/": one that ends in a device's colon is not yet all there.
PROMPT = r"^kboot(?: ((?!.*: )(?=.*/)\S.*))?:$"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]|[\x00-\x08\x0b-\x1f]")


def checksum(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place_of(screen):
    """The place of the prompt that waits for a line; None when there is none."""
    row, _ = screen.cursor
    match = re.match(PROMPT, screen.lines[row])
    return (match.group(1) or "/") if match else None


def typed_text(screen):
    """What stands on the cursor's line and those above it, down to the newest prompt; blanks do not count."""
    row, _ = screen.cursor
    for first in range(row, -1, -1):
        if screen.lines[first].startswith("kboot"):
            return "".join(screen.lines[first:row + 1]).replace(" ", "")
    return ""


def shows_typed(screen, prompt, line):
    """Does the prompt's row show that line, its cursor at the end? One that is too long shows its end behind a `<`."""
    row, _ = screen.cursor
    text = (prompt + line).replace(" ", "")
    if screen.lines[row].startswith("<"):
        shown = screen.lines[row][1:].replace(" ", "")
        return len(shown) > 20 and text.endswith(shown)
    return typed_text(screen) == text


class PromptCase(VmTestCase):
    """A machine with the talk's disk on virtio (vda1 root, vda2 /boot, vda3 /home), one prompt on its serial line."""

    def talk_disk(self, snapshot=True, **contents):
        return self.disk(talk.disk(self.folder / "talk.img", **contents), "talk", "virtio", snapshot)

    def start_prompt(self, attached=None, conf="", kind=USUAL_KIND, **options):
        vm = self.start_kboot(kind, conf=conf, disks=attached or [self.talk_disk()], **options)
        self.wait_menu(vm)
        self.open_prompt(vm)
        return vm

    def open_prompt(self, vm):
        vm.keys("c")
        self.wait_prompt(vm)

    def wait_prompt(self, vm, what="a prompt", seconds=60):
        """Until a prompt waits for a line; returns its place."""
        while True:
            place = vm.wait_screen(place_of, what, seconds)
            # A prompt may be on the screen before it takes keys; only while a line is edited is Ctrl-C one.
            if place != "/" or (self.edits(vm) and place == vm.wait_screen(place_of, what, seconds)):
                return place

    @staticmethod
    def edits(vm):
        """Is a line being edited? Then Ctrl-C is a key, else a signal."""
        return "-icanon" in vm.control.run("stty -F /dev/ttyS0 -a")

    def enter(self, vm, line):
        """Type a line, see it there, and press Enter. Returns the serial log's mark before Enter."""
        # What ends in the rightmost column is seen, too: a place and a line are compared without blanks.
        before = self.wait_prompt(vm)
        shown = "kboot" + ("" if before == "/" else before) + ":"
        vm.keys(line)
        vm.wait_screen(lambda s: shows_typed(s, shown, line), f"the line {line!r} as typed", 30)
        mark = vm.serial_mark()
        vm.keys(ENTER)
        return mark

    def say(self, vm, line, place=None, seconds=60):
        """Type a line and wait for the next prompt. Returns what was printed between them."""
        mark = self.enter(vm, line)
        now = self.wait_prompt(vm, what=f"a prompt after {line!r}", seconds=seconds)
        text = self.printed(vm, mark)
        self.assertEqual(now, place or now, f"{line}\n{text}")
        return text

    @staticmethod
    def printed(vm, mark):
        text = bytes(vm.serial_log[mark:]).decode(errors="replace").replace("\r\n", "\n")
        lines = [ESCAPES.sub("", line.rsplit("\r", 1)[-1]).rstrip() for line in text.split("\n")]
        return "\n".join(lines[1:-1] if len(lines) > 1 else lines)

    def go(self, vm, name, place, *sentences):
        """cd, with the sentences that are told on the way."""
        told = self.say(vm, f"cd {name}", place)
        self.assertEqual(told.split("\n") if told else [], list(sentences), name)

    def boot_line(self, vm, line, system="rescue", nonce=None):
        """Type a line that boots, and wait for the second kernel's proof."""
        mark = self.enter(vm, line)
        said = vm.wait_serial(rf"^NONCE {nonce or self.nonce} from {system}\r?$|cannot be booted: .*", 240, since=mark,
                              what=f"the second kernel's nonce from {system} after {line!r}")
        self.assertIn(b"NONCE", said.group(0), line)

    def nothing_mounted(self, vm):
        """No process sees a mount of the prompt's."""
        return vm.control.run("cat /proc/[0-9]*/mountinfo | grep ' /run/kboot/' || true") == ""


CONSOLES = disks.CONSOLES
