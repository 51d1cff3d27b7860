#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""grub_random.py KBOOT [COUNT [SEED]]: random scripts, run by kboot eval and by grub-emu, must print the same.

By hand: ten thousand take a quarter of an hour. A script that differs is printed; made small, it goes into
tests/golden/grub.
"""

import random
import subprocess
import sys
import tempfile

from grub_case import by_grub

WORDS = ["a", "b", "'c d'", '"e $x"', "$x", "$y", "${z}", "$?", "$#", "$@", '"$@"', '"$*"', "$1", '""', "x$y", "$x$y", '"$z"',
         "\\$x", "0", "1", "2", "-n", "=", "if", "done", "a=b", "#c", "a#b", "'#'", '"a\nb"', "e\\\nf", "\\ ", "$nosuch", "!"]
TESTS = ["=", "!=", "-eq", "-lt", "-gt", "-a", "-o", "!", "(", ")", "-n", "-z", "'<'", "'>='", "-f", "-d"]
BREAKERS = [">", "|", "}", "{", ";;", "&&", "$(", "a$", "fi", "then", "[[", "'"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.may_loop = True  # no calls in the function, no continue in an endless loop

    def words(self, most=4):
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(0, most)))

    def command(self):
        pick = self.random.randrange(12)
        if pick < 4:
            return f"echo {self.words()}"
        if pick == 4:
            return f"{self.random.choice('xyz')}={self.words(2)}"
        if pick == 5:
            return f"set {self.random.choice('xyz')}={self.words(1)}"
        if pick == 6:
            return "[ " + " ".join(self.random.choice(WORDS[:20] + TESTS) for _ in range(self.random.randint(0, 6))) + " ]"
        if pick == 7:
            return f"f {self.words()}" if self.may_loop else "true"
        if pick == 8:
            return self.random.choice(["true", "false", "! true", "! false", "shift", "unset x", "break", "return 1", "return",
                                       "nosuch", "export y", "test", "setparams q r"])
        if pick == 9:
            return f"eval {self.words()}"
        if pick == 10:
            return f"regexp -s x '{self.random.choice(['a(.)', '(b|c)', '^(.*)$', '([0-9]+)'])}' {self.words(1)}x"
        return self.random.choice(WORDS) + " " + self.words(2)

    def statement(self, depth):
        pick = self.random.randrange(10)
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
            return f"while true; do {inner} break; done"
        return f"true {{ {inner} }}"

    def list(self, depth):
        return "".join(self.statement(depth) + self.random.choice(["; ", ";\n", "\n"]) for _ in range(self.random.randint(1, 3)))

    def script(self):
        self.may_loop = False
        text = "function f { " + self.list(1) + "}\n" if self.random.random() < 0.5 else ""
        self.may_loop = True
        for _ in range(self.random.randint(1, 5)):
            line = self.statement(2)
            if self.random.random() < 0.1:
                at = self.random.randint(0, len(line))
                line = line[:at] + " " + self.random.choice(BREAKERS) + " " + line[at:]
            text += line + "\n"
        return text


def by_kboot(program, script):
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as file:
        file.write(script)
        file.flush()
        ran = subprocess.run([program, "eval", file.name], check=False, capture_output=True, text=True, timeout=60)
    return ran.stdout if ran.returncode == 0 else f"exit {ran.returncode}: {ran.stderr}"


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    different = 0
    for n in range(seed, seed + count):
        script = Generator(n).script()
        want, got = by_grub(script, False).rstrip(), by_kboot(program, script).rstrip()
        if [line.rstrip() for line in want.splitlines()] != [line.rstrip() for line in got.splitlines()]:
            different += 1
            print(f"--- seed {n}\n{script}--- GRUB\n{want}\n--- kboot\n{got}")
    print(f"{count} scripts, {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
