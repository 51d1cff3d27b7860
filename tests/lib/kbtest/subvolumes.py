# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks whose systems are in the subvolumes of a btrfs, which only a kernel makes: so a guest's.

One of them is Debian, as its installer puts it into @rootfs, with /boot in it or on a partition of its own, and no
configuration; one is laid out as openSUSE, whose grub.cfg leads to the menus of its snapshots.
"""

import re
import shutil
import tempfile
from pathlib import Path

from . import cpio, debian, disks, machine, snapper
from .cache import cached, run

MIB = disks.MIB
SOURCES = [*disks.SOURCES, disks.__file__, machine.__file__, snapper.__file__, __file__]
START, BYTES = MIB, 160 * MIB
BOOT_START, BOOT_BYTES = START + BYTES, 96 * MIB

ROOT_UUID = "7a11d07c-0000-4000-8000-00000000d3b1"
BOOT_UUID = "7a11d07c-0000-4000-8000-00000000d3b2"
NAME = "Debian GNU/Linux 12 (bookworm)"
# Stands where a test writes its own, which is as long.
NONCE = "7a11d07c00feedd3"

INIT = """#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
modprobe -a virtio_pci virtio_blk btrfs
until [ -b /dev/vda1 ]; do
	sleep 0.2
done
set -e
mkdir -p /disk
mount -t btrfs -o nodatasum,max_inline=0 /dev/vda1 /disk
btrfs() { LD_LIBRARY_PATH=/kbtest/lib /kbtest/btrfs "$@"; }
COMMANDS
umount /disk
echo KBTEST:made
sleep 3600
"""


def make(target, uuid, label, commands, files, boot=None):
    """A GPT disk with a btrfs, which a guest's commands fill from files; and with an ext4 of the tree `boot`."""
    parts = debian.parts()
    lengths = [BYTES, BOOT_BYTES] if boot else [BYTES]
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        filesystem = Path(folder) / "filesystem"
        with open(filesystem, "wb") as file:
            file.truncate(BYTES)
        run("mkfs.btrfs", "-q", "-f", "-U", uuid, "-L", label, filesystem)
        with open(target, "wb") as file:
            file.truncate(START + sum(lengths) + MIB)
        run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", target,
            stdin=("label: gpt\nunit: sectors\n" + "".join(f"size={length // 512}, type={disks.LINUX_TYPE}\n"
                                                            for length in lengths)).encode())
        run("dd", f"if={filesystem}", f"of={target}", "bs=1M", f"seek={START // MIB}", "conv=notrunc,sparse")
        if boot:
            run("mke2fs", "-q", "-F", "-t", "ext4", "-d", boot, "-U", BOOT_UUID, "-m", "0",
                "-E", f"offset={BOOT_START},root_owner=0:0,lazy_itable_init=0", target, f"{BOOT_BYTES // 1024}k")
        files = {"/kbtest/make": (INIT.replace("COMMANDS", commands).encode(), 0o755),
                 "/kbtest/btrfs": (Path("/usr/bin/btrfs").read_bytes(), 0o755), **files}
        for path in re.findall(r"=> (/\S+) \(0x", run("ldd", "/usr/bin/btrfs")):
            files[f"/kbtest/lib/{Path(path).name}"] = (Path(path).read_bytes(), 0o755)
        with machine.Machine(Path(folder) / "logs", kernel=parts.kernel, initrd=[parts.initrd, cpio.archive(files)],
                             append="console=ttyS0,115200 rdinit=/kbtest/make panic=1", memory_mib=1024,
                             disks=[machine.Disk(str(target), "made", "virtio", False)]) as guest:
            guest.wait_serial("^KBTEST:made", 240, what="the guest's subvolumes")


def _kernel_files(version):
    parts = debian.parts()
    return {f"vmlinuz-{version}": parts.kernel, f"initrd.img-{version}": parts.initrd}


def _system_files():
    """What every root filesystem has, but for /boot, and what it is called."""
    parts = debian.parts()
    files = {f"/{folder}": None for folder in "bin sbin boot etc dev proc sys run tmp root home".split()}
    files.update({f"/bin/{applet}": "busybox" for applet in disks.APPLETS})
    return files | {
        "/bin/busybox": (parts.busybox.read_bytes(), 0o755),
        "/sbin/init": ((disks.HERE / "system-init.sh").read_bytes(), 0o755),
    }


def _debian_files(separate_boot):
    """The system as files of the guest; it is told nothing but by its fstab and GRUB's defaults."""
    parts = debian.parts()
    fstab = f"UUID={ROOT_UUID} / btrfs defaults,subvol=@rootfs 0 0\n"
    files = _system_files()
    if separate_boot:
        fstab += f"UUID={BOOT_UUID} /boot ext4 defaults 0 2\n"
    else:
        files.update({f"/boot/{name}": path.read_bytes() for name, path in _kernel_files(parts.version).items()})
    files |= {
        "/etc/system-name": b"Debian\n",
        "/etc/fstab": fstab.encode(),
        "/usr/lib/os-release": f'PRETTY_NAME="{NAME}"\nNAME="Debian GNU/Linux"\n'.encode(),
        "/etc/os-release": "../usr/lib/os-release",
        "/etc/default/grub": f'GRUB_CMDLINE_LINUX_DEFAULT="nonce={NONCE}"\n'
                             f'GRUB_CMDLINE_LINUX="{disks.CONSOLES}"\n'.encode(),
    }
    return {f"/kbtest/root{path}": content for path, content in files.items()}


def _build_debian(separate_boot):
    commands = """btrfs subvolume create /disk/@rootfs
cp -a /kbtest/root/. /disk/@rootfs/
btrfs subvolume create /disk/@home
btrfs subvolume snapshot /disk/@rootfs /disk/@before-the-update"""

    def build(target):
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            for name, path in _kernel_files(debian.parts().version).items():
                shutil.copy(path, Path(folder) / name)
            make(target, ROOT_UUID, "debian", commands, _debian_files(separate_boot), folder if separate_boot else None)

    return build


# The first snapshot is the running system, the second an older state of it.
SUSE_COMMANDS = """S=/disk/@/.snapshots
btrfs subvolume create /disk/@
btrfs subvolume create $S
mkdir $S/1
cp -a /kbtest/snapshots/. $S
btrfs subvolume create $S/1/snapshot
cp -a /kbtest/root/. $S/1/snapshot/
btrfs subvolume snapshot $S/1/snapshot $S/2/snapshot
echo Snapshot >$S/2/snapshot/etc/system-name
btrfs property set -ts $S/2/snapshot ro true
btrfs subvolume set-default $S/1/snapshot"""


def _build_suse(target):
    parts = debian.parts()
    kernel = snapper.kernel_of(2)
    files = _system_files() | {
        f"/boot/vmlinuz-{kernel}": parts.kernel.read_bytes(),
        f"/boot/initrd-{kernel}": parts.initrd.read_bytes(),
        "/.snapshots": None,
        "/boot/grub2": None,
        "/boot/grub2/grub.cfg": snapper.grub_cfg(kernel).replace("splash=silent quiet", f"ro {disks.CONSOLES} nonce={NONCE}", 1)
                                .encode(),
        "/etc/system-name": b"openSUSE\n",
        "/etc/fstab": snapper.FSTAB.encode(),
    }
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        snapper.write_menus(Path(folder), [2])
        menus = {f"/kbtest/snapshots/{path.relative_to(folder)}": None if path.is_dir() else path.read_bytes()
                 for path in sorted(Path(folder).rglob("*"))}
    make(target, snapper.UUID, "suse", SUSE_COMMANDS,
         {"/kbtest/snapshots": None, **menus, **{f"/kbtest/root{path}": content for path, content in files.items()}})


def _with_nonce(path, nonce):
    assert len(nonce) == len(NONCE)
    data = path.read_bytes()
    if data.count(NONCE.encode()) != 1:
        raise RuntimeError(f"the nonce's place is {data.count(NONCE.encode())} times on the disk")
    with open(path, "r+b") as file:
        file.seek(data.find(NONCE.encode()))
        file.write(nonce.encode())
    return disks.Image(path, {})


def debian_disk(target, nonce, separate_boot):
    """A copy of the Debian disk whose command line has the nonce."""
    kind = "boot" if separate_boot else "whole"
    return _with_nonce(disks.copy(cached(f"subvolume-{kind}", SOURCES, _build_debian(separate_boot), kind), target), nonce)


def suse_disk(target, nonce):
    """A copy of the disk with snapshots; the command line of each first entry has the nonce."""
    return _with_nonce(disks.copy(cached("subvolume-suse", SOURCES, _build_suse), target), nonce)
