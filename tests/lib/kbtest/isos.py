# SPDX-License-Identifier: GPL-2.0-or-later
"""ISO files as families of live systems make theirs, and disks that have one lying on them.

The initrds of Debian live (live-boot) and of dracut's dmsquash-live are made by their own packages. Two more do in a few lines what
Ubuntu's casper and Arch's hook do to find the file again. Each system that is found so says the test's nonce.
"""

import gzip
import shutil
import struct
import tempfile
from pathlib import Path

from . import cpio, debian, disks, live
from .cache import run

MIB = disks.MIB
UUID = "150f11e5-0000-4000-8000-0000000000f5"
# Without a blank: from \x20 in root=, Debian's dracut without systemd loses the backslash on its own way.
ISO_LABEL = "LIVE-ISO"


def _root_tree(tree, name):
    """What a squashfs has in it."""
    for folder in ("bin", "sbin", "etc", "dev", "proc", "sys", "run", "tmp", "root", "usr/lib", "lib"):
        (tree / folder).mkdir(parents=True)
    shutil.copy(debian.parts().busybox, tree / "bin/busybox")
    (tree / "bin/busybox").chmod(0o755)
    for applet in disks.APPLETS:
        (tree / "bin" / applet).symlink_to("busybox")
    shutil.copy(disks.HERE / "system-init.sh", tree / "sbin/init")
    (tree / "sbin/init").chmod(0o755)
    (tree / "etc/system-name").write_text(f"{name}\n", encoding="ascii")
    (tree / "usr/lib/os-release").write_text(f"NAME={name}\n", encoding="ascii")
    (tree / "etc/os-release").symlink_to("../usr/lib/os-release")


def _squashfs(folder, target, name):
    root = Path(folder) / "root"
    _root_tree(root, name)
    target.parent.mkdir(parents=True)
    run("mksquashfs", root, target, "-quiet", "-no-progress", "-all-root")


FIND = """#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /disk /medium
argument() { for word in $(cat /proc/cmdline); do case $word in "$1="*) echo "${word#"$1="}" ;; esac; done; }
open_file() {
	mount -r "$1" /disk 2>/dev/null || return
	[ -f "/disk$2" ] && mount -r -o loop -t iso9660 "/disk$2" /medium && return
	umount /disk
	return 1
}
FIND
echo "NONCE $(argument nonce) from $(cat /medium/system-name)" >/dev/ttyS0
poweroff -f
"""
# casper's iso-scan tries what block devices there are, archiso's hook the one that it is told.
FINDERS = {
    "casper": """file=$(argument iso-scan/filename)
until open_file /dev/sda1 "$file" || open_file /dev/sdb1 "$file" || open_file /dev/sda "$file"; do sleep 1; done""",
    "arch": """device=$(argument img_dev)
until open_file "$device" "$(argument img_loop)"; do sleep 1; done""",
}


def _finder_initrd(name):
    files = {f"/{name}-init": (FIND.replace("FIND", FINDERS[name]).encode(), 0o755)}
    return gzip.compress(cpio.archive(files), mtime=0)


def _write(tree, texts):
    for path, content in texts.items():
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copy(content, target)
        else:
            target.write_bytes(content if isinstance(content, bytes) else content.encode())


def _make_iso(tree, target):
    # With a partition table, as those have that are written to sticks as well.
    run("xorriso", "-as", "mkisofs", "-quiet", "-r", "-J", "-V", ISO_LABEL, "--protective-msdos-label", "-o", target, tree)


def debian_live(target, arguments):
    """As live-build makes it: GRUB's menu, which loopback.cfg sources."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        tree = Path(folder) / "tree"
        _squashfs(folder, tree / "live/filesystem.squashfs", "live")
        _write(tree, {
            "live/vmlinuz": live.part("vmlinuz-*"), "live/initrd.img": live.part("initrd.img-*"),
            "boot/grub/loopback.cfg": "source /boot/grub/grub.cfg\n",
            "boot/grub/grub.cfg": 'if [ ${iso_path} ] ; then\nset loopback="findiso=${iso_path}"\nfi\n'
                                  'menuentry "Live system" --hotkey=l {\n'
                                  f"linux /live/vmlinuz boot=live {arguments} ${{loopback}}\ninitrd /live/initrd.img\n}}\n"})
        _make_iso(tree, target)
    return target


def dracut_live(target, arguments):
    """As lorax makes Fedora's: its own grub.cfg, which knows no file."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        tree = Path(folder) / "tree"
        _squashfs(folder, tree / "LiveOS/squashfs.img", "dracut")
        _write(tree, {
            "images/pxeboot/vmlinuz": live.part("vmlinuz-*"), "images/pxeboot/initrd.img": live.part("dracut.img"),
            "EFI/BOOT/grub.cfg": f"search --no-floppy --set=root -l '{ISO_LABEL}'\nmenuentry 'Start Live' {{\n"
                                 f"linux /images/pxeboot/vmlinuz root=live:CDLABEL={ISO_LABEL} rd.live.image "
                                 f"rd.live.overlay.overlayfs=1 {arguments}\n"
                                 "initrd /images/pxeboot/initrd.img\n}\n"})
        _make_iso(tree, target)
    return target


def casper_live(target, kernel, arguments):
    """As Ubuntu's older ones: ISOLINUX alone."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        tree = Path(folder) / "tree"
        _write(tree, {
            "casper/vmlinuz": kernel, "casper/initrd": _finder_initrd("casper"), "system-name": "casper\n",
            "isolinux/isolinux.cfg": "default live\nlabel live\n  menu label Try it\n  kernel /casper/vmlinuz\n"
                                     f"  append initrd=/casper/initrd boot=casper rdinit=/casper-init {arguments} --- quiet\n"})
        _make_iso(tree, target)
    return target


def arch_live(target, kernel, arguments):
    """As mkarchiso makes it: a loopback.cfg that looks for the volume."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        tree = Path(folder) / "tree"
        _write(tree, {
            "arch/boot/x86_64/vmlinuz-linux": kernel, "arch/boot/x86_64/initramfs-linux.img": _finder_initrd("arch"),
            "system-name": "arch\n",
            "boot/grub/loopback.cfg": 'search --no-floppy --set=archiso_img_dev --file "${iso_path}"\n'
                                      'probe --set archiso_img_dev_uuid --fs-uuid "${archiso_img_dev}"\n'
                                      'menuentry "Install medium" --id archlinux {\n'
                                      "linux /arch/boot/x86_64/vmlinuz-linux archisobasedir=arch "
                                      'img_dev=UUID=${archiso_img_dev_uuid} img_loop="${iso_path}" '
                                      f"rdinit=/arch-init {arguments}\ninitrd /arch/boot/x86_64/initramfs-linux.img\n}}\n"})
        _make_iso(tree, target)
    return target


# -- disks with such a file ---------------------------------------------------------------------------


def _disk(target, kind, filesystem):
    """A disk of one partition, which is that filesystem's image."""
    size = filesystem.stat().st_size
    with open(target, "wb") as file:
        file.truncate(MIB + size + MIB)
    run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", target,
        stdin=f"label: dos\nunit: sectors\nstart=2048, size={size // 512}, type={kind}\n".encode())
    run("dd", f"if={filesystem}", f"of={target}", "bs=1M", "seek=1", "conv=notrunc,sparse")
    return disks.Image(target, {})


def _size_for(iso):
    return (iso.stat().st_size // MIB + 24) * MIB


def on_ext4(target, path, iso, more=None):
    """`more` are further files by their paths."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        tree, filesystem = Path(folder) / "tree", Path(folder) / "filesystem"
        _write(tree, {name.lstrip("/"): content for name, content in {path: iso, **(more or {})}.items()})
        run("mke2fs", "-q", "-F", "-t", "ext4", "-d", tree, "-U", UUID, "-m", "0", filesystem, f"{_size_for(iso) // 1024}k")
        return _disk(target, "83", filesystem)


def on_ntfs(target, name, iso):
    """In its root: nothing makes a folder there without mounting it."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        filesystem = Path(folder) / "filesystem"
        with open(filesystem, "wb") as file:
            file.truncate(_size_for(iso))
        run("mkntfs", "-F", "-q", "-f", "-p", "2048", "-H", "255", "-S", "63", "-s", "512", filesystem)
        run("ntfscp", filesystem, iso, name)
        return _disk(target, "7", filesystem)


def on_exfat(target, path, iso):
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        filesystem = Path(folder) / "filesystem"
        with open(filesystem, "wb") as file:
            file.truncate(_size_for(iso))
        run("mkfs.exfat", "-L", "STICK", filesystem)
        with open(filesystem, "r+b") as file:
            Exfat(file).add(path.strip("/").split("/"), iso.read_bytes())
        return _disk(target, "7", filesystem)


class Exfat:
    """Adds a file to a fresh exFAT, in a run of clusters that needs no FAT (the specification's sections 3, 7.1 and 7.4 to 7.7)."""

    def __init__(self, file):
        self.file = file
        head = self._read(0, 512)
        fat, _, heap, clusters, root = struct.unpack_from("<5I", head, 80)
        self.sector = 1 << head[108]
        self.cluster = self.sector << head[109]
        self.heap = heap * self.sector
        self.fat, self.clusters = fat * self.sector, clusters
        self.root = root
        entries = self._read(self._at(root), self.cluster)
        self.bitmap = next(struct.unpack_from("<I", entries, at + 20)[0] for at in range(0, self.cluster, 32) if entries[at] == 0x81)

    def _read(self, at, size):
        self.file.seek(at)
        return bytearray(self.file.read(size))

    def _write(self, at, data):
        self.file.seek(at)
        self.file.write(data)

    def _at(self, cluster):
        return self.heap + (cluster - 2) * self.cluster

    def _allocate(self, size):
        """The first of so many clusters in a row, behind all that are in use."""
        count = (size + self.cluster - 1) // self.cluster
        bits = self._read(self._at(self.bitmap), (self.clusters + 7) // 8)
        first = max(number for number in range(self.clusters) if bits[number // 8] >> number % 8 & 1) + 1
        assert first + count <= self.clusters, "the exFAT has no room"
        for number in range(first, first + count):
            bits[number // 8] |= 1 << number % 8
        self._write(self._at(self.bitmap), bits)
        return first + 2

    def _add_entry(self, folder, name, attributes, first, size):
        encoded = name.encode("utf-16-le")
        parts = [encoded[at:at + 30].ljust(30, b"\0") for at in range(0, len(encoded), 30)]
        name_hash = 0
        for byte in name.upper().encode("utf-16-le"):
            name_hash = ((name_hash << 15 | name_hash >> 1) & 0xFFFF) + byte & 0xFFFF
        stamp = 45 << 25 | 1 << 21 | 1 << 16
        entries = bytearray(struct.pack("<BBHHHIII12x", 0x85, 1 + len(parts), 0, attributes, 0, stamp, stamp, stamp))
        entries += struct.pack("<BBxBH2xQ4xIQ", 0xC0, 3, len(name), name_hash, size, first, size)
        for part in parts:
            entries += b"\xc1\0" + part
        checksum = 0
        for at, byte in enumerate(entries):
            if at not in (2, 3):
                checksum = ((checksum << 15 | checksum >> 1) & 0xFFFF) + byte & 0xFFFF
        struct.pack_into("<H", entries, 2, checksum)
        there = self._read(self._at(folder), self.cluster)
        free = next(at for at in range(0, self.cluster, 32) if there[at] == 0)
        self._write(self._at(folder) + free, entries)

    def add(self, path, data):
        folder = self.root
        for name in path[:-1]:
            first = self._allocate(self.cluster)
            self._write(self._at(first), bytes(self.cluster))
            self._add_entry(folder, name, 0x10, first, self.cluster)
            folder = first
        first = self._allocate(len(data))
        self._write(self._at(first), data)
        self._add_entry(folder, path[-1], 0x20, first, len(data))
