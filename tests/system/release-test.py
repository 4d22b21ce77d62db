#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""How calls on FXO lines end, and why: the proof stands in the log, the record
and tipring calls; a tone that says no is no answer."""

import re
import sys
import time

import box
import tap
import wire
from harness import Background
from tap import check, wait

box.quick()


def same(what, got, wanted):
    check(got == wanted, "%s is %r, not %r" % (what, got, wanted))


def told(b, line, proof, known=()):
    """The record of LINE's call that is not among those known, after a look at
    all three places."""
    name = "pbx-%d" % line
    record = wait("record of " + name, 60, lambda: next(
        (r for r in b.gateway.cdr() if r["line"] == name and
         r["call"] not in known), None))
    check(proof in record["reason"], "%r is not in %r" % (proof, record["reason"]))
    same("released_by", record["released_by"], name)
    log = b.gateway.process.text()
    check("ended: " + record["reason"] in log, "not in the log: " + record["reason"])
    out = b.gateway.run("calls")[1]
    check("ENDED BY" in out and proof in out, out)
    check((record["call"], record["reason"]) in [
        (e["call"], e["reason"]) for e in b.gateway.ask("calls")["ended"]],
        "tipring calls does not tell of call %d" % record["call"])
    return record


def known(b):
    return {r["call"] for r in b.gateway.cdr()}


def answered_and_over(b, call, line, order, proof, before):
    """An incoming call whose far end goes as ORDER says."""
    b.do(order)
    call.wait_ended(60)
    b.expect(line, "on-hook", 60)
    record = told(b, line, proof, before)
    same("answered_how", record["answered_how"], "signalled")


def every_release_is_told_with_its_proof():
    b = box.shared()
    signs = [("busy 1", "busy tone 480+620 Hz 0.50/0.50 s, 3 cycles"),
             ("congestion 2", "congestion tone 480+620 Hz 0.25/0.25 s, 3 cycles"),
             # The caller had gone as we answered.
             ("dial-tone 1", "dial tone 350+440 Hz, continuous")]
    if not wire.DAHDI:
        signs.append(("battery 2 break 600", "loop current break"))
    for pair in signs[:2], signs[2:]:
        before, jobs = known(b), []
        for line, (order, proof) in enumerate(pair, 1):
            b.do("ring %d from 555000%d" % (line, line))
        for _ in pair:
            call = b.phone.expect_call(30)
            line = int(re.search(r"555000(\d)@", call.invite.get("from")).group(1))
            seen = Background(b.expect, line, "off-hook", 30)
            call.answer()
            seen.result()
            b.do("forget %d" % line)
            jobs.append(Background(answered_and_over, b, call, line,
                                   *pair[line - 1], before))
        for job in jobs:
            job.result(120)
        b.gateway.wait_idle()
        b.do("forget *")


def a_tone_that_says_no_is_no_answer():
    b = box.shared()
    before, jobs = known(b), []

    def refused(line, order, status, cause, proof):
        seen = Background(b.expect, line, "digits 20%d" % line, 60)
        call = b.call_line("20%d" % line)
        seen.result()
        b.do("%s %d" % (order, line))
        m = call.expect(status, within=60)
        check(200 not in call.seen, "%s was answered: %s" % (order, call.seen))
        check("cause=%d" % cause in m.get("reason"), m.get("reason"))
        record = told(b, line, proof, before)
        same("answer", record["answer"], None)
        same("cause", record["cause"], cause)

    # 486 by busy tone: calls-test.
    for line, case in enumerate((
            ("sit", 404, 1, "special information tone 950/1400/1800 Hz"),
            ("congestion", 503, 42, "congestion tone")), 1):
        jobs.append(Background(refused, line, *case))
    for job in jobs:
        job.result(150)


def a_telephone_left_off_hook_is_locked_out():
    with box.Box(timers="release_tone = 2; howler = 3;") as b:
        def state():
            return b.gateway.lines()["phone-3"]["state"]

        call = b.talk_sip(3)
        call.hang_up()
        b.expect(3, "busy|congestion", 30)
        b.expect(3, "howler", 60)
        wait("lock-out", 60, lambda: state() == "locked out")
        b.call_line("103").expect(480, 486, 503)
        b.do("on-hook 3")
        b.gateway.wait_idle()
        b.do("forget 3")
        b.do("off-hook 3")
        b.expect(3, "dial-tone")
        b.do("on-hook 3")
        b.gateway.wait_idle()


def polarity_answers_and_ends():
    wire.needs_sim("reverse their polarity")
    with box.Box(fxo='answer = "polarity";') as b:
        seen = Background(b.expect, 1, "digits 201", 30)
        call = b.call_line("201")
        seen.result()
        b.do("ringback 1")
        wait("all digits sent", 30, lambda: "answer" in
             b.gateway.lines()["pbx-1"]["state"])
        b.do("answer 1 reverse")
        call.expect(200, within=30)
        time.sleep(2)	# right after an answer it may bounce
        b.do("polarity 1 normal")
        call.wait_ended(30)
        b.gateway.wait_idle()
        record = told(b, 1, "polarity")
        same("answered_how", record["answered_how"], "polarity")
        same("answer_confidence", record["answer_confidence"], 100)


def answers_without_proof_are_told_as_such():
    """The PBX only rings all the while."""
    for key, how in ("delay:2", "delay"), ("seize", "seize"):
        with box.Box(fxo='answer = "%s";' % key) as b:
            seen = Background(b.expect, 1, "digits 201", 30)
            call = b.call_line("201")
            call.expect(200, within=30)
            seen.result()
            call.hang_up()
            b.gateway.wait_idle()
            record = b.gateway.cdr()[-1]
            same("answered_how", record["answered_how"], how)
            same("answer_confidence", record["answer_confidence"], 0)


if __name__ == "__main__":
    sys.exit(tap.run([
        every_release_is_told_with_its_proof,
        a_tone_that_says_no_is_no_answer,
        a_telephone_left_off_hook_is_locked_out,
        polarity_answers_and_ends,
        answers_without_proof_are_told_as_such,
        box.close_the_shared_bench], box.after, box.failed))
