#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs net tests: `run.py http.right_file`, `run.py http` for a file, `run.py` for all; `--list` names them.

KBOOT names the program to test. Exits 0 when all passed, 1 when one failed, 77 when all were skipped.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

from kbtest import methods  # pylint: disable=wrong-import-position

if __name__ == "__main__":
    os.environ.setdefault("KBOOT", str(HERE.parents[1] / "build/dev/kboot"))
    os.environ.setdefault("KBOOT_BOOT_PROBE", str(HERE.parents[1] / "build/dev/tests/net/boot_probe"))
    os.environ.setdefault("KBOOT_FETCH_MANY", str(HERE.parents[1] / "build/dev/tests/net/fetch_many"))
    sys.exit(methods.main(HERE, sys.argv[1:]))
