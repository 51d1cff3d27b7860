#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints the figures of kboot beside their bars, as a Markdown table. Nothing here is asserted."""

import platform
import re
import sys
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lib"), str(ROOT / "tests/vm"), str(Path(__file__).resolve().parent)]

import guest  # pylint: disable=wrong-import-position
import native  # pylint: disable=wrong-import-position
import remote  # pylint: disable=wrong-import-position

# name: (what, bar, measure). A measure returns one line of text.
MEASURES = {
    "overhead": ("menu overhead", "≤ 1.25, aim 1.10", guest.menu_overhead),
    "load": ("load cost", "≤ 2.0", guest.load_cost),
    "enter": ("Enter on an armed entry", "≤ 0.1 s + device shutdown", guest.enter_when_armed),
    "serial": ("serial economy", "≤ 160 bytes (GRUB: 197)", native.serial_economy),
    "image": ("image, custom kernel", "≤ 6 MiB", guest.image_size),
    "memory": ("smallest memory", "≤ 64 MiB", guest.smallest_memory),
    "parse": ("`kboot list`, 10,000 entries", "≤ 0.3 s, ≤ 32 MiB", native.list_many),
    "parse-grub": ("the same of a grub.cfg", "≤ 0.3 s, ≤ 32 MiB", native.list_many_of_grub),
    "systems": ("`kboot list`, 20 disks of 10 entries each", "", native.list_many_systems),
    "throughput": ("HTTP, 400 MiB, over `curl`", "≥ 0.95", remote.throughput),
    "fetched": ("memory of a fetched initrd of 200 MiB", "its size + 8 MiB", remote.memory),
    "link": ("from the cable to the server's first byte", "", guest.first_byte),
    "snapshots": ("`kboot list`, openSUSE with 300 snapshots", "≤ 0.3 s, ≤ 32 MiB", native.list_snapshots),
}


def processor():
    match = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
    return match.group(1) if match else platform.machine()


def main():
    wanted = sys.argv[1:] or list(MEASURES)
    unknown = set(wanted) - set(MEASURES)
    if unknown:
        sys.exit(f"no such measure: {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    print(f"{time.strftime('%Y-%m-%d')}, {processor()}, Linux {platform.release()}, machines under emulation (TCG)\n")
    print("| what | bar | measured |\n| --- | --- | --- |")
    failed = False
    for name in wanted:
        what, bar, measure = MEASURES[name]
        try:
            result = measure()
        except Exception:  # pylint: disable=broad-except  # one measure that fails must not cost the others
            traceback.print_exc()
            result, failed = "not measured: see above", True
        print(f"| {what} | {bar} | {result} |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
