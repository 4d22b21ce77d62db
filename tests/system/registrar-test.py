#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception
"""Registrars and TLS servers with faults, and a gateway that is never started anew:
what it makes of each, what that costs it, and that calls work again after it."""

import os
import re
import sys
import time

import box
import harness
import tap
from phone import Phone, token
from tap import check, comment, wait
from tlsbed import Bed, ca_file, trunk
from vitals import Vitals

box.quick()
SECRET = "a long way to Tipperary"
CHALLENGE = 'WWW-Authenticate: Digest realm="tests", nonce="%s", qop="auth"'


class Registrar(Phone):
    """fault(m): what it says instead of what is right: status, reason, header; or
    None. It grants 5 s."""

    expires = 5

    def __init__(self):
        self.fault, self.at = None, []
        super().__init__()
        self.accounts = {"1555": SECRET}

    def _register(self, m, source):
        self.at.append(time.monotonic())
        answer = self.fault and self.fault(m)
        if not answer:
            super()._register(m, source)
            return
        self.registers.append(m)
        status, reason, header = answer
        self.send(self.response(m, status, reason, tag=token(),
                                extra=[header] if header else []), source)

    def times(self, count, fault):
        """That often, then it is well again."""
        left = [count]

        def once_more(m):
            answer = left[0] and fault(m)
            if answer:
                left[0] -= 1
            return answer or None
        self.fault = once_more
        return left


class Site:
    """The bench, and its trunk's registrar."""

    def __enter__(self):
        self.registrar = Registrar()
        self.ws = harness.Workspace()
        secret = self.ws.write("secret", SECRET + "\n")
        os.chmod(secret, 0o600)
        self.box = box.Box(ready=False, peer_port=self.registrar.port, trunk=(
            'user = "1555"; secret_file = "%s"; register = true;' % secret))
        self.box.gateway.wait_ready()
        return self

    def __exit__(self, kind, why, trace):
        self.box.__exit__(kind, why, trace)
        self.registrar.close()
        self.ws.close()

    def trunk(self):
        return self.box.gateway.json("trunks")["trunks"][0]

    def says(self, word):
        wait("'%s' (%s)" % (word, self.trunk()), 60, lambda: word in
             self.box.gateway.ask("trunks")["trunks"][0]["last_error"], 0.05)

    def works(self):
        """Registered, and a call each way."""
        b, registrar = self.box, self.registrar
        registrar.fault = None
        wait("the trunk up", 90, lambda: self.trunk()["up"] and
             self.trunk()["registration"] == "registered" and
             not self.trunk()["last_error"])
        b.do("off-hook 3")
        b.expect(3, "dial-tone")
        b.do("dial 3 600")
        call = registrar.expect_call()
        call.answer()
        b.hang_up(3, call)
        call = registrar.call("103", b.sip)
        b.expect(3, "ring")
        b.do("off-hook 3")
        call.expect(200)
        b.hang_up(3, call)


def a_stale_nonce_is_no_failure(s):
    """Not at a refresh, nor three in a row, nor all the time."""
    r, used = s.registrar, []

    def stale(m):
        nonce = re.search(r'nonce="([^"]+)"', m.get("authorization"))
        if not nonce or nonce.group(1) in used:
            return None
        used.append(nonce.group(1))
        r.nonce = token()
        return 401, "Unauthorized", CHALLENGE % r.nonce + ", stale=true"
    left = r.times(3, stale)
    wait("stale nonces, %d to go" % left[0], 60, lambda: not left[0])
    check("registration failed" not in s.box.gateway.process.text(),
          "it was taken for a failure")
    check(s.trunk()["up"], s.trunk())


def a_longer_time_is_asked_for(s):
    def brief(m):
        if int(m.get("expires")) < 1800:
            return 423, "Interval Too Brief", "Min-Expires: 1800"
        return None
    s.registrar.fault = brief
    wait("a request for 1800 s", 40, lambda: any(
        m.get("expires") == "1800" for m in s.registrar.registers[-3:]))
    check("registration failed" not in s.box.gateway.process.text(),
          "it was taken for a failure")


def a_loop_of_challenges_ends(s):
    def again(m):
        return 401, "Unauthorized", CHALLENGE % token()
    before = len(s.registrar.registers)
    s.registrar.fault = again
    s.says("401 the registrar refuses this user or secret")
    s.registrar.fault = None	# the binding holds: soon asked again
    check(len(s.registrar.registers) - before <= 8, "%d REGISTERs" % (
        len(s.registrar.registers) - before))


def who_asks_for_what_we_never_give_is_told_of(s):
    """The password is not to blame, and does not go out."""
    r = s.registrar
    before = len(r.registers)
    r.times(1, lambda m: (
        401, "Unauthorized", 'WWW-Authenticate: Basic realm="other"\r\n'
        'WWW-Authenticate: Digest realm="other", nonce="1", algorithm=AKAv1-MD5'))
    s.says("401 it offers no kind of authentication that we have")
    check(not any(m.get("authorization") for m in r.registers[before + 1:]),
          "it was answered")


def even_of_stale_ones(s):
    """As long as it may go on, it is bounded."""
    def again(m):
        return 401, "Unauthorized", CHALLENGE % token() + ", stale=true"
    before = len(s.registrar.registers)
    s.registrar.fault = again
    s.says("401 the registrar finds each nonce of its own stale")
    s.registrar.fault = None
    check(len(s.registrar.registers) - before <= 16, "%d REGISTERs" % (
        len(s.registrar.registers) - before))


def a_busy_registrar_is_left_alone(s):
    r = s.registrar
    r.times(1, lambda m: (503, "Overload", "Retry-After: 3"))
    s.says("503 Overload")
    refused = len(r.at) - 1
    wait("another REGISTER", 30, lambda: len(r.at) > refused + 1)
    check(r.at[refused + 1] - r.at[refused] >= 2.9,
          "asked again after %.1f s" % (r.at[refused + 1] - r.at[refused]))


def a_refusal_is_not_argued_with(s):
    """The last: the pause is long."""
    r = s.registrar
    r.fault = lambda m: (403, "Forbidden", "")
    s.says("403 Forbidden")
    wait("the end of the binding", 30, lambda: not s.trunk()["up"])
    before = len(r.registers)
    time.sleep(5)
    check(len(r.registers) - before <= 1, "%d REGISTERs" % (
        len(r.registers) - before))
    check("403 Forbidden" in s.trunk()["why"], s.trunk())


def a_registrar_with_faults():
    with Site() as s:
        vitals = Vitals(s.box.gateway)
        for fault in (a_stale_nonce_is_no_failure, a_longer_time_is_asked_for,
                      a_loop_of_challenges_ends,
                      who_asks_for_what_we_never_give_is_told_of,
                      even_of_stale_ones, a_busy_registrar_is_left_alone):
            began = time.monotonic()
            fault(s)
            faulty = time.monotonic() - began
            s.works()
            comment("%s: %.0f s, then %.0f s" % (
                fault.__name__, faulty, time.monotonic() - began - faulty))
        a_refusal_is_not_argued_with(s)
        vitals.judge("faults", fds=8, mib=8, share=0.3)


def tls_servers_with_faults():
    with Bed() as b:
        servers = {
            "1": b.phone(b.ca.issue("expired", start="20200101000000Z",
                                    end="20210101000000Z")),
            "2": b.phone(b.ca.issue("name", "DNS:other.example")),
            "3": b.phone(b.ca.issue("stalled"), stall=True),
        }
        good = b.ca.issue("good")
        caller = Phone()
        b.phones.append(caller)
        b.start(['{ name = "in"; server = "127.0.0.1"; port = %d; '
                 'options = 0; }' % caller.port] + [
                     trunk(s.port, ca_file(b), "t" + n)
                     for n, s in servers.items()],
                more='fraud = { allow = [ "any" ]; }; routes = ( %s );' %
                ",".join('{ from = "trunk:in"; called = "%sx."; to = '
                         '[ "trunk:t%s" ]; }' % (n, n) for n in servers))
        vitals = Vitals(b.gateway)
        for n, words in (("1", "expired on 2021"), ("2", "is for other.example"),
                         ("3", "the handshake timed out")):
            wait(words, 30, lambda: words in b.trunk("t" + n)["why"])
            check(caller.call(n + "600", b.sip).expect(
                500, 502, 503, 504, 480), "served")
        # Mended.
        for s in servers.values():
            s.stall = False
            s.load(good)
        for n, s in servers.items():
            b.wait_up("t" + n, 60)
            call = caller.call(n + "600", b.sip)
            called = s.expect_call()
            called.answer()
            call.expect(200)
            call.hang_up()
            called.wait_ended()
        vitals.judge("TLS faults", fds=24, mib=16, share=0.3)


if __name__ == "__main__":
    sys.exit(tap.run([a_registrar_with_faults, tls_servers_with_faults]))
