# SPDX-License-Identifier: GPL-2.0-or-later
"""A multiboot kernel of our own (multiboot-kernel.c), whole or with something wrong in its header."""

import struct
from pathlib import Path

from .cache import cached, run

SOURCE = Path(__file__).with_name("multiboot-kernel.c")
HEADER = Path(__file__).with_name("serial.h")
# Nothing of a 32-bit C library is needed, so any gcc for x86 will do.
FLAGS = """-m32 -march=i386 -Os -Wall -Wextra -Werror -std=gnu17 -ffreestanding -fno-pie -fno-stack-protector
-fno-asynchronous-unwind-tables -fcf-protection=none -nostdlib -static -no-pie
-Wl,-e,start,-Ttext-segment=0x100000,-z,noseparate-code,-z,noexecstack,--build-id=none""".split()

MAGIC = {1: struct.pack("<I", 0x1BADB002), 2: struct.pack("<I", 0xE85250D6)}


def _build(version):
    return lambda target: run("gcc", *FLAGS, f"-DVERSION={version}", "-o", target, SOURCE)


def kernel(version):
    """The path of the kernel for a version of the standard."""
    return cached(f"multiboot-{version}", [__file__, SOURCE, HEADER], _build(version), version)


def _header(image, version):
    return image.index(MAGIC[version])


def wrong_checksum(version):
    """The kernel with a checksum of its header that is none."""
    image = bytearray(kernel(version).read_bytes())
    image[_header(image, version) + (8 if version == 1 else 12)] ^= 1
    return bytes(image)


def endless_tags():
    """The kernel of version 2 whose first tag has no length."""
    image = bytearray(kernel(2).read_bytes())
    struct.pack_into("<I", image, _header(image, 2) + 20, 0)
    return bytes(image)


def nowhere():
    """The kernel of version 1 at an address where no machine of a test has memory."""
    image = bytearray(kernel(1).read_bytes())
    table, size, count = struct.unpack_from("<I", image, 28)[0], *struct.unpack_from("<HH", image, 42)
    for number in range(count):
        at = table + number * size
        if struct.unpack_from("<I", image, at)[0] == 1:  # PT_LOAD: its physical address
            struct.pack_into("<I", image, at + 12, struct.unpack_from("<I", image, at + 12)[0] + 0xB0000000)
    return bytes(image)
