#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs screen tests: `run.py NAME` for cases/NAME.screen, `run.py keys.some_test` for test_keys.py, all without a name.

`--list` names them. `--update NAME…` writes what was seen into the cases: look at the difference before you believe it.
KBOOT_MENU_CLIENT and KBOOT name the programs to test.
"""

import ast
import importlib
import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "lib")]

import case as screen_case  # pylint: disable=wrong-import-position


def case_names():
    return sorted(path.stem for path in (HERE / "cases").glob("*.screen"))


def methods():
    """Yields (topic, class name, method) from the files' text."""
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    if isinstance(item, ast.FunctionDef) and item.name.startswith("test_"):
                        yield path.stem.removeprefix("test_"), node.name, item.name


def load(wanted, update):
    suite = unittest.TestSuite()
    for name in case_names():
        if not wanted or name in wanted:
            run = screen_case.update if update else screen_case.run
            suite.addTest(unittest.FunctionTestCase(lambda n=name, r=run: r(HERE / f"cases/{n}.screen"), description=name))
    for topic, class_name, method in methods():
        name = f"{topic}.{method.removeprefix('test_')}"
        if not update and (not wanted or name in wanted or topic in wanted):
            suite.addTest(getattr(importlib.import_module(f"test_{topic}"), class_name)(method))
    return suite


def main():
    words = sys.argv[1:]
    if words == ["--list"]:
        print("\n".join(case_names() + [f"{topic}.{name.removeprefix('test_')}" for topic, _, name in methods()]))
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
