#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""linphone, another real peer: calls both ways, in the clear, with SRTP, over TCP and
over TLS; what each side hears is judged by content. Its library takes no TLS
connections ("New connection arriving on TLS, not handled !"): it makes them."""

import sys
import time

import box
import certs
import harness
import namespace
import sound
import tap
import wire
from linphone import Linphone
from tap import Fail, check, wait

box.quick()
# Where there is another address than 127.0.0.1 it offers that, and sends from this.
namespace.enter()
LEAD = 4	# seconds of silence before it speaks, in which the line does


class Bench(box.Box):
    """The bench with linphone as 600 in the phone's place."""

    def __init__(self, transport="udp", trunk="", **of_peer):
        self.outer = harness.Workspace()
        self.peer, self.transport = None, transport
        try:
            self.peer_says = sound.speak(
                harness.TOOLS, self.outer.dir, "peer-says",
                "Good evening, this is the other end speaking.")
            file = sound.write(self.outer.path("plays.wav"),
                               sound.silence(LEAD * 1000) +
                               sound.read(self.peer_says) +
                               sound.silence(60000))
            parts = dict(listen=transport, trunk=trunk +
                         'transport = "%s";' % transport)
            if transport == "tls":
                self.certificates(parts, of_peer)
            self.peer = Linphone(self.outer, file, transport, **of_peer)
            super().__init__(phone=False, ready=False, peer=self.peer.sip,
                             **parts)
            self.gateway.wait_ready()
        except BaseException:
            self.end()
            raise

    def certificates(self, parts, of_peer):
        ca = certs.Authority(self.outer)
        own = ca.issue("gateway", None, common="127.0.0.1")
        of_peer.update(ca=ca.root, key=ca.key("peer"), certificate=ca.issue(
            "peer", "IP:127.0.0.1", common="127.0.0.1"))
        parts["box"] = 'tls = { ca_file = "%s"; certificate_file = "%s"; ' \
            'key_file = "%s"; };' % (ca.root, own, ca.key("gateway"))

    def end(self):
        if self.peer:
            self.peer.close()
        self.outer.close()

    def __exit__(self, kind, why, trace):
        try:
            if kind:
                self.outer.tails()
            super().__exit__(kind, why, trace)
        finally:
            self.end()

    def talk(self, line, srtp):
        """Both speak by turns; says what each heard."""
        heard = self.ws.path("heard.wav")
        self.do("record %d %s" % (line, heard))
        self.do("play %d %s" % (line, self.speech()[0]))
        time.sleep(LEAD + len(sound.read(self.peer_says)) / sound.RATE + 2)
        self.do("record %d off" % line)
        call = self.gateway.calls()[0]
        check(bool(call["srtp"]) == srtp, "SRTP: %r" % call["srtp"])
        check(call["packets_received"] > 100, "packets: %s" % call)
        # It opens NATs with a few packets that are not sealed.
        check(call["packets_forged"] < 30, "forged: %s" % call)
        return heard

    def both_heard(self, heard):
        self.good(self.peer_says, heard, "the line")
        self.good(self.speech()[0], self.peer.record, "linphone")

    def line_calls(self, srtp=False):
        self.do("off-hook 3")
        self.expect(3, "dial-tone")
        self.do("dial 3 600")
        self.peer.expect("Media streams established")
        heard = self.talk(3, srtp)
        self.do("on-hook 3")
        self.peer.expect("ended")
        self.gateway.wait_idle()
        self.both_heard(heard)

    def peer_calls(self, srtp=False):
        self.peer.do("call sip:104@127.0.0.1:%d;transport=%s" % (
            self.sip, self.transport))
        self.expect(4, "ring", 30)
        self.do("off-hook 4")
        self.peer.expect("Media streams established")
        heard = self.talk(4, srtp)
        self.peer.do("terminate")
        self.expect(4, "busy|congestion|dial-tone")
        self.do("on-hook 4")
        self.gateway.wait_idle()
        self.both_heard(heard)


SRTP = dict(trunk='srtp = "required";', encryption="srtp", mandatory=True)


def a_line_calls_linphone():
    with Bench() as b:
        b.line_calls()


def linphone_calls_a_line_with_srtp_over_tls():
    with Bench("tls", more="[rtp]\navpf=1\n", **SRTP) as b:
        b.peer_calls(True)
        check("SSL handshake finished" in b.peer.text(), "not over TLS")
        check("RTP/SAVPF" in b.peer.text(), "without feedback")


def a_line_calls_linphone_with_srtp_over_tcp():
    with Bench("tcp", **SRTP) as b:
        b.line_calls(True)


def linphone_connects_two_telephones():
    """Its attended transfer: REFER with Replaces."""
    with Bench(trunk='transfer = "accept";') as b:
        for line in 3, 4:
            b.do("off-hook %d" % line)
            b.expect(line, "dial-tone")
            b.do("dial %d 600" % line)
            if line == 4:	# it has a call already
                wait("second call", 20, lambda: any(
                    c["state"] == "ringing" for c in b.gateway.calls()))
                b.peer.do("answer 2")
            b.peer.expect("Media streams established")
        # It does not transfer a call whose hold is still under way.
        wait("first call on hold", 20, lambda: any(
            c["held"] for c in b.gateway.calls()))
        for left in 2, 1, 0:	# what is typed while it is busy it can lose
            b.peer.do("transfer 1 --to-call 2")
            try:
                b.peer.expect("has been transfered", 15)
                break
            except Fail:
                if not left:
                    raise
        heard = b.ws.path("heard-by-4.wav")
        b.do("record 4 " + heard)
        b.do("play 3 " + b.speech()[0])
        b.do("wait-played 3", 60)
        time.sleep(wire.TAIL)
        b.do("record 4 off")
        b.good(b.speech()[0], heard, "the other telephone", match=0.25)
        check("by peer to call" in b.gateway.cdr()[-1]["transferred"],
              b.gateway.cdr()[-1])
        b.do("on-hook 3")
        b.do("on-hook 4")
        b.gateway.wait_idle()


if __name__ == "__main__":
    sys.exit(tap.run([
        a_line_calls_linphone, linphone_calls_a_line_with_srtp_over_tls,
        a_line_calls_linphone_with_srtp_over_tcp,
        linphone_connects_two_telephones]))
