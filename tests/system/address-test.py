#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The box's own address changes while it runs: it registers from the new one,
calls that talk are told and go on, and new ones come and go there."""

import sys

import harness
import netns
import tap
from tap import check, wait
from ua import Dialog, Peer, same, sdp

CONFIG = """\
country = "us";
fraud = {{ allow = [ "any" ]; }};
log = "debug";
sip = {{ listen = [ "udp:0.0.0.0:5060", "tcp:0.0.0.0:5060", "udp:[::]:5060" ]; }};
rtp = {{ address = "{rtp_address}"; ports = [20000, 20119]; }};
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
trunks = (
  {{ name = "in"; server = "{in_host}"; port = 5062; options = 0; user = "box";
    secret_file = "{secret}"; register = true; }},
  {{ name = "out"; server = "{out_host}"; port = 5062; options = 0; }}
);
routes = ( {{ from = "trunk:in"; to = [ "trunk:out" ]; }} );
"""


class Rig:
    """Both providers at the other end of a cable."""

    def __init__(self):
        self.net = netns.Net()
        netns.cable("in", None, self.net)
        netns.ip("addr add 10.9.0.2/24 dev in-a")
        for n in 1, 3:
            self.net.ip("addr add 10.9.0.%d/24 dev in-b" % n)
        with self.net:
            self.caller = Peer(5060, "10.9.0.1", 5062)
            self.called = Peer(5060, "10.9.0.3", 5062)
        self.at("10.9.0.2")
        self.ws = harness.Workspace()
        secret = self.ws.write("secret", "Tipperary-18-miles\n")
        harness.os.chmod(secret, 0o600)
        self.gateway = harness.Gateway(self.ws, CONFIG.format(
            control=self.ws.path("control"), cdr=self.ws.path("cdr"),
            rtp_address="0.0.0.0", in_host="10.9.0.1", out_host="10.9.0.3",
            secret=secret), self.ws.path("control"))
        self.registered("10.9.0.2")

    def at(self, host):
        self.host = host
        for peer in self.caller, self.called:
            peer.gateway = (host, 5060)

    def registered(self, host):
        """Registers with that Contact."""
        while True:
            m = self.caller.expect("REGISTER", within=30)
            contact = m.get("contact")
            self.caller.reply(m, 200, "OK", extra=[
                ("Contact", contact + ";expires=600")])
            if "@%s:5060" % host in contact:
                break
        check("via: " and host in m.get("via"), m.get("via"))
        wait("the trunk up", 20, lambda: self.gateway.json("trunks")["trunks"]
             [0]["up"])

    def change(self, new):
        netns.ip("addr del %s/24 dev in-a" % self.host)
        netns.ip("addr add %s/24 dev in-a" % new)
        self.at(new)

    def call(self):
        d = Dialog(self.caller, "600")
        d.target = d.remote = "sip:600@%s:5060" % self.host
        d.remote = "<%s>" % d.target
        d.call()
        return d, Dialog(self.called, invite=self.called.expect("INVITE"))

    def close(self, good):
        if good:
            self.gateway.stop()
        else:
            self.ws.tails()
        for peer in self.caller, self.called:
            peer.close()
        self.ws.close()
        self.net.close()
        wait("end of in-a", 20, lambda: "in-a" not in netns.ip("link"))


def rigged(test):
    r = Rig()
    good = False
    try:
        test(r)
        good = True
    finally:
        try:
            r.close(good)
        except tap.Fail:
            if good:
                raise


def told(dialog, host):
    """The far end hears of our new address."""
    m = dialog.expect("INVITE", within=30)
    check("%s:5060" % host in m.get("contact"), m.get("contact"))
    check("c=IN IP4 %s\r\n" % host in m.body, m.body)
    dialog.accept(request=m)


def a_call_goes_on_from_the_new_address():
    def test(r):
        caller, called = r.call()
        called.accept()
        caller.answered()
        for new in "10.9.0.7", "10.9.0.8":
            r.change(new)
            r.registered(new)
            told(caller, new)
            told(called, new)
        same("calls", len(r.gateway.calls()), 1)
        caller.target = "sip:600@10.9.0.8:5060"
        caller.hang_up()
        called.ended()
        wait("the end of the call", 20, lambda: not r.gateway.calls())
        # And the next one.
        caller, called = r.call()
        called.accept()
        caller.answered()
        called.hang_up()
        caller.ended()
    rigged(test)


def calls_that_ring_end_and_the_next_works():
    def test(r):
        caller, called = r.call()
        called.reply(180, "Ringing")
        caller.expect(180)
        r.change("10.9.0.9")
        r.registered("10.9.0.9")
        wait("the end of the call", 40, lambda: not r.gateway.calls())
        r.caller.forget()
        r.called.forget()
        caller, called = r.call()
        called.accept()
        caller.answered()
        caller.hang_up()
        called.ended()
    rigged(test)


def an_address_that_comes_disturbs_nobody():
    def test(r):
        caller, called = r.call()
        called.reply(180, "Ringing")
        caller.expect(180)
        netns.ip("addr add 10.9.0.20/24 dev in-a")
        netns.ip("addr add 2001:db8:9::2/64 dev in-a nodad")
        # It is listened on, too.
        r.caller.gateway = ("10.9.0.20", 5060)
        probe = Dialog(r.caller, "")

        def answers():
            probe.sequence += 1
            r.caller.send(probe.request("OPTIONS", sequence=probe.sequence,
                                        uri="sip:10.9.0.20"))
            return r.caller.wanted([200], 1, probe.id)
        wait("an answer at the new address", 30, answers)
        r.at("10.9.0.2")
        called.accept()
        caller.answered()
        check(not r.caller.wanted(["REGISTER"], 0.3), "registered for nothing")
        caller.hang_up()
        called.ended()
        # The first goes: the second is used.
        netns.ip("addr del 10.9.0.2/24 dev in-a")
        if "10.9.0.20" not in netns.ip("addr show dev in-a"):
            netns.ip("addr add 10.9.0.20/24 dev in-a")
        r.at("10.9.0.20")
        r.registered("10.9.0.20")
    rigged(test)


def a_cable_that_is_out_for_a_while_changes_nothing():
    def test(r):
        caller, called = r.call()
        called.accept()
        caller.answered()
        netns.ip("addr del 10.9.0.2/24 dev in-a")
        netns.ip("link set in-a down")
        wait("the kernel", 10, lambda: "10.9.0.2" not in netns.ip("addr"))
        netns.ip("link set in-a up")
        netns.ip("addr add 10.9.0.2/24 dev in-a")
        same("calls", len(r.gateway.calls()), 1)
        caller.hang_up()
        called.ended()
    rigged(test)


if __name__ == "__main__":
    try:
        netns.leave()
    except tap.Skip as why:
        print("1..0 # SKIP %s" % why)
        sys.exit(0)
    sys.exit(tap.run([a_call_goes_on_from_the_new_address,
                      calls_that_ring_end_and_the_next_works,
                      an_address_that_comes_disturbs_nobody,
                      a_cable_that_is_out_for_a_while_changes_nothing]))
