#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""ipxe_case.py [CASE…]: runs the scripts tests/golden/ipxe/CASE/main.ipxe by iPXE itself, in one QEMU, and compares what it
prints behind "@@" with CASE/expected, which is what kboot says.

Without arguments, all cases that print such a line; one that starts a kernel, or needs an answer, has none. A line is
shorter than the screen. What is set in one case is still set in the next: names are their own.
"""

import difflib
import os
import pathlib
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

CASES = pathlib.Path(__file__).resolve().parent / "ipxe"
IPXE = "/usr/lib/ipxe/ipxe.lkrn"
MARK = "@@"
DEADLINE_S = 120
COLUMNS = 80
SCREEN_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b.|\x08")


def marked(text):
    """The marked part of each line that has one."""
    return [line[line.rindex(MARK):].rstrip() for line in text.splitlines() if MARK in line]


def boot_script(cases):
    lines = ["#!ipxe", "dhcp"]
    for case in cases:
        lines += [f"echo {MARK}CASE {case}", f"chain --autofree tftp://10.0.2.2/{case}/main.ipxe ||", "imgfree"]
    return "\n".join([*lines, f"echo {MARK}END", ""])


def run(folder, cases):
    """What iPXE writes, with the cases' folders on its TFTP server."""
    script = folder / "boot.ipxe"
    script.write_text(boot_script(cases))
    with subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-m", "256", "-nographic", "-no-reboot", "-kernel", IPXE, "-initrd", script,
             "-netdev", f"user,id=net,tftp={folder},bootfile=boot.ipxe", "-device", "e1000,netdev=net,romfile="],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as qemu:
        end = time.monotonic() + DEADLINE_S * float(os.environ.get("KBOOT_TEST_SLOW", "1"))
        output = b""
        while f"{MARK}END".encode() not in output and time.monotonic() < end:
            if select.select([qemu.stdout], [], [], 0.5)[0]:
                part = os.read(qemu.stdout.fileno(), 65536)
                if not part:
                    break
                output += part
        qemu.kill()
    return SCREEN_CODES.sub("", output.decode("utf-8", "replace")).replace("\r", "")


def by_case(lines):
    cases = {}
    case = None
    for line in lines:
        if line.startswith(f"{MARK}CASE "):
            case = line.split()[1]
            cases[case] = []
        elif line == f"{MARK}END":
            case = None
        elif case:
            cases[case].append(line)
    return cases


def main():
    names = sys.argv[1:] or sorted(path.name for path in CASES.iterdir())
    expected = {name: marked((CASES / name / "expected").read_text()) for name in names}
    expected = {name: lines for name, lines in expected.items() if lines}
    if not shutil.which("qemu-system-x86_64") or not os.path.exists(IPXE):
        print("qemu-system-x86_64 and ipxe are wanted")
        return 1 if os.environ.get("CI") == "true" else 77
    with tempfile.TemporaryDirectory() as temp:
        folder = pathlib.Path(temp)
        for name in expected:
            shutil.copytree(CASES / name, folder / name)
        text = run(folder, expected)
    actual = by_case(marked(text))
    wrong = not expected
    for name, lines in expected.items():
        long = [line for line in lines if len(line) >= COLUMNS - 1]
        diff = list(difflib.unified_diff(lines, actual.get(name, []), f"{name}: kboot", f"{name}: iPXE", lineterm=""))
        print(*[f"too long: {line}" for line in long], *diff, sep="\n", end="\n" if long or diff else "")
        wrong = wrong or bool(long) or bool(diff)
    if wrong:
        print(text)
    return 1 if wrong else 0


sys.exit(main())
