#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes the pictures of docs/pictures: the screens of machines that start kboot's image, and the menu in a terminal.

`scripts/pictures` builds what this needs. Without names all pictures are taken.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/lib"))

from kbtest import debian, disks  # pylint: disable=wrong-import-position
from kbtest.machine import Disk, Machine  # pylint: disable=wrong-import-position
from kbtest.terminal import TAB, Terminal  # pylint: disable=wrong-import-position

PICTURES = ROOT / "docs/pictures"
IMAGE = ROOT / "build/image/custom/kboot.efi"
PROGRAM = ROOT / "build/release/kboot"

LOADED = "loaded: Enter"  # of the default, whose countdown runs
SOME_SECONDS = r" in 1[0-3] s"  # of the 20
DEBIAN_CONF = """default=Debian GNU/Linux 12 (bookworm)
timeout=20
Debian GNU/Linux 12 (bookworm)='/boot/vmlinuz-{0} initrd=/boot/initrd.img-{0} root=UUID={1} ro quiet splash'
Debian GNU/Linux 12, single user='"Debian GNU/Linux 12 (bookworm)" single'
"""
RESCUE_CONF = f"""Rescue system='{disks.rescue_entry()}'
Système de secours, «sans écran»='"Rescue system" lang=fr'
"""
# What the firmware's font of VGA's text mode lacks.
MORE_RESCUE_CONF = """Σύστημα διάσωσης='"Rescue system" lang=el'
Аварийная система='"Rescue system" lang=ru'
"""

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
FONT_PIXELS = 15
COLOURS = {"black": "#000000", "red": "#cd3131", "green": "#0dbc79", "brown": "#e5e510",
           "yellow": "#e5e510", "blue": "#2472c8", "magenta": "#bc3fbc", "cyan": "#11a8cd", "white": "#e5e5e5"}
INK, GROUND = "#d0d0d0", "#101418"


def save(picture, name):
    """A console has few colours: as a palette they take a tenth of the bytes."""
    path = PICTURES / f"{name}.png"
    picture.quantize(64, Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {path.stat().st_size} bytes")


# -- a machine's screen ------------------------------------------------------------------------------


def make_disks(folder, rescue_conf):
    system = disks.debian_disk(folder / "debian.img")
    system.root.write("/etc/kboot.conf", DEBIAN_CONF.format(debian.parts().version, disks.DEBIAN_UUID))
    rescue = disks.rescue_disk(folder / "rescue.img", rescue_conf, debian.parts().kernel)
    return [Disk(str(system.path), "debian"), Disk(str(rescue.path), "rescue")]


def still(vm):
    """The screen's picture, once two in a row are the same. The machine stands while one is taken, which takes long."""
    before = None
    while True:
        vm.qmp.command("stop")
        with Image.open(vm.screendump("screen.ppm")) as shot:
            shot.load()
        if before == shot.tobytes():
            return shot
        before = shot.tobytes()
        vm.qmp.command("cont")
        time.sleep(0.3)


def machine(name, efi=False, width=1280, height=800):
    """The menu on the screen of a machine: VGA's text mode, or what EFI firmware made of a display of that size."""
    append = f"video=efifb:{width}x{height}" if efi else ""
    conf = RESCUE_CONF + MORE_RESCUE_CONF if efi else RESCUE_CONF
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        with Machine(folder / "logs", kernel=IMAGE, efi=efi, append=append, disks=make_disks(folder, conf),
                     extra=["-global", "VGA.vgamem_mb=64"]) as vm:
            vm.wait_screen(lambda s: s.find(LOADED) and s.find(SOME_SECONDS), "a countdown of what is loaded", 300)
            save(still(vm), name)


# -- a terminal --------------------------------------------------------------------------------------


def colour(name, fallback):
    return fallback if name == "default" else COLOURS.get(name, f"#{name}")


def draw(screen):
    """A terminal's screen, cell by cell."""
    fonts = [ImageFont.truetype(FONT.format(kind), FONT_PIXELS) for kind in ("", "-Bold")]
    ascent, descent = fonts[0].getmetrics()
    cell_width, cell_height = round(fonts[0].getlength("M")), ascent + descent
    picture = Image.new("RGB", ((screen.columns + 2) * cell_width, (screen.lines_count + 1) * cell_height), GROUND)
    canvas = ImageDraw.Draw(picture)
    for row in range(screen.lines_count):
        for column in range(screen.columns):
            cell = screen.cell(row, column)
            ink, paper = colour(cell.fg, INK), colour(cell.bg, GROUND)
            if cell.reverse:
                ink, paper = paper, ink
            left, top = (column + 1) * cell_width, row * cell_height + cell_height // 2
            canvas.rectangle((left, top, left + cell_width - 1, top + cell_height - 1), fill=paper)
            canvas.text((left, top), cell.data, font=fonts[cell.bold], fill=ink)
    return picture


def simulated(folder):
    subprocess.run(["/usr/bin/python3", ROOT / "scripts/simulated-devices.py", folder], check=True)
    return (folder / "options").read_text(encoding="utf-8").splitlines()


def terminal_menu(name):
    with tempfile.TemporaryDirectory() as folder:
        with Terminal([PROGRAM, "menu", *simulated(Path(folder))], columns=100, lines=30) as term:
            term.wait_text("Rescue")
            term.wait(lambda s: s.find(LOADED) and s.find(SOME_SECONDS), "a countdown of what is loaded")
            save(draw(term.screen), name)


def terminal_prompt(name):
    with tempfile.TemporaryDirectory() as folder:
        with Terminal([PROGRAM, "shell", *simulated(Path(folder))], columns=100, lines=16) as term:
            term.wait_text("kboot")
            for line, answer in (("devices", "RESCUE"), ("cd sda2:/boot", "sda2:/boot"), ("ls", "vmlinuz")):
                term.send(line + "\r")
                term.wait_text(answer)
                term.wait_quiet()
            for key in ("boot ./vm", TAB, TAB):
                term.send(key)
                term.wait_quiet()
            save(draw(term.screen), name)


TAKEN = {
    "vga-text": machine,
    "efi-1280x800": lambda name: machine(name, efi=True),
    "efi-3840x2160": lambda name: machine(name, efi=True, width=3840, height=2160),
    "terminal": terminal_menu,
    "prompt": terminal_prompt,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TAKEN))
    names = parser.parse_args().names or list(TAKEN)
    PICTURES.mkdir(exist_ok=True)
    for name in names:
        TAKEN[name](name)


if __name__ == "__main__":
    main()
