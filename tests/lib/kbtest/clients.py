# SPDX-License-Identifier: GPL-2.0-or-later
"""Clients of the engine that never read what they are told (stopped-clients.c), for machines under test."""

from pathlib import Path

from .cache import cached, run

SOURCE = Path(__file__).with_name("stopped-clients.c")
FLAGS = """-Os -Wall -Wextra -Werror -std=gnu17 -ffreestanding -fno-pie -no-pie -fno-stack-protector
-fno-asynchronous-unwind-tables -fcf-protection=none -nostdlib -static -s
-Wl,-e,start,-z,noseparate-code,-z,noexecstack,--build-id=none""".split()


def stopped():
    """The path of the program."""
    return cached("stopped-clients", [__file__, SOURCE], lambda target: run("gcc", *FLAGS, "-o", target, SOURCE))
