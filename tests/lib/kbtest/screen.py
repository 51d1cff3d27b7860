# SPDX-License-Identifier: GPL-2.0-or-later
"""A terminal's screen, made from the bytes that a program sends to it.

One class, fed by a pty (terminal.py) or by a machine's serial line (machine.py). It is pyte with what
ncurses' xterm, linux and vt100 descriptions use beyond it: repeat (REP), scroll (SU, SD), line-drawing
characters beside UTF-8, and answers to status reports as a real terminal gives them.
"""

import codecs
import re

import pyte
from pyte import modes, screens


class _Screen(screens.Screen):
    """pyte's screen, with the sequences it lacks."""

    def __init__(self, columns, lines, answer):
        self._answer = answer
        self._last_char = " "
        super().__init__(columns, lines)

    def draw(self, data):
        if data:
            self._last_char = data[-1]
        super().draw(data)

    def repeat_character(self, count=1, **_):
        super().draw(self._last_char * min(max(count or 1, 1), self.columns))

    def _move_content(self, count, down):
        top, bottom = self.margins or (0, self.lines - 1)
        keep = self.cursor.y
        self.cursor.y = bottom if not down else top
        for _ in range(min(max(count or 1, 1), self.lines)):
            if down:
                self.reverse_index()
            else:
                self.index()
        self.cursor.y = keep

    def scroll_up(self, count=1, **_):
        self._move_content(count, down=False)

    def scroll_down(self, count=1, **_):
        self._move_content(count, down=True)

    def report_device_status(self, mode=0, **_):
        super().report_device_status(mode)

    def restore_cursor(self):
        # pyte moves the cursor into the margins, which a terminal does in origin mode only.
        row = self.savepoints[-1].cursor.y if self.savepoints else None
        super().restore_cursor()
        if row is not None and modes.DECOM not in self.mode:
            self.cursor.y = min(row, self.lines - 1)

    def write_process_input(self, data):
        self._answer(data.encode())


class _Stream(pyte.Stream):
    """Text in, with charset switches obeyed: programs mix UTF-8 and the VT100 line-drawing set."""

    csi = dict(pyte.Stream.csi, b="repeat_character", S="scroll_up", T="scroll_down")
    events = pyte.Stream.events | {"repeat_character", "scroll_up", "scroll_down"}

    def __init__(self, screen):
        super().__init__(screen)
        self.use_utf8 = False


class Screen:
    """What is on a terminal's screen now. `answer(bytes)` carries the terminal's own replies."""

    def __init__(self, columns=80, lines=24, answer=lambda data: None):
        self._screen = _Screen(columns, lines, answer)
        self._stream = _Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.columns = columns
        self.lines_count = lines

    def feed(self, data):
        self._stream.feed(self._decoder.decode(data))

    def resize(self, columns, lines):
        self._screen.resize(lines, columns)
        self.columns, self.lines_count = columns, lines

    @property
    def lines(self):
        """The rows from the top, trailing blanks cut."""
        return [row.rstrip() for row in self._screen.display]

    @property
    def text(self):
        return "\n".join(self.lines).rstrip("\n")

    @property
    def last_line(self):
        """The last row that is not blank; "" where there is none."""
        return self.text.rsplit("\n", 1)[-1]

    @property
    def cursor(self):
        """(row, column), from 0."""
        return self._screen.cursor.y, self._screen.cursor.x

    @property
    def cursor_shown(self):
        return not self._screen.cursor.hidden

    @property
    def title(self):
        return self._screen.title

    def cell(self, row, column):
        """pyte's Char at a place: .data .fg .bg .bold .reverse .underscore"""
        return self._screen.buffer[row][column]

    def marked_rows(self):
        """Rows most of whose text stands in reverse video or on a colour of its own: the selection."""
        rows = []
        for row in range(self.lines_count):
            cells = [self.cell(row, col) for col in range(self.columns)]
            drawn = [cell for cell in cells if cell.data.strip()]
            marked = [cell for cell in drawn if cell.reverse or cell.bg != "default"]
            if drawn and len(marked) * 2 > len(drawn):
                rows.append(row)
        return rows

    def find(self, pattern):
        """The match of a regular expression in one of the rows, or None."""
        for row in self.lines:
            match = re.search(pattern, row)
            if match:
                return match
        return None

    def framed(self, title="screen"):
        """The screen in a frame, for a failure report."""
        bar = "+" + title.center(self.columns, "-") + "+"
        rows = ["|" + row.ljust(self.columns) + "|" for row in self.lines]
        return "\n".join([bar, *rows, "+" + "-" * self.columns + "+"])
