#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Who calls whom, as SIP tells it: numbers, identities, diversion, privacy;
bodies, extensions and methods that are taken or refused."""

import re
import sys

import box
import tap
import ua
from tap import check
from ua import Dialog, rig, same, sdp

box.quick()


def refuse_all(called, caller):
    """Ends a call of which the INVITE was all that mattered."""
    called.reply(486, "Busy Here")
    called.expect("ACK")
    caller.refused(486)


def arrives(to=3, number="600", **more):
    """A call from "in" and its INVITE at another trunk."""
    caller, called = rig().through(to, number, **more)
    refuse_all(called, caller)
    return called.invite


def sent_by(n, **more):
    """An INVITE of trunk n, as it comes out at "in"."""
    caller = Dialog(rig()[n], "600").call(**more)
    called = Dialog(rig()[2], invite=rig()[2].expect("INVITE"))
    refuse_all(called, caller)
    return called.invite


def user_of(value):
    found = re.search(r"(?:sips?|tel):([^@;>]*)", value)
    return found.group(1) if found else ""


# ---------------------------------------------------------------- identities

def p_asserted_identity_goes_in_and_out():
    m = arrives(extra=[("P-Asserted-Identity",
                        '"Ann" <sip:+15551230009@x.test>')])
    same("asserted", user_of(m.get("p-asserted-identity")), "+15551230009")
    same("From", user_of(m.get("from")), "+15551230009")
    check('"Ann"' in m.get("from"), m.get("from"))


def a_tel_identity_is_read_beside_a_name():
    m = arrives(extra=[("P-Asserted-Identity", "<sip:ann@x.test>"),
                       ("P-Asserted-Identity", "<tel:+1-555-123-0008>")])
    same("asserted", user_of(m.get("p-asserted-identity")), "+15551230008")


def p_preferred_identity_goes_out_and_in():
    m = arrives(4, "15557654321")
    same("preferred", user_of(m.get("p-preferred-identity")), "5550100")
    same("asserted", m.get("p-asserted-identity"), "")
    m = sent_by(4, extra=[("Supported", "100rel"), (
        "P-Preferred-Identity", "<sip:5551230007@x.test>")])
    same("asserted", user_of(m.get("p-asserted-identity")), "+15551230007")


def remote_party_id_goes_out_and_in():
    m = arrives(5, "15557654321")
    value = m.get("remote-party-id")
    check("party=calling" in value and "privacy=off" in value, value)
    same("asserted", m.get("p-asserted-identity"), "")
    m = sent_by(5, extra=[("Remote-Party-ID",
                           "<sip:15551230006@x.test>;party=calling"),
                          ("P-Asserted-Identity", "<sip:15559999999@x.test>")])
    same("asserted", user_of(m.get("p-asserted-identity")), "+15551230006")


def only_from_where_a_trunk_wants_it_so():
    m = arrives(6, "15557654321")
    for name in "p-asserted-identity", "p-preferred-identity", "remote-party-id":
        same(name, m.get(name), "")
    m = sent_by(6, extra=[("P-Asserted-Identity", "<sip:+15559999999@x.test>")])
    same("asserted", user_of(m.get("p-asserted-identity")), "5550100")


def privacy_hides_the_caller_and_tells_the_provider():
    m = arrives(extra=[("Privacy", "id"), ("P-Asserted-Identity",
                                           "<sip:+15551230009@x.test>")])
    check("anonymous@anonymous.invalid" in m.get("from"), m.get("from"))
    same("privacy", m.get("privacy"), "id")
    same("asserted", user_of(m.get("p-asserted-identity")), "+15551230009")
    m = arrives(5, "15557654321", extra=[("Privacy", "id")])
    check("privacy=full" in m.get("remote-party-id"), m.get("remote-party-id"))
    m = arrives(6, "15557654321", extra=[("Privacy", "user;id")])
    check("5550100" not in str(m.headers), str(m.headers))
    # And back, however the provider puts it.
    for n, extra in ((3, ("Privacy", "id")), (5, (
            "Remote-Party-ID", "<sip:15551230006@x.test>;privacy=full"))):
        m = sent_by(n, extra=[extra])
        same("privacy", m.get("privacy"), "id")


# ------------------------------------------------------------------- numbers

def numbers_are_written_as_the_trunk_wants_them():
    caller = "<sip:+13125550142@127.0.0.2>"
    for to, number, called, calling in (
            (3, "600", "600", "+13125550142"),
            (4, "15557654321", "5557654321", "3125550142"),
            (4, "011442075550100", "011442075550100", "3125550142"),
            (5, "5557654321", "15557654321", "13125550142"),
            (6, "011442075550100", "+442075550100", "+13125550142"),
            (6, "600", "600", "+13125550142")):
        m = arrives(to, number, sender=caller)
        same("called at %d" % to, user_of(m.uri), called)
        same("To at %d" % to, user_of(m.get("to")), called)
        same("calling at %d" % to, user_of(m.get("from")), calling)


def numbers_are_read_as_the_trunk_writes_them():
    for n, caller, number in ((4, "3125550142", "+13125550142"),
                              (4, "011442075550100", "+442075550100"),
                              (5, "442075550100", "+442075550100"),
                              (6, "3125550142", "+13125550142"),
                              (3, "3125550142", "3125550142")):
        m = sent_by(n, sender="<sip:%s@x.test>" % caller,
                    extra=[("Supported", "100rel")])
        same("calling from %d" % n, user_of(m.get("from")), number)


def a_route_chooses_the_caller_number_of_its_region():
    same("from", user_of(arrives(number="97600").get("from")), "+13125550100")
    same("from", user_of(arrives(number="98600").get("from")), "+442075550100")


def tel_uris_are_understood():
    r = rig()
    caller = Dialog(r[2], "600").call(
        uri="tel:+1-555-123-4567;phone-context=example.test",
        sender="<tel:+1-555-123-0001>")
    called = Dialog(r[3], invite=r[3].expect("INVITE"))
    refuse_all(called, caller)
    same("called", user_of(called.invite.uri), "+15551234567")
    same("calling", user_of(called.invite.get("from")), "+15551230001")


# ----------------------------------------------------------------- diversion

DIVERTED = '"Desk" <sip:+15551230005@x.test>;reason=user-busy;counter=1'
HISTORY = ('<sip:+15551230005@x.test?Reason=SIP%3Bcause%3D486>;index=1,'
           '<sip:600@x.test;cause=486>;index=1.1')


def diversion_is_read_and_written():
    for extra in ("Diversion", DIVERTED), ("History-Info", HISTORY):
        m = arrives(4, "15557654321", extra=[extra])
        value = m.get("diversion")
        same("diverting", user_of(value), "5551230005")
        check("reason=user-busy" in value, value)
    # The last of several stands first.
    m = arrives(4, "15557654321", extra=[("Diversion", DIVERTED), (
        "Diversion", "<sip:+15550000000@x.test>;reason=no-answer")])
    same("diverting", user_of(m.get("diversion")), "5551230005")
    same("diversion", arrives(4, "15557654321").get("diversion"), "")
    m = arrives(extra=[("Diversion", DIVERTED)])
    same("diversion where it is off", m.get("diversion"), "")


def history_info_is_read_and_written():
    for extra in ("Diversion", DIVERTED), ("History-Info", HISTORY):
        value = arrives(5, "15557654321", extra=[extra]).get("history-info")
        check(re.search(r"<sip:15551230005@[^>]*>;index=1, ?"
                        r"<sip:15557654321@[^>]*;cause=486>;index=1.1", value),
              value)


def an_extension_sends_its_caller_on():
    """The PBX rings us for its caller: the provider hears of both."""
    with box.Box(trunk='diversion = "diversion";') as b:
        b.do('ring 1 from 5559876 name "Bob"')
        call = b.phone.expect_call(30)
        m = call.invite
        same("calling", user_of(m.get("from")), "5559876")
        same("diverting", user_of(m.get("diversion")), "201")
        check("reason=unconditional" in m.get("diversion"), m.get("diversion"))
        call.reject(486, "Busy Here")
        b.do("ring 1 off")
        b.gateway.wait_idle()
        # A telephone's own call is nobody else's.
        call = b.call_sip(3)
        same("diversion", call.invite.get("diversion"), "")
        call.reject(486, "Busy Here")
        b.do("on-hook 3")
        b.gateway.wait_idle()


# -------------------------------------------------------------------- bodies

def mixed(parts, boundary="b-1"):
    text = "".join("--%s\r\n%s\r\n" % (boundary, p) for p in parts)
    return text + "--%s--\r\n" % boundary


def part(kind, text, *more):
    return "".join(h + "\r\n" for h in ("Content-Type: " + kind,) + more) + \
        "\r\n" + text


def a_description_in_multipart_is_found():
    body = mixed([
        part("application/isup;version=itu-t92+", "\1\2",
             "Content-Disposition: signal;handling=optional"),
        part("application/sdp", sdp("127.0.0.2", 41234))])
    kind = ("Content-Type", 'multipart/mixed; boundary="b-1"')
    caller, called = rig().through(body=body, extra=[kind])
    called.accept()
    m = caller.answered()
    check(re.search(r"^m=audio [1-9]", m.body, re.M), m.body)
    caller.hang_up()
    called.ended()
    inner = mixed([part("text/plain", "x"), part("application/sdp", sdp())], "in")
    caller, called = rig().through(body=mixed([part(
        'multipart/alternative;boundary=in', inner)]), extra=[kind])
    refuse_all(called, caller)


def bodies_that_nobody_reads_are_refused():
    for body, extra in (
            ("hello", [("Content-Type", "text/plain")]),
            (sdp(), [("Content-Type", "application/sdp"),
                     ("Content-Encoding", "gzip")]),
            (mixed([part("text/plain", "x")]),
             [("Content-Type", "multipart/mixed;boundary=b-1")]),
            (mixed([part("application/sdp", sdp()), part(
                "application/isup", "x",
                "Content-Disposition: signal;handling=required")]),
             [("Content-Type", "multipart/mixed;boundary=b-1")]),
            (mixed([part("application/sdp", sdp())]),
             [("Content-Type", "multipart/mixed")])):
        m = Dialog(rig()[2], "600").call(body, extra=extra).refused(415)
        check("application/sdp" in m.get("accept"), m.get("accept"))
        same("Accept-Encoding", m.get("accept-encoding"), "identity")


# ---------------------------------------------------- extensions and methods

def unknown_extensions_are_named():
    m = Dialog(rig()[2], "600").call(
        extra=[("Require", "foo, 100rel")]).refused(420)
    same("Unsupported", m.get("unsupported"), "foo")


def methods_without_a_use_here_are_refused():
    for method, statuses in (
            ("MESSAGE", (405,)), ("PUBLISH", (405, 489)), ("FOO", (501, 405)),
            ("SUBSCRIBE", (405, 489)), ("REGISTER", (405, 403)),
            ("INFO", (481,)), ("UPDATE", (481,)), ("BYE", (481,))):
        d = Dialog(rig()[2], "600")
        d.send(method, extra=[("Event", "presence")])
        m = d.expect(*statuses)
        check("INVITE" in m.get("allow"), "%s: Allow: %s" % (
            method, m.get("allow")))
        if m.status == 489:
            check(m.get("allow-events"), "489 without Allow-Events")


def schemes_that_no_line_has_are_refused():
    for uri in "http://x.test/", "foo:bar":
        Dialog(rig()[2], "600").call(uri=uri).refused(416)


def a_call_in_a_loop_is_stopped():
    Dialog(rig()[2], "600").call(hops=0).refused(483)
    same("Max-Forwards", arrives(hops=17).get("max-forwards"), "16")


def a_merged_request_is_refused():
    caller, called = rig().through()
    caller.sequence -= 1
    caller.send("INVITE", sdp(), uri="sip:601@127.0.0.1:%d" % rig().sip)
    caller.peer.expect(482, call_id=caller.id)
    refuse_all(called, caller)


def long_headers_are_carried():
    name = "x" * 70
    m = arrives(extra=[
        ("P-Asserted-Identity", '"%s" <sip:+15551230009@x.test>' % name),
        ("X-Long", "y" * 8000), ("User-Agent", "z" * 3000)])
    check(name in m.get("p-asserted-identity"), m.get("p-asserted-identity"))
    check(len(m.get("user-agent")) < 200, m.get("user-agent"))


if __name__ == "__main__":
    sys.exit(tap.run([
        p_asserted_identity_goes_in_and_out,
        a_tel_identity_is_read_beside_a_name,
        p_preferred_identity_goes_out_and_in,
        remote_party_id_goes_out_and_in,
        only_from_where_a_trunk_wants_it_so,
        privacy_hides_the_caller_and_tells_the_provider,
        numbers_are_written_as_the_trunk_wants_them,
        numbers_are_read_as_the_trunk_writes_them,
        a_route_chooses_the_caller_number_of_its_region,
        tel_uris_are_understood,
        diversion_is_read_and_written,
        history_info_is_read_and_written,
        an_extension_sends_its_caller_on,
        a_description_in_multipart_is_found,
        bodies_that_nobody_reads_are_refused,
        unknown_extensions_are_named,
        methods_without_a_use_here_are_refused,
        schemes_that_no_line_has_are_refused,
        a_call_in_a_loop_is_stopped,
        a_merged_request_is_refused,
        long_headers_are_carried,
        ua.the_gateway_ends_without_a_leak], ua.after, ua.failed))
