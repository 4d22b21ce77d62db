#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Calls between lines and SIP, both ways, both kinds of port, to each end."""

import re
import sys
import time

import box
import sound
import tap
from harness import Background
from tap import check, wait

box.quick()
bench = box.shared


def same(what, got, wanted):
    check(got == wanted, "%s is %r, not %r" % (what, got, wanted))


# ------------------------------------------------------- a telephone calls

def a_telephone_calls_sip_and_both_hear():
    b = bench()
    done = len(b.gateway.cdr())
    call = b.call_sip(3)
    check(re.search(r'"?Reception"?\s*<sip:103@', call.invite.get("from")),
          "From is %s" % call.invite.get("from"))
    check(call.invite.uri.startswith("sip:600@"), call.invite.start)
    call.ring()
    b.expect(3, "ringback")
    call.answer()
    b.converse(3, call)
    b.hang_up(3, call)
    same("the end", call.end_method, "BYE")
    record = b.last_cdr(done)
    same("from", record["from"], "phone-3")
    same("from_kind", record["from_kind"], "line")
    same("to", record["to"], "peer")
    same("calling_number", record["calling_number"], "103")
    same("called_number", record["called_number"], "600")
    same("line", record["line"], "phone-3")
    same("trunk", record["trunk"], "peer")
    same("codec", record["codec"], "PCMU")
    same("cause", record["cause"], 16)
    same("released_by", record["released_by"], "phone-3")
    same("packets_lost", record["packets_lost"], 0)
    check(record["start"] and record["answer"] and record["end"],
          "a time is missing: %s" % record)
    check(record["start"] < record["answer"] < record["end"],
          "times are out of order: %s" % record)
    check(record["reason"], "no reason in words")
    check(3 < record["talk_s"] < 60, "talk_s is %s" % record["talk_s"])


def sip_hangs_up_and_the_telephone_hears_busy():
    b = bench()
    done = len(b.gateway.cdr())
    call = b.talk_sip(3)
    time.sleep(1)
    call.hang_up()
    b.expect(3, "busy|congestion")
    b.do("on-hook 3")
    b.gateway.wait_idle()
    same("released_by", b.last_cdr(done)["released_by"], "peer")


def a_telephone_hears_that_the_called_is_busy():
    b = bench()
    done = len(b.gateway.cdr())
    call = b.call_sip(3)
    call.reject(486, "Busy Here")
    b.expect(3, "busy")
    b.do("on-hook 3")
    b.gateway.wait_idle()
    record = b.last_cdr(done)
    same("cause", record["cause"], 17)
    same("answer", record["answer"], None)


def a_telephone_hears_that_the_trunk_fails():
    b = bench()
    call = b.call_sip(3)
    call.reject(503, "Service Unavailable")
    b.expect(3, "congestion")
    b.do("on-hook 3")


def a_telephone_hangs_up_while_it_dials():
    b = bench()
    b.do("off-hook 3")
    b.expect(3, "dial-tone")
    b.do("dial 3 6")
    b.do("on-hook 3")
    b.gateway.wait_idle()
    time.sleep(1)
    check(b.phone.incoming.empty(), "half a number was called")


def a_telephone_gives_up_while_it_rings():
    b = bench()
    call = b.call_sip(3)
    call.ring()
    b.expect(3, "ringback")
    b.do("on-hook 3")
    call.wait_ended()
    same("the end", call.end_method, "CANCEL")


def a_telephone_hears_early_media():
    b = bench()
    call = b.call_sip(3)
    heard = b.ws.path("early.wav")
    call.progress()
    b.do("record 3 " + heard)
    time.sleep(0.5)
    call.rtp.play(sound.read(b.speech()[1]))
    wait("end of early media", 20, lambda: not call.rtp.busy())
    time.sleep(0.7)
    b.do("record 3 off")
    b.good(b.speech()[1], heard, "the telephone, before the answer")
    call.answer()
    b.hang_up(3, call)


def digits_go_to_sip_as_events():
    b = bench()
    call = b.talk_sip(3)
    time.sleep(1)
    call.rtp.forget()
    b.do("dial 3 159#0")
    wait("five digits", 20, lambda: len(call.rtp.events) >= 5)
    time.sleep(0.5)
    same("digits", call.rtp.digits(), "159#0")
    check(all(n >= 3 for n in call.rtp.end_packets.values()),
          "end packets: %s" % sorted(call.rtp.end_packets.values()))
    check(all(duration >= 320 for _, duration in call.rtp.events),
          "durations: %s" % call.rtp.events)
    # What is relayed must not be heard as tones too.
    rest = b.ws.path("rest.wav")
    call.rtp.save(rest)
    loud = sound.level(box.harness.TOOLS, rest)
    check(loud < -45, "digits are still in the speech, at %g dBm0" % loud)
    b.hang_up(3, call)


def digits_from_sip_are_heard_as_tones():
    b = bench()
    call = b.talk_sip(3)
    time.sleep(1)
    seen = Background(b.expect, 3, "digits 7258", 20)
    time.sleep(0.3)
    call.rtp.dial("7258")
    seen.result()
    b.hang_up(3, call)


def hold_and_retrieve_by_reinvite():
    b = bench()
    call = b.talk_sip(3)
    held = call.reinvite("sendonly")
    check(re.search(r"^a=(recvonly|inactive)", held.body, re.M),
          "hold was answered with\n" + held.body)
    wait("held call", 10, lambda: any(c["held"] for c in b.gateway.calls()))
    back = call.reinvite("sendrecv")
    check(not re.search(r"^a=(recvonly|sendonly|inactive)", back.body, re.M),
          "retrieval was answered with\n" + back.body)
    b.converse(3, call)
    b.hang_up(3, call)


# ------------------------------------------------------ SIP calls a telephone

def sip_calls_a_telephone_and_both_hear():
    b = bench()
    done = len(b.gateway.cdr())
    seen = Background(b.expect, 4, "caller 5551234", 20)
    call = b.call_line("104", sender='"Ann" <sip:5551234@127.0.0.1>')
    call.expect(180)
    seen.result()
    b.do("off-hook 4")
    call.expect(200)
    b.converse(4, call)
    b.hang_up(4, call)
    record = b.last_cdr(done)
    same("calling_number", record["calling_number"], "5551234")
    same("calling_name", record["calling_name"], "Ann")
    same("to", record["to"], "phone-4")
    same("released_by", record["released_by"], "phone-4")


def sip_gives_up_and_the_ringing_stops():
    b = bench()
    call = b.call_line("103")
    call.expect(180)
    b.expect(3, "ring")
    call.cancel()
    call.expect(487)
    b.gateway.wait_idle()
    b.do("forget 3")
    answer = b.pbx.ask("expect 3 ring within 8", 30)
    check(answer.startswith("error"), "it went on ringing")


def a_busy_telephone_is_busy():
    b = bench()
    b.do("off-hook 3")
    b.expect(3, "dial-tone")
    call = b.call_line("103")
    call.expect(486)
    b.do("on-hook 3")


def sip_hears_that_nobody_answers():
    b = bench()
    with box.Box(timers="ring = 5;") as with_timer:
        call = with_timer.call_line("103")
        call.expect(180)
        m = call.expect(480, 408, 487, within=30)
        check(m.status == 480, "no answer is told by %s" % m.start)
        with_timer.gateway.wait_idle()
    b.gateway.wait_idle()


def answers_what_cannot_be_served():
    b = bench()
    offer = ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\n"
             "t=0 0\r\nm=audio 40000 RTP/AVP 9\r\na=rtpmap:9 G722/8000\r\n")
    b.call_line("999").expect(404)
    b.call_line("103", body=offer).expect(488)
    b.call_line("103", body="Hello", extra=[
        "Content-Type: text/plain"]).expect(415)
    m = b.call_line("103", extra=["Require: foo"]).expect(420)
    check("foo" in m.get("unsupported"), "Unsupported: " + m.get("unsupported"))
    video = b.call_line("104", body=offer.replace("9\r\na=rtpmap:9 G722", "0\r\n"
                        "a=rtpmap:0 PCMU") + "m=video 40002 RTP/AVP 99\r\n"
                        "a=rtpmap:99 H264/90000\r\n")
    video.expect(180)
    b.do("off-hook 4")
    m = video.expect(200)
    check(re.search(r"^m=video 0 ", m.body, re.M), "answer:\n" + m.body)
    check(re.search(r"^m=audio [1-9]", m.body, re.M), "answer:\n" + m.body)
    video.hang_up()
    b.do("on-hook 4")


def an_offer_that_cannot_be_spoken_is_told_why():
    b = bench()

    def offer(media, address="IN IP4 127.0.0.1"):
        return ("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=%s\r\nt=0 0\r\n"
                "m=%s\r\n" % (address, media))
    for code, body in (
            ("301", offer("audio 40000 RTP/AVP 0", "IN IP6 2001:db8::1")),
            ("399", offer("audio 40000 RTP/SAVP 0")),
            ("304", offer("video 40000 RTP/AVP 99")),
            ("304", offer("audio 0 RTP/AVP 0")),
            ("305", offer("audio 40000 RTP/AVP 18"))):
        m = b.call_line("103", body=body).expect(488)
        check(m.get("warning").startswith(code + " "),
              "Warning: %s\n%s" % (m.get("warning"), body))


def options_are_answered():
    b = bench()
    m = b.phone.transact(b.phone.request(
        "OPTIONS", "sip:127.0.0.1:%d" % b.sip, "<sip:600@127.0.0.1>;tag=1",
        "<sip:127.0.0.1:%d>" % b.sip, "options-1", 1), ("127.0.0.1", b.sip))
    same("status", m.status, 200)
    check("INVITE" in m.get("allow"), "Allow: " + m.get("allow"))
    same("Accept", m.get("accept"), "application/sdp")


# ------------------------------------------- FXO: extensions of the PBX

def the_pbx_rings_and_sip_answers():
    b = bench()
    done = len(b.gateway.cdr())
    b.do('ring 1 from 5559876 name "Bob"')
    call = b.phone.expect_call(30)
    check("sip:5559876@" in call.invite.get("from") and
          "Bob" in call.invite.get("from"), call.invite.get("from"))
    check(call.invite.uri.startswith("sip:600@"), call.invite.start)
    seen = Background(b.expect, 1, "off-hook", 15)
    call.ring()
    time.sleep(0.5)
    call.answer()
    seen.result()
    b.converse(1, call)
    # The PBX hangs up: a break of the loop current.
    b.do("on-hook 1")
    call.wait_ended()
    b.gateway.wait_idle()
    record = b.last_cdr(done)
    same("from", record["from"], "pbx-1")
    same("calling_number", record["calling_number"], "5559876")
    same("released_by", record["released_by"], "pbx-1")


def sip_hangs_up_and_the_line_is_released():
    b = bench()
    b.do("ring 2 from 5550001")
    call = b.phone.expect_call(30)
    call.answer()
    b.expect(2, "off-hook")
    time.sleep(1)
    seen = Background(b.expect, 2, "on-hook", 15)
    time.sleep(0.2)
    call.hang_up()
    seen.result()


def an_abandoned_ring_is_cancelled():
    b = bench()
    b.do("ring 1 from 5550002")
    call = b.phone.expect_call(30)
    call.ring()
    b.do("ring 1 off")
    call.wait_ended(30)
    same("the end", call.end_method, "CANCEL")


def sip_dials_into_the_pbx_and_speech_is_the_answer():
    b = bench()
    done = len(b.gateway.cdr())
    seen = Background(b.expect, 1, "digits 201", 30)
    call = b.call_line("201")
    seen.result()
    check(200 not in call.seen, "answered before anybody spoke")
    b.pbx_answers(1)
    b.greet(1)
    call.expect(200, within=30)
    b.do("wait-played 1", 60)
    b.converse(1, call)
    call.hang_up()
    b.expect(1, "on-hook")
    b.gateway.wait_idle()
    record = b.last_cdr(done)
    same("to", record["to"], "pbx-1")
    same("answered_how", record["answered_how"], "voice")


def sip_gives_up_while_the_extension_rings():
    b = bench()
    seen = Background(b.expect, 1, "digits 201", 30)
    call = b.call_line("201")
    seen.result()
    b.do("ringback 1")
    seen = Background(b.expect, 1, "on-hook", 20)
    time.sleep(1)
    call.cancel()
    call.expect(487)
    seen.result()


def the_pbx_hangs_up_on_sip():
    b = bench()
    done = len(b.gateway.cdr())
    seen = Background(b.expect, 1, "digits 201", 30)
    call = b.call_line("201")
    seen.result()
    b.pbx_answers(1)
    b.greet(1)
    call.expect(200, within=30)
    b.do("wait-played 1", 60)
    b.do("on-hook 1")
    call.wait_ended()
    b.gateway.wait_idle()
    same("released_by", b.last_cdr(done)["released_by"], "pbx-1")


def sip_hears_that_the_pbx_extension_is_busy():
    b = bench()
    seen = Background(b.expect, 1, "digits 201", 30)
    call = b.call_line("201")
    seen.result()
    b.pbx_busy(1)
    m = call.expect(486, within=40)
    check(m, "")
    b.expect(1, "on-hook")


if __name__ == "__main__":
    sys.exit(tap.run([
        a_telephone_calls_sip_and_both_hear,
        sip_hangs_up_and_the_telephone_hears_busy,
        a_telephone_hears_that_the_called_is_busy,
        a_telephone_hears_that_the_trunk_fails,
        a_telephone_hangs_up_while_it_dials,
        a_telephone_gives_up_while_it_rings,
        a_telephone_hears_early_media,
        digits_go_to_sip_as_events,
        digits_from_sip_are_heard_as_tones,
        hold_and_retrieve_by_reinvite,
        sip_calls_a_telephone_and_both_hear,
        sip_gives_up_and_the_ringing_stops,
        a_busy_telephone_is_busy,
        sip_hears_that_nobody_answers,
        answers_what_cannot_be_served,
        an_offer_that_cannot_be_spoken_is_told_why,
        options_are_answered,
        the_pbx_rings_and_sip_answers,
        sip_hangs_up_and_the_line_is_released,
        an_abandoned_ring_is_cancelled,
        sip_dials_into_the_pbx_and_speech_is_the_answer,
        sip_gives_up_while_the_extension_rings,
        the_pbx_hangs_up_on_sip,
        sip_hears_that_the_pbx_extension_is_busy,
        box.close_the_shared_bench], box.after, box.failed))
