#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""One TAP stream of the suites that guest.sh runs. A suite that breaks off, or
runs other tests than it planned, is a failed test by itself."""

import re
import sys

count = bad = 0
suite, planned, ran, ended = None, None, 0, 0


def tell(ok, text):
    global count, bad
    count += 1
    bad += not ok
    print("%sok %d - %s" % ("" if ok else "not ", count, text), flush=True)


for line in sys.stdin:
    line = line.rstrip("\n")
    if m := re.match(r"# suite (\w+)$", line):
        suite, planned, ran = m.group(1), None, 0
    elif m := re.match(r"# end (\w+) (\d+)$", line):
        if planned != ran or int(m.group(2)) > 1:
            tell(False, "%s broke off after %d of %s tests, status %s" % (
                m.group(1), ran, planned, m.group(2)))
        suite = None
        ended += 1
    elif m := re.match(r"1\.\.(\d+)", line):
        planned = int(m.group(1))
    elif m := re.match(r"(not )?ok \d+ *-? *(.*)", line):
        ran += 1
        tell(not m.group(1), "%s: %s" % (suite, m.group(2)))
    else:
        print(line, flush=True)
if suite or not ended:
    tell(False, "the VM ended%s" % (" in " + suite if suite else
                                    " before any suite"))
print("1..%d" % count)
sys.exit(1 if bad else 0)
