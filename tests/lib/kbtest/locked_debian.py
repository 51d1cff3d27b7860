# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole Debian on LVM on LUKS2, /boot inside: its own cryptsetup-initramfs, lvm2 and grub-mkconfig.

mmdebstrap makes the tree; a guest, kboot's own image, puts it into the volume and makes there, in a chroot, what Debian's
installer makes on the machine: the initrd and grub.cfg.
"""

import tempfile
from pathlib import Path

from . import cpio, disks, machine, stacked
from .cache import cached, run
from .debian import SUITE, _mirrors
from .disks import _allocate, _partition

MIB = disks.MIB
SOURCES = [__file__, stacked.__file__, disks.__file__, machine.__file__]
LUKS_UUID = "10c4ed00-5a1e-4b7b-9f55-1d9e3f6b0001"
ROOT_UUID = "10c4ed00-5a1e-4b7b-9f55-1d9e3f6b0002"
VOLUME, CRYPT_NAME = "debian-vg/root", "vda1_crypt"
PASSPHRASE = stacked.PASSPHRASE
START, DISK_BYTES, ROOT_MIB = MIB, 500 * MIB, 464
PACKAGES = ("systemd-sysv,udev,linux-image-amd64,initramfs-tools,zstd,cryptsetup,cryptsetup-initramfs,lvm2,grub2-common,"
            "e2fsprogs,kmod,login,passwd")
# A disk with a console needs nothing of these.
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/lib/modules/*/kernel/sound/*",
            *(f"/lib/modules/*/kernel/drivers/{name}/*" for name in
              ("gpu", "net", "media", "infiniband", "iio", "staging", "usb", "hid", "input", "scsi", "hwmon", "i2c", "mtd")),
            *(f"/lib/modules/*/kernel/{name}/*" for name in ("net", "fs/[!ejm]*")))
# In the new system, before its kernel's first initrd is made.
SET_UP = f"""set -e
cat > "$1/etc/fstab" <<END
/dev/mapper/debian--vg-root / ext4 errors=remount-ro 0 1
END
echo "{CRYPT_NAME} UUID={LUKS_UUID} none luks,discard" > "$1/etc/crypttab"
cat > "$1/etc/default/grub" <<END
GRUB_DEFAULT=0
GRUB_TIMEOUT=5
GRUB_DISTRIBUTOR=Debian
GRUB_CMDLINE_LINUX_DEFAULT=
GRUB_CMDLINE_LINUX="{disks.CONSOLES}"
GRUB_TERMINAL=console
GRUB_ENABLE_CRYPTODISK=y
END
printf 'MODULES=list\\nCOMPRESS=gzip\\nBUSYBOX=auto\\nRUNSIZE=10%%\\n' > "$1/etc/initramfs-tools/initramfs.conf"
printf 'virtio_pci\\nvirtio_blk\\next4\\n' > "$1/etc/initramfs-tools/modules"
echo locked > "$1/etc/hostname"
chroot "$1" passwd -d root
"""
COMMANDS = f"""
	{stacked.FORMAT} --uuid {LUKS_UUID} /dev/vda1
	cryptsetup open --key-file /kbtest/key /dev/vda1 {CRYPT_NAME}
	lvm vgcreate -s 4m debian-vg /dev/mapper/{CRYPT_NAME}
	lvm lvcreate -Wn -Zn -L {ROOT_MIB}m -n root debian-vg
	fill vdb /dev/{VOLUME}
	mkdir -p /tmp/root
	mount -t ext4 /dev/debian-vg/root /tmp/root
	for name in dev proc sys run; do mount -o bind /$name /tmp/root/$name; done
	chroot /tmp/root update-initramfs -u -k all
	chroot /tmp/root grub-mkconfig -o /boot/grub/grub.cfg
	for name in run sys proc dev; do umount /tmp/root/$name; done
	umount /tmp/root
	lvm vgchange -an debian-vg
	cryptsetup close {CRYPT_NAME}"""


def _make_root(folder, target):
    tar, tree = folder / "debian.tar", folder / "tree"
    left_out = [f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT]
    run("mmdebstrap", "--variant=apt", f"--include={PACKAGES}", "--aptopt=APT::Install-Recommends \"false\"", *left_out,
        f"--customize-hook={SET_UP}", SUITE, tar, *_mirrors())
    # Owners and devices are kept without being root.
    run("fakeroot", "sh", "-c", f"mkdir {tree} && tar -xpf {tar} -C {tree} && rm -rf {tree}/var/cache/apt {tree}/var/lib/apt && "
        f"mkdir -p {tree}/boot/grub && mke2fs -q -F -t ext4 -d {tree} -L root -U {ROOT_UUID} -E lazy_itable_init=0 "
        f"{target} {ROOT_MIB}m")


def _build(image, target):
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        root = folder / "root.img"
        _make_root(folder, root)
        _allocate(target, START + DISK_BYTES + MIB)
        _partition(target, f"label: gpt\nunit: sectors\nstart={START // 512}, size={DISK_BYTES // 512}, type={disks.LINUX_TYPE}\n")
        init = stacked.INIT.replace("COMMANDS", COMMANDS)
        overlay = cpio.archive({"/kbtest/make": (init.encode(), 0o755), "/kbtest/key": PASSPHRASE.encode(),
                                "/dev/null": cpio.Node(1, 3), "/dev/console": cpio.Node(5, 1)})
        attached = [machine.Disk(str(path), path.stem.replace("result", "whole"), "virtio", False) for path in (target, root)]
        with machine.Machine(folder / "logs", kernel=image, initrd=[overlay], memory_mib=1024, disks=attached,
                             append="console=ttyS0,115200 loglevel=4 rdinit=/kbtest/make panic=1") as guest:
            guest.wait_serial("^KBTEST:made", 1200, what="the guest's Debian")


def disk(image, target):
    """A copy of the disk. `image` is kboot's kernel with all inside."""
    path = disks.copy(cached("locked-debian", SOURCES, lambda made: _build(image, made)), target)
    return disks.Image(path, {})
