# SPDX-License-Identifier: GPL-2.0-or-later
"""The test methods of the files test_TOPIC.py in a folder, each called TOPIC.CASE: for its run.py."""

import ast
import importlib
import sys
import unittest

SKIPPED = 77


def _found(folder):
    """Yields (topic, class name, method) from the files' text: nothing is imported."""
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    if isinstance(item, ast.FunctionDef) and item.name.startswith("test_"):
                        yield path.stem.removeprefix("test_"), node.name, item.name


def _name(topic, method):
    return f"{topic}.{method.removeprefix('test_')}"


def names(folder):
    return [_name(topic, method) for topic, _, method in _found(folder)]


def load(folder, wanted):
    """Those that are asked for by topic or by name; all where nothing is. The folder is on Python's path."""
    return [getattr(importlib.import_module(f"test_{topic}"), class_name)(method)
            for topic, class_name, method in _found(folder)
            if not wanted or topic in wanted or _name(topic, method) in wanted]


def main(folder, words):
    """A run.py: the exit code. 0 when all passed, 1 when one failed, 77 when all were skipped."""
    if words == ["--list"]:
        print("\n".join(names(folder)))
        return 0
    tests = load(folder, words)
    if not tests:
        print(f"no such test: {' '.join(words)}", file=sys.stderr)
        return 1
    # One by one, so that a failure is told when it happens.
    results = [unittest.TextTestRunner(verbosity=2, stream=sys.stdout).run(test) for test in tests]
    if not all(result.wasSuccessful() for result in results):
        return 1
    return SKIPPED if all(result.skipped for result in results) else 0
