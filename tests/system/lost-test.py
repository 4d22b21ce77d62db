#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""What a far end never says: the ACK to our 200, 487 after our CANCEL, 200 to
our BYE. Lines are free at once, legs within the 64*T1 of RFC 3261."""

import sys

import box
import tap
from tap import check, wait
from ua import Dialog, Peer, same

box.quick()
TIMERS = 60	# s; 64*T1 is 32


class Never:
    """The bench with a peer that says what a test wrote, and no more."""

    def __init__(self):
        self.peer = Peer(0)
        self.box = box.Box(phone=False, peer=self.peer.port, dead=0,
                           timers="guard = 1000;")
        self.peer.gateway = ("127.0.0.1", self.box.sip)
        self.gateway = self.box.gateway

    def idle(self, line):
        wait("%s idle" % line, 20,
             lambda: self.gateway.lines()[line]["state"] == "idle")

    def record(self, line):
        return wait("record of " + line, 20, lambda: next(
            (r for r in self.gateway.cdr() if r["line"] == line), None))

    def legs(self):
        return self.gateway.ask("trunks")["trunks"][0]["calls"]

    def close(self, check_end=True):
        self.box.close(check_end)
        self.peer.close()


def answered_but_not_acknowledged(b):
    d = Dialog(b.peer, "103").call()
    d.expect(180)
    b.box.do("off-hook 3")
    return d, d.expect(200)


def cancelled_but_not_ended(b):
    b.box.do("off-hook 4")
    b.box.expect(4, "dial-tone")
    b.box.do("dial 4 600")
    d = Dialog(b.peer, invite=b.peer.expect("INVITE"))
    d.reply(180)
    wait("alerting", 20, lambda: b.gateway.calls()[-1]["state"] != "routing")
    b.box.do("on-hook 4")
    b.peer.reply(d.expect("CANCEL"), 200, "OK", tag=d.tag)
    b.idle("phone-4")
    same("cause", b.record("phone-4")["cause"], 16)
    return d


def hung_up_but_not_confirmed(b):
    b.box.do("ring 1 from 5550001")
    d = Dialog(b.peer, invite=b.peer.expect("INVITE", within=30))
    d.accept()
    b.box.expect(1, "off-hook", 30)
    b.box.do("busy 1")
    m = d.expect("BYE", within=60)
    b.idle("pbx-1")
    check("busy tone" in b.record("pbx-1")["reason"], b.record("pbx-1"))
    return d, m


def what_never_comes_ends_nothing_later_than_it_must():
    b = Never()
    try:
        silent, answer = answered_but_not_acknowledged(b)
        cancelled = cancelled_but_not_ended(b)
        over, bye = hung_up_but_not_confirmed(b)
        check(b.legs() > 1, "what is not confirmed is forgotten at once")
        # 200 again and again, then BYE (section 13.3.1.4).
        m = silent.expect("BYE", within=TIMERS)
        check("408" in m.get("reason"), "Reason: " + m.get("reason"))
        check(b.peer.times(answer) >= 5, "200 came %d times" %
              b.peer.times(answer))
        # The line does not wait for the BYE's answer.
        b.box.expect(3, "busy|congestion|howler", 30)
        b.box.do("on-hook 3")
        b.idle("phone-3")
        same("calls", b.gateway.calls(), [])
        r = b.record("phone-3")
        same("released_by", r["released_by"], "peer")
        same("cause", r["cause"], 102)
        check("ACK" in r["reason"], r["reason"])
        check("ended: " + r["reason"] in b.gateway.process.text(), "not logged")
        b.peer.reply(m, 200, "OK")
        wait("the end of each leg", TIMERS, lambda: not b.legs(), 1)
        b.peer.wanted((), 1)	# it takes what lies there
        check(b.peer.times(bye) >= 3, "BYE came %d times" % b.peer.times(bye))
        # Who comes back after that finds nobody.
        over.send("BYE")
        over.expect(481)
        cancelled.reply(487, "Request Terminated")
        again = Dialog(b.peer, "104").call()
        again.expect(180)
        again.send("CANCEL", sequence=again.invite_sequence, branch=again.branch)
        again.refused(487)
        b.gateway.wait_idle()
    except BaseException:
        b.box.ws.tails()
        b.close(False)
        raise
    b.close()


if __name__ == "__main__":
    sys.exit(tap.run([what_never_comes_ends_nothing_later_than_it_must]))
