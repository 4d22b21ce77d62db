#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""tipring measure: figures against the truth of the line's model, an impedance
that fits better, and calls that go before."""

import json
import signal
import subprocess
import sys

import box
import harness
import wire
from tap import check, run, wait

box.quick()


def close_to(value, truth, by, what):
    check(value is not None and abs(value - truth) <= by,
          "%s is %s, not %s" % (what, value, truth))


def measured(b, line):
    """Of a line that rests."""
    wait("%s idle" % line, 20, lambda: state(b, line) == "idle")
    status, out, err = b.gateway.run("--json", "measure", line)
    check(out, err)
    return status, json.loads(out)


def state(b, line):
    return next(l["state"] for l in b.gateway.json("lines")["lines"]
                if l["name"] == line)


def start(b, *words):
    """A measurement that goes on beside the test."""
    return subprocess.Popen(
        [harness.program("tipring"), "--socket", b.control, *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def figures_are_the_models():
    wire.needs_sim("echo like a hybrid")
    b = box.shared()
    b.do("model 1 erl 18 path D.2 delay 20 noise -55 impedance 1")
    status, m = measured(b, "pbx-1")
    check(status == 0 and m["complete"], m)
    # The card is one step beside the line: 4 dB.
    close_to(m["echo"]["erl_db"], 14, 1, "ERL")
    close_to(m["echo"]["delay_ms"], 20.7, 1, "delay")
    check(m["echo"]["delay_ms"] <= m["echo"]["over_ms"] < 32, m["echo"])
    close_to(m["noise"]["dbm0"], -55, 1.5, "noise")
    close_to(m["noise"]["dbm0p"], -58.6, 1.5, "weighted noise")
    check(m["dial_tone"]["is"] == "country" and m["digits"] == "5", m)
    for heard, truth in zip(sorted(m["dial_tone"]["hz"]), (350, 440)):
        close_to(heard, truth, 1, "dial tone")
    close_to(m["on_hook"]["v"], 48, 1, "voltage")
    close_to(m["off_hook"]["ma"], 24, 1, "current")
    for i, truth in enumerate((14, 18, 14)):
        close_to(m["impedances"][i]["erl_db"], truth, 1, "impedance %d" % i)
    check("card_impedance = 1;" in m["config"], m["config"])
    # The card is as it was, and a call right after works.
    wait("pbx-1 idle", 20, lambda: state(b, "pbx-1") == "idle")
    call = b.call_line("201")
    b.expect(1, "off-hook")
    call.expect(183)
    call.hang_up()
    b.gateway.wait_idle()


def advice_is_printed():
    wire.needs_sim("echo like a hybrid")
    with box.Box(phone=False, fxo='card_impedance = 2;',
                 timers="dial_tone = 2;") as b:
        b.do("model 1 erl 24 path D.5 delay 90 noise -40 impedance 2")
        b.do("model 2 noise -62")
        b.do("dial-tone 2 off")
        both = start(b, "measure", "pbx-1"), start(b, "--json", "measure", "pbx-2")
        status, out, err = ended(both[0])
        check(status == 0, err)
        for words in ("ERL 2", "good", "poor", "echo = { ms = 128; };",
                      "350.", "48.0 V", "bad contacts"):
            check(words in out, "%s is not in\n%s" % (words, out))
        check("card_impedance =" not in out, out)
        status, out, err = ended(both[1])
        m = json.loads(out)
        check(status == 0 and m["dial_tone"]["is"] == "none", m)
        check("wait_dial_tone = false;" in m["config"], m)
        check(m["noise"] and not m["digits"], m)
        status, out, err = b.gateway.run("measure", "nobody")
        check(status == 1 and "no such line" in err, err)
        check(b.gateway.run("measure")[0] == 2, "no usage")
        check(b.gateway.run("measure", "a", "b")[0] == 2, "no usage")


def ring_measured(b):
    """Rings the line while it is measured on hook; the first second, so it may
    be too late. What measure said."""
    p = start(b, "measure", "pbx-1")
    wait("measuring", 20, lambda: state(b, "pbx-1").startswith("measured"))
    if b.pbx.ask("ring 1 from 5551234").startswith("ok"):
        return ended(p)
    p.send_signal(signal.SIGINT)
    ended(p)
    wait("pbx-1 idle", 20, lambda: state(b, "pbx-1") == "idle")
    return None


def a_ring_goes_before():
    b = box.shared()
    wait("pbx-1 idle", 20, lambda: state(b, "pbx-1") == "idle")
    said = next(filter(None, (ring_measured(b) for _ in range(10))), None)
    check(said, "never on hook while it rang")
    status, _, err = said
    check(status == 1 and "not finished: the line rang" in err, err)
    call = b.phone.expect_call()
    call.ring()
    call.answer()
    b.expect(1, "off-hook")
    call.hang_up()
    b.gateway.wait_idle()


def a_call_goes_before():
    b = box.shared()
    wait("pbx-1 idle", 20, lambda: state(b, "pbx-1") == "idle")
    p = start(b, "--json", "measure", "pbx-1")
    wait("measuring", 20, lambda: state(b, "pbx-1").startswith("measured"))
    call = b.call_line("201")
    status, out, _ = ended(p)
    m = json.loads(out)
    check(status == 1 and m["ok"] and not m["complete"] and
          m["why"] == "a call wanted the line", m)
    call.expect(183)
    call.hang_up()
    b.gateway.wait_idle()


def a_line_in_use_is_not_measured():
    b = box.shared()
    call = b.call_line("201")
    b.expect(1, "off-hook")
    status, _, err = b.gateway.run("measure", "pbx-1")
    check(status == 1 and "in use" in err, err)
    call.hang_up()
    b.gateway.wait_idle()


def ctrl_c_drops_it():
    b = box.shared()
    wait("pbx-2 idle", 20, lambda: state(b, "pbx-2") == "idle")
    p = start(b, "measure", "pbx-2")
    wait("measuring", 20, lambda: state(b, "pbx-2").startswith("measured"))
    status, _, err = b.gateway.run("measure", "pbx-2")
    check(status == 1 and "measured already" in err, err)
    p.send_signal(signal.SIGINT)
    ended(p)
    wait("pbx-2 idle", 20, lambda: state(b, "pbx-2") == "idle")


def a_telephone_off_hook():
    wire.needs_sim("echo like a hybrid")
    b = box.shared()
    status, m = measured(b, "phone-3")
    check(status == 0 and not m["echo"] and not m["noise"], m)
    check(any("handset" in r["advice"] for r in m["results"]), m)
    b.do("model 3 erl 15 path D.3 delay 4 noise -60")
    b.do("off-hook 3")
    b.expect(3, "dial-tone")
    status, out, err = b.gateway.run("--json", "measure", "phone-3")
    m = json.loads(out)
    check(status == 0 and m["complete"], m)
    close_to(m["echo"]["erl_db"], 15, 1, "ERL")
    close_to(m["noise"]["dbm0"], -60, 1.5, "noise")
    b.expect(3, "dial-tone")
    b.do("model 3 erl off noise off")
    b.do("dial 3 600")
    call = b.phone.expect_call()
    call.ring()
    b.do("on-hook 3")
    call.wait_ended()
    b.gateway.wait_idle()


def is_quiet(m):
    """null: not a single bit of noise."""
    return m["noise"]["dbm0"] is None or m["noise"]["dbm0"] < -60


def real_lines_are_measured():
    """A loop span has no hybrid and tells neither voltage nor current; what it
    has is told, and nothing is invented."""
    wire.needs_card("a kernel's channel")
    b = box.shared()
    status, m = measured(b, "pbx-1")
    check(status == 0 and m["complete"], m)
    check(m["dial_tone"]["is"] == "country" and m["digits"] == "5", m)
    for heard, truth in zip(sorted(m["dial_tone"]["hz"]), (350, 440)):
        close_to(heard, truth, 2, "dial tone")
    check(is_quiet(m), m["noise"])
    check(not m["echo"] or m["echo"]["erl_db"] is None or
          m["echo"]["erl_db"] > 30, m["echo"])
    check(not m["impedances"], m["impedances"])
    check(m["on_hook"] == m["off_hook"] == {"v": None, "ma": None}, m)
    wait("pbx-1 idle", 40, lambda: state(b, "pbx-1") == "idle")
    status, m = measured(b, "phone-3")
    check(status == 0 and any("handset" in r["advice"] for r in m["results"]), m)
    b.do("off-hook 3")
    b.expect(3, "dial-tone", 30)
    status, out, err = b.gateway.run("--json", "measure", "phone-3")
    check(out, err)
    m = json.loads(out)
    check(status == 0 and m["complete"], m)
    check(is_quiet(m), m["noise"])
    b.expect(3, "dial-tone", 30)
    b.do("on-hook 3")
    b.gateway.wait_idle(40)


if __name__ == "__main__":
    sys.exit(run([figures_are_the_models, advice_is_printed,
                  a_line_in_use_is_not_measured,
                  a_ring_goes_before, a_call_goes_before, ctrl_c_drops_it,
                  a_telephone_off_hook, real_lines_are_measured, box.close_the_shared_bench], box.after,
                 box.failed))
