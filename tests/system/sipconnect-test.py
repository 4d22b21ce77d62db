#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""doc/sipconnect and doc/isdn: every point has a verdict, each test named there is written
and run, and each "no" has a reason."""

import os
import re
import sys

import tap
from harness import SOURCE
from tap import check


def points():
    """(verdict, title, the lines below it) of each point."""
    found = []
    for name in ("sipconnect", "isdn"):
        with open(os.path.join(SOURCE, "doc", name)) as f:
            lines = f.readlines()
        for line in lines:
            begins = re.match(r"(yes|no)\s+(\S.*)", line)
            if begins:
                found.append((begins.group(1), begins.group(2), []))
            elif line.startswith("     ") and found:
                found[-1][2].append(line.strip())
    return found


def is_run(path, name):
    """Defined in the file, and named once more by whoever runs it."""
    with open(os.path.join(SOURCE, path)) as f:
        text = f.read()
    word = r"\b%s\b" % re.escape(name)
    defined = re.search(r"^(def |static void )%s\(" % re.escape(name), text,
                        re.M)
    return bool(defined) and len(re.findall(word, text)) > 1


def each_point_has_a_verdict():
    all_points = points()
    check(len(all_points) > 25, "only %d points" % len(all_points))
    for verdict, title, below in all_points:
        check(below, "%s: nothing stands below it" % title)
        tests = [b for b in below if b.startswith("tests/")]
        if verdict == "yes":
            check(tests, "%s: no test shows it" % title)
        else:
            check(not tests, "%s: tests for what is not there" % title)


def each_test_that_is_named_is_run():
    missing = []
    for _, title, below in points():
        for line in below:
            if not line.startswith("tests/"):
                continue
            path, _, name = line.partition(" ")
            if not os.path.exists(os.path.join(SOURCE, path)) or \
                    not is_run(path, name):
                missing.append("%s: %s" % (title, line))
    check(not missing, "no such test:\n" + "\n".join(missing))


def a_test_that_does_not_exist_is_seen():
    check(not is_run("tests/system/sipconnect-test.py", "no_" + "such_test"),
          "a missing test passes")
    check(is_run("tests/system/sipconnect-test.py", "each_point_has_a_verdict"),
          "an existing test is missed")


if __name__ == "__main__":
    sys.exit(tap.run([each_point_has_a_verdict, each_test_that_is_named_is_run,
                      a_test_that_does_not_exist_is_seen]))
