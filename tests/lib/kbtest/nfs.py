# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine with Debian's kernel NFS server, and the cable between it and the machine under test.

It also answers DHCP, DNS, NTP and IPv6 router solicitations, so that a machine on the cable finds a network as
in an office. Everything comes from Debian's packages by mmdebstrap, without root, and is kept in the cache.
"""

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from . import cpio, debian, disks, small, snapshot
from .cache import cached, run
from .machine import Disk, Machine

HERE = Path(__file__).parent
INIT = HERE / "nfs-server-init.sh"

ADDRESS, ADDRESS6, PORT2 = "10.7.0.1", "fd07::1", 2050
# Of the proxyDHCP server beside the DHCP server.
PROXY_ADDRESS = "10.7.0.2"
# Takes connections and never says a word.
MUTE_PORT = 2052
# Nobody has this one.
DEAD = "10.7.0.9"
# DHCP ignores the one, and gives the other an address that is a network of its own, with its gateway by a classless route.
SIX_MAC, ROUTES_MAC = "52:54:00:07:00:18", "52:54:00:07:00:19"
SERVER_MAC = "52:54:00:07:00:01"
NAME = "nfs.kboot.test"
WEB_NAME = "www.mydoma.in"  # what it has exported is there by HTTP, too

PACKAGES = "linux-image-amd64,nfs-kernel-server,rpcbind,dnsmasq-base,busybox-static,chrony"
PROGRAMS = ["usr/sbin/rpc.nfsd", "usr/sbin/rpc.mountd", "usr/sbin/exportfs", "usr/sbin/dnsmasq", "usr/sbin/chronyd", "sbin/rpcbind"]
MODULES = ["virtio_pci", "virtio_blk", "crc32c_generic", "ext4", "virtio_net", "nfsd"]
LIBRARY_FOLDERS = ["lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"]
LOADER = "lib64/ld-linux-x86-64.so.2"

EXPORTS = f"""/export *(ro,no_subtree_check,no_root_squash,insecure)
/export/deep/inside *(ro,no_subtree_check,no_root_squash,insecure)
/denied 10.9.9.9(ro,no_subtree_check)
"""
DNSMASQ = f"""user=root
no-resolv
no-hosts
no-ping
bind-interfaces
local=/#/
dhcp-authoritative
dhcp-leasefile=/run/dnsmasq.leases
pid-file=/run/dnsmasq.pid
dhcp-range=10.7.0.50,10.7.0.99,1h
dhcp-option=option:dns-server,{ADDRESS}
dhcp-option=option:ntp-server,{ADDRESS}
dhcp-range=fd07::,ra-only
enable-ra
domain=kboot.test
host-record={NAME},{ADDRESS}
host-record=six.kboot.test,{ADDRESS6}
host-record=dead.kboot.test,{DEAD}
host-record={WEB_NAME},{ADDRESS}
enable-tftp
tftp-root=/export
dhcp-host=52:54:00:07:00:12,set:pxelinux
dhcp-host=52:54:00:07:00:13,set:ipxe
dhcp-host=52:54:00:07:00:14,set:grub
dhcp-host={SIX_MAC},ignore
dhcp-host={ROUTES_MAC},set:routes
dhcp-option-force=tag:routes,option:netmask,255.255.255.255
dhcp-option=tag:routes,121,{ADDRESS}/32,0.0.0.0,0.0.0.0/0,{ADDRESS}
dhcp-boot=tag:pxelinux,pxelinux.0
dhcp-boot=tag:ipxe,http://{WEB_NAME}/boot.ipxe
dhcp-boot=tag:grub,grubx64.efi
dhcp-host=52:54:00:07:00:16,set:installer
dhcp-boot=tag:installer,installer/pxelinux.0
"""
# It has a menu of its own, and a word for one machine only, whose DHCP server names no file.
PROXY_MAC = "52:54:00:07:00:15"
PROXY = f"""user=root
port=0
bind-interfaces
listen-address={PROXY_ADDRESS}
pid-file=/run/proxy.pid
dhcp-leasefile=/run/proxy.leases
dhcp-range=10.7.0.0,proxy
dhcp-mac=set:proxy,{PROXY_MAC}
dhcp-ignore=tag:!proxy
pxe-service=tag:proxy,x86PC,Installers,pxelinux,{ADDRESS}
pxe-service=tag:proxy,x86PC,Scripts,boot.ipxe,{ADDRESS}
pxe-prompt=tag:proxy,Choose,20
"""
# What each of these machines is to boot, by the address of its card.
BOOTS = {"52:54:00:07:00:12": "pxelinux", "52:54:00:07:00:13": "ipxe", "52:54:00:07:00:14": "grub", PROXY_MAC: "proxy",
         "52:54:00:07:00:16": "installer"}
PXELINUX = """DEFAULT pxe
LABEL pxe
  MENU LABEL By %s
  KERNEL vmlinuz
  INITRD initrd.img
  APPEND %s nonce=by-%s
  IPAPPEND 2
"""
IPXE = f"""#!ipxe
:start
menu What shall it be?
item --gap -- Systems
item linux By iPXE
item other Something else
choose --default linux --timeout 60000 it && goto ${{it}} || exit
:linux
kernel http://${{next-server}}/vmlinuz initrd=initrd.img {disks.CONSOLES} nonce=by-${{it}} platform=${{platform}} mac=${{net0/mac}}
initrd initrd.img
initrd note /proof/of/note mode=600 mkdir=-1
boot || goto start
:other
shell
"""
GRUB = f"""set timeout=60
menuentry "By GRUB" {{
  linux /vmlinuz {disks.CONSOLES} nonce=by-grub
  initrd /initrd.img
}}
"""
FILES = {
    "etc/exports": EXPORTS,
    "etc/dnsmasq.conf": DNSMASQ,
    "etc/chrony.conf": "local stratum 3\nallow\ncmdport 0\nbindcmdaddress /\npidfile /run/chronyd.pid\nuser root\n",
    "etc/hosts": "127.0.0.1 localhost\n",
    "etc/nsswitch.conf": "hosts: files\n",
    "etc/passwd": "root:x:0:0:root:/:/bin/sh\n_rpc:x:100:65534::/run/rpcbind:/bin/false\nnobody:x:65534:65534::/:/bin/false\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "denied/vmlinuz": "not for you\n",
    "export/deep/inside/file": "deep\n",
    "etc/proxy.conf": PROXY,
    "export/pxelinux.cfg/01-52-54-00-07-00-12": PXELINUX % ("PXELINUX", disks.CONSOLES, "pxelinux"),
    "export/pxelinux.cfg/01-52-54-00-07-00-15": PXELINUX % ("a proxy", disks.CONSOLES, "proxy"),
    "export/boot.ipxe": IPXE,
    "export/note": "a note of the server\n",
    "export/grub/grub.cfg-01-52-54-00-07-00-14": GRUB,
}


class Parts(NamedTuple):
    kernel: Path
    initrd: Path
    disk: Path


def _debian(folder):
    """Debian's packages, unpacked and not installed."""
    tar = folder / "debian.tar"
    mirror = os.environ.get("KBOOT_MIRROR", "http://deb.debian.org/debian").rstrip("/")
    run("mmdebstrap", "--variant=extract", f"--include={PACKAGES}", "--aptopt=APT::Install-Recommends \"false\"",
        debian.SUITE, tar, f"deb {mirror} {debian.SUITE} main",
        f"deb {mirror}-security {debian.SUITE}-security main")
    run("tar", "-xf", tar, "-C", folder, "--no-same-owner", "--exclude=./dev/*")
    tar.unlink()
    return folder


def _library(tree, name):
    for folder in LIBRARY_FOLDERS:
        if (tree / folder / name).exists():
            return f"{folder}/{name}"
    raise RuntimeError(f"no library {name} below {tree}")


def _with_libraries(tree, programs):
    """The programs and what they are linked with, as paths below the tree."""
    found, pending = {LOADER}, list(programs)
    while pending:
        path = pending.pop()
        if path not in found:
            found.add(path)
            needed = re.findall(r"NEEDED.*\[(.*)\]", run("readelf", "-d", tree / path))
            pending += [_library(tree, name) for name in needed if not name.startswith("ld-linux")]
    return sorted(found)


def _copy(tree, path, target):
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy((tree / path).resolve() if (tree / path).is_symlink() else tree / path, target / path)


def _write(target, path, content, mode=0o644):
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    (target / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    (target / path).chmod(mode)


def _init():
    text = INIT.read_text(encoding="utf-8")
    for name in ("ADDRESS6", "ADDRESS", "PROXY_ADDRESS", "PORT2", "MUTE_PORT"):
        text = text.replace(f"@{name}@", str(globals()[name]))
    return text.encode()


def _build_disk(tree, target, folder):
    root = folder / "root"
    for name in ("proc", "sys", "dev", "run", "var/lib/nfs", "tmp", "export/deep/inside", "export/installer", "denied"):
        (root / name).mkdir(parents=True)
    for path in [*_with_libraries(tree, PROGRAMS), "bin/busybox", "etc/netconfig", "etc/services", "etc/protocols"]:
        _copy(tree, path, root)
    for path, content in FILES.items():
        _write(root, path, content)
    _write(root, "sbin/init", _init(), 0o755)
    shutil.copy(small.kernel(), root / "export/vmlinuz")
    shutil.copy(debian.parts().kernel, root / "export/vmlinuz-debian")
    shutil.copy(disks.rescue_initrd(), root / "export/initrd.img")
    run("mke2fs", "-q", "-F", "-t", "ext4", "-d", root, "-E", "root_owner=0:0,lazy_itable_init=0",
        "-U", "a0c3f0f6-6f0c-4bb1-9d67-2b1f0a5e7d07", target / "disk.img", "64m")


def _modules(tree, version):
    """Our modules and all they need, as {path: content}, with a modules.dep that modprobe reads."""
    run("depmod", "-b", tree, version)
    top = tree / "lib/modules" / version
    needs = {}
    for line in (top / "modules.dep").read_text(encoding="ascii").splitlines():
        path, _, rest = line.partition(":")
        needs[path] = rest.split()
    by_name = {Path(path).name.split(".ko")[0].replace("-", "_"): path for path in needs}
    wanted = set()
    for name in MODULES:
        wanted |= {by_name[name], *needs[by_name[name]]}
    files = {f"/lib/modules/{version}/{path}": (top / path).read_bytes() for path in sorted(wanted)}
    lines = [f"{path}: {' '.join(needs[path])}".rstrip() + "\n" for path in sorted(wanted)]
    files[f"/lib/modules/{version}/modules.dep"] = "".join(lines).encode()
    return files


def _build_initrd(tree, target, version):
    files = {"/bin/busybox": ((tree / "bin/busybox").read_bytes(), 0o755), "/init": (_init(), 0o755),
             "/initramfs": " ".join(MODULES).encode() + b"\n", "/dev/console": cpio.Node(5, 1)}
    for folder in ("/proc", "/sys", "/disk"):
        files[folder] = None
    files.update(_modules(tree, version))
    (target / "initrd.img").write_bytes(cpio.archive(files))


def _build(target):
    print("fetching Debian's NFS server for the VM tests (a minute, once) …", flush=True)
    target.mkdir()
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        tree = Path(scratch) / "debian"
        tree.mkdir()
        _debian(tree)
        kernel = next((tree / "boot").glob("vmlinuz-*"))
        shutil.copy(kernel, target / "vmlinuz")
        _build_initrd(tree, target, kernel.name.removeprefix("vmlinuz-"))
        _build_disk(tree, target, Path(scratch))


def parts():
    """The files that make the server, fetched and built on first use."""
    # What it exports counts, not how that was made: disks.py changes more often.
    exported = hashlib.sha256(disks.rescue_initrd().read_bytes()).hexdigest()
    top = cached("nfs-server", [__file__, INIT, *small.SOURCES], _build, debian.parts().version, exported)
    return Parts(top / "vmlinuz", top / "initrd.img", top / "disk.img")


def _card(cable, server, mac):
    return ["-netdev", f"stream,id=cable,server={'on' if server else 'off'},addr.type=unix,addr.path={cable}",
            "-device", f"virtio-net-pci,netdev=cable,mac={mac},romfile="]


def card(cable, mac="52:54:00:07:00:02"):
    """QEMU's arguments for a network card at the far end of a server's cable."""
    return _card(cable, False, mac)


def start(logs, cable, nfsd="", disk=None):
    """The server's machine; `cable` is the path of a socket that is made. `nfsd`: arguments for rpc.nfsd, separated by
    commas. `disk`: an image that the server has by TFTP below installer. It stands still until `serve`: QEMU 7.2 dies of a packet that is sent before the cable has another end."""
    files = parts()
    options = {"kernel": files.kernel, "initrd": files.initrd, "memory_mib": 256,
               "append": f"console=ttyS0 quiet panic=-1 nfsd={nfsd}",
               "disks": [Disk(str(path), name, "virtio") for path, name in ((files.disk, "server"), (disk, "more")) if path]}
    with tempfile.TemporaryDirectory() as scratch:
        name = f"nfs-server{nfsd.replace(',', '')}{'-more' if disk else ''}"
        state = snapshot.state(name, [*files, *([disk] if disk else [])], _wait_ready, options["append"],
                               extra=_card(f"{scratch}/cable", True, SERVER_MAC), **options)
    with state:
        return Machine(logs, incoming=state, extra=["-S", *_card(cable, True, SERVER_MAC)], **options)


def serve(machine):
    """Let the server go on, now that another machine is at the other end of its cable. It serves at once."""
    machine.qmp.command("cont")


def _wait_ready(machine):
    said = machine.wait_serial(r"^NFS-SERVER: (.*?)\r?\n", 180, what="the NFS server").group(1)
    if said != b"ready":
        raise AssertionError(machine.report(f"the NFS server says: {said.decode()}"))
