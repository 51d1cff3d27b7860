#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""loaders_oracle.py PACKAGES FOLDER…: boots FOLDER/tree with the real loader in QEMU and writes FOLDER/expected.

PACKAGES has Debian's extlinux, isolinux, pxelinux, syslinux, syslinux-common, u-boot-qemu, libisoburn1 and xorriso unpacked
(`dpkg-deb -x`). FOLDER's name begins with the loader's: extlinux, isolinux, pxelinux, u-boot. A file of the tree whose
first word is `kernel` becomes a kernel that says its own path, its command line and what its initrd holds
(loaders_kernel.c); an initrd is a file whose text is its path; a .c32 becomes Debian's. Asked are what starts by itself, and
each label of FOLDER/labels.
"""

import os
import pathlib
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
KERNEL_CC = """gcc -m32 -Os -Wall -Wextra -Werror -std=gnu17 -ffreestanding -fno-pie -no-pie -fno-stack-protector
-fno-asynchronous-unwind-tables -fcf-protection=none -nostdlib -static -Wl,--build-id=none,-z,noexecstack""".split()
KERNEL_LD = """ENTRY(start) SECTIONS { .setup 0 : { *(.setup) }
.text 0x100000 : { *(.start) *(.text*) *(.rodata*) *(.data*) *(.bss*) *(COMMON) } /DISCARD/ : { *(.comment) *(.note*) } }"""
KERNEL_SIZE, NAME_AT = 0x2000, 16
LIBRARIES = ["ldlinux.c32", "libcom32.c32", "libutil.c32", "libmenu.c32", "libgpl.c32"]
UUID, MAC = "6b626f6f-7400-4abc-8def-0123456789ab", "52:54:00:ab:cd:ef"
QEMU = ["qemu-system-x86_64", "-accel", "tcg", "-m", "256", "-machine", "pc,graphics=off", "-display", "none", "-monitor", "none",
        "-serial", "stdio", "-uuid", UUID, "-device", "isa-debug-exit,iobase=0xf4", "-no-reboot"]
ENTER_S, SILENCE_S, WHOLE_S = 5, 8, 60
BANNERS = re.compile(rb"(SYS|EXT|ISO|PXE)LINUX \d[^\r\n]*|U-Boot 20\d\d[^\r\n]*")
# From where it counts: for U-Boot its configuration's, for the others the banner.
BEGINS = re.compile(rb"(?:SYS|EXT|ISO|PXE)LINUX \d|Retrieving file: [^\r\n]*extlinux\.conf")
# An address for device trees, as boards have one; no arguments of the board's own. Its clock is not ours: five of its seconds
# are measured.
UBOOT = """
setenv fdt_addr_r 0x8000000; setenv bootargs; setenv pxe_label_override {label}; echo "@"ZERO; sleep 5; echo "@"FIVE; run distro_bootcmd
"""
ESCAPE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
MENU = re.compile(rb"Automatic boot in (\d+)")  # its first number: the menu is drawn slowly
FOLDERS = {"isolinux": ["boot/isolinux", "isolinux", "boot/syslinux", "syslinux", ""],
           "extlinux": ["boot/syslinux", "boot/extlinux", "syslinux", "extlinux", "boot", ""]}


def run(*command, **more):
    return subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more).stdout


def make_kernel(work):
    """Its two parts, the second with its name empty."""
    (work / "kernel.ld").write_text(KERNEL_LD)
    run(*KERNEL_CC, "-T", work / "kernel.ld", "-o", work / "kernel.elf", HERE / "loaders_kernel.c")
    parts = []
    for section in (".setup", ".text"):
        run("objcopy", "-O", "binary", "-j", section, work / "kernel.elf", work / "part")
        parts.append((work / "part").read_bytes())
    assert len(parts[1]) <= KERNEL_SIZE
    return parts[0], parts[1].ljust(KERNEL_SIZE, b"\0")


def named(kernel, path):
    name = path.encode()
    return kernel[0] + kernel[1][:NAME_AT] + name + kernel[1][NAME_AT + len(name):]


class Oracle:
    def __init__(self, packages, work):
        self.packages = pathlib.Path(packages).resolve()
        self.work = work
        self.kernel = make_kernel(work)
        self.environment = dict(os.environ, LD_LIBRARY_PATH=str(self.packages / "usr/lib/x86_64-linux-gnu"))

    def module(self, name):
        return self.packages / "usr/lib/syslinux/modules/bios" / name

    def tool(self, name, *words):
        return run(self.packages / "usr/bin" / name, *words, env=self.environment)

    # --- the tree as the loader sees it

    def prepare(self, case, loader, label):
        tree = self.work / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(case / "tree", tree)
        for path in [p for p in tree.rglob("*") if p.is_file()]:
            if path.suffix.lower() == ".c32" and self.module(path.name).exists():
                shutil.copy(self.module(path.name), path)
            elif path.read_bytes().split(None, 1)[:1] == [b"kernel"]:
                path.write_bytes(named(self.kernel, "/" + str(path.relative_to(tree))))
        if label is not None and loader != "u-boot":
            self.choose(tree, loader, label)
        return tree

    def configuration(self, tree, loader):
        names = {"isolinux": ["isolinux.cfg", "syslinux.cfg"], "extlinux": ["syslinux.cfg", "extlinux.conf"]}
        if loader == "pxelinux":
            return tree / "pxelinux.cfg/default"
        return next(tree / folder / name for folder in FOLDERS[loader] for name in names[loader] if (tree / folder / name).exists())

    def choose(self, tree, loader, label):
        """A label as typed at the prompt: no menu program, and the label as DEFAULT, which of many is the last."""
        path = self.configuration(tree, loader)
        text = re.sub(rb"(?im)^\s*(ui\s|default\s+\S*menu\.c32).*\n?", b"", path.read_bytes())
        path.write_bytes(text + b"\nPROMPT 0\nDEFAULT " + label.encode() + b"\n")

    # --- machines

    def extlinux(self, tree):
        folder = self.configuration(tree, "extlinux").parent
        for name in LIBRARIES:
            shutil.copy(self.module(name), folder)
        image = self.work / "disk"
        image.unlink(missing_ok=True)
        run("truncate", "-s", "16M", image)
        run("mkfs.vfat", "-i", "4b424f4f", image)
        for path in sorted(tree.iterdir()):
            run("mcopy", "-s", "-i", image, path, "::/")
        self.tool("syslinux", "--install", "--directory", f"/{folder.relative_to(tree)}", image)
        return ["-drive", f"file={image},format=raw,if=ide"]

    def isolinux(self, tree):
        folder = self.configuration(tree, "isolinux").parent
        for name in LIBRARIES:
            shutil.copy(self.module(name), folder)
        shutil.copy(self.packages / "usr/lib/ISOLINUX/isolinux.bin", folder)
        image = self.work / "disk.iso"
        image.unlink(missing_ok=True)
        self.tool("xorriso", "-as", "mkisofs", "-quiet", "-R", "-J", "-V", "ORACLE", "-o", image, "-b",
                  (folder / "isolinux.bin").relative_to(tree), "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", tree)
        return ["-cdrom", image]

    def pxelinux(self, tree):
        for name in LIBRARIES:
            shutil.copy(self.module(name), tree)
        shutil.copy(self.packages / "usr/lib/PXELINUX/pxelinux.0", tree)
        return ["-netdev", f"user,id=n,tftp={tree},bootfile=/pxelinux.0", "-device", f"e1000,netdev=n,mac={MAC}", "-boot", "n"]

    def u_boot(self, tree):
        image = self.work / "disk"
        image.unlink(missing_ok=True)
        run("truncate", "-s", "17M", image)
        run("/sbin/sfdisk", "-q", image, input=b"start=2048, type=83, bootable\n")
        run("/sbin/mke2fs", "-q", "-t", "ext2", "-E", "offset=1048576", "-d", tree, image, "16M")
        return ["-nic", "none", "-bios", self.packages / "usr/lib/u-boot/qemu-x86/u-boot.rom", "-drive", f"file={image},format=raw,if=ide"]

    # --- what the kernel says

    def ask(self, case, loader, label):
        """What starts (None: nothing), behind how many seconds, and what the loader calls itself."""
        tree = self.prepare(case, loader, label)
        command = QEMU + getattr(self, loader.replace("-", "_"))(tree)
        with subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as qemu:
            try:
                text, seconds = self.listen(qemu, loader, label)
            finally:
                qemu.kill()
        if os.environ.get("ORACLE_LOG"):
            sys.stderr.buffer.write(text + b"\n")
        text = ESCAPE.sub(b"", text)
        banner, menu = BANNERS.search(text), MENU.search(text)
        seconds = int(menu.group(1)) if menu and seconds is not None else seconds
        return started(text) if loader != "u-boot" else with_initrd(text), seconds, banner.group().decode(errors="replace") if banner else "no banner"

    def listen(self, qemu, loader, label):
        """What it prints, and the seconds until something starts; None: not before Enter."""
        marks, pace = [], 1
        text, start, last, begun, seconds, is_entered = b"", time.monotonic(), time.monotonic(), None, 0, False
        typed = [] if loader != "u-boot" else [UBOOT.format(label=label or "")]
        while b"@@end" not in text and time.monotonic() < start + WHOLE_S:
            silence = time.monotonic() - last if begun else 0
            if silence > SILENCE_S or loader == "u-boot" and text.count(b"\n=> ") > 1:
                break
            if silence > ENTER_S and not is_entered:
                is_entered = True
                send(qemu, "\r")
            if not select.select([qemu.stdout], [], [], 0.1)[0]:
                continue
            got = os.read(qemu.stdout.fileno(), 65536)
            if not got:
                break
            text, last = text + got, time.monotonic()
            if typed and b"Hit any key" in text:
                send(qemu, typed.pop())
            if len(marks) < 2 and text.count(b"@ZERO") + text.count(b"@FIVE") > len(marks):
                marks.append(time.monotonic())
                pace = 5 / (marks[1] - marks[0]) if len(marks) == 2 else 1
            begun = begun or (time.monotonic() if BEGINS.search(text) else None)
            if b"@@kernel" in text:
                seconds = seconds or pace * (time.monotonic() - begun)
        return text, None if is_entered else seconds


def with_initrd(text):
    """U-Boot 2023.01 hands over an initrd of no bytes on x86: which it is, is what it reads before the last kernel."""
    what = started(text)
    if what:
        tried = re.split(rb"\n\d+:\t", text[:text.index(b"@@kernel")])[-1]
        read = re.findall(rb"Retrieving file: ([^\r\n]*)", tried)
        paths = [os.path.normpath("/" + path.decode()).replace("//", "/") for path in read]
        paths = paths[:paths.index(what[0].split(" ", 1)[1])]
        what[1:-1] = [f"initrd {path}" for path in paths]
    return what


def send(qemu, text):
    qemu.stdin.write(text.encode())
    qemu.stdin.flush()


def started(text):
    found = re.search(rb"@@kernel (.*?)\n@@args (.*?)\n@@initrd\n(.*?)\n@@end", text, re.S)
    if not found:
        return None
    kernel, args, initrds = (part.decode(errors="surrogateescape") for part in found.groups())
    return [f"kernel {kernel}"] + [f"initrd {line}" for line in initrds.replace("\r", "").splitlines() if line] + [f"args {args}"]


def shown(title, what):
    return title + "\n" + "".join(f"\t{line}\n" for line in what or ["nothing"])


def main():
    with tempfile.TemporaryDirectory() as work:
        oracle = Oracle(sys.argv[1], pathlib.Path(work))
        for case in [pathlib.Path(folder).resolve() for folder in sys.argv[2:]]:
            loader = "u-boot" if case.name.startswith("u-boot") else case.name.split("-")[0]
            what, seconds, banner = oracle.ask(case, loader, None)
            when = "at Enter" if seconds is None else f"after {int(seconds + 0.3)} s"
            text = f"# {banner}\n" + shown(f"default {when}" if what else "default", what)
            labels = case / "labels"
            for label in labels.read_text(encoding="utf-8").splitlines() if labels.exists() else []:
                text += shown(f"label {label}", oracle.ask(case, loader, label)[0])
            (case / "expected").write_text(text, encoding="utf-8", errors="surrogateescape")
            print(case.name, text, sep="\n")


main()
