# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel, Debian's initrd as its own initramfs-tools makes it, and a static BusyBox.

They come from a Debian that mmdebstrap puts into a file of ours: the machine's own /boot and package
database are never looked at. KBOOT_MIRROR names another mirror.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import cache

SUITE = "bookworm"
PACKAGES = "linux-image-amd64,initramfs-tools,zstd,busybox-static"
WANTED = ["./boot/vmlinuz-*", "./boot/initrd.img-*", "*/bin/busybox", "*/fs/efivarfs/efivarfs.ko*"]


@dataclass
class Debian:
    version: str
    kernel: Path
    initrd: Path
    busybox: Path
    efivarfs: Path


def _mirrors():
    mirror = os.environ.get("KBOOT_MIRROR", "http://deb.debian.org/debian").rstrip("/")
    return [f"deb {mirror} {SUITE} main", f"deb {mirror}-security {SUITE}-security main"]


def _build(target):
    print("fetching a small Debian for the test disks (about two minutes, once) …", file=sys.stderr, flush=True)
    tar = target.with_name("debian.tar")
    cache.run("mmdebstrap", "--variant=apt", f"--include={PACKAGES}",
              "--aptopt=APT::Install-Recommends \"false\"", SUITE, tar, *_mirrors())
    target.mkdir()
    cache.run("tar", "-xf", tar, "-C", target, "--no-same-owner", "--wildcards", *WANTED)
    tar.unlink()


def parts():
    """The files, fetched on first use."""
    top = cache.cached("debian", [__file__], _build)

    def one(pattern):
        found = [path for path in top.rglob(pattern) if path.is_file()]
        if len(found) != 1:
            raise RuntimeError(f"{len(found)} files match {pattern} below {top}")
        return found[0]

    kernel = one("vmlinuz-*")
    return Debian(kernel.name.removeprefix("vmlinuz-"), kernel, one("initrd.img-*"), one("busybox"),
                  one("efivarfs.ko"))


if __name__ == "__main__":
    try:
        print(parts())
    except subprocess.SubprocessError as error:
        sys.exit(str(error))
