# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole Debian on a disk: systemd, its own kernel, initramfs-tools, GRUB's generator, kernel-install.

For what is tried by hand: it takes minutes to make and to start. Root has no password.
"""

import tempfile
from pathlib import Path

from . import disks
from .cache import cached, run
from .debian import SUITE, _mirrors
from .disks import _allocate, _make_fat, _partition

MIB = 1 << 20
ROOT_UUID, ROOT_PARTUUID = "0d5e8a52-7c0f-4b4b-8a6f-0c2d9b1f7e11", "7c1b5a0e-21aa-4b7b-9f55-1d9e3f6b0002"
ESP_ID, ESP_PARTUUID = "4B42D0C5", "7c1b5a0e-21aa-4b7b-9f55-1d9e3f6b0001"
ESP_START, ESP_BYTES = MIB, 256 * MIB
ROOT_START, ROOT_BYTES = 258 * MIB, 2048 * MIB
PACKAGES = ("systemd-sysv,udev,dbus,linux-image-amd64,initramfs-tools,zstd,grub2-common,grub-pc-bin,systemd-boot,e2fsprogs,"
            "dosfstools,kmod,login,passwd,binutils")
# In the new system, before its kernel's initrd is made.
SET_UP = f"""set -e
cat > "$1/etc/fstab" <<END
UUID={ROOT_UUID} / ext4 errors=remount-ro 0 1
UUID={ESP_ID[:4]}-{ESP_ID[4:]} /efi vfat umask=0077 0 1
END
mkdir -p "$1/efi"
cat > "$1/etc/default/grub" <<END
GRUB_DEFAULT=saved
GRUB_TIMEOUT=4
GRUB_DISTRIBUTOR=Debian
GRUB_CMDLINE_LINUX_DEFAULT=
GRUB_CMDLINE_LINUX="{disks.CONSOLES} systemd.show_status=no"
GRUB_CMDLINE_LINUX_RECOVERY=its=recovery
GRUB_TERMINAL=console
END
mkdir -p "$1/etc/kernel"
echo "root=UUID={ROOT_UUID} ro {disks.CONSOLES} systemd.show_status=no" > "$1/etc/kernel/cmdline"
echo whole > "$1/etc/hostname"
chroot "$1" passwd -d root
# A shell on the serial line without a question.
mkdir -p "$1/etc/systemd/system/serial-getty@ttyS0.service.d"
printf '[Service]\\nExecStart=\\nExecStart=-/sbin/agetty -a root -L 115200 %%I linux\\n' \
	> "$1/etc/systemd/system/serial-getty@ttyS0.service.d/login.conf"
"""


def _build(target):
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        tar, tree = folder / "debian.tar", folder / "tree"
        run("mmdebstrap", "--variant=apt", f"--include={PACKAGES}", "--aptopt=APT::Install-Recommends \"false\"",
            f"--customize-hook={SET_UP}", SUITE, tar, *_mirrors())
        # mkfs.vfat measures the whole file.
        _allocate(target, ESP_START + ESP_BYTES)
        _make_fat(target, ESP_START, ESP_BYTES, "ESP", ESP_ID)
        with open(target, "r+b") as image:
            image.truncate(ROOT_START + ROOT_BYTES + MIB)
        _partition(target, f"""label: gpt
unit: sectors
start={ESP_START // 512}, size={ESP_BYTES // 512}, type={disks.ESP_TYPE}, uuid={ESP_PARTUUID}, name="EFI system"
start={ROOT_START // 512}, size={ROOT_BYTES // 512}, type={disks.LINUX_TYPE}, uuid={ROOT_PARTUUID}, name="root"
""")
        # Owners and devices are kept without being root.
        make = (f"mkdir {tree} && tar -xpf {tar} -C {tree} && mke2fs -q -F -t ext4 -d {tree} -L root -U {ROOT_UUID} "
                f"-E offset={ROOT_START},lazy_itable_init=0 {target} {ROOT_BYTES // 1024}k")
        run("fakeroot", "sh", "-c", make)


def disk(target):
    """A copy of the disk: an ESP and the root."""
    path = disks.copy(cached("whole-debian", [__file__, disks.__file__], _build), target)
    return disks.Image(path, {"esp": disks.Partition(path, ESP_START, "fat"), "root": disks.Partition(path, ROOT_START, "ext4")})
