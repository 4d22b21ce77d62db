# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""linphonec as a SIP peer without sound card: it speaks a WAV file and records what
it hears; what its user would type it is told by its standard input."""

import os
import re
import subprocess

import harness
from tap import check, wait

# Without ipv6_migration_done it once sets use_ipv6 as it likes.
CONFIG = """\
[sip]
sip_port={udp}
sip_tcp_port={tcp}
sip_tls_port={tls}
ipv6_migration_done=1
use_ipv6=0
bind_address=127.0.0.1
contact=sip:600@127.0.0.1
guess_hostname=0
default_proxy=-1
use_info=0
register_only_when_network_is_up=0
media_encryption={encryption}
media_encryption_mandatory={mandatory}
verify_server_certs=1
verify_server_cn=1
root_ca={ca}
client_cert_chain={certificate}
client_cert_key={key}

[net]
mtu=0

[rtp]
audio_rtp_port={rtp}

[sound]
echocancellation=0

[video]
enabled=0
display=0
capture=0
{more}"""


class Linphone:
    """transport: the one port that it opens. speech: what it says, over and over,
    from the beginning of each call."""

    def __init__(self, ws, speech, transport="udp", encryption="none",
                 mandatory=False, ca="", certificate="", key="", more="",
                 answer=True):
        path = harness.installed("linphonec", "linphone-cli")
        self.sip, self.ws = harness.free_ports(2), ws
        home = ws.path("linphone.%d" % self.sip)
        # Without this directory it opens no port, and says nothing about it.
        os.makedirs(os.path.join(home, ".local", "share", "linphone"))
        ports = {t: self.sip if t == transport else 0
                 for t in ("udp", "tcp", "tls")}
        rc = os.path.join(home, "rc")
        with open(rc, "w") as f:
            f.write(CONFIG.format(
                encryption=encryption, mandatory=int(mandatory), ca=ca,
                certificate=certificate, key=key, more=more,
                rtp=harness.free_ports(4), **ports))
        self.record, self.calls = os.path.join(home, "heard.wav"), 0
        self.log = os.path.join(home, "log")
        read, write = os.pipe()
        self.keys = os.fdopen(write, "w", buffering=1)
        self.process = ws.start("linphonec", [path, "-c", rc, "-d", "6", "-l",
                                              self.log] +
                                (["-a"] if answer else []),
                                stdin=read, env={"HOME": home})
        os.close(read)
        self.expect("Ready|linphonec> ")
        self.do("soundcard use files")
        self.expect("Using wav files")
        self.do("play " + speech)
        self.do("record " + self.record)

    def do(self, command):
        """What is said from here on can be expected."""
        self.calls = len(self.process.text())
        self.keys.write(command + "\n")

    def expect(self, pattern, seconds=30):
        wait("linphonec: " + pattern, seconds, lambda: re.search(
            pattern, self.process.text()[self.calls:]))

    def close(self):
        if self.keys.closed:
            return
        try:
            self.keys.write("quit\n")
            self.keys.close()
            self.process.child.wait(15)
        except (OSError, subprocess.TimeoutExpired):
            self.process.stop()

    def text(self):
        with open(self.log, errors="replace") as f:
            return f.read()
