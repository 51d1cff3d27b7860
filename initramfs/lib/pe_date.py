#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""pe_date.py FILE SECONDS: sets the date in a PE file's header, in place.

objcopy writes the time of the build there, whatever SOURCE_DATE_EPOCH says. The checksum would cover the date; it becomes
zero, "none": EFI firmware does not look at it, and signing tools write their own.
"""

import struct
import sys

PE_OFFSET_AT = 0x3C
DATE_AT = 8
CHECKSUM_AT = 24 + 64


def main():
    path, seconds = sys.argv[1], int(sys.argv[2])
    with open(path, "r+b") as file:
        file.seek(PE_OFFSET_AT)
        (header,) = struct.unpack("<I", file.read(4))
        file.seek(header)
        if file.read(4) != b"PE\0\0":
            sys.exit(f"{path} is not a PE file")
        for offset, value in ((DATE_AT, seconds), (CHECKSUM_AT, 0)):
            file.seek(header + offset)
            file.write(struct.pack("<I", value & 0xFFFFFFFF))


main()
