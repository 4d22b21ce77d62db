#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""What the guard against toll fraud has counted outlives a restart; a state file
that is damaged or cannot be read is warned of and stops nothing."""

import os
import sys
import time

import box
import harness
import tap
from tap import check

LIMITS = """\
fraud = { allow = [ "any" ]; calls_day = 3; minutes_day = 60; };
"""


class Guarded(box.Box):
    """... with a directory of its own for what outlives it."""

    def __init__(self, limits=LIMITS):
        self.place = harness.Workspace()
        self.state = self.place.path("state")
        os.mkdir(self.state)
        self.file = os.path.join(self.state, "fraud")
        super().__init__(box=limits, state=self.state)

    def close(self, check_end=True):
        super().close(check_end)
        self.place.close()

    def restart(self):
        """It ends in order and begins anew."""
        self.gateway.stop()
        self.begin()

    def begin(self):
        self.gateway.start()
        self.gateway.wait_ready()

    def used(self, what="box"):
        return next(u for u in self.gateway.json("fraud")["limits"]
                    if u["what"] == what)

    def lines(self):
        with open(self.file) as f:
            return [line.split() for line in f]

    def warnings(self):
        return [l for l in self.gateway.process.text().splitlines()
                if self.file in l]

    def one_call(self, seconds=0):
        call = self.talk_sip(3)
        time.sleep(seconds)
        self.hang_up(3, call)

    def refused(self, why):
        """The next call is, for this reason."""
        count = len(self.gateway.cdr())
        self.do("off-hook 3")
        self.expect(3, "dial-tone")
        self.do("dial 3 600")
        record = self.last_cdr(count)
        self.do("on-hook 3")
        self.gateway.wait_idle()
        check(why in record["reason"], "refused, not: %s" % record)
        check(not record["talk_s"], record)


def calls_of_the_day_outlive_a_restart():
    with Guarded() as b:
        check(not os.listdir(b.state), "written before anything was counted")
        b.one_call()
        b.restart()
        check(b.used()["calls_day"] == 1, b.used())
        b.one_call()
        b.restart()
        check(b.used()["calls_day"] == 2, b.used())
        check(not b.warnings(), b.warnings())
        b.one_call()
        b.refused("3 of 3 calls in 24 hours; calls_day of fraud")
        b.restart()
        b.refused("3 of 3 calls in 24 hours; calls_day of fraud")


def minutes_of_the_day_outlive_a_restart():
    limits = 'fraud = { allow = [ "any" ]; minutes_day = 60; };'
    with Guarded(limits) as b:
        b.one_call(2)
        b.gateway.stop()
        talked = sum(int(line[-1]) for line in b.lines())
        spoken = b.gateway.cdr()[-1]["talk_s"]
        check(abs(talked - spoken) <= 2, "%d s are kept of %.1f" % (
            talked, spoken))
        # As if the call had been so long: an hour but this second.
        text = ["%s %d" % (" ".join(line[:-1]), 3599) for line in b.lines()]
        with open(b.file, "w") as f:
            f.write("\n".join(text) + "\n")
        b.begin()
        check(b.used()["minutes_day"] == 59, b.used())
        b.one_call(2)
        b.restart()
        check(b.used()["minutes_day"] == 60, b.used())
        check(not b.warnings(), b.warnings())
        b.refused("60 of 60 minutes in 24 hours; minutes_day of fraud")


# What a memory card or a person makes of a file.
DAMAGED = [
    b"nonsense\n", b"\0\0\0\0\0\0\0\0\n", b"box:\n", b"box: 1 1\n",
    b":acme 1 1 1\n", b"box: -1 -1 -1\n", b"box: 1e9 1 1\n",
    b"box: 4294967295 1 1\n", b"box: 99999999999999999999 1 1\n",
    b"trunk:%s 1 1\n" % (b"x" * 60), b"\xff\xfe\xfd:\x80 1 1 1\n",
]
NAMELESS = b"line:nobody %d 1 1\n"	# well-formed, of what there is no more


def a_damaged_file_is_warned_of():
    with Guarded() as b:
        b.one_call()
        b.gateway.stop()
        with open(b.file, "rb") as f:
            good = f.read()
        step = int(b.lines()[0][1])
        now = NAMELESS % step
        with open(b.file, "wb") as f:
            f.write(b"".join(DAMAGED) + good + now + good[:len(good) // 8])
        b.begin()
        check(b.used()["calls_day"] == 1, b.used())
        lines = len(good.splitlines())
        check(len(b.warnings()) == 1 and "%d of %d lines are damaged" % (
            len(DAMAGED) + 1, len(DAMAGED) + lines + 2) in b.warnings()[0],
              b.warnings())
        b.one_call()
        b.restart()		# which wrote it anew
        check(b.used()["calls_day"] == 2 and not b.warnings(),
              (b.used(), b.warnings()))
        b.gateway.stop()
        for rubbish in os.urandom(100000), b"7" * 100000, b"":
            with open(b.file, "wb") as f:
                f.write(rubbish)
            b.begin()
            check(b.used()["calls_day"] == 0, b.used())
            check(len(b.warnings()) == bool(rubbish), b.warnings())
            b.gateway.stop()
        b.begin()
        b.one_call()
        check(b.used()["calls_day"] == 1, b.used())


def what_cannot_be_read_or_written_is_warned_of():
    with Guarded() as b:
        b.one_call()
        b.gateway.stop()
        os.unlink(b.file)
        os.symlink("fraud", b.file)
        b.begin()
        check("Too many levels of symbolic links; limits of fraud begin anew"
              in " ".join(b.warnings()), b.warnings())
        b.one_call()
        b.restart()		# what is written takes the link's place
        check(b.used()["calls_day"] == 1 and not b.warnings(), b.warnings())
        b.gateway.stop()
        os.unlink(b.file)
        os.mkdir(b.file)
        b.begin()
        check("Is a directory; limits of fraud begin anew" in
              " ".join(b.warnings()), b.warnings())
        b.one_call()
        b.gateway.stop()	# with status 0
        check("Is a directory; limits of fraud begin anew at a restart" in
              b.warnings()[-1], b.warnings())
        os.rmdir(b.file)
        for name in os.listdir(b.state):
            os.unlink(os.path.join(b.state, name))
        os.rmdir(b.state)
        b.begin()		# no directory: nothing to be told of, yet
        check(not b.warnings(), b.warnings())
        b.one_call()
        b.gateway.stop()
        check("No such file or directory; limits of fraud begin anew at a "
              "restart" in b.warnings()[-1], b.warnings())
        b.begin()
        b.one_call()


if __name__ == "__main__":
    sys.exit(tap.run([calls_of_the_day_outlive_a_restart,
                      minutes_of_the_day_outlive_a_restart,
                      a_damaged_file_is_warned_of,
                      what_cannot_be_read_or_written_is_warned_of],
                     failed=box.failed))
