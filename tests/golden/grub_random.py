#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""grub_random.py KBOOT [COUNT [SEED]]: random scripts, run by kboot eval and by grub-emu, must print the same, and start
the same entry of random menus.

By hand: ten thousand take a quarter of an hour. A script that differs is printed; made small, it goes into
tests/golden/grub.
"""

import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from grub_case import FILES, Grub, by_grub

WORDS = ["a", "b", "'c d'", '"e $x"', "$x", "$y", "${z}", "$?", "$#", "$@", '"$@"', '"$*"', "$1", '""', "x$y", "$x$y", '"$z"',
         "\\$x", "0", "1", "2", "-n", "=", "if", "done", "a=b", "#c", "a#b", "'#'", '"a\nb"', "e\\\nf", "\\ ", "$nosuch", "!",
         "${2}", '"$2$3"', '"\\$x\\""', '"\\\\"', "'it'\\''s'", '"a\\b"', "'$x'", '"a\n#b\nc"', "a\\;b", "-e", "--", "in",
         "function", "010", "0x1f", "-3", "3abc", "''", "$*", "\\", "x\\\n", "a'b'\"c\"$x", "{ true; }", "[", "]"]
TESTS = ["=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-pgt", "-plt", "-a", "-o", "!", "(", ")", "-n", "-z", "'<'",
         "'<='", "'>'", "'>='", "-f", "-d", "-e", "-s", "-x", f"{FILES}", f"{FILES}/one", f"{FILES}/nosuch"]
BREAKERS = [">", "|", "}", "{", ";;", "&&", "$(", "a$", "fi", "then", "[[", "'", '"', "done", "do", "else", "elif", "\\"]
TITLES = ["One", "'Two > half'", "3", '"$x"', "One", "'4 four'", "$y", "a b", "'>'", "'' x"]


ENDLESS = "a loop or a recursion without an end, which GRUB is in for ever or till its stack is full"
CRASHED = "GRUB has crashed, as it does where an option takes the block of an entry whose title is empty"
BATCH = 25  # run as one; and one menu


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.may_loop = True  # no calls in the function, no continue in an endless loop

    def words(self, most=4):
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(0, most)))

    def test(self):
        return " ".join(self.random.choice(WORDS[:20] + TESTS) for _ in range(self.random.randint(0, 6)))

    def command(self):
        pick = self.random.randrange(14)
        if pick < 4:
            return f"echo {self.words()}"
        if pick == 4:
            return f"{self.random.choice('xyz')}={self.words(2)}"
        if pick == 5:
            return f"set {self.random.choice('xyz')}={self.words(1)}"
        if pick == 6:
            return self.random.choice([f"[ {self.test()} ]", f"test {self.test()}"])
        if pick == 7:
            return f"{self.random.choice('fgh')} {self.words()}" if self.may_loop else "true"
        if pick == 8:
            return self.random.choice(["true", "false", "! true", "! false", "shift", "unset x", "break", "return 1", "return",
                                       "nosuch", "export y", "test", "setparams q r", "shift 2", "break 2", "unset",
                                       "export", "export x=1", "set x", "! nosuch", "! ! true", "break 0", "return x"])
        if pick == 9:
            return f"eval {self.words()}"
        if pick == 10:
            return f"regexp -s x '{self.random.choice(['a(.)', '(b|c)', '^(.*)$', '([0-9]+)'])}' {self.words(1)}x"
        if pick == 11:
            return self.random.choice([f"source {FILES}/sourced.cfg", f". {FILES}/other.cfg", f"source {FILES}/nosuch",
                                       f"menuentry {self.words()} {{ true; }}", f"submenu {self.words(2)} {{ true", "menuentry x"])
        return self.random.choice([word for word in WORDS if word != "!"]) + " " + self.words(2)

    def statement(self, depth):
        pick = self.random.randrange(14)
        if depth == 0 or pick < 5:
            return self.command()
        inner = self.list(depth - 1)
        if pick == 5:
            return f"if {self.list(depth - 1)} then {inner} fi"
        if pick == 6:
            return f"if {self.command()}; then {inner} else {self.list(depth - 1)} fi"
        if pick == 7:
            return f"for i in {self.words()}; do {inner} done"
        if pick == 8:
            return f"while true; do {inner} true; break; done"
        if pick == 9:
            return f"if {self.command()}; then {inner} elif {self.list(depth - 1)} then {self.list(depth - 1)} fi"
        if pick == 10:
            return f"until {self.random.choice(['false', 'true', '[ -z $x ]'])}; do {inner} true; break; done"
        if pick == 11:
            return f'while [ "$1" ]; do {self.command()}; true; shift; done' if not self.may_loop else f"h {self.words()}"
        if pick == 12:
            return f"for i in {self.words()}\ndo for j in {self.words(2)}; do {inner} done; done"
        return f"true {{ {inner} }}"

    def list(self, depth):
        return "".join(self.statement(depth) + self.random.choice(["; ", ";\n", "\n", "\n# 'c\n"])
                       for _ in range(self.random.randint(1, 3)))

    def functions(self):
        self.may_loop = False
        text = ""
        for name in "fgh":
            if self.random.random() < 0.4:
                text += f"function {name} {self.random.choice(['', chr(10)])}{{ " + self.list(1) + "}\n"
        self.may_loop = True
        return text

    def script(self):
        text = self.functions()
        for _ in range(self.random.randint(1, 5)):
            line = self.statement(2)
            if self.random.random() < 0.1:
                at = self.random.randint(0, len(line))
                line = line[:at] + " " + self.random.choice(BREAKERS) + " " + line[at:]
            text += line + "\n"
        return text

    def entries(self, depth):
        text = ""
        for _ in range(self.random.randint(1, 4)):
            words = f"{self.random.choice(TITLES)} {self.random.choice(['', '', '--class c', '--unrestricted', '--no', 'p q'])} "
            words += self.random.choice(["", f"--id {self.random.choice(TITLES)}", f"--id={self.random.choice('ab')}"])
            if depth > 0 and self.random.random() < 0.4:
                text += f"submenu {words} {{\n{self.command()}\n{self.entries(depth - 1)}}}\n"
            else:
                text += f'menuentry {words} {{\nlinux /k $# "$@" $x "$y"\n}}\n'
        return text

    def menu(self):
        """Entries of which one starts by itself."""
        text = self.functions() + f"x={self.words(1)}\ny='1 2'\n" + self.random.choice(["", "export x\n", "export y\n"])
        text += self.random.choice(["", "for i in a b; do\n" + self.entries(0) + "done\n"]) + self.entries(2)
        parts = [self.random.choice(TITLES + list("01234ab")) for _ in range(self.random.randint(1, 3))]
        return text + "default=" + "'>'".join(parts) + "\n"


def by_kboot(program, script):
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
        file.write(script)
        file.flush()
        ran = subprocess.run([program, "eval", file.name], check=False, capture_output=True, text=True, timeout=60)
    if re.search("does not come to an end|prints more than|call each other more than", ran.stderr):
        return ENDLESS
    return ran.stdout if ran.returncode == 0 else f"exit {ran.returncode}: {ran.stderr}"


def plain(text):
    return re.sub(r"\s+", " ", re.sub(r"[\"\\]", "", text)).strip()


def menu_by_grub(script):
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "case.cfg").write_text(script, encoding="utf-8")
        pathlib.Path(folder, "grub.cfg").write_text('function linux { echo; echo "BOOT $@ @@"; }\n'
                                                    f"source (host){folder}/case.cfg\ntimeout=0\n", encoding="utf-8")
        with Grub(folder) as grub:
            text, is_done = grub.until(rb"BOOT [^@]*@@|grub>")
            if not is_done and grub.has_crashed():
                return CRASHED
    match = re.search(r"BOOT ([^@]*)@@", text)
    return plain(match.group(1)) if match else ""


def menu_by_kboot(program, script):
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
        file.write(script)
        file.flush()
        ran = subprocess.run([program, "eval", file.name, "--json"], check=False, capture_output=True, text=True, timeout=60)
    if ran.returncode != 0:
        return f"exit {ran.returncode}: {ran.stderr}"
    args = [entry["args"] for entry in json.loads(ran.stdout)["entries"] if entry["default"]]
    return plain((args[0] or "").replace("BOOT_IMAGE=", "")) if args else ""


def lines(text):
    return [line.rstrip() for line in text.rstrip().splitlines()]


def compare(program, scripts):
    """The seeds of those that differ: all are run as one, which is fast, and only where that differs one by one."""
    with tempfile.TemporaryDirectory() as folder:
        whole = ""
        for n, script in scripts.items():
            pathlib.Path(folder, f"{n}.cfg").write_text(script, encoding="utf-8")
            whole += f"unset x; unset y; unset z\nsource {folder}/{n}.cfg\necho @@ {n}\n"
        together = by_kboot(program, whole)
        if lines(by_grub(whole, False)) == lines(together):
            return []
    answers = {n: by_kboot(program, script) for n, script in scripts.items()}
    different = [n for n, script in scripts.items()
                 if answers[n] != ENDLESS and lines(by_grub(script, False)) != lines(answers[n])]
    return different or ["batch"] * (ENDLESS not in {together, *answers.values()})


def main():
    os.environ.setdefault("KBOOT_TEST_SLOW", "4")  # GRUB waits behind each error of a menu
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    different = 0
    for first in range(seed, seed + count, BATCH):
        menu = Generator(first).menu()
        by_emulator, by_reader = menu_by_grub(menu), menu_by_kboot(program, menu)
        if by_emulator not in (CRASHED, by_reader):
            different += 1
            print(f"--- menu {first}\n{menu}--- GRUB\n{by_emulator}\n--- kboot\n{by_reader}", flush=True)
        scripts = {n: Generator(n).script() for n in range(first + 1, min(first + BATCH, seed + count))}
        for n in compare(program, scripts):
            different += 1
            print(f"--- seed {n} of {first}\n{scripts.get(n, '')}", flush=True)
            if n in scripts:
                print(f"--- GRUB\n{by_grub(scripts[n], False)}\n--- kboot\n{by_kboot(program, scripts[n])}", flush=True)
    print(f"{count} scripts, {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
