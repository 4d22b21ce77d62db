#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A call changes while it talks: new keys, another SRTP suite, another codec,
another address, into the clear and back; after each, what both ends hear is judged
by content."""

import base64
import os
import re
import sys
import time

import box
import harness
import phone
import rtp_end
import sound
import tap
from tap import check

box.quick()
phone.Rtp = rtp_end.Rtp		# it knows SRTP, and A-law
CM80, CM32 = "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"
GCM = "AEAD_AES_128_GCM"
OCTETS = {CM80: 30, CM32: 30, GCM: 28}


class Changing:
    """A call, and what its far end offers next. suite "": in the clear."""

    def __init__(self, b, suite):
        self.b, self.call, self.tag = b, None, 0
        self.suite, self.law, self.version = suite, 0, 0
        self.renew()

    def renew(self, suite=None):
        """Keys of ours, under another tag."""
        self.suite = self.suite if suite is None else suite
        self.tag += 1
        if self.suite:
            self.key = base64.b64encode(os.urandom(
                OCTETS[self.suite])).decode()

    def offer(self, rtp):
        self.version += 1
        crypto = "a=crypto:%d %s inline:%s\r\n" % (
            self.tag, self.suite, self.key) if self.suite else ""
        return ("v=0\r\no=- 9 %d IN IP4 127.0.0.1\r\ns=-\r\n"
                "c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d RTP/%s %d\r\n%s" % (
                    self.version, rtp.port, "SAVP" if self.suite else "AVP",
                    self.law, crypto))

    def answered(self):
        answer = self.call.remote_sdp
        check(re.search(r"^m=audio \d+ RTP/%s %d\b" % (
            "SAVP" if self.suite else "AVP", self.law), answer, re.M), answer)
        self.call.rtp.law(self.law)
        if not self.suite:
            self.call.rtp.keys("off", "", "")
            return
        found = re.search(r"^a=crypto:%d %s inline:([^|\s]+)" % (
            self.tag, self.suite), answer, re.M)
        check(found, answer)
        self.call.rtp.keys(self.suite, self.key, found.group(1))

    def change(self, rtp=None):
        """By a re-INVITE; rtp: from now on there."""
        rtp = rtp or self.call.rtp
        self.call.send_invite(self.offer(rtp))
        self.call.expect(200)
        if rtp is not self.call.rtp:
            self.call.rtp.close()
            rtp.remote = self.call.rtp.remote
            self.call.rtp = rtp
            self.call.take_sdp(self.call.remote_sdp)
        self.answered()

    def both_hear(self):
        self.b.converse(3, self.call)
        call = self.b.gateway.calls()[0]
        check(call["srtp"] == (self.suite or ""), "SRTP: %s" % call["srtp"])
        check(call["codec"] == ("PCMA" if self.law else "PCMU"),
              "codec: %s" % call["codec"])
        # Those on their way when keys change may be.
        check(self.call.rtp.forged < 10, "%d packets of theirs are forged" %
              self.call.rtp.forged)


def begin(b, suite):
    """The phone calls line 3."""
    c = Changing(b, suite)
    call = phone.Call(b.phone, phone.token() + "@127.0.0.1",
                      ("127.0.0.1", b.sip))
    call.target = "sip:103@127.0.0.1:%d" % b.sip
    call.local = "<sip:600@127.0.0.1:%d>" % b.phone.port
    call.peer = "<%s>" % call.target
    b.phone.calls[call.id] = call
    c.call = call
    call.send_invite(c.offer(call.rtp))
    call.expect(180)
    b.expect(3, "ring")
    b.do("off-hook 3")
    call.expect(200)
    c.answered()
    return c


def end(c):
    c.call.hang_up()
    c.b.expect(3, "busy|congestion|dial-tone")
    c.b.do("on-hook 3")
    c.b.gateway.wait_idle()


def keys_suite_codec_and_address_change():
    with box.Box(trunk='srtp = "preferred";') as b:
        c = begin(b, CM80)
        c.both_hear()
        c.renew()
        c.change()			# new keys
        c.both_hear()
        c.law = 8
        c.change()			# another codec, the same keys
        c.both_hear()
        c.renew(GCM)
        c.law = 0
        c.change(rtp_end.Rtp())		# all of it at once, and elsewhere
        c.both_hear()
        end(c)
        check("inline:" not in b.gateway.process.text(),
              "a key stands in the log")


def codec_and_address_change_in_the_clear():
    with box.Box(trunk='srtp = "preferred";') as b:
        c = begin(b, "")
        c.law = 8
        c.change()
        c.both_hear()
        c.law = 0
        c.change(rtp_end.Rtp())
        c.both_hear()
        c.renew(CM32)
        c.change()			# and under lock and key
        c.both_hear()
        end(c)


def refreshes_disturb_nothing_that_is_sent():
    """RFC 4028 section 7.4: the same description, again and again; a fax that goes
    through must not notice (its tone before the words)."""
    with box.Box() as b:
        c = begin(b, "")
        tone = b.ws.path("tone.wav")
        sound.write(tone, sound.sine(2100, -12, 3000) + sound.silence(75))
        b.do("play 3 " + tone)
        b.do("wait-played 3")
        c.version -= 1
        same = c.offer(c.call.rtp)
        sdp = c.call.remote_sdp
        done = harness.Background(refresh, c.call, same)
        c.both_hear()
        check(done.result() == 12, "refreshes")
        # Nor is ours another description: not a word of it is new.
        check(c.call.remote_sdp == sdp, "%s\n%s" % (sdp, c.call.remote_sdp))
        check(not c.call.rtp.gaps()[0], "lost: %d" % c.call.rtp.gaps()[0])
        end(c)


def refresh(call, same):
    for n in range(12):
        call.send_invite(same)
        call.expect(200)
        time.sleep(0.4)
    return n + 1


if __name__ == "__main__":
    sys.exit(tap.run([keys_suite_codec_and_address_change,
                      codec_and_address_change_in_the_clear,
                      refreshes_disturb_nothing_that_is_sent]))
