#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which font /sbin/console-font of the image gives to which screen; a setfont of ours notes what it is told."""

import subprocess
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "initramfs/root/sbin/console-font"


class ConsoleFontTest(unittest.TestCase):
    def run_on(self, size, setfont='echo "$*" >"$0.told"'):
        """The arguments of setfont ("": not run) and what the script prints, on a screen of that size (None: text mode)."""
        with tempfile.TemporaryDirectory() as folder:
            top = Path(folder)
            program = top / "setfont"
            program.write_text(f"#!/bin/sh\n{setfont}\n", encoding="utf-8")
            program.chmod(0o755)
            if size:
                sizes = top / "class/graphics/fb0/virtual_size"
                sizes.parent.mkdir(parents=True)
                sizes.write_text(size + "\n", encoding="utf-8")
            done = subprocess.run(["/bin/sh", SCRIPT, "tty1", top], env={"PATH": f"{top}:/usr/bin:/bin"}, check=True,
                                  stdout=subprocess.PIPE, text=True)
            told = top / "setfont.told"
            return told.read_text(encoding="utf-8").strip() if told.exists() else "", done.stdout

    def test_the_font_follows_the_width(self):
        small, large = "Uni2-Terminus16", "Uni2-Terminus32x16"
        for size, font in (("640,480", small), ("1280,800", small), ("1600,1200", small), ("1601,900", large),
                           ("1920,1080", large), ("3840,2160", large)):
            told, said = self.run_on(size)
            self.assertEqual(told, f"-C /dev/tty1 /usr/share/consolefonts/{font}.psf", size)
            self.assertEqual(said, f"kboot: tty1 has the font {font}, on {size.replace(',', ' x ')} pixels\n")

    def test_text_mode_keeps_its_font(self):
        self.assertEqual(self.run_on(None), ("", ""))

    def test_a_refused_font_is_a_line(self):
        said = self.run_on("1280,800", "echo setfont: KDFONTOP: Function not implemented >&2; exit 1")[1]
        self.assertEqual(said, "kboot: tty1 keeps its font, on 1280 x 800 pixels: "
                               "setfont: KDFONTOP: Function not implemented\n")


if __name__ == "__main__":
    unittest.main()
