#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Files of etc/examples about trunks, as they are but for addresses, ports and
the lines' driver: calls both ways with the peers they are written for."""

import base64
import os
import re
import sys

import box
import certs
import dns
import harness
import namespace
import tap
import wire
from harness import Gateway, Pbx, Workspace
from phone import Phone, uri_of
from tap import check, wait
from tlsphone import TlsPhone

box.quick()
namespace.enter()

OURS = """
control = "{control}";
cdr = {{ file = "{cdr}"; journal = false; }};
sim = {{ directory = "{lines}"; }};
rtp = {{ address = "127.0.0.1"; ports = [{rtp}, {rtp_last}]; }};
"""

KAMAILIO = """\
#!KAMAILIO
debug=2
log_stderror=yes
children=2
fork=yes
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "dispatcher.so"
modparam("tm", "fr_timer", 1000)
modparam("dispatcher", "list_file", "{list}")
modparam("dispatcher", "ds_ping_interval", 1)
modparam("dispatcher", "ds_probing_mode", 1)
modparam("dispatcher", "ds_probing_threshold", 1)
request_route {{
	if (!mf_process_maxfwd_header("10")) {{
		sl_send_reply("483", "Too Many Hops");
		exit;
	}}
	if (has_totag()) {{
		loose_route();
		t_relay();
		exit;
	}}
	if (is_method("CANCEL")) {{
		if (t_check_trans())
			t_relay();
		exit;
	}}
	if (is_method("OPTIONS")) {{
		sl_send_reply("200", "OK");
		exit;
	}}
	record_route();
	if ($sp == {gateway}) {{
		$du = "sip:127.0.0.1:{phone}";
		t_relay();
		exit;
	}}
	if (!ds_select_dst("1", "8")) {{
		sl_send_reply("503", "No Box");
		exit;
	}}
	t_relay();
}}
"""


class Example:
    """The gateway with one of these files; change: {text: text instead}, each of
    which must be there. Telephones are on its lines."""

    def __init__(self, ws, name, sip, change, lines, country="us"):
        self.ws, self.sip = ws, sip
        self.pbx = Pbx(ws, fxs="", fxo="1-%d" % lines, count=lines,
                       more=("--country", country))
        with open(os.path.join(harness.SOURCE, "etc", "examples", name)) as f:
            text = f.read()
        for old, new in dict(change, **{'"dahdi/': '"sim/'}).items():
            check(old in text, "%s has no %s" % (name, old))
            text = text.replace(old, new)
        rtp = harness.free_ports(40)
        text += OURS.format(control=ws.path("control"), cdr=ws.path("cdr"),
                            lines=self.pbx.directory, rtp=rtp,
                            rtp_last=rtp + 39)
        self.gateway = Gateway(ws, text, ws.path("control"), ws.path("cdr"))
        self.gateway.wait_ready()

    def dial(self, line, number):
        self.pbx.do("off-hook %d" % line)
        self.pbx.expect(line, "dial-tone")
        self.pbx.do("dial %d %s" % (line, number))

    def out(self, line, number, phone):
        """The telephone calls, the provider's side answers."""
        self.dial(line, number)
        call = phone.expect_call(30)
        call.ring()
        self.pbx.expect(line, "ringback")
        call.answer()
        return call

    def hang_up(self, line, call):
        self.pbx.do("on-hook %d" % line)
        call.wait_ended()
        self.gateway.wait_idle()

    def into(self, line, number, phone, port):
        """A call from the provider's side rings that line, which answers."""
        call = phone.call(number, port)
        self.pbx.expect(line, "ring", 20)
        self.pbx.do("off-hook %d" % line)
        call.expect(200)
        return call

    def stop(self):
        self.gateway.stop()
        self.pbx.stop()


def with_example(test):
    ws = Workspace()
    try:
        test(ws)
    except BaseException:
        ws.tails()
        raise
    finally:
        ws.close()


def static_ip_trunk():
    def test(ws):
        provider, sip = Phone(), harness.free_ports(2)
        resolver.zone.clear()
        resolver.zone.update({
            ("_sip._udp.sip.provider.example", dns.SRV): [
                (10, 0, provider.port, "a.provider.example")],
            ("a.provider.example", dns.A): ["127.0.0.1"]})
        e = Example(ws, "static-ip-trunk.conf", sip, {
            "udp:198.51.100.20:5060": "udp:127.0.0.1:%d" % sip}, 4)
        call = e.out(1, "2065559999#", provider)
        check("2065559999@sip.provider.example" in call.invite.uri,
              call.invite.uri)
        # The main number rings the next one; three calls fill the uplink.
        second = e.into(2, "+12065550100", provider, sip)
        third = e.into(3, "+12065550100", provider, sip)
        provider.call("+12065550100", sip).expect(503)
        for line, c in (1, call), (2, second), (3, third):
            e.pbx.do("on-hook %d" % line)
            c.wait_ended()
        e.gateway.wait_idle()
        e.stop()
        provider.close()
    with_example(test)


def account_per_line():
    def test(ws):
        registrar, sip = Phone(), harness.free_ports(2)
        registrar.accounts = {}
        change = {'server = "sip.provider.example"':
                  'server = "127.0.0.1"; port = %d' % registrar.port}
        for n, user in enumerate(("493055510", "493055511", "493055512"), 1):
            registrar.accounts[user] = "Xk3-line-%d" % n
            secret = ws.write("line-%d.secret" % n, "Xk3-line-%d\n" % n)
            os.chmod(secret, 0o600)
            change["/etc/tipring/line-%d.secret" % n] = secret
        change['country = "de";'] = (
            'country = "de"; sip = { listen = [ "udp:127.0.0.1:%d" ]; };' % sip)
        e = Example(ws, "account-per-line.conf", sip, change, 3, "de")
        wait("three registrations", 20, lambda: len(registrar.bindings) == 3)
        accounts = e.gateway.json("trunks")["trunks"][0]["accounts"]
        check([(a["name"], a["state"], a["next_s"] > 0) for a in accounts] ==
              [("line-%d" % n, "registered", True) for n in (1, 2, 3)],
              accounts)
        call = e.out(2, "030123456#", registrar)
        check("493055511" in call.invite.get("from") and
              "sip:493055511@" in call.invite.get("contact"),
              call.invite.headers)
        e.hang_up(2, call)
        # To a line's own Contact.
        contact = re.search(r"sip:([^@]+)@", registrar.bindings["493055512"])
        call = e.into(3, contact.group(1), registrar, sip)
        e.hang_up(3, call)
        e.stop()
        check(not registrar.bindings, "still registered: %s" %
              registrar.bindings)
        registrar.close()
    with_example(test)


def tls_srtp():
    suite = "AES_CM_128_HMAC_SHA1_80"
    crypto = "a=crypto:%%s %s inline:%s\r\n" % (
        suite, base64.b64encode(bytes(range(30))).decode())

    def test(ws):
        ca = certs.Authority(ws)
        provider = TlsPhone(ca.issue("provider", "DNS:sip.provider.example"))
        provider.accounts = {"15551230000": "Tipperary, 18 miles"}
        secret = ws.write("secret", "Tipperary, 18 miles\n")
        os.chmod(secret, 0o600)
        resolver.zone.clear()
        resolver.zone.update({
            ("_sips._tcp.sip.provider.example", dns.SRV): [
                (10, 0, provider.port, "a.provider.example")],
            ("a.provider.example", dns.A): ["127.0.0.1"]})
        # The system's issuers are one more.
        e = Example(ws, "tls-srtp.conf", 0, {
            "/etc/tipring/acme.secret": secret,
            'transport = "tls";': 'transport = "tls"; tls_ca_file = "%s";' %
            ca.root}, 1)
        wait("registration", 20, lambda: provider.bindings)
        check(provider.names and
              set(provider.names) == {"sip.provider.example"}, provider.names)
        e.dial(1, "2065559999#")
        call = provider.expect_call(30)
        tag = re.search(r"^m=audio \d+ RTP/SAVP .*^a=crypto:(\d+) %s " % suite,
                        call.invite.body, re.M | re.S)
        check(tag, call.invite.body)
        call.respond(200, "OK", call.sdp(proto="RTP/SAVP",
                                         extra=crypto % tag.group(1)))
        check(call.acked.wait(20), "no ACK")
        wait("a call by SRTP", 20, lambda: [
            c for c in e.gateway.calls() if c["srtp"]])
        e.hang_up(1, call)
        # A call comes by our connection; one in the clear does not.
        number = re.search(r"sip:([^@]+)@",
                           provider.bindings["15551230000"]).group(1)
        provider.call(number, 0).expect(488)
        call = provider.call(number, 0, call.sdp(proto="RTP/SAVP",
                                                 extra=crypto % 1))
        e.pbx.expect(1, "ring", 20)
        e.pbx.do("off-hook 1")
        call.expect(200)
        e.hang_up(1, call)
        check(len(provider.connections) == 1, "%d connections" %
              len(provider.connections))
        e.stop()
        check(not provider.bindings, "still registered")
        provider.close()
    with_example(test)


def kamailio_in_front():
    path = harness.installed("kamailio", "kamailio")

    def test(ws):
        phone, sip, front = Phone(), harness.free_ports(2), \
            harness.free_ports(2)
        gone = harness.free_ports(2)
        boxes = ws.write("dispatcher.list", "1 sip:127.0.0.1:%d 0 20\n"
                         "1 sip:127.0.0.1:%d 0 10\n" % (gone, sip))
        os.mkdir(ws.path("run"))
        ws.start("kamailio", [
            path, "-f", ws.write("kamailio.cfg", KAMAILIO.format(
                port=front, list=boxes, gateway=sip, phone=phone.port)), "-DD",
            "-E", "-m", "64", "-M", "8", "-w", ws.path("run"), "-Y",
            ws.path("run")])
        e = Example(ws, "kamailio-in-front.conf", sip, {
            "udp:10.0.0.20:5060": "udp:127.0.0.1:%d" % sip,
            'server = "10.0.0.10"; port = 5060;':
            'server = "127.0.0.1"; port = %d;' % front}, 3)
        call = e.out(1, "9123#", phone)
        check("sip:127.0.0.1:%d" % front in call.invite.get("record-route"),
              call.invite.headers)
        e.hang_up(1, call)
        # dispatcher has left out the box that does not answer.
        call = None

        def taken():
            c = phone.call("102", front)
            try:
                c.expect(180, within=3)
                return c
            except tap.Fail:
                return None
        call = wait("dispatcher to choose us", 30, taken)
        e.pbx.expect(2, "ring", 20)
        e.pbx.do("off-hook 2")
        call.expect(200)
        e.hang_up(2, call)
        e.stop()
        phone.close()
    with_example(test)


if wire.DAHDI:
    print("1..0 # SKIP these tests are about servers, not lines")
    raise SystemExit(0)
place = Workspace()
namespace.replace("/etc/resolv.conf", "nameserver 127.0.0.1\n", place.dir)
resolver = dns.Dns()
status = tap.run([static_ip_trunk, account_per_line, tls_srtp,
                  kamailio_in_front])
place.close()
sys.exit(status)
