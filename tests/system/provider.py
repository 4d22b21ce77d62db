# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A provider with servers that DNS names, and a gateway with two telephones that is
its customer; in a network of its own, which begins as this is imported."""

import atexit
import os

import dns
import harness
import namespace
from harness import Gateway, Pbx, Workspace
from phone import Phone, token
from tap import wait

namespace.enter()
place = Workspace()
atexit.register(place.close)
namespace.replace("/etc/resolv.conf", "nameserver 127.0.0.1\n", place.dir)
resolver = dns.Dns()

CONFIG = """\
country = "us";
log = "debug";
sip = {{ listen = [ "udp:127.0.0.1:{sip}" ]; }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
sim = {{ directory = "{lines}"; }};
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
timers = {{ no_response = 1000; }};
trunks = ( {trunks} );
lines = (
  {{ name = "phone-1"; port = "sim/1"; kind = "fxs"; number = "101";
    trunk = "prov"; digit_map = "[1-9]xx"; {line} }},
  {{ name = "phone-2"; port = "sim/2"; kind = "fxs"; number = "102";
    trunk = "prov"; digit_map = "[1-9]xx"; }}
);
{more}
"""
ACCOUNT = 'user = "1555"; secret_file = "@SECRET@"; register = true;'
TRUNK = '{ name = "prov"; server = "prov.test"; options = %d; %s }'


class Server(Phone):
    """A provider's server. mode: "good", "silent" or "503", for all but what
    `only` does not name. challenge(request, fields): what a registrar answers
    instead of 200, or None."""

    def __init__(self, user="600"):
        super().__init__(user)
        self.accounts, self.nonce = {"1555": "Xk3-tests-9"}, token()
        self.mode, self.only, self.seen = "good", None, []
        self.registrar = None

    def count(self, method):
        """How many such requests came, without repetitions."""
        return len({call for name, call in self.seen if name == method})

    def invites(self):
        return self.count("INVITE")

    def _take(self, m, source):
        if not m.response and m.method != "ACK":
            self.seen.append((m.method, m.get("call-id")))
        concerned = not m.response and (not self.only or
                                        m.method in self.only)
        if concerned and self.mode == "silent":
            return
        if concerned and self.mode == "503" and m.method != "ACK":
            self.send(self.response(m, 503, "Busy", tag=token()), source)
            return
        if m.method == "ACK" and m.get("call-id") not in self.calls:
            return
        super()._take(m, source)

    def _register(self, m, source):
        if self.registrar:
            answer = self.registrar(m)
            if answer:
                self.registers.append(m)
                self.send(self.response(m, *answer[:2], tag=token(),
                                        extra=answer[2:]), source)
                return
        super()._register(m, source)


class Site:
    """The gateway with two telephones, the provider's servers and DNS."""

    def __init__(self, trunk="", options=1, servers=2, line="", more="",
                 trunks=None, ttl=1):
        self.ws = Workspace()
        self.servers = servers if isinstance(servers, list) else \
            [Server() for _ in range(servers)]
        resolver.mode, resolver.ttl = "good", ttl
        resolver.zone.clear()
        self.publish(*self.servers)
        secret = self.ws.write("secret", "Xk3-tests-9\n")
        os.chmod(secret, 0o600)
        try:
            self.pbx = Pbx(self.ws, fxs="", fxo="1-2", count=2)
            self.sip = harness.free_ports(2)
            rtp = harness.free_ports(40)
            self.gateway = Gateway(self.ws, CONFIG.format(
                sip=self.sip, rtp=rtp, rtp_last=rtp + 39, line=line, more=more,
                lines=self.pbx.directory, control=self.ws.path("control"),
                cdr=self.ws.path("cdr.json"),
                trunks=trunks or TRUNK % (options, trunk)).replace(
                    "@SECRET@", secret).replace(
                    "@PROXY@", str(self.servers[0].port)), self.ws.path("control"), self.ws.path("cdr.json"))
        except BaseException:
            self.ws.tails()
            self.ws.close()
            raise

    def publish(self, *servers, name="_sip._udp.prov.test"):
        """SRV records, the first one with the best priority."""
        zone = {("prov.test", 0): []}
        records = []
        for n, server in enumerate(servers):
            host = "s%d.prov.test" % n
            zone[host, dns.A] = ["127.0.0.1"]
            records.append((10 * (n + 1), 0, server.port, host))
        zone[name, dns.SRV] = records
        resolver.zone.clear()
        resolver.zone.update(zone)

    def trunk(self, name="prov"):
        return next(t for t in self.gateway.json("trunks")["trunks"]
                    if t["name"] == name)

    def wait_up(self, name="prov", seconds=30):
        wait("trunk %s" % name, seconds, lambda: self.trunk(name)["up"], 0.2)

    def in_use(self, server):
        return self.trunk()["address"].endswith(":%d" % server.port)

    def dial(self, number="600", line=1):
        self.pbx.do("off-hook %d" % line)
        self.pbx.expect(line, "dial-tone")
        self.pbx.do("forget %d" % line)
        self.pbx.do("dial %d %s" % (line, number))

    def call(self, server, number="600"):
        """A telephone's call arrives at that server, rings and is answered; all
        its user hears is ringback."""
        self.dial(number)
        call = server.expect_call()
        # What it did not answer in time may come again.
        while "sip:%s@" % number not in call.invite.uri:
            call = server.expect_call()
        call.ring()
        self.pbx.expect(1, "ringback")
        call.answer()
        return call

    def hang_up(self, call):
        self.pbx.do("on-hook 1")
        call.wait_ended()
        self.gateway.wait_idle()

    def call_and_end(self, server, number="600"):
        self.hang_up(self.call(server, number))

    def nobody(self, number="600"):
        self.dial(number)
        self.pbx.expect(1, "congestion", 30)
        self.pbx.do("on-hook 1")
        self.gateway.wait_idle()

    def weight(self):
        """Descriptors and resident KiB."""
        pid = self.gateway.process.pid
        with open("/proc/%d/status" % pid) as f:
            rss = next(int(l.split()[1]) for l in f if l.startswith("VmRSS"))
        return len(os.listdir("/proc/%d/fd" % pid)), rss

    def close(self, good=True):
        try:
            if good:
                self.gateway.stop()
                self.pbx.stop()
        finally:
            for server in self.servers:
                server.close()
            self.ws.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, why, trace):
        if kind:
            self.ws.tails()
        self.close(not kind)
