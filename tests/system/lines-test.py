#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""What lines do beside a plain call: pulses both ways, hookflash, glare, a
break, the far end that comes back, reload of one line while another talks."""

import sys
import time

import box
import tap
import wire
from harness import Background
from tap import check, wait

box.quick()
bench = box.shared

RINGBACK = 7	# s: one burst of it and the silence around it


def same(what, got, wanted):
    check(got == wanted, "%s is %r, not %r" % (what, got, wanted))


def a_rotary_telephone_dials():
    b = bench()
    b.do("off-hook 3")
    b.expect(3, "dial-tone")
    time.sleep(0.7)
    b.do("dial 3 310 pulse")
    call = b.phone.expect_call(30)
    check(call.invite.uri.startswith("sip:310@"), call.invite.start)
    call.ring()
    b.expect(3, "ringback")
    call.answer()
    b.converse(3, call)
    b.hang_up(3, call)


def an_extension_is_dialled_by_pulses(keys=""):
    b = box.Box(fxo='dial_method = "pulse";' + keys)
    with b:
        seen = Background(b.expect, 1, "digits 201", 40)
        call = b.call_line("201")
        seen.result()
        b.pbx_busy(1)
        call.expect(486, within=40)
        b.expect(1, "on-hook")
        b.gateway.wait_idle()


def slow_pulses_dial_too():
    an_extension_is_dialled_by_pulses("pulse_rate = 8; pulse_break = 75;")


def flash_from_sip(b, call):
    done = b.phone.transact(call.next_request(
        "INFO", "Signal=16\r\nDuration=160\r\n",
        ["Content-Type: application/dtmf-relay"]), call.remote)
    same("status of INFO", done.status, 200)


def a_flash_from_sip_reaches_the_pbx():
    b = bench()
    b.do("ring 1 from 5550003")
    call = b.phone.expect_call(30)
    call.answer()
    b.expect(1, "off-hook")
    time.sleep(1)
    seen = Background(b.expect, 1, "flash", 15)
    time.sleep(0.3)
    flash_from_sip(b, call)
    seen.result()
    call.hang_up()
    b.expect(1, "on-hook")


def a_short_flash_is_as_short_as_a_pulse():
    """What a PBX of the kind that wants 100 ms takes for a flash is the digit 1 to
    others, tipring-pbx among them."""
    with box.Box(fxo="flash_time = 100;") as b:
        b.do("ring 1 from 5550003")
        call = b.phone.expect_call(30)
        call.answer()
        b.expect(1, "off-hook")
        time.sleep(1)	# the kernel flashes no line that went off hook just now
        seen = Background(b.expect, 1, "digits 1", 20)
        flash_from_sip(b, call)
        seen.result()
        call.hang_up()
        b.expect(1, "on-hook")
        b.gateway.wait_idle()


def another_canceller_talks_to_nobody_but_the_line():
    with box.Box(fxs='echo = "spandsp";') as b:
        call = b.talk_sip(3)
        # What it leaves of two who talk at once is not judged here.
        time.sleep(3)
        b.hang_up(3, call)
        said = b.gateway.process.text()
        check(len(said) < 20000, "tipringd says too much: " + said[-300:])


def a_flash_of_a_telephone_is_no_hang_up():
    with box.Box(fxs="flash = true; flash_holds = false;") as b:
        call = b.talk_sip(3)
        time.sleep(1)
        b.do("flash 3 500")
        time.sleep(2)
        check(not call.ended.is_set(), "the flash hung up")
        same("what the far end got", call.rtp.digits(), "!")
        b.converse(3, call)
        b.do("on-hook 3")
        call.wait_ended()
        b.gateway.wait_idle()


def ringing_and_seizure_at_once_is_no_wrong_call():
    """Glare: the PBX rings the line in the moment in which SIP calls it. One
    of the two calls goes through, none of them to the other's."""
    b = bench()
    b.do("ring 1 from 5550004")
    call = b.call_line("201")
    inward = None
    try:
        inward = b.phone.expect_call(10)
    except tap.Fail:
        pass
    if inward:
        # The ringing was first: the outward call found no free line.
        call.expect(486, 480, 503, within=30)
        inward.answer()
        b.expect(1, "off-hook")
        b.converse(1, inward)
        inward.hang_up()
    else:
        b.do("busy 1")
        call.expect(486, 480, 500, 503, within=60)
    b.gateway.wait_idle(40)


def the_far_end_comes_back():
    b = bench()
    call = b.talk_sip(3)
    time.sleep(1)
    b.pbx.process.kill()
    # A telephone that is gone is on hook; a socket that is gone is an alarm.
    call.wait_ended()
    b.pbx.start()
    b.gateway.wait_ready()
    again = b.talk_sip(3)
    b.converse(3, again)
    b.hang_up(3, again)


def a_channel_taken_away_comes_back():
    """As when a card is reset or its module reloaded: the line says so, its
    call ends, and it needs nobody's help to come back."""
    wire.needs_card("the far end that comes back is its like")
    b = bench()
    call = b.talk_sip(3)
    wire.take_away()
    try:
        call.wait_ended()
        wait("line out of service", 20, lambda: all(
            not line["in_service"] and line["why"]
            for line in b.gateway.lines().values()))
        b.call_line("104").expect(480, 500, 502, 503)
        b.pbx.process.stop()
    finally:
        wire.bring_back()
    b.pbx.start()
    b.gateway.wait_ready(90)
    again = b.talk_sip(3)
    b.converse(3, again)
    b.hang_up(3, again)


def one_line_is_reloaded_while_another_talks():
    b = bench()
    call = b.talk_sip(3)
    with open(b.gateway.config) as f:
        text = f.read()
    changed = text.replace('number = "104"', 'number = "105"')
    try:
        for new in changed, text, changed:
            with open(b.gateway.config, "w") as f:
                f.write(new)
            status, out, err = b.gateway.run("reload")
            same("reload's status", status, 0)
        b.converse(3, call)
        other = b.call_line("105")
        other.expect(180)
        b.expect(4, "ring")
        b.do("off-hook 4")
        other.expect(200)
        b.converse(4, other)
        check(not call.ended.is_set(), "the reload cut the call")
        b.do("on-hook 4")
        other.wait_ended()
    finally:
        with open(b.gateway.config, "w") as f:
            f.write(text)
    b.do("on-hook 3")
    call.wait_ended()
    same("reload's status", b.gateway.run("reload")[0], 0)
    b.gateway.wait_ready()


def battery_that_reverses_answers():
    wire.needs_sim("reverse their polarity")
    with box.Box(fxo='answer = "polarity";') as b:
        seen = Background(b.expect, 1, "digits 201", 30)
        call = b.call_line("201")
        seen.result()
        b.do("ringback 1")
        time.sleep(2)
        check(200 not in call.seen, "answered before the reversal")
        b.do("answer 1 reverse")
        call.expect(200)
        b.converse(1, call)
        call.hang_up()
        b.expect(1, "on-hook")
        b.gateway.wait_idle()


def a_far_end_without_early_media_gets_180():
    """It makes ringback itself: nothing of the line's goes out before 200."""
    with box.Box(trunk="early_media = false;") as b:
        seen = Background(b.expect, 1, "digits 201", 30)
        call = b.call_line("201")
        seen.result()
        b.do("ringback 1")
        ringing = call.expect(180)
        same("the body of 180", ringing.body, "")
        time.sleep(RINGBACK)	# the line hears it out
        same("the last that SIP was told", call.seen[-1], 180)
        same("RTP before the answer", call.rtp.received, 0)
        b.do("answer 1")
        b.do("speak 1 \"Hello, who is calling? Hello?\"")
        call.expect(200)
        check(183 not in call.seen, "183 to a far end that takes none")
        b.do("wait-played 1", 60)
        b.converse(1, call)
        call.hang_up()
        b.expect(1, "on-hook")
        b.gateway.wait_idle()
        same("answered_how", b.last_cdr(0)["answered_how"], "voice")


if __name__ == "__main__":
    sys.exit(tap.run([
        a_rotary_telephone_dials,
        an_extension_is_dialled_by_pulses,
        slow_pulses_dial_too,
        a_flash_from_sip_reaches_the_pbx,
        a_short_flash_is_as_short_as_a_pulse,
        another_canceller_talks_to_nobody_but_the_line,
        a_flash_of_a_telephone_is_no_hang_up,
        ringing_and_seizure_at_once_is_no_wrong_call,
        the_far_end_comes_back,
        a_channel_taken_away_comes_back,
        one_line_is_reloaded_while_another_talks,
        battery_that_reverses_answers,
        a_far_end_without_early_media_gets_180,
        box.close_the_shared_bench], box.after, box.failed))
