#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""uki_case.py GOLDEN_UKI KBOOT: unified kernel images with all that their stub would pick up.

What must come out is built here from systemd-stub(7) and the cpio format, by code that shares nothing with kboot's.
"""

import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from kbtest import kernels  # noqa: E402

GOLDEN_UKI, KBOOT = sys.argv[1:3]
IMAGE = "EFI/Linux/a+3-1.efi"
BESIDE = "EFI/Linux/a.efi.extra.d/"
KERNEL = kernels.bzimage()


def padded(data):
    return data + bytes(-len(data) % 4)


def member(inode, name, mode, data=b""):
    fields = inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0
    return padded(b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0") + padded(data)


def archive(folder, folder_mode, file_mode, files):
    """Files of one folder: (name, content) in their order."""
    above = [folder[:at] for at, c in enumerate(folder) if c == "/"]
    members = [(path, 0o40555, b"") for path in above] + [(folder, 0o40000 | folder_mode, b"")]
    members += [(f"{folder}/{name}", 0o100000 | file_mode, data) for name, data in files]
    return b"".join(member(n + 1, *m) for n, m in enumerate(members)) + member(0, "TRAILER!!!", 0)


class UkiTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree, self.out = pathlib.Path(folder.name, "tree"), pathlib.Path(folder.name, "out")
        self.out.mkdir()
        self.write(IMAGE, kernels.uki((".linux", KERNEL), (".initrd", b"070701 base"), (".cmdline", b" root=x\nquiet \0"),
                                      (".uname", b"6.1.0\0"), (".osrel", b"ID=x\n")))

    def write(self, name, data):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def load(self, *initrds, args="", room=1 << 30, kernel=IMAGE):
        return subprocess.run([GOLDEN_UKI, self.tree, self.out, str(room), args, f"sda1:/{kernel}",
                               *(f"sda1:/{name}" for name in initrds)], text=True, stdout=subprocess.PIPE, check=False)

    def loaded(self, *initrds, **how):
        done = self.load(*initrds, **how)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        names = (self.out / "names").read_text().splitlines()
        return [(self.out / f"initrd.{n}").read_bytes() for n in range(len(names))]

    def text(self, name):
        return (self.out / name).read_text()

    OSREL = archive(".extra", 0o555, 0o444, [("os-release", b"ID=x\n")])

    def test_alone(self):
        self.assertEqual(self.loaded(), [b"070701 base", self.OSREL])
        self.assertEqual((self.out / "kernel").read_bytes()[:len(KERNEL)], KERNEL)
        self.assertEqual(self.text("args"), "root=x quiet")
        self.assertEqual(self.text("plan"), "")

    def test_everything_in_the_stubs_order(self):
        self.write(IMAGE, kernels.uki(
            (".linux", KERNEL), (".ucode", b"image ucode"), (".initrd", b"image initrd"), (".cmdline", b"own"),
            (".osrel", b"ID=x\n"), (".pcrsig", b"{}"), (".pcrpkey", b"PEM"), (".profile", b"ID=main\n"),
            (".profile", b"ID=other\n"), (".cmdline", b"other"), (".dtb", b"\xd0\x0d\xfe\xed the image's")))
        self.write("loader/addons/b.addon.efi", kernels.uki((".cmdline", b"global-b"), (".ucode", b"ucode b"), (".initrd", b"initrd b")))
        self.write("loader/addons/a.ADDON.EFI", kernels.uki((".cmdline", b"\tglobal-a\n"), (".ucode", b"ucode a")))
        self.write(BESIDE + "0.addon.efi", kernels.uki((".cmdline", b"local"), (".initrd", b"initrd 0"), (".dtb", b"\xd0\x0d\xfe\xed the addon's")))
        for name, data in (("z.cred", b"zz"), ("A.cred", b"aaaa"), ("old.raw", b"old"), ("s.sysext.raw", b"sys"),
                           ("c.confext.raw", b"conf"), (".hidden.cred", b"no"), ("\u00e4.cred", b"no"), ("x.txt", b"no")):
            self.write(BESIDE + name, data)
        (self.tree / BESIDE / "folder.cred").mkdir()
        self.write("loader/credentials/g.cred", b"global")
        self.write("loader/extensions/g.sysext.raw", b"gs")
        self.write("loader/extensions/g.confext.raw", b"gc")
        self.write("given", b"given")
        self.assertEqual(self.loaded("given", args="@1"), [
            b"ucode b", b"ucode a", b"image ucode", b"given", b"image initrd",
            archive(".extra/credentials", 0o500, 0o400, [("A.cred", b"aaaa"), ("z.cred", b"zz")]),
            archive(".extra/global_credentials", 0o500, 0o400, [("g.cred", b"global")]),
            archive(".extra/sysext", 0o555, 0o444, [("old.raw", b"old"), ("s.sysext.raw", b"sys")]),
            archive(".extra/global_sysext", 0o555, 0o444, [("g.sysext.raw", b"gs")]),
            archive(".extra/confext", 0o555, 0o444, [("c.confext.raw", b"conf")]),
            archive(".extra/global_confext", 0o555, 0o444, [("g.confext.raw", b"gc")]),
            archive(".extra", 0o555, 0o444, [("tpm2-pcr-signature.json", b"{}")]),
            archive(".extra", 0o555, 0o444, [("tpm2-pcr-public-key.pem", b"PEM")]),
            self.OSREL,
            archive(".extra", 0o555, 0o444, [("profile", b"ID=other\n")]),
            b"initrd b", b"initrd 0"])
        self.assertEqual(self.text("args"), "other global-a global-b local")
        self.assertEqual((self.out / "dtb").read_bytes(), b"\xd0\x0d\xfe\xed the addon's")
        self.assertEqual(self.text("plan"), "addon    sda1:/loader/addons/a.ADDON.EFI\naddon    sda1:/loader/addons/b.addon.efi\n"
                         "addon    sda1:/EFI/Linux/a.efi.extra.d/0.addon.efi\n")

    def test_given_arguments_replace_its_own_and_addons_follow(self):
        self.write("loader/addons/a.addon.efi", kernels.uki((".cmdline", b"more")))
        self.loaded(args="given words")
        self.assertEqual(self.text("args"), "given words more")

    def test_what_is_no_addon_of_this_image_is_left_out(self):
        cmdline = (".cmdline", b"no")
        good = kernels.uki((".cmdline", b"yes"), (".uname", b"6.1.0"))
        self.write("loader/addons/0.addon.efi", kernels.uki(cmdline, (".uname", b"6.2.0")))
        self.write("loader/addons/1.addon.efi", kernels.uki(cmdline, (".linux", KERNEL)))
        self.write("loader/addons/2.addon.efi", kernels.uki((".splash", b"picture")))
        self.write("loader/addons/3.addon.efi", b"text")
        self.write("loader/addons/4.addon.efi", kernels.uki(cmdline).replace(b"PE\0\0" + struct.pack("<H", 0x8664),
                                                                             b"PE\0\0" + struct.pack("<H", 0xAA64)))
        self.write("loader/addons/5.addon.efi", good)
        self.assertEqual(self.loaded(), [b"070701 base", self.OSREL])
        self.assertEqual(self.text("args"), "root=x quiet yes")
        self.assertEqual(self.text("plan"), """\
left out sda1:/loader/addons/0.addon.efi is for the kernel 6.2.0, not for 6.1.0
left out sda1:/loader/addons/1.addon.efi is no addon
left out sda1:/loader/addons/2.addon.efi is no addon
left out sda1:/loader/addons/3.addon.efi is damaged: its EFI headers lead nowhere
left out sda1:/loader/addons/4.addon.efi is for another kind of machine
addon    sda1:/loader/addons/5.addon.efi
""")

    def test_extra_files_of_an_entry(self):
        for name in "x.cred", "y.SYSEXT.raw", "z.confext.raw", "disk.raw":
            self.write(name, name.encode())
        self.assertEqual(self.loaded("x.cred", "y.SYSEXT.raw", "z.confext.raw", "disk.raw")[:4], [
            archive(".extra/credentials", 0o500, 0o400, [("x.cred", b"x.cred")]),
            archive(".extra/sysext", 0o555, 0o444, [("y.SYSEXT.raw", b"y.SYSEXT.raw")]),
            archive(".extra/confext", 0o555, 0o444, [("z.confext.raw", b"z.confext.raw")]),
            b"disk.raw"])
        self.assertEqual(self.text("names").splitlines()[0], "sda1:/x.cred (credentials)")

    def test_an_entry_with_a_profile_and_extra_files(self):
        self.write("x.cred", b"x")
        self.write("loader/entries/e.conf", b"title E\nuki /EFI/Linux/a+3-1.efi\nprofile 1\nextra /x.cred\n")
        self.write(IMAGE, kernels.uki((".linux", KERNEL), (".cmdline", b"main"), (".profile", b"ID=a"), (".profile", b"ID=b"),
                                      (".cmdline", b"second")))
        done = subprocess.run([KBOOT, "boot", "e.conf", "--dry-run", "--device", f"sda1={self.tree}"], text=True,
                              stdout=subprocess.PIPE, check=False)
        self.assertIn("\ninitrd   sda1:/x.cred (credentials)  (", done.stdout)
        self.assertIn("\nargs     second\n", done.stdout)

    def test_zero_bytes_follow_a_section_up_to_its_size_in_memory(self):
        image = bytearray(kernels.uki((".linux", KERNEL), (".initrd", b"x" * 512)))
        table = image.index(b".initrd")
        struct.pack_into("<I", image, table + 8, 600)
        self.write(IMAGE, bytes(image))
        self.assertEqual(self.loaded(), [b"x" * 512 + bytes(88)])

    def test_nothing_is_larger_than_there_is_room_for(self):
        with open(self.tree / "big.cred", "wb") as file:
            file.truncate(3 << 30)
        (self.tree / BESIDE).mkdir()
        (self.tree / "big.cred").rename(self.tree / BESIDE / "big.cred")
        done = self.load(room=1 << 20)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"^sda1:/EFI/Linux/a.efi.extra.d/big.cred takes 3,221,225,472 bytes, "
                                      r"and there is memory for 1,0\d\d,\d\d\d\n$")

    def test_the_plan_names_each_part(self):
        self.write("loader/addons/a.addon.efi", kernels.uki((".cmdline", b"more"), (".initrd", b"070701")))
        self.write(BESIDE + "p.cred", b"secret")
        done = subprocess.run([KBOOT, "boot", "a.efi", "--dry-run", "--device", f"sda1={self.tree}"], text=True,
                              stdout=subprocess.PIPE, check=False)
        lines = done.stdout.splitlines()
        self.assertEqual([line.split("  (")[0] for line in lines[1:] if not line.startswith("writes ")], [
            "initrd   sda1:/EFI/Linux/a+3-1.efi (.initrd)",
            "initrd   sda1:/EFI/Linux/a.efi.extra.d (credentials)",
            "initrd   sda1:/EFI/Linux/a+3-1.efi (.osrel)",
            "initrd   sda1:/loader/addons/a.addon.efi (.initrd)",
            "addon    sda1:/loader/addons/a.addon.efi",
            "args     root=x quiet more",
            lines[-1]])
        self.assertNotIn("secret", done.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
