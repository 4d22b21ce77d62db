#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Which trunk a call goes to, message by message: trunk groups in order and by weight,
what comes next after which failure, and trunks that are full by calls or by kbit/s."""

import sys

import tap
import ua
from tap import check
from ua import Dialog, same

CONFIG = """\
country = "us";
fraud = {{ allow = [ "any" ]; }};
log = "debug";
state_directory = "";
sip = {{ listen = [ "udp:127.0.0.1:{sip}" ]; }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
timers = {{ no_response = 5000; }};
trunks = (
  {{ name = "in"; server = "127.0.0.2"; port = {port2}; options = 0;
    retry_after = 7; }},
  {{ name = "a"; server = "127.0.0.3"; port = {port3}; options = 0; }},
  {{ name = "b"; server = "127.0.0.4"; port = {port4}; options = 0; }},
  {{ name = "thin"; server = "127.0.0.5"; port = {port5}; options = 0;
    codecs = [ "PCMU" ]; max_kbit = 170; }},
  {{ name = "small"; server = "127.0.0.6"; port = {port6}; options = 0;
    max_calls = 1; }}
);
trunk_groups = (
  {{ name = "order"; trunks = [ "a", "b" ]; }},
  {{ name = "share"; trunks = [ "a", "b", "small" ]; weights = [ 3, 1, 0 ]; }}
);
routes = (
  {{ from = "trunk:in"; called = "91x."; to = "trunk_group:order"; }},
  {{ from = "trunk:in"; called = "92x."; to = "trunk_group:share"; }},
  {{ from = "trunk:in"; called = "93x."; to = [ "trunk:a", "trunk:b" ];
    next_on = [ "busy", "57" ]; }},
  {{ from = "trunk:in"; called = "94x."; to = "trunk:a"; next_route = true;
    next_on = "unallocated"; calling_number = "+13125550100"; }},
  {{ from = "trunk:in"; called = "94x."; to = "trunk:b"; strip = 1; prefix = "8"; }},
  {{ from = "trunk:in"; called = "95x."; to = [ "trunk:thin", "trunk:small" ]; }},
  {{ from = "trunk_group:order"; called = "600"; prefix = "7"; to = "trunk:in"; }},
  {{ from = "any"; to = "trunk:in"; }}
);
"""
rig = ua.Rig(CONFIG)


def call(number):
    return Dialog(rig[2], number).call()


def at(n, number):
    """The call of that number, as peer n sees it."""
    d = Dialog(rig[n], invite=rig[n].expect("INVITE"))
    check("sip:%s@" % number in d.invite.uri, d.invite.uri)
    return d


def refuses(dialog, status):
    dialog.reply(status)
    dialog.expect("ACK")


def tried(number, statuses, got):
    """A call that is refused so, in turn, by these peers: (n, status, number)."""
    caller = call(number)
    for n, status, as_number in statuses:
        refuses(at(n, as_number), status)
    caller.refused(got)
    for n in range(3, 7):
        check(not rig[n].wanted(("INVITE",), 0.05), "%d was asked, too" % n)


def who_is_busy_is_not_called_by_another_way():
    tried("91600", [(3, 486, "91600")], 486)
    tried("91600", [(3, 404, "91600")], 404)


def the_next_is_tried_for_the_causes_that_are_named():
    tried("93600", [(3, 486, "93600"), (4, 486, "93600")], 486)
    for reason in "Q.850;cause=57", None:
        caller = call("93600")
        first = at(3, "93600")
        first.reply(500, extra=[("Reason", reason)] if reason else [])
        first.expect("ACK")
        if reason:
            second = at(4, "93600")
            second.accept()
            caller.answered()
            caller.hang_up()
            second.ended()
        else:
            caller.refused(*range(500, 600))
    tried("93600", [(3, 404, "93600")], 404)


def the_next_route_writes_numbers_its_own_way():
    caller = call("94600")
    first = at(3, "94600")
    check("3125550100" in first.invite.get("from"), first.invite.get("from"))
    refuses(first, 404)
    second = at(4, "84600")
    check("3125550100" not in second.invite.get("from"), second.invite.get("from"))
    refuses(second, 404)
    caller.refused(404)
    tried("94600", [(3, 486, "94600")], 486)


def weights_share_calls():
    """The one of weight 0 has none while another takes them."""
    count = {3: 0, 4: 0}
    for _ in range(60):
        caller = call("92600")
        for _ in range(1000):
            got = [(n, rig[n].wanted(("INVITE",), 0.01))
                   for n in range(3, 7)]
            got = [(n, m) for n, m in got if m]
            if got:
                break
        check(len(got) == 1, "nobody was called")
        (n, invite), = got
        refuses(Dialog(rig[n], invite=invite), 486)
        caller.refused(486)
        check(n in count, "weight 0 was asked")
        count[n] += 1
    # 45 and 15 are to be expected; fewer than 3, once in many years.
    check(count[3] > count[4] >= 3, "%s of 60 calls" % count)


def a_full_uplink_sends_calls_elsewhere():
    talk = []
    for n, kbit in (5, 80), (5, 160), (6, 160):
        caller = call("95600")
        called = at(n, "95600")
        called.accept()
        caller.answered()
        talk.append((caller, called))
        limits = {t["name"]: t["limit"] for t in
                  rig.gateway.json("trunks")["trunks"]}
        same("kbit/s", limits["thin"]["kbit"], kbit)
    m = call("95600").refused(503)
    same("Retry-After", m.get("retry-after"), "7")
    for caller, called in talk[:1]:
        caller.hang_up()
        called.ended()
    caller = call("95600")
    talk[0] = caller, at(5, "95600")
    talk[0][1].accept()
    caller.answered()
    for caller, called in talk:
        caller.hang_up()
        called.ended()


def a_trunk_group_is_a_place_that_calls_come_from():
    for n, wanted in (3, "7600"), (4, "7600"), (6, "600"):
        caller = Dialog(rig[n], "600").call()
        refuses(at(2, wanted), 486)
        caller.refused(486)


def who_is_overloaded_is_passed_over():
    """Last: it is left alone for a while."""
    caller = call("91600")
    refuses(at(3, "91600"), 503)
    second = at(4, "91600")
    second.accept()
    caller.answered()
    caller.hang_up()
    second.ended()


def the_gateway_ends_without_a_leak():
    rig.close()


def after():
    if rig.gateway.process.running():
        rig.quiet()


if __name__ == "__main__":
    sys.exit(tap.run([
        who_is_busy_is_not_called_by_another_way,
        the_next_is_tried_for_the_causes_that_are_named,
        the_next_route_writes_numbers_its_own_way,
        weights_share_calls,
        a_full_uplink_sends_calls_elsewhere,
        a_trunk_group_is_a_place_that_calls_come_from,
        who_is_overloaded_is_passed_over,
        the_gateway_ends_without_a_leak], after, lambda: rig.ws.tails()))
