#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Attended transfers through a proxy that stays between (kamailio records its
route): REFER with Replaces, INVITE with Replaces; and sipp, which sends REFER."""

import os
import sys
import urllib.parse

import box
import harness
import peers
import tap
from box import again
from phone import Phone, token
from tap import check, wait

box.quick()
ACCEPT = 'transfer = "accept";'
ROUTES = 'routes = ( { from = "any"; called = "104"; to = [ "line:phone-4" ]; } );'
SIPP = os.path.join(harness.SOURCE, "tests", "system", "sipp")


class Bench(peers.Peers):
    """Beyond kamailio: baresip, and a phone of ours as 602."""

    def __init__(self):
        super().__init__(True, digest="SHA-256", trunk=ACCEPT, more=ROUTES)
        self.far = Phone("602")
        m = self.far.transact(self.far.request(
            # kamailio wants no proof of 600.
            "REGISTER", "sip:127.0.0.1:%d" % self.proxy,
            "<sip:600@127.0.0.1>;tag=" + token(), "<sip:602@127.0.0.1>",
            token(), 1, extra=["Expires: 600"]), self.way(), within=20)
        check(m.status == 200, "REGISTER: " + m.start)

    def way(self):
        return "127.0.0.1", self.proxy

    def close(self, check_end=True):
        self.far.close()
        super().close(check_end)

    def __exit__(self, kind, why, trace):
        if kind:
            self.outer.tails()
        super().__exit__(kind, why, trace)

    def talk_far(self):
        """Line 3 talks to 602; the call as 602 has it."""
        self.do("off-hook 3")
        self.expect(3, "dial-tone", 30)
        self.do("dial 3 602")
        call = self.far.expect_call(40)
        check(call.routes, "kamailio recorded no route")
        call.ring()
        call.answer(40)
        return call


def replaces(call):
    """As the gateway sees this call."""
    return "%s;to-tag=%s;from-tag=%s" % (call.id, call.remote_tag, call.tag)


def told(call):
    """What NOTIFY has said until now."""
    return [m.body.split("\r\n")[0] for m in call.requests
            if m.method == "NOTIFY"]


def refer(b, call, to):
    m = b.far.transact(call.next_request("REFER", extra=[
        "Refer-To: " + to]), call.remote, within=20)
    return m.status


def a_phone_beyond_kamailio_connects_its_two_calls():
    with Bench() as b:
        first = b.talk_far()
        second = b.far.call("104", b.proxy)
        second.expect(180, within=40)
        b.expect(4, "ring", 40)
        b.do("off-hook 4")
        second.expect(200, within=40)
        check(second.routes, "kamailio recorded no route")
        nobody = replaces(second).replace(second.tag, token())
        for text, status in (nobody, 603), (replaces(second), 202):
            got = refer(b, first, "<sip:104@127.0.0.1:%d?Replaces=%s>" % (
                b.proxy, urllib.parse.quote(text, safe="")))
            check(got == status, "REFER, %s: %d" % (text, got))
        wait("NOTIFY of 200", 40, lambda: told(first)[1:] and
             told(first)[-1].startswith("SIP/2.0 200"))
        check(told(first)[0].startswith("SIP/2.0 100"), told(first))
        second.wait_ended(40)
        for m in first.requests + [second.bye]:
            check(len(m.all("via")) == 2, "not through kamailio: %s, Via: %s" % (
                m.start, m.all("via")))
        if not first.ended.is_set():
            first.hang_up()
        for one, other in (3, 4), (4, 3):
            again(b.lines_talk, one, other)
        check(len(b.gateway.calls()) == 1, b.gateway.calls())
        check("to call" in b.gateway.cdr()[-1]["transferred"],
              b.gateway.cdr()[-1])
        b.do("on-hook 3")
        b.do("on-hook 4")
        b.gateway.wait_idle(40)


def who_is_told_to_takes_a_call_s_place_through_kamailio():
    with Bench() as b:
        b.speech()
        first = b.talk_far()
        third = Phone("603")
        other = third.call("104", b.proxy, extra=[
            "Require: replaces", "Replaces: " + replaces(first)])
        other.expect(200, within=40)
        first.wait_ended(40)
        check("replaced its call" in b.gateway.calls()[0]["transferred"],
              b.gateway.calls())
        again(b.converse, 3, other)
        b.hang_up(3, other)
        third.close()


def sipp_hands_a_telephone_on():
    with open(os.path.join(SIPP, "refers.xml")) as f:
        scenario = f.read()
    port, ws = harness.free_ports(2), harness.Workspace()
    with ws, box.Box(phone=False, peer=port, trunk=ACCEPT, more=ROUTES) as b:
        sipp = harness.Sipp(ws, scenario, port=port, more=[
            "-m", "1", "-key", "target", "104@127.0.0.1:%d" % b.sip])
        b.do("off-hook 3")
        b.expect(3, "dial-tone", 30)
        b.do("dial 3 600")
        b.expect(4, "ring", 40)
        b.do("off-hook 4")
        sipp.finish(60)
        for one, other in (3, 4), (4, 3):
            again(b.lines_talk, one, other)
        check("to call" in b.gateway.cdr()[-1]["transferred"],
              b.gateway.cdr()[-1])
        b.do("on-hook 3")
        b.do("on-hook 4")
        b.gateway.wait_idle(40)


if __name__ == "__main__":
    sys.exit(tap.run([a_phone_beyond_kamailio_connects_its_two_calls,
                      who_is_told_to_takes_a_call_s_place_through_kamailio,
                      sipp_hands_a_telephone_on], failed=box.failed))
