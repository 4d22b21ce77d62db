#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The torture messages of RFC 4475 and RFC 5118, from a trunk's address while
a call talks: each has the right kind of answer, none does harm."""

import re
import select
import socket
import sys
import time

import box
import namespace
import phone
import rtp_end
import tap
import torture
import wire
from box import again
from harness import Background
from tap import check
from vitals import Vitals

box.quick()
namespace.enter()

FILES = ["valid", "invalid", "semantics", "ipv6"]
TRUNK = "127.0.1.1"
phone.Rtp = rtp_end.Rtp			# Python is busy enough
STREAM = 5080				# the gateway's, TCP and IPv6
PORTS = 5060, 5050, 6050, 19823		# that their Vias name

PROBE = """\
OPTIONS sip:{host}:{port} SIP/2.0\r
Via: SIP/2.0/UDP {own}:5060;branch=z9hG4bKprobe{number};rport\r
From: <sip:far@{own}>;tag=far\r
To: <sip:{host}>\r
Call-ID: probe{number}@{own}\r
CSeq: 1 OPTIONS\r
Max-Forwards: 70\r
Content-Length: 0\r
\r
"""


class Sender:
    """At an address of the trunk's, at each port that may be answered."""

    number = 0

    def __init__(self, own, host, port):
        self.own, self.host, self.port = own, host, port
        family = socket.AF_INET6 if ":" in own else socket.AF_INET
        self.sockets = []
        for n in PORTS:
            s = socket.socket(family, socket.SOCK_DGRAM)
            s.bind((own, n))
            self.sockets.append(s)

    def close(self):
        for s in self.sockets:
            s.close()

    def send(self, data):
        self.sockets[0].sendto(data, (self.host, self.port))

    def receive(self, end):
        """(status, data) or None."""
        while True:
            ready = select.select(self.sockets, [], [],
                                  max(0, end - time.monotonic()))[0]
            if not ready:
                return None
            data = ready[0].recv(65536)
            if data.startswith(b"SIP/2.0 "):
                return int(data[8:11]), data

    def probe(self):
        Sender.number += 1
        brackets = "[%s]" if ":" in self.own else "%s"
        text = PROBE.format(host=brackets % self.host, port=self.port,
                            own=brackets % self.own, number=Sender.number)
        return text.encode(), b"probe%d@" % Sender.number

    def judge(self, m):
        """Sends one by UDP; judges the answer."""
        self.send(m.over(b"UDP"))
        status = 0
        probe, mine = self.probe()
        if m.may_drop:		# who answers what came later drops this
            self.send(probe)
        end = time.monotonic() + 20
        while not status:
            got = self.receive(end)
            if not got:
                break
            if got[0] < 200:
                continue
            if mine in got[1]:
                check(got[0] == 200, "OPTIONS after %s: %d" % (m.name, got[0]))
                break
            if m.mark in got[1]:	# not what is said again to an older one
                status = got[0]
        verdict(m, status)

    def judge_stream(self, m):
        """The same by TCP."""
        with socket.socket() as s:
            s.bind((self.own, 0))
            s.settimeout(20)
            s.connect((self.host, STREAM))
            s.sendall(m.over(b"TCP"))
            status, seen = 0, b""
            if m.may_drop:
                s.settimeout(0.3)
            try:
                while status < 200:
                    more = s.recv(65536)
                    if not more:
                        break
                    seen += more
                    for found in re.findall(rb"^SIP/2.0 (\d+)", seen, re.M):
                        status = int(found)
            except (TimeoutError, ConnectionError):
                pass
        if status != 400 or has_length(m):	# a stream needs it
            verdict(m, status if status >= 200 else 0)


def has_length(m):
    return re.search(rb"^(?:content-length|l)\s*:", m.data, re.I | re.M)


def verdict(m, status):
    check(m.right(status), "%s was answered %s, not %s" % (
        m.name, status or "not at all", sorted(m.statuses)))


def the_data_is_what_it_should_be():
    """Their lengths are the RFCs': nothing was lost in writing them down."""
    for m in torture.read("valid") + torture.read("ipv6"):
        head, _, body = m.data.partition(b"\r\n\r\n")
        length = re.search(rb"^(?:content-length|l)\s*:\s*(\d+)", head,
                           re.I | re.M)
        check(m.name == "dblreq" or len(body) == int(length.group(1)),
              "%s: %d octets, %s" % (m.name, len(body), length))
    check(len([m for f in FILES[:3] for m in torture.read(f)]) == 49,
          "RFC 4475 has 49 messages")


def all_of_them(b, call, four, six):
    """... while both ends of CALL speak and hear."""
    talk = Background(b.converse, 3, call)
    for name in FILES:
        for m in torture.read(name):
            (six if name == "ipv6" else four).judge(m)
            four.judge_stream(m)
    talk.result()


def each_has_the_right_answer_and_does_no_harm():
    with box.Box(listen='udp:[::1]:%d", "tcp:127.0.0.1:%d", "udp' % (
                     STREAM, STREAM),
                 trunk='accept_from = [ "%s", "::1" ];' % TRUNK) as b:
        b.speech()
        call = b.talk_sip(3)
        vitals = Vitals(b.gateway)
        four = Sender(TRUNK, "127.0.0.1", b.sip)
        six = Sender("::1", "::1", STREAM)
        again(all_of_them, b, call, four, six)
        vitals.judge("torture", fds=40, mib=40)
        four.close()
        six.close()
        again(b.converse, 3, call)
        b.hang_up(3, call)
        other = b.talk_line(4)
        b.hang_up(4, other)


if __name__ == "__main__":
    if wire.DAHDI:
        print("1..0 # SKIP this test is about messages, not lines")
        raise SystemExit(0)
    sys.exit(tap.run([the_data_is_what_it_should_be,
                      each_has_the_right_answer_and_does_no_harm]))
