#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Transfers that go out of the gateway: a telephone connects two calls of a trunk
with transfer_out = "refer", message by message. And those that come in for a line of
an exchange, and from baresip."""

import atexit
import hashlib
import os
import re
import sys
import urllib.parse

import box
import harness
import peers
import tap
from tap import check, wait
from ua import Dialog, Peer, same, sdp

box.quick()
NOTIFIED = "message/sipfrag;version=2.0"
REALM, SECRET = "provider.test", "Tipperary-18-miles"
WAIT_S = 6		# timer refer
ROUTES = 'routes = ( { from = "any"; called = "104"; to = [ "line:phone-4" ]; } );'

_bench = None


def bench():
    """A gateway with telephones, and its provider."""
    global _bench
    if not _bench:
        peer = Peer(0)
        secrets = harness.Workspace()
        os.chmod(secrets.write("secret", SECRET + "\n"), 0o600)
        _bench = box.Box(phone=False, peer=peer.port, dead=3600,
                         fxs="flash = true;", fxo='answer = "seize";',
                         trunk='transfer_out = "refer"; transfer = "accept"; '
                         'user = "box"; secret_file = "%s"; realm = "%s";' % (
                             secrets.path("secret"), REALM),
                         more=ROUTES,
                         timers="ring = 60; refer = %d;" % WAIT_S)
        peer.gateway = ("127.0.0.1", _bench.sip)
        _bench.peer, _bench.secrets = peer, secrets
    return _bench


def after():
    if _bench:
        _bench.gateway.wait_idle()
        _bench.do("forget *")
        _bench.peer.forget()


def drop(check_end=False):
    global _bench
    if _bench:
        old, _bench = _bench, None
        old.peer.close()
        old.secrets.close()
        old.close(check_end)


def failed():
    if _bench:
        _bench.ws.tails()
    drop()


def the_programs_end_without_a_leak():
    drop(True)


atexit.register(drop)


# ------------------------------------------------------------------ the calls

def dialled(number):
    b = bench()
    b.expect(3, "dial-tone")
    b.do("dial 3 " + number)
    return Dialog(b.peer, invite=b.peer.expect("INVITE"))


def changed(dialog, direction):
    """A re-INVITE with that, answered."""
    m = dialog.expect("INVITE")
    check(("a=" + direction in m.body) or (
        direction == "sendrecv" and "a=" not in re.sub("a=(rtp|fm|pt|mapt)", "", m.body)),
        m.body)
    dialog.reply(200, "OK", sdp(version=dialog.version), request=m)
    dialog.version += 1
    dialog.expect("ACK")


def two_calls(answer=True, **more):
    """A telephone talks in the second and holds the first."""
    b = bench()
    b.do("off-hook 3")
    first = dialled("600")
    first.version = 2
    first.accept(**more)
    b.do("flash 3")
    changed(first, "sendonly")
    second = dialled("601")
    if answer:
        second.accept()
    return first, second


def referred(first, second):
    """The telephone hangs up: what the far end of the first is asked."""
    bench().do("on-hook 3")
    changed(first, "sendrecv")
    m = first.expect("REFER")
    to = re.fullmatch(r"<(sip:[^?>]*)\?([^>]*)>", m.get("refer-to"))
    check(to, "Refer-To: " + m.get("refer-to"))
    same("Refer-To's address", to.group(1), second.peer.contact()[1:-1])
    headers = dict(h.split("=", 1) for h in to.group(2).split("&"))
    same("Replaces", set(urllib.parse.unquote(headers["Replaces"]).split(";")),
         {second.id, "to-tag=" + second.tag, "from-tag=" + second.remote_tag})
    same("Require", headers["Require"], "replaces")
    check("103@" in m.get("referred-by"), str(m.headers))
    return m


def answer(first, refer, status=202, reason="Said So", **more):
    first.reply(status, reason, request=refer, **more)


def notify(first, refer, text, state="active;expires=60", event=None, status=200,
           kind=NOTIFIED):
    """NOTIFY of that REFER, and the answer to it."""
    event = event or "refer;id=%d" % refer.sequence()
    first.send("NOTIFY", text, extra=[
        ("Event", event), ("Subscription-State", state), ("Content-Type", kind)])
    m = first.expect(*range(200, 700))
    same("answer to NOTIFY %r" % text, m.status, status)


def over(first, refer):
    notify(first, refer, "SIP/2.0 200 OK\r\n", "terminated;reason=noresource")


def stays(first, second, why):
    """They talk through the gateway, until one of them hangs up."""
    wait("record of " + why, 15, lambda: why in "".join(
        c["transferred"] or "" for c in bench().gateway.calls()))
    check(len(bench().gateway.calls()) == 1, str(bench().gateway.calls()))
    for dialog in first, second:
        changed_by_peer(dialog)
    first.hang_up()
    second.ended()


def changed_by_peer(dialog):
    """It still is a call."""
    dialog.call(sdp(version=7))
    dialog.answered()


def gone(first, second):
    """Both calls are ended, and the record says why."""
    for dialog in first, second:
        dialog.ended()
    bench().gateway.wait_idle()
    r = bench().gateway.cdr()[-1]
    check(r["transferred"].endswith("handed over to its trunk"), str(r))
    same("state of the line", bench().gateway.lines()["phone-3"]["state"], "idle")


# ------------------------------------------------------------------- it is done

def two_calls_go_on_without_us():
    first, second = two_calls()
    m = referred(first, second)
    check(len(bench().gateway.calls()) == 1, "cut before it is done")
    answer(first, m)
    notify(first, m, "SIP/2.0 100 Trying\r\n")
    notify(first, m, "SIP/2.0 180 Ringing\r\n")
    check(len(bench().gateway.calls()) == 1, "cut before it is done")
    over(first, m)
    gone(first, second)


def one_that_rings_yet_is_waited_for():
    first, second = two_calls(answer=False)
    second.reply(180)
    bench().expect(3, "ringback")
    bench().do("on-hook 3")
    changed(first, "sendrecv")
    check(not first.peer.wanted(("REFER",), 0.5), "REFER before the answer")
    second.accept()
    m = first.expect("REFER")
    answer(first, m)
    over(first, m)
    gone(first, second)


def notify_may_come_before_the_answer_to_refer():
    first, second = two_calls()
    m = referred(first, second)
    notify(first, m, "SIP/2.0 100 Trying\r\n", event="refer")
    answer(first, m)
    notify(first, m, "SIP/2.0 200 OK\r\n", "terminated;reason=noresource", event="refer")
    gone(first, second)


def who_is_replaced_hangs_up_before_we_are_told():
    first, second = two_calls()
    m = referred(first, second)
    answer(first, m)
    notify(first, m, "SIP/2.0 100 Trying\r\n")
    second.hang_up()
    first.ended()
    bench().gateway.wait_idle()
    check("handed over" in bench().gateway.cdr()[-1]["transferred"],
          str(bench().gateway.cdr()[-1]))


def challenged(first, refer, nonce):
    """401 to it; the REFER that comes then."""
    answer(first, refer, 401, "Unauthorized", extra=[("WWW-Authenticate", (
        'Digest realm="%s", nonce="%s", algorithm=MD5, qop="auth"' % (REALM, nonce)))])


def md5(*parts):
    return hashlib.md5(":".join(parts).encode()).hexdigest()


def a_server_that_wants_proof_gets_it():
    first, second = two_calls()
    challenged(first, referred(first, second), "one")
    m = first.expect("REFER")
    said = dict(re.findall(r'(\w+)="?([^",]*)', m.get("authorization")))
    same("response", said["response"], md5(
        md5("box", REALM, SECRET), "one", said["nc"], said["cnonce"], "auth",
        md5("REFER", said["uri"])))
    answer(first, m)
    over(first, m)
    gone(first, second)


def a_server_that_takes_no_proof_cuts_nothing():
    first, second = two_calls()
    challenged(first, referred(first, second), "0")
    asked = 0

    def refused():
        nonlocal asked
        m = first.peer.wanted(("REFER",), 0.1, first.id)
        if m:
            asked += 1
            check(asked < 6, "asks for ever")
            challenged(first, m, str(asked))
        return "REFER refused" in (bench().gateway.calls()[0]["transferred"] or "")

    wait("the end of it", 30, refused)
    stays(first, second, "not handed over: REFER refused: 401")


# ------------------------------------------------------------------- it is not

def a_refused_transfer_cuts_nothing():
    for status in 405, 404, 481, 603:
        first, second = two_calls()
        answer(first, referred(first, second), status)
        stays(first, second, "not handed over: REFER refused: %d" % status)


def a_transfer_that_fails_cuts_nothing():
    first, second = two_calls()
    m = referred(first, second)
    answer(first, m)
    notify(first, m, "SIP/2.0 100 Trying\r\n")
    notify(first, m, "SIP/2.0 486 Busy Here\r\n", "terminated;reason=noresource")
    stays(first, second, "not handed over: REFER came to nothing: 486")
    first, second = two_calls()
    m = referred(first, second)
    answer(first, m)
    notify(first, m, "SIP/2.0 100 Trying\r\n", "terminated;reason=giveup")
    stays(first, second, "without a result: giveup")


def who_is_silent_is_not_waited_for_and_may_be_late():
    first, second = two_calls()
    answer(first, referred(first, second))
    stays(first, second, "no NOTIFY told the end")
    first, second = two_calls()
    m = referred(first, second)
    answer(first, m)
    wait("end of the time", 30, lambda: "no NOTIFY" in
         (bench().gateway.calls()[0]["transferred"] or ""))
    over(first, m)
    gone(first, second)


def who_takes_no_refer_gets_none():
    first, second = two_calls(extra=[("Allow", "INVITE, ACK, BYE, CANCEL, NOTIFY")])
    bench().do("on-hook 3")
    changed(first, "sendrecv")
    check(not first.peer.wanted(("REFER",), 0.5), "REFER")
    first.hang_up()
    second.ended()


def a_bad_notify_does_nothing():
    first, second = two_calls()
    m = referred(first, second)
    answer(first, m)
    last = "terminated;reason=noresource"
    ok = "SIP/2.0 200 OK\r\n"
    notify(first, m, ok, last, event="refer;id=%d" % (m.sequence() + 7), status=481)
    notify(first, m, ok, last, event="presence", status=489)
    for body in ("", "nonsense", "SIP/2.0 2000 OK", "SIP/2.0 -1 x", "SIP/2.0",
                 "SIP/3.0 200 OK", "x" * 5000):
        notify(first, m, body)
    notify(first, m, ok, kind="text/plain")
    first.send("NOTIFY", ok, extra=[("Event", "refer"), ("Subscription-State", last)],
               sequence=1)
    first.expect(500)
    check(len(bench().gateway.calls()) == 1, str(bench().gateway.calls()))
    over(first, m)
    gone(first, second)
    # Nobody has asked.
    b = bench()
    b.do("off-hook 3")
    call = dialled("600")
    call.accept()
    notify(call, m, ok, last, event="refer", status=481)
    b.do("on-hook 3")
    call.ended()


# ---------------------------------------------- handed on: a line, an exchange's

def call_of_the_exchange():
    """A call of the trunk to an extension of the PBX, which talks."""
    b = bench()
    call = Dialog(b.peer, "201").call()
    b.expect(1, "digits 201", 30)
    b.pbx_answers(1)
    call.answered()
    return call


def hand_on(call, number):
    call.send("REFER", extra=[("Refer-To", "<sip:%s@127.0.0.1:%d>" % (
        number, bench().sip))])
    return call.expect(*range(200, 700))


def told(call, status):
    while True:
        m = call.expect("NOTIFY")
        call.peer.reply(m, 200, "OK")
        if m.body.startswith("SIP/2.0 %d " % status):
            return
        check(m.body.startswith("SIP/2.0 1"), m.body)


def an_exchange_s_line_is_handed_on_to_a_telephone():
    b = bench()
    call = call_of_the_exchange()
    same("answer to REFER", hand_on(call, "104").status, 202)
    b.expect(4, "ring", 30)
    b.do("off-hook 4")
    told(call, 200)
    call.hang_up()
    b.lines_talk(1, 4)
    b.lines_talk(4, 1)
    b.do("on-hook 4")
    b.expect(1, "on-hook")


def an_exchange_s_line_is_handed_on_within_its_trunk():
    b = bench()
    call = call_of_the_exchange()
    same("answer to REFER", hand_on(call, "602").status, 202)
    third = Dialog(b.peer, invite=b.peer.expect("INVITE"))
    check("602@" in third.invite.uri, third.invite.start)
    third.reply(486)
    third.expect("ACK")
    told(call, 486)
    # It talks as before, and again.
    same("answer to REFER", hand_on(call, "603").status, 202)
    third = Dialog(b.peer, invite=b.peer.expect("INVITE"))
    third.accept()
    told(call, 200)
    call.hang_up()
    third.hang_up()
    b.expect(1, "on-hook")


# -------------------------------------------------------------- baresip hands on

def baresip_hands_on(kamailio):
    b = peers.Peers(kamailio, trunk='transfer = "accept";', more=ROUTES)
    try:
        b.do("off-hook 3")
        b.expect(3, "dial-tone")
        b.do("dial 3 600")
        b.peer.expect("CALL_ESTABLISHED", 30)
        b.peer.do("transfer", "sip:104@%s:%d" % (b.host, b.proxy or b.sip))
        b.expect(4, "ring", 30)
        b.do("off-hook 4")
        b.peer.expect("CALL_CLOSED", 30)
        b.lines_talk(3, 4)
        b.lines_talk(4, 3)
        check("to call" in b.gateway.cdr()[-1]["transferred"], b.gateway.cdr()[-1])
        b.do("on-hook 3")
        b.do("on-hook 4")
        b.gateway.wait_idle()
    except BaseException:
        b.ws.tails()
        b.outer.tails()
        b.close(False)
        raise
    b.close()


def baresip_hands_a_telephone_on():
    baresip_hands_on(False)


def baresip_hands_a_telephone_on_through_kamailio():
    baresip_hands_on(True)


if __name__ == "__main__":
    sys.exit(tap.run([
        two_calls_go_on_without_us,
        one_that_rings_yet_is_waited_for,
        notify_may_come_before_the_answer_to_refer,
        who_is_replaced_hangs_up_before_we_are_told,
        a_server_that_wants_proof_gets_it,
        a_server_that_takes_no_proof_cuts_nothing,
        a_refused_transfer_cuts_nothing,
        a_transfer_that_fails_cuts_nothing,
        who_is_silent_is_not_waited_for_and_may_be_late,
        who_takes_no_refer_gets_none,
        a_bad_notify_does_nothing,
        an_exchange_s_line_is_handed_on_to_a_telephone,
        an_exchange_s_line_is_handed_on_within_its_trunk,
        the_programs_end_without_a_leak,
        baresip_hands_a_telephone_on,
        baresip_hands_a_telephone_on_through_kamailio], after, failed))
