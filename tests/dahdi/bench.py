#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Figures on real DAHDI channels, in the VM: processor time of the gateway's
process, idle and with 24 calls; times of signalling, as a client sees them. The
processor is emulated: compare only with what runs in the same VM."""

import importlib.util
import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.environ["SOURCE"], "tests", "system"))

import box			# noqa: E402
from tap import wait		# noqa: E402

IDLE_S, TALK_S, TIMES = 10, 20, 5
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def cpu_ms(pid):
    with open("/proc/%d/stat" % pid) as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_MS


def memory_kb(pid):
    with open("/proc/%d/status" % pid) as f:
        for line in f:
            if line.startswith("VmRSS"):
                return int(line.split()[1])


def spent(pid, seconds):
    began, before = time.monotonic(), cpu_ms(pid)
    time.sleep(seconds)
    return (cpu_ms(pid) - before) / (time.monotonic() - began)


def load_figures(result):
    spec = importlib.util.spec_from_file_location("load", os.path.join(
        os.environ["SOURCE"], "tests", "system", "load-test.py"))
    load = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(load)
    load.speeches = lambda directory: {}
    try:
        original = load.Load

        class Measured(original):
            def __init__(self):
                super().__init__()
                result["idle_cpu_ms_per_s"] = spent(
                    self.gateway.process.pid, IDLE_S)
        load.Load = Measured
        load._all_24_lines_are_in_calls()
        pid = load.load.gateway.process.pid
        result["cpu_ms_per_call_second_24"] = spent(pid, TALK_S) / 24
        result["memory_kb_24"] = memory_kb(pid)
    finally:
        if load.load:
            load.load.ws.close()


def times(result):
    ring, gone, freed = [], [], []
    with box.Box(fxo="callerid = false;") as b:
        for _ in range(TIMES):
            time.sleep(2.5)	# the kernel hides a ring soon after a call
            began = time.monotonic()
            b.do("ring 1")
            call = b.phone.expect_call(30)
            ring.append(time.monotonic() - began)
            call.answer()
            b.expect(1, "off-hook")
            time.sleep(1)
            began = time.monotonic()
            call.hang_up()
            b.expect(1, "on-hook")
            freed.append(time.monotonic() - began)
            b.gateway.wait_idle()
            call = b.talk_sip(3)
            time.sleep(1)
            began = time.monotonic()
            b.do("on-hook 3")
            wait("BYE", 10, call.ended.is_set, 0.002)
            gone.append(time.monotonic() - began)
            b.gateway.wait_idle()
    result["ring_to_invite_ms"] = 1000 * statistics.median(ring)
    result["bye_to_on_hook_seen_ms"] = 1000 * statistics.median(freed)
    result["on_hook_to_bye_ms"] = 1000 * statistics.median(gone)


WORDS = [
    ("idle_cpu_ms_per_s", "CPU while 24 lines are idle, ms per second", 67),
    ("cpu_ms_per_call_second_24", "CPU at 24 calls, ms per call-second", 46),
    ("memory_kb_24", "memory at 24 calls, KiB", 56 * 1024),
    ("ring_to_invite_ms", "ring to INVITE, no caller ID, ms", 2150),
    ("on_hook_to_bye_ms", "telephone on hook to BYE, ms", None),
    ("bye_to_on_hook_seen_ms",
     "BYE to on hook as the PBX reports it (after its 1000 ms flash), ms", None),
]

figures = {}
load_figures(figures)
times(figures)
print("%-68s %9s %9s" % ("in the VM", "tipring", "Asterisk"))
for key, words, asterisk in WORDS:
    print("%-68s %9.1f %9s" % (words, figures[key], asterisk or "-"))
with open("bench-dahdi.json", "w") as out:
    json.dump(figures, out, indent=2)
