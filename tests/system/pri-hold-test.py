#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""What a PBX with a primary rate span does with two calls: hold, retrieve and
transfer."""

import sys

import box
import phone
import rtp_end
import sound
import tap
from pri_bench import (MULAW, Bench, after, bench, failed, heard, same,
                       the_shared_bench_ends_well)
from tap import check, wait

box.quick()
phone.Rtp = rtp_end.Rtp			# Python is busy enough


def direction(call):
    """What the last offer to the SIP side says."""
    found = [line[2:] for line in call.remote_sdp.split("\r\n")
             if line in ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive")]
    return found[-1] if found else "sendrecv"


def talks(b, line, call):
    """Both ways, each by a tone of its own."""
    b.do("tone pbx.b%d 1300 -10" % line)
    wait("the PBX's tone", 20, lambda: heard(call, 1300))
    b.do("stop pbx.b%d" % line)
    call.rtp.play(sound.sine(700, -10, 6000))
    b.expect(line, "tone 700")


def parked(b, line, call):
    b.do("park pbx.b%d" % line)
    b.expect(line, "parked")
    wait("the SIP side to be on hold", 20, lambda: direction(call) == "sendonly")


def a_call_from_the_pbx_is_held_and_retrieved():
    b = bench()
    done = len(b.gateway.cdr())
    call = b.to_sip(1)
    call.answer()
    b.expect(1, "answered")
    talks(b, 1, call)
    parked(b, 1, call)
    # Its B channel is free: another call takes it, and is heard alone.
    other = b.to_sip(1, "089777")
    other.answer()
    b.expect(1, "answered")
    talks(b, 1, other)
    b.do("release pbx.b1")
    other.wait_ended()
    # Back on a channel that the PBX chooses.
    b.do("retrieve pbx.b1 pbx.b7")
    b.expect(7, "retrieved")
    wait("the SIP side to talk", 20, lambda: direction(call) == "sendrecv")
    talks(b, 7, call)
    b.do("release pbx.b7")
    call.wait_ended()
    b.quiet()
    same("cause", b.last_cdr(done + 1)["cause"], 16)


def a_call_to_the_pbx_is_held_and_sip_hangs_up():
    b = bench()
    call = b.to_pbx()
    b.do("answer pbx.b1")
    call.expect(200)
    parked(b, 1, call)
    b.do("retrieve pbx.b1")
    b.expect(1, "retrieved")
    wait("the SIP side to talk", 20, lambda: direction(call) == "sendrecv")
    talks(b, 1, call)
    parked(b, 1, call)
    call.hang_up()
    b.expect(1, "cleared 16")
    b.quiet()


def a_hold_before_the_ack_is_told_after_it():
    b = bench()
    call = b.to_pbx()
    acknowledge, answers = call._ack, []
    call._ack = answers.append
    b.do("answer pbx.b1")
    call.expect(200)
    b.do("park pbx.b1")
    b.expect(1, "parked")
    same("before the ACK", direction(call), "sendrecv")
    call._ack = acknowledge
    acknowledge(answers[0])
    wait("the SIP side to be on hold", 20, lambda: direction(call) == "sendonly")
    b.do("retrieve pbx.b1")
    b.expect(1, "retrieved")
    wait("the SIP side to talk", 20, lambda: direction(call) == "sendrecv")
    talks(b, 1, call)


def a_channel_that_is_taken_is_not_given():
    b = bench()
    call = b.to_sip(1)
    call.answer()
    b.expect(1, "answered")
    parked(b, 1, call)
    # The PBX asks as the user does: another channel will do.
    other = b.to_sip(2, "089777")
    other.answer()
    b.expect(2, "answered")
    b.do("retrieve pbx.b1 pbx.b3")
    b.expect(3, "retrieved")
    talks(b, 3, call)
    talks(b, 2, other)


def what_is_not_answered_is_not_held():
    b = bench()
    call = b.to_sip(1)
    call.ring()
    b.expect(1, "alerting")
    b.do("park pbx.b1")
    b.expect(1, "refused 101")
    call.answer()
    b.expect(1, "answered")
    talks(b, 1, call)


def two_calls(b, first, second):
    """The first on hold, the second talks."""
    for line, call in ((1, first), (2, second)):
        call.answer()
        b.expect(line, "answered")
        if line == 1:
            parked(b, 1, call)


def hear_each_other(one, two):
    one.rtp.play(sound.sine(620, -10, 8000))
    wait("the first to be heard by the second", 20, lambda: heard(two, 620))
    two.rtp.play(sound.sine(940, -10, 8000))
    wait("the second to be heard by the first", 20, lambda: heard(one, 940))


def transferred(b, one, two, done):
    for line in (1, 2):
        b.expect(line, "cleared 16")
    wait("the SIP side to be off hold", 20, lambda: direction(one) == "sendrecv")
    hear_each_other(one, two)
    one.hang_up()
    two.wait_ended()
    b.quiet()
    wait("two records", 20, lambda: len(b.gateway.cdr()) >= done + 2)
    said = [r["transferred"] for r in b.gateway.cdr()[done:]]
    check(all(s.startswith("by pbx ") for s in said), said)
    check(any(" to call " in s for s in said) and
          any(" from call " in s for s in said), said)


def two_calls_are_joined():
    with Bench(trunk=MULAW, span='transfer = "accept";') as b:
        done = len(b.gateway.cdr())
        first = b.to_sip(1, "089111")
        first.answer()
        b.expect(1, "answered")
        parked(b, 1, first)
        second = b.to_sip(2, "089222")
        second.answer()
        b.expect(2, "answered")
        talks(b, 2, second)
        b.do("join pbx.b1 pbx.b2")
        transferred(b, first, second, done)
        who_called_the_pbx_is_joined_with_one_that_rings(b)


def who_called_the_pbx_is_joined_with_one_that_rings(b):
    done = len(b.gateway.cdr())
    first = b.to_pbx()
    b.do("answer pbx.b1")
    first.expect(200)
    parked(b, 1, first)
    second = b.to_sip(2, "089222", more="audio")
    second.ring()
    b.expect(2, "alerting")
    b.do("join pbx.b1 pbx.b2")
    b.expect(1, "cleared 16")
    b.expect(2, "cleared 16")
    second.answer()
    wait("the SIP side to be off hold", 20, lambda: direction(first) == "sendrecv")
    hear_each_other(first, second)
    second.hang_up()
    first.wait_ended()
    b.quiet()
    check(len(b.gateway.cdr()) >= done + 2, b.gateway.cdr())


def without_permission_both_calls_stay():
    b = bench()
    first = b.to_sip(1, "089111")
    first.answer()
    b.expect(1, "answered")
    parked(b, 1, first)
    second = b.to_sip(2, "089222")
    second.answer()
    b.expect(2, "answered")
    b.do("join pbx.b1 pbx.b2")
    talks(b, 2, second)
    b.do("retrieve pbx.b1")
    b.expect(1, "retrieved")
    talks(b, 1, first)


def switches_without_hold_refuse_it():
    with Bench(trunk=MULAW, country="us", switch="ni2",
               box='fraud = { allow = [ "any" ]; };') as b:
        call = b.to_sip(1)
        call.answer()
        b.expect(1, "answered")
        b.do("park pbx.b1")
        b.expect(1, "refused 69")
        talks(b, 1, call)


def qsig_holds_too():
    with Bench(trunk=MULAW, switch="qsig") as b:
        call = b.to_sip(1)
        call.answer()
        b.expect(1, "answered")
        parked(b, 1, call)
        b.do("retrieve pbx.b1 pbx.b2")
        b.expect(2, "retrieved")
        talks(b, 2, call)


if __name__ == "__main__":
    sys.exit(tap.run([
        a_call_from_the_pbx_is_held_and_retrieved,
        a_call_to_the_pbx_is_held_and_sip_hangs_up,
        a_hold_before_the_ack_is_told_after_it,
        a_channel_that_is_taken_is_not_given,
        what_is_not_answered_is_not_held,
        without_permission_both_calls_stay,
        the_shared_bench_ends_well,
        two_calls_are_joined,
        switches_without_hold_refuse_it,
        qsig_holds_too], after, failed))
