# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual machine under test: QEMU with its serial line, VGA screen, keyboard, disks and USB port.

    with Machine(logs, kernel=image.kernel, initrd=image.initrd, append="console=ttyS0") as vm:
        vm.wait_screen(lambda screen: "Debian" in screen.text, "the menu")
        vm.keys(ENTER)
        vm.wait_serial("KBOOT-TEST nonce ([0-9a-f]+)")

The serial line is recorded whole and fed to a terminal's screen that answers like one. QEMU is killed
in every case. Waits are for conditions; a kernel panic or QEMU's end cuts them short.
"""

import errno
import os
import re
import select
import shlex
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from . import cpio, deadlines, vga
from .control import Control
from .qmp import Qmp, QmpError
from .screen import Screen

OVMF_CODE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
OVMF_VARS = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
# What a panic looks like; a test that wants one gives its own pattern.
PANIC = rb"Kernel panic - not syncing|BUG: unable to handle|Oops: "

# What runs, in which state, with which terminal, and where in the kernel it waits; then the serial lines and interrupts.
INSIDE = ("for p in /proc/[0-9]*; do if [ -s $p/cmdline ]; then "
          "echo $(cut -d ' ' -f 1-8 $p/stat) $(tr '\\0' ' ' <$p/cmdline) in $(cat $p/wchan); fi; done; "
          "cat /proc/tty/driver/serial /proc/interrupts; stty -a </dev/ttyS0; kboot status")

LONGEST_LOOK = 1  # seconds

QCODES = {" ": "spc", "=": "equal", "-": "minus", "/": "slash", ".": "dot", ",": "comma", "\n": "ret"}
SHIFTED = {":": "semicolon", "_": "minus", "?": "slash", "+": "equal", '"': "apostrophe"}


@dataclass
class Disk:
    """A disk of a machine. With snapshot, what the guest writes is thrown away."""

    path: str
    name: str
    bus: str = "sata"  # sata, virtio, nvme or usb
    snapshot: bool = True
    answers_bytes: int = 0  # after so many it answers (nearly) nothing any more; 0: always
    bad_sectors: tuple = ()  # reading these fails


def accelerator():
    """KVM where the processor really offers it: some machines show /dev/kvm and hang."""
    forced = os.environ.get("KBOOT_TEST_ACCEL")
    if forced:
        return forced
    flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
    virtual = flags and re.search(r"\b(vmx|svm)\b", flags.group(1))
    return "kvm" if virtual and os.access("/dev/kvm", os.R_OK | os.W_OK) else "tcg"


class Machine:
    def __init__(self, logs, *, kernel=None, initrd=None, append="", disks=(), memory_mib=512,
                 efi=False, usb=False, reboots=False, columns=80, lines=24, extra=(), accel=None, incoming=None):
        """`incoming` is an open file with the state that `save` left: the machine goes on from there, and may have disks
        and cards that it did not have then. `efi` may be a file that keeps the firmware's variables for the next machine."""
        self.logs = Path(logs)
        self.logs.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(prefix="kboot-vm.")
        self._changed = threading.Condition()
        self._closing = False
        self._seconds, self._looked = 0, time.monotonic()
        self.serial_log = bytearray()
        self.screen = Screen(columns, lines, self._answer)
        self._listeners = {name: self._listen(name) for name in ("qmp", "serial", "control")}
        argv = self._argv(kernel, initrd, append, disks, memory_mib, efi, usb, accel)
        argv += [*(() if reboots else ("-no-reboot",)), *extra]
        if incoming:
            argv += ["-incoming", "defer"]
        (self.logs / "qemu.cmd").write_text(" ".join(argv) + "\n", encoding="utf-8")
        self._errors = open(self.logs / "qemu.err", "wb+")
        # A test that is killed takes its machine with it.
        argv = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--", *argv]
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=self._errors,
                                        stderr=self._errors, start_new_session=True,
                                        pass_fds=[incoming.fileno()] if incoming else [])
        try:
            self._connect()
            if incoming:
                self._go_on(incoming)
        except BaseException:
            self.close()
            raise

    # -- start and end ---------------------------------------------------------------------------

    def _path(self, name):
        return os.path.join(self._folder.name, name)

    def _listen(self, name):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self._path(name))
        listener.listen(1)
        return listener

    def _argv(self, kernel, initrd, append, disks, memory_mib, efi, usb, accel):
        argv = ["qemu-system-x86_64", "-machine", "q35", "-accel", accel or accelerator(),
                "-m", str(memory_mib), "-nodefaults", "-no-user-config",
                "-vga", "std", "-display", "none", "-nic", "none",
                "-qmp", f"unix:{self._path('qmp')}",
                "-chardev", f"socket,id=serial,path={self._path('serial')}", "-serial", "chardev:serial",
                "-chardev", f"socket,id=control,path={self._path('control')}", "-serial", "chardev:control"]
        if efi:
            argv += self._efi_argv(Path(self._path("vars.fd")) if efi is True else Path(efi))
        if kernel:
            argv += ["-kernel", str(kernel), "-append", append]
        if initrd:
            argv += ["-initrd", str(self._initrd_file(initrd))]
        if usb or any(disk.bus == "usb" for disk in disks):
            argv += ["-device", "qemu-xhci,id=xhci"]
        for number, disk in enumerate(disks):
            argv += self._disk_argv(number, disk)
        return argv

    @staticmethod
    def _efi_argv(variables):
        if not variables.exists():
            variables.write_bytes(OVMF_VARS.read_bytes())
        return ["-drive", f"if=pflash,format=raw,unit=0,readonly=on,file={OVMF_CODE}",
                "-drive", f"if=pflash,format=raw,unit=1,file={variables}"]

    def _initrd_file(self, initrd):
        """One file or bytes; a list of them is concatenated."""
        parts = initrd if isinstance(initrd, (list, tuple)) else [initrd]
        if len(parts) == 1 and not isinstance(parts[0], bytes):
            return parts[0]
        target = Path(self._path("initrd"))
        target.write_bytes(cpio.concatenate(
            *(part if isinstance(part, bytes) else Path(part).read_bytes() for part in parts)))
        return target

    @staticmethod
    def _disk_argv(number, disk):
        snapshot = "on" if disk.snapshot else "off"
        file = f"file={disk.path}"
        if disk.bad_sectors:
            file = f"file.driver=blkdebug,file.image.driver=file,file.image.filename={disk.path}"
            for rule, sector in enumerate(disk.bad_sectors):
                file += "".join(f",file.inject-error.{rule}.{key}={value}" for key, value in
                                {"event": "none", "iotype": "read", "errno": errno.EIO, "sector": sector}.items())
        drive = f"if=none,id={disk.name},{file},format=raw,cache=unsafe,snapshot={snapshot}"
        if disk.answers_bytes:
            drive += f",throttling.bps-total=1,throttling.bps-total-max={disk.answers_bytes}"
        device = {"sata": f"ide-hd,bus=ide.{number}", "virtio": "virtio-blk-pci",
                  "nvme": f"nvme,serial={disk.name}", "usb": "usb-storage,bus=xhci.0,removable=on"}[disk.bus]
        return ["-drive", drive, "-device", f"{device},id=dev-{disk.name},drive={disk.name}"]

    def _accept(self, name):
        listener = self._listeners[name]
        end = deadlines.end(30)
        while time.monotonic() < end and self.process.poll() is None:
            if select.select([listener], [], [], 0.2)[0]:
                return listener.accept()[0]
        self._errors.seek(0)
        raise AssertionError(f"QEMU did not start: {self._errors.read().decode(errors='replace')}")

    def _connect(self):
        # QEMU opens its character devices in the order of the command line.
        qmp = self._accept("qmp")
        self._serial = self._accept("serial")
        control = self._accept("control")
        self.control = Control(control, self._check_alive)
        self._reader = threading.Thread(target=self._read_serial, daemon=True)
        self._reader.start()
        self.qmp = Qmp(qmp)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._closing = True
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if hasattr(self, "_reader"):
            self._reader.join(10)
        (self.logs / "serial.log").write_bytes(bytes(self.serial_log))
        for listener in self._listeners.values():
            listener.close()
        for name in ("_serial", "control", "qmp", "_errors"):
            if hasattr(self, name):
                getattr(self, name).close()
        self._folder.cleanup()

    # -- the serial line -------------------------------------------------------------------------

    def _answer(self, data):
        try:
            self._serial.sendall(data)
        except OSError:
            pass  # the machine is going down

    def _read_serial(self):
        while not self._closing:
            try:
                data = self._serial.recv(65536)
            except OSError:
                break
            if not data:
                break
            with self._changed:
                self.serial_log += data
                self.screen.feed(data)
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def keys(self, *keys):
        """Type on the serial line: bytes as they are, text as UTF-8."""
        for key in keys:
            self._serial.sendall(key if isinstance(key, bytes) else key.encode())

    def serial_mark(self):
        """A place in the serial log, for waits that must not see what came before."""
        with self._changed:
            return len(self.serial_log)

    # -- keyboard and VGA ------------------------------------------------------------------------

    def press(self, *qcodes):
        """Press keys of the PS/2 keyboard by QEMU's names, one after the other; "shift-a" is a chord."""
        for qcode in qcodes:
            chord = [{"type": "qcode", "data": part} for part in qcode.split("-")]
            self.qmp.command("send-key", keys=chord, **{"hold-time": 60})
            # QEMU drops what exceeds the keyboard's own queue, so let it drain.
            time.sleep(0.12)

    def type_text(self, text):
        for char in text:
            if char in QCODES:
                self.press(QCODES[char])
            elif char in SHIFTED:
                self.press("shift-" + SHIFTED[char])
            elif char.isupper():
                self.press("shift-" + char.lower())
            else:
                self.press(char)

    def vga(self):
        return vga.read(self.qmp)

    def screendump(self, name):
        """A picture of the screen (PPM) in the logs."""
        path = self.logs / name
        self.qmp.command("screendump", filename=str(path))
        return path

    # -- waits -----------------------------------------------------------------------------------

    def _check_alive(self, what):
        self._tick()
        if self.process.poll() is not None:
            raise AssertionError(self.report(f"QEMU ended before {what}", alive=False))
        with self._changed:
            panic = re.search(PANIC, bytes(self.serial_log))
        if panic:
            raise AssertionError(self.report(f"{panic.group(0).decode()} before {what}", alive=False))

    def _await_change(self):
        with self._changed:
            self._changed.wait(0.2)

    def _wait(self, look, what, seconds, pause=None):
        end = deadlines.end(seconds)
        while True:
            ended = self.process.poll() is not None
            if ended:
                self._reader.join(10)  # its last words count
            result = look()
            if result:
                return result
            self._check_alive(what)
            if time.monotonic() >= end:
                raise AssertionError(self.report(f"no sign of {what} after {deadlines.scaled(seconds):.0f} s"))
            (pause or self._await_change)()

    def _with_screen(self, condition):
        with self._changed:
            return condition(self.screen)

    def wait_screen(self, condition, what, seconds=120):
        """Until condition(screen) holds on the serial terminal; returns what it returned."""
        return self._wait(lambda: self._with_screen(condition), what, seconds)

    def wait_text(self, text, seconds=120):
        return self.wait_screen(lambda screen: text in screen.text, repr(text), seconds)

    def wait_serial(self, pattern, seconds=120, since=0, what=None):
        """Until the regular expression matches what came over the serial line; returns the match."""
        compiled = re.compile(pattern.encode(), re.M)

        def look():
            with self._changed:
                return compiled.search(bytes(self.serial_log), since)

        return self._wait(look, what or f"{pattern!r} on the serial line", seconds)

    def wait_vga(self, condition, what, seconds=120):
        """Until condition(screen) holds on the VGA text screen."""
        return self._wait(lambda: condition(self.vga()), f"{what} on the VGA screen", seconds,
                          pause=lambda: time.sleep(0.5))

    def wait_until(self, condition, what, seconds=120):
        """Until condition() holds, looked at twice a second: for what is asked over the control line."""
        return self._wait(condition, what, seconds, pause=lambda: time.sleep(0.5))

    def wait_off(self, seconds=120):
        """Until the machine is off or reset (which ends QEMU too)."""
        try:
            self.process.wait(deadlines.scaled(seconds))
        except subprocess.TimeoutExpired:
            raise AssertionError(self.report("the machine is still on")) from None

    def _tick(self):
        """Waits look around all the time: what is longer between two looks, this host stood still itself."""
        now = time.monotonic()
        self._seconds += min(now - self._looked, LONGEST_LOOK)
        self._looked = now

    def clock(self):
        """Seconds, but for those in which threads of QEMU and of the test waited for a processor of this host."""
        self._tick()
        lines = [path.read_text(encoding="ascii") for pid in (self.process.pid, os.getpid())
                 for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        return self._seconds - sum(int(line.split()[1]) for line in lines) / 1e9

    # -- disks -----------------------------------------------------------------------------------

    def plug_usb(self, disk):
        """Plug a USB disk in."""
        self.qmp.command("blockdev-add", **{
            "driver": "raw", "node-name": disk.name,
            "file": {"driver": "file", "filename": str(disk.path)}})
        self.qmp.command("device_add", driver="usb-storage", id=f"dev-{disk.name}", drive=disk.name,
                         bus="xhci.0", removable=True)

    def unplug_usb(self, disk):
        """Pull it out: the guest is not asked."""
        self.qmp.command("device_del", id=f"dev-{disk.name}")
        self.qmp.wait_event("DEVICE_DELETED", device=f"dev-{disk.name}")
        try:
            self.qmp.command("blockdev-del", **{"node-name": disk.name})
        except QmpError:
            pass  # a disk from the command line goes with its device

    def stall(self, disk):
        """From now on the disk answers (nearly) nothing: one byte a second."""
        self.slow_down(disk, 1)

    def slow_down(self, disk, bytes_per_second):
        """0: as fast as it can."""
        self.qmp.command("block_set_io_throttle", device=disk.name, bps=bytes_per_second, bps_rd=0, bps_wr=0,
                         iops=0, iops_rd=0, iops_wr=0)

    def writes(self, disk):
        """How many writes the guest has sent to a disk since power-on."""
        for block in self.qmp.command("query-blockstats"):
            if block.get("device") == disk.name or block.get("node-name") == disk.name:
                return block["stats"]["wr_operations"] + block["stats"].get("unmap_operations", 0)
        raise AssertionError(f"QEMU knows no disk {disk.name}")

    # -- its state -------------------------------------------------------------------------------

    def save(self, path):
        """Write the machine's state to a file, for `incoming`. The machine stands still from then on."""
        # It must be running now: a state tells whether it was.
        self.qmp.command("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
        self.qmp.command("migrate", uri=f"exec:cat >{shlex.quote(str(path))}")

        def saved():
            status = self.qmp.command("query-migrate")
            if status["status"] == "failed":
                raise AssertionError(f"the machine's state is not saved: {status.get('error-desc')}")
            return status["status"] == "completed"

        self._wait(saved, "the end of saving", 120, pause=lambda: time.sleep(0.05))

    def _go_on(self, state):
        # A network card would announce itself to its cable, whose other end may not be there yet: QEMU 7.2 dies of that.
        self.qmp.command("migrate-set-parameters", **{"announce-rounds": 0})
        self.qmp.command("migrate-incoming", uri=f"fd:{state.fileno()}")
        # What reaches its serial lines before is lost.
        self._wait(lambda: self.qmp.command("query-status")["status"] != "inmigrate", "the machine to go on", 120,
                   pause=lambda: time.sleep(0.02))

    # -- reports ---------------------------------------------------------------------------------

    def inside(self):
        """What the machine itself says of its programs and of its serial lines, where a test left a control shell."""
        try:
            return self.control.run(INSIDE, seconds=20, check=False, ready_seconds=5)[1]
        except (AssertionError, OSError) as error:
            return f"the machine does not say what is in it: {error}"

    def report(self, headline, alive=True):
        """What a person needs to see why a test failed. With alive, the machine itself is asked, too."""
        parts = [headline, self.screen.framed("serial screen")]
        if self.process.poll() is None and hasattr(self, "qmp"):
            try:
                parts.append(self.vga().framed())
            except (QmpError, OSError, AssertionError) as error:
                parts.append(f"VGA screen: {error}")
            if alive:
                parts.append(self.inside())
        tail = bytes(self.serial_log[-4000:]).decode(errors="replace").splitlines()[-40:]
        parts += ["last serial lines:", *(re.sub(r"[\x00-\x1f\x7f]+", " ", line) for line in tail)]
        errors = (self.logs / "qemu.err").read_text(encoding="utf-8", errors="replace").strip()
        if errors:
            parts.append(f"QEMU says: {errors}")
        return "\n".join(parts)
