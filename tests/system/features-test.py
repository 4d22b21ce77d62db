#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Hold, second call, transfer, call waiting and message waiting on a telephone;
a hookflash from SIP to the PBX."""

import sys
import time

import box
import harness
import sound
import tap
import wire
from tap import check, wait

box.quick()


def bench():
    """Made anew after a failed test."""
    if not box._shared:
        box._shared = box.Box(fxs="flash = true; call_waiting = true; "
                              "mwi = [ \"stutter\", \"lamp\", \"fsk\" ];")
    return box._shared


def second_call(b, line=3, number="601"):
    """Holds the call of a telephone and makes another."""
    b.do("flash %d" % line)
    b.expect(line, "dial-tone")
    b.do("dial %d %s" % (line, number))
    call = b.phone.expect_call()
    call.ring()
    b.expect(line, "ringback")
    return call


def held(call, direction):
    """The last change of its session said so."""
    def said():
        return call.requests and "a=" + direction in call.requests[-1].body
    wait("re-INVITE with " + direction, 15, said)


def released(call):
    """Back to both ways: the attribute may be left out."""
    wait("re-INVITE both ways", 15, lambda: call.requests and not any(
        "a=" + d in call.requests[-1].body for d in ("sendonly", "inactive")))


def say(b, speaker, hearer, what, who):
    """One SIP party to the other, through the box."""
    heard = b.ws.path("joined-%.3f.wav" % time.time())
    hearer.rtp.forget()
    speaker.rtp.play(sound.silence(500) + sound.read(what))
    wait("end of the sentence", 60, lambda: not speaker.rtp.busy())
    time.sleep(wire.TAIL)
    hearer.rtp.save(heard)
    b.good(what, heard, who, match=0.25)


def a_call_is_held_for_another_and_taken_back():
    b = bench()
    first = b.talk_sip(3)
    second = second_call(b)
    held(first, "sendonly")
    second.answer()
    b.converse(3, second)
    b.do("flash 3")
    held(second, "sendonly")
    released(first)
    b.converse(3, first)
    first.hang_up()
    released(second)
    b.converse(3, second)
    b.hang_up(3, second)


def hanging_up_connects_the_two_others():
    b = bench()
    first = b.talk_sip(3)
    second = second_call(b)
    second.answer()
    b.do("on-hook 3")
    released(first)
    line_says, sip_says = b.speech()
    say(b, first, second, line_says, "the second")
    say(b, second, first, sip_says, "the first")
    wait("idle line", 15, lambda: b.gateway.lines()["phone-3"]["state"] == "idle")
    check(len(b.gateway.calls()) == 1, "calls: %s" % b.gateway.calls())
    first.hang_up()
    second.wait_ended()


def a_held_caller_hears_ringback_and_then_who_answers():
    b = bench()
    first = b.talk_line(3)
    first.acked.set()	# it takes re-INVITEs
    second = second_call(b)
    b.do("on-hook 3")
    released(first)
    first.rtp.forget()
    time.sleep(5)
    heard = b.ws.path("ringback.wav")
    first.rtp.save(heard)
    level = sound.level(harness.TOOLS, heard)
    check(level > -40, "no ringback: %s" % level)
    second.answer()
    say(b, first, second, b.speech()[0], "who answered")
    second.hang_up()
    first.wait_ended()


def a_held_caller_is_handed_on_by_a_code():
    b = bench()
    first = b.talk_sip(3)
    b.do("flash 3")
    b.expect(3, "dial-tone")
    held(first, "sendonly")
    b.do("dial 3 *98")
    b.do("forget 3")
    b.do("dial 3 602")
    second = b.phone.expect_call()
    released(first)
    b.expect(3, "dial-tone")
    b.do("on-hook 3")
    second.ring()
    second.answer()
    line_says, sip_says = b.speech()
    say(b, first, second, line_says, "who was called")
    say(b, second, first, sip_says, "who was handed on")
    second.hang_up()
    first.wait_ended()


def who_was_handed_on_comes_back():
    """To the telephone on hook by ringing, off hook at once."""
    b = bench()
    call = b.talk_line(3)
    call.acked.set()
    for on_hook in True, False:
        b.do("flash 3")
        b.expect(3, "dial-tone")
        b.do("dial 3 *98")
        b.do("dial 3 603")
        busy = b.phone.expect_call()
        b.do("forget 3")
        if on_hook:
            b.do("on-hook 3")
            busy.reject(486)
            b.expect(3, "ring")
            b.do("off-hook 3")
        else:
            b.expect(3, "dial-tone")
            busy.reject(486)
        wait("the two connected", 15, lambda: b.gateway.lines()["phone-3"]["state"] ==
             "talking")
        b.converse(3, call)
    released(call)
    b.hang_up(3, call)


def a_telephone_rings_for_the_call_that_it_holds():
    b = bench()
    call = b.talk_sip(3)
    b.do("flash 3")
    b.expect(3, "dial-tone")
    b.do("on-hook 3")
    b.expect(3, "ring")
    b.do("off-hook 3")
    released(call)
    b.converse(3, call)
    b.hang_up(3, call)


def a_waiting_call_is_announced_and_taken():
    b = bench()
    first = b.talk_sip(3)
    heard = b.ws.path("beep.wav")
    b.do("record 3 %s" % heard)
    second = b.call_line("103")
    second.expect(180)
    time.sleep(1.5)
    b.do("record 3 off")
    level = sound.level(harness.TOOLS, heard)
    check(level > -45, "no call-waiting tone: %s" % level)
    b.do("flash 3")
    second.expect(200)
    second.acked.set()
    held(first, "sendonly")
    b.converse(3, second)
    second.hang_up()
    released(first)
    b.converse(3, first)
    b.hang_up(3, first)


def a_telephone_is_told_who_waits():
    """While its far end speaks; that one hears nothing of it."""
    b = bench()
    b.do("asks 3 D")
    first = b.talk_sip(3)
    first.rtp.play(sound.read(b.speech()[1]) * 2)
    first.rtp.forget()
    second = b.call_line("103", sender='"J. Doe" <sip:5551234@127.0.0.1>')
    b.expect(3, "caller 5551234", 30)
    b.expect(3, 'name "J. Doe"')
    heard = b.ws.path("meanwhile.wav")
    first.rtp.save(heard)
    level = sound.level(harness.TOOLS, heard)
    check(level < -55, "its far end heard %s dBm0" % level)
    check(not first.rtp.digits(), "its answer was sent on")
    wait("end of the speech", 60, lambda: not first.rtp.busy())
    b.converse(3, first)
    second.cancel()
    second.expect(487)
    b.hang_up(3, first)
    b.do("asks 3 off")


def a_telephone_that_does_not_ask_gets_the_tone():
    b = bench()
    first = b.talk_sip(4)
    b.do("forget 4")
    second = b.call_line("104", sender='"J. Doe" <sip:5551234@127.0.0.1>')
    b.expect(4, "cas", 30)
    wait("end of its time", 30, lambda: "phone-4: its telephone does not ask" in
         b.gateway.process.text())
    b.converse(4, first)
    b.do("flash 4")
    second.expect(200)
    second.acked.set()
    b.converse(4, second)
    second.hang_up()
    released(first)
    b.hang_up(4, first)


def a_flash_from_sip_reaches_the_pbx():
    b = bench()
    seen = harness.Background(b.expect, 1, "digits 201", 30)
    call = b.call_line("201")
    seen.result()
    b.pbx_answers(1)
    b.do("play 1 " + sound.write(b.ws.path("greeting.wav"), sound.read(
        b.speech()[0]) + sound.read(b.speech()[1])))
    call.expect(200, within=30)
    for kind, body in (("dtmf-relay", "Signal=flash\r\nDuration=100\r\n"),
                       ("dtmf-relay", "Signal=16\r\n"), ("hook-flash", "")):
        m = call.phone.transact(call.next_request(
            "INFO", body, ["Content-Type: application/" + kind]), call.remote)
        check(m.status == 200, "%s: %d" % (kind, m.status))
        b.expect(1, "flash")
    call.hang_up()
    b.expect(1, "on-hook")


def a_far_end_that_knows_no_digits_keeps_its_call():
    with box.Box(trunk='dtmf = "info";') as b:
        call = b.talk_sip()
        refused, usual = [], call.on_request

        def on_request(m):
            if m.method != "INFO":
                return usual(m)
            refused.append(m.body)
            call.respond(404, "Not Found", request=m)
        call.on_request = on_request
        b.do("dial 3 42")
        wait("both digits by INFO", 20, lambda: len(refused) == 2)
        check("Signal=4" in refused[0].replace(" ", ""), refused)
        b.converse(3, call)
        b.hang_up(3, call)


def messages_wait():
    b = bench()

    def told(event, body, kind="simple-message-summary"):
        p = b.phone
        uri = "sip:103@127.0.0.1:%d" % b.sip
        m = p.transact(p.request(
            "NOTIFY", uri, "<sip:600@127.0.0.1>;tag=mwi%d" % time.time_ns(),
            "<%s>" % uri, "mwi%d@test" % time.time_ns(), 1, body,
            ["Event: " + event, "Content-Type: application/" + kind,
             "Subscription-State: active"]), ("127.0.0.1", b.sip))
        return m.status

    def is_told(wanted, *what, **more):
        got = told(*what, **more)
        check(got == wanted, "%s: %d, not %d" % (what, got, wanted))

    b.do("monitor 3 on")
    is_told(200, "message-summary",
            "Messages-Waiting: yes\r\nVoice-Message: 2/0\r\n")
    b.expect(3, "lamp on")
    b.expect(3, "messages on", 30)
    b.do("off-hook 3")		# and is told when it rests again
    b.expect(3, "dial-tone")
    b.do("forget 3")
    is_told(404, "message-summary", "Messages-Waiting: yes\r\n"
            "Message-Account: sip:nobody@example.net\r\n")
    is_told(200, "message-summary", "Message-Account: sip:103@example.net\r\n"
            "messages-waiting:no\r\n")
    b.expect(3, "lamp off")
    b.do("on-hook 3")
    b.expect(3, "messages off", 30)
    b.do("monitor 3 off")
    is_told(489, "presence", "x")
    is_told(415, "message-summary", "x", "text")
    for bad in "x", "Messages-Waiting: maybe\r\n", "Messages-Waiting:", "y" * 2000:
        is_told(400, "message-summary", bad)


if __name__ == "__main__":
    sys.exit(tap.run([
        a_call_is_held_for_another_and_taken_back,
        hanging_up_connects_the_two_others,
        a_held_caller_hears_ringback_and_then_who_answers,
        a_held_caller_is_handed_on_by_a_code,
        who_was_handed_on_comes_back,
        a_telephone_rings_for_the_call_that_it_holds,
        a_waiting_call_is_announced_and_taken,
        a_telephone_is_told_who_waits,
        a_telephone_that_does_not_ask_gets_the_tone,
        a_flash_from_sip_reaches_the_pbx,
        a_far_end_that_knows_no_digits_keeps_its_call,
        messages_wait,
        box.close_the_shared_bench], box.after, box.failed))
