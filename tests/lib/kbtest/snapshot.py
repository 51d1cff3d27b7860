# SPDX-License-Identifier: GPL-2.0-or-later
"""States of machines, saved once and kept in the cache, so that not every test waits for the same kernel to start.

A state goes on where it was saved, on QEMU's own clock: the machine does not notice. It is good for the same QEMU on the
same processor, whose time stamp counter the machine has measured.
"""

import re
import shutil
import tempfile
from pathlib import Path

from . import control, machine
from .cache import cached

SOURCES = [__file__, machine.__file__, control.__file__]


def _host():
    """What a state depends on, of this machine."""
    qemu = Path(shutil.which("qemu-system-x86_64")).stat()
    processor = re.search(r"^model name\s*:(.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.M)
    return machine.accelerator(), qemu.st_size, qemu.st_mtime_ns, processor and processor.group(1)


def state(name, sources, ready, parameters, **options):
    """The state of a machine of these options when ready(machine) has returned: an open file for Machine(incoming=…).

    It is made anew when a file of `sources`, or a parameter, is another one than before.
    """
    def build(target):
        with tempfile.TemporaryDirectory() as logs, machine.Machine(logs, **options) as vm:
            ready(vm)
            vm.save(target)

    while True:
        path = cached(f"state-{name}", [*SOURCES, *sources], build, _host(), parameters)
        try:
            return open(path, "rb")
        except FileNotFoundError:
            pass  # another checkout's tests have just replaced it by their own
