#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""How a number comes to be complete: a digit map with and without its T timer,
the pause between digits, hotlines, two stages with a PIN. The digits come while
dial tone sounds, which a hybrid of 6 dB sends back into the receiver."""

import sys

import box
import tap
import wire
from box import Box
from tap import check

box.quick()

# Of a card or simulated, as wire says.
LINES = """,
  {{ name = "at-once"; port = "{p5}"; kind = "fxs"; number = "105";
    trunk = "peer"; hotline = "611"; {line} }},
  {{ name = "delayed"; port = "{p6}"; kind = "fxs"; number = "106";
    trunk = "peer"; hotline = "612"; hotline_delay = 4000;
    digit_map = "3xx"; {line} }},
  {{ name = "map"; port = "{p7}"; kind = "fxs"; number = "107";
    trunk = "peer"; digit_map = "[2-7]xx|011x.T|9xxx"; {line} }},
  {{ name = "none"; port = "{p8}"; kind = "fxs"; number = "108";
    trunk = "peer"; {line} }},
  {{ name = "co-9"; port = "{p9}"; kind = "fxo"; number = "209";
    trunk = "peer"; two_stage = true; pin = "9234"; callerid = false;
    digit_map = "6xx"; {line} }}"""

_bench = None


def lines(wires):
    ports = {"p%d" % n: wires.port(n, "fxo" if n == 9 else "fxs")
             for n in range(5, 10)}
    return LINES.format(line=wire.line(""), **ports)


def bench():
    global _bench
    if not _bench:
        _bench = Box(lines_more=lines, pbx=dict(fxs="1-2,9", fxo="3-8", count=9))
        for line in range(1, 10):
            _bench.do("model %d erl 6" % line)
    return _bench


def call_of(b, number):
    call = b.phone.expect_call(40)
    check(call.invite.uri.startswith("sip:%s@" % number), call.invite.start)
    return call


def dials(line, digits, number=None):
    """Digits at once in the dial tone; the number that comes of them."""
    b = bench()
    b.do("off-hook %d" % line)
    if digits:
        b.expect(line, "dial-tone", 20)
        b.do("dial %d %s" % (line, digits))
    end(b, line, call_of(b, number or digits))


def end(b, line, call):
    call.reject(486, "Busy Here")
    b.expect(line, "busy", 30)
    b.do("on-hook %d" % line)
    b.gateway.wait_idle()
    b.do("forget *")


def a_hotline_calls_at_once():
    dials(5, "", "611")


def a_delayed_hotline_calls_after_dial_tone():
    b = bench()
    b.do("off-hook 6")
    b.expect(6, "dial-tone", 20)
    end(b, 6, call_of(b, "612"))


def who_dials_meanwhile_goes_elsewhere():
    dials(6, "345")


def a_map_is_complete_at_once():
    dials(7, "234")
    dials(7, "9876")


def the_t_timer_completes_what_may_go_on():
    dials(7, "01144")


def no_number_fits():
    b = bench()
    b.do("off-hook 7")
    b.expect(7, "dial-tone", 20)
    b.do("dial 7 88")
    b.expect(7, "sit", 30)
    b.do("on-hook 7")
    b.gateway.wait_idle()
    b.do("forget *")


def without_a_map_a_pause_ends_the_number():
    dials(8, "0123456789")


def a_caller_dials_a_pin_and_a_number():
    b = bench()
    b.do("ring 9")
    b.expect(9, "off-hook", 40)
    b.expect(9, "dial-tone", 20)
    b.do("dial 9 9234")
    b.expect(9, "dial-tone", 20)	# the second one
    b.do("dial 9 611")
    call = call_of(b, "611")
    call.ring()
    call.answer()
    call.hang_up()
    b.expect(9, "on-hook", 30)
    b.gateway.wait_idle()
    b.do("forget *")


def a_wrong_pin_is_refused():
    b = bench()
    b.do("ring 9")
    b.expect(9, "off-hook", 40)
    b.expect(9, "dial-tone", 20)
    b.do("dial 9 9999")
    b.expect(9, "busy", 30)
    b.expect(9, "on-hook", 60)
    b.gateway.wait_idle()
    b.do("forget *")


def the_programs_end():
    global _bench
    b, _bench = bench(), None
    b.close()


def failed():
    global _bench
    if _bench:
        b, _bench = _bench, None
        b.ws.tails()
        b.close(False)


if __name__ == "__main__":
    sys.exit(tap.run([
        a_hotline_calls_at_once,
        a_delayed_hotline_calls_after_dial_tone,
        who_dials_meanwhile_goes_elsewhere,
        a_map_is_complete_at_once,
        the_t_timer_completes_what_may_go_on,
        no_number_fits,
        without_a_map_a_pause_ends_the_number,
        a_caller_dials_a_pin_and_a_number,
        a_wrong_pin_is_refused,
        the_programs_end], failed=failed))
