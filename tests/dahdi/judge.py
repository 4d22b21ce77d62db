#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Judges what tests/dahdi/load printed and said, as TAP; with --figures as a table
beside Asterisk's figures, and bench-dahdi.json. The processor of the VM is emulated:
figures compare only with those of the same VM."""

import json
import sys

# In the same VM: Asterisk 22, its loop of 24 lines, no canceller.
ROWS = [
    ("cpu_ms_per_call_second", "CPU with %(n)d calls, ms per call-second", 10,
     "44-48"),
    ("floor_cpu_ms", "the same of a bare loop: four system calls a packet", None,
     None),
    ("idle_cpu_ms_per_s", "CPU while %(n)d lines are idle, ms per second", 10,
     "67"),
    ("bare_p50_ms", "round trip of a bare loop, median, ms", None, None),
    ("bare_p99_ms", "the same, 99th percentile, ms", None, None),
    ("memory_mb", "memory with %(n)d calls, MB", None, "61"),
    ("lines_heard", "lines that heard themselves and no other", None, None),
    ("missing_percent", "audio missing, %%", None, "0"),
    ("floor_missing_percent", "the same of the bare loop, %%", None, None),
    ("delay_ms", "round trip beyond a bare loop, median, ms", 50, "25-60"),
    ("delay_p99_ms", "the same, 99th percentile, ms", None, "45-250"),
    ("ring_to_invite_ms", "ring to INVITE, no caller ID expected, ms", 100,
     "2100-2200"),
    ("callerid_to_invite_ms", "caller ID complete to INVITE, ms", 100, None),
    ("ring_callerid_to_invite_ms",
     "ring to INVITE, caller ID after the first ring of 2 s, ms", None, "12200"),
    ("lift_to_invite_ms", "hotline telephone lifted to INVITE, ms", None, None),
    ("break_to_bye_ms", "PBX hangs up to BYE, ms", 50, "9-47"),
    ("on_hook_to_bye_ms",
     "telephone hangs up to BYE, after the 120 ms that tell it, ms", 50, None),
    ("bye_to_release_ms", "BYE to line released, ms", 50, "17-38"),
]


def keeps_up(r):
    """The machine: else what is missing says nothing of the gateway."""
    return r["floor_missing"] < 0.005 and r["floor_cpu_ms"] < 12


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
    r["lines_heard"] = sum(heard_itself(line, r) for line in r["lines"])
    r["bare_p50_ms"], r["bare_p99_ms"] = r["bare_ms"]["p50"], r["bare_ms"]["p99"]
    r["floor_missing_percent"] = 100 * r["floor_missing"]
    r["missing_percent"] = 100 * r["missing"]
    r["delay_p99_ms"] = r["delay_ms"]["p99"]
    r["delay_ms"] = r["delay_ms"]["p50"]
    return r


def figures(files):
    result = {}
    for path in files:
        r = load(path)
        n = len(r["lines"])
        result["%d_lines" % n] = {k: v for k, v in r.items() if k != "lines"}
        print("%-62s %9s %7s %10s" % ("in the VM, %d lines" % n, "tipring",
                                      "aim", "Asterisk"))
        for key, words, aim, asterisk in ROWS:
            if key in r:
                print("%-62s %9.2f %7s %10s" % (
                    words % {"n": n}, r[key], aim or "",
                    (asterisk if n < 60 else "saturated") or "-"))
        print()
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
