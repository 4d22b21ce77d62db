#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Names between a span and SIP, and who answered (COLP)."""

import sys

import box
import phone
import rtp_end
import tap
import wire
from pri_bench import MULAW, Bench, failed, same
from tap import check, wait

box.quick()
phone.Rtp = rtp_end.Rtp			# Python is busy enough
ANY = 'fraud = { allow = [ "any" ]; };'


def asserted(message):
    return message.get("p-asserted-identity")


def answers_as(call, who, *more):
    """The SIP phone answers and says who it is."""
    text = call.respond(200, "OK", call.sdp(),
                        extra=["P-Asserted-Identity: " + who] + list(more))

    def acknowledged():
        if call.acked.wait(0.5):
            return True
        call.phone.send(text, call.remote)
        return False
    wait("the ACK", 20, acknowledged)


def slot_of(country, role):
    if role == "network":
        return 1
    return 23 if country == "us" and not wire.DAHDI else wire.SLOTS[-1]


def callers_names_go_both_ways():
    # Display, the facility of NI-2 and the one of QSIG.
    for country, role, switch in (
            ("de", "user", "euroisdn"), ("de", "network", "qsig"),
            ("de", "user", "qsig"), ("us", "network", "ni2"),
            ("us", "user", "ni2"), ("us", "user", "dms100")):
        with Bench(trunk=MULAW, country=country, role=role, switch=switch,
                   box=ANY) as b:
            call = b.to_sip(3, more='name "J. Doe"')
            check('"J. Doe"' in call.invite.get("from"),
                  "%s %s: %s" % (role, switch, call.invite.get("from")))
            check('"J. Doe"' in asserted(call.invite), asserted(call.invite))
            b.do("release pbx.b3")
            call.wait_ended()
            b.quiet()
            if (role, switch) == ("user", "euroisdn"):
                # A user has no way to say its name there.
                umlauts(b)
                continue
            slot = slot_of(country, role)
            call = b.to_pbx("5551234", slot, sender=
                            '"Ann B." <sip:600@127.0.0.1:%d>' % b.phone.port)
            if switch == "dms100":
                b.expect(slot, "caller 600")
            else:
                b.expect(slot, 'name "Ann B."')
            call.cancel()
            b.quiet()


def umlauts(b):
    call = b.to_sip(4, more='name "Jürgen Groß"')
    check('"Jürgen Groß"' in call.invite.get("from"), call.invite.get("from"))
    call = b.to_sip(5, more='private name "J. Doe"')
    check("Doe" not in call.invite.get("from"), call.invite.get("from"))
    same("privacy", call.invite.get("privacy"), "id")


def sip_learns_who_answered():
    with Bench(trunk=MULAW, switch="qsig") as b:
        call = b.to_pbx()
        b.do('party pbx.b1 5551299 name "Front Desk"')
        b.do("answer pbx.b1")
        said = asserted(call.expect(200))
        check('"Front Desk"' in said and "5551299@" in said, said)
        call.hang_up()
        b.quiet()
        call = b.to_pbx()
        b.do('party pbx.b1 5551299 private name "Front Desk"')
        b.do("answer pbx.b1")
        m = call.expect(200)
        check("5551299@" in asserted(m), m.start)
        same("privacy", m.get("privacy"), "id")
        call.hang_up()
        b.quiet()
        # Who does not say it is not told.
        call = b.to_pbx()
        b.do("answer pbx.b1")
        same("who", asserted(call.expect(200)), "")
        call.hang_up()
        b.quiet()


def the_pbx_learns_who_answered():
    with Bench(trunk=MULAW, switch="qsig") as b:
        call = b.to_sip(1)
        answers_as(call, '"Jane Roe" <sip:+4989777@127.0.0.1>')
        b.expect(1, "answered")
        b.expect(1, "reached 89777")
        b.expect(1, 'reached-name "Jane Roe"')
        b.do("release pbx.b1")
        call.wait_ended()
        b.quiet()
        call = b.to_sip(2)
        answers_as(call, "<sip:+4989777@127.0.0.1>", "Privacy: id")
        b.expect(2, "answered")
        b.expect(2, "reached private")


def numbers_go_without_names_where_there_are_none():
    with Bench(trunk=MULAW, role="user") as b:
        call = b.to_sip(1)
        answers_as(call, '"Jane Roe" <sip:+4989777@127.0.0.1>')
        b.expect(1, "answered")
        b.expect(1, "reached 89777")
        b.do("release pbx.b1")
        call.wait_ended()
        b.quiet()
        call = b.to_pbx("5551234", 31)
        b.do('party pbx.b31 5551299 name "Front Desk"')
        b.do("answer pbx.b31")
        said = asserted(call.expect(200))
        check('"Front Desk"' in said and "5551299@" in said, said)


def a_trunk_that_goes_by_from_is_told_nothing():
    with Bench(trunk=MULAW + ' identity = "from";') as b:
        call = b.to_pbx()
        b.do("party pbx.b1 5551299")
        b.do("answer pbx.b1")
        m = call.expect(200)
        check("5551299" not in "%s" % m.headers, m.headers)
        call.hang_up()
        b.quiet()
        call = b.to_sip(1)
        answers_as(call, '"Jane Roe" <sip:+4989777@127.0.0.1>')
        b.expect(1, "answered")
        # It would have come with the answer.
        said = b.pbx.ask("expect pbx.b1 reached|reached-name within 0.2")
        check(said.startswith("error"), "who is not believed was told: " + said)


if __name__ == "__main__":
    sys.exit(tap.run([
        callers_names_go_both_ways,
        sip_learns_who_answered,
        the_pbx_learns_who_answered,
        numbers_go_without_names_where_there_are_none,
        a_trunk_that_goes_by_from_is_told_nothing], failed=failed))
