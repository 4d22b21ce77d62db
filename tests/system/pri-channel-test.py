#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Which B channel a call gets, and glare: both sides take the same one."""

import sys

import box
import phone
import rtp_end
import sound
import tap
import wire
from pri_bench import MULAW, Bench, failed, heard, same
from tap import check, wait

box.quick()
phone.Rtp = rtp_end.Rtp			# Python is busy enough


def talks(b, line, call):
    b.do("tone pbx.b%d 1300 -10" % line)
    wait("the PBX's tone", 20, lambda: heard(call, 1300))
    b.do("stop pbx.b%d" % line)
    call.rtp.play(sound.sine(700, -10, 6000))
    b.expect(line, "tone 700")


def collide(b, line, more=""):
    """Both ends take the same channel, and neither has read the other's SETUP:
    the gateway's waits while the PBX sends its own. The call of the SIP phone,
    and the one it gets."""
    for slot in range(1, 32):
        if slot != 16:
            b.do("forget pbx.b%d" % slot)
    b.do("d-channel pbx deaf")
    ours = b.phone.call("5551234", b.sip)
    wait("the gateway's SETUP", 20, lambda: [
        c for c in b.gateway.calls() if "5551234" in str(c)])
    b.do("call pbx.b%d 089123 from 5551001 %s" % (line, more))
    return ours


def both_talk(b, ours, our_line, theirs, their_line):
    b.do("answer pbx.b%d" % our_line)
    ours.expect(200)
    theirs.answer()
    b.expect(their_line, "answered")
    talks(b, our_line, ours)
    talks(b, their_line, theirs)
    ours.hang_up()
    theirs.hang_up()
    b.quiet()


def the_network_is_us_and_keeps_the_channel():
    with Bench(trunk=MULAW) as b:
        ours = collide(b, 1)
        theirs = b.phone.expect_call()
        b.do("d-channel pbx hears")
        b.expect(1, "setup 5551234")
        b.expect(2, "proceeding")
        both_talk(b, ours, 1, theirs, 2)
        # This channel or none: theirs is refused, ours goes on.
        ours = collide(b, 1, "exclusive")
        b.do("d-channel pbx hears")
        b.expect(1, "setup 5551234")
        b.expect(1, "cleared 44")
        b.do("answer pbx.b1")
        ours.expect(200)
        talks(b, 1, ours)
        ours.hang_up()
        b.quiet()


def the_network_is_the_far_end_and_moves_our_call():
    with Bench(trunk=MULAW, role="user") as b:
        ours = collide(b, 31)
        theirs = b.phone.expect_call()
        b.do("d-channel pbx hears")
        # The PBX gives it the first that is free.
        b.expect(1, "setup 5551234")
        both_talk(b, ours, 1, theirs, 31)


def an_exclusive_call_is_refused_and_tried_on_the_next():
    with Bench(trunk=MULAW, role="user", span='channel = "exclusive";') as b:
        ours = collide(b, 31)
        theirs = b.phone.expect_call()
        b.do("d-channel pbx hears")
        b.expect(30, "setup 5551234")
        both_talk(b, ours, 30, theirs, 31)
        same("our calls", b.gateway.cdr()[-1]["cause"], 16)


def channels_are_taken_from_the_end_that_is_told():
    for role, span, first, second in (
            ("network", 'select = "descending"; channel = "preferred";', 31, 30),
            ("user", 'select = "ascending";', 1, 2)):
        with Bench(trunk=MULAW, role=role, span=span) as b:
            calls = [b.to_pbx("5551001", first), b.to_pbx("5551002", second)]
            for slot, call in zip((first, second), calls):
                b.do("answer pbx.b%d" % slot)
                call.expect(200)
            talks(b, second, calls[1])
            for call in calls:
                call.hang_up()
            b.quiet()


def a_channel_out_of_service_is_left_alone():
    for switch in ("ni2", "4ess"):
        with Bench(trunk=MULAW, country="us", switch=switch,
                   box='fraud = { allow = [ "any" ]; };') as b:
            b.do("service pbx.b1 out")
            b.expect(1, "service out")
            call = b.to_pbx("5551001", 2)
            b.do("answer pbx.b2")
            call.expect(200)
            call.hang_up()
            b.gateway.wait_idle()
            slots = len(wire.SLOTS) if wire.DAHDI else 23
            check(b.span()["address"].startswith("%d of %d " % (slots - 1, slots)),
                  b.span()["address"])
            b.do("service pbx.b1 in")
            b.expect(1, "service in")
            b.quiet()
            call = b.to_pbx("5551002", 1)
            b.do("answer pbx.b1")
            call.expect(200)
            talks(b, 1, call)
            call.hang_up()
            b.quiet()


def an_operator_takes_a_channel_out_of_service():
    with Bench(trunk=MULAW) as b:
        def operator(*argv):
            status, _, err = b.gateway.run(*argv)
            return status, err

        # One that talks talks on.
        first = b.to_pbx("5551001", 1)
        b.do("answer pbx.b1")
        first.expect(200)
        same("busy-out", operator("busy-out", "pbx.b1"), (0, ""))
        talks(b, 1, first)
        first.hang_up()
        b.gateway.wait_idle()
        check("29 of 30 B channels free, 1 busied out" in b.span()["address"],
              b.span()["address"])
        second = b.to_pbx("5551002", 2)
        b.do("answer pbx.b2")
        second.expect(200)
        # The PBX is given another one where it lets us.
        b.call_out("pbx.b1 089123 from 5551001")
        third = b.phone.expect_call()
        third.answer()
        b.expect(3, "answered")
        talks(b, 3, third)
        b.call_out("pbx.b1 089123 from 5551001 exclusive")
        b.expect(1, "cleared 44")
        for call in second, third:
            call.hang_up()
        b.gateway.wait_idle()
        # It stays so over a reload.
        status, _, err = b.gateway.run("reload")
        check(status == 0, err)
        check("busied out" in b.span()["address"], b.span()["address"])
        same("return", operator("return", "pbx.b1"), (0, ""))
        call = b.to_pbx("5551003", 1)
        call.cancel()
        b.quiet()
        for wrong in "pbx.b16", "pbx.b32", "pbx.b", "pbx.", ".b1", "peer.b1":
            status, err = operator("busy-out", wrong)
            check(status == 1 and "no line " + wrong in err and
                  "SPAN.b1" in err, (wrong, status, err))


if __name__ == "__main__":
    sys.exit(tap.run([
        the_network_is_us_and_keeps_the_channel,
        the_network_is_the_far_end_and_moves_our_call,
        an_exclusive_call_is_refused_and_tried_on_the_next,
        channels_are_taken_from_the_end_that_is_told,
        a_channel_out_of_service_is_left_alone,
        an_operator_takes_a_channel_out_of_service], failed=failed))
