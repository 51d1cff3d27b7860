#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""bootctl_case.py KBOOT FOLDER: the entries of FOLDER/esp and, where it is there, FOLDER/boot (XBOOTLDR) must be those of
FOLDER/expected: ids and titles in their order, and the default.

bootctl (systemd 252) made the expectations, kboot never does: KBOOT_GOLDEN_UPDATE=1 bootctl_case.py BOOTCTL FOLDER makes
them again, with the folders as filesystems of a namespace. FOLDER/beyond has the ids, and the lines of a default, that
are not compared, because systemd-boot itself does otherwise than bootctl 252, with the reason.
"""

import difflib
import json
import os
import pathlib
import subprocess
import sys

ESP, XBOOTLDR = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "bc13c2ff-59e6-4262-a352-b275fd6f7172"
NAMESPACE = r"""
mkdir /tmp/kboot-bootctl && trap 'rmdir /tmp/kboot-bootctl' EXIT
mount -t tmpfs none /tmp/kboot-bootctl && mkdir /tmp/kboot-bootctl/esp /tmp/kboot-bootctl/boot
for part in esp boot; do
	[ -e "$2/$part" ] || continue
	mount -t tmpfs none "/tmp/kboot-bootctl/$part"
	cp -r "$2/$part/." "/tmp/kboot-bootctl/$part"
	set -- "$@" "--$part-path=/tmp/kboot-bootctl/$part"
done
bootctl=$1
shift 2
export SYSTEMD_RELAX_ESP_CHECKS=1 SYSTEMD_RELAX_XBOOTLDR_CHECKS=1
"$bootctl" "$@" list --json=short --no-pager
"$bootctl" "$@" list --no-pager
umount -R /tmp/kboot-bootctl
"""


def text(entries, default):
    return "".join(f"{entry_id} | {title}\n" for entry_id, title in entries) + f"default {default}\n"


def by_bootctl(bootctl, folder):
    done = subprocess.run(["unshare", "-rm", "sh", "-ec", NAMESPACE, "sh", bootctl, folder], text=True, stdout=subprocess.PIPE, check=True)
    entries, default, title = [], None, ""
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            entry = json.loads(line)
            entries.append((entry["id"], entry["showTitle"]))
        title = line if line.lstrip().startswith("title: ") else title
        if line.lstrip().startswith("id: ") and "(default)" in title:
            default = line.split("id: ", 1)[1]
    return text(entries, default)


def by_kboot(kboot, folder):
    devices = ["--device", f"sda1,parttype={ESP},fstype=vfat={folder / 'esp'}"]
    if (folder / "boot").exists():
        devices += ["--device", f"sda2,parttype={XBOOTLDR}={folder / 'boot'}"]
    done = subprocess.run([kboot, "list", "--json", *devices], text=True, stdout=subprocess.PIPE, check=True)
    entries = [e for e in json.loads(done.stdout)["entries"] if e["source"]["format"] in ("bls", "uki") and not e["hidden"]]
    default = [e["label"] for e in entries if e["default"]]
    return text([(e["label"], e["title"]) for e in entries], default[0] if default else None)


def without(beyond, lines):
    return [line for line in lines if line.strip().split(" | ")[0] not in beyond]


def main():
    program, folder = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    expected, beyond = folder / "expected", folder / "beyond"
    if os.environ.get("KBOOT_GOLDEN_UPDATE") == "1":
        expected.write_text(by_bootctl(program, folder))
        return 0
    ids = [line for line in beyond.read_text().splitlines() if not line.startswith("#")] if beyond.exists() else []
    diff = list(difflib.unified_diff(without(ids, expected.read_text().splitlines(True)),
                                     without(ids, by_kboot(program, folder).splitlines(True)), "bootctl", "kboot"))
    sys.stdout.writelines(diff)
    return 1 if diff else 0


sys.exit(main())
