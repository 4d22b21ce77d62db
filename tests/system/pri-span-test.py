#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""B channels of a primary rate span, its life, and its configuration."""

import subprocess
import sys

import box
import sound
import tap
import wire
from harness import Workspace, program
from pri_bench import (CONFIG, MULAW, Bench, after, bench, failed, heard, same,
                       the_shared_bench_ends_well)
from tap import check, wait

box.quick()
LOST = 60		# s until Q.921 misses the far end of a card's span


# ------------------------------------------------------------- channels

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
    wait("the span to be down", LOST, lambda: not b.span()["up"])
    # A card's layer 1 is still there.
    check(("Q.921" if wire.DAHDI else "plugged") in b.span()["why"], b.span()["why"])
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
    b, call = _long or a_link_is_lost_for_long()
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
    b, call = _lost or a_link_is_lost()
    try:
        call.wait_ended(90)
        b.gateway.wait_idle()
        record = b.last_cdr(0)
        check(record["cause"] == 27 and "T309" in record["reason"], record)
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
    return _lost


_long = ()


def a_link_is_lost_for_long():
    global _long
    b = Bench(trunk=MULAW)
    call = b.to_sip(1)
    call.answer()
    b.expect(1, "answered")
    b.do("d-channel pbx down")
    _long = (b, call)
    return _long


def a_restarted_channel_is_free_again():
    b = bench()
    call = b.to_sip(1)
    call.answer()
    b.expect(1, "answered")
    b.do("restart pbx.b1")
    call.wait_ended()
    b.expect(1, "restarted")
    b.quiet()


def a_pbx_that_is_silent_to_setup_costs_twice_t303():
    # T200: the link itself is to live on meanwhile.
    with Bench(trunk=MULAW, timers="ring = 30; T303 = 1; T200 = 5000;") as b:
        b.do("d-channel pbx deaf")
        b.phone.call("5551234", b.sip).expect(408)
        record = b.last_cdr(0)
        same("cause", record["cause"], 18)
        check(2 <= record["duration_s"] < 8, record)
        b.do("d-channel pbx hears")
        b.quiet()


def the_pbx_is_started_anew():
    with Bench(trunk=MULAW) as b:
        b.pbx.stop()
        wait("the span to be down", LOST, lambda: not b.span()["up"])
        b.pbx.start()
        b.wait_up()
        call = b.to_sip(1)
        call.answer()
        b.expect(1, "answered")
        call.hang_up()
        b.expect(1, "cleared 16")


# ------------------------------------------------------------ configuration

def reload(b, **parts):
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
        # As it was at first: the far end's link has stood all the time.
        b.wait_up()
        call = b.to_sip(2)
        call.answer()
        b.expect(2, "answered")
        call.hang_up()
        b.quiet()


def mistakes_are_told_with_their_cure():
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
            cdr=ws.path("cdr"), peer=5062, port="sim/span/pbx")
        for old, new, wanted in faults:
            check(old in good, old)
            file = ws.write("bad.conf", good.replace(old, new))
            done = subprocess.run([program("tipringd"), "--check", "--config", file],
                                  capture_output=True, text=True, timeout=60)
            said = done.stdout + done.stderr
            check(done.returncode == 1 and wanted in said,
                  "%s: %s" % (new, said))


def roles_and_switches():
    """That the wire can carry."""
    e1 = [("de", "user", "euroisdn"), ("de", "network", "qsig")]
    t1 = [("us", "network", "ni2"), ("us", "user", "ni2"),
          ("us", "network", "dms100"), ("us", "user", "4ess"),
          ("us", "network", "5ess"), ("us", "user", "ni1")]
    return {"e1": e1, "t1": t1}.get(wire.SPANS, e1 + t1)


def both_roles_and_every_switch_carry_a_call():
    for country, role, switch in roles_and_switches():
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


if __name__ == "__main__":
    # Simulated spans are lost for long while others run.
    sys.exit(tap.run(([] if wire.DAHDI else [a_link_is_lost,
                                             a_link_is_lost_for_long]) + [
        the_wanted_channel_is_taken,
        a_short_loss_keeps_what_talks,
        a_restarted_channel_is_free_again,
        the_link_itself_goes_down_and_comes_back,
        no_channel_is_free,
        a_lost_link_ends_calls_after_t309,
        a_pbx_that_is_silent_to_setup_costs_twice_t303,
        the_pbx_is_started_anew,
        a_reload_keeps_calls_and_changes_what_may_change,
        mistakes_are_told_with_their_cure,
        both_roles_and_every_switch_carry_a_call,
        the_shared_bench_ends_well], after, failed))
