# SPDX-License-Identifier: GPL-2.0-or-later
"""Themes: files of colours that the menu is told to use."""

import tempfile
import unittest
from pathlib import Path

from engine import Engine

THEMES = Path(__file__).resolve().parents[2] / "themes"


class ThemeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def menu(self, *options, **terminal):
        engine = Engine(*options, **terminal)
        self.addCleanup(engine.close)
        engine.greet()
        engine.terminal.wait_text("Enter boot")
        return engine.terminal

    def theme(self, text):
        path = self.folder / "my.theme"
        path.write_bytes(text)
        return str(path)

    @staticmethod
    def look(terminal, text):
        """How the text looks where it first stands on the screen."""
        for row, line in enumerate(terminal.screen.lines):
            if text in line:
                cell = terminal.screen.cell(row, line.index(text))
                return cell.fg, cell.bg, cell.bold, cell.reverse
        raise AssertionError(f"no {text!r}\n{terminal.screen.framed()}")

    def wait_looks(self, name, heading, selected, text, ground):
        """A heading, the selected line, the text of another line, and where nothing is."""
        terminal = self.menu("--theme", str(THEMES / f"{name}.theme"))
        expected = [heading, selected, text, ground]
        def looks(screen):
            return [*(self.look(terminal, words) for words in ("sda2", "Debian GNU/Linux 12 (book", "Rescue system")),
                    screen.cell(screen.lines_count - 1, screen.columns - 1).bg]
        terminal.wait(lambda screen: looks(screen) == expected, f"{name}: {expected}, not {looks(terminal.screen)}")

    def test_a_theme_changes_colours(self):
        self.wait_looks("default", ("cyan", "default", False, False), ("default", "default", False, True),
                        ("default", "default", False, False), "default")
        self.wait_looks("dark-on-light", ("blue", "white", False, False), ("white", "blue", False, False),
                        ("black", "white", False, False), "white")
        # What ECMA-48 calls yellow, pyte calls brown.
        self.wait_looks("high-contrast", ("brown", "black", True, False), ("black", "white", False, False),
                        ("white", "black", True, False), "black")

    def test_the_default_theme_is_what_is_built_in(self):
        plain, themed = self.menu(), self.menu("--theme", str(THEMES / "default.theme"))
        def cells(screen):
            return [screen.cell(row, col) for row in range(screen.lines_count) for col in range(screen.columns)]
        plain.wait_quiet()
        themed.wait(lambda screen: cells(screen) == cells(plain.screen), "the same screen")

    def test_without_colours(self):
        path = self.theme(b"heading=red, blue, bold\nmono.heading=reverse\n")
        self.assertEqual(self.look(self.menu("--theme", path, "--monochrome"), "sda2"), ("default", "default", False, True))

    def test_a_slip_costs_its_role_alone(self):
        path = self.theme(b"heading=magenta\nlabel=mauve\x1b[2J\n")
        terminal = self.menu("--theme", path)
        terminal.wait_text("my.theme:2:7: there is no colour `mauve?[2J`")
        self.assertEqual(self.look(terminal, "sda2")[0], "magenta")
        self.assertEqual(self.look(terminal, "Kernel")[0], "cyan")

    def test_a_theme_that_cannot_be_used(self):
        for path, words in ((str(self.folder / "none.theme"), "No such file"), (str(self.folder), "Is a directory"),
                            (self.theme(b"#" * 20000), "File too large")):
            with self.subTest(words):
                terminal = self.menu("--theme", path)
                terminal.wait(lambda s, w=words: w in " ".join(s.text.split()), words)
                self.assertEqual(self.look(terminal, "sda2")[0], "cyan")
