# SPDX-License-Identifier: GPL-2.0-or-later
"""Deadlines of waits. They bound a hang; a test never passes or fails by them on a machine that works."""

import os
import time

# A loaded or slow machine stretches every deadline alike: KBOOT_TEST_SLOW=3 ctest …
FACTOR = float(os.environ.get("KBOOT_TEST_SLOW", "1"))


def scaled(seconds):
    return seconds * FACTOR


def end(seconds):
    """The moment, on the monotonic clock, at which a wait of `seconds` gives up."""
    return time.monotonic() + scaled(seconds)
