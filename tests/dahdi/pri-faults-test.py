#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Primary rate spans that fail: alarms (by mishap.so, for a loop span knows only
red), a span pulled out at the far end, modules unloaded. In the VM of check.sh
only."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                                "system"))
import sound
import tap
import wire
from mishap import BLUE, RED, YELLOW, Mishap
from pri_bench import MULAW, Bench, heard
from tap import check, wait

wire.needs_card("it fails")

SLOW = 60
OUT_OF_ORDER, NETWORK_OUT_OF_ORDER = 27, 38	# Q.850


def wait_down(b, why):
    wait("the span to be down: " + why, SLOW, lambda: not b.span()["up"] and
         why in b.span()["why"])


def talk(b, slot=1):
    call = b.to_sip(slot)
    call.answer()
    b.expect(slot, "answered")
    return call


def both_hear(b, call, hz, slot=1):
    b.do("forget pbx.b%d" % slot)
    b.do("tone pbx.b%d %d -10" % (slot, hz))
    wait("tone %d" % hz, SLOW, lambda: heard(call, hz))
    b.do("stop pbx.b%d" % slot)
    call.rtp.play(sound.sine(hz + 300, -10, 6000))
    b.expect(slot, "tone %d" % (hz + 300), SLOW)


def end_and_call_again(b, call):
    b.do("release pbx.b1")
    call.wait_ended()
    b.quiet()
    for_the_pbx = b.to_pbx()
    b.do("answer pbx.b1")
    for_the_pbx.expect(200)
    both_hear(b, for_the_pbx, 800)
    for_the_pbx.hang_up()
    b.quiet()


def a_short_alarm_is_told_and_keeps_what_talks():
    ill = Mishap()
    with Bench(trunk=MULAW, env=ill.env) as b:
        call = talk(b)
        both_hear(b, call, 600)
        for n, (alarm, why) in enumerate(((YELLOW, "yellow alarm"),
                                          (BLUE, "blue alarm"),
                                          (RED, "red alarm"))):
            ill.alarm(alarm)
            wait_down(b, why)
            b.phone.call("5551234", b.sip).expect(503)
            if alarm == RED:	# one alarm takes another's place: no event
                ill.alarm(YELLOW)
                wait_down(b, "yellow alarm")
            check(not call.ended.is_set(), "the call ended in " + why)
            ill.alarm(0)
            wait("the span to be up", SLOW, lambda: b.span()["up"])
            both_hear(b, call, 700 + 200 * n)
        end_and_call_again(b, call)


def a_long_alarm_ends_calls_with_the_cause():
    """The far end's card is pulled out: no signal comes any more."""
    with Bench(trunk=MULAW, timers="ring = 30; T309 = 6;") as b:
        call = talk(b)
        wire.cut()
        wait_down(b, "red alarm")
        call.wait_ended(90)
        record = b.last_cdr(0)
        check(record["cause"] == OUT_OF_ORDER and "T309" in record["reason"], record)
        b.pbx.stop()
        wire.mend()
        b.pbx.start()
        b.wait_up()
        end_and_call_again(b, talk(b))


def a_span_that_is_gone_comes_back_by_itself():
    """Its card's modules are unloaded, as for a new version of the driver."""
    with Bench(trunk=MULAW) as b:
        call = talk(b)
        wire.take_away()
        call.wait_ended(SLOW)
        record = b.last_cdr(0)
        check(record["cause"] == NETWORK_OUT_OF_ORDER and
              "the card is gone" in record["reason"], record)
        b.pbx.stop()
        try:
            wire.unload_modules()
            wait_down(b, "load the card's kernel module")
        finally:
            wire.load_modules()
        b.pbx.start()
        b.wait_up()
        end_and_call_again(b, talk(b))


if __name__ == "__main__":
    sys.exit(tap.run([a_short_alarm_is_told_and_keeps_what_talks,
                      a_long_alarm_ends_calls_with_the_cause,
                      a_span_that_is_gone_comes_back_by_itself]))
