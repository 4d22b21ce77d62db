#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Lines learn how their calls end: an odd busy tone on one, a battery break
that is shorter than the timer's on the other; five calls teach, the sixth is
ended by it, a restart in between."""

import json
import os
import sys

import box
import sound
import wire
from tap import check, run, wait

box.quick()
CALLS = 5


def start_call(b, n):
    b.do("dial-tone %d off" % n)
    call = b.call_line("20%d" % n)
    call.expect(200)
    b.expect(n, "off-hook")
    return call


def signals(b, name):
    """What is known of a line, by kind."""
    for line in b.gateway.json("learned")["lines"]:
        if line["line"] == name:
            return {s["kind"]: s for s in line["signals"]}
    return {}


def make_sounds(b):
    """Some words, alone and with an odd busy tone behind."""
    words = sound.read(b.speech()[0])[:2 * sound.RATE]
    beeps = (sound.sine(400, -18, 350) + sound.silence(350)) * 8
    said, ended = b.ws.path("said.wav"), b.ws.path("ended.wav")
    sound.write(said, words)
    sound.write(ended, words + sound.silence(900) + beeps)
    return said, ended


def ends(b, said, ended):
    """Both lines' calls reach their end: the tone sounds, the battery breaks."""
    b.do("play 1 " + ended)
    b.do("play 2 " + said)
    b.do("wait-played 2")
    b.do("sleep 1")
    b.do("battery 2 break 120")


def lines_learn_how_calls_end():
    wire.needs_sim("time a battery break")
    with box.Box(fxo='dial = "none"; answer = "seize"; learn = "auto"; '
                 'wait_dial_tone = false;') as b:
        teach(b)


def teach(b):
    with open(b.gateway.config) as f:
        text = f.read()
    state = b.ws.path("state")
    os.mkdir(state)
    old = next(l for l in text.splitlines() if "state_directory" in l)
    b.gateway.stop()
    with open(b.gateway.config, "w") as f:
        f.write(text.replace(old, 'state_directory = "%s";' % state))
    b.gateway.start()
    b.gateway.wait_ready()
    said, ended = make_sounds(b)
    for count in range(1, CALLS + 1):
        check(all(s["state"] == "too few calls" for n in (1, 2)
                  for s in signals(b, "pbx-%d" % n).values()), "learned too soon")
        calls = [start_call(b, n) for n in (1, 2)]
        ends(b, said, ended)
        b.do("wait-played 1")
        check(not any(c.ended.is_set() for c in calls),
              "an unknown signal ended a call")
        for c in calls:
            c.hang_up()
        b.gateway.wait_idle()
        wait("evidence of call %d" % count, 10, lambda:
             signals(b, "pbx-1").get("tone", {}).get("calls") == count and
             signals(b, "pbx-2").get("break", {}).get("calls") == count)
    tone, gap = signals(b, "pbx-1")["tone"], signals(b, "pbx-2")["break"]
    check(tone["state"] == gap["state"] == "in use", (tone, gap))
    check(abs(tone["cadence"][0]["hz"][0] - 400) <= 8, tone)
    check(abs(tone["cadence"][0]["on_ms"] - 350) <= 30, tone)
    check(abs(gap["break_ms"] - 120) <= 20, gap)
    check(tone["config"].startswith('disconnect_tone = "400/'), tone)
    status, out, _ = b.gateway.run("learned")
    check(status == 0 and " Hz 0.3" in out and "in use" in out, out)
    b.gateway.stop()
    with open(os.path.join(state, "learned.json")) as f:
        check(len(json.load(f)["lines"]) == 2, "not both lines are kept")
    b.gateway.start()
    b.gateway.wait_ready()
    use(b, said, ended)


def use(b, said, ended):
    count = len(b.gateway.cdr())
    calls = [start_call(b, n) for n in (1, 2)]
    ends(b, said, ended)
    for c in calls:
        c.wait_ended()
    b.gateway.wait_idle()
    wait("two records", 15, lambda: len(b.gateway.cdr()) == count + 2)
    reasons = " | ".join(r["reason"] for r in b.gateway.cdr()[count:])
    check("learned tone 4" in reasons and "loop current break" in reasons, reasons)
    status, _, err = b.gateway.run("forget", "pbx-1")
    check(status == 0 and not signals(b, "pbx-1"), err)
    check(b.gateway.run("forget", "pbx-1")[0] == 1, "forgot what was not there")
    check(signals(b, "pbx-2")["break"]["calls"] >= CALLS, "forgot too much")


if __name__ == "__main__":
    sys.exit(run([lines_learn_how_calls_end]))
