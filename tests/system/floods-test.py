#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""5,000 requests a second for 10 s, by strangers and from the trunk's own
address, while eight telephones talk: they hear everything, nothing grows
without bound, and there are new calls afterwards."""

import os
import socket
import ssl
import subprocess
import sys
import threading
import time

import box
import certs
import harness
import namespace
import phone
import rtp_end
import tap
import wire
from box import again
from harness import Background
from tap import check
from vitals import Vitals

box.quick()
namespace.enter()
phone.Rtp = rtp_end.Rtp			# Python has no time for eight

LINES = range(3, 11)
RATE, SECONDS = 5000, 10
STRANGER, TRUNK, OTHER = "127.0.2.1", "127.0.1.1", "127.0.1.2"

REQUEST = """\
{method} sip:{to}@127.0.0.1:{port} SIP/2.0\r
Via: SIP/2.0/UDP {own}:5060;branch=z9hG4bKNNNNNNNN\r
From: <sip:{user}@{own}>;tag=NNNNNNNN\r
To: <sip:{to}@127.0.0.1>\r
Call-ID: NNNNNNNN-{method}@{own}\r
CSeq: 1 {method}\r
Contact: <sip:{user}@{own}>\r
Max-Forwards: 70\r
Content-Type: application/sdp\r
Content-Length: {length}\r
\r
{body}"""
SDP = """\
v=0\r
o=- 1 1 IN IP4 127.0.1.1\r
s=-\r
c=IN IP4 127.0.1.1\r
t=0 0\r
m=audio 40000 RTP/AVP 0\r
"""


class Crowd(box.Box):
    """Eight telephones that talk to eight calls of one SIP phone."""

    def __init__(self, **more):
        lines = "".join(
            ', { name = "phone-%d"; port = "sim/%d"; kind = "fxs"; number = '
            '"1%02d"; trunk = "peer"; digit_map = "[1-9]xx"; }' % (n, n, n)
            for n in LINES if n > 4)
        super().__init__(pbx=dict(fxo="3-%d" % LINES[-1], count=LINES[-1]),
                         lines_more=lines, **more)
        self.talks = {}

    def dial(self, line):
        self.do("off-hook %d" % line)
        self.expect(line, "dial-tone")
        self.do("dial %d 6%02d" % (line, line))

    def talk(self):
        for job in [Background(self.dial, n) for n in LINES]:
            job.result()
        for _ in LINES:
            call = self.phone.expect_call()
            call.answer()
            self.talks[int(call.invite.uri[5:7])] = call

    def hang_up_all(self):
        for n, call in self.talks.items():
            self.hang_up_only(n, call)
        self.talks = {}
        self.gateway.wait_idle(60)


def request(b, method, own, to="900"):
    """A file of it; returns its path."""
    body = SDP if method == "INVITE" else ""
    text = REQUEST.format(method=method, own=own, port=b.sip, to=to,
                          user="x", body=body, length=len(body))
    return b.ws.write("%s-%s" % (method, own), text)


def flood(b, own, *methods):
    """Returns when it is over."""
    done = subprocess.run(
        [os.path.join(harness.TOOLS, "storm"), "--from", own + ":5060",
         "--rate", str(RATE), "--seconds", str(SECONDS),
         "127.0.0.1:%d" % b.sip] + [request(b, m, own) for m in methods],
        capture_output=True, text=True, check=True)
    return int(done.stdout)


class Stream(threading.Thread):
    """As many requests as go through one connection of OWN's, RATE a second at
    most."""

    def __init__(self, b, own, port, context=None):
        super().__init__(daemon=True)
        with open(request(b, "OPTIONS", own)) as f:
            self.text = f.read().replace("UDP", "TLS" if context else "TCP")
        self.own, self.port, self.context = own, port, context
        self.sent, self.connections, self.answers = 0, 0, 0
        self.end = time.monotonic() + SECONDS
        self.start()

    def connect(self):
        s = socket.create_connection(("127.0.0.1", self.port), 20,
                                     (self.own, 0))
        if self.context:
            s = self.context.wrap_socket(s, server_hostname="localhost")
        s.settimeout(0.5)
        self.connections += 1
        return s

    def blob(self):
        return "".join(self.text.replace("NNNNNNNN", "%08x" % n) for n in range(
            self.sent, self.sent + 100)).encode()

    def pour(self, s):
        """Returns when the connection or the time is over."""
        began, waiting = time.monotonic(), b""
        first = self.sent
        while time.monotonic() < self.end:
            if not waiting:
                ahead = (self.sent - first) / RATE - (
                    time.monotonic() - began)
                time.sleep(max(0, ahead))
                waiting = self.blob()
                self.sent += 100
            try:
                waiting = waiting[s.send(waiting):]
            except TimeoutError:
                pass
            try:
                s.settimeout(0.01)
                self.answers += s.recv(65536).count(b"SIP/2.0 200")
                s.settimeout(0.5)
            except TimeoutError:
                pass

    def run(self):
        while time.monotonic() < self.end:
            try:
                with self.connect() as s:
                    self.pour(s)
            except OSError:
                time.sleep(0.1)


def talks_go_on(b, flooding, **most):
    """What FLOODING() has to tell; all talk and hear meanwhile, if not at once
    then when it floods again."""
    for call in b.talks.values():
        call.rtp.forget()
    vitals = Vitals(b.gateway)
    talk = Background(b.converse, 3, b.talks[3])
    told = flooding()
    gaps = {n: c.rtp.gaps() for n, c in b.talks.items() if n != 3}
    vitals.judge("%s, longest pause %d ms" % (
        told, max(pause for _, pause in gaps.values())), fds=64, mib=64, **most)
    check(not any(c.ended.is_set() for c in b.talks.values()), "calls ended")
    talk.result(90)
    if any(lost for lost, _ in gaps.values()):
        raise box.Unheard("packets lost, longest pause in ms: %s" % gaps)


class Streams:
    """Two of the trunk's addresses flood, one by TCP, one by TLS."""

    def __init__(self, b, tcp, tls, ca):
        self.make = lambda: [Stream(b, TRUNK, tcp), Stream(
            b, OTHER, tls, ssl.create_default_context(cafile=ca.root))]

    def __call__(self):
        streams = self.make()
        for s in streams:
            s.join(90)
        # They waited, and were answered at the rate; nobody was cut off.
        told = "%s answers to %s requests by TCP and TLS on %s connections" % (
            [s.answers for s in streams], [s.sent for s in streams],
            [s.connections for s in streams])
        check(all(s.answers and s.connections == 1 for s in streams), told)
        return told


class Requests:
    """METHODS by UDP, from OWN."""

    def __init__(self, b, own, *methods):
        self.b, self.own, self.methods, self.sent = b, own, methods, 0

    def __call__(self):
        sent = flood(self.b, self.own, *self.methods)
        self.sent += sent
        return "%d of %s from %s" % (
            sent, " and ".join(self.methods), self.own)


def logged(b, what, addresses):
    """The log says so, once a minute of each address at most."""
    lines = b.gateway.process.text().count(what)
    check(addresses <= lines <= 5 * addresses, "%s: %d lines in the log" % (
        what, lines))


def eight_talk_through_every_flood():
    ws = harness.Workspace()
    ca = certs.Authority(ws)
    own = ca.issue("own")
    tcp, tls = harness.free_ports(2), harness.free_ports(2)
    with Crowd(trunk='accept_from = [ "%s", "%s" ];' % (TRUNK, OTHER),
               listen='tcp:127.0.0.1:%d", "tls:127.0.0.1:%d", "udp' % (tcp, tls),
               box='tls = { certificate_file = "%s"; key_file = "%s"; };' % (
                   own, ca.key("own"))) as b:
        b.speech()
        b.talk()
        again(talks_go_on, b, Streams(b, tcp, tls, ca), share=0.5)
        rests = b.gateway.ask("status")["counters"]["sip_rests"]
        check(rests > 1, "connections rested %d times" % rests)
        logged(b, "what is above waits", 2)
        again(talks_go_on, b, Requests(
            b, STRANGER, "INVITE", "REGISTER", "OPTIONS"))
        mine = [Requests(b, TRUNK, "INVITE"),
                Requests(b, TRUNK, "REGISTER", "OPTIONS")]
        for requests in mine:
            again(talks_go_on, b, requests)
        dropped = b.gateway.ask("status")["counters"]["sip_dropped"]
        sent = sum(requests.sent for requests in mine)
        tap.comment("%d of %d dropped, %d rests" % (dropped, sent, rests))
        check(dropped > 100, "only %d of %d requests of the trunk's were "
              "dropped" % (dropped, sent))
        logged(b, "what is above is dropped", 1)
        b.hang_up_all()
        b.hang_up(4, b.talk_line(4))
        call = b.talk_sip(3)
        again(b.converse, 3, call)
        b.hang_up(3, call)
    ws.close()


if __name__ == "__main__":
    if wire.DAHDI:
        print("1..0 # SKIP this test is about messages, not lines")
        raise SystemExit(0)
    sys.exit(tap.run([eight_talk_through_every_flood]))
