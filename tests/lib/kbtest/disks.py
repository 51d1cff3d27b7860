# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual disks of tests and demo, built without root and kept in a cache.

Two bases: "debian", a GPT disk with an EFI system partition and an ext4 root that holds Debian's kernel
and Debian's own initrd; "rescue", an MBR disk with one FAT partition that gets a small Linux and a tiny
initrd. A test takes a copy and writes its own kboot.conf into it.
"""

import gzip
import shutil
import struct
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from . import cpio, debian, small
from .cache import cached, run

MIB = 1 << 20
HERE = Path(__file__).parent
SOURCES = [__file__, debian.__file__, HERE / "system-init.sh"]

DEBIAN_UUID = "1d2e29b2-c900-4d23-8a89-4e32b3a97fa5"
DEBIAN_PARTUUID = "5b9ac3f1-0a6b-4b0e-9f39-60f2a1f0d002"
ESP_PARTUUID = "5b9ac3f1-0a6b-4b0e-9f39-60f2a1f0d001"
ESP_TYPE = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
LINUX_TYPE = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
RESCUE_LABEL = "RESCUE"
UNCLEAN_UUID = "6d0c2f2e-53a1-4c0f-8f5c-0f5d0c0ffee0"
UNCLEAN_LABEL = "unclean"

ESP_START, ESP_BYTES = MIB, 64 * MIB
ROOT_START, ROOT_BYTES = 65 * MIB, 128 * MIB
FAT_START = MIB
MBR_SIGNATURE = 0x1B8

# Links to BusyBox that the systems' init, and a person at their shell, use.
APPLETS = """sh mount umount cat ls wc echo sleep poweroff reboot insmod mkdir dmesg cttyhack setsid uname
tr grep sed sort head tail ps df free vi less cp mv rm ln chmod env id date ip hexdump sync""".split()

# In every entry: kernel messages on both consoles, the serial one last and so the one that is read.
CONSOLES = "console=tty0 console=ttyS0,115200"


@dataclass(frozen=True)
class Partition:
    """A filesystem in a disk image file."""

    image: Path
    start: int
    kind: str  # fat or ext4

    def write(self, path, data):
        """Create or replace a file; its folder exists."""
        with tempfile.NamedTemporaryFile() as source:
            source.write(data if isinstance(data, bytes) else data.encode())
            source.flush()
            self.copy_in(source.name, path)

    def copy_in(self, source, path):
        if self.kind == "fat":
            run("mcopy", "-o", "-i", f"{self.image}@@{self.start}", source, f"::{path}")
            return
        script = f"rm {path}\nwrite {source} {path}\nset_inode_field {path} mode 0100644\n"
        run("debugfs", "-w", "-f", "-", f"{self.image}?offset={self.start}", stdin=script.encode())

    def read(self, path):
        """What a file on a FAT holds."""
        return run("mtype", "-i", f"{self.image}@@{self.start}", f"::{path}")

    def relabel(self, label):
        """Give a FAT another label, so that two copies of one disk can be told apart."""
        run("mlabel", "-i", f"{self.image}@@{self.start}", f"::{label}")

    def make_folder(self, path):
        if self.kind == "fat":
            run("mmd", "-i", f"{self.image}@@{self.start}", f"::{path}")
            return
        run("debugfs", "-w", "-R", f"mkdir {path}", f"{self.image}?offset={self.start}")


@dataclass(frozen=True)
class Image:
    """A disk image file and its partitions by role."""

    path: Path
    partitions: dict

    def __getattr__(self, role):
        try:
            return self.partitions[role]
        except KeyError:
            raise AttributeError(role) from None


def _allocate(path, size):
    with open(path, "wb") as image:
        image.truncate(size)


def _partition(path, script):
    run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", path, stdin=script.encode())


def sign(path):
    """Give an MBR disk a signature of its file's name, and so its partitions UUIDs that no copy by another name has."""
    with open(path, "r+b") as image:
        image.seek(MBR_SIGNATURE)
        image.write(struct.pack("<I", zlib.crc32(path.name.encode())))


def _make_fat(path, start, size, label, volume_id):
    run("mkfs.vfat", "-n", label, "-i", volume_id, "--offset", start // 512, "--mbr=n", path, size // 1024)


def _make_ext4(path, start, size, label, uuid, tree):
    run("mke2fs", "-q", "-F", "-t", "ext4", "-d", tree, "-L", label, "-U", uuid, "-m", "0",
        "-E", f"offset={start},root_owner=0:0,lazy_itable_init=0", path, f"{size // 1024}k")


def copy(source, target):
    """A sparse copy."""
    run("cp", "--sparse=always", "--reflink=auto", source, target)
    return Path(target)


def _link_applets(folder):
    for applet in APPLETS:
        (folder / applet).symlink_to("busybox")


# -- the Debian disk ---------------------------------------------------------------------------------


def debian_conf(version, arguments=""):
    """The kboot.conf on the Debian disk; a test adds arguments such as its nonce."""
    extra = f" {arguments}" if arguments else ""
    return f"""# Read by kboot when this system's disk is found.
default=Debian
timeout=10
Debian='/boot/vmlinuz-{version} initrd=/boot/initrd.img-{version} root=UUID={DEBIAN_UUID} ro {CONSOLES}{extra}'
Debian (report)='Debian then=report'
"""


def _debian_tree(tree, parts):
    for name in ("bin", "sbin", "boot", "etc", "dev", "proc", "sys", "run", "tmp", "root", "lib/modules"):
        (tree / name).mkdir(parents=True)
    shutil.copy(parts.busybox, tree / "bin/busybox")
    (tree / "bin/busybox").chmod(0o755)
    _link_applets(tree / "bin")
    shutil.copy(HERE / "system-init.sh", tree / "sbin/init")
    (tree / "sbin/init").chmod(0o755)
    shutil.copy(parts.kernel, tree / "boot")
    shutil.copy(parts.initrd, tree / "boot")
    shutil.copy(parts.efivarfs, tree / "lib/modules/efivarfs.ko")
    (tree / "etc/system-name").write_text("Debian\n", encoding="ascii")
    (tree / "etc/fstab").write_text(
        "# <file system> <mount point> <type> <options> <dump> <pass>\n"
        f"UUID={DEBIAN_UUID} / ext4 errors=remount-ro 0 1\n"
        f"PARTUUID={ESP_PARTUUID} /boot/efi vfat umask=0077 0 1\n", encoding="ascii")
    (tree / "etc/kboot.conf").write_text(debian_conf(parts.version), encoding="utf-8")


def _build_debian(target):
    parts = debian.parts()
    _allocate(target, ROOT_START + ROOT_BYTES + MIB)
    _partition(target, f"""label: gpt
label-id: 5b9ac3f1-0a6b-4b0e-9f39-60f2a1f0d000
unit: sectors
start={ESP_START // 512}, size={ESP_BYTES // 512}, type={ESP_TYPE}, uuid={ESP_PARTUUID}, name="EFI system"
start={ROOT_START // 512}, size={ROOT_BYTES // 512}, type={LINUX_TYPE}, uuid={DEBIAN_PARTUUID}, name="debian-root"
""")
    _make_fat(target, ESP_START, ESP_BYTES, "ESP", "0E5B0001")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        _debian_tree(Path(folder) / "tree", parts)
        _make_ext4(target, ROOT_START, ROOT_BYTES, "debian", DEBIAN_UUID, Path(folder) / "tree")


def debian_disk(target, arguments="", efi_program=None):
    """A copy of the Debian disk. `arguments` go to its entries; `efi_program` is what firmware starts."""
    base = cached("debian-disk", SOURCES, _build_debian)
    path = copy(base, target)
    image = Image(path, {"esp": Partition(path, ESP_START, "fat"), "root": Partition(path, ROOT_START, "ext4")})
    if arguments:
        image.root.write("/etc/kboot.conf", debian_conf(debian.parts().version, arguments))
    if efi_program:
        image.esp.make_folder("/EFI")
        image.esp.make_folder("/EFI/BOOT")
        image.esp.copy_in(efi_program, "/EFI/BOOT/BOOTX64.EFI")
    return image


# -- the rescue system -------------------------------------------------------------------------------


def _build_rescue_initrd(target):
    files = {"/bin/busybox": (debian.parts().busybox.read_bytes(), 0o755),
             "/init": ((HERE / "system-init.sh").read_bytes(), 0o755),
             "/etc/system-name": b"rescue\n",
             # For kernels whose own first archive lacks it: init's standard streams.
             "/dev/console": cpio.Node(5, 1)}
    files.update({f"/bin/{applet}": "busybox" for applet in APPLETS})
    for folder in ("/proc", "/sys", "/tmp", "/sbin"):
        files[folder] = None
    target.write_bytes(gzip.compress(cpio.archive(files), mtime=0))


def rescue_initrd():
    """The path of the rescue system's initrd: BusyBox and an init, no modules."""
    return cached("rescue-initrd", SOURCES, _build_rescue_initrd)


def rescue_entry(arguments="", device=""):
    """A kboot.conf value that boots the rescue system; `device` such as LABEL=RESCUE: for use elsewhere."""
    extra = f" {arguments}" if arguments else ""
    return f"{device}/vmlinuz initrd={device}/initrd.img {CONSOLES}{extra}"


def fat_disk(target, label, volume_id, files, size=24 * MIB):
    """An MBR disk with one FAT partition; files are {path: bytes | Path}."""
    target = Path(target)
    _allocate(target, FAT_START + size)
    _partition(target, f"label: dos\nlabel-id: 0x{volume_id}\nunit: sectors\n"
                       f"start={FAT_START // 512}, size={size // 512}, type=c, bootable\n")
    _make_fat(target, FAT_START, size, label, volume_id)
    fat = Partition(target, FAT_START, "fat")
    for folder in sorted({str(parent) for path in files for parent in Path(path).parents} - {"/"}):
        fat.make_folder(folder)
    for path, content in files.items():
        if isinstance(content, Path):
            fat.copy_in(content, path)
        else:
            fat.write(path, content)
    return Image(target, {"fat": fat})


def _build_rescue(target):
    fat_disk(target, RESCUE_LABEL, "6B626F74",
             {"/initrd.img": rescue_initrd(), "/kboot.conf": f"Rescue='{rescue_entry()}'\n"})


def rescue_disk(target, conf=None, kernel=None):
    """The rescue disk, with `conf` as its kboot.conf. `kernel` is another one than the small Linux. Disks with other
    names have other partition UUIDs, and all have one UUID.
    """
    path = copy(cached("rescue-disk", SOURCES, _build_rescue), target)
    sign(path)
    image = Image(path, {"fat": Partition(path, FAT_START, "fat")})
    image.fat.copy_in(kernel or small.kernel(), "/vmlinuz")
    if conf is not None:
        image.fat.write("/kboot.conf", conf)
    return image


# -- disks with something wrong ----------------------------------------------------------------------


def unclean_disk(target, conf, kernel=True):
    """An ext4 disk as a crash leaves it: its journal holds blocks that are not yet in their places.

    Mounting it read-write, or read-only without care, replays the journal and so writes to the disk.
    """
    target = Path(target)
    size = 48 * MIB
    _allocate(target, MIB + size + MIB)
    _partition(target, f"label: gpt\nunit: sectors\nstart=2048, size={size // 512}, type={LINUX_TYPE}\n")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        (tree / "etc").mkdir()
        (tree / "etc/kboot.conf").write_text(conf, encoding="utf-8")
        (tree / "journal-target").write_bytes(b"old\n".ljust(4096, b"o"))
        if kernel:
            shutil.copy(small.kernel(), tree / "vmlinuz")
            shutil.copy(rescue_initrd(), tree / "initrd.img")
        _make_ext4(target, MIB, size, UNCLEAN_LABEL, UNCLEAN_UUID, tree)
    _leave_in_journal(target)
    return Image(target, {"root": Partition(target, MIB, "ext4")})


def _leave_in_journal(target):
    device = f"{target}?offset={MIB}"
    shown = run("debugfs", "-R", "blocks /journal-target", device).split()
    block = shown[-1]
    with tempfile.NamedTemporaryFile() as content:
        content.write(b"new\n".ljust(4096, b"n"))
        content.flush()
        run("debugfs", "-w", "-f", "-", device,
            stdin=f"journal_open\njournal_write -b {block} {content.name}\njournal_close\n".encode())
    header = run("dumpe2fs", "-h", device)
    if "needs_recovery" not in header:
        raise RuntimeError(f"the journal of {target} is clean")


def damaged_disk(target):
    """An ext4 without a partition table whose root folder is damaged, and which asks for a panic then."""
    target = Path(target)
    _allocate(target, 16 * MIB)
    run("mkfs.ext4", "-q", "-F", "-b", "1024", "-e", "panic", "-O", "metadata_csum", target)
    block = int(run("debugfs", "-R", "blocks <2>", target).split()[-1])
    with open(target, "r+b") as image:
        image.seek(block * 1024)
        image.write(b"\xff" * 1024)
    return Image(target, {})
