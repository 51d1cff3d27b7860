# SPDX-License-Identifier: GPL-2.0-or-later
"""The vmlinux in a bzImage: what the setup header's payload_offset and payload_length lead to, unpacked.

Documentation/arch/x86/boot.rst: the payload is compressed in the format that its first bytes tell, and is ELF. What
follows it (its length, the relocations behind the ELF file) belongs to the bzImage's own way of starting it.
"""

import bz2
import lzma
import struct
import zlib
from pathlib import Path

from . import debian
from .cache import cached

SECTOR = 512
PROTOCOL_PAYLOAD = 0x0208

# Decompressors that stop at the end of their data; zstd and lz4 are not in Python's library, nor Debian's choice.
FORMATS = {
    b"\x1f\x8b\x08": lambda data: zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data),
    b"\xfd7zXZ": lambda data: lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(data),
    b"\x5d\x00\x00": lambda data: lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress(data),
    b"BZh": lambda data: bz2.BZ2Decompressor().decompress(data),
}


def extract(image):
    """The ELF file in the bytes of a bzImage."""
    if image[0x202:0x206] != b"HdrS" or struct.unpack_from("<H", image, 0x206)[0] < PROTOCOL_PAYLOAD:
        raise ValueError("no bzImage that tells where its payload is")
    start = (image[0x1F1] + 1) * SECTOR + struct.unpack_from("<I", image, 0x248)[0]
    payload = image[start:start + struct.unpack_from("<I", image, 0x24C)[0]]
    for magic, decompress in FORMATS.items():
        if payload.startswith(magic):
            unpacked = decompress(payload)
            if unpacked.startswith(b"\x7fELF"):
                return unpacked
    raise ValueError(f"a payload of an unknown format: {payload[:8].hex()}")


def debian_vmlinux():
    """The path of Debian's kernel as an ELF file."""
    return cached("vmlinux", [__file__, debian.__file__],
                  lambda target: target.write_bytes(extract(debian.parts().kernel.read_bytes())))


def entered_in_32_bits(image):
    """A bzImage that does not tell of its 64-bit entry point, as those of 32-bit kernels have none."""
    image = bytearray(image)
    image[0x236] &= ~1
    return bytes(image)


if __name__ == "__main__":
    print(debian_vmlinux())
