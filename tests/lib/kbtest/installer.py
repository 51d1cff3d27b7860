# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's installer for booting from a network, as its package has it: PXELINUX, its configuration, kernel and initrd.

A disk of it, for the server at the other end of the cable (nfs.py), in the cache. A download of 133 MB, once.
"""

import tempfile
from pathlib import Path

from . import packages
from .cache import cached, run

# Below the top of the TFTP server; the boot program there is pxelinux.0.
FOLDER = "installer"
# Of the graphical installer there is as much again.
WANTED = "*/text/*"


def _build(target):
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        tree = packages.unpack(packages.INSTALLER, Path(folder) / "package", WANTED)
        top = next(tree.rglob("text"))
        run("mke2fs", "-q", "-F", "-t", "ext4", "-d", top, "-E", "root_owner=0:0,lazy_itable_init=0", "-O", "^has_journal", target,
            "80m")


def disk():
    """The path of an image with what a TFTP server gives."""
    return cached("installer-disk", [__file__], _build)
