#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The build's own check of rooms (cmake/rooms.cmake) refuses what it must: `rooms.py CMAKE`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from files import ROOT

# Rooms, file, what it includes, whether that is refused. There are low/low.h, high/high.h, own.h and include/kboot/m/m.h.
CASES = [
    ("low|high", "high/a.c", "low/low.h", False),
    ("low|high", "high/a.c", "low.h", False),
    ("low|high", "high/a.c", "high.h", False),
    ("low|high", "high/a.c", "kboot/m/m.h", False),
    ("low|high", "a.c", "high/high.h", False),
    ("low|high", "low/a.c", "high/high.h", True),
    ("low|high", "low/a.c", "high.h", True),
    ("low|high", "low/a.c", "../high/high.h", True),
    ("low|high", "low/low.h", "high/high.h", True),
    ("low|high", "high/a.c", "own.h", True),
    (".|low|high", "high/a.c", "own.h", False),
    (".|low|high", "a.c", "low/low.h", True),
]


def refused(cmake, rooms, path, included):
    with tempfile.TemporaryDirectory() as folder:
        for header in ("low/low.h", "high/high.h", "own.h", "include/kboot/m/m.h"):
            Path(folder, header).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, header).touch()
        Path(folder, path).write_text(f'/* text */\n#  include "{included}" /* why */\n', encoding="utf-8")
        stamp = Path(folder, "stamp")
        done = subprocess.run([cmake, f"-DFOLDER={folder}", f"-DROOMS={rooms}", f"-DSTAMP={stamp}", "-P",
                               str(ROOT / "cmake/rooms.cmake")], check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        if (done.returncode == 0) != stamp.exists() or (done.returncode != 0) != ("includes point up" in done.stdout):
            return f"exit {done.returncode}: {done.stdout}"
        return done.returncode != 0


def main():
    problems = [f"rooms {rooms}: {path} includes {included}: refused: {got}, must be {want}"
                for rooms, path, included, want in CASES
                if (got := refused(sys.argv[1], rooms, path, included)) is not want]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
