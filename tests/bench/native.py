# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of the native program."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

import screen_words as words
from kbtest import kernels, snapper
from kbtest.terminal import DOWN, Terminal

ROOT = Path(__file__).resolve().parents[2]
KBOOT = ROOT / "build/release/kboot"
RUNS = 5
ENTRIES = 10_000
SYSTEMS = 20
SNAPSHOTS = 300


def _device(folder, conf):
    (folder / "kboot.conf").write_text(conf, encoding="ascii")
    (folder / "vmlinuz").write_bytes(kernels.bzimage())
    return ["--device", f"sda1,fstype=ext4={folder}"]


def serial_economy():
    """Bytes that one arrow key sends to a vt100 of 80x24, the selection moving by one entry."""
    with tempfile.TemporaryDirectory() as folder:
        conf = "".join(f"Linux number {number}='/vmlinuz root=/dev/sda{number} ro quiet'\n" for number in range(1, 9))
        argv = [str(KBOOT), "menu", *_device(Path(folder), conf)]
        with Terminal(argv, term="vt100") as terminal:
            terminal.wait(lambda s: words.menu_is_shown(s) and words.shows_entry(s, "Linux number 8"), "the menu")
            counts = []
            for _ in range(4):
                # The entry is armed after a rest, which shows as well: wait until all is said.
                terminal.wait_quiet(1.5)
                before = len(terminal.output)
                terminal.send(DOWN)
                terminal.wait_quiet(1.5)
                counts.append(len(terminal.output) - before)
    counts.sort()
    return f"{counts[len(counts) // 2]} bytes (of {counts})"


def list_many():
    """Time and memory of `kboot list` with 10,000 labels."""
    conf = "".join(f"entry {number}='/vmlinuz root=/dev/sda{number % 90} ro quiet'\n" for number in range(ENTRIES))
    with tempfile.TemporaryDirectory() as folder:
        return _list(_device(Path(folder), conf), ENTRIES)


def _grub_cfg(n_entries):
    body = "\tset gfxpayload=keep\n\techo 'Loading Linux'\n\tlinux /vmlinuz root=/dev/sda1 ro quiet\n\tinitrd /vmlinuz\n"
    return "".join(f"menuentry 'entry {number}' --class linux --id id{number} {{\n{body}}}\n" for number in range(n_entries))


def _grub_device(folder, name, n_entries):
    (folder / "grub").mkdir(parents=True)
    (folder / "grub/grub.cfg").write_text(_grub_cfg(n_entries), encoding="ascii")
    (folder / "vmlinuz").write_bytes(kernels.bzimage())
    return ["--device", f"{name},fstype=ext4={folder}"]


def list_many_of_grub():
    """The same of a grub.cfg."""
    with tempfile.TemporaryDirectory() as folder:
        return _list(_grub_device(Path(folder), "sda1", ENTRIES), ENTRIES)


def list_many_systems():
    """Twenty disks with a grub.cfg of ten entries each."""
    with tempfile.TemporaryDirectory() as folder:
        names = [f"sd{chr(ord('a') + number)}1" for number in range(SYSTEMS)]
        devices = [word for name in names for word in _grub_device(Path(folder) / name, name, 10)]
        return _list(devices, SYSTEMS * 10)


def list_snapshots():
    """An openSUSE with three hundred snapshots, each with a menu of its own."""
    with tempfile.TemporaryDirectory() as folder:
        snapper.write(Path(folder), SNAPSHOTS)
        return _list(["--device", f"sda2,uuid={snapper.UUID},fstype=btrfs,subvol={snapper.SYSTEM}={folder}"], SNAPSHOTS * 3)


def _list(devices, n_entries):
    """The best of some runs."""
    argv = [str(KBOOT), "list", *devices]
    best_seconds, most_kib, lines = 1e9, 0, 0
    for _ in range(RUNS):
        begin = time.monotonic()
        with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
            lines = process.stdout.read().count(b"\n")
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"kboot list: exit code {process.returncode}")
        best_seconds = min(best_seconds, time.monotonic() - begin)
        most_kib = max(most_kib, usage.ru_maxrss)
    if lines < n_entries:
        raise RuntimeError(f"kboot list printed {lines} lines")
    return f"{best_seconds:.2f} s, {most_kib / 1024:.0f} MiB"
