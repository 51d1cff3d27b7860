# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks that are made of disks: md arrays, LVM, LUKS, btrfs on several devices.

A guest makes them: kboot's own image, which has mdadm, lvm and cryptsetup. In each volume is an ext4 with a small Linux and
a kboot.conf of one entry, whose title is that of the volume here. The members are whole disks.
"""

import random
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import cpio, disks, machine, small
from .cache import cached, run

MIB = disks.MIB
SOURCES = [*disks.SOURCES, *small.SOURCES, __file__, disks.__file__, machine.__file__]
CONTENT_BYTES = 12 * MIB
PASSPHRASE = "correct horse"

# Small, so that unlocking takes no time: what is tested is not Argon2.
ARGON2 = "--type luks2 --pbkdf argon2id --pbkdf-memory 4096 --pbkdf-force-iterations 4 --pbkdf-parallel 1"
FORMAT = f"cryptsetup luksFormat -q --key-file /kbtest/key {ARGON2}"

INIT = """#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DM_DISABLE_UDEV=1 MDADM_NO_UDEV=1
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mkdir -p /run/lock
lvm() {
	command=$1
	shift
	/sbin/lvm $command --config 'devices { use_devicesfile=0 hints="none" obtain_device_list_from_udev=0
		external_device_info_source="none" } activation { udev_sync=0 udev_rules=0 monitoring=0
		verify_udev_operations=0 } global { use_lvmpolld=0 event_activation=0 thin_check_executable="" }
		backup { backup=0 archive=0 }' "$@"
}
# fill CONTENT DEVICE
fill() { dd if=/dev/$1 of=$2 bs=1M conv=fsync 2>/dev/null; }
make() {
	set -ex
COMMANDS
}
(make) 2>&1 && sync && echo KBTEST:made
sleep 3600
"""


@dataclass(frozen=True)
class Stack:
    """Members, made by commands for which they are /dev/vda, /dev/vdb, …; behind them come the contents."""

    name: str
    sizes: tuple  # of the members, in MiB
    titles: tuple  # of the volumes
    commands: str
    memory_mib: int = 512  # of the guest
    mkfs: tuple = ()  # run here with the members as its last arguments, before the guest


def uuid(title):
    """Of the ext4 with this title."""
    return f"57acced0-0000-4000-8000-{title.encode().hex()[-12:]:0>12}"


def _content(title, target):
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        tree = Path(folder) / "tree"
        tree.mkdir()
        (tree / "vmlinuz").write_bytes(small.kernel().read_bytes())
        (tree / "initrd.img").write_bytes(disks.rescue_initrd().read_bytes())
        (tree / "kboot.conf").write_text(f"{title}='/vmlinuz initrd=/initrd.img {disks.CONSOLES}'\n", encoding="utf-8")
        # Without a journal: a mirror's members are equal then, whatever the time.
        run("mke2fs", "-q", "-F", "-t", "ext4", "-O", "^has_journal", "-d", tree, "-L", title, "-U", uuid(title), "-m", "0",
            "-E", "root_owner=0:0,lazy_itable_init=0", target, f"{CONTENT_BYTES // 1024}k")


def btrfs_progs():
    """For a guest: the host's btrfs, to be run with LD_LIBRARY_PATH=/kbtest/lib."""
    files = {"/kbtest/btrfs": (Path("/usr/bin/btrfs").read_bytes(), 0o755),
             "/lib64/ld-linux-x86-64.so.2": (Path("/lib64/ld-linux-x86-64.so.2").read_bytes(), 0o755)}
    for path in re.findall(r"=> (/\S+) \(0x", run("ldd", "/usr/bin/btrfs")):
        files[f"/kbtest/lib/{Path(path).name}"] = (Path(path).read_bytes(), 0o755)
    return files


def _device(number):
    return f"vd{chr(ord('a') + number)}"


def _build(stack, image, target):
    target.mkdir()
    members = [target / f"member-{number}.img" for number in range(len(stack.sizes))]
    for path, size in zip(members, stack.sizes):
        with open(path, "wb") as file:
            file.truncate(size * MIB)
    if stack.mkfs:
        run(*stack.mkfs, *members)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        contents = [Path(folder) / f"content-{number}" for number in range(len(stack.titles))]
        commands = stack.commands
        for number, (title, path) in enumerate(zip(stack.titles, contents)):
            _content(title, path)
            commands = commands.replace(f"{{{title}}}", _device(len(members) + number))
        overlay = cpio.archive({"/kbtest/make": (INIT.replace("COMMANDS", commands).encode(), 0o755),
                                "/kbtest/key": PASSPHRASE.encode(),
                                "/kbtest/vmlinuz": small.kernel().read_bytes(),
                                "/kbtest/initrd.img": disks.rescue_initrd().read_bytes(),
                                **btrfs_progs(),
                                "/dev/null": cpio.Node(1, 3), "/dev/console": cpio.Node(5, 1)})
        attached = [machine.Disk(str(path), path.name.removesuffix(".img"), "virtio", False) for path in [*members, *contents]]
        with machine.Machine(Path(folder) / "logs", kernel=image, initrd=[overlay], memory_mib=stack.memory_mib, disks=attached,
                             append="console=ttyS0,115200 loglevel=4 rdinit=/kbtest/make panic=1") as guest:
            guest.wait_serial("^KBTEST:made", 480, what=f"the guest's {stack.name}")


def members(stack, image, folder):
    """Copies of the members' files, in order. `image` is kboot's kernel with all inside."""
    base = cached(f"stacked-{stack.name}", SOURCES, lambda target: _build(stack, image, target), repr(stack))
    return [disks.copy(path, Path(folder) / f"{stack.name}-{path.name}") for path in sorted(base.iterdir())]


def damage(path, seed, flips=24, span=64 * 1024):
    """Bytes at the beginning and at the end of a member become others, where metadata are."""
    generator = random.Random(seed)
    size = path.stat().st_size
    with open(path, "r+b") as file:
        content = file.read(span)
        # Where something is: flipping zeros alone would change little.
        used = [at for at, byte in enumerate(content) if byte] or [0]
        for _ in range(flips):
            at = generator.choice(used)
            file.seek(at)
            file.write(bytes([generator.randrange(256)]))
        file.seek(size - generator.randrange(1, span))
        file.write(bytes(generator.randrange(256) for _ in range(64)))


# -- the stacks ---------------------------------------------------------------------------------------

ARRAYS = Stack("arrays", (20,) * 8, ("On a mirror", "On a mirror with its superblock at the end", "On parity"), """
	mdadm --create /dev/md1 --run --metadata=1.2 --level=1 -n2 --homehost=host --name=data /dev/vda /dev/vdb
	mdadm --create /dev/md2 --run --metadata=1.0 --level=1 -n2 --homehost=host --name=boot /dev/vdc /dev/vdd
	mdadm --create /dev/md3 --run --metadata=1.2 --level=5 -n3 --chunk=64 --homehost=host --name=home /dev/vde /dev/vdf /dev/vdg
	fill {On a mirror} /dev/md1
	fill {On a mirror with its superblock at the end} /dev/md2
	fill {On parity} /dev/md3
	for number in 1 2 3; do
		mdadm --wait /dev/md$number || true
		mdadm --stop /dev/md$number
	done""")

VOLUMES = Stack("volumes", (64,) * 4, ("On linear", "On striped", "On raid1", "On raid5", "On raid10", "On thin"), """
	lvm vgcreate -s 1m vg-x /dev/vda /dev/vdb /dev/vdc /dev/vdd
	lvm lvcreate -Wn -Zn -L 12m -n linear vg-x /dev/vda
	lvm lvcreate -Wn -Zn -L 12m -i 2 -I 64 -n striped vg-x /dev/vda /dev/vdb
	lvm lvcreate -Wn -Zn -L 12m --type raid1 -m 1 -n raid1 vg-x /dev/vda /dev/vdd
	lvm lvcreate -Wn -Zn -L 12m --type raid5 -i 2 -n raid5 vg-x /dev/vdb /dev/vdc /dev/vdd
	lvm lvcreate -Wn -Zn -L 12m --type raid10 -i 2 -m 1 -n raid10 vg-x
	lvm lvcreate -Zn -L 16m -T vg-x/pool /dev/vdc
	lvm lvcreate -Wn -V 12m -T vg-x/pool -n thin
	fill {On linear} /dev/vg-x/linear
	fill {On striped} /dev/vg-x/striped
	fill {On raid1} /dev/vg-x/raid1
	fill {On raid5} /dev/vg-x/raid5
	fill {On raid10} /dev/vg-x/raid10
	fill {On thin} /dev/vg-x/thin
	lvm lvcreate -s -n snapshot vg-x/thin
	sleep 5
	lvm vgchange -an vg-x""")

LOCKED = Stack("locked", (40, 24), ("On LVM on LUKS", "On LUKS1"), f"""
	{FORMAT} /dev/vda
	cryptsetup open --key-file /kbtest/key /dev/vda inner
	lvm vgcreate -s 1m crypt /dev/mapper/inner
	lvm lvcreate -Wn -Zn -L 12m -n root crypt
	fill {{On LVM on LUKS}} /dev/crypt/root
	lvm vgchange -an crypt
	cryptsetup close inner
	cryptsetup luksFormat -q --key-file /kbtest/key --type luks1 --pbkdf-force-iterations 1000 /dev/vdb
	cryptsetup open --key-file /kbtest/key /dev/vdb inner
	fill {{On LUKS1}} /dev/mapper/inner
	cryptsetup close inner""")

BTRFS_LABEL = "both"
BTRFS = Stack("btrfs", (128, 128), (), f"""
	btrfs() {{ LD_LIBRARY_PATH=/kbtest/lib /kbtest/btrfs "$@"; }}
	btrfs device scan
	mkdir /tmp/disk
	mount -t btrfs /dev/vda /tmp/disk
	btrfs subvolume create /tmp/disk/@boot
	btrfs subvolume create /tmp/disk/@
	cp /kbtest/vmlinuz /kbtest/initrd.img /tmp/disk/@boot
	echo "On btrfs='/@boot/vmlinuz initrd=/@boot/initrd.img {disks.CONSOLES}'" >/tmp/disk/kboot.conf
	umount /tmp/disk""", mkfs=("mkfs.btrfs", "-q", "-f", "-L", BTRFS_LABEL, "-d", "raid0", "-m", "raid1"))

# More than a machine of 512 MiB has left.
DEAR = Stack("dear", (20,), (), f"""
	cryptsetup luksFormat -q --key-file /kbtest/key {ARGON2.replace("4096", "524288")} /dev/vda""", memory_mib=1024)
