#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""One TAP stream of the suites that guest.sh runs. A suite that breaks off, or
runs other tests than it planned, is a failed test by itself. That stream comes at
the end, as a suite that failed may run again; what happens, with its times, is told
at once: in comments, and to the descriptor TIPRING_LIVE."""

import os
import re
import sys
import time

REASONS = 8		# lines of what a failed test says that are told at once
suite, planned, ran, reasons = None, None, 0, 0
began = since = time.monotonic()		# of the suite; of the test
results = {}					# of each suite: ok, text


def show(text):
    print("# " + text, flush=True)
    try:
        os.write(int(os.environ["TIPRING_LIVE"]), b"VM: %s\n" % text.encode())
    except (KeyError, OSError):		# run by hand: seen as it is
        pass


def tell(ok, text):
    """One result. A suite's first test has the start of Python in its time."""
    global since
    results[suite].append((ok, text))
    now = time.monotonic()
    show("%-6s %5.1f s  %s" % ("ok" if ok else "not ok", now - since, text))
    since = now


def begin(name):
    """One that runs again: what it said before is told, and no longer counts."""
    for ok, text in results.get(name, []):
        if not ok:
            show("%s runs again, after: not ok - %s" % (name, text))
    results[name] = []


for line in sys.stdin:
    line = line.rstrip("\n")
    if m := re.match(r"# suite (\w+)$", line):
        suite, planned, ran = m.group(1), None, 0
        began = since = time.monotonic()
        begin(suite)
    elif m := re.match(r"# end (\w+) (\d+)$", line):
        if planned != ran or int(m.group(2)) > 1:
            tell(False, "%s broke off after %d of %s tests, status %s" % (
                m.group(1), ran, planned, m.group(2)))
        show("%s: %d tests in %.0f s" % (suite, ran, time.monotonic() - began))
        suite = None
    elif m := re.match(r"1\.\.(\d+)", line):
        planned = int(m.group(1))
    elif m := re.match(r"(not )?ok \d+ *-? *(.*)", line):
        ran += 1
        reasons = REASONS if m.group(1) else 0
        tell(not m.group(1), "%s: %s" % (suite, m.group(2)))
    elif re.match(r"# \d+\.\d s$", line):
        reasons = 0
    elif reasons:
        reasons -= 1
        show(line)
    else:
        print(line, flush=True)
if suite or not results:
    results.setdefault(suite, []).append((False, "the VM ended%s" % (
        " in " + suite if suite else " before any suite")))
every = [result for suite in results.values() for result in suite]
for count, (ok, text) in enumerate(every, 1):
    print("%sok %d - %s" % ("" if ok else "not ", count, text), flush=True)
print("1..%d" % len(every))
sys.exit(0 if all(ok for ok, _ in every) else 1)
