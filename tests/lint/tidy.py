#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""clang-tidy over every C file of the product: `tidy.py BUILD-FOLDER`.

One file a process: several in one confuse its va_list check. A file without a finding is remembered by the hash of all
that the compiler sees of it, comments included, in $KBOOT_CACHE (default: ~/.cache/kboot); that folder may go any time.
"""

import hashlib
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from files import ROOT, tracked

CACHE = Path(os.environ.get("KBOOT_CACHE") or Path.home() / ".cache/kboot") / "tidy"
MOST_KEPT = 4000


def preprocessed(command):
    """The file as the compiler sees it, without the folders that it was found in."""
    argv = shlex.split(command["command"])
    output = argv.index("-o")
    del argv[output:output + 2]
    for option in ("-MD", "-MT", "-MF"):
        while option in argv:
            at = argv.index(option)
            del argv[at:at + (1 if option == "-MD" else 2)]
    argv = [*(arg for arg in argv if arg != "-c"), "-E", "-C", "-P"]
    return subprocess.run(argv, cwd=command["directory"], check=True, stdout=subprocess.PIPE).stdout


def judge(build, command, judge_hash):
    """What clang-tidy finds in one file; empty: nothing."""
    key = judge_hash.copy()
    key.update(preprocessed(command))
    mark = CACHE / key.hexdigest()
    if mark.exists():
        mark.touch()
        return ""
    done = subprocess.run(["clang-tidy", "--quiet", "-p", build, command["file"]], cwd=ROOT, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        mark.touch()
        return ""
    return done.stdout


def forget_old():
    marks = sorted(CACHE.iterdir(), key=lambda mark: mark.stat().st_mtime, reverse=True)
    for mark in marks[MOST_KEPT:]:
        mark.unlink(missing_ok=True)


def main():
    build = sys.argv[1]
    product = {str(ROOT / path) for path in tracked("*.c") if path.parts[0] != "tests"}
    commands = [c for c in json.loads((Path(build) / "compile_commands.json").read_text(encoding="utf-8"))
                if c["file"] in product]
    missing = product - {command["file"] for command in commands}
    version = subprocess.run(["clang-tidy", "--version"], check=True, stdout=subprocess.PIPE).stdout
    judge_hash = hashlib.sha256(version + (ROOT / ".clang-tidy").read_bytes())
    CACHE.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda command: judge(build, command, judge_hash), commands))
    forget_old()
    # What this processor's build leaves out is compiled nowhere.
    print("\n".join([f"not compiled, not judged: {path}" for path in sorted(missing)] + [text for text in found if text]))
    return 1 if any(found) or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
