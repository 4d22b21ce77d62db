#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""lay.py LAYOUT, in the VM: these spans instead of those there are, pairs of which
each channel of the first is wired to that of the second."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "system"))

import wire


def pair(n, channels):
    """Not as sources of timing: the driver's own timer is."""
    return ["dynamic=loc,%d:%d,%d,0" % (n, end, channels) for end in (0, 1)]


def span_of(first, count):
    return "%d-%d" % (first, first + count - 1)


def analog():
    """A pair of CHANNELS lines of kewlstart; a second that has four of kewlstart,
    of ground start and of loop start, the last without the kernel's canceller."""
    n, first = wire.CHANNELS, 2 * wire.CHANNELS + 1
    conf = pair(0, n) + pair(1, wire.APART)
    for fx, row in ("fxo", span_of(1, n)), ("fxs", span_of(n + 1, n)):
        conf += ["%sks=%s" % (fx, row), "echocanceller=mg2," + row]
    for fx in "fxo", "fxs":
        for kind in "ks", "gs", "ls":
            row = span_of(first, 4)
            conf.append("%s%s=%s" % (fx, kind, row))
            if kind != "ls":
                conf.append("echocanceller=mg2," + row)
            first += 4
    return conf


def primary(slots, d_slot, law):
    """A pair of primary rate spans; the kernel does the D channel's HDLC."""
    conf = pair(0, slots)
    for base in 0, slots:
        b = ",".join(span_of(base + first, count) for first, count in (
            (1, d_slot - 1), (d_slot + 1, slots - d_slot)) if count)
        conf += ["bchan=" + b, "%s=%s" % (law, b), "dchan=%d" % (base + d_slot)]
    return conf


LAYOUTS = {
    "analog": analog,
    "e1": lambda: primary(31, 16, "alaw"),
    "t1": lambda: primary(24, 24, "mulaw"),
}


def lay(layout):
    conf = LAYOUTS[layout]() + ["loadzone=us", "defaultzone=us"]
    with open(wire.CONF, "w") as f:
        f.write("\n".join(conf) + "\n")
    if wire.devices() or not wire.loaded():
        wire.take_away()
        wire.unload_modules()
        wire.load_modules()
    else:
        wire.dahdi_cfg(wire.CONF)


if __name__ == "__main__":
    lay(sys.argv[1])
