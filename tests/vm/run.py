#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs VM tests: `run.py boot.second_entry_stock`, `run.py boot` for a file, `run.py` for all; `--list` names them.

Exits 0 when all passed, 1 when one failed, 77 when all were skipped.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

from kbtest import methods  # pylint: disable=wrong-import-position

if __name__ == "__main__":
    sys.exit(methods.main(HERE, sys.argv[1:]))
