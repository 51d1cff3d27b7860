# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel with the initrds of live systems: that of Debian live (live-boot), and one of dracut's dmsquash-live."""

import sys

from . import debian
from .cache import cached, run
from .debian import SUITE, _mirrors

PACKAGES = "linux-image-amd64,initramfs-tools,live-boot,live-boot-initramfs-tools,dracut-core,dracut-live,dmsetup,mount,zstd,busybox-static"
WANTED = ["./boot/vmlinuz-*", "./boot/initrd.img-*", "./boot/dracut.img"]
# Into both: the drivers of what a disk of the tests is, which a live medium has anyway.
DRIVERS = "exfat vfat ext4 isofs loop squashfs overlay ahci sd_mod usb_storage uas xhci_pci nls_utf8 nls_cp437 nls_iso8859_1 nls_ascii"
HOOKS = [
    'for driver in ' + DRIVERS + '; do echo "$driver"; done >>"$1/etc/initramfs-tools/modules"',
    'chroot "$1" update-initramfs -u -k all',
    'chroot "$1" sh -c \'dracut --no-hostonly --no-hostonly-cmdline --add "dmsquash-live" '
    '--add-drivers "' + DRIVERS + '" --compress zstd /boot/dracut.img "$(cd /lib/modules && echo *)"\'',
]


def _build(target):
    print("fetching live-boot and dracut for the ISO files (some minutes, once) …", file=sys.stderr, flush=True)
    tar = target.with_name("live.tar")
    run("mmdebstrap", "--variant=apt", f"--include={PACKAGES}", "--aptopt=APT::Install-Recommends \"false\"",
        *(f"--customize-hook={hook}" for hook in HOOKS), SUITE, tar, *_mirrors())
    target.mkdir()
    run("tar", "-xf", tar, "-C", target, "--no-same-owner", "--wildcards", *WANTED)
    tar.unlink()


def part(pattern):
    """The path of a kernel or initrd that those packages made."""
    return next((cached("live-parts", [__file__, debian.__file__], _build) / "boot").glob(pattern))
