# SPDX-License-Identifier: GPL-2.0-or-later
"""A case: a few steps, a line of ====, and the screen that must be there in the end, trailing blanks cut.

    # What it is about; comments may stand anywhere.
    size 40 12                columns and rows; 80 24 unless told
    term vt100                xterm-256color unless told
    option --monochrome       for the menu
    entries machine           machine (unless told), empty, many N, or a JSON list of objects for engine.entry
    greeting Welcome          more than once: more lines
    state {"phase": "…"}      what differs from engine.STATE; the first one starts the menu
    catalog empty             another list, as for entries
    key Down Down e           names as in kbtest.terminal, or text; Space is " "
    wait text                 until that is on the screen
    expect select id=deb/2    the next intent
    reply boot fail no kernel    or: reply boot ok
    rows firmware [["setup", "Firmware setup"]]
    notice error Some sentence.
    question {"kind": "login", "text": "…"}    the engine asks; its number is 1 unless told
    log warning 1500 text     level, milliseconds, text
    resize 80 24
    selected 5                the row in reverse video, from 0, when the screen has come to be as below
    cursor 5 1                row and column of the cursor then
    visible yes               is the cursor shown

The seconds of a countdown are not compared: they go on.
"""

import difflib
import json
import re
import shlex

import engine as scripted
from kbtest import terminal as keys

DEFAULT_PROGRAMS = {"KBOOT_MENU_CLIENT": "tests/screen/menu_client", "KBOOT": "kboot"}
SEPARATOR = "====\n"
KEYS = {"Up": keys.UP, "Down": keys.DOWN, "Left": keys.LEFT, "Right": keys.RIGHT, "Home": keys.HOME, "End": keys.END,
        "PgUp": keys.PAGE_UP, "PgDn": keys.PAGE_DOWN, "Enter": keys.ENTER, "Esc": keys.ESCAPE, "BS": keys.BACKSPACE,
        "Space": b" ", "Ctrl-A": b"\x01", "Ctrl-U": b"\x15", "Ctrl-W": b"\x17", "Tab": keys.TAB}
SETUP = ("size", "term", "option", "entries", "greeting")


def _lines(text):
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest.strip()


def _entries(text):
    if text == "machine":
        return scripted.MACHINE
    if text == "empty":
        return []
    if text.startswith("many "):
        return scripted.many(int(text.split()[1]))
    devices = {"sda2": scripted.SDA2, "sdb1": scripted.SDB1}
    return [scripted.entry(e.pop("id"), e.pop("title"), devices[e.pop("device")], e.pop("file"), e.pop("line", 1),
                           e.pop("kernel", None), **e) for e in json.loads(text)]


class _Player:
    """Plays the steps of a case on a menu."""

    def __init__(self, text):
        self.setup = {"size": "80 24", "term": "xterm-256color", "entries": "machine"}
        self.options, self.greeting, self.checks = [], [], []
        steps = list(_lines(text))
        for word, rest in steps:
            if word == "option":
                self.options += shlex.split(rest)
            elif word == "greeting":
                self.greeting.append(rest)
            elif word in SETUP:
                self.setup[word] = rest
        self.steps = [step for step in steps if step[0] not in SETUP]
        self.engine = None

    def play(self):
        columns, lines = (int(number) for number in self.setup["size"].split())
        self.engine = scripted.Engine(*self.options, columns=columns, lines=lines, term=self.setup["term"])
        first = json.loads(self.steps.pop(0)[1]) if self.steps[:1] and self.steps[0][0] == "state" else {}
        self.engine.greet(_entries(self.setup["entries"]), "\n".join(self.greeting), **first)
        for word, rest in self.steps:
            getattr(self, f"_do_{word}")(rest)

    def _do_state(self, rest):
        self.engine.send_state(**json.loads(rest))

    def _do_catalog(self, rest):
        self.engine.send_catalog(_entries(rest))
        self.engine.send_state()

    def _do_key(self, rest):
        # What is typed before anything is drawn has its own test: test_keys.py.
        self.engine.terminal.wait(lambda screen: screen.text, "anything")
        self.engine.terminal.send(*(KEYS.get(word, word) for word in rest.split()))

    def _do_wait(self, rest):
        self.engine.terminal.wait_text(rest)

    def _do_expect(self, rest):
        do, *fields = shlex.split(rest)
        fields = dict(field.split("=", 1) for field in fields)
        self.engine.expect(do, **{name: int(value) if name == "question" else value for name, value in fields.items()})

    def _do_reply(self, rest):
        to, verdict, *text = rest.split(" ", 2)
        self.engine.reply(to, verdict == "ok", text[0] if text else None)

    def _do_rows(self, rest):
        to, rows = rest.split(" ", 1)
        self.engine.reply(to, rows=json.loads(rows))

    def _do_notice(self, rest):
        level, text = rest.split(" ", 1)
        self.engine.notice(text, level)

    def _do_question(self, rest):
        self.engine.send(**{"type": "question", "question": 1, **json.loads(rest)})

    def _do_log(self, rest):
        level, time_ms, text = rest.split(" ", 2)
        self.engine.send(type="log", seq=1, time_ms=int(time_ms), level=level, text=text)

    def _do_resize(self, rest):
        self.engine.terminal.resize(*(int(number) for number in rest.split()))

    def _do_selected(self, rest):
        self.checks.append(("selected rows", lambda s: selected_rows(s) == [int(rest)], selected_rows))

    def _do_cursor(self, rest):
        where = tuple(int(number) for number in rest.split())
        self.checks.append(("cursor", lambda s: s.cursor == where, lambda s: s.cursor))

    def _do_visible(self, rest):
        wanted = rest == "yes"
        self.checks.append(("cursor shown", lambda s: s.cursor_shown == wanted, lambda s: s.cursor_shown))


def selected_rows(screen):
    """Rows in which a run of reverse video begins with the menu's mark of the selection."""
    rows = []
    for row in range(screen.lines_count):
        run = "".join(screen.cell(row, col).data for col in range(screen.columns) if screen.cell(row, col).reverse)
        if run.startswith(">"):
            rows.append(row)
    return rows


def _still(text):
    """The text with a countdown's seconds, which go on while we look, replaced by one word."""
    return re.sub(r"in \d+ s\b", "in MANY s", text)


def _split(path):
    steps, _, screen = path.read_text(encoding="utf-8").partition(SEPARATOR)
    return steps, _still(screen.rstrip("\n"))


def _report(path, player, expected):
    screen = player.engine.terminal.screen
    difference = "\n".join(difflib.unified_diff(expected.splitlines(), _still(screen.text).splitlines(), "expected", "seen",
                                                lineterm=""))
    failed = [f"{what}: {seen(screen)}" for what, holds, seen in player.checks if not holds(screen)]
    return "\n".join([f"{path.name}: the screen never came to be as expected", *failed, difference, screen.framed()])


def run(path):
    steps, expected = _split(path)
    player = _Player(steps)
    try:
        player.play()
        player.engine.terminal.wait(
            lambda screen: _still(screen.text) == expected and all(holds(screen) for _, holds, _ in player.checks),
            "the expected screen")
    except AssertionError as error:
        if player.engine is None:
            raise
        raise AssertionError(f"{error}\n{_report(path, player, expected)}") from None
    finally:
        if player.engine:
            player.engine.close()


def update(path):
    steps, _ = _split(path)
    player = _Player(steps)
    player.play()
    player.engine.terminal.wait_quiet(0.7)
    seen = player.engine.terminal.screen.text
    player.engine.close()
    path.write_text(f"{steps}{SEPARATOR}{seen}\n", encoding="utf-8")
    print(f"--- {path.name}\n{seen}")
