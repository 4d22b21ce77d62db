# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Watches a gateway while it is ill-treated: descriptors, memory, processor
time, and how long its control socket took to answer at worst."""

import os
import threading
import time

from tap import check, comment

STALL = 100		# ms that one turn of a thread may work
TICK = os.sysconf("SC_CLK_TCK")


def descriptors(pid):
    return len(os.listdir("/proc/%d/fd" % pid))


def memory(pid):
    """What is resident, in MiB."""
    with open("/proc/%d/statm" % pid) as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def processor(pid):
    """Seconds that it had so far."""
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def sanitized(pid):
    """Such a program holds what it freed: its size says little."""
    with open("/proc/%d/maps" % pid) as f:
        return "libasan" in f.read()


class Vitals(threading.Thread):
    """Of GATEWAY, from here to judge()."""

    def __init__(self, gateway):
        super().__init__(daemon=True)
        self.gateway, self.pid = gateway, gateway.process.pid
        self.before = descriptors(self.pid), memory(self.pid)
        self.most, self.slowest, self.asked = list(self.before), 0, 0
        self.late = self._late()
        self.used, self.began = processor(self.pid), time.monotonic()
        self.stopped, self.why = threading.Event(), None
        self.start()

    def _late(self):
        return self.gateway.ask("status")["counters"]["pump_late"]

    def turns(self):
        """The longest turn so far of both threads."""
        return self.gateway.ask("status")["longest_turn"]

    def run(self):
        try:
            while not self.stopped.wait(0.05):
                began = time.monotonic()
                self.gateway.ask("status")
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.asked += 1
                now = descriptors(self.pid), memory(self.pid)
                self.most = [max(*pair) for pair in zip(self.most, now)]
        except Exception as why:
            self.why = why

    def judge(self, what, fds, mib, share=None):
        """At most so many more descriptors and MiB than before, and this share
        of a processor: more is a loop that turns. Prints the figures."""
        self.stopped.set()
        self.join(60)
        if self.why:
            raise self.why
        used = processor(self.pid) - self.used
        took = time.monotonic() - self.began
        comment("%s: %.1f s, %d%% of a processor, slowest answer of %d %.0f ms,"
                " pump late %d times, descriptors %d -> %d at most,"
                " %.1f -> %.1f MiB" % (
                    what, took, 100 * used / took, self.asked,
                    self.slowest * 1000, self._late() - self.late,
                    self.before[0], self.most[0], self.before[1],
                    self.most[1]))
        # The clock's time is the machine's, too; what it worked is its own. What
        # piled up while the machine did something else is then made up for.
        turns = self.turns()
        comment("longest turns: " + ", ".join("%s %.1f ms, %.1f of it work" % (
            who, t["ms"], t["own_ms"]) for who, t in turns.items()))
        check(sanitized(self.pid) or all(
            t["own_ms"] < STALL + t["ms"] / 4 for t in turns.values()),
              "it did nothing else meanwhile: %s" % turns)
        check(self.most[0] <= self.before[0] + fds,
              "%d descriptors, %d before" % (self.most[0], self.before[0]))
        check(sanitized(self.pid) or not share or used <= share * took + 0.5,
              "%.1f s of processor time in %.1f s" % (used, took))
        check(sanitized(self.pid) or self.most[1] <= self.before[1] + mib,
              "%.1f MiB, %.1f before" % (self.most[1], self.before[1]))
