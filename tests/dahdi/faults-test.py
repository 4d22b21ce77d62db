#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Cards that fail: alarms, spans pulled out, modules unloaded; and, with mishap.so
between tipringd and the kernel, short reads, a card without audio, a storm of
events. In the VM of check.sh only."""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                                "system"))
import box
import tap
import wire
from mishap import NO_AUDIO, SHORT_READS, Mishap
from tap import check, wait

wire.needs_card("it fails")

OUT_OF_ORDER = 27	# Q.850


def same(what, got, wanted):
    check(got == wanted, "%s is %r, not %r" % (what, got, wanted))


def wait_out(b, name, why):
    wait("line %s out of service: %s" % (name, why), 30,
         lambda: not b.gateway.lines()[name]["in_service"] and
         why in b.gateway.lines()[name]["why"])


def record_of(b, line):
    def found():
        return [r for r in b.gateway.cdr() if r["line"] == line]
    return wait("record of " + line, 15, found)[-1]


def talk_extension(b):
    b.do("ring 1 from 5559876")
    call = b.phone.expect_call(30)
    call.answer()
    b.expect(1, "off-hook")
    return call


def alarm_and_removal_end_calls_and_pass():
    """A span's cable is pulled (red alarm), another span vanishes under its lines;
    what runs on a third one does not notice."""
    with box.Box() as other, box.Box(where="apart") as b:
        steady = other.talk_sip(3)
        red = b.talk_sip(3)
        gone = talk_extension(b)
        wire.cut()
        gone.wait_ended()
        red.wait_ended()
        wait_out(b, "phone-3", "red alarm")
        wait_out(b, "phone-4", "red alarm")	# it was idle
        for name in "pbx-1", "pbx-2":
            wait("line %s out of service" % name, 30, lambda: not
                 b.gateway.lines()[name]["in_service"])
        for name in "phone-3", "pbx-1":
            same("cause of " + name, record_of(b, name)["cause"], OUT_OF_ORDER)
        check("red alarm" in record_of(b, "phone-3")["reason"],
              record_of(b, "phone-3"))
        check("device is gone" in record_of(b, "pbx-1")["reason"],
              record_of(b, "pbx-1"))
        b.call_line("104").expect(480, 500, 502, 503)
        check(not steady.ended.is_set(), "another line's call ended, too")
        other.converse(3, steady)
        b.pbx.process.stop()
        wire.mend()
        b.pbx.start()
        b.gateway.wait_ready(90)
        again = b.talk_sip(3)
        b.converse(3, again)
        b.hang_up(3, again)
        call = talk_extension(b)
        b.converse(1, call)
        call.hang_up()
        b.expect(1, "on-hook")
        b.gateway.wait_idle()
        log = b.gateway.process.text()
        for line in "phone-3", "phone-4":
            same("times that %s is told" % line, log.count(
                "line %s: out of service: red alarm" % line), 1)
        check(not steady.ended.is_set(), "another line's call ended, too")
        other.hang_up(3, steady)


def modules_are_unloaded_and_loaded():
    """As for a new version of a card's driver: nobody restarts tipringd."""
    with box.Box() as b:
        call = b.talk_sip(3)
        gone = talk_extension(b)
        wire.take_away()
        call.wait_ended()
        gone.wait_ended()
        b.pbx.process.stop()
        wire.unload_modules()
        try:
            for name in "pbx-1", "pbx-2", "phone-3", "phone-4":
                wait_out(b, name, "load the card's kernel module")
        finally:
            wire.load_modules()
        b.pbx.start()
        b.gateway.wait_ready(120)
        again = b.talk_sip(3)
        b.converse(3, again)
        b.hang_up(3, again)
        call = talk_extension(b)
        b.converse(1, call)
        call.hang_up()
        b.expect(1, "on-hook")
        b.gateway.wait_idle()


# ------------------------------------------------------------------ mishaps

class Ill(Mishap):
    """A box whose lines can be made ill."""

    def __init__(self):
        super().__init__()
        self.box = box.Box(env=self.env)

    def set(self, line, what, events=0, calm=1):
        kind = "fxo" if line < 3 else "fxs"
        channel = int(self.box.pbx.wire.port(line, kind).split("/")[1])
        self.channel(channel, what, events, calm)

    def __enter__(self):
        return self, self.box.__enter__()

    def __exit__(self, *why):
        self.well()
        self.box.__exit__(*why)


def told(b, text):
    return b.gateway.process.text().count(text)


def short_reads_are_counted_told_once_and_survived():
    with Ill() as (ill, b):
        call = b.talk_sip(3)
        ill.set(3, SHORT_READS)
        wait("reads counted as short", 30,
             lambda: b.gateway.lines()["phone-3"]["overruns"] > 150)
        ill.well()
        b.converse(3, call)
        b.hang_up(3, call)
        same("times that it is told", told(b, "less than a block at once"), 1)
        same("pbx-1's", b.gateway.lines()["pbx-1"]["overruns"], 0)


def a_card_without_audio_is_counted_told_once_and_survived():
    with Ill() as (ill, b):
        call = b.talk_sip(3)
        ill.set(3, NO_AUDIO)
        call.wait_ended(30)
        wait_out(b, "phone-3", "the card gives no audio")
        same("cause", record_of(b, "phone-3")["cause"], OUT_OF_ORDER)
        # Long before it is lifted again: within the flash's time it would be one.
        b.do("on-hook 3")
        time.sleep(3)
        other = b.talk_line(4)
        b.converse(4, other)
        b.hang_up_only(4, other)
        same("times counted", b.gateway.lines()["phone-3"]["silences"], 1)
        same("times told", told(b, "line phone-3: out of service: the card gives "
                                "no audio"), 1)
        ill.well()
        b.gateway.wait_ready()
        again = b.talk_sip(3)
        b.converse(3, again)
        b.hang_up(3, again)


def a_storm_of_events_is_counted_told_once_and_survived():
    storm = 6000

    def storms_told():
        return sum("line phone-4: " in line and "events of the port within" in line
                   for line in b.gateway.process.text().splitlines())

    with Ill() as (ill, b):
        before = b.gateway.lines()["phone-4"]["events"]
        # A call in which nothing of what storms has a place.
        call = b.talk_sip(3)
        ill.set(3, 0, storm)
        wait("end of the storm", 60, lambda: ill.left() <= 0)
        b.converse(3, call)
        b.hang_up(3, call)
        # A line that is idle, off hook, flashes, dials and hangs up.
        ill.set(4, 0, storm, 0)
        wait("end of the storm", 60, lambda: ill.left() <= 0)
        ill.well()
        b.gateway.wait_ready(60)
        check(b.gateway.lines()["phone-4"]["events"] - before > storm / 2,
              b.gateway.lines()["phone-4"])
        wait("word of the storm", 15, storms_told)
        other = b.talk_line(4)
        b.converse(4, other)
        b.hang_up(4, other)
        same("times that it is told", storms_told(), 1)


if __name__ == "__main__":
    sys.exit(tap.run([
        alarm_and_removal_end_calls_and_pass,
        modules_are_unloaded_and_loaded,
        short_reads_are_counted_told_once_and_survived,
        a_card_without_audio_is_counted_told_once_and_survived,
        a_storm_of_events_is_counted_told_once_and_survived]))
