# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that look like kernels and initrds, whole or with something wrong; none has code behind it.

The layout is Documentation/arch/x86/boot.rst's setup header, boot protocol 2.15.
"""

import gzip
import struct

from . import cpio

SETUP_SECTORS = 4
SECTOR = 512
PROTOCOL = 0x020F
LOADED_HIGH = 0x01
XLF_KERNEL_64 = 0x01
COMMAND_LINE_SIZE = 2047


def bzimage(version="6.1.0 (kboot test)", command_line_size=COMMAND_LINE_SIZE):
    """The smallest image that has every field of a 64-bit bzImage's header."""
    setup = bytearray((SETUP_SECTORS + 1) * SECTOR)
    payload = bytes(4 * SECTOR)
    version_at = 0x400
    struct.pack_into("<B", setup, 0x1F1, SETUP_SECTORS)
    struct.pack_into("<I", setup, 0x1F4, len(payload) // 16)  # syssize, in paragraphs
    struct.pack_into("<H", setup, 0x1FE, 0xAA55)
    setup[0x200:0x202] = b"\xeb\x6a"  # a jump to the end of the header, whose offset tells its length
    struct.pack_into("<4sH", setup, 0x202, b"HdrS", PROTOCOL)
    struct.pack_into("<H", setup, 0x20E, version_at - 0x200)
    struct.pack_into("<B", setup, 0x211, LOADED_HIGH)
    struct.pack_into("<I", setup, 0x214, 0x100000)  # code32_start
    struct.pack_into("<I", setup, 0x22C, 0x7FFFFFFF)  # initrd_addr_max
    struct.pack_into("<IB", setup, 0x230, 0x200000, 1)  # kernel_alignment, relocatable
    struct.pack_into("<H", setup, 0x236, XLF_KERNEL_64)
    struct.pack_into("<I", setup, 0x238, command_line_size)
    struct.pack_into("<Q", setup, 0x258, 0x1000000)  # pref_address
    struct.pack_into("<I", setup, 0x260, 0x400000)  # init_size
    setup[version_at:version_at + len(version) + 1] = version.encode() + b"\0"
    return bytes(setup) + payload


def uki(*sections):
    """A unified kernel image: (name, bytes) in their order; the stub that firmware would start is not there."""
    headers = 64 + 24 + 240 + 40 * len(sections)
    at = (headers + 511) // 512 * 512
    table, body = b"", b""
    for name, data in sections:
        padded = data + bytes(-len(data) % 512)
        table += struct.pack("<8sIIIIIIHHI", name.encode(), len(data), 0x1000, len(padded), at + len(body), 0, 0, 0, 0, 0x40000040)
        body += padded
    dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, len(sections), 0, 0, 0, 240, 0x206)
    optional = struct.pack("<H", 0x20B) + bytes(66) + struct.pack("<H", 10) + bytes(38) + struct.pack("<I", 16) + bytes(128)
    return (dos + coff + optional + table).ljust(at, b"\0") + body


def arm64_image():
    """The header of an arm64 Image without an EFI part: the right shape for another machine (booting.rst)."""
    header = struct.pack("<IIQQQQQQ4sI", 0x14000010, 0, 0, 0x10000, 0x0A, 0, 0, 0, b"ARM\x64", 0)
    return header + bytes(64 * 1024 - len(header))


def aarch64_elf():
    """An ELF executable for AArch64: one program header, for a megabyte of memory and nothing in it."""
    header = struct.pack("<HHIQQQIHHHHHH", 2, 183, 1, 0x200000, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 7, 0, 0x200000, 0x200000, 0, 1 << 20, 0x1000)
    return (b"\x7fELF\x02\x01\x01" + bytes(9) + header + segment).ljust(4096, b"\0")


def x32_elf():
    """The same for x86-64, in a file of 32 bits."""
    header = struct.pack("<HHIIIIIHHHHHH", 2, 62, 1, 0x100000, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    segment = struct.pack("<8I", 1, 0, 0x100000, 0x100000, 0, 1 << 20, 7, 0x1000)
    return (b"\x7fELF\x01\x01\x01" + bytes(9) + header + segment).ljust(4096, b"\0")


def uimage():
    """U-Boot's header in front of a kernel for x86-64 (include/image.h: type 2, architecture 24)."""
    data = bytes(4096)
    return struct.pack(">7I4B32s", 0x27051956, 0, 0, len(data), 0, 0, 0, 5, 24, 2, 0, b"Linux") + data


def initrd():
    """A small archive, compressed."""
    return gzip.compress(cpio.archive({"/init": (b"#!/bin/sh\n", 0o755)}), mtime=0)
