# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A SIP peer that a test plays message by message: no retransmission, no
answer that the test did not write. For what no good phone would send."""

import atexit
import collections
import hashlib
import re
import socket
import time

from harness import Gateway, Workspace, free_ports
from phone import Message, token, uri_of
from tap import Fail, check

COPIED = "via", "from", "to", "call-id", "cseq"


def sdp(host="127.0.0.1", port=40000, formats="0 8 101", more="",
        direction="sendrecv", version=1):
    return ("v=0\r\no=- 77 %d IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP %s\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
            "a=%s\r\n%s" % (version, host, host, port, formats, direction,
                            more))


def message(start, headers, body=""):
    head = [start] + ["%s: %s" % (name, value) for name, value in headers]
    if body and not any(n.lower() == "content-type" for n, _ in headers):
        head.append("Content-Type: application/sdp")
    head.append("Content-Length: %d" % len(body.encode()))
    return "\r\n".join(head) + "\r\n\r\n" + body


class Peer:
    """One address, at which a gateway's trunk may be."""

    def __init__(self, gateway, host="127.0.0.1", port=None):
        self.gateway = ("127.0.0.1", gateway)
        self.host, self.port = host, port or free_ports(2)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, self.port))
        self.waiting = []	# came, but nobody has asked for it yet
        self.known = collections.Counter()	# what came, how often

    def close(self):
        self.socket.close()

    def send(self, text):
        self.socket.sendto(text.encode() if isinstance(text, str) else text,
                           self.gateway)

    def _key(self, m):
        return (m.start, m.branch(), m.get("cseq"), m.get("rseq"),
                m.tag("to"))

    def _read(self, end):
        self.socket.settimeout(max(0.01, end - time.monotonic()))
        try:
            data = self.socket.recv(65536)
        except TimeoutError:
            return
        if not data.strip():
            return	# a keep-alive
        m = Message(data)
        if not m.start:
            return
        self.known[self._key(m)] += 1
        if self.times(m) == 1:
            self.waiting.append(m)

    def times(self, m):
        """How often it came, with its retransmissions."""
        return self.known[self._key(m)]

    def wanted(self, what, within, call_id=None):
        """The first that fits, a method or a status; None: none in time."""
        end = time.monotonic() + within
        while True:
            for m in self.waiting:
                if call_id and m.get("call-id") != call_id:
                    continue
                if m.response and m.status in what or \
                        not m.response and m.method in what:
                    self.waiting.remove(m)
                    return m
            if time.monotonic() >= end:
                return None
            self._read(end)

    def expect(self, *what, within=15, call_id=None):
        m = self.wanted(what, within, call_id)
        if not m:
            raise Fail("no %s within %g s, but %s" % (
                " or ".join(map(str, what)), within,
                [w.start for w in self.waiting] or "nothing"))
        return m

    def forget(self):
        self.waiting = []

    def contact(self, user="peer"):
        return "<sip:%s@%s:%d>" % (user, self.host, self.port)

    def via(self, branch=None):
        return "SIP/2.0/UDP %s:%d;branch=%s" % (
            self.host, self.port, branch or "z9hG4bK" + token())

    def reply(self, request, status, reason="Said So", body="", tag="peer",
              extra=()):
        """To their request; tag: ours, in To."""
        headers = [(n, v) for n, v in request.headers if n in COPIED]
        if not request.tag("to"):
            headers = [(n, v + ";tag=" + tag if n == "to" else v)
                       for n, v in headers]
        headers += [("Record-Route", v) for v in request.all("record-route")]
        if not any(n.lower() == "contact" for n, _ in extra):
            headers.append(("Contact", self.contact()))
        self.send(message("SIP/2.0 %d %s" % (status, reason),
                          headers + list(extra), body))

    def options(self, within=10):
        """Answers the probe that begins a trunk's life."""
        self.reply(self.expect("OPTIONS", within=within), 200, "OK")


class Dialog:
    """A call of this peer's, or one that it was asked into."""

    def __init__(self, peer, number=None, invite=None, tag=None):
        self.peer, self.invite = peer, invite
        self.tag = tag or token()
        self.sequence, self.sent = 1, None
        if invite:
            self.id, self.remote_tag = invite.get("call-id"), invite.tag("from")
            self.target = uri_of(invite.get("contact"))
            self.local = re.sub(r";tag=.*", "", invite.get("to"))
            self.remote = re.sub(r";tag=.*", "", invite.get("from"))
        else:
            self.id, self.remote_tag = token() + "@test", ""
            self.target = "sip:%s@127.0.0.1:%d" % (number, peer.gateway[1])
            self.local = "<sip:5550100@%s>" % peer.host
            self.remote = "<%s>" % self.target

    def request(self, method, body="", extra=(), sequence=None, branch=None,
                uri=None, hops=70, sender=None):
        if sequence is None and method not in ("ACK", "CANCEL"):
            self.sequence += 1
        to = self.remote
        if self.remote_tag and method != "CANCEL":
            to += ";tag=" + self.remote_tag
        headers = [("Via", self.peer.via(branch)), ("Max-Forwards", hops),
                   ("From", (sender or self.local) + ";tag=" + self.tag),
                   ("To", to), ("Call-ID", self.id),
                   ("CSeq", "%d %s" % (sequence or self.sequence, method))]
        if not any(n.lower() == "contact" for n, _ in extra):
            headers.append(("Contact", self.peer.contact()))
        return message("%s %s SIP/2.0" % (method, uri or self.target),
                       headers + list(extra), body)

    def send(self, method, body="", **more):
        """The branch that it went with."""
        text = self.request(method, body, **more)
        if method != "ACK":
            self.sent = text
        self.peer.send(text)
        return re.search(r"branch=([^;\s]+)", text).group(1)

    def call(self, body=None, **more):
        """An INVITE, with a description unless that is ""."""
        self.branch = self.send(
            "INVITE", sdp(self.peer.host) if body is None else body, **more)
        self.invite_sequence = self.sequence
        return self

    def expect(self, *what, within=15):
        """A response or a request of this dialog."""
        m = self.peer.expect(*what, within=within, call_id=self.id)
        if m.response and m.tag("to") and not self.remote_tag:
            self.remote_tag = m.tag("to")
        if m.response and 180 <= m.status < 300 and m.get("contact") and \
                m.method in ("INVITE", "UPDATE"):
            self.target = uri_of(m.get("contact"))
        return m

    def ack(self, body=""):
        self.send("ACK", body, sequence=self.invite_sequence)

    def refused(self, *statuses):
        """The INVITE's final response; acknowledged."""
        m = self.expect(*statuses)
        self.peer.send(self.request(
            "ACK", sequence=self.invite_sequence, branch=self.branch))
        return m

    def answered(self, body=""):
        m = self.expect(200)
        self.ack(body)
        return m

    def reply(self, status, reason="Said So", body="", request=None, **more):
        more.setdefault("tag", self.tag)
        self.peer.reply(request or self.invite, status, reason, body, **more)

    def accept(self, body=None, **more):
        """200 to their INVITE, until the ACK."""
        self.reply(200, "OK", sdp(self.peer.host) if body is None else body,
                   **more)
        return self.expect("ACK")

    def challenges(self, request, status=401, nonce="one"):
        """Refused until it proves who sends it; the request that comes then."""
        name = "WWW" if status == 401 else "Proxy"
        self.peer.reply(request, status, "Who Is It", tag=self.tag, extra=[(
            name + "-Authenticate", 'Digest realm="far", nonce="%s", '
            'algorithm=MD5, qop="auth"' % nonce)])
        if request.method == "INVITE":
            self.expect("ACK")
        return self.expect(request.method)

    def hang_up(self):
        self.send("BYE")
        return self.expect(200)

    def ended(self, within=15):
        """They hang up; what they said."""
        m = self.expect("BYE", within=within)
        self.peer.reply(m, 200, "OK")
        return m

    def cancelled(self):
        """They cancel; what they said."""
        m = self.expect("CANCEL")
        self.peer.reply(m, 200, "OK", tag=self.tag)
        self.reply(487, "Request Terminated")
        self.expect("ACK")
        return m


def hashed(*parts, by=hashlib.md5):
    """What Digest makes of them (RFC 7616 section 3.4)."""
    return by(":".join(parts).encode()).hexdigest()


def proven(m, user, secret):
    """A challenged request came again, and proves who sends it."""
    p = dict(re.findall(r'(\w+)="?([^",]*)', m.get("authorization") or
                        m.get("proxy-authorization")))
    check(p, "%s without proof" % m.start)
    same("proof", p["response"], hashed(
        hashed(user, p["realm"], secret), p["nonce"], p["nc"], p["cnonce"],
        "auth", hashed(m.method, p["uri"])))


def same(what, got, wanted):
    check(got == wanted, "%s is %r, not %r" % (what, got, wanted))


CONFIG = """\
country = "us";
fraud = {{ allow = [ "any" ]; }};
log = "debug";
sip = {{ listen = [ "udp:127.0.0.1:{sip}" ]; }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
timers = {{ no_response = 5000; }};
trunks = (
  {{ name = "in"; server = "127.0.0.2"; port = {port2}; options = 0; }},
  {{ name = "out"; server = "127.0.0.3"; port = {port3}; options = 0;
    session_timer = 1200; transfer = "accept"; }},
  {{ name = "four"; server = "127.0.0.4"; port = {port4}; options = 0;
    identity = "ppi"; number_format = "national"; diversion = "diversion";
    reliable = "require"; redirect = "follow"; session_timer_min = 300; }},
  {{ name = "five"; server = "127.0.0.5"; port = {port5}; options = 0;
    identity = "rpid"; number_format = "e164"; diversion = "history-info";
    reliable = "off"; session_timer = 0; }},
  {{ name = "six"; server = "127.0.0.6"; port = {port6}; options = 0;
    identity = "from"; number_format = "+e164"; reliable = "offer"; }}
);
routes = (
  {{ from = "trunk:in"; called = "94900x.|941900x."; reject = "rejected"; }},
  {{ from = "trunk:in"; called = "94x."; strip = 2; to = [ "trunk:four" ]; }},
  {{ from = "trunk:in"; called = "95x."; strip = 2; to = [ "trunk:five" ]; }},
  {{ from = "trunk:in"; called = "96x."; strip = 2; to = [ "trunk:six" ]; }},
  {{ from = "trunk:in"; called = "97x."; strip = 2; to = [ "trunk:out" ];
    calling_number = "+13125550100"; }},
  {{ from = "trunk:in"; called = "98x."; strip = 2; to = [ "trunk:out" ];
    calling_number = "+442075550100"; }},
  {{ from = "trunk:in"; to = [ "trunk:out" ]; }},
  {{ from = "any"; to = [ "trunk:in" ]; }}
);
"""


class Rig:
    """A gateway among five providers, each at an address of its own: what
    comes from "in" goes to another by its first digits, what comes from
    another goes to "in"."""

    def __init__(self, config=CONFIG, **parts):
        self.ws = Workspace()
        try:
            sip, rtp = free_ports(2), free_ports(120)
            self.sip = sip
            self.peers = {n: Peer(sip, "127.0.0.%d" % n) for n in range(2, 7)}
            self.control = self.ws.path("control")
            self.gateway = Gateway(self.ws, config.format(
                sip=sip, rtp=rtp, rtp_last=rtp + 119, control=self.control,
                cdr=self.ws.path("cdr.json"),
                **{"port%d" % n: p.port for n, p in self.peers.items()},
                **parts),
                self.control, self.ws.path("cdr.json"))
            self.gateway.wait_ready()
        except BaseException:
            self.ws.tails()
            self.ws.close()
            raise

    def __getitem__(self, n):
        return self.peers[n]

    def through(self, to=3, number="600", body=None, **more):
        """A call from "in"; as its caller and as the called see it."""
        prefix = {3: "", 4: "94", 5: "95", 6: "96"}[to]
        caller = Dialog(self[2], prefix + number).call(body, **more)
        return caller, Dialog(self[to], invite=self[to].expect("INVITE"))

    def talk(self, to=3, body=None, **more):
        caller, called = self.through(to, **more)
        called.accept(body)
        caller.answered()
        return caller, called

    def quiet(self):
        """No call is left."""
        self.gateway.wait_idle()
        for peer in self.peers.values():
            peer.forget()

    def close(self, check_end=True):
        try:
            if check_end:
                self.gateway.stop()
        finally:
            for peer in self.peers.values():
                peer.close()
            self.ws.close()


_rig = None
make = Rig	# a test may want another


def rig():
    """One for many tests; made anew after a failed one."""
    global _rig
    if not _rig:
        _rig = make()
    return _rig


def drop(check_end=False):
    global _rig
    if _rig:
        old, _rig = _rig, None
        old.close(check_end)


def after():
    if _rig:
        _rig.quiet()


def failed():
    if _rig:
        _rig.ws.tails()
    drop()


def the_gateway_ends_without_a_leak():
    drop(True)


atexit.register(drop)
