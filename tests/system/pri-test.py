#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Calls between a PBX with a primary rate span and SIP, both ways; and the
span's life."""

import cmath
import math
import sys
import time

import box
import sound
import tap
import wire
from harness import TOOLS
from pri_bench import Bench
from tap import check, wait

MULAW = 'codecs = [ "PCMU" ];'		# what the tests' RTP end speaks
_bench = None


def bench():
    global _bench
    if not _bench:
        _bench = Bench(trunk=MULAW)
    return _bench


def drop(check_end=False):
    global _bench
    b, _bench = _bench, None
    if b:
        b.close(check_end)


def failed():
    if _bench:
        _bench.ws.tails()
    drop()


def after():
    if _bench:
        for slot in range(1, 32):
            if slot != 16:
                _bench.pbx.ask("release pbx.b%d" % slot)
        for call in list(_bench.phone.calls.values()):
            call.close()
        _bench.phone.calls.clear()
        _bench.quiet()


def same(what, got, wanted):
    check(got == wanted, "%s is %r, not %r" % (what, got, wanted))


def converse(b, line, call):
    """Both speak by turns; what each heard is what was said."""
    pbx_says, sip_says = b.speech()
    heard = [b.ws.path("%s-%.3f.wav" % (who, time.time()))
             for who in ("pbx", "sip")]
    port = "pbx.b%d" % line
    call.rtp.forget()
    b.do("record %s %s" % (port, heard[0]))
    b.do("play %s %s" % (port, pbx_says))
    b.do("wait-played " + port, 60)
    call.rtp.play(sound.silence(300) + sound.read(sip_says))
    wait("end of what SIP says", 60, lambda: not call.rtp.busy())
    time.sleep(wire.TAIL)
    b.do("record %s off" % port)
    call.rtp.save(heard[1])
    for who, reference, got in (("the PBX", sip_says, heard[0]),
                                ("SIP", pbx_says, heard[1])):
        ear = sound.compare(TOOLS, reference, got)
        check(ear["pieces"] >= 0.85 and ear["match"] >= wire.MATCH,
              "%s did not hear what was said: %s" % (who, ear))


# --------------------------------------------------------- the PBX calls

def the_pbx_calls_sip_and_both_hear():
    b = bench()
    done = len(b.gateway.cdr())
    call = b.to_sip(1)
    b.expect(1, "proceeding")
    check(call.invite.uri.startswith("sip:089123@"), call.invite.start)
    check("5551001" in call.invite.get("from"), call.invite.get("from"))
    call.ring()
    b.expect(1, "alerting")
    b.expect(1, "ringback")
    call.answer()
    b.expect(1, "answered")
    converse(b, 1, call)
    b.do("release pbx.b1")
    call.wait_ended()
    same("the end", call.end_method, "BYE")
    b.quiet()
    record = b.last_cdr(done)
    for key, wanted in (("from", "pbx"), ("from_kind", "isdn"), ("to", "peer"),
                        ("calling_number", "5551001"), ("cause", 16),
                        ("called_number", "089123"), ("released_by", "pbx")):
        same(key, record[key], wanted)


def sip_hangs_up_and_the_pbx_is_cleared():
    b = bench()
    call = b.to_sip(2)
    call.answer()
    b.expect(2, "answered")
    call.hang_up()
    b.expect(2, "cleared 16")


def early_media_is_heard():
    b = bench()
    call = b.to_sip(3)
    call.progress()
    b.expect(3, "inband")
    call.rtp.play(sound.sine(700, -10, 4000))
    b.expect(3, "tone 700")
    call.answer()
    b.expect(3, "answered")


def the_pbx_gives_up_at_each_stage():
    b = bench()
    for stage in ("calling", "ringing", "early"):
        call = b.to_sip(4)
        if stage == "ringing":
            call.ring()
            b.expect(4, "alerting")
        elif stage == "early":
            call.progress()
            b.expect(4, "inband")
        b.do("release pbx.b4")
        call.wait_ended()
        same("the end while " + stage, call.end_method, "CANCEL")
        b.quiet()


def what_sip_refuses_the_pbx_hears_as_a_cause():
    b = bench()
    for status, cause in ((486, 17), (404, 1), (480, 18), (503, 41), (603, 21),
                          (484, 28), (410, 22), (502, 38)):
        call = b.to_sip(5)
        call.reject(status)
        b.expect(5, "cleared %d" % cause)
        b.quiet()


def digits_come_one_by_one():
    with Bench(trunk=MULAW, span="overlap = true;") as b:
        one_by_one(b)


def one_by_one(b):
    b.do("call pbx.b1 - from 5551001 overlap")
    b.expect(1, "more-digits")
    b.expect(1, "dial-tone")
    for digit in "0891":
        b.do("info pbx.b1 " + digit)
    b.do("info pbx.b1 234#")
    call = b.phone.expect_call()
    check(call.invite.uri.startswith("sip:0891234@"), call.invite.start)
    b.expect(1, "proceeding")
    call.answer()
    b.expect(1, "answered")
    # A number that begins in the SETUP and ends with a pause.
    b.do("call pbx.b2 08 from 5551001 overlap")
    b.expect(2, "more-digits")
    b.do("info pbx.b2 977")
    call = b.phone.expect_call()
    check(call.invite.uri.startswith("sip:08977@"), call.invite.start)


def data_is_refused_with_its_cause():
    b = bench()
    b.do("call pbx.b1 089123 data")
    b.expect(1, "cleared 65")


def who_hides_is_hidden():
    b = bench()
    call = b.to_sip(1, more="private")
    check("5551001" not in call.invite.get("from"), call.invite.get("from"))
    check("id" in call.invite.get("privacy"), "Privacy is missing")


def a_premium_number_is_refused_to_the_pbx():
    b = bench()
    b.do("call pbx.b1 0900123456 from 5551001")
    b.expect(1, "cleared 57")


# ------------------------------------------------------------- SIP calls

def sip_calls_the_pbx_and_both_hear():
    b = bench()
    call = b.to_pbx(sender='"J. Doe" <sip:600@127.0.0.1:%d>' % b.phone.port)
    b.expect(1, "caller 600")
    b.expect(1, 'name "J. Doe"')
    b.do("alert pbx.b1")
    call.expect(180)
    b.do("answer pbx.b1")
    call.expect(200)
    converse(b, 1, call)
    call.hang_up()
    b.expect(1, "cleared 16")


def the_pbx_hangs_up():
    b = bench()
    call = b.to_pbx()
    b.do("answer pbx.b1")
    call.expect(200)
    b.do("release pbx.b1")
    call.wait_ended()
    same("the end", call.end_method, "BYE")


def tones_before_the_answer_reach_sip():
    b = bench()
    call = b.to_pbx()
    b.do("progress pbx.b1")
    b.do("tone pbx.b1 1004 -10")
    call.expect(183)
    wait("the tone", 20, lambda: heard(call, 1004))
    b.do("answer pbx.b1")
    call.expect(200)


def sip_gives_up_at_each_stage():
    b = bench()
    for stage in ("calling", "ringing"):
        call = b.to_pbx()
        if stage == "ringing":
            b.do("alert pbx.b1")
            call.expect(180)
        else:
            call.expect(100)
        call.cancel()
        b.expect(1, "cleared 16")
        b.quiet()


def what_the_pbx_refuses_sip_hears_as_a_status():
    b = bench()
    for cause, status in ((17, 486), (1, 404), (18, 408), (19, 480), (21, 403),
                          (22, 410), (27, 502), (28, 484), (34, 503), (31, 480)):
        call = b.to_pbx()
        b.do("release pbx.b1 %d" % cause)
        call.expect(status)
        b.quiet()


def digits_go_both_ways():
    b = bench()
    call = b.to_pbx()
    b.do("answer pbx.b1")
    call.expect(200)
    time.sleep(0.5)
    call.rtp.dial("7258")
    b.expect(1, "digits 7258")
    b.do("dial pbx.b1 159#0")
    wait("five digits", 20, lambda: len(call.rtp.events) >= 5)
    same("digits", call.rtp.digits(), "159#0")


def a_call_is_held_and_retrieved():
    b = bench()
    call = b.to_pbx()
    b.do("answer pbx.b1")
    call.expect(200)
    call.reinvite("sendonly")
    b.expect(1, "held on")
    call.reinvite("sendrecv")
    b.expect(1, "held off")


def a_call_that_was_sent_on_says_by_whom():
    b = bench()
    call = b.to_pbx(extra=["Diversion: <sip:5551777@127.0.0.1>;reason=user-busy"])
    b.expect(1, "redirecting 5551777")
    b.do("release pbx.b1")
    call.expect(480, 486, 404, 403, 503)


# ------------------------------------------------------------- channels

SLOTS = [s for s in range(1, 32) if s != 16]


def amplitude(samples, hz):
    """Of a sine of that frequency, by one term of a Fourier transform."""
    turn = cmath.exp(-2j * math.pi * hz / 8000)
    total, at = 0j, 1 + 0j
    for s in samples:
        total += s * at
        at *= turn
    return 2 * abs(total) / max(1, len(samples))


def heard(call, hz):
    """The last half second is that tone and no other."""
    last = call.rtp.heard()[-4000:]
    if len(last) < 4000:
        return False
    power = math.sqrt(2 * sum(s * s for s in last) / len(last))
    return power > 500 and amplitude(last, hz) > 0.8 * power


def frequency(i):
    return 320 + 90 * i


def thirty_calls_from_the_pbx_each_hear_their_own():
    with Bench(trunk=MULAW) as b:
        calls = {}
        for slot in SLOTS:
            call = b.to_sip(slot, "0891%02d" % slot)
            call.answer()
            calls[slot] = call
        for slot in SLOTS:
            b.expect(slot, "answered")
        talk_on_all(b, calls)
        for slot in SLOTS:
            b.do("release pbx.b%d" % slot)
        b.quiet()


def thirty_calls_to_the_pbx_each_hear_their_own():
    with Bench(trunk=MULAW) as b:
        calls = {}
        b.do("answer * after 0")
        for slot in SLOTS:
            calls[slot] = b.to_pbx("5551%03d" % slot, slot)
        for slot in SLOTS:
            calls[slot].expect(200)
        # All are taken: one more is refused.
        one_more = b.phone.call("5551999", b.sip)
        one_more.expect(503)
        talk_on_all(b, calls)
        for call in calls.values():
            call.hang_up()
        b.quiet()


def talk_on_all(b, calls):
    for i, slot in enumerate(SLOTS):
        b.do("tone pbx.b%d %d -12" % (slot, frequency(i)))
    for i, slot in enumerate(SLOTS):
        wait("tone %d of B channel %d" % (frequency(i), slot), 30,
             lambda i=i, slot=slot: heard(calls[slot], frequency(i)))
    b.do("stop *")
    # A third at a time: this end of RTP is slow.
    for part in range(3):
        some = list(enumerate(SLOTS))[part::3]
        for i, slot in some:
            calls[slot].rtp.play(sound.sine(frequency(i), -12, 6000))
        for i, slot in some:
            b.expect(slot, "tone %d" % frequency(i), 40)


def no_channel_is_free():
    with Bench(trunk=MULAW, span="max_calls = 1;") as b:
        call = b.to_pbx()
        b.do("answer pbx.b1")
        call.expect(200)
        b.phone.call("5551235", b.sip).expect(503)
        b.do("call pbx.b2 089123")
        b.expect(2, "cleared 42")
        call.hang_up()
        b.quiet()


def the_wanted_channel_is_taken():
    b = bench()
    call = b.to_pbx()
    b.do("answer pbx.b1")
    call.expect(200)
    # Another one where the caller lets us: ours ascends, so the next.
    other = b.to_sip(3)
    other.answer()
    b.expect(3, "answered")


# ----------------------------------------------------------- the span's life

def a_short_loss_keeps_what_talks():
    b = bench()
    call = b.to_sip(1)
    call.answer()
    b.expect(1, "answered")
    b.do("d-channel pbx down")
    wait("the span to be down", 20, lambda: not b.span()["up"])
    check("plugged" in b.span()["why"], b.span()["why"])
    b.phone.call("5551234", b.sip).expect(503)
    call.rtp.play(sound.sine(900, -10, 8000))
    b.expect(1, "tone 900")
    b.do("d-channel pbx up")
    wait("the span to be up", 40, lambda: b.span()["up"])
    other = b.to_pbx("5551235", 2)
    b.do("answer pbx.b2")
    other.expect(200)
    other.hang_up()
    b.do("release pbx.b1")
    call.wait_ended()
    b.quiet()


def the_link_itself_goes_down_and_comes_back():
    """So long that Q.921 gives up at both ends; meanwhile others run."""
    b, call = _long
    b.expect(1, "link-down", 60)
    check(not call.ended.is_set(), "the call ended with the link")
    b.do("d-channel pbx up")
    b.expect(1, "link-up", 60)
    wait("the span to be up", 40, lambda: b.span()["up"])
    call.rtp.play(sound.sine(900, -10, 5000))
    b.expect(1, "tone 900")
    b.do("release pbx.b1")
    call.wait_ended()
    b.quiet()
    b.close(True)


def a_lost_link_ends_calls_after_t309():
    """Q.921 takes its time to give up: the other tests run meanwhile."""
    b, call = _lost
    try:
        call.wait_ended(90)
        b.gateway.wait_idle()
    finally:
        b.close(False)


_lost = ()


def a_link_is_lost():
    global _lost
    b = Bench(trunk=MULAW, timers="ring = 30; T309 = 6;")
    call = b.to_sip(1)
    call.answer()
    b.expect(1, "answered")
    b.do("d-channel pbx down")
    check(not call.ended.is_set(), "the call ended at once")
    _lost = (b, call)


_long = ()


def a_link_is_lost_for_long():
    global _long
    b = Bench(trunk=MULAW)
    call = b.to_sip(1)
    call.answer()
    b.expect(1, "answered")
    b.do("d-channel pbx down")
    _long = (b, call)


def a_restarted_channel_is_free_again():
    b = bench()
    call = b.to_sip(1)
    call.answer()
    b.expect(1, "answered")
    b.do("restart pbx.b1")
    call.wait_ended()
    b.expect(1, "restarted")
    b.quiet()


def the_pbx_is_started_anew():
    with Bench(trunk=MULAW) as b:
        b.pbx.stop()
        wait("the span to be down", 20, lambda: not b.span()["up"])
        b.pbx.start()
        b.wait_up()
        call = b.to_sip(1)
        call.answer()
        b.expect(1, "answered")
        call.hang_up()
        b.expect(1, "cleared 16")


# ------------------------------------------------------------ configuration

def reload(b, **parts):
    from pri_bench import CONFIG
    b.ws.write("tipringd.conf", CONFIG.format(**dict(b.parts, **parts)))
    status, out, err = b.gateway.run("reload")
    check(status == 0, "reload: %s%s" % (out, err))


def a_reload_keeps_calls_and_changes_what_may_change():
    with Bench(trunk=MULAW) as b:
        call = b.to_sip(1)
        call.answer()
        b.expect(1, "answered")
        reload(b, span="max_calls = 1;")
        check(b.span()["up"], "the span went down")
        b.do("call pbx.b2 089123")
        b.expect(2, "cleared 42")
        reload(b)
        # Another switch type: the span ends with its call and begins anew.
        reload(b, switch="qsig")
        call.rtp.play(sound.sine(900, -10, 5000))
        b.expect(1, "tone 900")
        b.do("release pbx.b1")
        call.wait_ended()
        wait("the span as it is now", 20, lambda: len(
            [t for t in b.gateway.json("trunks")["trunks"]
             if t["name"] == "pbx"]) == 1)
        reload(b, more="", span="")
        b.gateway.wait_idle()


def mistakes_are_told_with_their_cure():
    import subprocess
    from harness import Workspace, program
    from pri_bench import CONFIG
    faults = (
        ('port = "sim/span/pbx"', 'port = "sim/1"', "is no span's port"),
        ('role = "network"', 'role = "net"', 'may be "network"'),
        ('switch = "euroisdn"', 'switch = "euro"', "euroisdn"),
        ('calls_to = "peer"', 'calls_to = "pear"', 'did you mean "peer"'),
        ('calls_to = "peer"', 'calls_to = "pbx"', "back to it"),
        ('name = "pbx"', 'name = "peer"', "taken already"),
        ('calls_to = "peer"; numbers = [ "5551xxx" ];', "", "no way in or out"),
        ("5551xxx", "5551xyz", "numbers"),
        ('role = "network";', 'role = "network"; echo = 4;', "8 to 128"),
        ('role = "network";', 'role = "network"; max_calls = 31;', "30"),
        ('role = "network";', "", "role"),
    )
    with Workspace() as ws:
        good = CONFIG.format(
            country="de", timers="", box="", trunk="", role="network",
            switch="euroisdn", span="", more="", sip=5060, rtp=20000,
            rtp_last=20999, lines=ws.path("l"), control=ws.path("c"),
            cdr=ws.path("cdr"), peer=5062)
        for old, new, wanted in faults:
            check(old in good, old)
            file = ws.write("bad.conf", good.replace(old, new))
            done = subprocess.run([program("tipringd"), "--check", "--config", file],
                                  capture_output=True, text=True, timeout=60)
            said = done.stdout + done.stderr
            check(done.returncode == 1 and wanted in said,
                  "%s: %s" % (new, said))


def both_roles_and_every_switch_carry_a_call():
    for country, role, switch in (
            ("us", "network", "ni2"), ("us", "user", "ni2"),
            ("us", "network", "dms100"), ("us", "user", "4ess"),
            ("us", "network", "5ess"), ("us", "user", "ni1"),
            ("de", "user", "euroisdn"), ("de", "network", "qsig")):
        with Bench(trunk=MULAW, country=country, role=role, switch=switch,
                   box='fraud = { allow = [ "any" ]; };') as b:
            call = b.to_sip(5)
            call.answer()
            b.expect(5, "answered")
            call.rtp.play(sound.sine(800, -10, 5000))
            b.expect(5, "tone 800")
            b.do("release pbx.b5")
            call.wait_ended()
            b.quiet()
            slot = 1 if role == "network" else 23 if country == "us" else 31
            call = b.to_pbx("5551234", slot)
            b.do("answer pbx.b%d" % slot)
            call.expect(200)
            b.do("tone pbx.b%d 1200 -10" % slot)
            wait("the tone, %s %s" % (role, switch), 20, lambda: heard(call, 1200))
            call.hang_up()
            b.quiet()


def the_shared_bench_ends_well():
    drop(True)


if __name__ == "__main__":
    box.quick()
    sys.exit(tap.run([
        a_link_is_lost,
        a_link_is_lost_for_long,
        the_pbx_calls_sip_and_both_hear,
        sip_hangs_up_and_the_pbx_is_cleared,
        early_media_is_heard,
        the_pbx_gives_up_at_each_stage,
        what_sip_refuses_the_pbx_hears_as_a_cause,
        data_is_refused_with_its_cause,
        who_hides_is_hidden,
        a_premium_number_is_refused_to_the_pbx,
        sip_calls_the_pbx_and_both_hear,
        the_pbx_hangs_up,
        tones_before_the_answer_reach_sip,
        sip_gives_up_at_each_stage,
        what_the_pbx_refuses_sip_hears_as_a_status,
        digits_go_both_ways,
        a_call_is_held_and_retrieved,
        a_call_that_was_sent_on_says_by_whom,
        the_wanted_channel_is_taken,
        a_short_loss_keeps_what_talks,
        a_restarted_channel_is_free_again,
        the_link_itself_goes_down_and_comes_back,
        the_shared_bench_ends_well,
        digits_come_one_by_one,
        thirty_calls_from_the_pbx_each_hear_their_own,
        thirty_calls_to_the_pbx_each_hear_their_own,
        no_channel_is_free,
        a_lost_link_ends_calls_after_t309,
        the_pbx_is_started_anew,
        a_reload_keeps_calls_and_changes_what_may_change,
        mistakes_are_told_with_their_cure,
        both_roles_and_every_switch_carry_a_call,
    ], after, failed))
