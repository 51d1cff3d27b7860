# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks as a power cut leaves them: the newest files are in the journal or log alone.

A guest (Debian's kernel with its own initrd) makes the files and is killed in the middle of it.
"""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import cpio, debian, disks, machine, small
from .cache import cached, run

MIB = disks.MIB
START = MIB
OLD, NEW = "Before the power cut", "In the journal alone"
# Stands where a test writes its own, which is as long.
NONCE = "0123456789abcdef"

SOURCES = [*disks.SOURCES, *small.SOURCES, __file__, disks.__file__, machine.__file__]


@dataclass(frozen=True)
class Kind:
    size: int
    mkfs: tuple
    options: str  # of the guest's mount: nothing goes to its place by itself, file data is as it was written


KINDS = {
    "ext4": Kind(96 * MIB, ("mkfs.ext4", "-q", "-F"), "commit=300"),
    "xfs": Kind(320 * MIB, ("mkfs.xfs", "-q", "-f"), "noatime"),
    "f2fs": Kind(96 * MIB, ("mkfs.f2fs", "-q", "-f"), "noatime"),
    "btrfs": Kind(160 * MIB, ("mkfs.btrfs", "-q", "-f"), "commit=300,nodatasum,max_inline=0"),
}

INIT = """#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
modprobe -a virtio_pci virtio_blk FSTYPE
until [ -b /dev/vda1 ]; do
	sleep 0.2
done
for file in /proc/sys/fs/xfs/xfssyncd_centisecs; do
	[ ! -e $file ] || echo 720000 >$file
done
mkdir -p /disk
set -e

put() { dd if=$1 of=/disk/$2 bs=1M conv=$3fsync 2>/dev/null; }

mount -t FSTYPE -o OPTIONS /dev/vda1 /disk
put /kbtest/vmlinuz vmlinuz.old
put /kbtest/initrd.img initrd.img.old
put /kbtest/old.conf kboot.conf
umount /disk

mount -t FSTYPE -o OPTIONS /dev/vda1 /disk
put /kbtest/vmlinuz vmlinuz
put /kbtest/initrd.img initrd.img
put /kbtest/new.conf kboot.conf.new
mv /disk/kboot.conf.new /disk/kboot.conf
put /dev/null kboot.conf notrunc,
put /dev/null last
echo KBTEST:dirty
sleep 3600
"""


def _make(kind, target):
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        filesystem = Path(folder) / "filesystem"
        with open(filesystem, "wb") as file:
            file.truncate(kind.size)
        run(*kind.mkfs, filesystem)
        with open(target, "wb") as file:
            file.truncate(START + kind.size + MIB)
        run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", target,
            stdin=f"label: gpt\nunit: sectors\nstart={START // 512}, size={kind.size // 512}, "
                  f"type={disks.LINUX_TYPE}\n".encode())
        run("dd", f"if={filesystem}", f"of={target}", "bs=1M", f"seek={START // MIB}", "conv=notrunc,sparse")


def _conf(title, suffix, nonce):
    value = f"/vmlinuz{suffix} initrd=/initrd.img{suffix} {disks.CONSOLES} nonce={nonce}"
    # A block of its own, so that it is found as it is.
    return f"{title}='{value}'\n".encode().ljust(4095, b"#") + b"\n"


def _build(name, target):
    kind = KINDS[name]
    _make(kind, target)
    parts = debian.parts()
    init = INIT.replace("FSTYPE", name).replace("OPTIONS", kind.options)
    overlay = cpio.archive({"/kbtest/dirty": (init.encode(), 0o755),
                            "/kbtest/vmlinuz": small.kernel().read_bytes(),
                            "/kbtest/initrd.img": disks.rescue_initrd().read_bytes(),
                            "/kbtest/old.conf": _conf(OLD, ".old", "old"),
                            "/kbtest/new.conf": _conf(NEW, "", NONCE)})
    with tempfile.TemporaryDirectory() as logs, machine.Machine(
            logs, kernel=parts.kernel, initrd=[parts.initrd, overlay],
            append="console=ttyS0,115200 rdinit=/kbtest/dirty panic=1", memory_mib=768,
            disks=[machine.Disk(str(target), "dirty", "virtio", False)]) as guest:
        guest.wait_serial("^KBTEST:dirty", 240, what="the guest's files")


def base(name):
    """The path of the disk of a kind, to be copied. It has one partition, and a kboot.conf with NONCE."""
    return cached(f"dirty-{name}", SOURCES, lambda target: _build(name, target), name)


def disk(name, target, nonce):
    """A copy whose newest kboot.conf, kernel and initrd are in the journal alone; NEW prints the nonce."""
    assert len(nonce) == len(NONCE)
    path = disks.copy(base(name), target)
    data = path.read_bytes()
    at, count = data.find(NONCE.encode()), data.count(NONCE.encode())
    if count != 1:
        raise RuntimeError(f"the nonce's place is {count} times on the {name} disk")
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(nonce.encode())
    return disks.Image(path, {})


def deny_journal(image):
    """An ext4's superblock says from now on that nothing waits in its journal. It lies."""
    run("debugfs", "-w", "-R", "feature -needs_recovery", f"{image.path}?offset={START}")


def break_journal(image):
    """An ext4's journal is none any more, though its superblock says that it waits."""
    device = f"{image.path}?offset={START}"
    size = int(re.search(r"Block size:\s+(\d+)", run("dumpe2fs", "-h", device)).group(1))
    first = int(re.search(r"^(\d+) ", run("debugfs", "-R", "blocks <8>", device), re.M).group(1))
    with open(image.path, "r+b") as file:
        file.seek(START + first * size)
        file.write(b"\xff" * size)
