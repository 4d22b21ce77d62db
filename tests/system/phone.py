# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A SIP user agent for tests, over UDP on loopback: it does exactly what a test
says, also what a good phone would not. It may act as registrar."""

import hashlib
import queue
import random
import re
import socket
import threading
import time

from harness import free_ports
from tap import Fail, check
from wire import DAHDI

if DAHDI:
    from rtp_end import Rtp
else:
    from rtp import Rtp

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact",
           "l": "content-length", "c": "content-type", "k": "supported"}
HASHES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"


def token():
    return "%012x" % random.getrandbits(48)


class Message:
    def __init__(self, data):
        head, _, self.body = data.decode("utf-8", "replace").partition(
            "\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
        self.start = lines[0]
        self.headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.headers.append((COMPACT.get(name, name), value.strip()))
        self.response = self.start.startswith("SIP/2.0 ")
        self.status = int(self.start.split()[1]) if self.response else 0
        self.method = (self.get("cseq").split() or ["", ""])[-1] \
            if self.response else self.start.split()[0]
        self.uri = "" if self.response else self.start.split()[1]

    def get(self, name):
        return next((v for n, v in self.headers if n == name), "")

    def all(self, name):
        return [v for n, v in self.headers if n == name]

    def branch(self):
        found = re.search(r"branch=([^;,\s]+)", self.get("via"))
        return found.group(1) if found else ""

    def tag(self, name):
        found = re.search(r";\s*tag=([^;,\s]+)", self.get(name))
        return found.group(1) if found else ""

    def sequence(self):
        return int(self.get("cseq").split()[0])


def uri_of(header):
    found = re.search(r"<([^>]+)>", header)
    return found.group(1) if found else header.split(";")[0].strip()


class Call:
    """One dialog. Waits raise Fail with what came instead."""

    def __init__(self, phone, call_id, remote):
        self.phone, self.id, self.remote = phone, call_id, remote
        self.tag, self.sequence = token(), random.randrange(1, 1000)
        self.remote_tag, self.local, self.peer, self.target = "", "", "", ""
        self.invite = None		# the request as it came or went
        self.responses = queue.Queue()
        self.seen = []			# statuses in order
        self.final = None
        self.acked, self.ended = threading.Event(), threading.Event()
        self.cancelled = threading.Event()
        self.end_method, self.bye = "", None
        self.requests = []		# others inside the dialog
        self.routes = []		# through proxies that want to stay
        self.remote_sdp, self.direction = "", "sendrecv"
        self.rtp = Rtp()
        self.version = 1

    # ------------------------------------------------------------- SDP

    def sdp(self, formats="0 8 101", extra="", proto="RTP/AVP"):
        self.version += 1
        return ("v=0\r\no=- 1 %d IN IP4 127.0.0.1\r\ns=-\r\n"
                "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                "m=audio %d %s %s\r\na=rtpmap:0 PCMU/8000\r\n"
                "a=rtpmap:8 PCMA/8000\r\na=rtpmap:%d telephone-event/8000\r\n"
                "a=fmtp:%d 0-15\r\na=ptime:20\r\na=%s\r\n%s" % (
                    self.version, self.rtp.port, proto, formats,
                    self.rtp.event_type,
                    self.rtp.event_type, self.direction, extra))

    def take_sdp(self, body):
        if not body.strip():
            return
        self.remote_sdp = body
        address = re.search(r"^c=IN IP4 (\S+)", body, re.M)
        media = re.search(r"^m=audio (\d+)", body, re.M)
        event = re.search(r"^a=rtpmap:(\d+) telephone-event", body, re.M)
        if event:
            self.rtp.event_type = int(event.group(1))
        if address and media and int(media.group(1)):
            self.rtp.remote = (address.group(1), int(media.group(1)))

    # ------------------------------------------------------- as caller

    def next_request(self, method, body="", extra=(), sequence=None):
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        return self.phone.request(
            method, self.target, self.local + ";tag=" + self.tag,
            self.peer + (";tag=" + self.remote_tag if self.remote_tag else ""),
            self.id, sequence, body,
            ["Route: " + r for r in self.routes] + list(extra))

    def send_invite(self, body, extra=()):
        self.final = None
        self.responses = queue.Queue()
        self.invite = self.next_request("INVITE", body, extra)
        branch = re.search(r"branch=(\S+)", self.invite).group(1)
        self.phone.transactions[branch] = self
        threading.Thread(target=self._resend, args=(self.invite,),
                         daemon=True).start()

    def _resend(self, text):
        pause = 0.5
        while self.responses is not None and not self.seen_any() and pause < 8:
            self.phone.send(text, self.remote)
            time.sleep(pause)
            pause *= 2

    def seen_any(self):
        return self.final is not None or not self.responses.empty()

    def on_response(self, m):
        if m.method != "INVITE":
            return
        if m.status >= 200:
            self._ack(m)
            if self.final is not None:
                return
            self.final = m
        self.seen.append(m.status)
        if m.tag("to"):
            self.remote_tag = m.tag("to")
        self.take_sdp(m.body)
        self.responses.put(m)

    def _ack(self, m):
        sequence = m.sequence()
        if m.status < 300:
            self.remote_tag = m.tag("to")
            if m.get("contact"):
                self.target = uri_of(m.get("contact"))
            self.routes = self.routes or m.all("record-route")[::-1]
            text = self.next_request("ACK", sequence=sequence)
        else:
            text = self.phone.request("ACK", self.target, m.get("from"),
                                      m.get("to"), self.id, sequence,
                                      branch=m.branch())
        self.phone.send(text, self.remote)

    def expect(self, *statuses, within=20):
        """The next response of one of these statuses; others before it are
        passed over when provisional."""
        end = time.monotonic() + within
        while True:
            try:
                m = self.responses.get(timeout=max(0.01,
                                                   end - time.monotonic()))
            except queue.Empty:
                raise Fail("no response %s within %g s, but %s" % (
                    statuses, within, self.seen)) from None
            if m.status in statuses:
                return m
            check(m.status < 200, "response %s, not one of %s" % (
                m.start, statuses))

    def cancel(self):
        branch = re.search(r"branch=(\S+)", self.invite).group(1)
        self.phone.send(self.phone.request(
            "CANCEL", self.target, self.local + ";tag=" + self.tag, self.peer,
            self.id, self.sequence, branch=branch), self.remote)

    def reinvite(self, direction, within=20):
        self.direction = direction
        self.send_invite(self.sdp())
        return self.expect(200, within=within)

    def hang_up(self):
        m = self.phone.transact(self.next_request("BYE"), self.remote)
        self.ended.set()
        return m

    def stands(self):
        """Answered, by whichever side was called."""
        return self.acked.is_set() or (self.final is not None and
                                       self.final.status < 300)

    # ------------------------------------------------------- as called

    def respond(self, status, reason, body="", extra=(), request=None):
        text = self.phone.response(request or self.invite, status, reason,
                                   body, extra, self.tag)
        self.phone.send(text, self.remote)
        return text

    def ring(self):
        self.respond(180, "Ringing")

    def progress(self):
        self.respond(183, "Session Progress", self.sdp())

    def answer(self, within=10):
        text = self.respond(200, "OK", self.sdp())
        end = time.monotonic() + within
        while not self.acked.wait(0.5):
            check(time.monotonic() < end, "no ACK within %g s" % within)
            self.phone.send(text, self.remote)

    def reject(self, status, reason="No", extra=()):
        self.respond(status, reason, extra=extra)

    def on_request(self, m):
        if m.method == "ACK":
            self.take_sdp(m.body)
            self.acked.set()
        elif m.method == "BYE":
            self.bye, self.end_method = m, "BYE"
            self.respond(200, "OK", request=m)
            self.ended.set()
        elif m.method == "CANCEL":
            self.respond(200, "OK", request=m)
            if not self.cancelled.is_set():
                self.cancelled.set()
                self.end_method = "CANCEL"
                self.respond(487, "Request Terminated")
                self.ended.set()
        elif m.method == "INVITE" and self.stands():
            self.take_sdp(m.body)
            self.requests.append(m)
            self.respond(200, "OK", self.sdp(), request=m)
        elif m.method != "INVITE":
            self.requests.append(m)
            self.respond(200, "OK", request=m)

    # ------------------------------------------------------------ both

    def wait_ended(self, within=20):
        check(self.ended.wait(within), "the far end did not end the call "
              "within %g s" % within)

    def close(self):
        self.rtp.close()


class Phone:
    def __init__(self, user="600", port=None):
        self.user, self.port = user, port or free_ports(2)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", self.port))
        self.socket.settimeout(0.2)
        self.calls, self.transactions = {}, {}
        self.incoming = queue.Queue()
        self.accounts = None	# user -> secret: takes REGISTER
        self.nonce = token()
        self.bindings = {}	# user -> contact as registered
        self.registers = []	# every REGISTER as it came
        self.closed = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def close(self):
        self.closed = True
        for call in list(self.calls.values()):
            call.close()
        self.thread.join(5)
        self.socket.close()

    def send(self, text, address):
        try:
            self.socket.sendto(text.encode(), address)
        except OSError:
            pass

    # -------------------------------------------------------- messages

    def request(self, method, uri, sender, to, call_id, sequence, body="",
                extra=(), branch=None):
        head = ["%s %s SIP/2.0" % (method, uri),
                "Via: SIP/2.0/UDP 127.0.0.1:%d;rport;branch=%s" % (
                    self.port, branch or "z9hG4bK" + token()),
                "Max-Forwards: 70", "From: " + sender, "To: " + to,
                "Call-ID: " + call_id, "CSeq: %d %s" % (sequence, method),
                "Contact: <sip:%s@127.0.0.1:%d>" % (self.user, self.port),
                "Allow: " + ALLOW]
        return self._finish(head, body, extra)

    def response(self, request, status, reason, body="", extra=(), tag=""):
        head = ["SIP/2.0 %d %s" % (status, reason)]
        head += ["Via: " + v for v in request.all("via")]
        head += ["Record-Route: " + v for v in request.all("record-route")]
        to = request.get("to")
        if tag and not request.tag("to"):
            to += ";tag=" + tag
        head += ["From: " + request.get("from"), "To: " + to,
                 "Call-ID: " + request.get("call-id"),
                 "CSeq: " + request.get("cseq"),
                 "Contact: <sip:%s@127.0.0.1:%d>" % (self.user, self.port),
                 "Allow: " + ALLOW]
        return self._finish(head, body, extra)

    def _finish(self, head, body, extra):
        head += list(extra)
        if body and not any(h.startswith("Content-Type") for h in extra):
            head.append("Content-Type: application/sdp")
        head.append("Content-Length: %d" % len(body.encode()))
        return "\r\n".join(head) + "\r\n\r\n" + body

    def transact(self, text, address, within=10):
        """Sends a request other than INVITE until its final response."""
        branch = re.search(r"branch=(\S+)", text).group(1)
        answers = queue.Queue()
        self.transactions[branch] = answers
        end = time.monotonic() + within
        while time.monotonic() < end:
            self.send(text, address)
            try:
                m = answers.get(timeout=0.7)
            except queue.Empty:
                continue
            if m.status >= 200:
                return m
        raise Fail("no answer to %s within %g s" % (text.split()[0], within))

    def _read(self):
        while not self.closed:
            try:
                data, source = self.socket.recvfrom(65536)
            except (TimeoutError, OSError):
                continue
            if not data.strip():
                continue
            try:
                self._take(Message(data), source)
            except (IndexError, ValueError):
                pass	# not for us to judge here

    def _take(self, m, source):
        if m.response:
            user = self.transactions.get(m.branch())
            if isinstance(user, Call):
                user.on_response(m)
            elif user:
                user.put(m)
            return
        call = self.calls.get(m.get("call-id"))
        if call:
            call.on_request(m)
        elif m.method == "INVITE" and not m.tag("to"):
            self._new_call(m, source)	# one with a tag is of a call before
        elif m.method == "REGISTER" and self.accounts is not None:
            self._register(m, source)
        elif m.method == "OPTIONS":
            self.send(self.response(m, 200, "OK", tag=token()), source)
        elif m.method != "ACK":
            self.send(self.response(m, 481, "No Such Call", tag=token()),
                      source)

    def _new_call(self, m, source):
        call = Call(self, m.get("call-id"), source)
        call.invite, call.remote_tag = m, m.tag("from")
        call.local, call.peer = m.get("to"), m.get("from").split(";tag=")[0]
        call.target = uri_of(m.get("contact"))
        call.routes = m.all("record-route")
        call.take_sdp(m.body)
        self.calls[call.id] = call
        call.respond(100, "Trying")
        self.incoming.put(call)

    # ----------------------------------------------------------- calls

    def expect_call(self, within=20):
        try:
            return self.incoming.get(timeout=within)
        except queue.Empty:
            raise Fail("no INVITE within %g s" % within) from None

    def call(self, number, port, body=None, extra=(), sender=None):
        """Calls NUMBER at 127.0.0.1:PORT and returns at once."""
        call = Call(self, token() + "@127.0.0.1", ("127.0.0.1", port))
        call.target = "sip:%s@127.0.0.1:%d" % (number, port)
        call.local = sender or "<sip:%s@127.0.0.1:%d>" % (self.user, self.port)
        call.peer = "<%s>" % call.target
        self.calls[call.id] = call
        call.send_invite(call.sdp() if body is None else body, extra)
        return call

    # -------------------------------------------------------- registrar

    def _register(self, m, source):
        self.registers.append(m)
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?',
                                 m.get("authorization")))
        user = fields.get("username", "")
        if not self._good(fields, user):
            self.send(self.response(m, 401, "Unauthorized", tag=token(), extra=[
                'WWW-Authenticate: Digest realm="tests", nonce="%s", '
                'qop="auth", algorithm=%s' % (self.nonce, name)
                for name in self.algorithms]), source)
            return
        expires = re.search(r"expires=(\d+)", m.get("contact"))
        seconds = int(expires.group(1) if expires else
                      m.get("expires") or 3600)
        if seconds:
            self.bindings[user] = uri_of(m.get("contact"))
        else:
            self.bindings.pop(user, None)
        self.send(self.response(m, 200, "OK", tag=token(), extra=[
            "Expires: %d" % min(seconds, self.expires)]), source)

    expires = 60
    algorithms = ["MD5"]  # that the registrar offers

    def _good(self, f, user):
        name = f.get("algorithm", "MD5")
        if f.get("nonce") != self.nonce or user not in self.accounts or \
                name not in self.algorithms:
            return False

        def hashed(*texts):
            return hashlib.new(HASHES[name],
                               ":".join(texts).encode()).hexdigest()
        a1 = hashed(user, "tests", self.accounts[user])
        a2 = hashed("REGISTER", f.get("uri", ""))
        if "qop" in f:
            return f.get("response") == hashed(
                a1, self.nonce, f["nc"], f["cnonce"], f["qop"], a2)
        return f.get("response") == hashed(a1, self.nonce, a2)
