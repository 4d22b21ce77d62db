#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""A provider with several servers, found by DNS: what refuse, keep silent, move
or come back; and what a registrar may answer. All of it in a network of its
own, with DNS of its own."""

import sys
import time

import box
import certs
import dns
import namespace
import tap
import wire
from harness import Workspace
from phone import token
from provider import ACCOUNT, Server, Site, resolver
from tap import check, wait
from tlsphone import TlsPhone
from vitals import Vitals

box.quick()

# --------------------------------------------------------------- targets

def calls_follow_the_servers_that_serve():
    with Site() as s:
        main, backup = s.servers
        s.wait_up()
        wait("probes of both", 10, lambda: main.count("OPTIONS") and
             backup.count("OPTIONS"))
        s.call_and_end(main)
        vitals = Vitals(s.gateway)
        main.mode, main.only = "503", ["INVITE"]
        seen = main.invites()
        s.call_and_end(backup)
        check(main.invites() == seen + 1, "the main server was not asked")
        s.call_and_end(backup)
        check(main.invites() == seen + 1, "asked again right after its 503")
        main.mode, main.only = "silent", None
        wait("silence to be seen", 20, lambda: "does not answer OPTIONS" in
             s.gateway.process.text())
        check([x["state"] for x in s.trunk()["servers"]] ==
              ["silent", "reachable"], s.trunk()["servers"])
        s.call_and_end(backup)
        backup.mode = "silent"
        wait("the trunk to be down", 20, lambda: not s.trunk()["up"])
        check("does not answer" in s.trunk()["why"], s.trunk())
        s.nobody()
        main.mode = backup.mode = "good"
        s.wait_up()
        vitals.judge("503 and silence", fds=8, mib=8, share=0.3)
        s.call_and_end(backup if s.in_use(backup) else main)


def a_silent_server_costs_a_call_one_timer():
    with Site(options=0) as s:
        main, backup = s.servers
        s.wait_up()
        before = s.weight()
        main.mode = "silent"
        call = s.call(backup)
        check(main.invites() >= 1, "the main server was not asked first")
        s.hang_up(call)
        seen = main.invites()
        s.call_and_end(backup)
        check(main.invites() == seen, "a silent server is asked again at once")
        backup.mode = "silent"
        s.nobody()
        backup.mode = "good"
        s.call_and_end(backup, "610")
        after = s.weight()
        check(after[0] <= before[0] + 2, "descriptors: %s, then %s" % (
            before[0], after[0]))
        check(after[1] < before[1] + 20000, "memory: %s, then %s KiB" % (
            before[1], after[1]))


def a_server_that_is_gone_is_passed_over():
    with Site(options=0) as s:
        main, backup = s.servers
        s.wait_up()
        main.close()
        vitals = Vitals(s.gateway)
        for _ in range(3):
            s.call_and_end(backup)
        vitals.judge("refused", fds=8, mib=8, share=0.3)


def a_server_whose_tls_fails_is_passed_over():
    ws = Workspace()
    ca = certs.Authority(ws)
    good = TlsPhone(ca.issue("good", "DNS:prov.test"))
    faulty = [TlsPhone(ca.issue("name", "DNS:one.example")),
              TlsPhone(ca.issue("old", "DNS:prov.test",
                                "20200101000000Z", "20210101000000Z")),
              TlsPhone(certs.Authority(ws, "other").issue(
                  "stranger", "DNS:prov.test")),
              TlsPhone(stall=True)]
    with Site('transport = "tls"; tls_ca_file = "%s";' % ca.root, options=0,
              servers=[faulty[0], good]) as s:
        for bad in faulty:
            s.gateway.stop()
            s.publish(bad, good, name="_sips._tcp.prov.test")
            s.gateway.start()
            s.call_and_end(good)
            check(not bad.told, "a request was sent")
            check(bad.connections or bad.failed, "nobody tried the first")
    for bad in faulty:
        bad.close()
    ws.close()


def all_goes_by_the_outbound_proxy():
    """The server is a name that only the proxy knows."""
    with Site('proxy = "127.0.0.1:@PROXY@"; ' + ACCOUNT, options=1,
              servers=1) as s:
        proxy = s.servers[0]
        s.gateway.stop()
        resolver.zone.clear()
        del proxy.registers[:]
        s.gateway.start()
        s.wait_up()
        check(proxy.registers and all(
            r.uri.startswith("sip:prov.test") for r in proxy.registers),
            [r.uri for r in proxy.registers])
        wait("a probe", 20, lambda: proxy.count("OPTIONS"))
        call = s.call(proxy)
        check("@prov.test" in call.invite.uri, call.invite.uri)
        s.hang_up(call)


# ------------------------------------------------------------------- DNS

def dns_that_is_silent_or_broken_harms_nothing():
    with Site(servers=1) as s:
        server = s.servers[0]
        s.wait_up()
        call = s.call(server)
        vitals = Vitals(s.gateway)
        for mode in "silent", "servfail":
            resolver.mode = mode
            wait("word of DNS (%s)" % mode, 40, lambda: "DNS does not answer" in
                 s.trunk()["last_error"], 0.3)
            check(s.trunk()["up"], "the trunk went down: %s" % s.trunk())
            check(not call.ended.is_set(), "the running call was cut")
            s.hang_up(call)
            call = s.call(server)
            resolver.mode = "good"
            wait("DNS to be well", 60, lambda: not s.trunk()["last_error"], 0.3)
        s.hang_up(call)
        vitals.judge("DNS that fails", fds=8, mib=8, share=0.3)


def an_answer_that_changes_moves_calls_and_registration():
    with Site(servers=2, trunk='user = "1555"; secret_file = "@SECRET@"; '
              'register = true;') as s:
        old, new = s.servers
        s.publish(old)
        s.wait_up()
        call = s.call(old)
        s.publish(new)
        wait("registration at the new server", 40,
             lambda: new.bindings.get("1555"))
        wait("the new server in use", 10, lambda: s.in_use(new))
        check(not call.ended.is_set(), "the running call was cut")
        s.hang_up(call)
        s.call_and_end(new)


def dns_that_comes_late_is_waited_for():
    with Site(servers=1) as s:
        s.gateway.stop()
        resolver.mode = "servfail"
        s.gateway.start()
        wait("word of DNS", 40, lambda: "DNS does not answer" in
             s.trunk()["why"], 0.3)
        check(not s.trunk()["up"], "up without an address")
        s.nobody()
        resolver.mode = "good"
        s.wait_up(seconds=90)
        s.call_and_end(s.servers[0])


def naptr_and_hosts_are_honoured():
    with Site(servers=2) as s:
        first, second = s.servers
        s.gateway.stop()
        s.publish(second, name="elsewhere.test")
        resolver.zone["prov.test", dns.NAPTR] = [
            (10, 10, "SIP+D2T", "wrong.test"),
            (20, 10, "SIP+D2U", "elsewhere.test")]
        s.gateway.start()
        s.wait_up()
        check(s.in_use(second), s.trunk())
        s.gateway.stop()
        namespace.replace("/etc/hosts", "127.0.0.1 localhost\n"
                          "127.0.0.1 prov.test\n", s.ws.dir)
        with open(s.gateway.config) as f:
            text = f.read()
        with open(s.gateway.config, "w") as f:
            f.write(text.replace('server = "prov.test";',
                                 'server = "prov.test"; port = %d;' %
                                 first.port))
        del resolver.questions[:]
        try:
            s.gateway.start()
            s.wait_up()
            check(s.in_use(first), s.trunk())
            check(not resolver.questions, "DNS was asked: %s" %
                  resolver.questions)
        finally:
            namespace.restore("/etc/hosts")


def of_many_servers_the_best_are_taken():
    """Wherever in the answer they stand, and whatever they are called."""
    with Site(servers=2) as s:
        main, backup = s.servers
        s.gateway.stop()
        resolver.zone.clear()
        resolver.zone.update({
            ("prov.test", 0): [], ("real.test", dns.A): ["127.0.0.1"],
            ("alias.test", dns.CNAME): ["real.test"],
            ("_sip._udp.prov.test", dns.CNAME): ["elsewhere.test"],
            ("elsewhere.test", dns.SRV): [
                (90 - n, 0, 9 + n, "real.test") for n in range(6)] + [
                (20, 0, backup.port, "real.test"),
                (10, 0, main.port, "alias.test")]})
        s.gateway.start()
        s.wait_up()
        servers = s.trunk()["servers"]
        check([x["address"].split(":")[-1] for x in servers] == [
            str(main.port), str(backup.port), "14", "13"], servers)
        s.call_and_end(main)
        main.mode, main.only = "503", ["INVITE"]
        s.call_and_end(backup)


# ---------------------------------------------------------- registrations


def a_registrar_that_falls_silent_is_left_for_the_next():
    main, backup = Server(), Server()
    main.mode, main.only = "silent", ["REGISTER"]
    with Site(trunk=ACCOUNT, servers=[main, backup]) as s:
        wait("registration at the second", 20,
             lambda: backup.bindings.get("1555"))
        s.wait_up()
        # The first one answers OPTIONS, but the second one knows us.
        seen = main.invites()
        s.call_and_end(backup)
        check(main.invites() == seen, "a call went where we are not registered")
        # The second one dies: in mid-registration back to the first.
        main.mode, backup.mode = "good", "silent"
        wait("registration at the first", 30,
             lambda: main.bindings.get("1555"))
        wait("the first in use", 20, lambda: s.trunk()["up"] and s.in_use(main))
        s.call_and_end(main)
        backup.mode = "good"


def whatever_a_registrar_says_is_borne():
    with Site(trunk=ACCOUNT, servers=1) as s:
        server = s.servers[0]
        s.wait_up()
        s.gateway.stop()
        wait("end of the registration", 5, lambda: not server.bindings)
        nonce = 'WWW-Authenticate: Digest realm="tests", nonce="%s", qop="auth"'
        asked = []

        def stale(m):
            if "authorization" not in dict(m.headers):
                return None
            if not asked:
                asked.append(1)
                server.nonce = token()
                return 401, "Stale", nonce % server.nonce + ", stale=true"
            return None

        def too_brief(m):
            seconds = int(m.get("expires"))
            return (423, "Interval Too Brief", "Min-Expires: 1800") \
                if 0 < seconds < 1800 else None

        # (registrar, what `tipring trunks` says or None: it must register)
        for registrar, word in (
                (lambda m: (401, "Again", nonce % token()), "401"),
                (lambda m: (403, "Forbidden"), "403"),
                (lambda m: (503, "Overload", "Retry-After: 100"), "503"),
                (stale, None), (too_brief, None)):
            server.registrar = registrar
            del server.registers[:]
            s.gateway.start()
            if word:
                wait("word of %s" % word, 20, lambda: word in
                     s.trunk()["last_error"] and s.trunk()["next_s"] > 0)
                check(not s.trunk()["up"], "up without a registration")
                vitals = Vitals(s.gateway)
                time.sleep(2)
                vitals.judge("registrar's " + word, fds=8, mib=8, share=0.3)
                check(len(server.registers) <= 4, "%d REGISTERs after %s" % (
                    len(server.registers), word))
                if word == "503":
                    check(95 <= s.trunk()["next_s"] <= 101, s.trunk())
                s.nobody()
            else:
                s.wait_up()
                s.call_and_end(server)
            s.gateway.stop()
        check(asked, "the stale nonce was never used")
        wait("end of the registration", 5, lambda: not server.bindings)


def the_strongest_digest_is_answered():
    with Site(trunk=ACCOUNT, servers=1) as s:
        server = s.servers[0]
        s.wait_up()
        for offered, chosen in (
                (["SHA-256"], "SHA-256"), (["SHA-256", "MD5"], "SHA-256"),
                (["MD5", "SHA-256"], "SHA-256"),
                (["SHA-512-256"], "SHA-512-256")):
            s.gateway.stop()
            wait("end of the registration", 5, lambda: not server.bindings)
            server.algorithms = offered
            del server.registers[:]
            s.gateway.start()
            s.wait_up()
            header = server.registers[-1].get("authorization")
            check("algorithm=%s," % chosen in header, header)
        s.call_and_end(server)


def path_and_service_route_stay_with_their_trunk():
    prov = ('{ name = "%s"; server = "127.0.0.1"; port = %d; domain = "%s.test";'
            ' options = 0; %s }')
    first, second = Server(), Server()
    first.registrar = lambda m: (
        200, "OK", "Contact: %s;expires=60" % m.get("contact"),
        "Path: <sip:edge@127.0.0.1:%d;lr>" % first.port,
        "Service-Route: <sip:way@127.0.0.1:%d;lr>" % first.port)
    with Site(servers=[first, second], trunks=prov % (
            "prov", first.port, "first", ACCOUNT) + ", " + prov % (
            "other", second.port, "second", ""), more=(
            'routes = ( { called = "7xx"; to = [ "trunk:other" ]; } );')) as s:
        s.wait_up("prov")
        check("path" in first.registers[0].get("supported"),
              first.registers[0].headers)
        call = s.call(first)
        check("sip:way@" in call.invite.get("route"), call.invite.headers)
        check("edge" not in str(call.invite.headers), call.invite.headers)
        s.hang_up(call)
        call = s.call(second, "700")
        check(not call.invite.get("route"), call.invite.headers)
        s.hang_up(call)


if wire.DAHDI:
    print("1..0 # SKIP these tests are about servers, not lines")
    raise SystemExit(0)
sys.exit(tap.run([
    calls_follow_the_servers_that_serve,
    a_silent_server_costs_a_call_one_timer,
    a_server_that_is_gone_is_passed_over,
    a_server_whose_tls_fails_is_passed_over,
    all_goes_by_the_outbound_proxy,
    dns_that_is_silent_or_broken_harms_nothing,
    an_answer_that_changes_moves_calls_and_registration,
    dns_that_comes_late_is_waited_for,
    naptr_and_hosts_are_honoured,
    of_many_servers_the_best_are_taken,
    a_registrar_that_falls_silent_is_left_for_the_next,
    whatever_a_registrar_says_is_borne,
    the_strongest_digest_is_answered,
    path_and_service_route_stay_with_their_trunk,
]))
