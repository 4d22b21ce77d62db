#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""One TAP stream of the suites that guest.sh runs. A suite that breaks off, or
runs other tests than it planned, is a failed test by itself."""

import re
import sys

suite, planned, ran = None, None, 0
results = {}					# of each suite: ok, text


def tell(ok, text):
    results[suite].append((ok, text))


def begin(name):
    """One that runs again: what it said before is told, and no longer counts."""
    for ok, text in results.get(name, []):
        if not ok:
            print("# %s runs again, after: not ok - %s" % (name, text), flush=True)
    results[name] = []


for line in sys.stdin:
    line = line.rstrip("\n")
    if m := re.match(r"# suite (\w+)$", line):
        suite, planned, ran = m.group(1), None, 0
        begin(suite)
    elif m := re.match(r"# end (\w+) (\d+)$", line):
        if planned != ran or int(m.group(2)) > 1:
            tell(False, "%s broke off after %d of %s tests, status %s" % (
                m.group(1), ran, planned, m.group(2)))
        suite = None
    elif m := re.match(r"1\.\.(\d+)", line):
        planned = int(m.group(1))
    elif m := re.match(r"(not )?ok \d+ *-? *(.*)", line):
        ran += 1
        tell(not m.group(1), "%s: %s" % (suite, m.group(2)))
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
