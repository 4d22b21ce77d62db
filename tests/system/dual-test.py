#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A provider with an IPv4 and an IPv6 address, a gateway with both: each is used
with descriptions of its own family, and the one that dies is left for the other.
In a network of its own."""

import os
import socket
import subprocess
import sys

import harness
import namespace
import tap
from tap import check, wait
from ua import Dialog, Peer, same, sdp

V4, V6 = "10.9.0.1", "2001:db8:9::1"
CONFIG = """\
country = "us";
fraud = {{ allow = [ "any" ]; }};
log = "debug";
sip = {{ listen = [ "udp:0.0.0.0:5060", "udp:[::]:5060" ]; }};
rtp = {{ address = "::"; ports = [20000, 20119]; }};
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
trunks = (
  {{ name = "in"; server = "10.9.0.3"; port = 5062; options = 0; }},
  {{ name = "both"; server = "both.example.test"; port = 5062; options = 0;
    user = "box"; secret_file = "{secret}"; register = true; }}
);
routes = ( {{ from = "trunk:in"; to = [ "trunk:both" ]; }},
  {{ from = "trunk:both"; to = [ "trunk:in" ]; }} );
"""


class Peer6(Peer):
    def __init__(self, host):
        super().__init__(5060, "127.0.0.1")
        self.socket.close()
        self.host, self.port, self.gateway = "[%s]" % host, 5062, (host, 5060)
        self.socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.socket.bind((host, 5062))


class Rig:
    def __enter__(self):
        self.ws = harness.Workspace()
        secret = self.ws.write("secret", "Tipperary-18-miles\n")
        os.chmod(secret, 0o600)
        self.caller = Peer(5060, "10.9.0.3", 5062)
        self.caller.gateway = (V4, 5060)
        self.v4, self.v6 = Peer(5060, V4, 5062), Peer6(V6)
        self.v4.gateway = (V4, 5060)
        self.gateway = harness.Gateway(self.ws, CONFIG.format(
            control=self.ws.path("control"), cdr=self.ws.path("cdr"),
            secret=secret), self.ws.path("control"))
        return self

    def __exit__(self, kind, *why):
        try:
            if kind:
                self.ws.tails()
            else:
                wait("the end of all calls", 20,
                     lambda: not self.gateway.calls())
                self.gateway.stop()
        finally:
            for peer in self.caller, self.v4, self.v6:
                peer.close()
            self.ws.close()

    def registered(self, *peers):
        """Who of them was asked first; it grants."""
        found = []

        def asked():
            for peer in peers:
                m = peer.wanted(["REGISTER"], 0.1)
                if m:
                    found.append((peer, m))
            return found
        wait("REGISTER", 30, asked)
        peer, m = found[0]
        peer.reply(m, 200, "OK", extra=[
            ("Contact", m.get("contact") + ";expires=600")])
        wait("the trunk up", 20, lambda: all(
            t["up"] for t in self.gateway.json("trunks")["trunks"]))
        family = "[" if peer is self.v6 else "@10.9"
        check(family in m.get("contact"), m.get("contact"))
        return peer

    def call(self):
        d = Dialog(self.caller, "600")
        d.target = "sip:600@%s:5060" % V4
        d.remote = "<%s>" % d.target
        return d.call()


def description(peer):
    text = sdp(peer.host.strip("[]"))
    return text.replace("IN IP4", "IN IP6") if ":" in peer.host else text


def talks(r, caller, peer):
    called = Dialog(peer, invite=peer.expect("INVITE", within=30))
    body = called.invite.body
    check(("c=IN IP6 " if peer is r.v6 else "c=IN IP4 ") in body, body)
    called.accept(description(peer))
    caller.answered()
    caller.hang_up()
    called.ended()


def each_family_has_its_own_descriptions():
    with Rig() as r:
        peer = r.registered(r.v4, r.v6)
        talks(r, r.call(), peer)
        # A call from the other family is one of this trunk, too.
        other = r.v4 if peer is r.v6 else r.v6
        d = Dialog(other, "600")
        d.target = "sip:600@%s:5060" % (V4 if other is r.v4 else "[%s]" % V6)
        d.remote, d.local = "<%s>" % d.target, "<sip:1@%s>" % other.host
        d.call(description(other))
        called = Dialog(r.caller, invite=r.caller.expect("INVITE"))
        called.accept()
        body = d.answered().body
        check(("IN IP6" if other is r.v6 else "IN IP4") in body, body)
        d.hang_up()
        called.ended()


def a_dead_family_is_left_for_the_other():
    with Rig() as r:
        dead = r.registered(r.v4, r.v6)
        other = r.v4 if dead is r.v6 else r.v6
        # It is silent from now on: the call is heard of by the other one.
        caller = r.call()
        dead.expect("INVITE")
        talks(r, caller, other)
        cdr = r.gateway.process.text()
        check("does not take the call, trying" in cdr, "no word of it")


def a_registration_does_not_wait_for_a_dead_family():
    with Rig() as r:
        first = []

        def asked():
            first.extend(p for p in (r.v4, r.v6) if p.wanted(["REGISTER"], 0.1))
            return first
        wait("REGISTER", 30, asked)
        other = r.v4 if first[0] is r.v6 else r.v6
        same("registrar", r.registered(other), other)
        talks(r, r.call(), other)


namespace.enter()
for address in V4 + "/32", "10.9.0.3/32", V6 + "/128":
    subprocess.run([harness.installed("ip", "iproute2"), "addr", "add", address,
                    "dev", "lo"] + (["nodad"] if ":" in address else []),
                   check=True)
place = harness.Workspace()
namespace.replace("/etc/hosts", "127.0.0.1 localhost\n%s both.example.test\n"
                  "%s both.example.test\n" % (V6, V4), place.dir)
try:
    status = tap.run([each_family_has_its_own_descriptions,
                      a_dead_family_is_left_for_the_other,
                      a_registration_does_not_wait_for_a_dead_family])
finally:
    place.close()
sys.exit(status)
