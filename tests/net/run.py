#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs net tests: `run.py http.right_file`, `run.py http` for a file, `run.py` for all; `--list` names them.

KBOOT names the program to test. Exits 0 when all passed, 1 when one failed, 77 when all were skipped.
"""

import ast
import importlib
import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
SKIPPED = 77


def cases():
    """Yields (topic, class name, method) from the files' text: nothing is imported."""
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    if isinstance(item, ast.FunctionDef) and item.name.startswith("test_"):
                        yield path.stem.removeprefix("test_"), node.name, item.name


def load(wanted):
    """The tests that are asked for by topic or by name."""
    tests = []
    for topic, class_name, method in cases():
        name = f"{topic}.{method.removeprefix('test_')}"
        if not wanted or name in wanted or topic in wanted:
            module = importlib.import_module(f"test_{topic}")
            tests.append(getattr(module, class_name)(method))
    return tests


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(f"{topic}.{method.removeprefix('test_')}" for topic, _, method in cases()))
        return 0
    sys.path.insert(0, str(HERE))
    os.environ.setdefault("KBOOT", str(HERE.parents[1] / "build/dev/kboot"))
    tests = load(sys.argv[1:])
    if not tests:
        print(f"no such test: {' '.join(sys.argv[1:])}", file=sys.stderr)
        return 1
    # One by one, so that a failure is told when it happens.
    results = [unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(test) for test in tests]
    if not all(result.wasSuccessful() for result in results):
        return 1
    return SKIPPED if all(result.skipped for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
