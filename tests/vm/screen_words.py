# SPDX-License-Identifier: GPL-2.0-or-later
"""What the menu looks like, in one place: tests name meanings, this file names the words on the screen.

Every function takes a screen (serial or VGA; both have lines, text, find and marked_rows).
"""

import re
from dataclasses import dataclass

# The countdown: what will boot, and in how many seconds.
COUNTDOWN = r"Booting .* in (\d+) s\b"
# The key hints that stand below a menu, and below one without entries.
HINTS = r"Enter boot(?! with)|c prompt  q power  \? help"
# The first of them where only bytes of a terminal are at hand.
HINTS_BYTES = rb"Enter(\x1b[^A-Za-z]*[A-Za-z]|\x0f)* ?boot"

# An entry's row: the mark of the selected one, the entry's number, perhaps a mark of a problem, the title.
ENTRY = r"^\s*([>\u25b6\u25ba]?)\s+(\d+)\s+(!?)\s*(\S.*)$"


def menu_is_shown(screen):
    return screen.find(HINTS) is not None


def menu_was_drawn(log):
    """Was a menu ever drawn, judging by all that was sent to the terminal?"""
    return re.search(HINTS_BYTES, bytes(log)) is not None


def countdown_seconds(screen):
    """The seconds left, or None when nothing counts down."""
    match = screen.find(COUNTDOWN)
    return int(match.group(1)) if match else None


def shows_entry(screen, title):
    return entry(screen, title) is not None


def shows_ready(screen, title):
    """Is the entry there, with all that it needs?"""
    row = entry(screen, title)
    return row is not None and not row.problem


@dataclass(frozen=True)
class Row:
    """An entry as the menu shows it."""

    selected: bool
    number: int
    problem: bool  # marked with "!": it cannot boot, or not yet
    line: str  # the title and what stands behind it


def entries(screen):
    """The entries' rows from the top."""
    found = (re.match(ENTRY, line) for line in screen.lines)
    return [Row(bool(m.group(1)), int(m.group(2)), bool(m.group(3)), m.group(4)) for m in found if m]


def entry(screen, title):
    """The first row whose title begins so, or None."""
    return next((row for row in entries(screen) if row.line.startswith(title)), None)


def selected(screen):
    """The selected entry's row, or None."""
    return next((row for row in entries(screen) if row.selected), None)


def says(screen, pattern):
    """A match on the whole screen's text, over line ends as well, since sentences wrap."""
    joined = re.sub(r"\s+", " ", screen.text)
    return re.search(pattern, joined)


def holds(screen, text):
    """Is the text there when line ends and frames are taken away? For command lines, which wrap anywhere."""
    return text.replace(" ", "") in re.sub(r"[\s|\u2500-\u257f]+", "", screen.text)


def is_at_submenu(screen, title):
    """Is the submenu's row selected?"""
    return any(re.match(rf"^\s*[>\u25b6\u25ba]\s+[\u25b8\u25be+-]\s*{re.escape(title)}", line) for line in screen.lines)
