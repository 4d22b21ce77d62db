#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Calls between a PBX with a primary rate span and SIP, both ways."""

import sys
import time

import box
import sound
import tap
from pri_bench import (MULAW, Bench, after, bench, converse, failed, heard, same,
                       the_shared_bench_ends_well)
from tap import check, wait

box.quick()


# RFC 3398 sections 8.2.6.1 and 7.2.4.1, but for what asks for another attempt, and
# what its tables leave open.
STATUSES = (
    (400, 41), (402, 21), (403, 21), (404, 1), (405, 63), (406, 79), (408, 102),
    (410, 22), (413, 127), (414, 127), (415, 79), (416, 127), (420, 127), (421, 127),
    (423, 127), (480, 18), (481, 41), (482, 25), (483, 25), (484, 28), (485, 1),
    (486, 17), (488, 65), (500, 41), (501, 79), (502, 38), (503, 41), (504, 102),
    (505, 127), (513, 127), (580, 47), (600, 17), (603, 21), (604, 1), (606, 88))
CAUSES = (
    (1, 404), (2, 404), (3, 404), (8, 480), (16, 480), (17, 486), (18, 408),
    (19, 480), (20, 480), (21, 403), (22, 410), (23, 410), (25, 404), (26, 404),
    (27, 502), (28, 484), (29, 501), (31, 480), (34, 503), (38, 503), (41, 503),
    (42, 503), (47, 503), (55, 403), (57, 403), (58, 503), (63, 503), (65, 488),
    (70, 488), (79, 501), (87, 403), (88, 503), (95, 500), (102, 504), (111, 500),
    (127, 500))


# --------------------------------------------------------- the PBX calls

def the_pbx_calls_sip_and_both_hear():
    b = bench()
    done = len(b.gateway.cdr())
    call = b.to_sip(1)
    b.expect(1, "proceeding")
    check(call.invite.uri.startswith("sip:089123@"), call.invite.start)
    check("5551001" in call.invite.get("from"), call.invite.get("from"))
    call.ring()
    b.expect(1, "alerting")
    b.expect(1, "ringback")
    call.answer()
    b.expect(1, "answered")
    converse(b, 1, call)
    b.do("release pbx.b1")
    call.wait_ended()
    same("the end", call.end_method, "BYE")
    b.quiet()
    record = b.last_cdr(done)
    for key, wanted in (("from", "pbx"), ("from_kind", "isdn"), ("to", "peer"),
                        ("calling_number", "5551001"), ("cause", 16),
                        ("called_number", "089123"), ("released_by", "pbx")):
        same(key, record[key], wanted)


def sip_hangs_up_and_the_pbx_is_cleared():
    b = bench()
    call = b.to_sip(2)
    call.answer()
    b.expect(2, "answered")
    call.hang_up()
    b.expect(2, "cleared 16")


def early_media_is_heard():
    b = bench()
    call = b.to_sip(3)
    call.progress()
    b.expect(3, "inband")
    call.rtp.play(sound.sine(700, -10, 4000))
    b.expect(3, "tone 700")
    call.answer()
    b.expect(3, "answered")


def the_pbx_gives_up_at_each_stage():
    b = bench()
    for stage in ("calling", "ringing", "early"):
        call = b.to_sip(4)
        if stage == "ringing":
            call.ring()
            b.expect(4, "alerting")
        elif stage == "early":
            call.progress()
            b.expect(4, "inband")
        b.do("release pbx.b4")
        call.wait_ended()
        same("the end while " + stage, call.end_method, "CANCEL")
        b.quiet()


def what_sip_refuses_the_pbx_hears_as_a_cause():
    b = bench()
    for status, cause in STATUSES:
        call = b.to_sip(5)
        call.reject(status)
        b.expect(5, "cleared %d" % cause)
        b.quiet()
    # What libpri would not clear by DISCONNECT, and then tell nothing more.
    call = b.to_sip(5)
    call.reject(404, extra=["Reason: Q.850;cause=26"])
    b.expect(5, "cleared 31")
    b.quiet()


def digits_come_one_by_one():
    with Bench(trunk=MULAW, span="overlap = true;") as b:
        one_by_one(b)


def one_by_one(b):
    b.call_out("pbx.b1 - from 5551001 overlap")
    b.expect(1, "more-digits")
    b.expect(1, "dial-tone")
    for digit in "0891":
        b.do("info pbx.b1 " + digit)
    b.do("info pbx.b1 234#")
    call = b.phone.expect_call()
    check(call.invite.uri.startswith("sip:0891234@"), call.invite.start)
    b.expect(1, "proceeding")
    call.answer()
    b.expect(1, "answered")
    # A number that begins in the SETUP and ends with a pause.
    b.do("call pbx.b2 08 from 5551001 overlap")
    b.expect(2, "more-digits")
    b.do("info pbx.b2 977")
    call = b.phone.expect_call()
    check(call.invite.uri.startswith("sip:08977@"), call.invite.start)


def data_is_refused_with_its_cause():
    b = bench()
    b.do("call pbx.b1 089123 data")
    b.expect(1, "cleared 65")


def who_hides_is_hidden():
    b = bench()
    call = b.to_sip(1, more="private")
    check("5551001" not in call.invite.get("from"), call.invite.get("from"))
    check("id" in call.invite.get("privacy"), "Privacy is missing")


def a_premium_number_is_refused_to_the_pbx():
    b = bench()
    b.do("call pbx.b1 0900123456 from 5551001")
    b.expect(1, "cleared 57")


# ------------------------------------------------------------- SIP calls

def sip_calls_the_pbx_and_both_hear():
    b = bench()
    call = b.to_pbx(sender='"J. Doe" <sip:600@127.0.0.1:%d>' % b.phone.port)
    b.expect(1, "caller 600")
    b.expect(1, 'name "J. Doe"')
    b.do("alert pbx.b1")
    call.expect(180)
    b.do("answer pbx.b1")
    call.expect(200)
    converse(b, 1, call)
    call.hang_up()
    b.expect(1, "cleared 16")


def the_pbx_hangs_up():
    b = bench()
    call = b.to_pbx()
    b.do("answer pbx.b1")
    call.expect(200)
    b.do("release pbx.b1")
    call.wait_ended()
    same("the end", call.end_method, "BYE")


def tones_before_the_answer_reach_sip():
    b = bench()
    call = b.to_pbx()
    b.do("progress pbx.b1")
    b.do("tone pbx.b1 1004 -10")
    call.expect(183)
    wait("the tone", 20, lambda: heard(call, 1004))
    b.do("answer pbx.b1")
    call.expect(200)


def sip_gives_up_at_each_stage():
    b = bench()
    for stage in ("calling", "ringing"):
        call = b.to_pbx()
        if stage == "ringing":
            b.do("alert pbx.b1")
            call.expect(180)
        else:
            call.expect(100)
        call.cancel()
        b.expect(1, "cleared 16")
        b.quiet()


def what_the_pbx_refuses_sip_hears_as_a_status():
    b = bench()
    for cause, status in CAUSES:
        call = b.to_pbx()
        b.do("release pbx.b1 %d" % cause)
        call.expect(status)
        b.quiet()
        # Nor does the PBX know of it any more.
        wait("the PBX's line to be free", 20, lambda: "on hook" in
             b.pbx.ask("tone pbx.b1 1000 -20"))


def digits_go_both_ways():
    b = bench()
    call = b.to_pbx()
    b.do("answer pbx.b1")
    call.expect(200)
    time.sleep(0.5)
    call.rtp.dial("7258")
    b.expect(1, "digits 7258")
    b.do("dial pbx.b1 159#0")
    wait("five digits", 20, lambda: len(call.rtp.events) >= 5)
    same("digits", call.rtp.digits(), "159#0")


def a_call_is_held_and_retrieved():
    b = bench()
    call = b.to_pbx()
    b.do("answer pbx.b1")
    call.expect(200)
    call.reinvite("sendonly")
    b.expect(1, "held on")
    call.reinvite("sendrecv")
    b.expect(1, "held off")


def a_call_that_was_sent_on_says_by_whom():
    b = bench()
    call = b.to_pbx(extra=["Diversion: <sip:5551777@127.0.0.1>;reason=user-busy"])
    b.expect(1, "redirecting 5551777")
    b.do("release pbx.b1")
    call.expect(480, 486, 404, 403, 503)


if __name__ == "__main__":
    box.quick()
    sys.exit(tap.run([
        the_pbx_calls_sip_and_both_hear,
        sip_hangs_up_and_the_pbx_is_cleared,
        early_media_is_heard,
        the_pbx_gives_up_at_each_stage,
        what_sip_refuses_the_pbx_hears_as_a_cause,
        data_is_refused_with_its_cause,
        who_hides_is_hidden,
        a_premium_number_is_refused_to_the_pbx,
        sip_calls_the_pbx_and_both_hear,
        the_pbx_hangs_up,
        tones_before_the_answer_reach_sip,
        sip_gives_up_at_each_stage,
        what_the_pbx_refuses_sip_hears_as_a_status,
        digits_go_both_ways,
        a_call_is_held_and_retrieved,
        a_call_that_was_sent_on_says_by_whom,
        the_shared_bench_ends_well,
        # One of its own: a channel has room for one program.
        digits_come_one_by_one], after, failed))
