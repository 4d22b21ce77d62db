#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Flows are held open (RFC 5626): by ends of lines over TCP, TLS and UDP, by STUN
at the SIP port; and when one is lost, the registration is renewed by another while
calls talk on."""

import socket
import struct
import sys
import time

import box
import harness
import tap
from harness import free_ports
from peers import Peers
from phone import Message, Phone
from streamphone import StreamPhone
from tap import check, wait
from tlsbed import Bed

box.quick()
SECRET = "a long way to Tipperary"
MAGIC = b"\x21\x12\xa4\x42"
TRUNK = '{ name = "%s"; server = "localhost"; port = %d; transport = "%s"; ' \
    'options = 0; user = "1555"; secret_file = "%s"; register = true; ' \
    'keepalive_interval = 5; %s }'


class StunPhone(Phone):
    """Over UDP, and it knows STUN. seen: where it says that requests come from,
    None: from where they do."""

    def __init__(self, **more):
        self.bare = self.asked = 0
        self.seen, self.deaf = None, False
        super().__init__(**more)

    def _take_other(self, data, source):
        if not data.strip(b"\r\n"):
            self.bare += 1
        elif data[:8] == b"\0\1\0\0" + MAGIC:
            self.asked += 1
            if self.deaf:
                return
            host, port = self.seen or source
            raw = bytes(x ^ y for x, y in zip(socket.inet_aton(host), MAGIC))
            # Somebody else's answer before the true one.
            for id_ in data[8:19] + b"x", data[8:20]:
                self.socket.sendto(
                    b"\1\1\0\14" + MAGIC + id_ + struct.pack(
                        "!HHBBH4s", 0x20, 8, 0, 1, port ^ 0x2112, raw), source)

    def _read(self):
        while not self.closed:
            try:
                data, source = self.socket.recvfrom(65536)
            except (TimeoutError, OSError):
                continue
            if data[:1] < b"A":
                self._take_other(data, source)
                continue
            try:
                self._take(Message(data), source)
            except (IndexError, ValueError):
                pass


class Four:
    """One gateway, four servers that it is registered with."""

    def __init__(self, b):
        secret = b.secret(SECRET)
        self.bed = b
        self.tls = StreamPhone(b.ca.issue("server"))
        self.tcp, self.mute = StreamPhone(), StreamPhone()
        self.mute.answers = False
        self.udp, self.stun = StunPhone(), StunPhone()
        self.all = [self.tls, self.tcp, self.mute, self.udp, self.stun]
        b.phones += self.all
        for phone in self.all:
            phone.accounts = {"1555": SECRET}
        own = free_ports(2)
        crlf = 'keepalive = "crlf";'
        b.start([
            TRUNK % ("tls", self.tls.port, "tls", secret,
                     crlf + 'tls_ca_file = "%s";' % b.ca.root),
            TRUNK % ("tcp", self.tcp.port, "tcp", secret, crlf),
            TRUNK % ("mute", self.mute.port, "tcp", secret, crlf),
            TRUNK % ("udp", self.udp.port, "udp", secret, crlf),
            TRUNK % ("stun", self.stun.port, "udp", secret,
                     'keepalive = "stun";')],
            listen='"udp:127.0.0.1:%d", "tcp:127.0.0.1:%d"' % (own, own),
            more="timers = { keepalive_answer = 2000; };")
        for name in "tls", "tcp", "mute", "udp", "stun":
            b.wait_up(name)

    def said(self, text):
        return text in self.bed.gateway.process.text()


def registered_anew(phone, before):
    wait("another REGISTER", 30, lambda: len(phone.registers) > before)


def flows_are_held_and_losses_noticed():
    with Bed() as b:
        f = Four(b)
        wait("pings by TLS (%d), TCP (%d, %d), UDP (%d) and STUN (%d)" % (
            f.tls.pings, f.tcp.pings, f.mute.pings, f.udp.bare, f.stun.asked),
            60, lambda: min(f.tls.pings, f.tcp.pings, f.mute.pings, f.udp.bare,
                            f.stun.asked) >= 3)
        # All of it on the flows that there were, which none of it disturbed.
        for phone in f.tls, f.tcp, f.mute:
            check(len(phone.connections) == 1, "%d connections" %
                  len(phone.connections))
        for phone in f.all:
            check(phone.bindings, "no binding")
        check(not f.said("is lost"), "a flow was lost")

        # Silence; the one that never answered is not judged by it. Somebody else
        # sees us at another address.
        counts = [len(p.registers) for p in f.all]
        f.tls.fall_silent()
        f.tcp.fall_silent()
        f.stun.seen = ("198.51.100.7", 40000)
        for phone, count in zip(f.all, counts):
            if phone in (f.tls, f.tcp, f.stun):
                registered_anew(phone, count)
        wait("new connections", 20, lambda: len(f.tls.connections) > 1 and
             len(f.tcp.connections) > 1)
        check(f.said("no answer to a keep-alive"), "not a word")
        check(f.said("it sees us at 198.51.100.7:40000 now"), "not a word")
        check(len(f.mute.connections) == 1 and
              len(f.mute.registers) == counts[2], "judged by silence")
        for name in "tls", "tcp", "mute", "udp", "stun":
            b.wait_up(name)

        # A flow that is closed; and STUN without an answer.
        count, deaf = len(f.mute.registers), len(f.stun.registers)
        f.mute.cut()
        registered_anew(f.mute, count)
        wait("a new connection", 20, lambda: len(f.mute.connections) > 1)
        check(f.said("is lost: closed"), "not a word")
        f.stun.deaf = True
        wait("the loss", 30, lambda: b.gateway.process.text().count(
            "no answer to a keep-alive") >= 3)
        b.wait_up("mute")


def pings_of_others_are_answered():
    with Bed() as b:
        server = StreamPhone()
        secure = StreamPhone(b.ca.issue("server"))
        b.phones += [server, secure]
        own = free_ports(2)
        b.start(['{ name = "a"; server = "localhost"; port = %d; transport = '
                 '"tcp"; options = 2; }' % server.port,
                 '{ name = "b"; server = "localhost"; port = %d; transport = '
                 '"tls"; options = 2; tls_ca_file = "%s"; }' % (
                     secure.port, b.ca.root)],
                listen='"udp:127.0.0.1:%d", "tcp:127.0.0.1:%d"' % (own, own))
        b.wait_up("a")
        b.wait_up("b")
        for phone in server, secure:
            for n in 1, 2:
                phone.connections[-1].sendall(b"\r\n\r\n")
                wait("pong", 20, lambda: phone.pongs >= n)
        # Nor does a lone one, or many of them, spoil what comes after.
        for phone in server, secure:
            phone.connections[-1].sendall(b"\r\n")
            phone.connections[-1].sendall(b"\r\n\r\n" * 200)
        time.sleep(12)	# a half message would be given up by now
        for phone in server, secure:
            before = len(phone.told)
            wait("more OPTIONS", 20, lambda: len(phone.told) > before + 1)
            check(len(phone.connections) == 1, "connections: %d" %
                  len(phone.connections))
        check(b.trunk("a")["up"] and b.trunk("b")["up"], "down")


def a_server_that_always_closes_is_not_pestered():
    with Bed() as b:
        server = StreamPhone()
        server.accounts = {"1555": SECRET}
        b.phones.append(server)
        own = free_ports(2)
        b.start([TRUNK % ("a", server.port, "tcp", b.secret(SECRET),
                          'keepalive = "crlf";')],
                listen='"udp:127.0.0.1:%d", "tcp:127.0.0.1:%d"' % (own, own))
        b.wait_up("a")
        for _ in range(2):
            server.cut()
            time.sleep(4)
        # Each takes two requests, for the challenge.
        check(len(server.registers) <= 5, "%d REGISTERs" %
              len(server.registers))


def a_call_outlives_kamailio():
    b = Peers(True, tcp=True, account=";regint=5", trunk='transport = "tcp"; '
              'keepalive = "crlf"; keepalive_interval = 5;', listen="tcp")
    try:
        b.do("off-hook 3")
        b.expect(3, "dial-tone")
        b.do("dial 3 600")
        b.peer.expect("CALL_ESTABLISHED", 30)

        def restart():
            b.kamailio.stop()
            wait("the loss", 30, lambda: "is lost: closed" in
                 b.gateway.process.text())
            b.start_kamailio()
        says, heard = b.talk(3, restart)
        check(len(b.gateway.calls()) == 1, "calls: %s" % b.gateway.calls())
        b.both_heard(says, heard)
        b.do("on-hook 3")
        b.gateway.wait_idle()
        # We are registered there again: it knows nobody else of that name.
        wait("registration", 60, lambda: "registered" == b.gateway.json(
            "trunks")["trunks"][0]["registration"])
        b.peer.do("hangup")
        b.peer.do("dial", "sip:104@%s:%d" % (b.host, b.proxy))
        b.expect(4, "ring", 40)
        b.do("off-hook 4")
        b.peer.expect("CALL_ESTABLISHED", 30)
        b.do("on-hook 4")
        b.gateway.wait_idle()
    except BaseException:
        b.ws.tails()
        b.outer.tails()
        b.close(False)
        raise
    b.close()


def what_makes_no_sense_is_refused():
    with harness.Workspace() as ws:
        for keys, words in (
                ('transport = "tcp"; keepalive = "stun";',
                 'keepalive "stun" goes over udp alone; write "crlf"'),
                ('keepalive_interval = 30;',
                 'keepalive_interval needs a keepalive'),
                ('keepalive = "crlf"; keepalive_interval = 1;',
                 "keepalive_interval"),
                ('keepalive = "ping";', "keepalive")):
            path = ws.write("conf", 'country = "us"; sip = { listen = '
                            '[ "udp:127.0.0.1:5060", "tcp:127.0.0.1:5060" ]; };'
                            'trunks = ( { name = "a"; server = "192.0.2.1"; %s '
                            '} );' % keys)
            p = ws.start("check", [harness.program("tipringd"), "--config",
                                   path, "--check"])
            check(p.wait(30) and words in p.text(), "%s: %s" % (
                keys, p.text()))


if __name__ == "__main__":
    sys.exit(tap.run([
        flows_are_held_and_losses_noticed, pings_of_others_are_answered,
        a_server_that_always_closes_is_not_pestered, a_call_outlives_kamailio,
        what_makes_no_sense_is_refused]))
