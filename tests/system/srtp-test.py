#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""SRTP by SDES: calls with baresip in each way of offering it, also over TLS, and
by hand what is refused, what keys are renewed and what is never said."""

import base64
import os
import re
import sys

import box
import harness
import tap
from peers import line_to_peer, peer_to_line
from tap import check

box.quick()

KEY = base64.b64encode(bytes(range(30))).decode()
OTHER = base64.b64encode(bytes(range(1, 31))).decode()
DTLS = "a=setup:actpass\r\na=fingerprint:sha-256 %s\r\n" % ":".join(
    "%02X" % n for n in range(32))
CM80 = "a=crypto:%d AES_CM_128_HMAC_SHA1_80 inline:%s\r\n"


def protected(b):
    """Nothing was thrown away, and no key stands in the log."""
    call = b.gateway.calls()[0]
    # baresip opens NATs with two packets that are not sealed.
    check(call["packets_forged"] <= 2, "forged packets: %s" % call)
    check(call["packets_received"] > 100, "packets: %s" % call)
    check(call["srtp"], "the call goes in the clear: %s" % call)
    log = b.gateway.process.text()
    check("inline:" not in log, "a key stands in the log")


def plain(b):
    check(not b.gateway.calls()[0]["srtp"], "%s" % b.gateway.calls()[0])


def baresip_must_have_it():
    peer_to_line(account=";mediaenc=srtp-mand", modules=("srtp",),
                 trunk='srtp = "required";', during=protected)


def we_must_have_it():
    line_to_peer(account=";mediaenc=srtp-mand", modules=("srtp",),
                 trunk='srtp = "required";', during=protected)


def both_prefer_it():
    line_to_peer(account=";mediaenc=srtp", modules=("srtp",),
                 trunk='srtp = "preferred";', during=protected)


def preferred_goes_without():
    line_to_peer(trunk='srtp = "preferred";', during=plain)


def over_tls(b):
    protected(b)
    ports = {"%04X" % p for p in (b.sip, b.peer.sip + 1)}
    with open("/proc/net/tcp") as f:
        stand = [line.split()[1] for line in f if line.split()[3] == "01"]
    check(any(at.split(":")[1] in ports for at in stand),
          "no connection to %s" % ports)


def calls_out_over_tls():
    line_to_peer(account=";mediaenc=srtp-mand", modules=("srtp",), tls=True,
                 trunk='srtp = "required";', during=over_tls)


def calls_in_over_tls():
    peer_to_line(account=";mediaenc=srtp-mand", modules=("srtp",), tls=True,
                 trunk='srtp = "required";', during=over_tls)


def with_feedback():
    """RTP/SAVPF."""
    peer_to_line(account=";mediaenc=srtp-mandf", modules=("srtp",),
                 trunk='srtp = "preferred";', during=protected)


# ------------------------------------------------------------------- by hand

def crypto_of(call):
    return re.findall(r"^a=crypto:(\d+) (\S+) inline:(\S+)", call.remote_sdp,
                      re.M)


def description(proto, extra):
    return ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
            "t=0 0\r\nm=audio %d %s 0\r\n%s" % (
                harness.free_ports(2), proto, extra))


def offer(b, proto, extra):
    return b.phone.call("103", b.sip, description(proto, extra))


def refusals_say_why():
    for mode, proto, extra, words in (
            ("required", "RTP/AVP", "", "SRTP is required here"),
            ("required", "RTP/SAVP", "", "no SRTP suite and key in common"),
            ("off", "RTP/SAVP", CM80 % (1, KEY), "SRTP is off here"),
            ("preferred", "RTP/SAVPF", "", "no SRTP suite and key in common"),
            ("preferred", "RTP/SAVPF", DTLS, "DTLS-SRTP alone"),
            ("off", "UDP/TLS/RTP/SAVPF", DTLS, "DTLS-SRTP alone")):
        with box.Box(trunk='srtp = "%s";' % mode) as b:
            answer = offer(b, proto, extra).expect(488)
            check(words in answer.get("warning"), "%s %s: %s" % (
                mode, proto, answer.get("warning")))
            check(words in b.gateway.process.text(), "the log has no word")
            b.gateway.wait_idle()


def feedback_is_answered_in_kind():
    """RTP/AVPF in the clear, of which WebRTC gateways and linphone make their
    offers; a hold of ours keeps the profile."""
    with box.Box(trunk='srtp = "off";') as b:
        call = offer(b, "RTP/AVPF", "a=rtcp-fb:* trr-int 5000\r\n"
                     "a=rtcp-fb:* ccm tmmbr\r\n")
        call.expect(180)
        b.expect(3, "ring")
        b.do("off-hook 3")
        m = call.expect(200)
        check(re.search(r"^m=audio \d+ RTP/AVPF 0\r$", m.body, re.M) and
              "rtcp-fb" not in m.body, m.body)
        call.send_invite("")
        m = call.expect(200)
        check(re.search(r"^m=audio \d+ RTP/AVPF 0 8 101\r$", m.body, re.M), m.body)
        call.hang_up()
        b.expect(3, "busy|congestion|dial-tone")
        b.do("on-hook 3")
        b.gateway.wait_idle()


def keys_are_renewed_and_kept():
    with box.Box(trunk='srtp = "required";') as b:
        call = offer(b, "RTP/SAVP", CM80 % (7, KEY))
        call.expect(180)
        b.expect(3, "ring")
        b.do("off-hook 3")
        call.expect(200)
        first = crypto_of(call)
        check(len(first) == 1 and first[0][:2] == (
            "7", "AES_CM_128_HMAC_SHA1_80"), "answered with %s" % first)
        call.send_invite(description("RTP/SAVP", CM80 % (7, KEY)))
        call.expect(200)
        check(crypto_of(call) == first, "the same offer, another key of ours")
        call.send_invite(description("RTP/SAVP", CM80 % (8, OTHER)))
        call.expect(200)
        second = crypto_of(call)
        check(second[0][0] == "8" and second[0][2] != first[0][2],
              "a new key of theirs, the old one of ours: %s" % second)
        # In the clear it does not go on; the call stays as it was.
        call.send_invite(description("RTP/AVP", ""))
        call.expect(488)
        check(b.gateway.calls()[0]["srtp"], "protected no more")
        call.hang_up()
        b.expect(3, "busy|congestion|dial-tone")
        b.do("on-hook 3")
        b.gateway.wait_idle()
        check("inline:" not in b.gateway.process.text(),
              "a key stands in the log")


def tried(trunk, reloaded=False):
    """libsrtp has tried itself without a call: then it loads NSS's ciphers."""
    with harness.Workspace() as place:
        with box.Box(phone=False, trunk='srtp = "off";' if reloaded else trunk,
                     env=dict(os.environ, LD_DEBUG="files",
                              LD_DEBUG_OUTPUT=place.path("loaded"))) as b:
            seen = place.path("loaded.%d" % b.gateway.process.pid)
            if reloaded:
                check("softokn" not in open(seen).read(), "tried without need")
                with open(b.gateway.config) as f:
                    text = f.read()
                with open(b.gateway.config, "w") as f:
                    f.write(text.replace('srtp = "off";', trunk))
                status, out, err = b.gateway.run("reload")
                check(not status, err)
            return "softokn" in open(seen).read()


def a_reload_does_not_leave_it_to_the_first_call():
    if not tried('srtp = "required";'):
        tap.comment("this libsrtp has no ciphers of NSS: nothing to see")
        return
    check(tried('srtp = "required";', True), "left to the first call")


if __name__ == "__main__":
    sys.exit(tap.run([
        refusals_say_why, feedback_is_answered_in_kind,
        keys_are_renewed_and_kept,
        a_reload_does_not_leave_it_to_the_first_call, baresip_must_have_it,
        we_must_have_it, both_prefer_it, preferred_goes_without,
        with_feedback, calls_out_over_tls, calls_in_over_tls]))
