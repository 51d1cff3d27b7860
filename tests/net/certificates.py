# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates made for one test: an authority, and what it signs."""

import base64
import datetime
import hashlib
import ssl
import subprocess
from pathlib import Path

CONFIGURATION = """
[ca]
default_ca = a
[a]
dir = {folder}
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
x509_extensions = leaf
[any]
commonName = supplied
[leaf]
basicConstraints = CA:FALSE
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
"""


def day(offset):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=offset)).strftime("%y%m%d%H%M%SZ")


class Authority:
    def __init__(self, folder, name="authority", begin=-100):
        self.folder = Path(folder, name)
        self.folder.mkdir()
        (self.folder / "index").touch()
        (self.folder / "serial").write_text("01\n")
        (self.folder / "conf").write_text(CONFIGURATION.format(folder=self.folder))
        self.file = self.folder / "ca.pem"
        self.request("ca", f"/CN=kboot test {name}")
        self.sign("ca", begin, 100, "-selfsign", "-keyfile", self.folder / "ca.key", "-extensions", "authority")

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=self.folder)

    def request(self, name, subject, *extensions):
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject,
                     "-keyout", f"{name}.key", "-out", f"{name}.csr", *extensions)

    def sign(self, name, begin, end, *options):
        self.openssl("ca", "-batch", "-notext", "-config", "conf", "-in", f"{name}.csr", "-out", f"{name}.pem",
                     "-startdate", day(begin), "-enddate", day(end), *options)

    def pin(self, name):
        """Its public key as RFC 7469 writes it."""
        public = subprocess.run(["openssl", "pkey", "-in", f"{name}.key", "-pubout", "-outform", "der"], check=True,
                                capture_output=True, cwd=self.folder).stdout
        return "sha256//" + base64.b64encode(hashlib.sha256(public).digest()).decode()

    def context(self, names="IP:127.0.0.1", begin=-1, end=1, selfsigned=False, version=None):
        """What a server says of itself, valid from day to day."""
        self.request("leaf", "/CN=server", "-addext", f"subjectAltName={names}")
        signer = ["-selfsign", "-keyfile", "leaf.key"] if selfsigned else ["-cert", "ca.pem", "-keyfile", "ca.key"]
        self.sign("leaf", begin, end, *signer)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "leaf.pem", self.folder / "leaf.key")
        if version:
            context.minimum_version = context.maximum_version = version
        return context
