#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every source file names its licence in one of its first three lines."""

import sys

from files import ROOT, first_line, tracked

LINE = "SPDX-License-Identifier: GPL-2.0-or-later"
SUFFIXES = {".c", ".h", ".py", ".sh", ".cmake", ".in"}


def is_source(path):
    if path.parts[:2] == ("tests", "golden") and "CMakeLists.txt" != path.name:
        return path.suffix in {".c", ".h", ".py", ".cmake"}
    if path.parts[:3] == ("tests", "fuzz", "corpus"):
        return False
    return path.suffix in SUFFIXES or path.name == "CMakeLists.txt" or first_line(path).startswith("#!")


def main():
    sources = [path for path in tracked() if is_source(path)]
    problems = [] if sources else ["no sources found: the rule checks nothing"]
    for path in sources:
        head = (ROOT / path).read_text(encoding="utf-8", errors="replace").split("\n", 3)[:3]
        if not any(LINE in line for line in head):
            problems.append(f"{path}:1: no line \"{LINE}\"")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
