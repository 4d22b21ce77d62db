#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""24 lines in calls at the same time for a minute, through sipp, which sends
each line's speech back to it. What each line heard must be what it said: so
both directions are checked by content, and no line can hear another's. 8 lines
are rung by the PBX, 8 telephones call, 8 telephones are called."""

import os
import sys
import time

import box
import harness
import sound
import tap
import wire
from harness import Background
from sipp_load import ANSWERING, CALLER
from tap import check, wait

box.quick()
TALK = 60		# s that all are in calls
RUNG, CALLING, CALLED = range(1, 9), range(9, 17), range(17, 25)


def config(ws, b):
    lines = []
    for n in range(1, 25):
        kind = "fxo" if n in RUNG else "fxs"
        lines.append(
            '{ name = "line-%d"; port = "%s"; kind = "%s"; number = "%d";'
            ' trunk = "peer"; %s }' % (
                n, b.pbx.wire.port(n, kind), kind, 100 + n,
                wire.line("") + (
                    'ring_to = "600"; callerid = false;' if kind == "fxo"
                    else 'digit_map = "[1-9]xx";')))
    return ('country = "us";\n'
            'sip = { listen = [ "udp:127.0.0.1:%d" ]; };\n'
            'rtp = { address = "127.0.0.1"; ports = [%d, %d];\n'
            '  jitter = [60, 200]; };\n'
            'sim = { directory = "%s"; };\ncontrol = "%s";\n'
            'cdr = { file = "%s"; journal = false; };\n'
            'trunks = ( { name = "peer"; server = "127.0.0.1"; port = %d;\n'
            '  options = 0; } );\nlines = (\n  %s\n);\n' % (
                b.sip, b.rtp, b.rtp + 119, b.pbx.directory, b.control, b.cdr,
                b.peer_port, ",\n  ".join(lines)))


class Load:
    def __init__(self):
        self.ws = ws = harness.Workspace()
        self.sip, self.rtp = harness.free_ports(2), harness.free_ports(120)
        self.control, self.cdr = ws.path("control"), ws.path("cdr.json")
        self.pbx = harness.Pbx(ws, fxs="1-8", fxo="9-24", count=24)
        self.answering = harness.Sipp(ws, ANSWERING, more=[
            "-m", str(len(RUNG) + len(CALLING))])
        self.peer_port = self.answering.port
        self.gateway = harness.Gateway(ws, config(ws, self), self.control,
                                       self.cdr)
        self.gateway.wait_ready()
        self.caller = None


def speeches(directory):
    """What each line says: a minute less the edges, unlike any other's and
    without a repetition; its beginning, and the whole."""
    says = {}
    for n in range(1, 25):
        begins = os.path.join(directory, "begins-%d.wav" % n)
        whole = os.path.join(directory, "says-%d.wav" % n)
        says[n] = begins, whole
        if os.path.exists(whole):
            continue
        text = "Line number %d. " % n + ", ".join(
            str(n * k * 7919 % 997) for k in range(1, 60))
        samples = sound.read(sound.speak(
            harness.TOOLS, directory, "all-%d" % n, text, pitch=20 + n * 3,
            voice=("en-us", "en+f2", "en+m3")[n % 3]))
        want = (TALK - 8) * sound.RATE
        check(len(samples) > want, "line %d has only %d s to say" % (
            n, len(samples) // sound.RATE))
        sound.write(begins, samples[:10 * sound.RATE])
        sound.write(whole, samples[:want])
    return says


load = None


def _all_24_lines_are_in_calls():
    global load
    load = Load()
    b, do = load, load.pbx.do
    load.says = speeches(load.ws.dir)
    jobs = []
    for n in RUNG:
        do("ring %d" % n)
        jobs.append(Background(b.pbx.expect, n, "off-hook", 60))
    for n in CALLING:
        do("off-hook %d" % n)
        b.pbx.expect(n, "dial-tone", 30)
        do("dial %d 600" % n)
    numbers = b.ws.write("numbers.csv", "SEQUENTIAL\n" + "".join(
        "%d;\n" % (100 + n) for n in CALLED))
    b.caller = harness.Sipp(b.ws, CALLER, name="sipp-caller", more=[
        "-m", str(len(CALLED)), "-r", "4", "-inf", numbers],
        target="127.0.0.1:%d" % b.sip)
    for n in CALLED:
        b.pbx.expect(n, "ring", 30)
        do("off-hook %d" % n)
    for job in jobs:
        job.result(90)
    wait("24 calls", 30, lambda: len(
        [c for c in b.gateway.calls() if c["answer"]]) == 24)


def _they_talk_for_a_minute():
    b = load
    b.began = time.monotonic()
    for n in range(1, 25):
        b.pbx.do("record %d %s" % (n, b.ws.path("heard-%d.wav" % n)))
    for n in range(1, 25):
        b.pbx.do("play %d %s" % (n, b.says[n][1]))
    while time.monotonic() - b.began < TALK:
        time.sleep(5)
        calls = len(b.gateway.calls())
        check(calls == 24, "only %d calls left" % calls)
    for n in range(1, 25):
        b.pbx.do("record %d off" % n)


def _line_test(n):
    def test():
        directory = load.ws.dir
        says = speeches(directory)
        heard = os.path.join(directory, "heard-%d.wav" % n)
        ear = sound.compare(harness.TOOLS, says[n][1], heard)
        other = sound.compare(harness.TOOLS, says[n % 24 + 1][0], heard)
        check(ear["pieces"] >= 0.9, "it did not hear itself: %s" % ear)
        check(ear["level_dbm0"] > -40, "too low: %s" % ear)
        check(other["pieces"] < 0.5 and other["match"] < 0.5,
              "it heard its neighbour: %s" % other)
    test.__name__ = "line_%d_heard_itself_and_no_other" % n
    return test


def _no_line_is_left_seized():
    b = load
    for n in range(1, 25):
        b.pbx.do("on-hook %d" % n)
    b.gateway.wait_idle(60)
    b.answering.finish(60)
    b.caller.finish(60)
    states = {name: line["state"] for name, line in b.gateway.lines().items()}
    check(len(states) == 24 and set(states.values()) == {"idle"}, str(states))
    records = b.gateway.cdr()
    check(len(records) == 24, "%d records" % len(records))
    check(all(r["talk_s"] >= TALK - 1 for r in records),
          "talk_s: %s" % sorted(r["talk_s"] for r in records))


def _the_programs_end_by_themselves():
    try:
        load.gateway.stop()
        load.pbx.stop()
    finally:
        load.ws.close()


def failed():
    if load:
        load.ws.tails()


if __name__ == "__main__":
    tests = [_all_24_lines_are_in_calls, _they_talk_for_a_minute] + [
        _line_test(n) for n in range(1, 25)] + [
            _no_line_is_left_seized, _the_programs_end_by_themselves]
    for test in tests:
        test.__name__ = test.__name__.lstrip("_")
    try:
        harness.installed("sipp", "sip-tester")
        harness.installed("espeak-ng", "espeak-ng")
    except tap.Skip as why:
        print("1..0 # SKIP %s" % why)
        sys.exit(0)
    try:
        status = tap.run(tests, failed=failed)
    finally:
        if load:
            load.ws.close()
    sys.exit(status)
