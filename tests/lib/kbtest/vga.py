# SPDX-License-Identifier: GPL-2.0-or-later
"""The VGA text screen of a machine, read from guest memory: what the person in front of it sees."""

import os
import re
import tempfile

WINDOW_ADDR = 0xB8000
WINDOW_BYTES = 0x8000
COLUMNS, ROWS = 80, 25
CRTC_INDEX, CRTC_DATA = 0x3D4, 0x3D5
CRTC_START_HIGH, CRTC_START_LOW = 0x0C, 0x0D
# What the VGA font shows for the codes that are control characters elsewhere.
LOW_GLYPHS = " ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼"


def _glyph(code):
    return LOW_GLYPHS[code] if code < len(LOW_GLYPHS) else bytes([code]).decode("cp437")


class VgaScreen:
    """A frozen 80x25 screen: text and attributes."""

    def __init__(self, memory, start_cell):
        cells = [(memory[i], memory[i + 1]) for i in range(0, len(memory), 2)]
        # The kernel scrolls by moving the start within the window, which wraps.
        shown = [cells[(start_cell + i) % len(cells)] for i in range(COLUMNS * ROWS)]
        self._rows = [shown[row * COLUMNS:(row + 1) * COLUMNS] for row in range(ROWS)]
        self.columns = COLUMNS
        self.lines_count = ROWS

    @property
    def lines(self):
        return ["".join(_glyph(char) for char, _ in row).rstrip() for row in self._rows]

    @property
    def text(self):
        return "\n".join(self.lines).rstrip("\n")

    def attribute(self, row, column):
        """Foreground and background as (0..15, 0..15)."""
        attribute = self._rows[row][column][1]
        return attribute & 0x0F, attribute >> 4

    def marked_rows(self):
        """Rows most of whose text has a background of its own: the selection."""
        rows = []
        for number, row in enumerate(self._rows):
            drawn = [attribute for char, attribute in row if char not in (0, 32)]
            if drawn and sum(1 for attribute in drawn if attribute >> 4) * 2 > len(drawn):
                rows.append(number)
        return rows

    def find(self, pattern):
        for row in self.lines:
            match = re.search(pattern, row)
            if match:
                return match
        return None

    def framed(self, title="VGA text"):
        bar = "+" + title.center(COLUMNS, "-") + "+"
        rows = ["|" + row.ljust(COLUMNS) + "|" for row in self.lines]
        return "\n".join([bar, *rows, "+" + "-" * COLUMNS + "+"])


def _crtc_read(qmp, register):
    qmp.monitor(f"o /b {CRTC_INDEX:#x} {register:#x}")
    answer = qmp.monitor(f"i /b {CRTC_DATA:#x}")
    return int(re.search(r"= (0x[0-9a-fA-F]+)", answer).group(1), 16)


def read(qmp):
    """Read the screen. The machine is stopped meanwhile: its own driver uses the same index register."""
    with tempfile.TemporaryDirectory(prefix="kboot-vga.") as folder:
        path = os.path.join(folder, "memory")
        qmp.command("stop")
        try:
            answer = qmp.monitor(f"i /b {CRTC_INDEX:#x}")
            index = int(re.search(r"= (0x[0-9a-fA-F]+)", answer).group(1), 16)
            start = _crtc_read(qmp, CRTC_START_HIGH) << 8 | _crtc_read(qmp, CRTC_START_LOW)
            qmp.monitor(f"o /b {CRTC_INDEX:#x} {index:#x}")
            qmp.command("pmemsave", val=WINDOW_ADDR, size=WINDOW_BYTES, filename=path)
        finally:
            qmp.command("cont")
        with open(path, "rb") as memory:
            return VgaScreen(memory.read(), start)
