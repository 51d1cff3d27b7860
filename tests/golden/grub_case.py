#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""grub_case.py PROGRAM FOLDER: each script of FOLDER/scripts, run by PROGRAM (kboot, or grub-emu), must print what
FOLDER/expected says.

Scripts are cut at lines of "====". @FILES@ in one is the folder tests/golden/grub-files, as both see it. Of what GRUB
prints its own error messages do not count. A folder called menu… is about which entry is started: a script there has no
end of its own, and each body says "BOOT" and its title.

grub-emu made the expectations: with KBOOT_GOLDEN_UPDATE=1 it makes them again, kboot never does.
"""

import difflib
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

FILES = pathlib.Path(__file__).resolve().parent / "grub-files"
CUT = re.compile(r"^====\n", re.M)
SCREEN_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
PROGRESS = re.compile(r"\x1b\[\d+;\d+H *\[[^\]\x1b]*\]\x1b\[\d+;1H")
BANNER = "Welcome to GRUB!\n\n"
END = "@@END"
DEADLINE_S = 20


class Grub:
    """grub-emu on a terminal, with the grub.cfg of a folder."""

    def __init__(self, folder, rows=50, columns=1000):
        pathlib.Path(folder, "map").touch()
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(["grub-emu", "-d", folder, "-m", f"{folder}/map"], stdin=slave, stdout=slave,
                                        stderr=slave, start_new_session=True, env={"TERM": "xterm", "PATH": "/usr/bin:/bin"},
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))  # it ends with us
        os.close(slave)
        self.output = b""
        self.raw = ""  # what until() has answered, as it came

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.master)

    def has_crashed(self):
        """Once its terminal is closed: a signal ended it."""
        try:
            return self.process.wait(timeout=1) < 0
        except subprocess.TimeoutExpired:
            return False

    def send(self, keys):
        os.write(self.master, keys)

    def until(self, done):
        """What it writes until `done` is in it or it ends."""
        end = time.monotonic() + DEADLINE_S * float(os.environ.get("KBOOT_TEST_SLOW", "1"))
        done = re.compile(done)
        seen = 0
        while not (match := done.search(self.output, max(0, seen - 4096))) and time.monotonic() < end:
            seen = len(self.output)
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    part = os.read(self.master, 65536)
                except OSError:
                    break
                if not part:
                    break
                self.output += part
        n = match.end() if match else len(self.output)
        text, self.output = self.output[:n], self.output[n:]
        self.raw = text.decode("utf-8", "replace")
        return SCREEN_CODES.sub("", PROGRESS.sub("", self.raw)), match is not None


def by_grub(script, is_menu):
    with tempfile.TemporaryDirectory() as folder:
        host = f"(host){folder}"
        pathlib.Path(folder, "case.cfg").write_text(script, encoding="utf-8")
        wrapper = f"source {host}/case.cfg\n"
        wrapper += "set timeout=0\n" if is_menu else f"echo {END}\nhalt\n"
        pathlib.Path(folder, "grub.cfg").write_text(wrapper, encoding="utf-8")
        done = rb"BOOT [^\n]*\n" if is_menu else END.encode()
        with Grub(folder) as grub:
            text = grub.until(done)[0]
    text = text.split(BANNER, 1)[-1].split(END)[0]
    if is_menu:
        text = "".join(re.findall(r"^BOOT .*\n", text, re.M)[:1])
    text = re.sub(r"error: can't find command `.*?'\.\n", "", text, flags=re.S)
    return re.sub(r"error: .*\n", "", text)


def by_kboot(program, script, is_menu):
    with tempfile.NamedTemporaryFile("w", suffix=".cfg", encoding="utf-8") as file:
        file.write(script)
        file.flush()
        command = [program, "eval", file.name] + (["--json"] if is_menu else [])
        ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=DEADLINE_S * 3)
    if ran.returncode != 0 or "Sanitizer" in ran.stderr:
        return f"exit {ran.returncode}: {ran.stderr}"
    if not is_menu:
        return ran.stdout
    return "".join(f"BOOT {entry['title']}\n" for entry in json.loads(ran.stdout)["entries"] if entry["default"])


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    is_menu = folder.name.startswith("menu")
    is_grub = pathlib.Path(program).name == "grub-emu"
    if is_grub and not shutil.which(program):
        print("grub-emu is not installed")
        return 77
    scripts = CUT.split((folder / "scripts").read_text(encoding="utf-8"))
    answers = []
    for script in scripts:
        real = script.replace("@FILES@", str(FILES))
        answer = by_grub(real, is_menu) if is_grub else by_kboot(program, real, is_menu)
        answers.append("".join(line.rstrip() + "\n" for line in answer.replace(str(FILES), "@FILES@").splitlines()))
    if is_grub and os.environ.get("KBOOT_GOLDEN_UPDATE") == "1":
        (folder / "expected").write_text("====\n".join(answers), encoding="utf-8")
        return 0
    expected = CUT.split((folder / "expected").read_text(encoding="utf-8"))
    failures = int(len(expected) != len(answers))
    for script, want, got in zip(scripts, expected, answers):
        if want != got:
            failures += 1
            print(f"--- script\n{script}", end="")
            print("".join(difflib.unified_diff(want.splitlines(True), got.splitlines(True), "expected", "actual")))
    print(f"{len(scripts)} scripts, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
