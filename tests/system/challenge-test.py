#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Servers that want proof of who we are in mid-call: for BYE, for a change of
the session, for digits; and those that take none."""

import os
import sys

import box
import harness
import tap
import ua
from tap import check
from ua import Dialog, proven, rig, same, sdp

box.quick()
SECRET = "Tipperary-18-miles"
CONFIG = ua.CONFIG
for name in "in", "out":
    CONFIG = CONFIG.replace('name = "%s";' % name, 'name = "%s"; user = "box"; '
                            'secret_file = "{secret}";' % name)
CONFIG = CONFIG.replace('name = "out";', 'name = "out"; realm = "far";')
CONFIG = CONFIG.replace("rtp = {{", "rtp = {{ dead = 0;").replace('session_timer = 1200;',
                        'session_timer = 90; dtmf = "info";').replace(
    'name = "six";', 'name = "six"; dtmf = "info";')
HELD = sdp(direction="sendonly", version=2)
place = harness.Workspace()
secret = place.write("secret", SECRET + "\n")
os.chmod(secret, 0o600)
ua.make = lambda: ua.Rig(CONFIG, secret=secret)


def is_proven(m):
    proven(m, "box", SECRET)
    return m


def no_more(dialog, method, within=1):
    check(not dialog.peer.wanted((method,), within, dialog.id), "more " + method)


# ------------------------------------------------------------------------- BYE

def a_bye_that_is_challenged_comes_with_proof():
    for status in 401, 407:
        # Of a call that we made, and of one that we took.
        caller, called = rig().talk()
        caller.hang_up()
        m = is_proven(called.challenges(called.expect("BYE"), status))
        called.peer.reply(m, 200, "OK")
        caller, called = rig().talk()
        called.hang_up()
        m = is_proven(caller.challenges(caller.expect("BYE"), status))
        caller.peer.reply(m, 200, "OK")
        rig().gateway.wait_idle()


def a_bye_is_not_proven_for_ever():
    # The same nonce again: our secret is wrong.
    caller, called = rig().talk()
    caller.hang_up()
    m = is_proven(called.challenges(called.expect("BYE")))
    called.peer.reply(m, 401, "No", extra=[(
        "WWW-Authenticate", 'Digest realm="far", nonce="one", algorithm=MD5, '
        'qop="auth"')])
    no_more(called, "BYE")
    # Another each time.
    caller, called = rig().talk()
    caller.hang_up()
    m, times = called.expect("BYE"), 0
    while m and times < 10:
        called.peer.reply(m, 401, "No", extra=[(
            "WWW-Authenticate", 'Digest realm="far", nonce="%d", '
            'algorithm=MD5, qop="auth"' % times)])
        m, times = called.peer.wanted(("BYE",), 1, called.id), times + 1
    check(times < 8, "%d proofs" % times)
    # What we have no answer to.
    caller, called = rig().talk()
    caller.hang_up()
    called.peer.reply(called.expect("BYE"), 401, "No", extra=[(
        "WWW-Authenticate", 'Basic realm="far"')])
    no_more(called, "BYE")
    legs(0)


def legs(wanted):
    tap.wait("%d legs" % wanted, 20, lambda: wanted == sum(
        t["calls"] for t in rig().gateway.ask("trunks")["trunks"]))


# ------------------------------------------------------------------- re-INVITE

def held(caller, called, body=HELD):
    """The caller holds; the re-INVITE that its called gets."""
    caller.send("INVITE", body)
    caller.invite_sequence = caller.sequence
    caller.answered()
    return called.expect("INVITE")


def freed(caller, called, version=3):
    """The caller holds no more."""
    m = held(caller, called, sdp(version=version))
    check("a=sendrecv" in m.body, m.body)
    called.reply(200, body=sdp(called.peer.host, version=version), request=m)
    called.expect("ACK")


def a_hold_that_is_challenged_comes_with_proof():
    for status in 401, 407:
        caller, called = rig().talk()
        m = is_proven(called.challenges(held(caller, called), status))
        check("a=sendonly" in m.body or "a=inactive" in m.body, m.body)
        called.reply(200, body=sdp("127.0.0.3", direction="recvonly",
                                   version=2), request=m)
        called.expect("ACK")
        caller.hang_up()
        # From now on each request has it.
        m = is_proven(called.expect("BYE"))
        called.peer.reply(m, 200, "OK")


def a_hold_that_takes_no_proof_ends_nothing():
    caller, called = rig().talk()
    m = called.challenges(held(caller, called))
    called.reply(401, request=m, extra=[(
        "WWW-Authenticate", 'Digest realm="far", nonce="one", algorithm=MD5, '
        'qop="auth"')])
    called.expect("ACK")
    no_more(called, "INVITE")
    # It can be taken back, and the call ends as any.
    freed(caller, called)
    caller.hang_up()
    called.ended()


def a_hold_is_not_proven_for_ever():
    """What has proved the call does not prove its hold."""
    caller, called = rig().through()
    called.invite = is_proven(called.challenges(called.invite))
    called.accept()
    caller.answered()
    m = is_proven(called.challenges(held(caller, called)))
    called.reply(401, request=m, extra=[(
        "WWW-Authenticate", 'Digest realm="far", nonce="one", algorithm=MD5, '
        'qop="auth"')])
    called.expect("ACK")
    no_more(called, "INVITE")
    freed(caller, called)
    caller.hang_up()
    called.ended()


def timed(allow):
    """A call of 30 s that is to be refreshed after 12."""
    caller, called = rig().through()
    called.accept(extra=[("Allow", allow), ("Require", "timer"),
                         ("Session-Expires", "30;refresher=uac")])
    caller.answered()
    return caller, called


ALLOWS = "INVITE, ACK, BYE, UPDATE", "INVITE, ACK, BYE"


def a_refresh_that_is_challenged_comes_with_proof():
    """An UPDATE, a re-INVITE for who takes none; both at once."""
    calls = [timed(allow) for allow in ALLOWS]
    for (caller, called), method in zip(calls, ("UPDATE", "INVITE")):
        m = is_proven(called.challenges(called.expect(method, within=60), 407))
        called.reply(200, request=m,
                     body=sdp("127.0.0.3") if method == "INVITE" else "",
                     extra=[("Require", "timer"),
                            ("Session-Expires", "30;refresher=uac")])
        if method == "INVITE":
            called.expect("ACK")
        caller.hang_up()
        m = is_proven(called.expect("BYE"))
        called.peer.reply(m, 200, "OK")


# --------------------------------------------------------------------- digits

def info(dialog):
    dialog.send("INFO", "Signal=5\r\nDuration=160\r\n",
                extra=[("Content-Type", "application/dtmf-relay")])
    dialog.expect(200)


def a_digit_that_is_challenged_comes_with_proof():
    caller, called = rig().talk()
    info(caller)
    m = is_proven(called.challenges(called.expect("INFO")))
    check("Signal=5" in m.body, m.body)
    called.peer.reply(m, 200, "OK")
    caller.hang_up()
    m = is_proven(called.expect("BYE"))
    called.peer.reply(m, 200, "OK")


# ----------------------------------------------------------- without a secret

def asked(dialog, request, challenge):
    dialog.peer.reply(request, 401, "Who Is It", tag=dialog.tag,
                      extra=[("WWW-Authenticate", challenge)])
    if request.method == "INVITE":
        dialog.expect("ACK")
    no_more(dialog, request.method)


def who_has_no_answer_goes_on_without():
    """A trunk without a secret; one with a secret, and a server that wants
    something else. Nothing that comes later waits for a proof."""
    for to, challenge in ((6, 'Digest realm="far", nonce="one"'),
                          (3, 'Basic realm="far"')):
        caller, called = rig().talk(to)
        info(caller)
        asked(called, called.expect("INFO"), challenge)
        info(caller)
        called.peer.reply(called.expect("INFO"), 200, "OK")
        caller.hang_up()
        asked(called, called.expect("BYE"), challenge)
        legs(0)
    caller, called = rig().talk(6)
    asked(called, held(caller, called), 'Digest realm="far", nonce="one"')
    freed(caller, called)
    caller.hang_up()
    called.ended()
    check("a digit was refused: 401" in rig().gateway.process.text(),
          "no word of the digit")


# ------------------------------------------- proof of what we have none of

FOREIGN = ('Digest realm="near", nonce="one"', 'Basic realm="far"',
           'Digest realm="far", nonce="one", algorithm=SHA-3')


def a_hold_that_nobody_can_prove_is_refused():
    for challenge in FOREIGN:
        caller, called = rig().talk()
        asked(called, held(caller, called), challenge)
        freed(caller, called)
        # What proves for ours is not forgotten.
        m = is_proven(called.challenges(held(caller, called, sdp(
            direction="sendonly", version=4))))
        called.reply(200, body=sdp("127.0.0.3", direction="recvonly",
                                   version=4), request=m)
        called.expect("ACK")
        asked(called, held(caller, called, sdp(version=5)), challenge)
        caller.hang_up()
        called.ended()


def a_refresh_that_nobody_can_prove_is_refused():
    """It is asked again, and until the time is up the call goes on."""
    calls = [timed(allow) for allow in ALLOWS + ALLOWS + ALLOWS[:1]]
    for n, (caller, called) in enumerate(calls):
        m = called.expect("INVITE" if n % 2 else "UPDATE", within=60)
        called.reply(401, request=m, extra=[("WWW-Authenticate",
                                             FOREIGN[n % len(FOREIGN)])])
        if n % 2:
            called.expect("ACK")
    # The two of the middle end in the meantime.
    for caller, called in calls[2:4]:
        caller.hang_up()
        called.ended()
    for n, (caller, called) in enumerate(calls[:2]):
        m = called.expect("INVITE" if n else "UPDATE", within=20)
        called.reply(200, request=m, body=sdp("127.0.0.3") if n else "",
                     extra=[("Require", "timer"),
                            ("Session-Expires", "30;refresher=uac")])
        if n:
            called.expect("ACK")
        caller.hang_up()
        called.ended()
    caller, called = calls[4]
    m = called.expect("UPDATE", "BYE", within=60)
    while m.method == "UPDATE":
        called.reply(401, request=m, extra=[("WWW-Authenticate", FOREIGN[0])])
        m = called.expect("UPDATE", "BYE", within=60)
    called.peer.reply(m, 200, "OK")
    caller.ended()


if __name__ == "__main__":
    with place:
        sys.exit(tap.run([
            a_bye_that_is_challenged_comes_with_proof,
            a_bye_is_not_proven_for_ever,
            a_hold_that_is_challenged_comes_with_proof,
            a_hold_that_takes_no_proof_ends_nothing,
            a_hold_is_not_proven_for_ever,
            a_refresh_that_is_challenged_comes_with_proof,
            a_digit_that_is_challenged_comes_with_proof,
            who_has_no_answer_goes_on_without,
            a_hold_that_nobody_can_prove_is_refused,
            a_refresh_that_nobody_can_prove_is_refused,
            ua.the_gateway_ends_without_a_leak], ua.after, ua.failed))
