#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Adds up CTest's reports and prints the last line of ./check; exits 1 when anything failed."""

import argparse
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

# CTest also says "skipped" of a test whose program is missing: that one failed.
SKIP_REASONS = ("SKIP_RETURN_CODE", "SKIP_REGULAR_EXPRESSION")


def outcome(case):
    if case.get("status") == "run" and case.find("failure") is None:
        return "passed"
    skipped = case.find("skipped")
    if skipped is not None and any(reason in skipped.get("message", "") for reason in SKIP_REASONS):
        return "skipped"
    return "failed"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failed-phases", type=int, default=0, help="builds and the like that failed")
    parser.add_argument("--no-skips", action="store_true", help="a skipped test is a failure")
    parser.add_argument("reports", nargs="*", type=Path)
    arguments = parser.parse_args()
    counts = {"passed": 0, "failed": arguments.failed_phases, "skipped": 0}
    for report in arguments.reports:
        if not report.exists():
            print(f"{report.stem}: no test ran")
            counts["failed"] += 1
            continue
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            verdict = outcome(case)
            counts[verdict] += 1
            if verdict != "passed":
                print(f"{verdict}: {report.stem}: {case.get('name')}")
    bad = counts["failed"] or (arguments.no_skips and counts["skipped"])
    if not counts["passed"] and not bad:
        print("no test was run")
        bad = counts["failed"] = 1
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
