# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes cpio archives (newc), so that a test adds or replaces files of an initramfs: the kernel
unpacks concatenated archives one after the other, and a later file replaces an earlier one."""

import stat
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Node:
    """A character device."""

    major: int
    minor: int


def archive(files):
    """An archive of {absolute path: content}; the folders above come by themselves.

    Content is bytes, (bytes, mode), a str for a symbolic link's target, None for a folder, or a Node.
    """
    out = bytearray()
    made = set()
    number = 0

    def add(path, mode, data, node=Node(0, 0)):
        nonlocal number, out
        number += 1
        out += _member(number, str(path).lstrip("/"), mode, data, node)

    for path, content in files.items():
        above = [parent for parent in reversed(PurePosixPath(path).parents) if str(parent) != "/"]
        for folder in above + ([PurePosixPath(path)] if content is None else []):
            if folder not in made:
                made.add(folder)
                add(folder, stat.S_IFDIR | 0o755, b"")
        if isinstance(content, str):
            add(path, stat.S_IFLNK | 0o777, content.encode())
        elif isinstance(content, Node):
            add(path, stat.S_IFCHR | 0o600, b"", content)
        elif content is not None:
            data, mode = content if isinstance(content, tuple) else (content, 0o644)
            add(path, stat.S_IFREG | mode, data)
    out += _member(0, "TRAILER!!!", 0, b"")
    return bytes(out) + b"\0" * (-len(out) % 512)


def _member(number, name, mode, data, node=Node(0, 0)):
    encoded = name.encode() + b"\0"
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, node.major, node.minor, len(encoded), 0]
    header = b"070701" + "".join(f"{field:08X}" for field in fields).encode()
    head = header + encoded
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def concatenate(*archives):
    """Archives (compressed or not) as one initrd, each beginning at a multiple of four bytes."""
    return b"".join(part + b"\0" * (-len(part) % 4) for part in archives)
