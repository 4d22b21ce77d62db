#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Caller ID over whole calls: each standard and each way of announcing it, heard
on FXO lines and sent to FXS lines, all at once."""

import re
import sys
import time

import harness
import tap
import wire
from harness import Background
from phone import Phone
from tap import Skip, check

# As the configuration and tipring-pbx call them: standard, alert, DTMF codes.
WAYS = [
    ("bellcore", "ring", ""), ("etsi", "ring", ""), ("etsi", "polarity", ""),
    ("etsi", "dtas", ""), ("uk", "polarity", ""), ("japan", "polarity", ""),
    ("dtmf", "none", "AC"), ("dtmf", "polarity", "DC"),
]
NAMED = ("bellcore", "etsi", "uk")
WAITS = "flash = true; call_waiting = true;"
# Before data about messages: nothing, a short ring, tones.
MWI = 'mwi = [ "fsk" ]; mwi_alert = "%s";'
MWI_ALERTS = { 11: "none", 12: "ring", 13: "dtas", 14: "none", 15: "dtas" }
FXO = range(1, len(WAYS) + 1)		# the far end rings the gateway
FXS = range(11, 11 + len(WAYS))		# the gateway rings telephones

CONFIG = """\
country = "%s";
log = "debug";
sip = { listen = [ "udp:127.0.0.1:%d" ]; };
rtp = { address = "127.0.0.1"; ports = [%d, %d]; };
sim = { directory = "%s"; };
control = "%s";
cdr = { file = "%s"; journal = false; };
trunks = ( { name = "peer"; server = "127.0.0.1"; port = %d; options = 0; } );
lines = (
  %s
);
"""


def line(n, kind, more, way):
    standard, alert, _ = way
    if standard != "japan":
        more += ' callerid_alert = "%s";' % alert
    return ('{ name = "%s-%d"; port = "sim/%d"; kind = "%s"; number = "%d"; '
            'trunk = "peer"; callerid_standard = "%s"; %s }' %
            (kind, n, n, kind, 200 + n, standard, more))


class Bench:
    def __init__(self, country="us"):
        ws = self.ws = harness.Workspace()
        self.sip, rtp = harness.free_ports(2), harness.free_ports(80)
        self.phone = Phone()
        self.pbx = harness.Pbx(ws, fxs="%d-%d" % (FXO[0], FXO[-1]),
                               fxo="%d-%d" % (FXS[0], FXS[-1]),
                               more=["--country", country])
        lines = [line(n, "fxo", 'ring_to = "%d";' % (600 + n), WAYS[n - 1])
                 for n in FXO]
        lines += [line(n, "fxs", WAITS + MWI % MWI_ALERTS[n] if n in MWI_ALERTS else "",
                       WAYS[n - 11]) for n in FXS]
        self.cdr = ws.path("cdr.json")
        self.gateway = harness.Gateway(ws, CONFIG % (
            country, self.sip, rtp, rtp + 79, self.pbx.directory, ws.path("control"),
            self.cdr, self.phone.port, ",\n  ".join(lines)),
            ws.path("control"), self.cdr)
        self.gateway.wait_ready()
        for n, way in list(zip(FXO, WAYS)) + list(zip(FXS, WAYS)):
            self.pbx.do("callerid %d %s" % (n, " ".join(way)))

    def __enter__(self):
        return self

    def __exit__(self, kind, why, trace):
        if kind:
            self.ws.tails()
        else:
            self.gateway.stop()
            self.pbx.stop()
        self.phone.close()
        self.ws.close()


def called(call):
    return int(re.match(r"sip:(\d+)", call.invite.uri).group(1)) - 600


def ring_all(b, caller):
    """Rings every FXO line; the INVITE of each."""
    for n in FXO:
        b.pbx.do("ring %d from %s" % (n, caller))
    calls = {}
    while len(calls) < len(WAYS):
        call = b.phone.expect_call(40)
        calls[called(call)] = call
    return calls


def end_all(b, calls):
    for call in calls.values():
        call.answer()
    time.sleep(1)
    for call in calls.values():
        call.hang_up()
    b.gateway.wait_idle(30)


def every_standard_is_heard():
    with Bench() as b:
        calls = ring_all(b, '5551234 name "J. Doe"')
        for n, way in zip(FXO, WAYS):
            sender = calls[n].invite.get("from")
            check("5551234@" in sender, "%s: From is %s" % (way, sender))
            if way[0] in NAMED:
                check("J. Doe" in sender, "%s: From is %s" % (way, sender))
        end_all(b, calls)
        calls = ring_all(b, "private")
        for n, way in zip(FXO, WAYS):
            check("anonymous" in calls[n].invite.get("from").lower() and
                  "id" in calls[n].invite.get("privacy"),
                  "%s: a private caller is %s" % (way, calls[n].invite.get("from")))
        end_all(b, calls)
        calls = ring_all(b, "unavailable")
        for n, way in zip(FXO, WAYS):
            sender = calls[n].invite.get("from").lower()
            check("5551234" not in sender and not calls[n].invite.get("privacy"),
                  "%s: an unknown caller is %s" % (way, sender))
        end_all(b, calls)


def it_is_heard_behind_a_ring_of_two_bursts():
    """As Australia rings: 400 ms on, 200 off, 400 on, 2 s off."""
    with Bench("au") as b:
        for n in 1, 2:
            b.pbx.do("ring %d from 5551234" % n)
        calls = {}
        while len(calls) < 2:
            call = b.phone.expect_call(40)
            calls[called(call)] = call
            check("5551234@" in call.invite.get("from"), call.invite.get("from"))
        end_all(b, calls)


def call_all(b, sender, wanted, extra=()):
    seen = {n: Background(b.pbx.expect, n, wanted, 40) for n in FXS}
    calls = {n: b.phone.call(str(200 + n), b.sip, sender=sender, extra=extra)
             for n in FXS}
    for n, way in zip(FXS, WAYS):
        try:
            seen[n].result()
        except Exception as e:
            raise tap.Fail("%s: %s" % (way, e)) from None
    for n, way in zip(FXS, WAYS):
        b.pbx.expect(n, "ring", 20)	# and not only its announcement
        calls[n].expect(180)
        check(200 not in calls[n].seen, "%s: caller ID answered the call" % (way,))
        calls[n].cancel()
        calls[n].expect(487)
    b.gateway.wait_idle(30)


def every_standard_is_sent():
    with Bench() as b:
        call_all(b, '"J. Doe" <sip:5551234@127.0.0.1>', "caller 5551234")
        call_all(b, "<sip:anonymous@anonymous.invalid>", "caller private",
                 ["Privacy: id"])
        call_all(b, "<sip:unavailable@unknown.invalid>", "caller unavailable")


def every_standard_that_can_tells_who_waits():
    with Bench() as b:
        lines = [n for n, way in zip(FXS, WAYS) if way[0] in NAMED]
        talks, waits = {}, {}
        for n in lines:
            talks[n] = b.phone.call(str(200 + n), b.sip)
            b.pbx.do("asks %d %s" % (n, "AD"[n % 2]))
        for n in lines:
            talks[n].expect(180)
            b.pbx.do("off-hook %d" % n)
            talks[n].expect(200)
        b.pbx.do("forget *")
        seen = {n: Background(b.pbx.expect, n, "caller 5551234", 40)
                for n in lines}
        for n in lines:
            waits[n] = b.phone.call(str(200 + n), b.sip,
                                    sender='"J. Doe" <sip:5551234@127.0.0.1>')
        for n in lines:
            try:
                seen[n].result()
            except Exception as e:
                raise tap.Fail("%s: %s" % (WAYS[n - 11], e)) from None
            b.pbx.expect(n, 'name "J. Doe"')
            waits[n].cancel()
            waits[n].expect(487)
            b.pbx.do("on-hook %d" % n)
            talks[n].wait_ended()
        b.gateway.wait_idle(30)


def every_standard_that_can_tells_of_messages():
    with Bench() as b:
        for n in MWI_ALERTS:
            b.pbx.do("monitor %d on" % n)
        for state, word in ("yes", "on"), ("no", "off"):
            seen = {n: Background(b.pbx.expect, n, "messages " + word, 60)
                    for n in MWI_ALERTS}
            for n in MWI_ALERTS:
                uri = "sip:%d@127.0.0.1:%d" % (200 + n, b.sip)
                m = b.phone.transact(b.phone.request(
                    "NOTIFY", uri, "<sip:600@127.0.0.1>;tag=%s%d" % (word, n),
                    "<%s>" % uri, "mwi-%s-%d@test" % (word, n), 1,
                    "Messages-Waiting: %s\r\n" % state,
                    ["Event: message-summary", "Subscription-State: active",
                     "Content-Type: application/simple-message-summary"]),
                    ("127.0.0.1", b.sip))
                check(m.status == 200, "NOTIFY: %d" % m.status)
            for n in MWI_ALERTS:
                try:
                    seen[n].result(90)
                except Exception as e:
                    raise tap.Fail("%s: %s" % (WAYS[n - 11], e)) from None


if __name__ == "__main__":
    if wire.DAHDI:
        raise Skip("loop spans carry no polarity")
    sys.exit(tap.run([every_standard_is_heard,
                      it_is_heard_behind_a_ring_of_two_bursts, every_standard_is_sent,
                      every_standard_that_can_tells_who_waits,
                      every_standard_that_can_tells_of_messages]))
