#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""The guard against toll fraud, message by message: what a caller on a trunk or a
telephone may reach, whatever way it tries; and that emergencies are let through."""

import sys
import time

import harness
import tap
import ua
import wire
from tap import check, wait
from ua import Dialog, same

CONFIG = """\
country = "us";
log = "debug";
state_directory = "";
sip = {{ listen = [ "udp:127.0.0.1:{sip}" ]; }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
sim = {{ directory = "{lines}"; }};
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
timers = {{ no_response = 5000; }};
fraud = {{ burst = 3; }};
emergency = {{ via = [ "trunk:five" ]; }};
trunks = (
  {{ name = "in"; server = "127.0.0.2"; port = {port2}; options = 0;
    fraud = {{ allow = [ "any" ]; }}; }},
  {{ name = "out"; server = "127.0.0.3"; port = {port3}; options = 0;
    redirect = "follow"; transfer = "accept"; }},
  {{ name = "four"; server = "127.0.0.4"; port = {port4}; options = 0;
    fraud = {{ allow = [ "country", "+44" ]; refuse = [ "+4479" ];
      premium = true; }}; }},
  {{ name = "five"; server = "127.0.0.5"; port = {port5}; options = 0;
    fraud = {{ allow = [ "any" ]; hours = [ "{closed} 08:00-17:00" ];
      closed_allow = [ "+1800" ]; calls_hour = 2; }}; }},
  {{ name = "six"; server = "127.0.0.6"; port = {port6}; options = 0;
    fraud = {{ allow = [ "any" ]; }}; }}
);
lines = (
  {{ name = "phone"; port = "sim/1"; kind = "fxs"; number = "+12065550101";
    digit_map = "911|1xxxxxxxxxx|011xxxxxxxxxxx"; fraud = {{ refuse = [ "+1206" ]; }}; }}
);
routes = (
  {{ from = "line:phone"; to = [ "trunk:four" ]; }},
  {{ from = "trunk:in"; called = "94x."; strip = 2; to = [ "trunk:four" ]; }},
  {{ from = "trunk:in"; called = "95x."; strip = 2; to = [ "trunk:five" ]; }},
  {{ from = "trunk:in"; called = "96x."; strip = 2; to = [ "trunk:six" ]; }},
  {{ from = "trunk:in"; to = [ "trunk:out" ]; }},
  {{ from = "any"; to = [ "trunk:in" ]; }}
);
"""
rig = None


def closed_day():
    """Neither today nor tomorrow, nor yesterday."""
    days = "mon", "tue", "wed", "thu", "fri", "sat", "sun"
    return days[(time.localtime().tm_wday + 3) % 7]


def begin():
    global rig, pbx, ws
    ws = harness.Workspace()
    pbx = harness.Pbx(ws, fxs="", fxo="1", count=1)
    rig = ua.Rig(CONFIG, lines=pbx.directory, closed=closed_day())


def refusals():
    return rig.gateway.json("fraud")["refusals"]


def refused(number, why, dialled=None):
    """A call from "in" to that number goes nowhere, and the guard says why."""
    before = rig.gateway.json("fraud")["refused"]
    caller = Dialog(rig[2], number).call()
    m = caller.refused(*range(300, 700))
    same("answer to " + number, m.status, 403)
    same("refused", rig.gateway.json("fraud")["refused"], before + 1)
    check(any(why in r["why"] and r["from"] == "in" for r in refusals()[:1]),
          "%s: %s" % (number, refusals()[:2]))
    for n in range(3, 7):
        check(not rig[n].wanted(("INVITE",), 0.05), "%s went out" % number)


def served(number, n, wanted=None):
    """A call from "in" to that number arrives at peer n as that."""
    caller = Dialog(rig[2], number).call()
    called = Dialog(rig[n], invite=rig[n].expect("INVITE"))
    check("sip:%s@" % (wanted or number) in called.invite.uri, called.invite.uri)
    called.reply(486)
    called.expect("ACK")
    caller.refused(486)


ABROAD = "is not among the destinations of fraud"


def a_burst_abroad_is_an_alarm():
    same("alarm before", rig.gateway.json("fraud")["alarm"], "")
    for n in range(3):
        served("9601144207946%04d" % n, 6, "01144207946%04d" % n)
    alarm = rig.gateway.json("fraud")["alarm"]
    check("numbers abroad" in alarm, "no alarm: %r" % alarm)
    check("numbers abroad" in rig.gateway.process.text(), "not in the log")
    status, out, err = rig.gateway.run("status")
    check("numbers abroad" in out, out)


def by_default_the_country_alone_can_be_called():
    for number in ("011442079460000", "+442079460000", "+18765551234",
                   "18765551234", "+5355551234", "*21*011442079460000%23"):
        refused(number, ABROAD)
    for number in "19005551234", "+19005551234", "9005551234":
        refused(number, "premium-rate")
    for number in "12065550100", "2065550100", "+12065550100", "411":
        served(number, 3)


def a_trunk_has_destinations_of_its_own():
    served("94011442079460000", 4, "011442079460000")
    served("9419005551234", 4, "19005551234")
    refused("94011447911123456", "in refuse of trunk four's fraud")
    refused("9401133142920000",
            "is not among the destinations of trunk four's fraud")


def a_telephone_has_them_too():
    def dial(number):
        pbx.do("off-hook 1")
        pbx.expect(1, "dial-tone")
        pbx.do("forget 1")
        pbx.do("dial 1 " + number)
    for number, why in (("12065550100", "refuse of line phone's fraud"),
                        ("01133142920000", "is not among")):
        dial(number)
        pbx.expect(1, "congestion", 30)
        pbx.do("on-hook 1")
        rig.gateway.wait_idle()
        same("from", refusals()[0]["from"], "phone")
        check(why in refusals()[0]["why"], refusals()[0])
    check(not rig[4].wanted(("INVITE",), 0.5), "it went out")
    for number in "13125550100", "911":
        dial(number)
        n = 5 if number == "911" else 4
        called = Dialog(rig[n], invite=rig[n].expect("INVITE"))
        check("sip:%s@" % number in called.invite.uri, called.invite.uri)
        called.reply(180)
        pbx.expect(1, "ringback", 30)
        pbx.do("on-hook 1")
        called.cancelled()


def out_of_hours_only_what_is_said_and_emergencies():
    refused("9512065550100", "outside the hours of trunk five's fraud")
    served("9518005550100", 5, "18005550100")
    served("911", 5)


def a_limit_holds_for_all_but_emergencies():
    served("9518005550100", 5, "18005550100")
    refused("9518005550100", "2 of 2 calls in an hour")
    for _ in range(2):
        served("911", 5)


def a_redirection_reaches_nothing_more():
    for number in "011442079460000", "+19005551234":
        caller = Dialog(rig[2], "12065550100").call()
        called = Dialog(rig[3], invite=rig[3].expect("INVITE"))
        called.reply(302, "Moved", extra=[
            ("Contact", "<sip:%s@127.0.0.3>" % number)])
        called.expect("ACK")
        caller.refused(*range(400, 700))
        check(not rig[3].wanted(("INVITE",), 0.5), "it was followed")
        check(number.lstrip("0+1") in str(refusals()[0]), refusals()[0])


def a_transfer_reaches_nothing_more():
    """Who is called sends his caller on, by the same trunk or another."""
    for number in "011442079460000", "+19005551234", "9401133142920000":
        caller = Dialog(rig[2], "12065550100").call()
        called = Dialog(rig[3], invite=rig[3].expect("INVITE"))
        called.accept()
        caller.answered()
        called.send("REFER", extra=[("Refer-To", "<sip:%s@127.0.0.1:%d>" % (
            number, rig.sip))])
        m = called.expect(*range(200, 700))
        while m.status == 202:
            n = called.expect("NOTIFY")
            called.peer.reply(n, 200, "OK")
            if n.get("subscription-state").startswith("terminated"):
                check(not n.body.startswith("SIP/2.0 2"), n.body)
                break
        for n in range(3, 7):
            check(not rig[n].wanted(("INVITE",), 0.1), "%s was called" % number)
        caller.hang_up()
        called.ended()


def the_gateway_ends_without_a_leak():
    global rig
    old, rig = rig, None
    old.close()
    pbx.stop()
    ws.close()


def after():
    if rig:
        rig.quiet()


def failed():
    """A call that was left ends with its gateway."""
    if rig:
        rig.ws.tails()
        rig.close(False)
        pbx.process.kill()
        ws.close()
        begin()


if __name__ == "__main__":
    if wire.DAHDI:
        print("1..0 # SKIP these tests are about numbers, not lines")
        raise SystemExit(0)
    begin()
    sys.exit(tap.run([
        a_burst_abroad_is_an_alarm,
        by_default_the_country_alone_can_be_called,
        a_trunk_has_destinations_of_its_own,
        a_telephone_has_them_too,
        out_of_hours_only_what_is_said_and_emergencies,
        a_limit_holds_for_all_but_emergencies,
        a_redirection_reaches_nothing_more,
        a_transfer_reaches_nothing_more,
        the_gateway_ends_without_a_leak], after, failed))
