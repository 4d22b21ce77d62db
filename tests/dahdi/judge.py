#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Judges what tests/dahdi/load printed and said, as TAP; with --figures as a table of
what is asked, measured, a bare loop's and Asterisk's, and bench-dahdi.json. The
processor of the VM is emulated: figures compare only with those of the same VM."""

import json
import sys

# Key, the loop's key, words, what is asked at most, Asterisk 22 in the same VM: its
# loop of 24 lines, no canceller. The loop does four system calls a packet and
# nothing else; for the round trip it only reads and writes. Asterisk's CPU was taken
# on a processor of the VM on which the loop cost 7.0 to 8.8 ms (dahdi-vm says what
# this one is without).
ROWS = [
    ("cpu_ms_per_call_second", "floor_cpu_ms", "CPU, ms per call-second", 10,
     "44-48"),
    ("idle_cpu_ms_per_s", None, "CPU while all lines are idle, ms per second", 10,
     "67"),
    ("memory_mb", None, "memory, MB", None, "61"),
    ("lines_not_heard", None, "lines that did not hear themselves alone", 0, None),
    ("missing_percent", "floor_missing_percent", "audio missing, %", 0, "0"),
    ("delay_ms", "bare_p50_ms", "round trip beyond the loop's, median, ms", 50,
     "25-60"),
    ("delay_p99_ms", "bare_p99_ms", "the same, 99th percentile, ms", None, "45-250"),
    ("ring_to_invite_ms", None, "ring to INVITE, no caller ID expected, ms", 100,
     "2100-2200"),
    ("callerid_to_invite_ms", None, "caller ID complete to INVITE, ms", 100, None),
    ("ring_callerid_to_invite_ms", None,
     "first ring (2 s) to INVITE, caller ID after it, ms", None, "12200"),
    ("lift_to_invite_ms", None, "hotline telephone lifted to INVITE, ms", 100, None),
    ("break_to_bye_ms", None, "PBX hangs up to BYE, ms", 50, "9-47"),
    ("on_hook_to_bye_ms", None, "telephone hangs up (120 ms later) to BYE, ms", 50,
     None),
    ("bye_to_release_ms", None, "BYE to line released, ms", 50, "17-38"),
]
ASKED_OF_FEW = ("delay_ms",)     # of 24 lines, not of 60
LINE = "%-52s %6s %8s %6s %10s  %s"


def keeps_up(r):
    """The machine: else what is missing says nothing of the gateway."""
    return r["floor_missing"] < 0.005 and r["floor_cpu_ms"] < 8


def heard_itself(line, r):
    """What the emulated machine stalls is lost; a line that hears another, or
    nothing, has no such excuse."""
    least = 0.9 if keeps_up(r) else 0.05
    return line["own"] >= least * line["heard"] > 0 and \
        line["strange"] < 0.001 * line["heard"]


def load(path):
    with open(path) as f:
        text = f.read()
    r = json.loads(text)
    r["lines_not_heard"] = sum(not heard_itself(line, r) for line in r["lines"])
    r["bare_p50_ms"], r["bare_p99_ms"] = r["bare_ms"]["p50"], r["bare_ms"]["p99"]
    r["floor_missing_percent"] = 100 * r["floor_missing"]
    r["missing_percent"] = 100 * r["missing"]
    r["delay_p99_ms"] = r["delay_ms"]["p99"]
    r["delay_ms"] = r["delay_ms"]["p50"]
    return r


def number(value):
    return "" if value is None else ("%.2f" % value).rstrip("0").rstrip(".")


def verdict(value, loop, asked):
    """Where the machine alone costs what is asked, the loop is the measure."""
    if asked is None:
        return ""
    if value <= asked:
        return "met"
    return "as the loop" if loop is not None and value <= loop else "not met"


def row(r, key, loop, words, asked, asterisk, few):
    if key not in r:
        return
    if key in ASKED_OF_FEW and not few:
        asked = None
    loop = r[loop] if loop else None
    print((LINE % (words, number(asked), number(r[key]), number(loop),
                   (asterisk or "-") if few else "saturated",
                   verdict(r[key], None if key == "delay_ms" else loop,
                           asked))).rstrip())


def figures(files):
    result = {}
    for path in files:
        r = load(path)
        n = len(r["lines"])
        result["%d_lines" % n] = {k: v for k, v in r.items() if k != "lines"}
        print((LINE % ("in the VM, %d lines" % n, "asked", "measured", "loop",
                       "Asterisk", "")).rstrip())
        for columns in ROWS:
            row(r, *columns, few=n < 60)
        print()
    print("Asterisk's CPU is of a dearer processor, on which the loop took 7 to 9 ms.")
    with open("bench-dahdi.json", "w") as f:
        json.dump(result, f, indent=2)


class Tap:
    count = bad = 0

    def tell(self, ok, text, *comments):
        self.count += 1
        self.bad += not ok
        print("%sok %d - %s" % ("" if ok else "not ", self.count, text))
        for c in comments:
            print("# %s" % c)


def judge(path, wanted, said):
    """said: the file with load's standard error."""
    tap = Tap()
    with open(said, errors="replace") as f:
        said = f.read().splitlines()
    try:
        r = load(path)
    except (OSError, ValueError, KeyError) as why:
        r = None
        said.append("no result: %s" % why)
    tap.tell(r, "%d lines were called or called, talked and hung up" % wanted,
             *said)
    if r:
        for n, line in enumerate(r["lines"], 1):
            ok = heard_itself(line, r)
            tap.tell(ok, "line %d heard itself and no other" % n,
                     *([] if ok else [line]))
        ok = len(r["lines"]) == wanted and r["packets_of_heard"] > 0.9
        tap.tell(ok and (r["missing"] < 0.1 or not keeps_up(r)),
                 "all of the audio came",
                 {k: v for k, v in r.items() if k != "lines"})
    print("1..%d" % tap.count)
    return tap.bad


if __name__ == "__main__":
    if sys.argv[1] == "--figures":
        figures(sys.argv[2:])
    else:
        sys.exit(1 if judge(sys.argv[1], int(sys.argv[2]), sys.argv[3]) else 0)
