# SPDX-License-Identifier: GPL-2.0-or-later
"""Things that take long to make are made once: a cache keyed by the text of what makes them."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path


def folder():
    path = Path(os.environ.get("KBOOT_CACHE") or Path.home() / ".cache/kboot") / "disks"
    path.mkdir(parents=True, exist_ok=True)
    return path


def run(*argv, stdin=None):
    """Run a tool and return its output, which is shown only when it fails."""
    environment = dict(os.environ, PATH=os.environ.get("PATH", "") + ":/usr/sbin:/sbin", LC_ALL="C.UTF-8")
    done = subprocess.run([str(arg) for arg in argv], input=stdin, env=environment, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError(f"{argv[0]} failed ({done.returncode}):\n{done.stdout.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")


def _remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def cached(name, sources, build, *parameters):
    """The thing `name`, made by build(path) unless it was made before from the same files and parameters.

    Safe for several processes at once: the second waits for the first. Older versions are removed.
    """
    digest = hashlib.sha256(repr(parameters).encode())
    for source in sources:
        digest.update(Path(source).read_bytes())
    target = folder() / f"{name}-{digest.hexdigest()[:16]}"
    with open(folder() / f".{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if target.exists():
            return target
        scratch = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder()))
        try:
            build(scratch / "result")
            for old in folder().glob(f"{name}-" + "[0-9a-f]" * 16):
                _remove(old)
            (scratch / "result").rename(target)
        finally:
            shutil.rmtree(scratch)
    return target
