#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""make bench: runs the benches, prints their tables and writes bench.json in
the build directory. Each figure of a load is the median of RUNS runs; the floor
is measured beside the calls, in turns, so that both see the same machine."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

RATIO_MOST, RSS_MOST = 2.0, 40.0


def run(*argv):
    """The JSON that a bench prints; its own words go on to the user."""
    with tempfile.TemporaryFile("w+") as err:
        done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=err,
                              text=True)
        err.seek(0)
        said = err.read()
    if done.returncode:
        sys.exit("%s%s ended with status %d" % (said, " ".join(argv),
                                                done.returncode))
    return json.loads(done.stdout), said


def attempt(times, *argv):
    """A busy machine may spoil one run; it must not spoil them all."""
    for left in range(times, 0, -1):
        try:
            return run(*argv)[0]
        except SystemExit as e:
            if left == 1:
                raise
            print("again: %s" % e, file=sys.stderr)


def median(results, *path):
    values = []
    for r in results:
        for key in path:
            r = r[key]
        values.append(r)
    return statistics.median(values)


def load(args, n):
    """The floor and the calls at n lines, medians."""
    floors, calls = [], []
    for i in range(args.runs):
        floors.append(attempt(3, args.floor, str(n), str(args.seconds)))
        calls.append(attempt(3, args.calls, args.tipringd, str(n),
                             str(args.seconds)))
        print("%3d calls, run %d: %.0f us a call-second, floor %.0f, "
              "%.1f MB" % (n, i + 1, calls[-1]["cpu_us_per_call_second"],
                           floors[-1]["us_per_call_second"],
                           calls[-1]["rss_mb"]), file=sys.stderr)
    floor = median(floors, "us_per_call_second")
    cpu = median(calls, "cpu_us_per_call_second")
    return floor, {
        "cpu_us_per_call_second": cpu,
        "ratio_to_floor": round(cpu / floor, 3),
        "rss_mb": median(calls, "rss_mb"),
        "added_latency_us": {
            way: {p: median(calls, "added_latency_us", way, p)
                  for p in ("p50", "p99")}
            for way in ("line_to_rtp", "rtp_to_line")},
    }


def table(result):
    print("\n%6s %12s %12s %8s %8s %22s %22s" % (
        "calls", "us/call-s", "floor", "ratio", "RSS MB",
        "line->RTP p50/p99 us", "RTP->line p50/p99 us"))
    for n, c in result["calls"].items():
        delay = c["added_latency_us"]
        print("%6s %12.0f %12.0f %8.2f %8.1f %22s %22s" % (
            n, c["cpu_us_per_call_second"], result["floor_us_per_call_second"][n],
            c["ratio_to_floor"], c["rss_mb"],
            *("%.0f / %.0f" % (delay[w]["p50"], delay[w]["p99"])
              for w in ("line_to_rtp", "rtp_to_line"))))
        if c["ratio_to_floor"] > RATIO_MOST:
            print("       over the bound: ratio to floor %.1f" % RATIO_MOST)
        if c["rss_mb"] > RSS_MOST:
            print("       over the bound: %.0f MB" % RSS_MOST)


def main():
    here = argparse.ArgumentParser(description=__doc__)
    here.add_argument("--build", default=".")
    here.add_argument("--runs", type=int, default=3)
    here.add_argument("--seconds", type=int, default=20,
                      help="of each run of a load")
    here.add_argument("--loads", default="30,120")
    here.add_argument("--only", choices=("echo", "srtp", "digits", "load"))
    here.add_argument("--output", default="bench.json")
    args = here.parse_args()
    for name in ("echo", "srtp", "digits", "floor", "calls"):
        setattr(args, name, os.path.join(args.build, "tests/bench/bench-" + name))
    args.tipringd = os.path.join(args.build, "tipringd")

    result = {"floor_us_per_call_second": {}, "calls": {}, "echo": {},
              "srtp": {}, "digits": {}}
    if args.only in (None, "srtp"):
        # What it adds to the calls below, which go in the clear.
        result["srtp"], _ = run(args.srtp)
        for suite, us in result["srtp"].items():
            print("SRTP adds %6.1f us a call-second with %s" % (us, suite),
                  flush=True)
    if args.only in (None, "digits"):
        result["digits"], _ = run(args.digits)
        for who, ns in result["digits"].items():
            print("DTMF, %-8s %5d ns per 20 ms of talk, %5d of silence, "
                  "%5d of digits" % (who, ns["talk_ns"], ns["silence_ns"],
                                     ns["dialling_ns"]), flush=True)
    if args.only in (None, "echo"):
        result["echo"], said = run(args.echo)
        print(said, flush=True)
    if args.only in (None, "load"):
        for n in args.loads.split(","):
            floor, calls = load(args, int(n))
            result["floor_us_per_call_second"][n] = floor
            result["calls"][n] = calls
        table(result)
    with open(os.path.join(args.build, args.output), "w") as f:
        json.dump(result, f, indent=1)
        f.write("\n")
    print("written: " + os.path.join(args.build, args.output))


main()
