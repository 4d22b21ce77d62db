#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""SIP sessions message by message: session timers, 100rel, UPDATE, forks, hold,
late offers, and requests that cross."""

import re
import sys

import box
import tap
import ua
from tap import check
from ua import Dialog, rig, same, sdp

box.quick()
RELIABLE = [("Require", "100rel"), ("RSeq", "7")]
PEER_ALLOWS = ("Allow", "INVITE, ACK, CANCEL, BYE, UPDATE, PRACK")


def end(caller, called):
    caller.hang_up()
    called.ended()


def has(m, pattern):
    check(re.search(pattern, m.body, re.M), "no %s in\n%s" % (pattern, m.body))


# -------------------------------------------------------------- session timer

def a_session_timer_is_asked_for_and_agreed():
    caller, called = rig().through()
    same("asked", called.invite.get("session-expires"), "1200")
    same("Min-SE", called.invite.get("min-se"), "90")
    check("timer" in called.invite.get("supported"), "timer is not supported")
    called.accept(extra=[("Require", "timer"),
                         ("Session-Expires", "600;refresher=uas")])
    m = caller.answered()
    # The caller knows of no timer: it is not bothered with one.
    check("timer" not in m.get("require"), m.get("require"))
    end(caller, called)


def the_caller_s_session_timer_is_agreed():
    for asked, agreed in (("400;refresher=uac", "400;refresher=uac"),
                          ("400;refresher=uas", "400;refresher=uas"),
                          ("400", "400;refresher=uac"),
                          ("9000", "1800;refresher=uac")):
        caller, called = rig().through(
            extra=[("Supported", "timer"), ("Session-Expires", asked)])
        called.accept()
        m = caller.answered()
        same("agreed to %s" % asked, m.get("session-expires"), agreed)
        if "uac" in agreed:
            check("timer" in m.get("require"), "Require: " + m.get("require"))
        end(caller, called)


def a_short_session_timer_is_refused():
    m = Dialog(rig()[2], "600").call(extra=[
        ("Supported", "timer"), ("Session-Expires", "60")]).refused(422)
    same("Min-SE", m.get("min-se"), "90")
    m = Dialog(rig()[4], "600").call(extra=[
        ("Supported", "timer, 100rel"), ("Session-Expires", "250")]).refused(422)
    same("Min-SE of its trunk", m.get("min-se"), "300")


def a_refusal_for_a_short_timer_is_obeyed():
    r = rig()
    caller, called = r.through()
    called.reply(422, "Session Interval Too Small", extra=[("Min-SE", "2000")])
    called.expect("ACK")
    again = called.expect("INVITE")
    same("asked", again.get("session-expires"), "2000")
    same("Min-SE", again.get("min-se"), "2000")
    called.invite = again
    called.accept()
    caller.answered()
    end(caller, called)


def a_trunk_without_session_timers_asks_for_none():
    caller, called = rig().talk(5)
    same("asked", called.invite.get("session-expires"), "")
    end(caller, called)


# --------------------------------------------------------------------- 100rel

def early_media_is_reliable_for_who_asks():
    for extra in ("Supported", "100rel"), ("Require", "100rel"):
        caller, called = rig().through(extra=[extra])
        called.reply(183, body=sdp("127.0.0.3"))
        m = caller.expect(183)
        check("100rel" in m.get("require") and m.get("rseq"), str(m.headers))
        has(m, "^m=audio [1-9]")
        caller.send("PRACK", extra=[("RAck", "%s %d INVITE" % (
            m.get("rseq"), caller.invite_sequence))])
        same("PRACK", caller.expect(200).method, "PRACK")
        called.accept()
        caller.answered()
        end(caller, called)


def the_answer_waits_for_the_acknowledgement():
    caller, called = rig().through(extra=[("Supported", "100rel")])
    called.reply(183, body=sdp("127.0.0.3"))
    m = caller.expect(183)
    called.accept()
    check(not caller.peer.wanted((200,), 1, caller.id),
          "200 before the PRACK (RFC 3262 section 3)")
    caller.send("PRACK", extra=[("RAck", "%s %d INVITE" % (
        m.get("rseq"), caller.invite_sequence))])
    same("first", caller.expect(200).method, "PRACK")
    same("then", caller.answered().method, "INVITE")
    end(caller, called)


def reliable_responses_are_a_trunk_s_choice():
    r = rig()
    # Off: who must have them is refused, who may is served without.
    m = Dialog(r[5], "600").call(extra=[("Require", "100rel")]).refused(420)
    same("Unsupported", m.get("unsupported"), "100rel")
    caller = Dialog(r[5], "600").call(extra=[("Supported", "100rel")])
    called = Dialog(r[2], invite=r[2].expect("INVITE"))
    called.reply(183, body=sdp("127.0.0.2"))
    m = caller.expect(183)
    check("100rel" not in m.get("require"), m.get("require"))
    called.reply(486)
    called.expect("ACK")
    caller.refused(486)
    # Required: who cannot is told so.
    m = Dialog(r[4], "600").call().refused(421)
    same("Require", m.get("require"), "100rel")
    # In our own calls.
    for to, supported, required in (
            (3, False, False), (4, True, True), (5, False, False),
            (6, True, False)):
        caller, called = r.through(to, "15557654321")
        m = called.invite
        same("offered to %d" % to, "100rel" in m.get("supported"), supported)
        same("required of %d" % to, "100rel" in m.get("require"), required)
        same("no fork at %d" % to, m.get("request-disposition"),
             "no-fork" if supported else "")
        called.reply(486)
        called.expect("ACK")
        caller.refused(486)


def a_reliable_response_is_acknowledged():
    caller, called = rig().through(6)
    called.reply(183, body=sdp("127.0.0.6"), extra=RELIABLE)
    m = called.expect("PRACK")
    same("RAck", m.get("rack").split()[0], "7")
    called.reply(200, request=m)
    caller.expect(183)
    called.accept("")
    m = caller.answered()
    has(m, "^m=audio [1-9]")
    end(caller, called)


# --------------------------------------------------------------------- UPDATE

def an_update_keeps_and_changes_the_session():
    caller, called = rig().talk()
    caller.send("UPDATE")
    m = caller.expect(200)
    same("body", m.body, "")
    check(m.get("contact"), "200 to UPDATE without Contact")
    caller.send("UPDATE", sdp(direction="sendonly", version=2))
    has(caller.expect(200), "^a=recvonly")
    held = called.expect("INVITE")
    called.reply(200, body=sdp("127.0.0.3", direction="recvonly", version=2),
                 request=held)
    called.expect("ACK")
    caller.send("UPDATE", sdp(port=0, version=3))
    m = caller.expect(488)
    check(m.get("warning"), "488 without Warning")
    caller.send("UPDATE", "hello", extra=[("Content-Type", "text/plain")])
    caller.expect(415)
    end(caller, called)


def an_update_that_crosses_an_offer_is_refused():
    caller, called = rig().talk()
    caller.send("UPDATE", sdp(direction="sendonly", version=2))
    caller.expect(200)
    ours = called.expect("INVITE")
    called.send("UPDATE", sdp("127.0.0.3", version=2))
    called.expect(491)
    called.send("INVITE", sdp("127.0.0.3", version=2))
    called.invite_sequence, called.branch = called.sequence, None
    called.expect(491)
    called.reply(200, body=sdp("127.0.0.3", version=2), request=ours)
    called.expect("ACK")
    end(caller, called)


def an_update_changes_early_media():
    caller, called = rig().through(extra=[("Supported", "100rel")])
    called.reply(183, body=sdp("127.0.0.3"))
    m = caller.expect(183)
    caller.send("PRACK", extra=[("RAck", "%s %d INVITE" % (
        m.get("rseq"), caller.invite_sequence))])
    caller.expect(200)
    caller.send("UPDATE", sdp("127.0.0.2", 41000, "8", version=2))
    m = caller.expect(200)
    has(m, "^m=audio [1-9][0-9]* RTP/AVP 8")
    called.accept()
    caller.answered()
    end(caller, called)


# ---------------------------------------------------------------------- forks

def the_branch_that_answers_wins():
    caller, called = rig().through()
    one = Dialog(called.peer, invite=called.invite, tag="one")
    two = Dialog(called.peer, invite=called.invite, tag="two")
    one.reply(183, body=sdp("127.0.0.3", 41000))
    caller.expect(183)
    two.reply(180)
    two.accept(sdp("127.0.0.3", 42000))
    caller.answered()
    # A second branch that answers is let go.
    one.reply(200, body=sdp("127.0.0.3", 41000))
    same("ACK", one.expect("ACK").tag("to"), "one")
    same("BYE", one.expect("BYE").tag("to"), "one")
    caller.hang_up()
    same("BYE", two.ended().tag("to"), "two")


def a_branch_answers_with_what_it_said_before():
    r = rig()
    caller, called = r.through()
    one = Dialog(called.peer, invite=called.invite, tag="one")
    two = Dialog(called.peer, invite=called.invite, tag="two")
    one.reply(183, body=sdp("127.0.0.3", 41000, "8"))
    two.reply(183, body=sdp("127.0.0.3", 42000, "0"))
    one.accept("")
    caller.answered()
    caller.hang_up()
    one.ended()


def a_branch_that_ends_takes_its_early_media_with_it():
    caller, called = rig().through()
    check("199" in called.invite.get("supported"), "199 is not supported")
    one = Dialog(called.peer, invite=called.invite, tag="one")
    two = Dialog(called.peer, invite=called.invite, tag="two")
    one.reply(183, body=sdp("127.0.0.3", 41000))
    caller.expect(183)
    one.reply(199, "Early Dialog Terminated",
              extra=[("Reason", "Q.850;cause=17")])
    two.reply(183, body=sdp("127.0.0.3", 42000))
    two.accept("")
    caller.answered()
    caller.hang_up()
    two.ended()


# ----------------------------------------------------------- offers and holds

def a_call_without_an_offer_gets_ours():
    caller, called = rig().through(body="")
    called.accept()
    m = caller.expect(200)
    has(m, "^m=audio [1-9][0-9]* RTP/AVP 0 8 101")
    caller.ack(sdp("127.0.0.2", 40000, "8"))
    caller.send("INVITE")
    caller.invite_sequence = caller.sequence
    has(caller.expect(200), "^m=audio [1-9][0-9]* RTP/AVP 0 8 101")
    caller.ack(sdp("127.0.0.2", 40000, "0", version=2))
    end(caller, called)


def a_reinvite_changes_codec_and_address():
    caller, called = rig().talk()
    first = int(re.search(r"^o=\S+ \d+ (\d+)", called.invite.body, re.M)[1])
    for formats, codec in ("8", 8), ("0 101", 0):
        called.send("INVITE", sdp("127.0.0.33", 43000, formats, version=2))
        called.invite_sequence = called.sequence
        m = called.expect(200)
        has(m, "^m=audio [1-9][0-9]* RTP/AVP %d" % codec)
        version = int(re.search(r"^o=\S+ \d+ (\d+)", m.body, re.M)[1])
        same("o= version", version, first + 1)
        first = version
        called.ack()
    called.send("INVITE", sdp("127.0.0.33", 43000, "18", version=3))
    called.branch, called.invite_sequence = "z9hG4bKlost", called.sequence
    check("305" in called.expect(488).get("warning"), "488 without Warning")
    end(caller, called)


def both_styles_of_hold_are_understood():
    for body, answer in (
            (sdp(direction="sendonly", version=2), "recvonly"),
            (sdp(direction="inactive", version=2), "inactive"),
            (sdp(version=2).replace("c=IN IP4 127.0.0.1",
                                    "c=IN IP4 0.0.0.0"), "recvonly")):
        caller, called = rig().talk()
        caller.send("INVITE", body)
        caller.invite_sequence = caller.sequence
        m = caller.expect(200)
        has(m, "^a=" + answer)
        caller.ack()
        held = called.expect("INVITE")
        has(held, "^a=(sendonly|inactive)")
        called.reply(200, body=sdp("127.0.0.3", direction="recvonly", version=2),
                     request=held)
        called.expect("ACK")
        caller.send("INVITE", sdp(version=3))
        caller.invite_sequence = caller.sequence
        has(caller.expect(200), "^a=sendrecv")
        caller.ack()
        back = called.expect("INVITE")
        has(back, "^a=sendrecv")
        called.reply(200, body=sdp("127.0.0.3", version=3), request=back)
        called.expect("ACK")
        end(caller, called)


# --------------------------------------------------------------- redirections

def moved(to, contacts, status=302):
    """A call to 1 555 765 4321 that is sent on; its two sides."""
    caller, called = rig().through(to, "15557654321",
                                   extra=[("Supported", "100rel")])
    called.reply(status, "Moved", extra=[("Contact", c) for c in contacts])
    called.expect("ACK")
    return caller, called


def a_redirection_within_the_trunk_is_followed():
    r = rig()
    for contacts, number in (
            (["<sip:5559990000@127.0.0.4>"], "5559990000"),
            (["<tel:+15559990001>;q=0.3",
              "<sip:5559990002@127.0.0.4:5060>;q=0.7"], "5559990002"),
            (["<sip:5550000000@evil.test>", "<sip:5559990003@127.0.0.4>"],
             "5559990003")):
        caller, called = moved(4, contacts)
        called = Dialog(r[4], invite=r[4].expect("INVITE"))
        check("sip:%s@" % number in called.invite.uri, called.invite.start)
        called.accept()
        caller.answered()
        end(caller, called)


def a_redirection_never_widens_what_a_caller_may_reach():
    r = rig()
    for to, contact in (
            (4, "<sip:5559990000@127.0.0.3>"),	# another provider
            (4, "<sip:5559990000@evil.test>"),
            (4, "<sip:19005550000@127.0.0.4>"),	# refused by a route
            (4, "<sip:911@127.0.0.4>"),
            (4, "<sip:ann@127.0.0.4>"),
            (4, "<mailto:ann@127.0.0.4>"),
            (3, "<sip:5559990000@127.0.0.3>")):	# where it is off
        caller, called = moved(to, [contact])
        caller.refused(500)
        for n in r.peers:
            check(not r[n].wanted(("INVITE",), 0.05), "%s was called" % contact)


def redirections_in_circles_end():
    r = rig()
    caller, called = moved(4, ["<sip:5559990000@127.0.0.4>"])
    for i in range(5):
        called = Dialog(r[4], invite=r[4].expect("INVITE"))
        called.reply(302, extra=[("Contact", "<sip:555999%04d@127.0.0.4>" % i)])
        called.expect("ACK")
    caller.refused(500)


# -------------------------------------------------------------- ends and races

def reasons_go_through():
    caller, called = rig().through()
    called.reply(180)
    caller.expect(180)
    caller.send("CANCEL", sequence=caller.invite_sequence, branch=caller.branch,
                extra=[("Reason", 'Q.850;cause=31;text="so it is"')])
    check("Q.850;cause=31" in called.cancelled().get("reason"), "lost in CANCEL")
    caller.refused(487)
    caller, called = rig().talk()
    called.send("BYE", extra=[("Reason", 'SIP;cause=480, Q.850;cause=38')])
    called.expect(200)
    check("Q.850;cause=38" in caller.ended().get("reason"), "lost in BYE")
    caller, called = rig().through()
    called.reply(500, extra=[("Reason", "Q.850;cause=17")])
    called.expect("ACK")
    m = caller.refused(486)
    check("Q.850;cause=17" in m.get("reason"), m.get("reason"))


def retry_after_goes_through():
    caller, called = rig().through()
    called.reply(503, extra=[("Retry-After", "17 (maintenance)")])
    called.expect("ACK")
    same("Retry-After", caller.refused(503).get("retry-after"), "17")


def an_answer_crosses_a_cancel():
    caller, called = rig().through()
    called.reply(180)
    caller.expect(180)
    caller.send("CANCEL", sequence=caller.invite_sequence, branch=caller.branch)
    m = called.expect("CANCEL")
    called.reply(200, body=sdp("127.0.0.3"))
    called.expect("ACK")
    called.ended()
    called.peer.reply(m, 200, tag=called.tag)
    caller.refused(487)


def a_cancel_that_comes_too_late_changes_nothing():
    caller, called = rig().through()
    called.accept()
    m = caller.expect(200)
    caller.send("CANCEL", sequence=caller.invite_sequence, branch=caller.branch)
    caller.expect(200, 481)
    caller.ack()
    end(caller, called)
    check(m.body, "200 without a description")


def a_hang_up_crosses_the_acknowledgement():
    # Theirs, before their ACK.
    caller, called = rig().through()
    called.accept()
    caller.expect(200)
    caller.hang_up()
    called.ended()
    caller.ack()
    # Ours must wait for the ACK (RFC 3261 section 15).
    caller, called = rig().through()
    called.accept()
    caller.expect(200)
    called.hang_up()
    check(not caller.peer.wanted(("BYE",), 1, caller.id), "BYE before the ACK")
    caller.ack()
    caller.ended()


def hang_ups_cross():
    caller, called = rig().talk()
    caller.send("BYE")
    theirs = called.expect("BYE")
    called.send("BYE")
    called.expect(200, 481)
    called.reply(481, request=theirs)
    caller.expect(200)


def what_belongs_to_no_call_is_refused():
    caller, called = rig().talk()
    stray = Dialog(rig()[2], "600")
    stray.remote_tag = "nobody"
    for method in "BYE", "INVITE", "UPDATE", "INFO":
        stray.send(method, sdp() if method == "INVITE" else "")
        stray.expect(481)
    stray.send("CANCEL", sequence=9, branch="z9hG4bKnothing")
    stray.expect(481)
    end(caller, called)


if __name__ == "__main__":
    sys.exit(tap.run([
        a_session_timer_is_asked_for_and_agreed,
        the_caller_s_session_timer_is_agreed,
        a_short_session_timer_is_refused,
        a_refusal_for_a_short_timer_is_obeyed,
        a_trunk_without_session_timers_asks_for_none,
        early_media_is_reliable_for_who_asks,
        the_answer_waits_for_the_acknowledgement,
        reliable_responses_are_a_trunk_s_choice,
        a_reliable_response_is_acknowledged,
        an_update_keeps_and_changes_the_session,
        an_update_that_crosses_an_offer_is_refused,
        an_update_changes_early_media,
        the_branch_that_answers_wins,
        a_branch_answers_with_what_it_said_before,
        a_branch_that_ends_takes_its_early_media_with_it,
        a_call_without_an_offer_gets_ours,
        a_reinvite_changes_codec_and_address,
        both_styles_of_hold_are_understood,
        a_redirection_within_the_trunk_is_followed,
        a_redirection_never_widens_what_a_caller_may_reach,
        redirections_in_circles_end,
        reasons_go_through,
        retry_after_goes_through,
        an_answer_crosses_a_cancel,
        a_cancel_that_comes_too_late_changes_nothing,
        a_hang_up_crosses_the_acknowledgement,
        hang_ups_cross,
        what_belongs_to_no_call_is_refused,
        ua.the_gateway_ends_without_a_leak], ua.after, ua.failed))
