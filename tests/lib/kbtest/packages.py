# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages of Debian whose files are booted: memory tests, kernels of other flavours, the installer.

They are downloaded and unpacked alone, without what they depend on, and kept in the cache.
"""

from .cache import cached, run
from .debian import SUITE, _mirrors

MEMTEST, INSTALLER = "memtest86+", "debian-installer-12-netboot-amd64"
FLAVOURS = "cloud", "rt"
# A flavour's package only depends on the newest kernel of it.
FETCH = """cd "$1"
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
set -e
depends=$(apt-cache depends PACKAGE | sed -n 's/^ *Depends: \\(linux-image-[0-9]\\)/\\1/p')
apt-get download ${depends:-PACKAGE}
for package in *.deb; do
	dpkg -x "$package" .
	rm "$package"
done"""


def unpack(package, target, *wanted):
    """Those files of a package that match the patterns, in a new folder."""
    tar = target.with_name("package.tar")
    run("mmdebstrap", "--variant=custom", f"--customize-hook={FETCH.replace('PACKAGE', package)}", SUITE, tar, *_mirrors())
    target.mkdir()
    run("tar", "-xf", tar, "-C", target, "--no-same-owner", "--wildcards", *wanted)
    tar.unlink()
    return target


def _unpacked(package, *wanted):
    """The folder with them, in the cache."""
    return cached(f"package-{package}", [__file__], lambda target: unpack(package, target, *wanted))


def memtest(name):
    """The path of memtest86+x64.bin, memtest86+ia32.efi and so on."""
    return _unpacked(MEMTEST, "./boot/*.bin", "./boot/*.efi") / "boot" / name


def kernel(flavour):
    """The path of the newest kernel of a flavour."""
    return next((_unpacked(f"linux-image-{flavour}-amd64", "./boot/vmlinuz-*") / "boot").iterdir())


def installer(kind):
    """The paths of the installer's kernel and initrd; kind is text or gtk. A download of 133 MB."""
    found = _unpacked(INSTALLER, "*/linux", "*/initrd.gz")
    folder = next(found.rglob(f"{kind}/debian-installer/amd64"))
    return folder / "linux", folder / "initrd.gz"
