#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""grub_whole.py PROGRAM FOLDER: what the configuration of FOLDER/tree lists, by PROGRAM (kboot, or grub-emu), must be
what FOLDER/expected says: timeout, the entry that starts by itself, what is printed, and each entry with its submenus,
title, id, kernel with its arguments, and initrds.

GRUB sees the tree as an ext2 image; all of its menus are opened and all entries started. It has no `linux`: here that is
a function which says its arguments, as are the commands beside it. Both programs read the same files, in which a body
begins with a line that says whose it is. GRUB's copy says so where it would restart or power off, and stays on its terminal.

grub-emu made the expectations: with KBOOT_GOLDEN_UPDATE=1 it makes them again, kboot never does.
"""

import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from grub_case import BANNER, DEADLINE_S, Grub

UUID = "0fb1a2c3-1111-4222-8333-444455556666"
LABEL = "ROOT"
CONFIGURATIONS = ["boot/grub/grub.cfg", "boot/grub2/grub.cfg", "EFI/fedora/grub.cfg", "boot/grub/loopback.cfg"]
LOADERS = ["linux", "linux16", "linuxefi", "initrd", "initrd16", "initrdefi", "multiboot", "multiboot2", "module", "module2",
           "xen_hypervisor", "xen_module", "devicetree", "chainloader", "ntldr"]
HEAD = re.compile(r"^(\s*(menuentry|submenu)\s.*\{)\s*$", re.M)
LEAVES = re.compile(r"^(\s*)(fwsetup|reboot|halt|exit)\s*$", re.M)
ROWS, COLUMNS = 60, 300
TERMINALS = re.compile(r"^(\s*)(?:terminal_(?:in|out)put|background_image) [^;\n]*(;|$)", re.M)
MENU = rb"\x1b\[%d;1H *\x1b\[\d+;\d+H" % (ROWS - 1)  # its last line is made empty
KEY = rb"Press any key to continue"
CLEAR = "\x1b[H\x1b[J"
ROW = re.compile(r"\x1b\[\d+;3H[ *]([^\x1b]*)")
DEVICE = r"^(\([^)]*\)|[A-Z]+=[^:]*:)?(/\.snapshots/\d+/snapshot)?"  # GRUB's emulator has no subvolumes
FIRST, DOWN, ENTER, ESCAPE = b"\x01", b"\x0e", b"\r", b"\x1b"


def prepare(folder, work, is_grub):
    """The tree, with the lines that say which body is at work, and the configuration's path in it."""
    tree = pathlib.Path(work, "tree")
    shutil.copytree(folder / "tree", tree, symlinks=True)
    for file in tree.rglob("*.cfg"):
        text = file.read_text(encoding="utf-8")
        text = HEAD.sub(r'\1\n echo "@@BODY \2@@$1@@$chosen@@"', text)
        if is_grub:
            text = LEAVES.sub(r"\1echo @@LEAVES", text)
            text = TERMINALS.sub(r"\1true\2", text)
            if ".snapshots" in file.parts:  # whose menus are opened in this one and would count down
                text = re.sub(r"^set timeout=.*", "true", text, flags=re.M)
        file.write_text(text, encoding="utf-8")
    return tree, "/" + next(path for path in CONFIGURATIONS if (tree / path).exists())


def argument(word):
    """A word as GRUB hands it to the kernel."""
    word = re.sub(r"([\\'\"])", r"\\\1", word)
    return f'"{word}"' if " " in word else word


def below_device(name):
    return re.sub(DEVICE + "/*", "/", name)


def shown(path, title, name, lines):
    return f"{' > '.join(path + [title])} [{name}]\n" + "".join(f"\t{line}\n" for line in lines or ["nothing"])


# --- GRUB


def started(commands):
    """What the commands of a body come to: kernel with arguments, initrds; None: out of GRUB."""
    kernel, args, files, other = None, [], [], []
    for name, *words in commands:
        if name in ("linux", "linux16", "linuxefi", "multiboot", "multiboot2", "xen_hypervisor"):
            words = [word for word in words if not word.startswith("--")] if name.startswith("multi") else words
            kernel, files = below_device(words[0]), []
            args = [f"BOOT_IMAGE={re.sub(DEVICE, '', words[0])}"] * name.startswith("linux") + words[1:]
        elif name.startswith("initrd"):
            files = words
        elif "module" in name:
            files = files + [word for word in words if not word.startswith("--")][:1]
        elif name == "LEAVES":
            other = None
        elif name != "devicetree":
            other = [f"{name} {words[0]}"]
    if kernel:
        return [" ".join([kernel] + [argument(word) for word in args])] + [below_device(file) for file in files]
    return other


def commands_in(text):
    commands = []
    for line in text.splitlines():
        if line.startswith("@@CALL "):
            commands.append([line[7:]])
        elif line.startswith("@@ARG "):
            commands[-1].append(line[6:])
        elif line == "@@LEAVES":
            commands.append(["LEAVES"])
    return commands


class Walk:
    """All menus opened, all entries started."""

    def __init__(self, grub):
        self.grub = grub
        self.entries = []
        self.ids = {}
        self.rows = []

    def wait(self):
        """What is printed until a menu is there; its titles are self.rows."""
        text = ""
        while True:
            part, found = self.grub.until(MENU + b"|" + KEY)
            if not found:
                raise RuntimeError(f"no menu came: {text}{part}")
            text += part
            if "Press any key" not in part:
                self.rows = [row.rstrip() for row in ROW.findall(self.grub.raw.split(CLEAR)[-1]) if row.strip()]
                return text
            self.grub.send(b" ")

    def menu(self, path, above):
        rows = self.rows
        for n in range(len(rows)):
            self.grub.send(FIRST + DOWN * n + ENTER)
            text = self.wait()
            kind, title, chosen = re.search(r"@@BODY (\w+)@@(.*?)@@(.*?)@@", text).groups()
            name = chosen[len(above) + 1 if above else 0:].replace(">>", ">")
            lines = started(commands_in(text))
            if self.rows != rows:
                self.menu(path + [title], chosen)
                self.grub.send(ESCAPE)
                self.wait()
            elif kind == "menuentry" and lines is not None:
                self.entries.append(shown(path, title, name, lines))
                self.ids.setdefault(chosen, " > ".join(path + [title]))


# At the end of the configuration: stay in the menu, or let it start what it starts by itself.
LAST_LINES = """
echo "@@TIMEOUT $timeout@@"
unset superusers
unset fallback
if [ $walks = 1 ]; then unset timeout; set default=0; else set timeout=0; fi
"""


def prelude(path, walks):
    folder = path.rsplit("/", 1)[0]
    text = f"set root=tree\nset prefix=(tree){folder}\nset grub_platform=efi\nset walks={walks}\n"
    text += "export root\nexport prefix\nexport grub_platform\nexport walks\n"
    for name in LOADERS:
        text += f'function {name} {{ echo "@@CALL {name}"; for word in "$@"; do echo "@@ARG $word"; done; }}\n'
    text += "function blscfg { source (tree)/blscfg.cfg; }\n"  # which 2.06 has not; a case says what it lists
    return text + f"source (tree){path}\n{LAST_LINES}"


def run_grub(work, script):
    pathlib.Path(work, "grub.cfg").write_text(f"loopback tree (host){work}/image\n{script}", encoding="utf-8")
    return Grub(work, ROWS, COLUMNS)


def printed(text):
    text = text.split(BANNER.rstrip(), 1)[-1].lstrip("\n").replace("(tree)", "(host)")
    lines = re.sub(r"error: .*\n", "", text).splitlines()
    return "".join(f"| {line.rstrip()}\n" for line in lines if not line.startswith("@@"))


def by_grub(folder):
    with tempfile.TemporaryDirectory() as work:
        tree, path = prepare(folder, work, True)
        if path.startswith("/EFI/"):  # it leads to this one, and never comes back
            with open(tree / "grub2/grub.cfg", "a", encoding="utf-8") as file:
                file.write(LAST_LINES)
        subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext2", "-U", UUID, "-L", LABEL, "-d", tree, f"{work}/image", "4M"],
                       check=True, stdout=subprocess.DEVNULL)
        with run_grub(work, prelude(path, 1)) as grub:
            output = printed(grub.until(rb"@@TIMEOUT.*\n")[0])
            walk = Walk(grub)
            walk.wait()
            walk.menu([], "")
        with run_grub(work, prelude(path, 0)) as grub:
            text = grub.until(rb"@@BODY menuentry@@[^@]*@@[^@]*@@")[0]
    chosen = re.search(r"@@BODY menuentry@@[^@]*@@([^@]*)@@", text).group(1)
    timeout = re.search(r"@@TIMEOUT (.*?)@@", text).group(1)
    timeout = timeout if timeout.isdigit() else "none"
    return f"timeout {timeout}\ndefault {walk.ids.get(chosen, 'none')}\n{output}{''.join(walk.entries)}"


# --- kboot


def by_kboot(program, folder):
    with tempfile.TemporaryDirectory() as work:
        tree, path = prepare(folder, work, False)
        ran = subprocess.run([program, "eval", path, "--root", tree, "--json"], check=False, capture_output=True, text=True,
                             timeout=DEADLINE_S * 3)
    if ran.returncode != 0 or "Sanitizer" in ran.stderr:
        return f"exit {ran.returncode}: {ran.stderr}"
    said = json.loads(ran.stdout)
    default, entries = "none", ""
    for entry in said["entries"]:
        if entry["default"]:
            default = " > ".join(entry["path"] + [entry["title"]])
        files = [below_device(file) for file in [entry["kernel"]] + entry["initrd"] if file]
        if files:
            args = (entry["args"] or "").replace("BOOT_IMAGE=(host)", "BOOT_IMAGE=")
            files[0] = f"{files[0]} {args}".rstrip()
        elif entry["problems"][0].startswith("chainloader "):
            files = [entry["problems"][0].split(":")[0]]
        entries += shown(entry["path"], entry["title"], entry["label"] or entry["title"], files)
    output = printed(said["output"])
    return f"timeout {said['timeout'] or 'none'}\ndefault {default}\n{output}{entries}"


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    is_grub = pathlib.Path(program).name == "grub-emu"
    if is_grub and not (shutil.which(program) and os.path.exists("/sbin/mke2fs")):
        print("grub-emu or mke2fs is not installed")
        return 77
    got = by_grub(folder) if is_grub else by_kboot(program, folder)
    if is_grub and os.environ.get("KBOOT_GOLDEN_UPDATE") == "1":
        (folder / "expected").write_text(got, encoding="utf-8")
        return 0
    want = (folder / "expected").read_text(encoding="utf-8")
    print("".join(difflib.unified_diff(want.splitlines(True), got.splitlines(True), "expected", "actual")), end="")
    return int(want != got)


if __name__ == "__main__":
    sys.exit(main())
