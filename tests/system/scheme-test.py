#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""sips: (RFC 5630) and tel: (RFC 3966), from the trunk and to it."""

import os
import re
import sys

import certs
import harness
import phone
import tap
from tap import check, wait
from tlsphone import TlsPhone
from ua import Dialog, Peer, same

SECRET = "a long way to Tipperary"
CONFIG = """\
country = "us";
fraud = {{ allow = [ "any" ]; }};
log = "debug";
sip = {{ listen = [ "udp:127.0.0.1:{sip}" ]; }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
control = "{control}";
cdr = {{ file = ""; journal = false; }};
trunks = (
  {{ name = "in"; server = "127.0.0.2"; port = {port2}; options = 0; }},
  {{ name = "tel"; server = "127.0.0.3"; port = {port3}; options = 0;
    called_uri = "tel"; number_format = "+e164"; }},
  {{ name = "local"; server = "127.0.0.4"; port = {port4}; options = 0;
    called_uri = "tel"; domain = "example.net"; }},
  {{ name = "sips"; server = "127.0.0.1"; port = {port1}; options = 0;
    transport = "tls"; called_uri = "sips"; tls_ca_file = "{ca}"; }},
  {{ name = "registered"; server = "127.0.0.1"; port = {port0}; options = 2;
    transport = "tls"; called_uri = "sips"; tls_ca_file = "{ca}"; user = "1555";
    secret_file = "{secret}"; register = true; }},
  {{ name = "bulk"; server = "127.0.0.1"; port = {port5}; options = 2;
    transport = "tls"; called_uri = "sips"; tls_ca_file = "{ca}"; user = "1555";
    secret_file = "{secret}"; register = true; gin = true; }}
);
routes = (
  {{ from = "trunk:in"; called = "93x."; strip = 2; to = [ "trunk:tel" ]; }},
  {{ from = "trunk:in"; called = "94x.|94[*]21#"; strip = 2; to = [ "trunk:local" ]; }},
  {{ from = "trunk:in"; called = "95x."; strip = 2; to = [ "trunk:sips" ]; }},
  {{ from = "any"; to = [ "trunk:in" ]; }}
);
"""


class Rig:
    def __enter__(self):
        self.ws = harness.Workspace()
        ca = certs.Authority(self.ws)
        certificate = ca.issue("server", "IP:127.0.0.1")
        self.tls, self.registrar = TlsPhone(certificate), TlsPhone(certificate)
        self.bulk = TlsPhone(certificate)
        self.registrar.accounts = self.bulk.accounts = {"1555": SECRET}
        secret = self.ws.write("secret", SECRET + "\n")
        os.chmod(secret, 0o600)
        self.sip, rtp = harness.free_ports(2), harness.free_ports(40)
        self.peers = {n: Peer(self.sip, "127.0.0.%d" % n) for n in (2, 3, 4)}
        self.gateway = harness.Gateway(self.ws, CONFIG.format(
            sip=self.sip, rtp=rtp, rtp_last=rtp + 39, ca=ca.root,
            control=self.ws.path("control"), port1=self.tls.port,
            port0=self.registrar.port, port5=self.bulk.port, secret=secret,
            **{"port%d" % n: p.port for n, p in self.peers.items()}),
            self.ws.path("control"))
        return self

    def __getitem__(self, n):
        return self.peers[n]

    def __exit__(self, kind, *why):
        try:
            if kind:
                self.ws.tails()
            else:
                wait("the end of all calls", 20,
                     lambda: not self.gateway.calls())
                self.gateway.stop()
        finally:
            for peer in self.peers.values():
                peer.close()
            self.tls.close()
            self.registrar.close()
            self.bulk.close()
            self.ws.close()

    def through(self, number, to, **more):
        caller = Dialog(self[2], number).call(**more)
        return caller, Dialog(self[to], invite=self[to].expect("INVITE"))


def numbers_of_the_world_and_of_a_domain():
    with Rig() as r:
        for number, to, uri in (
                ("9315551230001", 3, "tel:+15551230001"),
                ("94600", 4, "tel:600;phone-context=example.net"),
                ("94*21%23", 4, "tel:*21%23;phone-context=example.net")):
            caller, called = r.through(number, to)
            same("Request-URI", called.invite.uri, uri)
            check("<%s>" % uri in called.invite.get("to"),
                  called.invite.get("to"))
            called.accept()
            caller.answered()
            caller.hang_up()
            called.ended()


def a_tel_uri_is_served_as_a_number():
    with Rig() as r:
        caller = Dialog(r[3], "x").call(uri="tel:+1-555-123-4567")
        called = Dialog(r[2], invite=r[2].expect("INVITE"))
        check("5551234567@" in called.invite.uri, called.invite.uri)
        called.accept()
        caller.answered()
        called.hang_up()
        caller.ended()


def sips_does_not_come_over_udp():
    with Rig() as r:
        m = Dialog(r[2], "93600").call(
            uri="sips:93600@127.0.0.1:%d" % r.sip).refused(480)
        check(m.get("warning").startswith("380 "), m.get("warning"))
        check("it is for sips:" in r.gateway.process.text(), "no word of it")


def sips_goes_over_tls_alone():
    with Rig() as r:
        caller = Dialog(r[2], "95600").call()
        call = r.tls.expect_call()
        invite = call.invite
        same("scheme", invite.uri[:9], "sips:600@")
        check(re.match(r"<sips:[^;>]*>", invite.get("contact")),
              invite.get("contact"))
        check("<sips:600@" in invite.get("to"), invite.get("to"))
        check("/TLS " in invite.get("via"), invite.get("via"))
        call.answer()
        caller.answered()
        caller.hang_up()
        wait("the end at the TLS side", 20, call.ended.is_set)


def a_sips_registrar_is_served():
    with Rig() as r:
        server = r.registrar
        wait("a binding", 20, lambda: server.bindings.get("1555"))
        m = server.registers[-1]
        same("Request-URI", m.uri, "sips:127.0.0.1")
        for name in "to", "from":
            check(m.get(name).startswith("<sips:1555@127.0.0.1>"), m.get(name))
        # RFC 5630 section 5.1.1.1, and no transport=tls beside it.
        check(re.match(r"<sips:1555@127\.0\.0\.1:\d+>", m.get("contact")),
              m.get("contact"))
        check("/TLS " in m.get("via"), m.get("via"))
        check('uri="sips:127.0.0.1"' in m.get("authorization"),
              m.get("authorization"))
        wait("an OPTIONS", 20, lambda: any(
            t.startswith(b"OPTIONS sips:127.0.0.1 ") for t in server.told))
        wait("the trunk up", 20, lambda: all(
            t["up"] for t in r.gateway.json("trunks")["trunks"]))
        wait("an OPTIONS there, too", 20, lambda: any(
            t.startswith(b"OPTIONS ") for t in r.bulk.told))
        check(re.match(r"<sips:127\.0\.0\.1:\d+;bnc>",
                       r.bulk.registers[-1].get("contact")),
              r.bulk.registers[-1].get("contact"))
        # Both are registered once, and stay so.
        for s in server, r.bulk:
            check(len(s.registers) <= 4, "%d REGISTERs" % len(s.registers))
        # There it is called.
        invite = phone.Call(server, phone.token() + "@127.0.0.1",
                            server.connections[-1])
        invite.target = server.bindings["1555"]
        invite.local = "<sips:600@127.0.0.1>"
        invite.peer = "<sips:1555@127.0.0.1>"
        server.calls[invite.id] = invite
        invite.send_invite(invite.sdp())
        called = Dialog(r[2], invite=r[2].expect("INVITE"))
        called.accept()
        wait("200", 20, lambda: invite.final and invite.final.status == 200)
        check(re.match(r"<sips:[^;>]*>", invite.final.get("contact")),
              invite.final.get("contact"))
        invite.hang_up()
        called.ended()


def sips_over_udp_is_refused_with_the_configuration():
    with harness.Workspace() as ws:
        path = ws.write("conf", """country = "us";
            sip = { listen = [ "udp:127.0.0.1:5060" ]; };
            trunks = ( { name = "a"; server = "192.0.2.1";
              called_uri = "sips"; register = true; user = "1"; } );""")
        p = ws.start("check", [harness.program("tipringd"), "--config", path,
                               "--check"])
        check(p.wait(30) and 'called_uri "sips" goes over TLS alone; add '
              'transport = "tls"' in p.text(), p.text())


if __name__ == "__main__":
    sys.exit(tap.run([numbers_of_the_world_and_of_a_domain,
                      a_tel_uri_is_served_as_a_number,
                      sips_does_not_come_over_udp,
                      sips_goes_over_tls_alone, a_sips_registrar_is_served,
                      sips_over_udp_is_refused_with_the_configuration]))
