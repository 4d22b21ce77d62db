# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Certificates for tests, made by openssl: a root, an intermediate below it,
and whatever they issue."""

import os
import subprocess

import harness
from tap import check

CA = """\
[ca]
default_ca = it
[it]
database = {dir}/index
rand_serial = yes
new_certs_dir = {dir}
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
[req]
distinguished_name = none
[none]
"""


class Authority:
    """Files in a workspace: NAME.pem (with the intermediate behind it) and
    NAME.key for what issue() makes, root.pem for those who trust it."""

    def __init__(self, ws, name="root"):
        self.ws, self.name = ws, name
        self.openssl = harness.installed("openssl", "openssl")
        self.dir = ws.path(name + ".ca")
        os.mkdir(self.dir)
        self.conf = os.path.join(self.dir, "conf")
        with open(self.conf, "w") as f:
            f.write(CA.format(dir=self.dir))
        with open(os.path.join(self.dir, "index"), "w"):
            pass
        self.root = ws.path(name + ".pem")
        self._key(name)
        self._run("req", "-x509", "-new", "-key", ws.path(name + ".key"),
                  "-config", self.conf, "-subj", "/CN=Tests %s" % name,
                  "-days", "3", "-out", self.root,
                  "-addext", "basicConstraints=critical,CA:true")
        self._make("middle-" + name, name, "basicConstraints=critical,CA:true",
                   "Tests middle", None, None)
        with open(ws.path("middle-%s.pem" % name)) as f:
            self.middle = f.read()

    def _run(self, *argv):
        done = subprocess.run((self.openssl,) + argv, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL)
        check(done.returncode == 0, "openssl %s: %s" % (argv[0], done.stderr))

    def _key(self, name):
        path = self.ws.path(name + ".key")
        self._run("genpkey", "-algorithm", "EC", "-pkeyopt",
                  "ec_paramgen_curve:P-256", "-out", path)
        os.chmod(path, 0o600)
        return path

    def _make(self, name, issuer, extension, common, start, end):
        ws = self.ws
        request, pem = ws.path(name + ".csr"), ws.path(name + ".pem")
        self._run("req", "-new", "-key", self._key(name), "-config", self.conf,
                  "-subj", "/CN=" + common, "-out", request)
        extensions = ws.write(name + ".ext", extension + "\n")
        self._run("ca", "-batch", "-notext", "-config", self.conf,
                  "-cert", ws.path(issuer + ".pem"),
                  "-keyfile", ws.path(issuer + ".key"), "-in", request,
                  "-out", pem, "-extfile", extensions,
                  *(("-startdate", start, "-enddate", end) if start
                    else ("-days", "2")))
        return pem

    def issue(self, name, names="DNS:localhost", start=None, end=None,
              common="test", chain=True):
        """start, end: like "20200101000000Z". Returns the certificate's file;
        its key stands beside it."""
        pem = self._make(name, "middle-" + self.name,
                         "subjectAltName=" + names if names else
                         "basicConstraints=CA:false", common, start, end)
        if chain:
            with open(pem, "a") as f:
                f.write(self.middle)
        return pem

    def key(self, name):
        return self.ws.path(name + ".key")
