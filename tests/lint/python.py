#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every Python file compiles, without a warning of the compiler."""

import sys
import warnings

from files import ROOT, first_line, tracked


def main():
    problems = []
    warnings.simplefilter("error")
    for path in tracked():
        if path.suffix != ".py" and "python3" not in first_line(path):
            continue
        try:
            compile((ROOT / path).read_bytes(), str(path), "exec")
        except (SyntaxError, Warning) as error:
            problems.append(f"{path}:{getattr(error, 'lineno', 1)}: {error}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
