#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""All B channels of a real span in calls at once, both ways, with sipp as the
other side, which sends back what it hears: each channel plays a tone of its own
and must hear it and no other's. And the D channel is lost in mid-call. (A phone
in Python cannot keep 30 streams of RTP on an emulated processor.)"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "system"))

import harness
import tap
from pri_bench import Bench
from sipp_load import ANSWERING, CALLER
from tap import check, wait

SLOTS = [slot for slot in range(1, 32) if slot != 16]
SLOW = 60		# s: an emulated machine with other work beside it


def frequency(i):
    return 320 + 90 * i


def listens(port):
    with open("/proc/net/udp") as f:
        return any(line.split()[1].endswith(":%04X" % port)
                   for line in f.readlines()[1:])


def busy(b):
    return len([c for c in b.gateway.calls() if c["answer"]])


def each_hears_itself(b, shift=0):
    """shift: other tones than the last time, so that nothing old is heard."""
    tones = {slot: frequency((i + shift) % len(SLOTS))
             for i, slot in enumerate(SLOTS)}
    for slot, hz in tones.items():
        b.do("forget pbx.b%d" % slot)
        b.do("tone pbx.b%d %d -12" % (slot, hz))
    for slot, hz in tones.items():
        b.expect(slot, "tone %d" % hz, SLOW)
    check(busy(b) == len(SLOTS), "%d calls are left" % busy(b))


def release_all(b):
    for slot in SLOTS:
        b.do("release pbx.b%d" % slot)
    b.gateway.wait_idle(SLOW)
    b.wait_up()


def thirty_calls_from_the_pbx():
    with Bench(trunk='codecs = [ "PCMU" ];') as b:
        b.phone.close()
        peer = harness.Sipp(b.ws, ANSWERING, port=b.phone.port,
                            more=["-m", str(len(SLOTS))])
        wait("sipp to listen", SLOW, lambda: listens(b.phone.port))
        for slot in SLOTS:
            b.do("call pbx.b%d 0891%02d from 5551001" % (slot, slot))
        for slot in SLOTS:
            b.expect(slot, "answered", SLOW)
        each_hears_itself(b)
        release_all(b)
        peer.finish(SLOW)
        records = b.gateway.cdr()
        check(len(records) == len(SLOTS), "%d records" % len(records))


def thirty_calls_to_the_pbx_outlive_the_d_channel():
    with Bench(trunk='codecs = [ "PCMU" ];') as b:
        b.do("answer * after 0")
        numbers = b.ws.write("numbers.csv", "SEQUENTIAL\n" + "".join(
            "5551%03d;\n" % slot for slot in SLOTS))
        caller = harness.Sipp(
            b.ws, CALLER, name="sipp-caller",
            more=["-m", str(len(SLOTS)), "-r", "10", "-inf", numbers],
            target="127.0.0.1:%d" % b.sip)
        wait("30 calls, or one that ended", SLOW,
             lambda: busy(b) == len(SLOTS) or b.gateway.cdr())
        check(not b.gateway.cdr(), "a call ended: %s" % b.gateway.cdr())
        each_hears_itself(b)
        b.do("d-channel pbx down")
        wait("the span to be down", SLOW, lambda: not b.span()["up"])
        each_hears_itself(b, 7)
        b.do("d-channel pbx up")
        wait("the span to be up", SLOW, lambda: b.span()["up"])
        each_hears_itself(b, 14)
        release_all(b)
        caller.finish(SLOW)


if __name__ == "__main__":
    sys.exit(tap.run([thirty_calls_from_the_pbx,
                      thirty_calls_to_the_pbx_outlive_the_d_channel]))
