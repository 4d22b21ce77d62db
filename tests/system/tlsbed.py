# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""tipringd between servers that speak TLS."""

import os

import certs
import harness
from tap import wait
from tlsphone import TlsPhone

CONFIG = """\
country = "us";
log = "debug";
sip = {{ listen = [ {listen} ]; }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
control = "{control}";
cdr = {{ file = ""; journal = false; }};
{more}
trunks = ( {trunks} );
"""


class Bed:
    """tipringd without lines, and its trunks."""

    def __init__(self):
        self.ws = harness.Workspace()
        self.ca = certs.Authority(self.ws)
        self.phones = []
        self.gateway = None

    def phone(self, *argv, **more):
        phone = TlsPhone(*argv, **more)
        self.phones.append(phone)
        return phone

    def secret(self, text="a long way to Tipperary"):
        path = self.ws.write("secret", text + "\n")
        os.chmod(path, 0o600)
        return path

    def config(self, trunks, listen="", more=""):
        rtp = harness.free_ports(20)
        self.sip = getattr(self, "sip", None) or harness.free_ports(2)
        return CONFIG.format(
            listen=listen or '"udp:127.0.0.1:%d"' % self.sip, rtp=rtp,
            rtp_last=rtp + 19, control=self.ws.path("control"), more=more,
            trunks=",\n".join(trunks))

    def start(self, trunks, **more):
        self.gateway = harness.Gateway(self.ws, self.config(trunks, **more),
                                       self.ws.path("control"))

    def trunk(self, name="acme"):
        for t in self.gateway.json("trunks")["trunks"]:
            if t["name"] == name:
                return t

    def wait_up(self, name="acme", seconds=20):
        wait("trunk %s up (%s)" % (name, self.trunk(name)), seconds,
             lambda: self.trunk(name)["up"])

    def __enter__(self):
        return self

    def __exit__(self, kind, why, trace):
        try:
            if kind:
                self.ws.tails()
            elif self.gateway:
                self.gateway.stop()
        finally:
            for phone in self.phones:
                phone.close()
            self.ws.close()


def trunk(port, more="", name="acme", server="localhost"):
    return '{ name = "%s"; server = "%s"; port = %d; transport = "tls"; ' \
        'options = 2; %s }' % (name, server, port, more)


def ca_file(b):
    return 'tls_ca_file = "%s";' % b.ca.root
