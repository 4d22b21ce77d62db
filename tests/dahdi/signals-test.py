#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Ground start and loop start on real DAHDI channels, and the kernel's canceller.
In the VM of check.sh only: simulated lines are kewlstart."""

import glob
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                                "system"))
import box
import harness
import tap
import wire
from harness import Background
from tap import check, wait

wire.needs_card("simulated lines are kewlstart")


def same(what, got, wanted):
    check(got == wanted, "%s is %r, not %r" % (what, got, wanted))


def telephone_calls(b):
    call = b.talk_sip(3)
    b.converse(3, call)
    b.hang_up(3, call)


def sip_calls_telephone(b):
    call = b.talk_line(4)
    b.converse(4, call)
    call.hang_up()
    b.expect(4, "busy|congestion")
    b.do("on-hook 4")
    b.gateway.wait_idle()


def pbx_rings(b):
    """To the point where both talk."""
    b.do("ring 1 from 5559876")
    call = b.phone.expect_call(30)
    check("sip:5559876@" in call.invite.get("from"), call.invite.get("from"))
    call.answer()
    b.expect(1, "off-hook")
    b.converse(1, call)
    return call


def sip_dials_pbx(b):
    seen = Background(b.expect, 1, "digits 201", 30)
    call = b.call_line("201")
    seen.result()
    return call


def ended(b, count):
    b.gateway.wait_idle(40)
    return b.last_cdr(count)


def ground_start_telephones_call_both_ways():
    with box.Box(where="ground start") as b:
        telephone_calls(b)
        sip_calls_telephone(b)


def ground_start_extensions_call_both_ways():
    """The PBX grounds the tip and takes the ground away when it hangs up: that
    ends the call at once, without a tone."""
    with box.Box(where="ground start") as b:
        call = pbx_rings(b)
        b.do("on-hook 1")
        call.wait_ended()
        record = ended(b, 0)
        same("released_by", record["released_by"], "pbx-1")
        check("loop current break" in record["reason"], record["reason"])
        call = sip_dials_pbx(b)
        b.pbx_answers(1)
        b.greet(1)
        call.expect(200, within=30)
        b.do("wait-played 1", 60)
        b.converse(1, call)
        call.hang_up()
        b.expect(1, "on-hook")
        b.gateway.wait_idle()


def loop_start_telephones_call_both_ways():
    with box.Box(where="loop start") as b:
        telephone_calls(b)
        sip_calls_telephone(b)


def loop_start_ends_by_a_tone():
    """Nothing on the wire says that the PBX has hung up: its busy tone does."""
    with box.Box(where="loop start") as b:
        call = pbx_rings(b)
        b.do("on-hook 1")
        call.wait_ended(40)
        record = ended(b, 0)
        same("released_by", record["released_by"], "pbx-1")
        check("busy" in record["reason"], record["reason"])
        check("break" not in record["reason"], record["reason"])
        # Dialled into, too, and before an answer.
        call = sip_dials_pbx(b)
        b.pbx_busy(1)
        call.expect(486, within=40)
        b.expect(1, "on-hook")


def loop_start_ends_by_silence():
    with box.Box(where="loop start", timers="silence = 6;") as b:
        call = pbx_rings(b)
        # Nobody says a word any more, the PBX sounds nothing.
        call.wait_ended(60)
        record = ended(b, 0)
        check("silence" in record["reason"], record["reason"])
        b.expect(1, "on-hook")


def loop_start_abandoned_ringing_is_noticed():
    with box.Box(where="loop start") as b:
        b.do("ring 1 from 5550002")
        call = b.phone.expect_call(30)
        call.ring()
        b.do("ring 1 off")
        call.wait_ended(30)
        same("the end", call.end_method, "CANCEL")
        b.gateway.wait_idle()


def a_held_channel_names_who_holds_it_and_comes_back():
    row = 2 * wire.CHANNELS + 1 + wire.ROWS["loop start"]
    other = wire.held(row + 2)		# phone-3's
    with other, box.Box(where="loop start", ready=False) as b:
        def why():
            return b.gateway.lines()["phone-3"]["why"]
        wait("who holds the channel", 30,
             lambda: "held by python3 (process %d)" % os.getpid() in why())
        check(b.gateway.lines()["phone-4"]["in_service"], "the line beside it is not")
        other.close()
        b.gateway.wait_ready(90)
        telephone_calls(b)


def canceller(channel):
    for path in glob.glob("/sys/bus/dahdi_channels/devices/*/channo"):
        with open(path) as f:
            if f.read().strip() != str(channel):
                continue
        with open(os.path.join(os.path.dirname(path), "ec_state")) as f:
            return f.read().strip()
    raise tap.Fail("there is no channel %d" % channel)


def the_kernels_canceller_works_through_a_call():
    with box.Box(fxs='echo = "dahdi";') as b:
        channel = int(b.pbx.wire.port(3, "fxs").split("/")[1])
        other = int(b.pbx.wire.port(1, "fxo").split("/")[1])
        call = b.talk_sip(3)
        wait("canceller of channel %d" % channel, 10,
             lambda: canceller(channel) == "ACTIVE")
        same("the other line's", canceller(other), "INACTIVE")
        b.converse(3, call)
        same("its state in the call", canceller(channel), "ACTIVE")
        b.hang_up(3, call)
        call = b.talk_line(4)
        b.converse(4, call)
        b.hang_up(4, call)
    wait("canceller off", 10, lambda: canceller(channel) == "INACTIVE")


def a_canceller_that_is_not_there_is_refused():
    with box.Box(where="loop start") as b:
        with open(b.gateway.config) as f:
            text = f.read()
        port = b.pbx.wire.port(3, "fxs")
        path = b.ws.write("wrong.conf", text.replace("echo = false;",
                                                     'echo = "dahdi";'))
        done = subprocess.run([harness.program("tipringd"), "--config", path,
                               "--check"], capture_output=True, text=True,
                              timeout=60)
        check(done.returncode == 1, done)
        check(port + " has no echo canceller of its own; write echo = true" in
              done.stdout + done.stderr, done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(tap.run([
        ground_start_telephones_call_both_ways,
        ground_start_extensions_call_both_ways,
        loop_start_telephones_call_both_ways,
        loop_start_ends_by_a_tone,
        loop_start_ends_by_silence,
        loop_start_abandoned_ringing_is_noticed,
        a_held_channel_names_who_holds_it_and_comes_back,
        the_kernels_canceller_works_through_a_call,
        a_canceller_that_is_not_there_is_refused]))
