#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""isos_case.py KBOOT FOLDER: what kboot lists of an ISO file must be FOLDER/expected.

FOLDER/image is what is in the file, as far as it has text; each line of FOLDER/files is a further name there, which is empty
(one that ends in a slash is a folder). The file is /isos/FOLDER.iso of an ext4, unless FOLDER/device says otherwise: the path,
and what --device takes. A folder stands for it, whose name is the image's label too.
With KBOOT_GOLDEN_UPDATE=1 what was listed becomes the expectation; look at the difference before committing it.
"""

import difflib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def make_image(folder, image):
    image.mkdir(parents=True)
    if (folder / "image").exists():
        shutil.copytree(folder / "image", image, dirs_exist_ok=True, symlinks=True)
    names = folder / "files"
    for name in names.read_text().splitlines() if names.exists() else []:
        path = image / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.touch()


def shown(entry):
    yield " > ".join([*entry["path"], entry["title"]])
    for word, name in [("kernel", entry["kernel"]), *(("initrd", name) for name in entry["initrd"]), ("args", entry["args"]),
                       *(("problem", problem) for problem in entry["problems"])]:
        if name:
            yield f"\t{word} {name}"


def main():
    kboot, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    path, device = f"/isos/{folder.name}.iso", "sda1,fstype=ext4,uuid=0a1b-outer"
    if (folder / "device").exists():
        path, device = (folder / "device").read_text().splitlines()
    with tempfile.TemporaryDirectory() as top:
        make_image(folder, pathlib.Path(top + path))
        done = subprocess.run([kboot, "list", "--json", "--device", f"{device}={top}"], stdout=subprocess.PIPE, timeout=60, check=True)
    listed = json.loads(done.stdout)
    lines = [line + "\n" for entry in listed["entries"] for line in shown(entry)]
    if listed["default"] is not None:
        lines.append("an image gives a default\n")
    if os.environ.get("KBOOT_GOLDEN_UPDATE") == "1":
        (folder / "expected").write_text("".join(lines))
        return 0
    expected = (folder / "expected").read_text().splitlines(True)
    diff = list(difflib.unified_diff(expected, lines, "expected", "kboot"))
    sys.stdout.writelines(diff)
    return 1 if diff or not lines else 0


sys.exit(main())
