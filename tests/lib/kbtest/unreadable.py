# SPDX-License-Identifier: GPL-2.0-or-later
"""An ext4 disk on which sectors cannot be read: of a kernel, of an initrd, of a folder, and of a file's inode.

debugfs tells where they are; QEMU makes reading them fail.
"""

import re
import shutil
import tempfile
from pathlib import Path

from . import disks, small
from .cache import run
from .machine import Disk

BLOCK_BYTES = 4096
SECTORS = BLOCK_BYTES // 512
# ext4 reads blocks of inodes so many at once, and QEMU's disks do not tell which of them is bad.
INODE_BLOCKS_AHEAD = 32
MORE_FILES = 2 * INODE_BLOCKS_AHEAD * BLOCK_BYTES // 256
BAD_BYTE = 100 * BLOCK_BYTES  # in the kernel and in the initrd
INODE_FILE = "/more/file"


def _debugfs(target, command):
    return run("debugfs", "-R", command, target)


def _tree(tree, conf):
    for folder in ("boot", "folder", "more"):
        (tree / folder).mkdir()
    shutil.copy(small.kernel(), tree / "boot/vmlinuz")
    shutil.copy(disks.rescue_initrd(), tree / "boot/initrd.img")
    (tree / "folder/vmlinuz").write_bytes(b"?")
    for number in range(MORE_FILES):
        (tree / f"more/{number}").touch()
    (tree / "kboot.conf").write_text(conf, encoding="utf-8")


def disk(target, conf):
    target = Path(target)
    with tempfile.TemporaryDirectory() as folder:
        _tree(Path(folder), conf)
        run("mke2fs", "-q", "-F", "-t", "ext4", "-b", BLOCK_BYTES, "-N", 2 * MORE_FILES, "-d", folder, "-L", "unreadable",
            "-E", "root_owner=0:0,lazy_itable_init=0", target, "48M")
    last = max(int(inode) for inode in re.findall(r"^ *(\d+) ", _debugfs(target, "ls -l /more"), re.M))
    run("debugfs", "-w", "-R", f"ln <{last}> {INODE_FILE}", target)
    blocks = [int(_debugfs(target, f"bmap {path} {BAD_BYTE // BLOCK_BYTES}").split()[-1])
              for path in ("/boot/vmlinuz", "/boot/initrd.img")]
    blocks.append(int(_debugfs(target, "blocks /folder").split()[-1]))
    blocks.append(int(re.search(r"located at block (\d+)", _debugfs(target, f"imap {INODE_FILE}")).group(1)))
    return Disk(str(target), "unreadable", bad_sectors=tuple(block * SECTORS for block in blocks))
