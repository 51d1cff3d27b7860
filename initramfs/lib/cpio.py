#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packs a folder as a newc cpio archive whose bytes depend on nothing but names, modes and contents.

    cpio.py FOLDER NODES SECONDS > ARCHIVE

Names are sorted, everything belongs to root and is dated SECONDS. NODES lists device nodes, a line each
("PATH TYPE MAJOR MINOR MODE"), so that nobody needs to be root to pack one.
"""

import os
import stat
import sys

ALIGNMENT = 4
HEADER_BYTES = 110


class Entry:
    def __init__(self, name, mode, data=b"", device=(0, 0)):
        self.name, self.mode, self.data, self.device = name, mode, data, device


def entry_of_file(folder, name):
    path = os.path.join(folder, name)
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return Entry(name, stat.S_IFLNK | 0o777, os.readlink(path).encode())
    if stat.S_ISDIR(mode):
        return Entry(name, stat.S_IFDIR | (0o1777 if name == "tmp" else 0o755))
    if stat.S_ISREG(mode):
        with open(path, "rb") as file:
            return Entry(name, stat.S_IFREG | (0o755 if mode & 0o100 else 0o644), file.read())
    raise SystemExit(f"cpio.py: {path}: neither a file, a folder nor a link")


def entries_of_folder(folder):
    for base, folders, files in os.walk(folder):
        for name in folders + files:
            yield entry_of_file(folder, os.path.relpath(os.path.join(base, name), folder))


def entries_of_nodes(list_path):
    types = {"c": stat.S_IFCHR, "b": stat.S_IFBLK}
    with open(list_path, encoding="ascii") as file:
        for line in file:
            words = line.split("#")[0].split()
            if words:
                name, kind, major, minor, mode = words
                yield Entry(name.lstrip("/"), types[kind] | int(mode, 8), device=(int(major), int(minor)))


def padded(data):
    return data + bytes(-len(data) % ALIGNMENT)


def packed(entry, inode, seconds):
    name = entry.name.encode() + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    fields = (inode, entry.mode, 0, 0, links, seconds, len(entry.data), 0, 0, *entry.device, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    assert len(header) == HEADER_BYTES
    return padded(header + name) + padded(entry.data)


def main():
    folder, nodes, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    entries = sorted([*entries_of_folder(folder), *entries_of_nodes(nodes)], key=lambda entry: entry.name)
    for inode, entry in enumerate(entries, start=1):
        sys.stdout.buffer.write(packed(entry, inode, seconds))
    sys.stdout.buffer.write(packed(Entry("TRAILER!!!", 0), 0, 0))


if __name__ == "__main__":
    main()
