# SPDX-License-Identifier: GPL-2.0-or-later
"""A Samba server on loopback, as whoever runs the test: its own port, configuration, users and log in one folder."""

import contextlib
import getpass
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

SMBD, PDBEDIT = "/usr/sbin/smbd", "/usr/bin/pdbedit"
# Two commas and an equals sign: what could end an option of mount(2), and begin another.
USER, PASSWORD = "kboot", "a,b,,sec=none"

GLOBAL = """[global]
	server role = standalone server
	workgroup = KBOOT
	interfaces = lo
	bind interfaces only = yes
	smb ports = {port}
	passdb backend = tdbsam:{folder}/passdb.tdb
	username map = {folder}/users
	guest account = {account}
	map to guest = Bad User
	private dir = {folder}
	lock directory = {folder}
	state directory = {folder}
	cache directory = {folder}
	pid directory = {folder}
	ncalrpc dir = {folder}/ncalrpc
	log file = {folder}/log
	load printers = no
	disable spoolss = yes
	printing = bsd
	printcap name = /dev/null
	usershare max shares = 0
	{more}
"""
SHARE = """[{name}]
	path = {path}
	read only = yes
	{more}
"""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextlib.contextmanager
def serve(folder, shares, more=""):
    """shares: a folder and further lines of smb.conf by each name. Yields the port. USER is whoever runs the test."""
    folder = Path(folder)
    folder.mkdir(mode=0o700)
    account, port = getpass.getuser(), free_port()
    conf = folder / "smb.conf"
    conf.write_text(GLOBAL.format(port=port, folder=folder, account=account, more=more)
                    + "".join(SHARE.format(name=name, path=path, more=lines) for name, (path, lines) in shares.items()),
                    encoding="utf-8")
    (folder / "users").write_text(f"{account} = {USER}\n", encoding="utf-8")
    subprocess.run([PDBEDIT, f"--configfile={conf}", "--create", "--password-from-stdin", f"--user={account}"],
                   input=f"{PASSWORD}\n{PASSWORD}\n", text=True, check=True, capture_output=True)
    with open(folder / "output", "wb") as output:
        server = subprocess.Popen([SMBD, "--foreground", "--no-process-group", f"--configfile={conf}"],
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_for(server, port, folder)
        yield port
    finally:
        # Each connection has a process of its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait_for(server, port, folder):
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    said = "".join(path.read_text(errors="replace") for path in (folder / "output", folder / "log") if path.exists())
    raise AssertionError(f"smbd does not serve: {said[-2000:]}")
