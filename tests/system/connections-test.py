#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""2,000 connections that say nothing: they are bounded, go again, and harm
neither a call nor who has something to say."""

import errno
import os
import socket
import ssl
import sys
import threading
import time

import box
import certs
import harness
import namespace
import tap
import wire
from tap import check, wait
from vitals import Vitals

box.quick()
namespace.enter()

COUNT = 1000		# from each kind of source
SOURCES = 50
MOST = 256		# sip.max_connections, of strangers and of trunks

OPTIONS = """\
OPTIONS sip:127.0.0.1:{port} SIP/2.0\r
Via: SIP/2.0/{way} 127.0.0.1:{own};branch=z9hG4bK{own}\r
From: <sip:far@127.0.0.1>;tag=far\r
To: <sip:127.0.0.1>\r
Call-ID: {own}@127.0.0.1\r
CSeq: 1 OPTIONS\r
Max-Forwards: 70\r
Content-Length: 0\r
\r
"""


class Flood(threading.Thread):
    """Connections from many addresses in NET, by turns to these ports."""

    def __init__(self, net, ports):
        super().__init__(daemon=True)
        self.net, self.ports = net, ports
        self.sockets, self.most = [], 0

    def run(self):
        for i in range(COUNT):
            s = socket.socket()
            self.sockets.append(s)
            s.setblocking(False)
            s.bind(("%s.%d" % (self.net, 1 + i % SOURCES), 0))
            code = s.connect_ex(("127.0.0.1", self.ports[i % 2]))
            check(code in (0, errno.EINPROGRESS, errno.ECONNRESET),
                  "connect: %s" % os.strerror(code))
            if i % 20 == 19:
                time.sleep(0.02)

    def close(self):
        for s in self.sockets:
            s.close()


def answered(b, tcp, tls, ca):
    """The trunk is served by both."""
    for way, port in ("TCP", tcp), ("TLS", tls):
        s = socket.create_connection(("127.0.0.1", port), 20)
        if way == "TLS":
            s = ssl.create_default_context(cafile=ca.root).wrap_socket(
                s, server_hostname="localhost")
        with s:
            s.sendall(OPTIONS.format(way=way, port=port,
                                     own=s.getsockname()[1]).encode())
            answer = s.recv(65536)
            check(answer.startswith(b"SIP/2.0 200 "), "%s: %s" % (way, answer))


def silent_connections_are_bounded():
    ws = harness.Workspace()
    ca = certs.Authority(ws)
    own = ca.issue("own")
    tcp, tls = harness.free_ports(2), harness.free_ports(2)
    with box.Box(listen='tcp:127.0.0.1:%d", "tls:127.0.0.1:%d", "udp' % (
                     tcp, tls),
                 timers="ring = 30; connection = 3; tls_handshake = 3000;",
                 trunk='accept_from = [ "127.1.0.0/16" ];',
                 box='tls = { certificate_file = "%s"; key_file = "%s"; };' % (
                     own, ca.key("own"))) as b:
        def open_now():
            return len(os.listdir("/proc/%d/fd" % b.gateway.process.pid))

        b.speech()
        call = b.talk_sip(3)
        before = open_now()
        vitals = Vitals(b.gateway)
        floods = [Flood("127.2.0", (tcp, tls)), Flood("127.1.0", (tcp, tls))]
        floods[0].start()
        answered(b, tcp, tls, ca)
        floods[0].join()
        answered(b, tcp, tls, ca)
        most, stop = [0], threading.Event()

        def watch():
            while not stop.wait(0.05):
                most[0] = max(most[0], open_now())
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        floods[1].start()
        b.converse(3, call)
        floods[1].join()
        stop.set()
        watcher.join()
        check(before + MOST / 2 < most[0] <= before + 2 * MOST + 16,
              "%d descriptors, %d before" % (most[0], before))
        # They go though the far ends hold them, and there is room again.
        wait("descriptors to go (%d, %d before)" % (open_now(), before), 30,
             lambda: open_now() <= before + 2)
        answered(b, tcp, tls, ca)
        vitals.judge("%d silent connections" % sum(
            len(f.sockets) for f in floods), fds=2 * MOST + 16, mib=48,
            share=0.5)
        b.converse(3, call)
        b.hang_up(3, call)
        call = b.talk_line(4)
        b.hang_up(4, call)
        lines = b.gateway.process.text().count("connections are refused")
        check(lines == 1, "%d lines in the log" % lines)
        for f in floods:
            f.close()
    ws.close()


class Drip(threading.Thread):
    """A message that never ends, a byte at a time."""

    def __init__(self, own, port):
        super().__init__(daemon=True)
        self.s = socket.socket()
        self.s.bind((own, 0))
        self.s.connect(("127.0.0.1", port))
        self.s.sendall(OPTIONS.format(way="TCP", port=port, own=1)[:200].encode())
        self.closed = False
        self.start()

    def run(self):
        try:
            while True:
                time.sleep(0.3)
                self.s.sendall(b"x")
        except OSError:
            self.closed = True


def half_a_message_holds_no_connection():
    tcp = harness.free_ports(2)
    with box.Box(listen='tcp:127.0.0.1:%d", "udp' % tcp,
                 timers="ring = 30; connection = 3;",
                 trunk='accept_from = [ "127.1.0.0/16" ];') as b:
        call = b.talk_sip(3)
        # A stranger is not even taken.
        drips = [Drip("127.1.0.%d" % i, tcp) for i in range(1, 11)]
        for d in drips:
            wait("the connection of %s to be closed" % d.s.getsockname()[0], 30,
                 lambda d=d: d.closed)
        b.converse(3, call)
        b.hang_up(3, call)


if __name__ == "__main__":
    if wire.DAHDI:
        print("1..0 # SKIP this test is about connections, not lines")
        raise SystemExit(0)
    sys.exit(tap.run([silent_connections_are_bounded,
                      half_a_message_holds_no_connection]))
