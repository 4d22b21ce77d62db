#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The tests' own SIP phone, against itself and against sipp: what it reports
must be what was there, before it judges others."""

import os
import sys
import time

import harness
import sound
import tap
from phone import Phone
from tap import check, wait

ws = harness.Workspace()


def says(name, text, voice="en-us"):
    return sound.speak(harness.TOOLS, ws.dir, name, text, voice=voice)


def two_phones_hear_each_other_and_no_other():
    a, b = Phone("a"), Phone("b")
    try:
        one = says("one", "Hello, this is the first telephone speaking.")
        two = says("two", "And quite another text from the second.", "en+f3")
        call = a.call("b", b.port)
        called = b.expect_call()
        called.ring()
        call.expect(180)
        called.answer()
        call.expect(200)
        call.rtp.play(sound.silence(300) + sound.read(one))
        called.rtp.play(sound.read(two))
        called.rtp.dial("15#")
        wait("end of speech", 30,
             lambda: not call.rtp.busy() and not called.rtp.busy())
        time.sleep(0.5)
        heard = call.rtp.save(ws.path("a.wav"))
        ear = sound.compare(harness.TOOLS, two, heard)
        check(ear["match"] > 0.9, "a did not hear b: %s" % ear)
        ear = sound.compare(harness.TOOLS, one, heard)
        check(ear["match"] < 0.4, "a heard itself: %s" % ear)
        ear = sound.compare(harness.TOOLS, one,
                            called.rtp.save(ws.path("b.wav")))
        check(ear["match"] > 0.9, "b did not hear a: %s" % ear)
        check(call.rtp.digits() == "15#", call.rtp.digits())
        check(set(call.rtp.end_packets.values()) == {3},
              str(call.rtp.end_packets))
        call.hang_up()
        called.wait_ended()
        check(called.end_method == "BYE", called.end_method)
    finally:
        a.close()
        b.close()


def a_call_that_is_given_up_is_cancelled():
    a, b = Phone("a"), Phone("b")
    try:
        call = a.call("b", b.port)
        called = b.expect_call()
        called.ring()
        call.expect(180)
        call.cancel()
        call.expect(487)
        called.wait_ended()
        check(called.end_method == "CANCEL", called.end_method)
    finally:
        a.close()
        b.close()


def what_does_not_come_fails_the_test():
    a = Phone("a")
    try:
        call = a.call("b", harness.free_ports(2))
        try:
            call.expect(200, within=2)
        except tap.Fail:
            return
        raise tap.Fail("a call to nobody was answered")
    finally:
        a.close()


if __name__ == "__main__":
    if os.environ.get("TIPRING_QUICK"):
        print("1..0 # SKIP not inside a package build")
        sys.exit(0)
    try:
        status = tap.run([two_phones_hear_each_other_and_no_other,
                          a_call_that_is_given_up_is_cancelled,
                          what_does_not_come_fails_the_test])
    finally:
        ws.close()
    sys.exit(status)
