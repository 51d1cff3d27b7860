# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs of our own for machines under test, which need nothing there: stopped-clients.c, die-with-me.c."""

from pathlib import Path

from .cache import cached, run

HERE = Path(__file__).parent
FLAGS = """-Os -Wall -Wextra -Werror -std=gnu17 -ffreestanding -fno-pie -no-pie -fno-stack-protector
-fno-asynchronous-unwind-tables -fcf-protection=none -nostdlib -static -s
-Wl,-e,start,-z,noseparate-code,-z,noexecstack,--build-id=none""".split()


def program(name):
    """The bytes of one of them."""
    source = HERE / f"{name}.c"
    return cached(name, [__file__, HERE / "bare.h", source], lambda target: run("gcc", *FLAGS, "-o", target, source)).read_bytes()


def files(*names):
    """For `start_kboot`: each as /kbtest/NAME."""
    return {f"/kbtest/{name}": (program(name), 0o755) for name in names}
