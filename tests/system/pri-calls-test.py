#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""All B channels of a span in calls at once, both ways, with sipp and rtp-mirror as
the other side: each channel plays a tone of its own and must hear what the mirror
makes of it, and no other's."""

import sys

import harness
import tap
from pri_bench import MULAW, Bench
from sipp_load import ANSWERING, CALLER
from tap import check, wait
from wire import SLOTS

SLOW = 60		# s: an emulated machine with other work beside it


def frequency(i):
    """670 to 2874 Hz; none that rtp-mirror leaves as it is."""
    return 670 + 76 * i


def mirrored(hz):
    return 4000 - hz


class Mirror:
    def __init__(self, ws):
        self.process = ws.start("mirror", [harness.program("tests/tools/rtp-mirror")])
        self.port = int(wait("the mirror's port", SLOW, self.process.text))

    def scenario(self, text):
        return text.replace("[media_port]", str(self.port))


def listens(port):
    with open("/proc/net/udp") as f:
        return any(line.split()[1].endswith(":%04X" % port)
                   for line in f.readlines()[1:])


def busy(b):
    return len([c for c in b.gateway.calls() if c["answer"]])


def figures(b):
    """Of each call: packets sent, received, late, strange."""
    return ", ".join("%d: %s" % (c["call"], "/".join(
        str(c["packets_" + key])
        for key in ("sent", "received", "late", "strange")))
                     for c in b.gateway.calls())


def each_hears_its_mirror(b, shift=0):
    """shift: other tones than the last time, so that nothing old is heard."""
    tones = {slot: frequency((i + shift) % len(SLOTS))
             for i, slot in enumerate(SLOTS)}
    for slot, hz in tones.items():
        b.do("forget pbx.b%d" % slot)
        b.do("tone pbx.b%d %d -12" % (slot, hz))
    for slot, hz in tones.items():
        try:
            b.expect(slot, "tone %d" % mirrored(hz), SLOW)
        except tap.Fail as why:
            raise tap.Fail("%s; %s; calls %s" % (
                why, b.pbx.ask("status"), figures(b))) from None
    check(busy(b) == len(SLOTS), "%d calls are left" % busy(b))


def release_all(b):
    for slot in SLOTS:
        b.do("release pbx.b%d" % slot)
    b.gateway.wait_idle(SLOW)
    b.wait_up()


def all_channels_called_by_the_pbx():
    with Bench(trunk=MULAW) as b:
        b.phone.close()
        peer = harness.Sipp(b.ws, Mirror(b.ws).scenario(ANSWERING),
                            port=b.phone.port, more=["-m", str(len(SLOTS))])
        wait("sipp to listen", SLOW, lambda: listens(b.phone.port))
        for slot in SLOTS:
            b.do("call pbx.b%d 0891%02d from 5551001" % (slot, slot))
        for slot in SLOTS:
            b.expect(slot, "answered", SLOW)
        each_hears_its_mirror(b)
        release_all(b)
        peer.finish(SLOW)
        records = b.gateway.cdr()
        check(len(records) == len(SLOTS), "%d records" % len(records))


def all_channels_called_by_sip_outlive_the_d_channel():
    with Bench(trunk=MULAW) as b:
        b.do("answer * after 0")
        numbers = b.ws.write("numbers.csv", "SEQUENTIAL\n" + "".join(
            "5551%03d;\n" % slot for slot in SLOTS))
        caller = harness.Sipp(
            b.ws, Mirror(b.ws).scenario(CALLER), name="sipp-caller",
            more=["-m", str(len(SLOTS)), "-r", "10", "-inf", numbers],
            target="127.0.0.1:%d" % b.sip)
        wait("all calls, or one that ended", SLOW,
             lambda: busy(b) == len(SLOTS) or b.gateway.cdr())
        check(not b.gateway.cdr(), "a call ended: %s" % b.gateway.cdr())
        # All are taken: one more is refused.
        b.phone.call("5551999", b.sip).expect(503)
        each_hears_its_mirror(b)
        b.do("d-channel pbx down")
        wait("the span to be down", SLOW, lambda: not b.span()["up"])
        each_hears_its_mirror(b, 7)
        b.do("d-channel pbx up")
        wait("the span to be up", SLOW, lambda: b.span()["up"])
        each_hears_its_mirror(b, 14)
        release_all(b)
        caller.finish(SLOW)


if __name__ == "__main__":
    sys.exit(tap.run([all_channels_called_by_the_pbx,
                      all_channels_called_by_sip_outlive_the_d_channel]))
