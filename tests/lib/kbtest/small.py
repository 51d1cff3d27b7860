# SPDX-License-Identifier: GPL-2.0-or-later
"""A small Linux for the systems that tests boot: a tenth of Debian's, and as much less of a test's time.

It knows no disk: what it runs is its initrd's. small-kernel/build makes it from the source of the image's custom kernel.
"""

import sys
from pathlib import Path

from .cache import cached, run

FOLDER = Path(__file__).parent / "small-kernel"
SCRIPT = FOLDER / "build"
# What a thing in the cache depends on that has this kernel in it.
SOURCES = [__file__, SCRIPT, FOLDER / "kernel-config"]


def _build(target):
    print("building a small Linux for the test disks (some minutes, once) …", file=sys.stderr, flush=True)
    run(SCRIPT, target)


def kernel():
    """The path of its bzImage, built on first use."""
    return cached("small-kernel", SOURCES[1:], _build)
