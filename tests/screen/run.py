#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs screen tests: `run.py NAME` for cases/NAME.screen, `run.py keys.some_test` for test_keys.py, all without a name.

`--list` names them. `--update NAME…` writes what was seen into the cases: look at the difference before you believe it.
KBOOT_MENU_CLIENT and KBOOT name the programs to test.
"""

import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

import case as screen_case  # pylint: disable=wrong-import-position
from kbtest import methods  # pylint: disable=wrong-import-position


def case_names():
    return sorted(path.stem for path in (HERE / "cases").glob("*.screen"))


def load(wanted, update):
    suite = unittest.TestSuite()
    for name in case_names():
        if not wanted or name in wanted:
            run = screen_case.update if update else screen_case.run
            suite.addTest(unittest.FunctionTestCase(lambda n=name, r=run: r(HERE / f"cases/{n}.screen"), description=name))
    if not update:
        suite.addTests(methods.load(HERE, wanted))
    return suite


def main():
    words = sys.argv[1:]
    if words == ["--list"]:
        print("\n".join(case_names() + methods.names(HERE)))
        return 0
    for program in ("KBOOT_MENU_CLIENT", "KBOOT"):
        os.environ.setdefault(program, str(HERE.parents[1] / "build/dev" / screen_case.DEFAULT_PROGRAMS[program]))
    update = words[:1] == ["--update"]
    suite = load(words[1:] if update else words, update)
    if not suite.countTestCases():
        print(f"no such test: {' '.join(words)}", file=sys.stderr)
        return 1
    return 0 if unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
