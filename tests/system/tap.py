# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""TAP output for the system tests: one line a test, reasons below it."""

import signal
import sys
import time
import traceback


class Skip(Exception):
    """The test cannot run here; the text says why."""


class Fail(Exception):
    """What was expected and what was seen instead."""


def check(condition, text):
    if not condition:
        raise Fail(text)


def wait(what, seconds, condition, pause=0.1):
    """Waits until condition() is true and returns what it gave."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Fail("no %s within %g s" % (what, seconds))
        time.sleep(pause)


def comment(text):
    for line in str(text).splitlines():
        print("# " + line, flush=True)


def run(tests, after=None, failed=None):
    """Runs functions in turn; after() checks what each must leave behind,
    failed() prints what helps to understand. Ends the program."""

    def stop(number, frame):
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    wanted = sys.argv[1:]
    if wanted:
        tests = [t for t in tests if t.__name__ in wanted]
    print("1..%d" % len(tests), flush=True)
    bad = 0
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        began = time.monotonic()
        try:
            test()
            if after:
                after()
            print("ok %d - %s" % (number, name), flush=True)
        except Skip as why:
            print("ok %d - %s # SKIP %s" % (number, name, why), flush=True)
        except Exception as why:
            bad += 1
            print("not ok %d - %s" % (number, name), flush=True)
            if isinstance(why, Fail):
                comment(why)
                place = traceback.extract_tb(why.__traceback__)
                comment(" <- ".join("%s:%d" % (p.filename.split("/")[-1],
                                               p.lineno)
                                    for p in reversed(place)))
            else:
                comment(traceback.format_exc())
            if failed:
                failed()
        comment("%.1f s" % (time.monotonic() - began))
    return 1 if bad else 0
