# SPDX-License-Identifier: GPL-2.0-or-later
"""What the menu looks like, in one place: tests name meanings, this file names the words on the screen.

Every function takes a screen (serial or VGA; both have lines, text, find and marked_rows).
"""

import re

# The countdown: what will boot, and in how many seconds.
COUNTDOWN = r"Booting .* in (\d+) s\b"
# The first of the key hints that stand below a menu.
HINTS = r"Enter boot(?! with)"
# The same words where only bytes of a terminal are at hand.
HINTS_BYTES = rb"Enter(\x1b[^A-Za-z]*[A-Za-z]|\x0f)* ?boot"

# The selected entry's row: a mark, then the entry's number.
SELECTED = r"\W*[>\u25b6\u25ba]\s+\d+\s"


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
    return any(title in line for line in screen.lines)


def selected_line(screen, titles):
    """The text of the selected entry's row if it holds one of the titles, or None."""
    for line in screen.lines:
        if re.match(SELECTED, line) and any(title in line for title in titles):
            return line
    return None


def says(screen, pattern):
    """A match on the whole screen's text, over line ends as well, since sentences wrap."""
    joined = re.sub(r"\s+", " ", screen.text)
    return re.search(pattern, joined)


def holds(screen, text):
    """Is the text there when line ends and frames are taken away? For command lines, which wrap anywhere."""
    return text.replace(" ", "") in re.sub(r"[\s|\u2500-\u257f]+", "", screen.text)
