# SPDX-License-Identifier: GPL-2.0-or-later
"""The disks of the prompt's tests: the example session of the talk, with /boot and /home on partitions of
their own; and a btrfs whose systems are in subvolumes.

/boot has a small Linux; Debian's own initrd, which is there too, wants Debian's kernel in its place. The talk's root holds real programs of Debian with their libraries, for chroot.
"""

import re
import shutil
import tempfile
from pathlib import Path

from . import debian, disks, small, subvolumes
from .cache import cached, run

MIB = disks.MIB
SOURCES = [*disks.SOURCES, disks.__file__, *small.SOURCES, subvolumes.__file__, __file__]

ROOT_UUID = "7a11d07c-0000-4000-8000-000000000001"
BOOT_UUID = "7a11d07c-0000-4000-8000-000000000002"
BOOT_LABEL, BOOT_PARTLABEL = "talk-boot", "talk boot"
HOME_UUID = "7a11d07c-0000-4000-8000-000000000003"
PARTUUIDS = {role: f"7a11d07c-0000-4000-9000-00000000000{n}" for n, role in enumerate(("root", "boot", "home"), 1)}
ABSENT_UUID = "7a11d07c-0000-4000-8000-00000000dead"
# Where each begins, and its size.
PLACES = {"root": (MIB, 48 * MIB), "boot": (49 * MIB, 64 * MIB), "home": (113 * MIB, 24 * MIB)}
NUMBERS = {"root": 1, "boot": 2, "home": 3}

FSTAB = f"""# <file system> <mount point> <type> <options> <dump> <pass>
UUID={ROOT_UUID} / ext4 errors=remount-ro 0 1
LABEL={BOOT_LABEL} /boot ext4 defaults 0 2
PARTUUID={PARTUUIDS["home"]} /home ext4 noatime 0 2
"""
BOOT_LINE, HOME_LINE = 3, 4  # of FSTAB
CONF = "# Nothing here boots by itself.\n"
# What is at the end of every path that a test shows.
NOTE = "a note in /home/u/k\n"

PROGRAMS = ("/bin/ls", "/bin/bash", "/bin/sleep", "/bin/cat")

BTRFS_UUID = "7a11d07c-0000-4000-8000-00000000b7f5"
BTRFS_FSTAB = f"""UUID={BTRFS_UUID} / btrfs subvol=@,noatime 0 0
UUID={BTRFS_UUID} /home btrfs subvol=@home 0 0
"""


def copy_programs(tree, programs):
    """Programs of this machine's Debian, with the libraries that they load."""
    wanted = set(programs)
    for program in programs:
        wanted.update(re.findall(r"(?:=> |^\s*)(/\S+) \(0x", run("ldd", program), re.M))
    for path in sorted(wanted):
        target = tree / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copy(Path(path).resolve(), target)
        target.chmod(0o755)


def _root_tree(tree):
    for name in ("bin", "sbin", "boot", "home", "etc", "dev", "proc", "sys", "run", "tmp", "root", "srv/a",
                 "srv/b", "srv/absent", "srv/file", "srv/c"):
        (tree / name).mkdir(parents=True)
    shutil.copy(debian.parts().busybox, tree / "bin/busybox")
    for applet in disks.APPLETS:
        (tree / "bin" / applet).symlink_to("busybox")
    copy_programs(tree, PROGRAMS)
    shutil.copy(disks.HERE / "system-init.sh", tree / "sbin/init")
    (tree / "sbin/init").chmod(0o755)
    (tree / "etc/system-name").write_text("Debian\n", encoding="ascii")
    (tree / "etc/fstab").write_text(FSTAB, encoding="ascii")
    (tree / "etc/kboot.conf").write_text(CONF, encoding="ascii")


def _boot_tree(tree):
    parts = debian.parts()
    tree.mkdir()
    shutil.copy(small.kernel(), tree / "bzImage")
    shutil.copy(parts.initrd, tree / "initrd.img")
    shutil.copy(disks.rescue_initrd(), tree / "rescue.img")


def _home_tree(tree):
    (tree / "u/k").mkdir(parents=True)
    (tree / "u/k/note").write_text(NOTE, encoding="ascii")


def _build(target):
    uuids = {"root": ROOT_UUID, "boot": BOOT_UUID, "home": HOME_UUID}
    size = sum(PLACES["home"]) + MIB
    with open(target, "wb") as image:
        image.truncate(size)
    script = "".join(f"start={start // 512}, size={length // 512}, type={disks.LINUX_TYPE}, uuid={PARTUUIDS[role]}, "
                     f"name=\"talk {role}\"\n"
                     for role, (start, length) in PLACES.items())
    run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", target, stdin=f"label: gpt\nunit: sectors\n{script}".encode())
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        for role, make in (("root", _root_tree), ("boot", _boot_tree), ("home", _home_tree)):
            start, length = PLACES[role]
            make(Path(folder) / role)
            run("mke2fs", "-q", "-F", "-t", "ext4", "-d", Path(folder) / role, "-L", f"talk-{role}", "-U", uuids[role],
                "-m", "0", "-E", f"offset={start},root_owner=0:0,lazy_itable_init=0", target, f"{length // 1024}k")


def disk(target, conf=None, fstab=None, hosts=None, kernel=None):
    """A copy of the talk's disk: `conf` is its /etc/kboot.conf, `fstab` its /etc/fstab, `hosts` its /etc/hosts, `kernel`
    (a path) its /boot/bzImage."""
    path = disks.copy(cached("talk-disk", SOURCES, _build), target)
    image = disks.Image(path, {role: disks.Partition(path, PLACES[role][0], "ext4") for role in PLACES})
    for name, text in (("/etc/kboot.conf", conf), ("/etc/fstab", fstab), ("/etc/hosts", hosts)):
        if text is not None:
            image.root.write(name, text)
    if kernel:
        image.boot.copy_in(kernel, "/bzImage")
    return image


# -- btrfs --------------------------------------------------------------------------------------------

BTRFS_COMMANDS = """btrfs subvolume create /disk/@
btrfs subvolume create /disk/@home
mkdir -p /disk/@/etc /disk/@/boot /disk/@/home /disk/@home/u
cp /kbtest/fstab /disk/@/etc/fstab
cp /kbtest/vmlinuz /disk/@/boot/bzImage
cp /kbtest/initrd.img /disk/@/boot/rescue.img
echo 'a note in @home' >/disk/@home/u/note"""


def _build_btrfs(target):
    subvolumes.make(target, BTRFS_UUID, "talk-btrfs", BTRFS_COMMANDS,
                    {"/kbtest/fstab": BTRFS_FSTAB.encode(), "/kbtest/vmlinuz": small.kernel().read_bytes(),
                     "/kbtest/initrd.img": disks.rescue_initrd().read_bytes()})


def btrfs_disk(target):
    """A copy of the disk whose one partition is a btrfs with the subvolumes @ (a system) and @home."""
    path = disks.copy(cached("talk-btrfs", SOURCES, _build_btrfs), target)
    return disks.Image(path, {})
