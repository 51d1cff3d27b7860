#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""loaders_case.py KBOOT FOLDER: what EXTLINUX, ISOLINUX, PXELINUX or U-Boot start from FOLDER/tree by themselves, and for each
label of FOLDER/labels, must be what kboot would start: kernel, initrds in order, command line, and the seconds before.

The loaders made FOLDER/expected, kboot never does: loaders_oracle.py boots them. FOLDER/differs has what kboot does otherwise
by design, with its reason behind `#`: a choice there is compared instead of that of `expected`. Blanks at the ends of a
command line are left aside, and its words that begin with `initrd=`: kboot has the initrds of an entry as such.
"""

import difflib
import json
import pathlib
import re
import subprocess
import sys

DEVICES = {"extlinux": "sda1,fstype=vfat", "isolinux": "sr0,fstype=iso9660", "pxelinux": "sda1,fstype=vfat", "u-boot": "sda1,fstype=ext4"}


def read(path):
    """The choices of a file: what is chosen, and the lines of what starts."""
    choices = {}
    for line in path.read_text(encoding="utf-8", errors="surrogateescape").splitlines() if path.exists() else []:
        if line.startswith("\t"):
            choices[title].append(plain(line[1:]))
        elif line and not line.startswith("#"):
            title = line
            choices[title] = []
    return choices


def plain(line):
    words = line.split(" ", 1)[1] if line.startswith("args ") else ""
    return "args " + re.sub(r"(?<!\S)initrd\+?=\S*\s*", "", words).strip() if line.split(" ")[0] == "args" else line


def started(entry):
    if entry is None or not entry["kernel"] or any("not found" in problem for problem in entry["problems"]):
        return ["nothing"]
    files = [name.split(":", 1)[1] for name in [entry["kernel"], *entry["initrd"]]]
    return [f"kernel {files[0]}", *(f"initrd {file}" for file in files[1:]), f"args {(entry['args'] or '').strip()}"]


def by_kboot(kboot, folder, labels):
    loader = "u-boot" if folder.name.startswith("u-boot") else folder.name.split("-")[0]
    done = subprocess.run([kboot, "list", "--json", "--device", f"{DEVICES[loader]}={folder / 'tree'}"], stdout=subprocess.PIPE, check=True)
    said = json.loads(done.stdout.decode(errors="surrogateescape"))
    default = next((entry for entry in said["entries"] if entry["default"]), None)
    when = "at Enter" if said["timeout"] is None else f"after {said['timeout']} s"
    choices = {"default" if started(default) == ["nothing"] else f"default {when}": started(default)}
    for label in labels:
        choices[f"label {label}"] = started(next((entry for entry in said["entries"] if entry["label"] == label), None))
    return choices


def shown(choices):
    return [f"{line}\n" for title, lines in choices.items() for line in [title, *(f"\t{line}" for line in lines)]]


def main():
    kboot, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    expected, differs = read(folder / "expected"), read(folder / "differs")
    if any(title.startswith("default") for title in differs):
        expected = {title: lines for title, lines in expected.items() if not title.startswith("default")}
    expected = {**{title: lines for title, lines in differs.items() if title.startswith("default")}, **expected, **differs}
    got = by_kboot(kboot, folder, [title.split(" ", 1)[1] for title in expected if title.startswith("label ")])
    diff = list(difflib.unified_diff(shown(expected), shown(got), "expected", "kboot"))
    sys.stdout.buffer.write("".join(diff).encode(errors="surrogateescape"))
    return 1 if diff or not expected else 0


sys.exit(main())
