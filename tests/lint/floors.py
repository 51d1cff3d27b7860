#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Includes only point down: a module sees its own headers and those of modules on lower floors."""

import re
import sys

from files import ROOT, tracked

MODULE = re.compile(r"kb_module\(\s*(\w+)\s+FLOOR\s+(\d+)")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')
# Not a module, but stands above them all.
APP_FLOOR = 100


def floors():
    """{folder: floor} from the modules' own CMake files."""
    found = {"app": APP_FLOOR}
    for path in tracked("*/CMakeLists.txt"):
        match = MODULE.search((ROOT / path).read_text(encoding="utf-8"))
        if match:
            found[match.group(1)] = int(match.group(2))
    return found


def wrong(module, included, heights):
    """Why a file of `module` must not include that header, or None."""
    parts = included.split("/")
    if ".." in parts:
        return "leaves its folder"
    if parts[0] != "kboot" or len(parts) < 3 or parts[1] == module:
        return None
    if parts[1] not in heights:
        return f"no module {parts[1]}"
    if heights[parts[1]] >= heights[module]:
        return f"{parts[1]} (floor {heights[parts[1]]}) is not below {module} (floor {heights[module]})"
    return None


def main():
    heights = floors()
    problems = []
    if len(heights) < 2:
        problems.append("no modules found: the rule checks nothing")
    for path in tracked("*.c", "*.h"):
        module = path.parts[0]
        if module not in heights:
            continue
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            match = INCLUDE.match(line)
            why = wrong(module, match.group(1), heights) if match else None
            if why:
                problems.append(f"{path}:{number}: {match.group(1)}: {why}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
