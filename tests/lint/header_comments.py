#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every public header opens with three lines: what it does, who may use it, what it must not do."""

import re
import sys

from files import ROOT, tracked

OPENING = re.compile(r"\A/\* SPDX[^\n]*\*/\n/\*\n((?: \*[^\n]*\n)+?) \*/\n")


def problem(text):
    match = OPENING.match(text)
    if not match:
        return "does not open with the SPDX line and a comment"
    comment = match.group(1)
    if not re.search(r"\bFor\s", comment):
        return 'the opening comment does not say who may use it ("For …")'
    if not re.search(r"\b[Mm]ust\s+(\*\s+)?(not|never)\b", comment):
        return 'the opening comment does not say what it must not do ("Must not …")'
    return None


def main():
    problems = []
    headers = tracked("*/include/kboot/*.h")
    if not headers:
        problems.append("no public headers found: the rule checks nothing")
    for path in headers:
        why = problem((ROOT / path).read_text(encoding="utf-8"))
        if why:
            problems.append(f"{path}:1: {why}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
