# SPDX-License-Identifier: GPL-2.0-or-later
"""The repository's files as the lint tests see them: what git tracks or would track."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def tracked(*patterns):
    """Paths relative to ROOT that match one of git's patterns; all without any."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others",
         "--exclude-standard", "--", *patterns],
        check=True, stdout=subprocess.PIPE).stdout.decode()
    paths = [Path(name) for name in sorted(set(listed.split("\0"))) if name]
    return [path for path in paths if (ROOT / path).is_file() and not (ROOT / path).is_symlink()]


def first_line(path):
    with open(ROOT / path, "rb") as file:
        return file.readline(200).decode(errors="replace")


def is_shell(path):
    return path.suffix == ".sh" or first_line(path).startswith(("#!/bin/bash", "#!/usr/bin/env bash", "#!/bin/sh"))


def main():
    """`files.py c` or `files.py shell`: the list for the shell scripts beside this one, NUL-ended."""
    import sys
    if sys.argv[1] == "c":
        chosen = tracked("*.c", "*.h")
    else:
        chosen = [path for path in tracked() if is_shell(path)]
    sys.stdout.write("".join(f"{path}\0" for path in chosen))


if __name__ == "__main__":
    main()
