#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cli_case.py PROGRAM FOLDER: runs the commands of FOLDER/commands (one a line) and compares with FOLDER/expected.

The folder is copied first, and every line `PATH KIND` of FOLDER/kernels becomes a small kernel file in the copy.
With KBOOT_GOLDEN_UPDATE=1 what was printed becomes the expectation; look at the difference before committing it.
"""

import difflib
import os
import pathlib
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile


def bzimage(flags=0x1, cmdline_size=2047, version=b"6.1.0-test (builder) #1"):
    """A bzImage that is all there: one setup sector, 4 KiB of body. flags: xloadflags."""
    setup = bytearray(1024)
    struct.pack_into("<B", setup, 0x1F1, 1)
    struct.pack_into("<I", setup, 0x1F4, 4096 // 16)
    struct.pack_into("<H", setup, 0x1FE, 0xAA55)
    struct.pack_into("<BB", setup, 0x200, 0xEB, 0x66)
    setup[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", setup, 0x206, 0x020F)
    struct.pack_into("<H", setup, 0x20E, 0x300 - 0x200)
    struct.pack_into("<B", setup, 0x211, 1)
    struct.pack_into("<I", setup, 0x22C, 0x7FFFFFFF)
    struct.pack_into("<IB", setup, 0x230, 0x200000, 1)
    struct.pack_into("<H", setup, 0x236, flags)
    struct.pack_into("<I", setup, 0x238, cmdline_size)
    struct.pack_into("<Q", setup, 0x258, 0x1000000)
    struct.pack_into("<I", setup, 0x260, 0x10000)
    setup[0x300 : 0x300 + len(version)] = version
    return bytes(setup) + bytes(4096)


def arm64():
    head = bytearray(4096)
    struct.pack_into("<Q", head, 16, 4096)
    head[56:60] = b"ARM\x64"
    return bytes(head)


KERNELS = {
    "bzimage": bzimage(),
    "bzimage32": bzimage(flags=0),
    "truncated": bzimage()[:2000],
    "arm64": arm64(),
    "text": b"this is no kernel\n",
}


def run(program, folder):
    with tempfile.TemporaryDirectory() as tmp:
        copy = pathlib.Path(tmp, "case")
        shutil.copytree(folder, copy, symlinks=True)
        kernels = copy / "kernels"
        if kernels.exists():
            for line in kernels.read_text().splitlines():
                path, kind = line.split()
                (copy / path).parent.mkdir(parents=True, exist_ok=True)
                (copy / path).write_bytes(KERNELS[kind])
        text = ""
        for line in (copy / "commands").read_text().splitlines():
            words, _, file = line.partition(" < ")
            with open(copy / file if file else os.devnull, "rb") as stdin:
                done = subprocess.run(
                    [program, *shlex.split(words)], cwd=copy, stdin=stdin, text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=50, check=False)
            text += f"$ kboot {line}\n{done.stdout}exit {done.returncode}\n"
        return text


def main():
    program, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    actual = run(program, folder)
    expected = folder / "expected"
    if os.environ.get("KBOOT_GOLDEN_UPDATE") == "1":
        expected.write_text(actual)
        return 0
    diff = list(difflib.unified_diff(
        expected.read_text().splitlines(True), actual.splitlines(True), "expected", "actual"))
    sys.stdout.writelines(diff)
    return 1 if diff else 0


sys.exit(main())
