#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Transfers that a SIP trunk asks for, message by message: REFER and its NOTIFYs,
REFER with Replaces, INVITE with Replaces, and what must be refused."""

import re
import sys
import urllib.parse

import box
import tap
import ua
from tap import check, wait
from ua import Dialog, rig, same, sdp

box.quick()
HERE = "127.0.0.3"	# the trunk that may transfer


def end(caller, called):
    caller.hang_up()
    called.ended()


def refer(dialog, to, status=202, **more):
    """REFER to these addresses; checks the answer, which it returns."""
    extra = [("Refer-To", t) for t in ([to] if isinstance(to, str) else to)]
    dialog.send("REFER", extra=extra + more.pop("extra", []), **more)
    m = dialog.peer.expect(*range(200, 700), call_id=dialog.id)
    same("answer to REFER %s" % to, m.status, status)
    return m


def notified(dialog, status, last=False):
    """The next NOTIFY says so."""
    m = dialog.expect("NOTIFY")
    dialog.peer.reply(m, 200, "OK")
    check(m.body.startswith("SIP/2.0 %d " % status), "NOTIFY says %r, not %d" % (
        m.body, status))
    check(m.get("event").startswith("refer"), "Event: " + m.get("event"))
    check(m.get("content-type").startswith("message/sipfrag"), str(m.headers))
    same("terminated", m.get("subscription-state").startswith("terminated"), last)
    return m


def replaces(dialog, flag=""):
    """Replaces for a dialog of ours, as the gateway sees it."""
    return "%s;to-tag=%s;from-tag=%s%s" % (
        dialog.id, dialog.remote_tag, dialog.tag, flag)


def with_replaces(dialog, user="600", flag=""):
    return "<sip:%s@%s?Replaces=%s>" % (
        user, HERE, urllib.parse.quote(replaces(dialog, flag), safe=""))


def new_call(n=3):
    return Dialog(rig()[n], invite=rig()[n].expect("INVITE"))


def nobody_is_called(within=0.1):
    for peer in rig().peers.values():
        m = peer.wanted(("INVITE",), within)
        check(not m, "called: %s" % (m and m.start))


# ----------------------------------------------------------------- by number

def a_party_is_handed_on_to_a_number():
    caller, called = rig().talk()
    refer(called, "<sip:15557654321@%s>" % HERE)
    notified(called, 100)
    third = new_call()
    check("15557654321@" in third.invite.uri, third.invite.start)
    third.reply(180)
    notified(called, 180)
    third.accept()
    notified(called, 200, last=True)
    called.hang_up()
    records = rig().gateway.cdr()
    check("by out to call" in records[-1]["transferred"], str(records[-1]))
    check("by out from call" in rig().gateway.calls()[0]["transferred"],
          str(rig().gateway.calls()))
    end(caller, third)
    wait("record", 10, lambda: "by out from" in
         rig().gateway.cdr()[-1]["transferred"])


def who_stays_after_a_transfer_is_hung_up_on():
    caller, called = rig().talk()
    refer(called, "<tel:+15557654321>")
    third = new_call()
    notified(called, 100)
    third.accept()
    notified(called, 200, last=True)
    called.ended()
    end(caller, third)


def a_transfer_that_fails_changes_nothing():
    for status in 486, 404, 503:
        caller, called = rig().talk()
        refer(called, "<sip:15557654321@%s>" % HERE)
        notified(called, 100)
        third = new_call()
        third.reply(status)
        third.expect("ACK")
        notified(called, status, last=True)
        # Once more, with another id, and hung up before it is known.
        refer(called, "<sip:15557654322@%s>" % HERE)
        check(notified(called, 100).get("event") != "refer", "no id")
        third = new_call()
        third.reply(180)
        notified(called, 180)
        caller.hang_up()
        called.ended()
        third.cancelled()


def who_leaves_before_the_answer_has_handed_his_partner_on():
    caller, called = rig().talk()
    refer(called, "<sip:15557654321@%s>" % HERE)
    third = new_call()
    called.hang_up()
    third.reply(180)
    third.accept()
    end(caller, third)


def no_subscription_where_none_is_wanted():
    caller, called = rig().talk()
    m = refer(called, "<sip:15557654321@%s>" % HERE,
              extra=[("Refer-Sub", "false"), ("Supported", "norefersub")])
    same("Refer-Sub", m.get("refer-sub"), "false")
    third = new_call()
    third.accept()
    called.ended()
    check(not called.peer.wanted(("NOTIFY",), 0.3), "NOTIFY")
    end(caller, third)


def subscribe(dialog, event, expires, status):
    extra = [("Event", event)] if event else []
    dialog.send("SUBSCRIBE", extra=extra + [("Expires", expires)])
    m = dialog.expect(*range(200, 700))
    same("answer to SUBSCRIBE %s for %d s" % (event, expires), m.status, status)
    return m


def lasts(notify):
    """s that the subscription lasts, as NOTIFY says."""
    found = re.search(r"expires=(\d+)", notify.get("subscription-state"))
    check(found, notify.get("subscription-state"))
    return int(found.group(1))


def what_refer_has_begun_can_be_subscribed_to_and_ended():
    caller, called = rig().talk()
    subscribe(called, "refer", 60, 403)		# nothing yet
    refer(called, "<sip:15557654321@%s>" % HERE)
    m = notified(called, 100)
    check(lasts(m) >= 120, "shorter than a telephone rings: %s" % m.headers)
    third = new_call()
    third.reply(180)
    check(lasts(notified(called, 180)) <= lasts(m), "it became longer")
    m = subscribe(called, "refer", 60, 200)
    check(int(m.get("expires")) <= 60, str(m.headers))
    check(lasts(notified(called, 180)) <= 60, "NOTIFY says longer")
    subscribe(called, "refer;id=7", 60, 403)
    subscribe(called, "presence", 60, 489)
    subscribe(called, "", 60, 489)
    subscribe(called, "refer", 0, 200)
    m = called.expect("NOTIFY")
    called.peer.reply(m, 200, "OK")
    check(m.get("subscription-state").startswith("terminated"), str(m.headers))
    subscribe(called, "refer", 60, 403)
    # It goes on, untold.
    third.accept()
    called.ended()
    check(not called.peer.wanted(("NOTIFY",), 0.2), "NOTIFY")
    end(caller, third)


def each_refer_of_a_call_has_an_id():
    caller, called = rig().talk()
    ids = []
    for status in 486, 404, 486:
        refer(called, "<sip:15557654321@%s>" % HERE)
        sequence = called.sequence
        m = notified(called, 100)
        third = new_call()
        third.reply(status)
        third.expect("ACK")
        same("event", notified(called, status, last=True).get("event"), m.get("event"))
        check(m.get("event") in ("refer", "refer;id=%d" % sequence), m.get("event"))
        ids.append(m.get("event"))
    same("events", len(set(ids)), len(ids))
    end(caller, called)


def a_held_call_is_transferred():
    caller, called = rig().talk()
    called.call(sdp(HERE, direction="sendonly", version=2))
    called.answered()
    m = caller.expect("INVITE")
    caller.reply(200, "OK", sdp("127.0.0.2", direction="recvonly"), request=m)
    caller.expect("ACK")
    refer(called, "<sip:15557654321@%s>" % HERE)
    third = new_call()
    third.accept()
    # The caller is taken back.
    m = caller.expect("INVITE")
    check("a=sendonly" not in m.body, m.body)
    caller.reply(200, "OK", sdp("127.0.0.2", version=3), request=m)
    caller.expect("ACK")
    called.hang_up()
    end(caller, third)


# --------------------------------------------------------------- what is refused

def a_transfer_never_widens_what_a_party_may_reach():
    caller, called = rig().talk()
    for to in ("<sip:911@%s>" % HERE, "<sip:9419005550000@%s>" % HERE,
               "<sip:+19005551234@%s>" % HERE, "<sip:600@evil.test>",
               "<sip:ann@%s>" % HERE, "<sip:%s>" % HERE,
               "<sip:600@%s;method=BYE>" % HERE):
        refer(called, to, 603)
    end(caller, called)


def a_trunk_that_may_not_transfer_is_told_so():
    caller, called = rig().talk()
    m = refer(caller, "<sip:15557654321@127.0.0.2>", 403)
    m = Dialog(rig()[2], "600").call(extra=[("Replaces", replaces(caller))])
    m.refused(403)
    m = Dialog(rig()[2], "600").call(extra=[("Require", "replaces"),
                                            ("Replaces", replaces(caller))])
    same("Unsupported", m.refused(420).get("unsupported"), "replaces")
    end(caller, called)
    check("replaces" in called.invite.get("supported"), str(called.invite.headers))
    check("REFER" in called.invite.get("allow"), str(called.invite.headers))
    for n, may in ((2, False), (3, True)):
        d = Dialog(rig()[n], "600")
        d.send("OPTIONS")
        m = d.expect(200)
        same("replaces for %d" % n, "replaces" in m.get("supported"), may)
        same("REFER for %d" % n, "REFER" in m.get("allow"), may)


def a_bad_refer_is_refused():
    caller, called = rig().talk()
    good = "<sip:15557654321@%s>" % HERE
    refer(called, [], 400)
    refer(called, [good, "<sip:15557654322@%s>" % HERE], 400)
    for to in ("<sips:15557654321@%s>" % HERE, "<http://%s/600>" % HERE,
               "<mailto:ann@%s>" % HERE):
        refer(called, to, 603)
    for to in ("<sip:600@%s?Replaces=>" % HERE, "<sip:600@%s?Replaces=%%00>" % HERE,
               "<sip:600@%s?Replaces=nobody%%3Bto-tag%%3D1%%3Bfrom-tag%%3D2>" % HERE,
               "<sip:600@%s?x=1&replaces=%s>" % (HERE, "a" * 3000),
               with_replaces(called), with_replaces(caller)):
        refer(called, to, 603)
    nobody_is_called()
    # Twice: one at a time.
    refer(called, good)
    notified(called, 100)
    third = new_call()
    refer(called, good, 491)
    third.reply(486)
    third.expect("ACK")
    notified(called, 486, last=True)
    end(caller, called)
    # After the end; outside a call; before the answer.
    called.send("REFER", extra=[("Refer-To", good)])
    called.peer.expect(405, 481, call_id=called.id)
    d = Dialog(rig()[3], "600")
    refer(d, good, 405)
    d = Dialog(rig()[3], "600")
    d.remote_tag = "nothing"
    d.send("REFER", extra=[("Refer-To", good)])
    d.peer.expect(405, 481, call_id=d.id)
    check(not d.peer.wanted(("NOTIFY",), 0.2), "NOTIFY outside a call")
    caller, called = rig().through()
    called.reply(180)
    caller.expect(180)
    refer(called, good, 603)
    called.accept()
    caller.answered()
    end(caller, called)
    nobody_is_called()


def a_call_is_handed_on_again_and_again():
    caller, called = rig().talk()
    for i in range(12):
        refer(called, "<sip:1555765%04d@%s>" % (i, HERE))
        third = new_call()
        third.accept()
        called.hang_up()
        called = third
    rig().peers[3].forget()
    end(caller, called)


# ------------------------------------------------------------------- Replaces

def two_calls_of_a_trunk_are_connected():
    one, first = rig().talk()
    two, second = rig().talk()
    refer(first, with_replaces(second))
    notified(first, 100)
    notified(first, 200, last=True)
    second.ended()
    first.hang_up()
    check(len(rig().gateway.calls()) == 1, str(rig().gateway.calls()))
    one.hang_up()
    two.ended()


def another_call_takes_a_call_s_place():
    caller, called = rig().talk()
    other = Dialog(rig()[3], "12345").call(extra=[
        ("Replaces", replaces(called)), ("Require", "replaces")])
    other.answered()
    called.ended()
    check("replaced its call" in rig().gateway.calls()[0]["transferred"],
          str(rig().gateway.calls()))
    end(caller, other)


def another_call_takes_a_ringing_call_s_place():
    caller, called = rig().through()
    called.reply(180)
    caller.expect(180)
    other = Dialog(rig()[3], "12345").call(extra=[
        ("Replaces", replaces(called, ";early-only"))])
    other.answered()
    caller.answered()
    called.cancelled()
    end(caller, other)


def a_bad_replaces_is_refused():
    caller, called = rig().talk()
    for value, status in (
            (replaces(called, ";early-only"), 486),
            (called.id + ";to-tag=x;from-tag=" + called.tag, 481),
            ("nobody;to-tag=1;from-tag=2", 481),
            (replaces(caller), 481),		# another trunk's
            (called.id, 400), (";;;", 400)):
        d = Dialog(rig()[3], "12345").call(extra=[("Replaces", value)])
        d.refused(status)
    d = Dialog(rig()[3], "12345").call(extra=[
        ("Replaces", replaces(called)), ("Replaces", replaces(called))])
    d.refused(400)
    # Its description does not fit: the call stays.
    d = Dialog(rig()[3], "12345").call(sdp(HERE, formats="18"), extra=[
        ("Replaces", replaces(called))])
    d.refused(488)
    end(caller, called)
    d = Dialog(rig()[3], "12345").call(extra=[("Replaces", replaces(called))])
    d.refused(481, 603)
    # One that the far end makes itself.
    made = Dialog(rig()[3], "12345").call()
    there = new_call(2)
    there.reply(180)
    made.expect(180)
    d = Dialog(rig()[3], "12345").call(extra=[("Replaces", replaces(made))])
    d.refused(481)
    there.accept()
    made.answered()
    end(made, there)


if __name__ == "__main__":
    sys.exit(tap.run([
        a_party_is_handed_on_to_a_number,
        who_stays_after_a_transfer_is_hung_up_on,
        a_transfer_that_fails_changes_nothing,
        who_leaves_before_the_answer_has_handed_his_partner_on,
        no_subscription_where_none_is_wanted,
        what_refer_has_begun_can_be_subscribed_to_and_ended,
        each_refer_of_a_call_has_an_id,
        a_held_call_is_transferred,
        a_transfer_never_widens_what_a_party_may_reach,
        a_trunk_that_may_not_transfer_is_told_so,
        a_bad_refer_is_refused,
        a_call_is_handed_on_again_and_again,
        two_calls_of_a_trunk_are_connected,
        another_call_takes_a_call_s_place,
        another_call_takes_a_ringing_call_s_place,
        a_bad_replaces_is_refused,
        ua.the_gateway_ends_without_a_leak], ua.after, ua.failed))
