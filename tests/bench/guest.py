# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of the image in a virtual machine, in the machine's own time.

With -icount the emulated processor's speed is fixed, whatever the load of this one; the machine's time is
read from its HPET, which counts from where the kernel starts it.
"""

import os
import re
import socket
import statistics
import subprocess
import tempfile
import threading
from pathlib import Path

import case
import screen_words as words
from kbtest import control, cpio, debian, disks
from kbtest.machine import Disk, Machine
from kbtest.terminal import DOWN, ENTER, UP

ICOUNT = ("-icount", "shift=1,sleep=on")
HPET_PERIOD_ADDR, HPET_COUNTER_ADDR = 0xFED00004, 0xFED000F0
RUNS = 3
LABEL = "Rescue system"
BARE_INIT = b"#!/bin/sh\necho BARE-INIT\nwhile :; do sleep 1000; done\n"


def _guest_seconds(vm):
    """The machine's time now; it stands still meanwhile."""
    words_read = [int(vm.qmp.monitor(f"xp /1{size} {address:#x}").split(":")[1], 16)
                  for size, address in (("wx", HPET_PERIOD_ADDR), ("gx", HPET_COUNTER_ADDR))]
    return words_read[1] * words_read[0] * 1e-15


def _stop_when(vm, condition, what, seconds=300):
    """Stop the machine as soon as condition(screen) holds; returns its time."""
    vm.wait_screen(condition, what, seconds)
    vm.qmp.command("stop")
    return _guest_seconds(vm)


class _Scratch:
    """A folder with disks and logs for one measure."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="kboot-bench.")
        self.path = Path(self._folder.name)
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def kboot(self, kind, conf, extra=(), disk=None, **options):
        overlay = dict(control.FILES)
        overlay["/etc/kboot.conf"] = conf.encode()
        start = case.image(kind).start(cpio.archive(overlay), f"rdinit={control.INIT_PATH}")
        attached = [Disk(str(disk.path), "disk")] if disk else []
        return Machine(self.path / "logs", **start, disks=attached, extra=extra, accel="tcg", **options)


# A serial line has no size, and what a terminal answers to the question for it comes from outside of the emulated time:
# the machine, idle meanwhile, jumps on by as much as it likes.
SIZED_INIT = b"""#!/bin/sh
mount -t devtmpfs devtmpfs /dev
stty -F /dev/ttyS0 rows 24 cols 80
umount /dev
exec /init "$@"
"""


def _time_to_menu(kind):
    with _Scratch() as scratch:
        disk = disks.rescue_disk(scratch.path / "rescue.img", f"{LABEL}='{disks.rescue_entry()}'\n", debian.parts().kernel)
        overlay = cpio.archive({"/etc/kboot.conf": b"", "/sized": (SIZED_INIT, 0o755)})
        start = case.image(kind).start(overlay, "rdinit=/sized")
        with Machine(scratch.path / "logs", **start, disks=[Disk(str(disk.path), "disk")], extra=ICOUNT,
                     accel="tcg") as vm:
            return _stop_when(vm, words.menu_is_shown, "the menu")


def _time_to_bare_init(kind):
    """The same kernel with an initramfs of BusyBox whose init prints a line and stops."""
    image = case.image(kind)
    initrd = cpio.archive({"/init": (BARE_INIT, 0o755), "/bin/busybox": (debian.parts().busybox.read_bytes(), 0o755),
                           "/bin/sh": "busybox", "/bin/sleep": "busybox",
                           # init's standard streams: the custom kernel's own first archive is empty.
                           "/dev/console": cpio.Node(5, 1)})
    cmdline = " ".join((image.folder / "cmdline").read_text(encoding="utf-8").split())
    with _Scratch() as scratch:
        disk = disks.rescue_disk(scratch.path / "rescue.img", kernel=debian.parts().kernel)
        with Machine(scratch.path / "logs", kernel=image.folder / "vmlinuz", initrd=[initrd], append=cmdline,
                     disks=[Disk(str(disk.path), "disk")], extra=ICOUNT, accel="tcg") as vm:
            return _stop_when(vm, lambda s: "BARE-INIT" in s.text, "the bare init")


def first_byte():
    """From the cable to the question to the server, with a lease between; QEMU's DHCP and the server answer at once."""
    asked = threading.Event()
    with _Scratch() as scratch, socket.create_server(("127.0.0.1", 0)) as server:
        network = ("-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile=")
        conf = f"Net='http://10.0.2.2:{server.getsockname()[1]}/vmlinuz'\ndefault=Net\ntimeout=600\n"
        with scratch.kboot("custom", conf, extra=(*ICOUNT, *network)) as vm:
            vm.wait_screen(words.menu_is_shown, "the menu")
            vm.qmp.command("set_link", name="net", up=False)
            vm.wait_screen(lambda s: s.find("no link on eth0"), "that the cable is missing", 120)

            def accept():
                server.accept()[0].recv(1)
                asked.set()

            threading.Thread(target=accept, daemon=True).start()
            begun = _guest_seconds(vm)
            vm.qmp.command("set_link", name="net", up=True)
            vm.wait_until(asked.is_set, "the question to the server", 120)
            return f"{_guest_seconds(vm) - begun:.1f} s"


def menu_overhead():
    parts = []
    for kind in ("custom", "stock"):
        menu = statistics.median(_time_to_menu(kind) for _ in range(RUNS))
        bare = statistics.median(_time_to_bare_init(kind) for _ in range(RUNS))
        parts.append(f"{kind} {menu / bare:.2f} ({menu:.2f} s over {bare:.2f} s)")
    return "; ".join(parts)


def load_cost():
    """Arming Debian's kernel and its big initrd against `cat` of both, each with cold caches."""
    version = debian.parts().version
    with _Scratch() as scratch:
        disk = disks.debian_disk(scratch.path / "debian.img")
        entry = disks.debian_conf(version).split("Debian='", 1)[1].split("'", 1)[0]
        # The selection starts on an entry that takes nothing to load.
        disk.root.write("/etc/kboot.conf", f"Nothing='/no-such-file'\nDebian='{entry}'\n")
        with scratch.kboot("custom", "", extra=ICOUNT, disk=disk, memory_mib=1024) as vm:
            vm.wait_screen(lambda s: words.shows_entry(s, "Debian"), "the menu")
            vm.control.run("mkdir /tmp/mnt")
            peer = statistics.median(_cat_seconds(vm, version) for _ in range(RUNS))
            for _ in range(RUNS):
                _arm_cold(vm)
            vm.keys("l")
            armed = r"armed Debian in ([0-9.]+) s"
            vm.wait_screen(lambda s: len(re.findall(armed, s.text)) == RUNS, "the log")
            load = statistics.median(float(seconds) for seconds in re.findall(armed, vm.screen.text))
    return f"{load / peer:.2f} ({load:.2f} s over {peer:.2f} s)"


def _cat_seconds(vm, version):
    uptime = "read up _ </proc/uptime"
    files = f"/tmp/mnt/boot/vmlinuz-{version} /tmp/mnt/boot/initrd.img-{version}"
    out = vm.control.run(f"mount -o ro,noload /dev/sda2 /tmp/mnt; echo 3 >/proc/sys/vm/drop_caches; {uptime}; a=$up; "
                         f"cat {files} >/dev/null; {uptime}; umount /tmp/mnt; echo $a $up")
    begin, end = out.split()[-2:]
    return float(end) - float(begin)


def _arm_cold(vm):
    """Moves the selection to Debian, and away when it is armed."""
    vm.control.run("echo 3 >/proc/sys/vm/drop_caches")
    vm.keys(DOWN)
    vm.wait_until(lambda: "load: armed" in vm.control.run("kboot status"), "the armed entry")
    vm.keys(UP)
    vm.wait_until(lambda: "load: failed" in vm.control.run("kboot status"), "the entry that cannot be loaded")


def _seconds_to_jump(vm, act):
    """From act() until the old kernel's last message. The next kernel starts the clock anew, much later."""
    vm.control.run("echo 8 >/proc/sys/kernel/printk")
    vm.qmp.command("stop")
    begin = _guest_seconds(vm)
    act()
    vm.qmp.command("cont")
    vm.wait_serial("Starting new kernel")
    vm.qmp.command("stop")
    seconds = _guest_seconds(vm) - begin
    if seconds <= 0:
        raise RuntimeError("the next kernel has started the clock anew already")
    return seconds


def _armed_machine(scratch):
    conf = f"{LABEL}='{disks.rescue_entry()}'\ndefault={LABEL}\n"
    disk = disks.rescue_disk(scratch.path / "rescue.img", conf, debian.parts().kernel)
    vm = scratch.kboot("custom", "", extra=ICOUNT, disk=disk)
    try:
        vm.wait_screen(lambda s: words.shows_entry(s, LABEL), "the menu")
        vm.wait_until(lambda: "load: armed" in vm.control.run("kboot status"), "the armed entry")
    except BaseException:
        vm.close()
        raise
    return vm


def enter_when_armed():
    """From the key to the jump; beside it kexec-tools' `kexec -e`, which leaves nothing in order and only jumps."""
    with _Scratch() as scratch, _armed_machine(scratch) as vm:
        enter = _seconds_to_jump(vm, lambda: vm.keys(ENTER))
    with _Scratch() as scratch, _armed_machine(scratch) as vm:
        peer = _seconds_to_jump(vm, lambda: vm.control.send("kexec -e"))
    return f"{enter:.3f} s (`kexec -e` of the same kernel: {peer:.3f} s)"


def _figure_of_test(name, case_name):
    """What a VM test measures and prints."""
    done = subprocess.run(["/usr/bin/python3", str(case.ROOT / "tests/vm/run.py"), case_name], check=False,
                          env={**os.environ, "KBOOT_TEST_FIGURES": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    figure = case.LOGS / f"figure-{name}"
    if done.returncode or not figure.exists():
        raise RuntimeError(done.stdout.decode(errors="replace"))
    return re.search(r": (.*?) \(", figure.read_text(encoding="utf-8")).group(1)


def image_size():
    return _figure_of_test("size", "image.size")


def smallest_memory():
    return _figure_of_test("memory", "image.smallest_memory")
