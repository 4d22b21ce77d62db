#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Valid messages changed at random, at the whole daemon: SIP by UDP and TCP from
a trunk's address, from inside a call and from strangers, answers of a registrar,
RTP, RTCP and STUN. A call talks through it. TIPRING_SEED repeats a run,
TIPRING_STORM is its length in seconds."""

import os
import random
import socket
import subprocess
import sys
import threading
import time

import box
import harness
import namespace
import phone
import rtp_end
import tap
import wire
from box import again
from harness import Background
from tap import check, comment
from vitals import Vitals

box.quick()
namespace.enter()
phone.Rtp = rtp_end.Rtp			# Python is busy enough

SECONDS = int(os.environ.get("TIPRING_STORM", "12"))
SEED = int(os.environ.get("TIPRING_SEED", random.getrandbits(32)))
TCP = 5080
TRUNK, STRANGER, VICTIM, LIAR = "127.0.1.1", "127.0.2.1", "127.0.3.1", "127.0.4.1"

SDP = """\
v=0
o=- 1 1 IN IP4 127.0.3.1
s=-
c=IN IP4 127.0.3.1
t=0 0
m=audio 40000 RTP/AVP 0 8 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
"""
SDES = SDP.replace("RTP/AVP", "RTP/SAVP") + """\
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4
"""
FAX = SDP + """\
m=image 40002 udptl t38
a=T38FaxVersion:0
a=T38FaxRateManagement:transferredTCF
"""
MIXED = """\
--b1
Content-Type: application/sdp

%s
--b1
Content-Type: text/plain

x
--b1--
""" % SDP
SUMMARY = "Messages-Waiting: yes\nVoice-Message: 2/8 (0/2)\n"

# What begins something, and what belongs to a call.
BEGIN = {
    "INVITE": [("application/sdp", SDP), ("application/sdp", SDES),
               ("application/sdp", FAX), ("", ""),
               ("multipart/mixed;boundary=b1", MIXED)],
    "OPTIONS": [("", "")], "REGISTER": [("", "")], "SUBSCRIBE": [("", "")],
    "MESSAGE": [("text/plain", "hello")],
    "NOTIFY": [("application/simple-message-summary", SUMMARY)],
    "REFER": [("", "")],
}
INSIDE = {
    "INVITE": [("application/sdp", SDP), ("application/sdp", SDES)],
    "ACK": [("application/sdp", SDP)], "UPDATE": [("application/sdp", SDP)],
    "INFO": [("application/dtmf-relay", "Signal=5\nDuration=160\n")],
    "PRACK": [("", "")], "REFER": [("", "")], "CANCEL": [("", "")],
    "NOTIFY": [("message/sipfrag", "SIP/2.0 200 OK\n")], "BYE": [("", "")],
}
EXTRA = """\
Contact: <sip:x@{own}:5060>
Supported: 100rel, timer, replaces, histinfo
Session-Expires: 1800;refresher=uac
Min-SE: 90
P-Asserted-Identity: "A" <sip:+15551230001@{own}>, <tel:+15551230001>
Privacy: id
Diversion: <sip:600@{own}>;reason=unconditional;counter=1
History-Info: <sip:600@{own}?Reason=SIP%3Bcause%3D302>;index=1
Reason: Q.850;cause=16;text="x"
Refer-To: <sip:901@{own}?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>
RAck: 1 1 INVITE
Event: message-summary
Subscription-State: active;expires=60
Authorization: Digest username="1", realm="x", nonce="y", uri="sip:x", response="0"
Expires: 60
Record-Route: <sip:{own}:5060;lr>
User-Agent: storm/1.0
"""


def message(start, way, own, headers, kind="", body=""):
    body = body.replace("\n", "\r\n")
    head = (start + "\nVia: SIP/2.0/%s %s:5060;rport;branch=z9hG4bKNNNNNNNN\n" % (
        way, own) + headers + EXTRA.format(own=own) + "Max-Forwards: 70\n")
    if kind:
        head += "Content-Type: %s\n" % kind
    head += "Content-Length: %d\n\n" % len(body)
    return head.replace("\n", "\r\n") + body


def seeds(b, way, own, call=None):
    """Files of valid messages; of CALL's dialog where there is one."""
    texts = []
    for method, bodies in (INSIDE if call else BEGIN).items():
        for kind, body in bodies:
            if call:
                headers = ("From: %s;tag=%s\nTo: %s;tag=%s\nCall-ID: %s\n"
                           "CSeq: 4000 %s\n" % (
                               call.local, call.tag, call.peer,
                               call.remote_tag, call.id, method))
            else:
                headers = ("From: <sip:600@%s>;tag=NNNNNNNN\nTo: <sip:%s@127.0"
                           ".0.1>\nCall-ID: NNNNNNNN@%s\nCSeq: 7 %s\n" % (
                               own, "104", own, method))
            texts.append(message(
                "%s sip:104@127.0.0.1:%d SIP/2.0" % (method, b.sip), way, own,
                headers, kind, body))
    texts.append(message("SIP/2.0 200 OK", way, own,
                         "From: <sip:1@x>;tag=1\nTo: <sip:2@x>;tag=2\n"
                         "Call-ID: NNNNNNNN\nCSeq: 1 INVITE\n",
                         "application/sdp", SDP))
    return [b.ws.write("%s-%s-%s-%d" % (way, own, bool(call), n), text)
            for n, text in enumerate(texts)]


def media_seeds(b):
    """RTP with voice, an event, padding and an extension; RTCP; STUN."""
    ssrc, voice = b"\x12\x34\x56\x78", bytes(range(160))
    datagrams = [
        b"\x80\x00" + b"\0\1\0\0\0\xa0" + ssrc + voice,
        b"\x80\xe5" + b"\0\2\0\0\1\x40" + ssrc + b"\x05\x8a\x03\x20",
        b"\xb1\x08" + b"\0\3\0\0\1\xe0" + ssrc + ssrc + b"\xbe\xde\0\1\x10\1\0\0"
        + voice + b"\0\0\0\4",
        b"\x80\x0d" + b"\0\4\0\0\2\x80" + ssrc + b"\x40",
        b"\x81\xc8\0\x0c" + ssrc + bytes(20) + ssrc + bytes(20)
        + b"\x81\xca\0\4" + ssrc + b"\1\7storm\0\0\0" + b"\x81\xcb\0\1" + ssrc,
        b"\x81\xc9\0\7" + ssrc + ssrc + bytes(20),
        b"\0\1\0\x08\x21\x12\xa4\x42" + bytes(12) + b"\x80\x22\0\4test",
        b"\1\1\0\x0c\x21\x12\xa4\x42" + bytes(12) + b"\0\x20\0\x08\0\1\xa1\x47"
        + bytes(4),
    ]
    paths = []
    for n, data in enumerate(datagrams):
        paths.append(b.ws.path("media-%d" % n))
        with open(paths[-1], "wb") as f:
            f.write(data)
    return paths


class Registrar(threading.Thread):
    """Answers whatever it is asked with something that it should not."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((LIAR, 0))
        self.socket.settimeout(0.2)
        self.port, self.answers = self.socket.getsockname()[1], 0
        self.chance, self.stopped = random.Random(SEED), threading.Event()
        self.start()

    def run(self):
        while not self.stopped.is_set():
            try:
                data, source = self.socket.recvfrom(65536)
            except OSError:
                continue
            lines = data.decode("latin-1").split("\r\n")
            copied = [line for line in lines if line.split(":")[0] in (
                "Via", "From", "To", "Call-ID", "CSeq")]
            answer = bytearray("\r\n".join([self.chance.choice([
                "SIP/2.0 200 OK", "SIP/2.0 401 Unauthorized", "SIP/2.0 423 No",
                "SIP/2.0 503 No", "SIP/2.0 302 Moved"])] + copied + [
                    'WWW-Authenticate: Digest realm="x", nonce="n", qop="auth"',
                    "Contact: <sip:1555@127.0.0.1>;expires=1",
                    "Path: <sip:p@x;lr>", "Service-Route: <sip:s@x;lr>",
                    "Retry-After: 1 (x);duration=2", "Min-Expires: 2",
                    "Content-Length: 0", "", ""]).encode("latin-1"))
            for _ in range(self.chance.randrange(6)):
                at = self.chance.randrange(len(answer))
                answer[at:at + self.chance.randrange(3)] = \
                    self.chance.randbytes(self.chance.randrange(3))
            self.answers += 1
            self.socket.sendto(answer, source)

    def close(self):
        self.stopped.set()
        self.join()
        self.socket.close()


def storm(own, to, rate, paths, *more):
    return subprocess.Popen(
        [os.path.join(harness.TOOLS, "storm"), "--from", own, "--rate",
         str(rate), "--seconds", str(SECONDS), "--mutate", str(SEED)] +
        list(more) + [to] + paths, stdout=subprocess.PIPE, text=True)


def rage(b, call, victim):
    """Starts all; how many messages went."""
    udp, tcp = "127.0.0.1:%d" % b.sip, "127.0.0.1:%d" % TCP
    media = media_seeds(b)
    senders = [
        storm(TRUNK + ":5060", udp, 300, seeds(b, "UDP", TRUNK)),
        storm(TRUNK, tcp, 100, seeds(b, "TCP", TRUNK), "--tcp"),
        storm(VICTIM + ":5060", udp, 200, seeds(b, "UDP", VICTIM, victim)),
        storm(STRANGER + ":5060", udp, 500, seeds(b, "UDP", STRANGER)),
        storm(STRANGER, tcp, 50, seeds(b, "TCP", STRANGER), "--tcp"),
        storm(STRANGER, "%s:%d" % call.rtp.remote, 200, media),
        storm(VICTIM + ":40000", "%s:%d" % victim.rtp.remote, 400, media),
        storm(VICTIM + ":40001", "%s:%d" % (
            victim.rtp.remote[0], victim.rtp.remote[1] + 1), 50, media)]
    return sum(int(s.communicate()[0]) for s in senders)


def a_call_talks_through_garbage():
    registrar = Registrar()
    comment("TIPRING_SEED=%d" % SEED)
    # All of it is to be parsed.
    box.CONFIG = box.CONFIG.replace("sip = {{", "sip = {{ max_requests = 10000;")
    ws = harness.Workspace()
    secret = ws.write("secret", "a-Long-one-17")
    os.chmod(secret, 0o600)
    with box.Box(
            listen='tcp:127.0.0.1:%d", "udp' % TCP, ready=False,
            timers="ring = 5;", fxs="call_waiting = false;",
            trunk='accept_from = [ "%s", "%s" ]; } , { name = "liar"; server = '
            '"%s"; port = %d; register = true; user = "1555"; secret_file = '
            '"%s"; options = 1;' % (TRUNK, VICTIM, LIAR, registrar.port,
                                    secret)) as b:
        b.speech()
        call = b.talk_sip(3)
        victim = b.phone.call("104", b.sip, SDP.replace("\n", "\r\n"))
        b.expect(4, "ring")
        b.do("off-hook 4")
        victim.expect(200)
        vitals = Vitals(b.gateway)
        sent = Background(rage, b, call, victim)
        while sent.is_alive():
            again(b.converse, 3, call)
        vitals.judge("%d messages, %d answers" % (
            sent.result(), registrar.answers), fds=300, mib=160)
        check(not call.ended.is_set(), "the call was ended")
        again(b.converse, 3, call)
        b.do("on-hook 4")
        b.hang_up_only(3, call)
        b.gateway.wait_idle(90)
        time.sleep(1)
        b.hang_up(4, b.talk_line(4))
    registrar.close()
    ws.close()


if __name__ == "__main__":
    if wire.DAHDI:
        print("1..0 # SKIP this test is about messages, not lines")
        raise SystemExit(0)
    sys.exit(tap.run([a_call_talks_through_garbage]))
