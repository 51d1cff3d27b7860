# SPDX-License-Identifier: GPL-2.0-or-later
"""The base of all VM tests: a nonce for each run, kboot's image, disks in a folder that goes away."""

import os
import re
import secrets
import shutil
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

import screen_words as words
from kbtest import control, cpio, snapshot
from kbtest.machine import OVMF_CODE, Disk, Machine
from kbtest.terminal import DOWN, ENTER, UP

ROOT = Path(__file__).resolve().parents[2]
IMAGE_DIR = Path(os.environ.get("KBOOT_IMAGE_DIR", ROOT / "build/image"))
LOGS = Path(os.environ.get("KBOOT_VM_LOGS", ROOT / "build/vm-logs"))

# Tests that do not care run with the small kernel; a developer without it may say stock.
USUAL_KIND = os.environ.get("KBOOT_VM_KERNEL", "custom")

MENU_SECONDS = 180  # to the first menu, on a machine that does other things too
MOST_MOVES = 30
BOOT_SECONDS = 240  # from Enter to the second kernel's first words


@dataclass(frozen=True)
class KbootImage:
    """The image with one of the two kernels."""

    kind: str  # stock or custom

    @property
    def folder(self):
        return IMAGE_DIR / self.kind

    @property
    def efi(self):
        return self.folder / "kboot.efi"

    def start(self, overlay, arguments):
        """What QEMU needs to start it with an overlay and more arguments."""
        if self.kind == "custom":
            # The one file has it all inside; the overlay is unpacked over it.
            return {"kernel": self.efi, "initrd": [overlay], "append": arguments}
        cmdline = " ".join((self.folder / "cmdline").read_text(encoding="utf-8").split())
        return {"kernel": self.folder / "vmlinuz", "initrd": [self.folder / "initramfs.img", overlay],
                "append": f"{cmdline} {arguments}"}

    def held(self):
        """The state of a machine whose kernel has started, held before its init."""
        start = self.start(cpio.archive(control.HOLDING_FILES), f"rdinit={control.INIT_PATH}")
        files = [start["kernel"], *(part for part in start["initrd"] if isinstance(part, Path))]
        return snapshot.state(f"kboot-{self.kind}", files, lambda vm: vm.control.run("true"), start["append"], **start)


def image(kind):
    found = KbootImage(kind)
    if not found.efi.exists():
        raise unittest.SkipTest(f"no {kind} image in {IMAGE_DIR}: run initramfs/build --kernel {kind}")
    return found


class VmTestCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        if not shutil.which("qemu-system-x86_64") or not OVMF_CODE.exists():
            raise unittest.SkipTest("QEMU or its EFI firmware is not installed (scripts/packages/vm.txt)")
        self.nonce = secrets.token_hex(8)
        self._machines = []
        folder = tempfile.TemporaryDirectory(prefix="kboot-vm-test.")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.logs = LOGS / self.id().removeprefix("test_").replace(".test_", ".")
        shutil.rmtree(self.logs, ignore_errors=True)

    def tearDown(self):
        result = self._outcome.result
        told = [text for test, text in result.failures + result.errors if test is self]
        for machine in self._machines:
            # A wait that gave up has told already.
            if told and "last serial lines:" not in told[-1]:
                print(machine.report("at the end of the test"))
            machine.close()

    # -- machines --------------------------------------------------------------------------------

    def machine(self, **options):
        """A machine that is gone at the end of the test, whatever happens."""
        logs = self.logs / f"machine-{len(self._machines) + 1}"
        machine = Machine(logs, **options)
        self._machines.append(machine)
        return machine

    def start_kboot(self, kind=USUAL_KIND, conf=None, arguments="", files=None, power_on=False, **options):
        """kboot started as a kernel, with `conf` as its built-in kboot.conf and a control shell.

        Its kernel starts with `power_on`, or where arguments or memory are the test's own. Else it has started already: the
        machine goes on from a state that is saved when kboot's init is about to run, with the test's files and hardware.
        """
        own = dict(files or {})
        if conf is not None:
            own["/etc/kboot.conf"] = conf.encode()
        found = image(kind)
        start = found.start(cpio.archive({**control.FILES, **own}), f"rdinit={control.INIT_PATH} {arguments}".strip())
        # QEMU's NVMe goes on from no state.
        nvme = any(disk.bus == "nvme" for disk in options.get("disks", ()))
        if power_on or arguments or "memory_mib" in options or nvme:
            return self.machine(**start, **options)
        with found.held() as state:
            vm = self.machine(**start, incoming=state, **options)
        vm.control.go_on(own)
        return vm

    def disk(self, disk_image, name, bus="sata", snapshot=True):
        return Disk(str(disk_image.path), name, bus, snapshot)

    # -- what a person does ----------------------------------------------------------------------

    def wait_menu(self, vm, *titles):
        """Until the serial terminal shows the menu with all these entries, ready to boot."""
        vm.wait_screen(lambda s: words.menu_is_shown(s) and all(words.shows_ready(s, t) for t in titles),
                       f"the menu with {', '.join(titles) or 'anything'}", MENU_SECONDS)

    def wait_vga_menu(self, vm, *titles):
        vm.wait_vga(lambda s: words.menu_is_shown(s) and all(words.shows_ready(s, t) for t in titles),
                    f"the menu with {', '.join(titles) or 'anything'}", MENU_SECONDS)

    def select(self, vm, title):
        """Move the selection of the serial menu to the entry with arrow keys."""
        self._move(vm.wait_screen, {"up": lambda: vm.keys(UP), "down": lambda: vm.keys(DOWN)}, title)

    def select_on_vga(self, vm, title):
        self._move(vm.wait_vga, {"up": lambda: vm.press("up"), "down": lambda: vm.press("down")}, title)

    def _move(self, wait, press, title):
        for _ in range(MOST_MOVES):
            now = wait(words.selected, "a selected entry", 60)
            if now.line.startswith(title):
                return
            target = wait(lambda s: words.entry(s, title), f"the entry {title}", 60)
            press["down" if target.number > now.number else "up"]()
            wait(lambda s, before=now: self._moved(s, before), "the selection to move", 60)
        self.fail(f"{title} cannot be reached by arrow keys")

    @staticmethod
    def _moved(screen, before):
        now = words.selected(screen)
        return now is not None and now.number != before.number

    def menu_answers(self, vm):
        """Does the serial menu show its log? In how many seconds, but for those in which this host did not run the machine.

        The log is there while something is being booted, too; the help is not.
        """
        begun = vm.clock()
        vm.keys("l")
        # Not only that the menu is gone: it may be drawn anew at that moment.
        vm.wait_screen(lambda s: s.find(r"^\W*Log\b"), "the log", 60)
        seconds = vm.clock() - begun
        vm.keys("l")
        vm.wait_screen(words.menu_is_shown, "the menu", 60)
        return seconds

    def wait_log(self, vm, sentence):
        """Until the serial menu's log has it; the menu is shown before and after."""
        vm.wait_screen(words.menu_is_shown, "the menu", 180)
        vm.keys("l")
        vm.wait_screen(lambda s: words.says(s, sentence), f"{sentence!r} in the log", 60)
        vm.keys("l")
        vm.wait_screen(words.menu_is_shown, "the menu again", 60)

    def boot_selected(self, vm):
        vm.keys(ENTER)

    def wait_nonce(self, vm, system="rescue", nonce=None):
        """Until the second kernel has proven itself."""
        return vm.wait_serial(rf"^NONCE {nonce or self.nonce} from {system}\r?$", BOOT_SECONDS,
                              what=f"the second kernel's nonce from {system}")

    def status(self, vm):
        """kboot's own word on its state, from the control shell."""
        return vm.control.run("kboot status")

    def wait_status(self, vm, pattern, what):
        """Until `kboot status` matches; a stopped machine ends the wait."""
        def matches():
            code, output = vm.control.run("kboot status", check=False)
            return re.search(pattern, output) if code == 0 else None
        return vm.wait_until(matches, what)

    # -- results ---------------------------------------------------------------------------------

    @staticmethod
    def figure(name, text):
        """A measured figure, which ./check prints at its end."""
        LOGS.mkdir(parents=True, exist_ok=True)
        (LOGS / f"figure-{name}").write_text(f"{text}\n", encoding="utf-8")
        print(text)
